package ops

import (
	"fmt"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

var overIn = vtest.Schema("ts", ir.TTimestamp, "k", ir.TBigInt, "v", ir.TBigInt)

func overOp(calls ...ir.OverCall) *ir.OverOp {
	o := &ir.OverOp{In: overIn, Partition: []int{1}, Order: []ir.SortKey{{Col: 0, NullsFirst: true}}, Calls: calls, ByTime: true, Streams: true}
	o.Out = &ir.Schema{Cols: append([]ir.Column{}, overIn.Cols...)}
	for i := range calls {
		o.Out.Cols = append(o.Out.Cols, ir.Column{Name: fmt.Sprint("c", i), Type: calls[i].T})
	}
	return o
}

func overCallOf(fn string, frame *ir.Frame, args ...ir.Expr) ir.OverCall {
	return ir.OverCall{AggCall: ir.AggCall{Fn: fn, Args: args, T: ir.TBigInt}, Frame: frame}
}

func back(rows bool, n int64) *ir.Frame {
	return &ir.Frame{Rows: rows, Start: ir.FrameBound{Kind: ir.Preceding, N: n}, End: ir.FrameBound{Kind: ir.CurrentRow}}
}

func sec(s string) string { return "2024-01-01 00:00:" + s }

// Rows come out in the order of time, with all that frames need over restarts; partitions
// whose rows have left their frames for good begin anew.
func TestOverByTime(t *testing.T) {
	v := col(overIn, "v")
	events := []vtest.Event{
		vtest.In(sec("05"), 1, 10), vtest.In(sec("03"), 1, 20), vtest.In(sec("04"), 2, 1), vtest.Barrier(),
		vtest.WM(sec("05")),
		vtest.In(sec("04"), 1, 99).Behind(sec("05")), vtest.Barrier(),
		vtest.In(sec("05"), 1, 30), vtest.In(sec("09"), 1, 40), vtest.WM(sec("08")), vtest.Barrier(), vtest.Barrier(),
		vtest.WM(sec("20")), vtest.Barrier(),
		vtest.In(sec("21"), 2, 2), vtest.In(sec("40"), 1, 7), vtest.In(sec("22"), 2, 3), vtest.WM(sec("39")), vtest.Barrier(),
		vtest.End(),
	}
	late := []string{"late: " + sec("04") + " | 1 | 99"}
	run := func(name string, want []string, calls ...ir.OverCall) {
		t.Run(name, func(t *testing.T) {
			o := overOp(calls...)
			tt := vtest.Test{New: func() (vexec.Operator, error) { return NewOver(o) }, In: []*ir.Schema{overIn}, Out: o.Out,
				Events: events, Want: want, WantRejected: late}
			tt.Run(t)
		})
	}
	run("span", []string{
		sec("03") + " | 1 | 20 | 20", sec("04") + " | 2 | 1 | 1", sec("05") + " | 1 | 10 | 60", sec("05") + " | 1 | 30 | 60",
		sec("09") + " | 1 | 40 | 80", sec("21") + " | 2 | 2 | 2", sec("22") + " | 2 | 3 | 5", sec("40") + " | 1 | 7 | 7",
	}, overCallOf("SUM", back(false, 5_000_000), v))
	run("rows", []string{
		sec("03") + " | 1 | 20 | 20 | 1 | NULL", sec("04") + " | 2 | 1 | 1 | 1 | NULL", sec("05") + " | 1 | 10 | 30 | 2 | 20", sec("05") + " | 1 | 30 | 40 | 3 | 10",
		sec("09") + " | 1 | 40 | 70 | 4 | 30", sec("21") + " | 2 | 2 | 3 | 2 | 1", sec("22") + " | 2 | 3 | 5 | 3 | 2", sec("40") + " | 1 | 7 | 47 | 5 | 40",
	}, overCallOf("SUM", back(true, 1), v), overCallOf("ROW_NUMBER", nil), overCallOf("LAG", nil, v))
	run("all", []string{
		sec("03") + " | 1 | 20 | 20 | 1", sec("04") + " | 2 | 1 | 1 | 1", sec("05") + " | 1 | 10 | 30 | 2", sec("05") + " | 1 | 30 | 30 | 2",
		sec("09") + " | 1 | 40 | 40 | 4", sec("21") + " | 2 | 2 | 2 | 2", sec("22") + " | 2 | 3 | 3 | 3", sec("40") + " | 1 | 7 | 40 | 5",
	}, overCallOf("MAX", ir.DefaultFrame(true), v), overCallOf("RANK", nil))
}

// What no frame needs is forgotten: of rows that come for long few are held.
func TestOverForgets(t *testing.T) {
	for _, frame := range []*ir.Frame{back(false, 10_000_000), back(true, 3), ir.DefaultFrame(true)} {
		o := overOp(overCallOf("SUM", frame, col(overIn, "v")))
		made, err := NewOver(o)
		if err != nil {
			t.Fatal(err)
		}
		w := made.(*Over)
		oc := &vexec.OpContext{Tasks: 1, MaxRows: 1024, Clock: &vtest.Clock{}, Memory: vexec.NewBudget(0).Account("over"), State: vtest.NewState(w.Tables())}
		if err := w.Open(oc); err != nil {
			t.Fatal(err)
		}
		out := &vtest.Collector{}
		for i := range int64(300) {
			b := vexec.Batch{Schema: overIn, Cols: []vexec.Vec{vexec.NewVec(ir.TTimestamp, 100), vexec.NewVec(ir.TBigInt, 100), vexec.NewVec(ir.TBigInt, 100)}, Rows: 100, Part: -1}
			for r := range int64(100) {
				b.Cols[0].Int64s()[r], b.Cols[1].Int64s()[r], b.Cols[2].Int64s()[r] = i*1_000_000+r, i/10*7+r%7, r
			}
			if err := w.Push(0, &b, out); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Advance(ir.Micros(i*1_000_000), out); err != nil {
				t.Fatal(err)
			}
		}
		if most := 2*(1300+4*len(w.parts)) + slack + 100; w.rows.Rows > most {
			t.Errorf("%s: %d rows are held, more than %d", frame, w.rows.Rows, most)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
