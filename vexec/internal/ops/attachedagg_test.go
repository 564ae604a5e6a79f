package ops

import (
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

func TestAttachedAgg(t *testing.T) {
	in := vtest.Schema("k", ir.TBigInt, "x", ir.TBigInt, "window_start", ir.TTimestamp, "window_end", ir.TTimestamp)
	o := &ir.AttachedAggOp{In: in, StartCol: 2, EndCol: 3, Keys: []int{3, 0}, Aggs: []ir.AggCall{call("COUNT"), call("SUM", col(in, "x"))},
		Out: vtest.Schema("window_end", ir.TTimestamp, "k", ir.TBigInt, "n", ir.TBigInt, "s", ir.TBigInt)}
	const zero, half, one, more = "2024-01-01 00:00:00", "2024-01-01 00:00:30", "2024-01-01 00:01:00", "2024-01-01 00:01:30"
	tt := vtest.Test{
		New: func() (vexec.Operator, error) { return NewAttachedAgg(o, in) },
		In:  []*ir.Schema{in}, Out: o.Out, AnyOrder: true,
		Events: []vtest.Event{
			vtest.In(1, 10, zero, one),
			vtest.In(nil, 20, zero, one),
			vtest.In(1, 30, half, more),
			vtest.Barrier(),
			vtest.In(1, 40, zero, one),
			vtest.In(1, 50, nil, one),
			vtest.In(1, 1, zero, one).Behind("2024-01-01 00:00:59.999999"),
			vtest.WM(one),
			vtest.In(1, 60, zero, one).Behind(one),
			vtest.In(1, 70, half, more).Behind(one),
			vtest.Barrier(),
			vtest.Barrier(),
			vtest.End(),
		},
		Want: []string{
			one + " | 1 | 3 | 51",
			one + " | NULL | 1 | 20",
			more + " | 1 | 2 | 100",
		},
		WantRejected: []string{
			"error: window_start or window_end is NULL: the row has no window: 1 | 50 | NULL | " + one,
			"late: 1 | 60 | " + zero + " | " + one,
		},
	}
	tt.Run(t)
}
