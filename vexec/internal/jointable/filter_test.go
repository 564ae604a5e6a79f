package jointable

import (
	"fmt"
	"math"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/memory"
)

// filterOf makes the filter of a load of the values, all of which are keys.
func filterOf(t *testing.T, typ *ir.Type, limit int64, values ...ir.Value) *vexec.KeyFilter {
	t.Helper()
	s := &ir.Schema{Cols: []ir.Column{{Name: "k", Type: typ}}}
	load := &ir.Load{Name: "d", Keys: []int{0}, Out: s}
	budget := vexec.NewBudget(limit)
	c := NewCollector(load, budget.Account("rows"))
	for _, v := range values {
		b, err := memory.NewBatch(s, [][]ir.Value{{v}})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Add(b); err != nil {
			t.Fatal(err)
		}
	}
	table, err := Build(load, []*Collector{c}, budget.Account("keys"))
	if err != nil {
		t.Fatal(err)
	}
	before := budget.Used()
	f := table.Filter(load, &ir.ScanFilter{Cols: []int{2}}, &ir.Schema{Cols: []ir.Column{{}, {}, {Name: "c", Type: typ}}})
	if f != nil && budget.Used() != before+f.Bytes() {
		t.Errorf("a filter of %d bytes has reserved %d", f.Bytes(), budget.Used()-before)
	}
	table.Close()
	if budget.Used() != 0 {
		t.Errorf("%d bytes stay reserved", budget.Used())
	}
	return f
}

func terms(f *vexec.KeyFilter) (text string) {
	for i := range f.Terms {
		text += fmt.Sprint(f.Terms[i].Col) + " " + f.Terms[i].Describe("k") + "; "
	}
	return text
}

// TestFilterTerms: few keys are listed, of many come the bounds, whatever their type.
func TestFilterTerms(t *testing.T) {
	if got := terms(filterOf(t, ir.TBigInt, 0, int64(3), int64(3), nil, int64(-1))); got != "2 k IN (3, -1); " {
		t.Errorf("few: %s", got)
	}
	if got := terms(filterOf(t, ir.TBigInt, 0)); got != "2 k IN (); " {
		t.Errorf("none: %s", got)
	}
	numbered := func(value func(i int) ir.Value) (out []ir.Value) {
		for i := range 5000 { // more than a chunk
			out = append(out, value((i*7919+11)%5000-2500))
		}
		return out
	}
	for _, c := range []struct {
		typ   *ir.Type
		value func(i int) ir.Value
		want  string
	}{
		{ir.TBigInt, func(i int) ir.Value { return int64(i) << 40 }, "2 k >= -2748779069440000; 2 k <= 2747679557812224; "},
		{ir.TSmallInt, func(i int) ir.Value { return int64(i) }, "2 k >= -2500; 2 k <= 2499; "},
		{ir.TDouble, func(i int) ir.Value { return float64(i) }, "2 k >= -2500.0; 2 k <= 2499.0; "},
		{ir.TDouble, func(i int) ir.Value {
			if i == 0 {
				return math.NaN()
			}
			return float64(i)
		}, "2 k >= -2500.0; "},
		{ir.TVarchar, func(i int) ir.Value { return fmt.Sprintf("number %07d, and so on", i+2500) }, "2 k >= 'number 0000000, and so on'; 2 k <= 'number 0004999, and so on'; "},
		{ir.TDecimal(30, 1), func(i int) ir.Value { return ir.Dec{Hi: int64(i), Lo: 5} }, ""},
	} {
		got := terms(filterOf(t, c.typ, 0, numbered(c.value)...))
		if c.want == "" {
			lo, hi := (&ir.ScanTerm{Op: ir.TermGreaterEqual, T: c.typ, Values: []ir.Value{c.value(-2500)}}).Describe("k"), (&ir.ScanTerm{Op: ir.TermLessEqual, T: c.typ, Values: []ir.Value{c.value(2499)}}).Describe("k")
			c.want = "2 " + lo + "; 2 " + hi + "; "
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.typ, got, c.want)
		}
	}
}

// TestFilterWithoutMemory: where there is no memory left there is no filter, and no error.
func TestFilterWithoutMemory(t *testing.T) {
	s := &ir.Schema{Cols: []ir.Column{{Name: "k", Type: ir.TBigInt}}}
	load := &ir.Load{Keys: []int{0}, Out: s}
	budget := vexec.NewBudget(1 << 20)
	table, err := Build(load, nil, budget.Account("keys"))
	if err != nil {
		t.Fatal(err)
	}
	if err := budget.Account("others").Grow(1<<20 - budget.Used()); err != nil {
		t.Fatal(err)
	}
	if f := table.Filter(load, &ir.ScanFilter{Cols: []int{0}}, s); f != nil {
		t.Error("a filter was made without memory")
	}
}
