package goldentest

import (
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/memory"
)

// TestFunctionExamples holds that the example of every function, which docs and
// help show, is true in the engine and in the reference interpreter.
func TestFunctionExamples(t *testing.T) {
	for _, f := range ir.Catalog() {
		expr, want, ok := strings.Cut(f.Example, " -> ")
		if !ok {
			t.Errorf("%s: the example %q has no result", f.Name, f.Example)
			continue
		}
		from := "FROM t WHERE x = 1"
		if f.Aggregate {
			from = "FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end"
		}
		if slices.Contains(ir.SetForms(), f) {
			from += " GROUP BY x"
		}
		if f.Table {
			checkTableExample(t, f.Name, expr, want)
			continue
		}
		sql := "CREATE MAPPING t (ts TIMESTAMP(3), x INTEGER, WATERMARK FOR ts AS ts) TYPE Memory; SELECT " + expr + " AS v " + from + ";"
		for _, v := range []variant{{batch: 2, tasks: 1}, {batch: 2, tasks: 2, disable: []string{"*"}}} {
			checkExample(t, f.Name, sql, want, v)
		}
	}
}

// checkTableExample holds which columns a table function gives.
func checkTableExample(t *testing.T, name, expr, want string) {
	t.Helper()
	sql := "CREATE MAPPING t (ts TIMESTAMP(3), x INTEGER"
	if name != "IMPOSE_ORDER" {
		sql += ", WATERMARK FOR ts AS ts"
	}
	c, err := newEngine(".", 0).compile(sql+") TYPE Memory; SELECT * FROM TABLE("+expr+");", variant{tasks: 1})
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	var got []string
	for _, col := range c.Logical.Sinks[0].Schema().Cols {
		got = append(got, col.Name)
	}
	if cols := strings.Join(got, ", "); cols != want {
		t.Errorf("%s gives %s, the example says %s", name, cols, want)
	}
}

func checkExample(t *testing.T, name, sql, want string, v variant) {
	t.Helper()
	e := newEngine(".", 0)
	rows := [][]ir.Value{{int64(0), int64(1)}, {int64(1), int64(2)}, {int64(2), int64(3)}}
	schema := ir.NewSchema(ir.Column{Name: "ts", Type: &ir.Type{Kind: ir.Timestamp, P: 3}}, ir.Column{Name: "x", Type: ir.TInteger})
	src, err := memory.FromRows(schema, rows, memory.Cut{})
	if err != nil {
		t.Fatal(err)
	}
	e.mem.Put("t", src)
	c, err := e.compile(sql, v)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	out, err := e.run(c, v, "")
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	ref, err := e.interpret(c.Logical)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	for who, r := range map[string]*result{"the engine": out.selects[0], "the reference interpreter": ref.selects[0]} {
		if len(r.rows) != 1 || r.rows[0][0] != want {
			t.Errorf("%s: %s gives %v, the example says %s (%s)", name, who, r.rows, want, v)
		}
	}
}
