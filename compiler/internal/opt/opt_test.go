package opt

import (
	"errors"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
)

var table = &ir.Table{Name: "t", Cols: []ir.TableColumn{
	{Column: ir.Column{Name: "a", Type: ir.TBigInt}},
	{Column: ir.Column{Name: "b", Type: ir.TBoolean}},
	{Column: ir.Column{Name: "ts", Type: ir.TTimestamp}},
}}

func plan() *ir.Logical {
	scan := &ir.Scan{Table: table, Cols: []int{0, 1, 2}, P: ir.NoProps}
	b := &ir.ColRef{Index: 1, Name: "b", T: ir.TBoolean}
	return &ir.Logical{Sinks: []*ir.Sink{{Input: &ir.Filter{Input: scan, Pred: b}}}}
}

// with runs f with other rules.
func with(t *testing.T, list []Rule, f func()) {
	t.Helper()
	saved := rules
	rules = list
	defer func() { rules = saved }()
	f()
}

// TestSchemaCheck holds that a rule that changes columns is found, by name.
func TestSchemaCheck(t *testing.T) {
	bad := Rule{Name: "LoseColumn", Apply: func(_ *Ctx, n ir.Node) (ir.Node, bool) {
		if s, ok := n.(*ir.Scan); ok && len(s.Cols) == 3 {
			return &ir.Scan{Table: s.Table, Cols: s.Cols[:2], P: s.P}, true
		}
		return n, false
	}}
	with(t, []Rule{bad}, func() {
		_, _, err := Optimize(plan(), Options{})
		if err == nil || !strings.Contains(err.Error(), "LoseColumn") {
			t.Errorf("got %v", err)
		}
		if _, _, err := Optimize(plan(), Options{Disable: []string{"LoseColumn"}}); err != nil {
			t.Errorf("the rule ran though it is off: %v", err)
		}
	})
}

// TestCap holds that rules without an end are stopped, with a plan that is right.
func TestCap(t *testing.T) {
	turn := Rule{Name: "Turn", Apply: func(_ *Ctx, n ir.Node) (ir.Node, bool) {
		if f, ok := n.(*ir.Filter); ok {
			return &ir.Filter{Input: f.Input, Pred: f.Pred}, true
		}
		return n, false
	}}
	with(t, []Rule{turn}, func() {
		l, report, err := Optimize(plan(), Options{Trace: true})
		if err != nil || report.Fired["Turn"] != maxPasses || len(report.Steps) != maxPasses || ir.Validate(l) != nil {
			t.Errorf("%v, %v", report.Fired, err)
		}
	})
}

// TestFoldAsksOnce holds that what cannot be folded is not tried again and again.
func TestFoldAsksOnce(t *testing.T) {
	asked := 0
	c := &Ctx{Fold: func(ir.Expr) (ir.Value, error) { asked++; return nil, errors.New("no") }}
	zero := &ir.Const{V: int64(0), T: ir.TBigInt}
	e := &ir.Call{Fn: "/", Args: []ir.Expr{zero, zero}, T: ir.TBigInt}
	scan := &ir.Values{S: &ir.Schema{}, P: ir.NoProps}
	n := &ir.Project{Input: scan, Exprs: []ir.Expr{e}, S: ir.NewSchema(ir.Column{Name: "x", Type: ir.TBigInt}), P: ir.NoProps}
	for range 3 {
		if _, fired := foldConstants(c, n); fired {
			t.Error("folded what cannot be")
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

// TestSimplify holds the logic of three values.
func TestSimplify(t *testing.T) {
	yes, no, null := boolConst(true), boolConst(false), &ir.Const{T: ir.TBoolean}
	x := &ir.ColRef{Index: 0, Name: "x", T: ir.TBoolean}
	a := &ir.ColRef{Index: 1, Name: "a", T: ir.TBigInt}
	one := &ir.Const{V: int64(1), T: ir.TBigInt}
	call := func(fn string, args ...ir.Expr) ir.Expr { return &ir.Call{Fn: fn, Args: args, T: ir.TBoolean} }
	when := func(els ir.Expr, parts ...ir.Expr) ir.Expr {
		c := &ir.Case{Else: els, T: ir.TBigInt}
		for i := 0; i < len(parts); i += 2 {
			c.Whens = append(c.Whens, ir.When{Cond: parts[i], Then: parts[i+1]})
		}
		return c
	}
	for _, c := range []struct {
		e    ir.Expr
		want string
	}{
		{call("AND", yes, x), "x"},
		{call("AND", x, yes), "x"},
		{call("AND", x, no), "FALSE"},
		{call("AND", x, null), "(x AND NULL)"},
		{call("AND", yes, yes), "TRUE"},
		{call("OR", x, no), "x"},
		{call("OR", null, yes), "TRUE"},
		{call("OR", x, null), "(x OR NULL)"},
		{call("OR", no, no), "FALSE"},
		{call("NOT", yes), "FALSE"},
		{call("NOT", null), "NOT NULL"},
		{call("NOT", call("NOT", x)), "x"},
		{call("NOT", call("<", a, one)), "(a >= 1)"},
		{call("NOT", call("IS NULL", a)), "(a IS NOT NULL)"},
		{call("NOT", call("LIKE", x, x)), "NOT (x LIKE x)"},
		{call("NOT", &ir.InList{X: a, Values: []ir.Value{int64(1)}}), "a NOT IN (1)"},
		{when(nil, no, one, x, a), "CASE WHEN x THEN a END"},
		{when(a, null, one), "a"},
		{when(nil, no, one), "NULL"},
		{when(one, x, a, yes, one, x, one), "CASE WHEN x THEN a ELSE 1 END"},
		{when(one, yes, a), "a"},
	} {
		if got := ir.Rewrite(c.e, simplify).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.e, got, c.want)
		}
	}
}

// TestPrune holds what is left of each kind of node.
func TestPrune(t *testing.T) {
	p := plan()
	if again := Prune(p); again.Sinks[0] != p.Sinks[0] {
		t.Error("an unchanged plan was copied")
	}
	a := &ir.ColRef{Index: 0, Name: "a", T: ir.TBigInt}
	wm := &ir.Watermark{Input: p.Sinks[0].Input, TimeCol: 2, Lag: 1, P: ir.Props{TimeCol: 2, OtherTime: -1, WindowStart: -1, WindowEnd: -1, WindowTime: -1}}
	one := &ir.Project{Input: wm, Exprs: []ir.Expr{a}, S: ir.NewSchema(ir.Column{Name: "a", Type: ir.TBigInt}), P: ir.NoProps}
	got := ir.Print(Prune(&ir.Logical{Sinks: []*ir.Sink{{Input: one}}}))
	if strings.Contains(got, "Watermark") || !strings.Contains(got, "Scan t [a, b]") {
		t.Errorf("the watermark is not needed:\n%s", got)
	}
	drops := *wm
	drops.Drop = true
	got = ir.Print(Prune(&ir.Logical{Sinks: []*ir.Sink{{Input: one.WithInputs([]ir.Node{&drops})}}}))
	if !strings.Contains(got, "Watermark") || !strings.Contains(got, "Scan t [a, b, ts]") {
		t.Errorf("the watermark drops rows:\n%s", got)
	}
}
