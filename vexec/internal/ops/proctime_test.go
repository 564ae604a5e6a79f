package ops

import (
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// Rows get the clock's time in the column's unit, the watermark is the clock and never
// goes back, and nothing is due before the first row.
func TestProcTime(t *testing.T) {
	for _, c := range []struct {
		digits int
		clock  []ir.Micros
		times  []int64
		marks  []ir.Micros
	}{
		{digits: 3, clock: []ir.Micros{5_001_999, 5_002_000, 4_000_000}, times: []int64{5_001_000, 5_002_000, 5_002_000}, marks: []ir.Micros{5_001_000, 5_002_000, 5_002_000}},
		{digits: 9, clock: []ir.Micros{7, 8}, times: []int64{7000, 8000}, marks: []ir.Micros{7, 8}},
		{digits: 0, clock: []ir.Micros{5_999_999}, times: []int64{5_000_000}, marks: []ir.Micros{5_000_000}},
	} {
		in := vtest.Schema("x", ir.TBigInt, "pt", &ir.Type{Kind: ir.TimestampLTZ, P: c.digits})
		p := NewProcTime(&ir.ProcTimeOp{TimeCol: 1, Out: in}, in)
		clock := &vtest.Clock{}
		if err := p.Open(&vexec.OpContext{Clock: clock}); err != nil {
			t.Fatal(err)
		}
		if p.Due() != tickEvery || p.Watermark() != 0 {
			t.Error("time does not begin before the first row")
		}
		out := vtest.Collector{Schema: in}
		for i, now := range c.clock {
			clock.At = now
			if err := p.Push(0, vtest.Batch(in, vtest.Row{1, 0}, vtest.Row{2, 0}), &out); err != nil {
				t.Fatal(err)
			}
			if got := out.Rows[2*i+1].Vals[1]; got != c.times[i] || p.Watermark() != c.marks[i] {
				t.Errorf("%d digits at %d: row %v, watermark %d; want %d and %d", c.digits, now, got, p.Watermark(), c.times[i], c.marks[i])
			}
		}
		clock.At = p.Due() + 1_000_000
		if err := p.Tick(clock.At, &out); err != nil || p.Watermark() < clock.At-1_000_000 {
			t.Errorf("watermark %d after a tick at %d, %v", p.Watermark(), clock.At, err)
		}
	}
}
