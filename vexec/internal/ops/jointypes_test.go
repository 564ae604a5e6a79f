package ops

import (
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// Values of all types come through as they are: of pairs, of rows without one, and where
// they are kept over a restart.
func TestJoinOfAllTypes(t *testing.T) {
	every := vtest.EveryType()
	n := len(every.Cols)
	in := &ir.Schema{Cols: append(slices.Clone(every.Cols), ir.Column{Name: "k", Type: ir.TVarchar})}
	for _, kind := range []ir.JoinKind{ir.RegularJoin, ir.IntervalJoin} {
		o := &ir.JoinOp{Kind: kind, Type: ir.FullJoin, Left: in, Right: in, LeftKeys: []int{n}, RightKeys: []int{n}}
		for c := range 2 * (n + 1) {
			o.Cols = append(o.Cols, c)
		}
		if kind == ir.IntervalJoin {
			o.Time = &ir.TimeBound{Left: slices.IndexFunc(in.Cols, func(c ir.Column) bool { return c.Name == "ts9" })}
			o.Time.Right = o.Time.Left
		}
		o.LeftChanges, o.RightChanges = kind == ir.RegularJoin, kind == ir.RegularJoin
		o.Out = ir.PairSchema(o.Type, in, in)
		rows := vtest.EveryRow()
		var events []vtest.Event
		var want []string
		null := make(vtest.Row, n+1)
		text := func(l, r vtest.Row) string {
			b := vtest.BatchAs(o.Out, vtest.Shape{}, append(slices.Clone(l), r...))
			return vtest.FormatRow(b.Values(0), o.Out)
		}
		for i, row := range rows {
			l := append(slices.Clone(row), strings.Repeat("key", i+1))
			events = append(events, vtest.In(l...), vtest.Barrier())
			timed := kind == ir.RegularJoin || row[o.Time.Left] != nil
			if i%2 == 0 && timed {
				events = append(events, vtest.In(l...).Port(1))
				want = append(want, text(l, l))
			} else {
				want = append(want, text(l, null))
			}
			r := append(slices.Clone(row), strings.Repeat("other key", i+1))
			events = append(events, vtest.In(r...).Port(1))
			want = append(want, text(null, r))
		}
		events = append(events, vtest.End())
		test := vtest.Test{New: newJoin(o), In: []*ir.Schema{in, in}, Out: o.Out, Events: events, Want: want, AnyOrder: true, Fold: kind == ir.RegularJoin}
		t.Run(kind.String(), func(t *testing.T) { test.Run(t) })
	}
}

// A condition that fails for a pair rejects the pair, once, and it is none.
func TestJoinConditionFails(t *testing.T) {
	o := joinOp(ir.RegularJoin, ir.LeftJoin)
	l, r := &ir.ColRef{Index: 1, Name: "n", T: ir.TBigInt}, &ir.ColRef{Index: 5, Name: "n", T: ir.TBigInt}
	o.Cond = callOf("=", ir.TBoolean, callOf("/", ir.TBigInt, l, r), litOf(int64(2), ir.TBigInt))
	o.LeftChanges, o.RightChanges = true, true
	run := joinRun(t, o)
	run.pushSide(t, 0, []vtest.Row{{1, 8, "l", int64(1)}}, nil)
	run.pushSide(t, 1, []vtest.Row{{1, 0, "r", int64(2)}, {1, 4, "r", int64(3)}}, nil)
	run.pushSide(t, 1, []vtest.Row{{1, 0, "r", int64(2)}, {1, 4, "r", int64(3)}}, []vexec.RowKind{vexec.Delete, vexec.Delete})
	if len(run.out.Rejected) != 1 || !strings.Contains(run.out.Rejected[0].Reason, "division by zero") {
		t.Errorf("rejected: %v", run.out.Rejected)
	}
	run.want(t, "+I 8 | l | 1970-01-01 00:00:00.000001 | NULL | NULL",
		"-D 8 | l | 1970-01-01 00:00:00.000001 | NULL | NULL", "+I 8 | l | 1970-01-01 00:00:00.000001 | 4 | 1970-01-01 00:00:00.000003",
		"-D 8 | l | 1970-01-01 00:00:00.000001 | 4 | 1970-01-01 00:00:00.000003", "+I 8 | l | 1970-01-01 00:00:00.000001 | NULL | NULL")
	if n := run.op.(RowCounter).Counted(); n.Grouped != 5 || n.Lost != 1 {
		t.Errorf("counted %+v", n)
	}
}

// A row that is older than the TTL of its side is forgotten: it gets no pair, what was given of
// it stays, and where it is taken back it is counted.
func TestJoinForgets(t *testing.T) {
	o := joinOp(ir.RegularJoin, ir.LeftJoin)
	o.Cols = []int{1, 5}
	o.Out = ir.PairSchema(o.Type, joinIn, joinIn).Select(o.Cols)
	o.LeftChanges, o.RightChanges, o.LeftTTL, o.RightTTL = true, true, 1_000_000, 64_000
	run := joinRun(t, o)
	at := func(us ir.Micros) {
		run.clock.At = us
		if timed := run.op.(vexec.Timed); timed.Due() <= us {
			if err := timed.Tick(us, &run.out); err != nil {
				t.Fatal(err)
			}
		}
	}
	del := []vexec.RowKind{vexec.Delete}
	run.pushSide(t, 1, []vtest.Row{{1, 10, "r", int64(0)}}, nil)
	at(40_000)
	run.pushSide(t, 0, []vtest.Row{{1, 1, "l", int64(0)}}, nil)
	run.pushSide(t, 1, []vtest.Row{{2, 20, "r", int64(0)}}, nil)
	run.want(t, "+I 1 | 10")
	at(70_000) // 10 is forgotten, 20 is not
	run.restart(t)
	run.pushSide(t, 0, []vtest.Row{{1, 2, "l", int64(0)}, {2, 3, "l", int64(0)}}, nil)
	run.want(t, "+I 3 | 20", "+I 2 | NULL")
	run.pushSide(t, 1, []vtest.Row{{1, 10, "r", int64(0)}}, del)
	if len(run.out.Rejected) != 1 || run.out.Rejected[0].Why != vexec.FateExpired {
		t.Errorf("rejected: %v", run.out.Rejected)
	}
	run.want(t)
	run.pushSide(t, 1, []vtest.Row{{1, 30, "r", int64(0)}}, nil) // 1 has come out with 10: it has no row without a pair to take back
	run.want(t, "-D 2 | NULL", "+I 2 | 30", "+I 1 | 30")
	run.restart(t)
	run.pushSide(t, 1, []vtest.Row{{1, 30, "r", int64(0)}}, del)
	run.want(t, "-D 2 | 30", "-D 1 | 30", "+I 2 | NULL", "+I 1 | NULL")
	at(2_000_000)
	run.pushSide(t, 1, []vtest.Row{{1, 40, "r", int64(0)}}, nil)
	run.want(t)
	if j := run.op.(*Join); j.sides[0].rows != 0 || j.sides[1].rows != 1 {
		t.Errorf("%d and %d rows are kept", j.sides[0].rows, j.sides[1].rows)
	}
}
