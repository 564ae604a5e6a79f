package phys

import (
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
)

var table = &ir.Table{Name: "t", Cols: []ir.TableColumn{
	{Column: ir.Column{Name: "a", Type: ir.TBigInt}},
	{Column: ir.Column{Name: "twice", Type: ir.TBigInt}, Expr: &ir.Call{Fn: "+", T: ir.TBigInt, Args: []ir.Expr{
		&ir.ColRef{Index: 0, Name: "a", T: ir.TBigInt}, &ir.ColRef{Index: 2, Name: "c", T: ir.TBigInt}}}},
	{Column: ir.Column{Name: "b", Type: ir.TVarchar}},
	{Column: ir.Column{Name: "c", Type: ir.TBigInt}},
	{Column: ir.Column{Name: "ts", Type: ir.TTimestamp}},
}}

func scanOf(cols ...int) *ir.Scan { return &ir.Scan{Table: table, Cols: cols, P: ir.NoProps} }

// TestScan holds which physical columns are decoded, and how the scan's columns come
// out of them. The plan is checked by ir.ValidatePlan.
func TestScan(t *testing.T) {
	for _, c := range []struct {
		cols    []int
		decoded string
		project string // "": none
	}{
		{[]int{0, 2, 3, 4}, "a, b, c, ts", ""},
		{[]int{2, 4}, "b, ts", ""},
		{[]int{4, 0}, "a, ts", "ts, a"},
		{[]int{1}, "a, c", "(a + c)"},
		{[]int{2, 1, 0}, "a, b, c", "b, (a + c), a"},
		{[]int{0, 0}, "a", "a, a"},
		{nil, "", ""},
	} {
		p, err := Plan(&ir.Logical{Sinks: []*ir.Sink{{Input: scanOf(c.cols...)}}}, Options{Tasks: 1})
		if err != nil {
			t.Fatal(err)
		}
		if err := ir.ValidatePlan(p); err != nil {
			t.Errorf("%v: %v", c.cols, err)
		}
		s := p.Stages[0]
		var names, exprs []string
		for _, col := range s.Scan.Out.Cols {
			names = append(names, col.Name)
		}
		if len(s.Ops) > 0 {
			for _, e := range s.Ops[0].(*ir.ProjectOp).Exprs {
				exprs = append(exprs, e.String())
			}
		}
		if got := strings.Join(names, ", "); got != c.decoded {
			t.Errorf("%v decodes %q, want %q", c.cols, got, c.decoded)
		}
		if got := strings.Join(exprs, ", "); got != c.project {
			t.Errorf("%v projects %q, want %q", c.cols, got, c.project)
		}
	}
}

// TestNotPlannable holds that what the binder should have refused is an error here.
func TestNotPlannable(t *testing.T) {
	two := &ir.Union{In: []ir.Node{scanOf(0, 4), scanOf(0, 4)}, S: scanOf(0, 4).Schema(), P: ir.NoProps}
	half := &ir.Aggregate{Input: scanOf(0), Keys: []int{0}, StartKey: 0, EndKey: -1, S: scanOf(0).Schema(), P: ir.NoProps}
	for want, n := range map[string]ir.Node{
		"without an order":        &ir.Watermark{Input: two, TimeCol: 1, P: ir.NoProps},
		"aggregate without a win": half,
	} {
		_, err := Plan(&ir.Logical{Sinks: []*ir.Sink{{Input: n}}}, Options{Tasks: 2})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
