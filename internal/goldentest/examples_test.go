package goldentest

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// TestExamples holds that the shipped queries give what DuckDB gives over the same
// trades, in several ways to run, and what the reference interpreter gives.
func TestExamples(t *testing.T) {
	f := func(name string, rows, late int, totals map[string]string) {
		t.Helper()
		text, err := os.ReadFile("../../examples/trades/" + name)
		if err != nil {
			t.Fatal(err)
		}
		dir := scratch(t)
		data, err := filepath.Abs("../../examples/trades/trades.ndjson")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(data, dir+"/trades.ndjson"); err != nil {
			t.Fatal(err)
		}
		for i, v := range []variant{{batch: 1024, tasks: 1}, {batch: 64, tasks: 4, unit: 100}, {batch: 7, tasks: 2, unit: 50, disable: []string{"*"}}, {batch: 64, tasks: 3, unit: 100, kill: 7}} {
			e := newEngine(dir, v.unit)
			c, err := e.compile(string(text), v)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			out, err := e.run(c, v, dir+"/.state"+strconv.Itoa(i))
			if err != nil {
				t.Fatalf("%s, %s: %v", name, v, err)
			}
			if out.late >= 0 && out.late != late || len(out.letters) > 0 {
				t.Errorf("%s, %s: %d late rows and %d dead letters, want %d and none", name, v, out.late, len(out.letters), late)
			}
			if len(out.selects) == 0 {
				continue
			}
			got := out.selects[0]
			if len(got.rows) != rows {
				t.Errorf("%s, %s: %d rows, want %d", name, v, len(got.rows), rows)
			}
			for col, want := range totals {
				if sum := got.total(col); sum != want {
					t.Errorf("%s, %s: the total of %s is %s, want %s", name, v, col, sum, want)
				}
			}
			ref, err := e.interpret(c.Logical)
			if err != nil {
				t.Fatal(err)
			}
			if msg := differ(ref.selects[0], got, false); msg != "" {
				t.Errorf("%s, %s: %s", name, v, msg)
			}
		}
	}
	// The numbers are DuckDB's, over the rows that a window function finds not late.
	f("trades.sql", 201, 5, map[string]string{"total": "163507161.10"})
	f("minute_totals.sql", 182, 5, map[string]string{"trades": "2245.00", "shares": "1008330.00", "turnover": "326364526.10"})
	f("hop.sql", 210, 5, map[string]string{"trades": "11225.00"})
	f("flink.sql", 182, 4, map[string]string{"trades": "2245.00", "shares": "1008330.00"})
	f("minute_totals_parquet.sql", 0, 5, nil)
}

// total adds up a column, to two digits behind the point.
func (r *result) total(col string) string {
	sum := 0.0
	for i, c := range r.cols {
		if c.Name != col {
			continue
		}
		for _, row := range r.rows {
			x, err := strconv.ParseFloat(row[i], 64)
			if err != nil {
				return err.Error()
			}
			sum += x
		}
	}
	return strconv.FormatFloat(sum, 'f', 2, 64)
}
