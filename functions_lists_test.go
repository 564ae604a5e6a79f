package helios_test

import (
	"context"
	"fmt"
	"math/big"
	"path/filepath"
	"testing"

	"github.com/helios-stream/helios"
)

// TestListsWithNull: a row whose list has a NULL goes to the dead letters, those beside it come
// out, however the lists lie; by row, over columns and in an aggregate.
func TestListsWithNull(t *testing.T) {
	dir := writeLines(t, `{"id":1,"a":["x"],"n":[1]}`, `{"id":2,"a":["y",null],"n":[2,null]}`, `{"id":3,"a":[null],"n":[null]}`,
		`{"id":4,"a":[],"n":[]}`, `{"id":5,"a":["p","q"],"n":[4,5]}`)
	mapping := "CREATE MAPPING t (id BIGINT, a ARRAY<VARCHAR>, n ARRAY<BIGINT>) TYPE File OPTIONS ('path'='t.ndjson');\n"
	total := helios.Aggregate1[int64, []string, int64]{Add: func(s *int64, v []string) error { *s += int64(len(v)); return nil },
		Merge: func(s, o *int64) error { *s += *o; return nil }, Result: func(s *int64) (int64, error) { return *s, nil }}
	functions := []helios.Function{
		helios.Func1("TEXTS", func(v []string) string { return fmt.Sprint(v) }),
		helios.Func1("NUMBERS", func(v []int64) string { return fmt.Sprint(v) }),
		helios.Columns1("ALL_NUMBERS", func(rows *helios.Rows, v [][]int64, out []string) error {
			for i := range rows.All() {
				out[i] = fmt.Sprint(v[i])
			}
			return nil
		}),
		helios.Agg1("LENGTHS", total),
	}
	for call, want := range map[string]string{
		"TEXTS(a)": "1 [x],4 [],5 [p q],", "NUMBERS(n)": "1 [1],4 [],5 [4 5],", "ALL_NUMBERS(n)": "1 [1],4 [],5 [4 5],",
	} {
		o := helios.Options{Functions: functions, Parallelism: 1, DeadLetters: filepath.Join(t.TempDir(), "letters")}
		if got := pairsOf(t, o, dir, mapping+"SELECT id, "+call+" FROM t;"); got != want {
			t.Errorf("%s: %q, want %q", call, got, want)
		}
	}
	o := helios.Options{Functions: functions, Parallelism: 1, DeadLetters: filepath.Join(t.TempDir(), "letters")}
	if got := pairsOf(t, o, dir, mapping+"SELECT id, LENGTHS(a) FROM t GROUP BY id ORDER BY id;"); got != "1 1,4 0,5 2," {
		t.Errorf("LENGTHS: %q", got)
	}
}

// TestDecimalsAreOnesOwn: a function may change the number that it gets, a constant too.
func TestDecimalsAreOnesOwn(t *testing.T) {
	dir := writeLines(t, `{"id":1}`, `{"id":2}`, `{"id":3}`)
	add := helios.Func2("ADD_TO", func(a, b *big.Rat) *big.Rat { return a.Add(a, b) })
	got := pairsOf(t, helios.Options{Functions: []helios.Function{add}, Parallelism: 1}, dir, mappingT+"SELECT id, CAST(CAST(ADD_TO(1.5, id) AS DECIMAL(5, 1)) AS VARCHAR) FROM t;")
	if got != "1 2.5,2 3.5,3 4.5," {
		t.Error(got)
	}
}

// pairsOf is the rows of a query.
func pairsOf(t *testing.T, o helios.Options, dir, sql string) (out string) {
	t.Helper()
	q, err := compileWith(o, dir, sql)
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range q.Rows(context.Background()) {
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		out += fmt.Sprintf("%v %v,", row[0], row[1])
	}
	return out
}
