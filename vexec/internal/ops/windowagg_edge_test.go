package ops

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

var byMinute = ir.Window{Kind: ir.Tumble, Size: 60_000_000, Slide: 60_000_000}

func stateful(o *ir.WindowAggOp) func() (vexec.Operator, error) {
	return func() (vexec.Operator, error) { return NewWindowAgg(o, o.In) }
}

func TestWindowAggTumble(t *testing.T) {
	o := windowOp(byMinute, ir.Complete, []int{2}, []ir.AggCall{call("COUNT"), call("SUM", col(aggIn, "x"))})
	tt := vtest.Test{
		New: stateful(o), In: []*ir.Schema{aggIn}, Out: o.Out, AnyOrder: true,
		Events: []vtest.Event{
			vtest.In("2024-01-01 00:00:01", 1, "a", 5, nil),
			vtest.In("2024-01-01 00:00:59.999999", 1, "a", 6, nil),
			vtest.Barrier(),
			vtest.In("2024-01-01 00:01:00", 1, nil, nil, nil),
			vtest.In("2024-01-01 00:00:30", 1, nil, 7, nil),
			vtest.WM("2024-01-01 00:00:59.999999"),
			vtest.In("2024-01-01 00:00:20", 1, "a", 1, nil).Behind("2024-01-01 00:00:30"), // behind, but the window is open
			vtest.WM("2024-01-01 00:01:00"),
			vtest.In("2024-01-01 00:00:59", 1, "a", 1, nil).Behind("2024-01-01 00:01:00"),
			vtest.Barrier(),
			vtest.End(),
		},
		Want: []string{
			"2024-01-01 00:00:00 | 2024-01-01 00:01:00 | 2024-01-01 00:00:59.999999 | a | 3 | 12",
			"2024-01-01 00:00:00 | 2024-01-01 00:01:00 | 2024-01-01 00:00:59.999999 | NULL | 1 | 7",
			"2024-01-01 00:01:00 | 2024-01-01 00:02:00 | 2024-01-01 00:01:59.999999 | NULL | 1 | NULL",
		},
		WantRejected: []string{"late: 2024-01-01 00:00:59 | 1 | a | 1 | NULL"},
	}
	tt.Run(t)
}

// A row that is late for one of its two windows counts in the other alone, and a
// pane that was in an emitted window is not emitted again after a restart.
func TestWindowAggHopLate(t *testing.T) {
	w := ir.Window{Kind: ir.Hop, Size: 60_000_000, Slide: 30_000_000}
	o := windowOp(w, ir.Complete, nil, []ir.AggCall{call("COUNT")})
	tt := vtest.Test{
		New: stateful(o), In: []*ir.Schema{aggIn}, Out: o.Out,
		Events: []vtest.Event{
			vtest.In("2024-01-01 00:00:40", 1, "a", 5, nil),
			vtest.WM("2024-01-01 00:01:00"),
			vtest.Barrier(),
			vtest.In("2024-01-01 00:00:50", 1, "a", 5, nil).Behind("2024-01-01 00:01:10"),
			vtest.In("2024-01-01 00:00:20", 1, "a", 5, nil).Behind("2024-01-01 00:01:10"),
			vtest.Barrier(),
			vtest.WM("2024-01-01 00:01:30"),
			vtest.Barrier(),
			vtest.End(),
		},
		Want: []string{
			"2024-01-01 00:00:00 | 2024-01-01 00:01:00 | 2024-01-01 00:00:59.999999 | 1",
			"2024-01-01 00:00:30 | 2024-01-01 00:01:30 | 2024-01-01 00:01:29.999999 | 2",
		},
		WantRejected: []string{"late: 2024-01-01 00:00:20 | 1 | a | 5 | NULL"},
	}
	tt.Run(t)
}

// A sum that is out of range is the dead letter of its group; other groups go on.
func TestWindowAggOverflow(t *testing.T) {
	o := windowOp(byMinute, ir.Complete, []int{1}, []ir.AggCall{call("SUM", col(aggIn, "x"))})
	o.Aggs[0].At = ir.Pos{File: "q.sql", Line: 3, Col: 8}
	tt := vtest.Test{
		New: stateful(o), In: []*ir.Schema{aggIn}, Out: o.Out, AnyOrder: true,
		Events: []vtest.Event{
			vtest.In("2024-01-01 00:00:01", 1, "a", int64(math.MaxInt64), nil),
			vtest.In("2024-01-01 00:00:01", 2, "a", int64(math.MaxInt64), nil),
			vtest.In("2024-01-01 00:00:02", 1, "a", 1, nil),
			vtest.End(),
		},
		Want:         []string{"2024-01-01 00:00:00 | 2024-01-01 00:01:00 | 2024-01-01 00:00:59.999999 | 2 | 9223372036854775807"},
		WantRejected: []string{"error: q.sql:3:8: SUM(x) is out of the range of BIGINT: 2024-01-01 00:00:00 | 2024-01-01 00:01:00 | 2024-01-01 00:00:59.999999 | 1 | NULL"},
	}
	tt.Run(t)
}

// FILTER narrows one aggregate; the group is there even if no row passes. An
// argument is not computed where the filter is not true, and a row whose argument
// fails counts nowhere.
func TestWindowAggFilter(t *testing.T) {
	x, k := col(aggIn, "x"), col(aggIn, "k")
	zero := &ir.Const{V: int64(0), T: ir.TBigInt}
	notZero := &ir.Call{Fn: "<>", Args: []ir.Expr{x, zero}, T: ir.TBoolean}
	quotient := &ir.Call{Fn: "/", Args: []ir.Expr{&ir.Const{V: int64(12), T: ir.TBigInt}, x}, T: ir.TBigInt}
	filtered := call("SUM", quotient)
	filtered.Filter = notZero
	count := call("COUNT")
	count.Filter = notZero
	byKey := call("MAX", &ir.Call{Fn: "/", Args: []ir.Expr{&ir.Const{V: int64(12), T: ir.TBigInt}, k}, T: ir.TBigInt})
	o := windowOp(byMinute, ir.Complete, []int{2}, []ir.AggCall{call("COUNT"), count, filtered, byKey})
	tt := vtest.Test{
		New: stateful(o), In: []*ir.Schema{aggIn}, Out: o.Out, AnyOrder: true,
		Events: []vtest.Event{
			vtest.In("2024-01-01 00:00:01", 1, "a", 0, nil),
			vtest.In("2024-01-01 00:00:02", 2, "a", 3, nil),
			vtest.In("2024-01-01 00:00:03", 3, "b", 0, nil),
			vtest.In("2024-01-01 00:00:04", 0, "b", 1, nil),
			vtest.In("2024-01-01 00:01:04", 1, "b", 6, nil),
			vtest.End(),
		},
		Want: []string{
			"2024-01-01 00:00:00 | 2024-01-01 00:01:00 | 2024-01-01 00:00:59.999999 | a | 2 | 1 | 4 | 12",
			"2024-01-01 00:00:00 | 2024-01-01 00:01:00 | 2024-01-01 00:00:59.999999 | b | 1 | 0 | NULL | 4",
			"2024-01-01 00:01:00 | 2024-01-01 00:02:00 | 2024-01-01 00:01:59.999999 | b | 1 | 1 | 2 | 12",
		},
		WantRejected: []string{"error: division by zero in (12 / k): 2024-01-01 00:00:04 | 0 | b | 1 | NULL"},
	}
	tt.Run(t)
}

// Times that are NULL or out of all reason are row errors.
func TestWindowAggBadTimes(t *testing.T) {
	o := windowOp(byMinute, ir.Complete, nil, []ir.AggCall{call("COUNT")})
	tt := vtest.Test{
		New: stateful(o), In: []*ir.Schema{aggIn}, Out: o.Out,
		Events: []vtest.Event{
			vtest.In(nil, 1, "a", 0, nil),
			vtest.In(int64(math.MaxInt64), 2, "a", 3, nil),
			vtest.In("2024-01-01 00:00:03", 3, "b", 0, nil),
			vtest.End(),
		},
		Want: []string{"2024-01-01 00:00:00 | 2024-01-01 00:01:00 | 2024-01-01 00:00:59.999999 | 1"},
		WantRejected: []string{
			"error: the event time ts is NULL: NULL | 1 | a | 0 | NULL",
			"error: the event time ts is too far from 1970 to be in a window: " + ir.FormatMicros(math.MaxInt64) + " | 2 | a | 3 | NULL",
		},
	}
	tt.Run(t)
}

// window_time is one unit of the column's precision before the end, and the
// watermark that is handed on is not ahead of it.
func TestWindowAggPrecisions(t *testing.T) {
	const end = int64(1_704_067_260_000_000) // 2024-01-01 00:01:00
	for _, c := range []struct {
		digits     int
		at, time   int64
		start, wm  int64
		nanosInOne int64
	}{
		{digits: 3, at: end - 1000, time: end - 1000, start: end - 60_000_000, wm: end - 999},
		{digits: 0, at: end - 1_000_000, time: end - 1_000_000, start: end - 60_000_000, wm: end - 999_999},
		{digits: 9, at: end*1000 - 1, time: end*1000 - 1, start: (end - 60_000_000) * 1000, wm: end},
	} {
		ts := &ir.Type{Kind: ir.Timestamp, P: c.digits}
		in := vtest.Schema("ts", ts)
		o := &ir.WindowAggOp{Phase: ir.Complete, In: in, Window: byMinute, Aggs: []ir.AggCall{call("COUNT")},
			Layout: []ir.WindowOut{{Kind: ir.OutStart}, {Kind: ir.OutTime}, {Kind: ir.OutAgg}},
			Out:    vtest.Schema("window_start", ts, "window_time", ts, "count", ir.TBigInt)}
		op, err := NewWindowAgg(o, in)
		if err != nil {
			t.Fatal(err)
		}
		out := vtest.Collector{Schema: o.Out}
		if err := op.Open(&vexec.OpContext{Tasks: 1, MaxRows: 10, State: vtest.NewState(op.(vexec.Stateful).Tables())}); err != nil {
			t.Fatal(err)
		}
		if err := op.Push(0, vtest.Batch(in, vtest.Row{c.at}), &out); err != nil {
			t.Fatal(err)
		}
		wm, err := op.Advance(ir.Micros(end), &out)
		if err != nil || int64(wm) != c.wm {
			t.Errorf("precision %d: handed on %d, %v; want %d", c.digits, wm, err, c.wm)
		}
		if got, want := fmt.Sprint(out.Rows[0].Vals), fmt.Sprint([]ir.Value{c.start, c.time, int64(1)}); got != want {
			t.Errorf("precision %d: %s, want %s", c.digits, got, want)
		}
	}
}

// A gap of centuries costs nothing.
func TestWindowAggSparse(t *testing.T) {
	w := ir.Window{Kind: ir.Hop, Size: 2_000_000, Slide: 1_000_000}
	o := windowOp(w, ir.Complete, nil, []ir.AggCall{call("COUNT")})
	tt := vtest.Test{
		New: stateful(o), In: []*ir.Schema{aggIn}, Out: o.Out,
		Events: []vtest.Event{
			vtest.In("1024-01-01 00:00:00", 1, "a", 5, nil),
			vtest.In("2024-01-01 00:00:00", 1, "a", 5, nil),
			vtest.End(),
		},
		Want: []string{
			"1023-12-31 23:59:59 | 1024-01-01 00:00:01 | 1024-01-01 00:00:00.999999 | 1",
			"1024-01-01 00:00:00 | 1024-01-01 00:00:02 | 1024-01-01 00:00:01.999999 | 1",
			"2023-12-31 23:59:59 | 2024-01-01 00:00:01 | 2024-01-01 00:00:00.999999 | 1",
			"2024-01-01 00:00:00 | 2024-01-01 00:00:02 | 2024-01-01 00:00:01.999999 | 1",
		},
	}
	tt.Run(t)
}

func TestNewWindowAggRefuses(t *testing.T) {
	f := func(o *ir.WindowAggOp, in *ir.Schema, want string) {
		t.Helper()
		if _, err := NewWindowAgg(o, in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	f(windowOp(ir.Window{Kind: ir.Tumble}, ir.Complete, nil, nil), aggIn, "greater than zero")
	f(windowOp(byMinute, ir.Final, nil, nil), aggIn, "takes partial groups")
	f(windowOp(byMinute, "half", nil, nil), aggIn, `no phase "half"`)
}
