package ops

import (
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

func TestProject(t *testing.T) {
	s := vtest.Schema("a", ir.TBigInt, "b", ir.TBigInt, "c", ir.TVarchar)
	x := colsOf(s)
	out := vtest.Schema("c", ir.TVarchar, "sum", ir.TBigInt, "up", ir.TVarchar, "none", ir.TDouble, "one", ir.TBigInt)
	exprs := []ir.Expr{x[2], callOf("+", ir.TBigInt, x[0], x[1]), callOf("UPPER", ir.TVarchar, x[2]),
		litOf(nil, ir.TNull), litOf(int64(1), ir.TBigInt)}
	var events []vtest.Event
	var want, rejected []string
	for range 5 {
		events = append(events, vtest.In(1, 2, "abc"), vtest.In(nil, 2, "äé and more text"),
			vtest.In(int64(1<<62), int64(1<<62), nil), vtest.In(3, 4, nil).As(vexec.UpdateBefore).Behind("2024-01-01"))
		want = append(want, "abc | 3 | ABC | NULL | 1", "äé and more text | NULL | ÄÉ AND MORE TEXT | NULL | 1",
			"-U NULL | 7 | NULL | NULL | 1 @2024-01-01 00:00:00")
		rejected = append(rejected, "error: integer overflow in (a + b) at q.sql:2:5: 4611686018427387904 | 4611686018427387904 | NULL")
	}
	(&vtest.Test{
		New: func() (vexec.Operator, error) { return NewProject(&ir.ProjectOp{Exprs: exprs, Out: out}, s) },
		In:  []*ir.Schema{s}, Out: out, Events: append(events, vtest.End()), Want: want, WantRejected: rejected,
	}).Run(t)
}
