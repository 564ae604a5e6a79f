package ops

import (
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

func callOf(fn string, t *ir.Type, args ...ir.Expr) ir.Expr {
	return &ir.Call{Fn: fn, Args: args, T: t, At: ir.Pos{File: "q.sql", Line: 2, Col: 5}}
}

func litOf(v ir.Value, t *ir.Type) ir.Expr { return &ir.Const{V: v, T: t} }

func colsOf(s *ir.Schema) []ir.Expr {
	out := make([]ir.Expr, len(s.Cols))
	for i, c := range s.Cols {
		out[i] = &ir.ColRef{Index: i, Name: c.Name, T: c.Type}
	}
	return out
}

func TestFilter(t *testing.T) {
	s := vtest.Schema("a", ir.TBigInt, "b", ir.TBigInt, "c", ir.TVarchar)
	x := colsOf(s)
	// 10 / b > 2 AND c <> 'no'
	pred := callOf("AND", ir.TBoolean,
		callOf(">", ir.TBoolean, callOf("/", ir.TBigInt, litOf(int64(10), ir.TBigInt), x[1]), litOf(int64(2), ir.TBigInt)),
		callOf("<>", ir.TBoolean, x[2], litOf("no", ir.TVarchar)))
	var events []vtest.Event
	var want, rejected []string
	for range 5 {
		events = append(events,
			vtest.In(1, 1, "yes"), vtest.In(2, 0, "yes"), vtest.In(3, 2, "no"), vtest.In(4, 9, "yes"),
			vtest.In(5, nil, "yes"), vtest.In(6, 3, "a text longer than a view").As(vexec.Delete), vtest.In(7, 2, nil),
			vtest.In(8, 1, "x").Behind("2024-01-01 00:00:00"), vtest.In(9, 0, "no"))
		want = append(want, "1 | 1 | yes", "-D 6 | 3 | a text longer than a view", "8 | 1 | x @2024-01-01 00:00:00")
		rejected = append(rejected, "error: division by zero in (10 / b) at q.sql:2:5: 2 | 0 | yes",
			"error: division by zero in (10 / b) at q.sql:2:5: 9 | 0 | no")
	}
	(&vtest.Test{
		New: func() (vexec.Operator, error) { return NewFilter(&ir.FilterOp{Pred: pred, Out: s}, s) },
		In:  []*ir.Schema{s}, Out: s, Events: append(events, vtest.End()), Want: want, WantRejected: rejected,
	}).Run(t)
}

func TestFilterRefusesWhatIsNoCondition(t *testing.T) {
	s := vtest.Schema("a", ir.TBigInt)
	if _, err := NewFilter(&ir.FilterOp{Pred: colsOf(s)[0], Out: s}, s); err == nil {
		t.Fatal("a BIGINT is no condition")
	}
}

// What a filter hands on stands behind its columns, right where rows are kept; rows
// that it drops are not computed for that.
func TestFilterHandsOn(t *testing.T) {
	s := vtest.Schema("a", ir.TBigInt, "b", ir.TVarchar)
	x := colsOf(s)
	quotient := callOf("/", ir.TBigInt, litOf(int64(10), ir.TBigInt), x[0])
	upper := callOf("UPPER", ir.TVarchar, x[1])
	pred := callOf("AND", ir.TBoolean, callOf("<>", ir.TBoolean, upper, litOf("NO", ir.TVarchar)),
		callOf(">", ir.TBoolean, quotient, litOf(int64(2), ir.TBigInt)))
	out := vtest.Schema("a", ir.TBigInt, "b", ir.TVarchar, "q", ir.TBigInt, "u", ir.TVarchar)
	var events []vtest.Event
	var want, rejected []string
	for range 5 {
		events = append(events, vtest.In(1, "yes"), vtest.In(0, "no"), vtest.In(0, "oh"), vtest.In(9, "x"),
			vtest.In(2, "a text longer than a view").As(vexec.Delete), vtest.In(nil, "x"), vtest.In(1, nil))
		want = append(want, "1 | yes | 10 | YES", "-D 2 | a text longer than a view | 5 | A TEXT LONGER THAN A VIEW")
		rejected = append(rejected, "error: division by zero in (10 / a) at q.sql:2:5: 0 | oh")
	}
	o := &ir.FilterOp{Pred: pred, Extra: []ir.Expr{quotient, upper}, Out: out}
	(&vtest.Test{
		New: func() (vexec.Operator, error) { return NewFilter(o, s) },
		In:  []*ir.Schema{s}, Out: out, Events: append(events, vtest.End()), Want: want, WantRejected: rejected,
	}).Run(t)
}
