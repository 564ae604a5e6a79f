package run

import (
	"context"
	"testing"

	"github.com/helios-stream/helios/ir"
)

func TestLiteralRows(t *testing.T) {
	s := ir.NewSchema(ir.Column{Name: "a", Type: ir.TBigInt}, ir.Column{Name: "b", Type: ir.TVarchar})
	num := func(n int64) ir.Expr { return &ir.Const{V: n, T: ir.TBigInt} }
	str := func(x any) ir.Expr { return &ir.Const{V: x, T: ir.TVarchar} }
	over := &ir.Call{Fn: "/", Args: []ir.Expr{num(1), num(0)}, T: ir.TBigInt}
	p := &ir.Plan{Stages: []*ir.Stage{{ID: 1, Tasks: 1, Out: s, Sink: &ir.PhysSink{In: s}, Values: &ir.PhysValues{Out: s, Rows: [][]ir.Expr{
		{num(1), str("one")}, {over, str("no")}, {&ir.Call{Fn: "+", Args: []ir.Expr{num(1), num(1)}, T: ir.TBigInt}, str(nil)},
	}}}}}
	w := newWorld(&rowSource{})
	stats, err := Run(context.Background(), p, w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	if d := differ(w.out.rows(), []string{"1|one", "2|NULL"}); d != "" {
		t.Fatal(d)
	}
	if c := stats.Stages[0].Scan; c.Bad != 1 || c.Rows != 2 || stats.FirstLetter == "" || stats.Stages[0].Sink.RowsIn != 2 {
		t.Fatalf("%+v, first letter %q", c, stats.FirstLetter)
	}
	if v, err := Fold(over); err == nil {
		t.Fatalf("1 / 0 folds to %v", v)
	}
}
