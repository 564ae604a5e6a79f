package ops

import (
	"math/rand/v2"
	"syscall"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// sink counts rows.
type sink struct{ rows int }

func (s *sink) Emit(b *vexec.Batch) error                  { s.rows += b.Live(); return nil }
func (s *sink) Reject(*vexec.Batch, []vexec.RowFate) error { return nil }

// The bids of the yardstick: 9,200 a second of event time, of which the window of
// a minute has 552,000.
const (
	bidRows   = 1024
	bidSpan   = 109 // microseconds from bid to bid
	bidsAhead = 540 // batches of a minute
)

func bids(auctions int) []*vexec.Batch {
	r := rand.New(rand.NewPCG(1, 2))
	channels := []ir.Value{"Apple", "Google", "Facebook", "Baidu"}
	out := make([]*vexec.Batch, bidsAhead)
	for k := range out {
		b := &vexec.Batch{Schema: aggIn, Rows: bidRows, Part: -1, Cols: make([]vexec.Vec, len(aggIn.Cols))}
		text := make([]ir.Value, bidRows)
		for c := range aggIn.Cols {
			b.Cols[c] = vexec.NewVec(aggIn.Cols[c].Type, bidRows)
		}
		for i := range bidRows {
			b.Cols[0].Int64s()[i] = int64(k*bidRows+i) * bidSpan
			b.Cols[1].Int64s()[i] = int64(r.IntN(auctions))*7919 + 12345
			b.Cols[3].Int64s()[i] = int64(r.IntN(1_000_000))
			text[i] = channels[r.IntN(len(channels))]
		}
		b.Cols[2] = vtest.Column(ir.TVarchar, text...)
		out[k] = b
	}
	return out
}

func benchmarkWindowAgg(b *testing.B, w ir.Window, phase ir.AggPhase, key, auctions, unit int) {
	x := col(aggIn, "x")
	calls := []ir.AggCall{call("COUNT"), call("SUM", x), call("AVG", x), call("MIN", x), call("MAX", x)}
	op, err := NewWindowAgg(windowOp(w, phase, []int{key}, calls), aggIn)
	if err != nil {
		b.Fatal(err)
	}
	oc := &vexec.OpContext{Tasks: 1, MaxRows: 1024, Memory: vexec.NewBudget(0).Account("bench")}
	if s, ok := op.(vexec.Stateful); ok {
		oc.State = vtest.NewState(s.Tables())
	}
	if err := op.Open(oc); err != nil {
		b.Fatal(err)
	}
	in := bids(auctions)
	var out sink
	k, cpu := 0, cpuTime()
	for b.Loop() {
		batch := in[k%bidsAhead]
		if err := op.Push(0, batch, &out); err != nil {
			b.Fatal(err)
		}
		last := batch.Cols[0].Int64s()[bidRows-1]
		if k%unit == 0 {
			if _, err := op.Advance(ir.Micros(last-4_000_000), &out); err != nil {
				b.Fatal(err)
			}
		}
		for i := range batch.Cols[0].Int64s() { // the same bids later
			batch.Cols[0].Int64s()[i] += bidsAhead * bidRows * bidSpan
		}
		k++
	}
	b.ReportMetric(float64(cpuTime()-cpu)/float64(b.N)/bidRows, "cpu-ns/row")
	b.ReportMetric(float64(oc.Memory.Used())/(1<<20), "MiB")
}

// cpuTime is the processor time of the process, in nanoseconds: what counts on a
// shared machine.
func cpuTime() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

func BenchmarkWindowAgg(b *testing.B) {
	hop := ir.Window{Kind: ir.Hop, Size: 60_000_000, Slide: 6_000_000}
	cumulate := ir.Window{Kind: ir.Cumulate, Size: 60_000_000, Slide: 6_000_000}
	session := ir.Window{Kind: ir.Session, Size: 2_000_000, Slide: 2_000_000} // most of 100,000 keys have one row in it
	for _, c := range []struct {
		name     string
		w        ir.Window
		phase    ir.AggPhase
		key      int
		auctions int
		unit     int // batches from watermark to watermark
	}{
		{"tumble by channel", byMinute, ir.Complete, 2, 1000, 1},
		{"tumble by auction", byMinute, ir.Complete, 1, 100_000, 1},
		{"partial by channel", byMinute, ir.Partial, 2, 1000, 1},
		{"partial by auction", byMinute, ir.Partial, 1, 100_000, 1},
		{"partial of 50 panes a unit", ir.Window{Kind: ir.Tumble, Size: 200_000, Slide: 200_000}, ir.Partial, 1, 100_000, 100},
		{"hop of 10 panes by channel", hop, ir.Complete, 2, 1000, 1},
		{"hop of 10 panes by auction", hop, ir.Complete, 1, 100_000, 1},
		{"cumulate of 10 steps, 1,000 keys", cumulate, ir.Complete, 1, 1000, 1},
		{"cumulate of 10 steps, 100,000 keys", cumulate, ir.Complete, 1, 100_000, 1},
		{"sessions of 1,000 keys", session, ir.Complete, 1, 1000, 1},
		{"sessions of 100,000 keys", session, ir.Complete, 1, 100_000, 1},
	} {
		b.Run(c.name, func(b *testing.B) { benchmarkWindowAgg(b, c.w, c.phase, c.key, c.auctions, c.unit) })
	}
}
