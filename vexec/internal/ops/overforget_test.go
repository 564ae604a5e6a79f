package ops

import (
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// Partitions that get no more rows are forgotten, by the watermark or by the clock: of keys that
// come and go few are held, in memory and in checkpoints, and one that comes back begins anew. One
// that goes on coming is not.
func TestOverForgetsPartitions(t *testing.T) {
	const always, batches = -1, 400
	count := func(f *ir.Frame) ir.OverCall { return overCallOf("COUNT", f) }
	f := func(name string, ttl int64, total func(i int64) int64, calls ...ir.OverCall) {
		t.Helper()
		o := overOp(calls...)
		o.TTL = ttl
		out := &vtest.Collector{Schema: o.Out}
		run := &opRun{clock: &vtest.Clock{}, make: func() (vexec.Operator, error) { return NewOver(o) }}
		run.open(t)
		for i := range int64(batches) {
			if i%97 == 50 {
				run.restart(t)
			}
			w := run.op.(*Over)
			b := vexec.Batch{Schema: overIn, Cols: []vexec.Vec{vexec.NewVec(ir.TTimestamp, 200), vexec.NewVec(ir.TBigInt, 200), vexec.NewVec(ir.TBigInt, 200)}, Rows: 200, Part: -1}
			for r := range int64(200) {
				key := i*200 + r
				switch {
				case r == 0:
					key = always
				case r == 1 && i >= 200:
					key = (i-200)*200 + 2
				}
				b.Cols[0].Int64s()[r], b.Cols[1].Int64s()[r], b.Cols[2].Int64s()[r] = i*1_000_000, key, i
			}
			run.clock.At = ir.Micros(i * 1_000_000)
			if w.Due() <= run.clock.At {
				if err := w.Tick(run.clock.At, out); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Push(0, &b, out); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Advance(ir.Micros(i*1_000_000+1), out); err != nil {
				t.Fatal(err)
			}
			if most := 2*slack + 2*12*200; len(w.parts) > most {
				t.Fatalf("%s: %d partitions are held, more than %d", name, len(w.parts), most)
			}
		}
		if len(out.Rows) != batches*200 {
			t.Fatalf("%s: %d rows", name, len(out.Rows))
		}
		for at, row := range out.Rows {
			want := int64(1)
			if row.Vals[1] == int64(always) {
				want = total(int64(at / 200))
			}
			if row.Vals[3] != want {
				t.Fatalf("%s: row %v, want %d", name, row.Vals, want)
			}
		}
	}
	f("a span of time", 0, func(i int64) int64 { return min(i+1, 11) }, count(back(false, 10_000_000)))
	f("with a TTL", 10_000_000, func(i int64) int64 { return i + 1 }, count(ir.DefaultFrame(true)), overCallOf("ROW_NUMBER", nil))
	f("rows, with a TTL", 10_000_000, func(i int64) int64 { return min(i+1, 4) }, count(back(true, 3)))
}
