package ops

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// temporalOp gives n and ts of both sides of joinIn, by k.
func temporalOp(typ ir.JoinType) *ir.TemporalOp {
	o := &ir.TemporalOp{Type: typ, Left: joinIn, Right: joinIn, LeftKeys: []int{0}, RightKeys: []int{0}, LeftTime: 3, RightTime: 3, Cols: []int{1, 2, 3, 5, 7}}
	o.Out = ir.PairSchema(typ, joinIn, joinIn).Select(o.Cols)
	return o
}

func newTemporal(o *ir.TemporalOp) func() (vexec.Operator, error) {
	return func() (vexec.Operator, error) { return NewTemporal(o) }
}

// versionAt is the row of the right side that a row of the left is given, by looking at all.
func versionAt(l joinRow, rows []joinRow) *joinRow {
	var best *joinRow
	for i := range rows {
		r := &rows[i]
		if r.side == 1 && r.vals[0] != nil && r.vals[0] == l.vals[0] && max(r.ts, int64(r.mark)) <= l.ts && (best == nil || r.ts >= best.ts) {
			best = r
		}
	}
	return best
}

// Random rows of both sides, late ones among them, with restarts: each row of the left side
// gets what the definition says.
func TestTemporal(t *testing.T) {
	none := 0
	for seed := range uint64(4) {
		for _, typ := range []ir.JoinType{ir.InnerJoin, ir.LeftJoin} {
			o := temporalOp(typ)
			cond := seed%2 == 1
			if cond {
				o.Cond = oddSum()
			}
			events, rows := joinEvents(rand.New(rand.NewPCG(seed, 9)), 80, false, seed > 1)
			var want, late []string
			lateVersions := 0
			for _, l := range rows {
				if l.side == 1 {
					if l.mark != ir.MinMicros {
						lateVersions++
					}
					continue
				}
				if int64(l.mark) > l.ts {
					late = append(late, "late: "+vtest.FormatRow(valuesOf(l.vals), joinIn))
					continue
				}
				v := versionAt(l, rows)
				if v != nil && cond && (l.vals[1].(int)+v.vals[1].(int))%2 != 1 {
					v = nil
				}
				vals := append(valuesOf(l.vals), make([]ir.Value, 4)...)
				switch {
				case v != nil:
					vals = append(valuesOf(l.vals), valuesOf(v.vals)...)
				case typ == ir.InnerJoin:
					none++
					continue
				}
				e := vtest.Emitted{Late: ir.MinMicros}
				for _, c := range o.Cols {
					e.Vals = append(e.Vals, vals[c])
				}
				want = append(want, e.Format(o.Out))
			}
			if len(late) == 0 || lateVersions == 0 {
				t.Errorf("%d rows are late, and %d versions", len(late), lateVersions)
			}
			test := vtest.Test{New: newTemporal(o), In: []*ir.Schema{joinIn, joinIn}, Out: o.Out, Events: events, Want: want, WantRejected: late, AnyOrder: true}
			t.Run(fmt.Sprintf("%d/%s", seed, typ), func(t *testing.T) { test.Run(t) })
		}
	}
	if none == 0 {
		t.Error("all rows have a version")
	}
}

// Rows come out in the order of time, whatever the order in which they came.
func TestTemporalOrder(t *testing.T) {
	o := temporalOp(ir.LeftJoin)
	at := func(s string) int64 { return vtest.TS("2024-01-01 00:00:" + s) }
	test := vtest.Test{New: newTemporal(o), In: []*ir.Schema{joinIn, joinIn}, Out: o.Out, Events: []vtest.Event{
		vtest.In(1, 1, "l", at("05")), vtest.In(1, 2, "l", at("03")), vtest.In(1, 7, "r", at("03")).Port(1),
		vtest.WM("2024-01-01 00:00:05"), vtest.Barrier(),
		vtest.In(1, 8, "r", at("05")).Port(1), vtest.In(nil, 3, "l", at("06")), vtest.In(1, 9, "r", at("05")).Port(1), vtest.End(),
	}, Want: []string{
		"2 | l | 2024-01-01 00:00:03 | 7 | 2024-01-01 00:00:03",
		"1 | l | 2024-01-01 00:00:05 | 9 | 2024-01-01 00:00:05",
		"3 | l | 2024-01-01 00:00:06 | NULL | NULL",
	}}
	test.Run(t)
}

// temporalBatches are rows of both sides for a time step: n versions of other keys each step, of keys
// that come back every so many steps, and as many rows of the left side.
func temporalBatches(step, n, keys int) (left, right *vexec.Batch) {
	rows := func(by int) *vexec.Batch {
		out := make([]vtest.Row, n)
		for i := range out {
			out[i] = vtest.Row{(step*n + i*by) % keys, i, "some text that is not in the view", int64(step)*1_000_000 + int64(i)}
		}
		return vtest.Batch(joinIn, out...)
	}
	return rows(7), rows(1)
}

// openTemporal opens an operator with a memory of its own.
func openTemporal(t testing.TB, o *ir.TemporalOp, budget *vexec.Budget) *Temporal {
	x, err := NewTemporal(o)
	if err != nil {
		t.Fatal(err)
	}
	op := x.(*Temporal)
	oc := &vexec.OpContext{Tasks: 1, MaxRows: 1024, Clock: &vtest.Clock{}, Memory: budget.Account("temporal"), State: vtest.NewState(op.Tables()), NoRestart: true}
	if err := op.Open(oc); err != nil {
		t.Fatal(err)
	}
	return op
}

type discard struct {
	rows int
	late int64
}

func (d *discard) Emit(b *vexec.Batch) error { d.rows += b.Live(); return nil }
func (d *discard) Reject(_ *vexec.Batch, f []vexec.RowFate) error {
	for i := range f {
		if f[i].Why == vexec.FateLate {
			d.late++
		}
	}
	return nil
}

// Versions that no row asks for any more are freed: with a fixed number of keys memory levels
// off, and so do the rows of the left side.
func TestTemporalMemory(t *testing.T) {
	budget := vexec.NewBudget(1 << 30)
	op := openTemporal(t, temporalOp(ir.InnerJoin), budget)
	out := &discard{}
	var half int64
	for step := range 200 {
		left, right := temporalBatches(step, 1000, 5000)
		for port, b := range []*vexec.Batch{left, right} {
			if err := op.Push(port, b, out); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := op.Advance(ir.Micros(step+1)*1_000_000, out); err != nil {
			t.Fatal(err)
		}
		if step == 99 {
			half = budget.Used()
		}
	}
	if now := budget.Used(); now > half+half/10 || half == 0 || out.rows < 150_000 {
		t.Errorf("%d bytes after 100 steps, %d after 200; %d rows came out", half, now, out.rows)
	}
	if live := op.versions.store.live; live != 5000 {
		t.Errorf("%d versions are kept of 5000 keys", live)
	}
	if err := op.Close(); err != nil || budget.Used() != 0 {
		t.Errorf("%d bytes are held when it is closed; %v", budget.Used(), err)
	}
}

// BenchmarkTemporal is 1000 rows and 1000 versions of 100,000 keys at a time.
func BenchmarkTemporal(b *testing.B) {
	op := openTemporal(b, temporalOp(ir.InnerJoin), vexec.NewBudget(1<<30))
	out := &discard{}
	const n = 1000
	left, right := temporalBatches(0, n, 100_000)
	b.ReportAllocs()
	for step := range b.N {
		for port, x := range []*vexec.Batch{left, right} {
			keys, times := x.Cols[0].Int64s(), x.Cols[3].Int64s()
			for i := range keys {
				keys[i] = int64((step*n + i*(7-6*port)) % 100_000)
				times[i] = int64(step)*1_000_000 + int64(i)
			}
			if err := op.Push(port, x, out); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := op.Advance(ir.Micros(step+1)*1_000_000, out); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*2*n/b.Elapsed().Seconds(), "rows/s")
}
