package phys

import (
	"testing"

	"github.com/helios-stream/helios/ir"
)

// TestVolatileIsNotShared holds that a filter hands on what is a function of the row
// alone: a call that may give another value each time stays where it is.
func TestVolatileIsNotShared(t *testing.T) {
	a := &ir.ColRef{Index: 0, Name: "a", T: ir.TBigInt}
	for fn, want := range map[string]int{"ABS": 1, "A FUNCTION THAT NOBODY KNOWS": 0} {
		call := func() ir.Expr { return &ir.Call{Fn: fn, Args: []ir.Expr{a}, T: ir.TBigInt} }
		in := ir.NewSchema(ir.Column{Name: "a", Type: ir.TBigInt})
		out := ir.NewSchema(ir.Column{Name: "b", Type: ir.TBigInt})
		pred := &ir.Call{Fn: "=", Args: []ir.Expr{call(), a}, T: ir.TBoolean}
		s := &ir.Stage{Ops: []ir.PhysOp{&ir.FilterOp{Pred: pred, Out: in}, &ir.ProjectOp{Exprs: []ir.Expr{call()}, Out: out}}}
		shareExpressions(s, in)
		if got := len(s.Ops[0].(*ir.FilterOp).Extra); got != want {
			t.Errorf("%s: %d expressions are handed on, want %d", fn, got, want)
		}
	}
}

// TestSharedExpressionsStayBounded holds that an expression that grows by each
// projection below it is not looked for without end.
func TestSharedExpressionsStayBounded(t *testing.T) {
	a := &ir.ColRef{Index: 0, Name: "a", T: ir.TBigInt}
	in := ir.NewSchema(ir.Column{Name: "a", Type: ir.TBigInt})
	s := &ir.Stage{}
	for range 200 {
		s.Ops = append(s.Ops, &ir.ProjectOp{Exprs: []ir.Expr{&ir.Call{Fn: "+", Args: []ir.Expr{a, a}, T: ir.TBigInt}}, Out: in})
	}
	shareExpressions(s, in)
	for _, op := range s.Ops {
		if len(op.(*ir.ProjectOp).Extra) > 0 {
			t.Fatal("nothing of this is computed twice")
		}
	}
}
