package ops

import (
	"slices"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// TestSessionSweep holds that the memory of closed sessions is freed when the interval is
// over, though no rows come, and that the session that is open stays as it is.
func TestSessionSweep(t *testing.T) {
	w := tenSeconds
	w.Sweep = 60_000_000
	agg := windowOp(w, ir.Complete, []int{1}, []ir.AggCall{call("COUNT"), call("SUM", col(aggIn, "x"))})
	rowsOut := &ir.Schema{Cols: append(slices.Clone(aggIn.Cols), windowOp(w, ir.Complete, nil, nil).Out.Cols...)}
	for name, tt := range map[string]struct {
		make func() (vexec.Operator, error)
		out  *ir.Schema
		last int // rows that come out of the last session
	}{
		"aggregates": {func() (vexec.Operator, error) { return NewWindowAgg(agg, aggIn) }, agg.Out, 1},
		"rows": {func() (vexec.Operator, error) {
			return NewWindowTVF(&ir.WindowTVFOp{TimeCol: 0, Window: w, Keys: []int{1}, Out: rowsOut}, aggIn)
		}, rowsOut, 2},
		"late rows": {func() (vexec.Operator, error) {
			return NewLateRows(&ir.LateOp{TimeCol: 0, Window: &w, Keys: []int{1}, Out: aggIn}, aggIn)
		}, aggIn, 0},
	} {
		t.Run(name, func(t *testing.T) { sweepSessions(t, tt.make, tt.out, tt.last) })
	}
}

func sweepSessions(t *testing.T, make func() (vexec.Operator, error), out *ir.Schema, last int) {
	op, err := make()
	if err != nil {
		t.Fatal(err)
	}
	clock := &vtest.Clock{At: 1_000_000}
	mem := vexec.NewBudget(0).Account("test")
	got := &vtest.Collector{Schema: out, MaxRows: 1024}
	if err := op.Open(&vexec.OpContext{Tasks: 1, MaxRows: 1024, Clock: clock, State: vtest.NewState(op.(vexec.Stateful).Tables()), Memory: mem}); err != nil {
		t.Fatal(err)
	}
	push := func(at string, keys ...int) {
		var rows []vtest.Row
		for _, k := range keys {
			rows = append(rows, vtest.Row{at, k, "a text that is longer than a view", 1, nil})
		}
		if err := op.Push(0, vtest.Batch(aggIn, rows...), got); err != nil {
			t.Fatal(err)
		}
	}
	due := func() ir.Micros { return op.(vexec.Timed).Due() }
	if due() != ir.MaxMicros {
		t.Error("it is due without sessions")
	}
	for k := range 500 {
		push("2024-01-01 00:00:00", 4*k, 4*k+1, 4*k+2, 4*k+3)
	}
	push("2024-01-01 00:00:30", 9999)
	if due() != ir.MaxMicros {
		t.Error("it is due while all sessions are open")
	}
	if _, err := op.Advance(ir.Micros(vtest.TS("2024-01-01 00:00:31")), got); err != nil {
		t.Fatal(err)
	}
	if due() != 61_000_000 {
		t.Errorf("it is due at %d, not when the interval is over", due())
	}
	full := mem.Used()
	clock.At = 61_000_000
	if err := op.(vexec.Timed).Tick(clock.At, got); err != nil {
		t.Fatal(err)
	}
	if mem.Used() > full/2 || due() != ir.MaxMicros {
		t.Errorf("%d bytes of %d are left, and it is due at %d", mem.Used(), full, due())
	}
	got.Rows = nil
	push("2024-01-01 00:00:35", 9999)
	if _, err := op.Advance(ir.MaxMicros, got); err != nil {
		t.Fatal(err)
	}
	if len(got.Rows) != last {
		t.Errorf("%d rows of the last session, want %d", len(got.Rows), last)
	}
	if err := op.Close(); err != nil || mem.Used() != 0 {
		t.Errorf("%d bytes are left at the end, %v", mem.Used(), err)
	}
}
