package helios_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/helios-stream/helios"
	"github.com/helios-stream/helios/ir"
)

func compileWith(o helios.Options, dir, sql string) (*helios.Query, error) {
	return helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: sql, Dir: dir}}, o)
}

func writeLines(t *testing.T, lines ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "t.ndjson"), []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

const mappingT = "CREATE MAPPING t (id BIGINT, s VARCHAR) TYPE File OPTIONS ('path'='t.ndjson');\n"

// TestFunctionsThatCannotBe holds what is said of functions that cannot be registered.
func TestFunctionsThatCannotBe(t *testing.T) {
	same := func(x int64) int64 { return x }
	add := func(*struct{ N int64 }, int64) error { return nil }
	for want, list := range map[string][]helios.Function{
		"UPPER is a function of the language (UPPER(s)); give yours another name":                                     {helios.Func1("upper", same)},
		"TUMBLE_START is a function of the language":                                                                  {helios.Func1("tumble_start", same)},
		"function FROM: the name is a word of the language; give it another one":                                      {helios.Func1("from", same)},
		"function case: CASE is a function of the language":                                                           {helios.Func1("case", same)},
		`"MY FN" is no name of a function`:                                                                            {helios.Func1("my fn", same)},
		"function f: argument 1: there is no SQL type for uint8; functions take and give bool, int8":                  {helios.Func1("f", func(uint8) int64 { return 0 })},
		"function f: its result: there is no SQL type for map[string]int":                                             {helios.Func1("f", func(int64) map[string]int { return nil })},
		"function f: argument 1: there is no SQL type for interface {}":                                               {helios.Func1("f", func(any) int64 { return 0 })},
		"function F: it is registered twice for the same arguments: F(BIGINT) -> BIGINT and F(BIGINT) -> BIGINT":      {helios.Func1("f", same), helios.Func1("F", func(x int) int { return x })},
		"function F: Merge is missing":                                                                                {helios.Agg1("f", helios.Aggregate1[struct{ N int64 }, int64, int64]{Add: add, Result: func(*struct{ N int64 }) (int64, error) { return 0, nil }})},
		"function F: the field n of the state struct { n int64 } is not exported, so that a checkpoint would lose it": {noAggregate[struct{ n int64 }]("f")},
		"function F: a state cannot hold a func(), which cannot be written to a checkpoint":                           {noAggregate[struct{ F func() }]("f")},
		"function F: it is registered as an aggregate and as a scalar function":                                       {helios.Func1("f", same), noAggregate[int64]("f")},
		"function F: an aggregate cannot be volatile":                                                                 {noAggregate[int64]("f", helios.Volatile)},
		"function 1 is empty; make it with Func1, Columns1, Agg1 and their like":                                      {{}},
	} {
		_, err := compileWith(helios.Options{Functions: list}, ".", "SELECT 1;")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
}

func noAggregate[S any](name string, options ...helios.FunctionOption) helios.Function {
	return helios.Agg1(name, helios.Aggregate1[S, int64, int64]{Add: func(*S, int64) error { return nil },
		Merge: func(_, _ *S) error { return nil }, Result: func(*S) (int64, error) { return 0, nil }}, options...)
}

// TestFunctionErrors holds where rows go for which a function fails: to the dead letters,
// or as 'on.error' says, with its name, the place and the reason.
func TestFunctionErrors(t *testing.T) {
	dir := writeLines(t, `{"id":1,"s":"ok"}`, `{"id":2,"s":"bad"}`, `{"id":3,"s":"worse"}`)
	check := helios.Func1E("CHECKED", func(s string) (string, error) {
		switch s {
		case "bad":
			return "", errors.New("this is\nno good")
		case "worse":
			var none []int
			return s, errors.New(string(rune(none[2])))
		}
		return s, nil
	})
	letters := filepath.Join(dir, "letters.ndjson")
	q, err := compileWith(helios.Options{Functions: []helios.Function{check}, DeadLetters: letters}, dir, mappingT+"SELECT CHECKED(s) FROM t;")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, err := range q.Rows(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		rows++
	}
	text, err := os.ReadFile(letters)
	if err != nil || rows != 1 {
		t.Fatal(rows, err)
	}
	for _, want := range []string{"CHECKED: this is no good in CHECKED(s) at q.sql:2:8",
		"CHECKED: the function panicked: runtime error: index out of range [2] with length 0 in CHECKED(s) at q.sql:2:8"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	strict := strings.Replace(mappingT, "'path'", "'on.error'='fail', 'path'", 1)
	if q, err = compileWith(helios.Options{Functions: []helios.Function{check}}, dir, strict+"SELECT CHECKED(s) FROM t;"); err != nil {
		t.Fatal(err)
	}
	if _, err = q.Run(context.Background()); err == nil || !strings.Contains(err.Error(), "CHECKED: this is no good") {
		t.Errorf("with 'on.error'='fail': %v", err)
	}
}

// TestVolatileFunction holds that a volatile function is called for each row, and another
// one once for equal constants.
func TestVolatileFunction(t *testing.T) {
	dir := writeLines(t, `{"id":1}`, `{"id":2}`, `{"id":3}`)
	var calls, other atomic.Int64
	next := helios.Func0("NEXT_NUMBER", func() int64 { return calls.Add(1) }, helios.Volatile)
	once := helios.Func1("COUNTED", func(x int64) int64 { other.Add(1); return x })
	q, err := compileWith(helios.Options{Functions: []helios.Function{next, once}, Parallelism: 1}, dir, mappingT+"SELECT NEXT_NUMBER(), NEXT_NUMBER(), COUNTED(7) FROM t;")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[any]bool{}
	for row, err := range q.Rows(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		seen[row[0]], seen[row[1]] = true, true
	}
	if len(seen) != 6 || other.Load() != 1 {
		t.Errorf("the volatile function gave %d numbers for 6 calls, the other one was called %d times for a constant", len(seen), other.Load())
	}
}

// TestShowOwnFunctions holds that SHOW FUNCTIONS lists functions of one's own, and
// explain shows their calls.
func TestShowOwnFunctions(t *testing.T) {
	dir := writeLines(t, `{"id":1}`)
	f := helios.Func2("SHIFTED", func(d helios.Date, by int32) helios.Date { return d + helios.Date(by) }, helios.Describe("A later day."))
	q, err := compileWith(helios.Options{Functions: []helios.Function{f}}, dir, "SHOW FUNCTIONS LIKE 'shif%';")
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range q.Rows(context.Background()) {
		if err != nil || row[0] != "SHIFTED" || row[1] != "scalar" || row[2] != "SHIFTED(DATE, INTEGER) -> DATE" || row[3] != "A later day." {
			t.Errorf("%v %v", row, err)
		}
	}
	if q, err = compileWith(helios.Options{Functions: []helios.Function{f}}, dir, mappingT+"SELECT shifted(DATE '2024-01-31', id) AS d FROM t;"); err != nil {
		t.Fatal(err)
	}
	text, err := q.Draw(helios.Physical, helios.DrawText, nil)
	if err != nil || !strings.Contains(text, "SHIFTED(DATE '2024-01-31', ") {
		t.Errorf("%v\n%s", err, text)
	}
}

// TestCannotFail holds that the promise of a function with lists is not taken for one.
func TestCannotFail(t *testing.T) {
	list, err := helios.CheckFunctions(helios.Func1("F", func(x int64) int64 { return x }, helios.CannotFail), helios.Func1("G", func(x []int64) int { return len(x) }, helios.CannotFail))
	if err != nil || list[0].CanFail || !list[1].CanFail {
		t.Error(err, list[0].CanFail, list[1].CanFail)
	}
}

// TestNoRowsBack holds that rows that change are not given to an aggregate that cannot
// take them back.
func TestNoRowsBack(t *testing.T) {
	const last = "CREATE MAPPING t (id BIGINT, s VARCHAR) TYPE File OPTIONS ('path'='t.ndjson', 'follow'='true');\n" +
		"CREATE VIEW latest AS SELECT id, s FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY s ORDER BY id DESC) = 1;\n"
	_, err := compileWith(helios.Options{Functions: []helios.Function{noAggregate[int64]("NOTHING_OF")}}, ".", last+"SELECT NOTHING_OF(id) FROM latest;")
	if err == nil || !strings.Contains(err.Error(), "and NOTHING_OF cannot take rows back") {
		t.Error(err)
	}
}

// TestRowsOfLists holds that a function that gives a list makes rows with UNNEST.
func TestRowsOfLists(t *testing.T) {
	dir := writeLines(t, `{"id":1,"s":"a b"}`, `{"id":2,"s":""}`, `{"id":3,"s":"c"}`)
	words := helios.Func1("WORDS_OF", strings.Fields)
	q, err := compileWith(helios.Options{Functions: []helios.Function{words}}, dir, mappingT+"SELECT id, w FROM t CROSS JOIN UNNEST(WORDS_OF(s)) AS u (w);")
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for row, err := range q.Rows(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		got += fmt.Sprint(row[0], row[1], " ")
	}
	if got != "1a 1b 3c " && got != "1 a 1 b 3 c " {
		t.Error(got)
	}
}

// TestTypesOfFunctions sends a value of each type through functions by row and over
// columns, as a column, as a constant and as NULL.
func TestTypesOfFunctions(t *testing.T) {
	dir := t.TempDir()
	line := `{"b":true,"t":-7,"sm":300,"i":70000,"l":5000000000,"r":1.5,"d":2.25,"m":"12.340","s":"a text that is longer than twelve bytes","y":"aGk=","ts":"2024-02-29 12:34:56.789","z":"2024-02-29T12:34:56Z","dt":"2024-02-29","j":{"k":[1]},"a":["x","y"]}`
	if err := os.WriteFile(filepath.Join(dir, "t.ndjson"), []byte(strings.Repeat(line+"\n{}\n", 3)), 0o644); err != nil {
		t.Fatal(err)
	}
	sql := `CREATE MAPPING t (b BOOLEAN, t TINYINT, sm SMALLINT, i INTEGER, l BIGINT, r REAL, d DOUBLE, m DECIMAL(10, 3), s VARCHAR, y VARBINARY, ts TIMESTAMP(3), z TIMESTAMP_LTZ(3), dt DATE, j JSON, a ARRAY<VARCHAR>) TYPE File OPTIONS ('path'='t.ndjson');
`
	types := map[string][2]helios.Function{
		"b":                                    pair[bool](),
		"t":                                    pair[int8](),
		"sm":                                   pair[int16](),
		"i":                                    pair[int32](),
		"l":                                    pair[int64](),
		"l - 1":                                pair[int](),
		"r":                                    pair[float32](),
		"d":                                    pair[float64](),
		"m":                                    pair[*big.Rat](),
		"-m":                                   pair[*big.Rat](),
		"s":                                    pair[string](),
		"y":                                    pair[[]byte](),
		"ts":                                   pair[time.Time](),
		"z":                                    pair[helios.Instant](),
		"dt":                                   pair[helios.Date](),
		"j":                                    pair[json.RawMessage](),
		"a":                                    pair[[]string](),
		"ts - TIMESTAMP '2024-01-01 00:00:00'": pair[time.Duration](),
		"ARRAY[l, 2]":                          pair[[]int64](),
		"ARRAY[d]":                             pair[[]float64](),
		"ARRAY[dt]":                            pair[[]helios.Date](),
		"ARRAY[y]":                             pair[[][]byte](),
		"s || ''":                              pair[helios.Null[string]](),
		"a[1]":                                 pair[helios.Null[string]](),
		"CASE WHEN b THEN a END":               pair[helios.Null[[]string]](),
	}
	for x, f := range types {
		q, err := compileWith(helios.Options{Functions: f[:], BatchRows: 4}, dir, sql+"SELECT "+x+" AS x, SAME_ROW("+x+") AS y, SAME_COLUMN("+x+") AS z FROM t;")
		if err != nil {
			t.Errorf("%s: %v", x, err)
			continue
		}
		n := 0
		for row, err := range q.Rows(context.Background()) {
			if err != nil {
				t.Fatal(err)
			}
			n++
			cols, _ := q.Columns()
			want := formatted(row[0], cols[0])
			if n%2 == 0 && row[0] != nil && !strings.Contains(x, "ARRAY") {
				t.Fatalf("%s: the second row is no NULL: %v", x, row)
			}
			if y, z := formatted(row[1], cols[1]), formatted(row[2], cols[2]); y != want || z != want {
				t.Errorf("%s: %s by row, %s over columns, want %s", x, y, z, want)
			}
		}
		if n != 6 && !strings.Contains(x, "ARRAY") { // a list with a NULL is a row error
			t.Errorf("%s: %d rows", x, n)
		}
	}
}

func formatted(v any, c ir.Column) string {
	if d, ok := v.(ir.Dec); ok { // scales differ
		return new(big.Rat).SetFrac(d.Big(), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(c.Type.S)), nil)).String()
	}
	return ir.FormatValue(v, c.Type)
}

// pair is functions that give back what they get.
func pair[T any]() [2]helios.Function {
	return [2]helios.Function{
		helios.Func1("SAME_ROW", func(x T) T { return x }),
		helios.Columns1("SAME_COLUMN", func(_ *helios.Rows, x, out []T) error { copy(out, x); return nil }),
	}
}

// TestFunctionsAtOnce calls functions from many tasks, under the race detector's eye.
func TestFunctionsAtOnce(t *testing.T) {
	var lines []string
	for i := range 2000 {
		lines = append(lines, `{"id":`+string(rune('0'+i%10))+`,"s":"text number `+strings.Repeat("x", i%30)+`"}`)
	}
	dir := writeLines(t, lines...)
	var mu sync.Mutex
	kept := map[string]int{}
	keep := helios.Func1("KEPT", func(s string) int64 {
		mu.Lock()
		defer mu.Unlock()
		kept[s]++ // strings may be kept
		return int64(len(s))
	})
	q, err := compileWith(helios.Options{Functions: []helios.Function{keep}, Parallelism: 4, BatchRows: 16}, dir, mappingT+"SELECT SUM(KEPT(s)) FROM t;")
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range q.Rows(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for s := range kept {
		if !strings.HasPrefix(s, "text number ") || strings.Trim(s[12:], "x") != "" {
			t.Errorf("a text has changed: %q", s)
		}
	}
	if len(kept) != 30 {
		t.Errorf("%d texts", len(kept))
	}
}

// TestMemoryOfAggregates holds that what states say that they take is counted.
func TestMemoryOfAggregates(t *testing.T) {
	dir := writeLines(t, `{"id":1,"s":"a"}`, `{"id":2,"s":"b"}`)
	big := helios.Agg1("HOARD", helios.Aggregate1[hoard, int64, int64]{
		Add:    func(h *hoard, _ int64) error { h.Size += 100 << 20; return nil },
		Merge:  func(into, from *hoard) error { into.Size += from.Size; return nil },
		Result: func(h *hoard) (int64, error) { return h.Size, nil },
	})
	q, err := compileWith(helios.Options{Functions: []helios.Function{big}, Memory: 64 << 20, Parallelism: 1, BatchRows: 1}, dir, mappingT+"SELECT s, HOARD(id) FROM t GROUP BY s;")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := q.Run(context.Background()); err == nil || !strings.Contains(err.Error(), "memory") {
		t.Errorf("200 MB of states fit into 64 MB: %v", err)
	}
}

type hoard struct{ Size int64 }

func (h *hoard) Bytes() int { return int(h.Size) }
