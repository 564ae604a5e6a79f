package windows

import (
	"math/rand/v2"
	"testing"

	"github.com/helios-stream/helios/ir"
)

func TestTrackerTakesTheSlowestSplit(t *testing.T) {
	tr := NewTracker(10, 2)
	f := func(what string, want ir.Micros) {
		t.Helper()
		if got := tr.Watermark(); got != want {
			t.Errorf("%s: watermark %d, want %d", what, int64(got), int64(want))
		}
	}
	f("nothing has begun", ir.MinMicros)
	tr.Raise(0, 100)
	f("one has not begun", ir.MinMicros)
	tr.Raise(1, 50)
	f("the slower", 40)
	tr.Raise(1, 30)
	f("times never fall", 40)
	tr.End(1)
	f("an ended split holds nothing", 90)
	tr.Grow(3)
	f("a new split", ir.MinMicros)
	tr.End(2)
	tr.End(0)
	f("all have ended", ir.MaxMicros)
	if tr.Splits() != 3 || !tr.Ended(0) || tr.Greatest(1) != 50 {
		t.Error(tr)
	}
	if f := NewTracker(10, 1); f.Watermark() != ir.MinMicros {
		t.Error("a lag below all time")
	}
	low := NewTracker(10, 1)
	low.Raise(0, ir.MinMicros+3)
	if low.Watermark() != ir.MinMicros {
		t.Error("the lag wraps")
	}
}

// Units that take a cursor and raise the tracker in order see what one pass over
// the rows sees.
func TestCursorsInUnitsAreOnePass(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 9))
		lag := int64(r.IntN(60))
		times := make([]int64, 100)
		for i := range times {
			times[i] = int64(i*5 + r.IntN(100) - 50)
		}
		tr := NewTracker(lag, 1)
		greatest := ir.MinMicros
		for from := 0; from < len(times); {
			unit := times[from:min(len(times), from+1+r.IntN(20))]
			c := tr.Cursor(0)
			most := ir.MinMicros
			for _, ts := range unit {
				most = max(most, ir.Micros(ts))
			}
			tr.Raise(0, most)
			for i := 0; i < len(unit); {
				want := 0 // first that is behind, by the definition
				g := greatest
				for want = i; want < len(unit); want++ {
					if ir.Micros(unit[want]) < g.Sub(lag) {
						break
					}
					g = max(g, ir.Micros(unit[want]))
				}
				got := i + c.FirstBehind(unit[i:])
				if got != want || c.Greatest() != g || c.SplitWatermark() != g.Sub(lag) || c.Watermark() != c.SplitWatermark() {
					t.Fatalf("seed %d: first behind %d, want %d", seed, got, want)
				}
				greatest = g
				if got < len(unit) {
					c.Next(ir.Micros(unit[got]))
				}
				i = got + 1
			}
			from += len(unit)
		}
	}
}

func TestCursorKeepsOtherSplits(t *testing.T) {
	tr := NewTracker(5, 3)
	tr.Raise(0, 100)
	tr.Raise(1, 40)
	tr.End(2)
	c := tr.Cursor(0)
	if c.SplitWatermark() != 95 || c.Watermark() != 35 {
		t.Errorf("split %d, relation %d", c.SplitWatermark(), c.Watermark())
	}
	c = tr.Cursor(1)
	c.Next(200)
	if c.SplitWatermark() != 195 || c.Watermark() != 95 {
		t.Errorf("split %d, relation %d", c.SplitWatermark(), c.Watermark())
	}
}

func BenchmarkFirstBehind(b *testing.B) {
	times := make([]int64, 4096)
	for i := range times {
		times[i] = int64(i*10) - int64(i*7919%50)
	}
	tr := NewTracker(1000, 1)
	b.SetBytes(8 * 4096)
	for b.Loop() {
		c := tr.Cursor(0)
		if c.FirstBehind(times) != len(times) {
			b.Fatal("a row is late")
		}
	}
}
