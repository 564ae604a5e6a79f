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
	tr.Add()
	f("a new split moves nothing back", 90)
	if tr.Greatest(2) != 100 {
		t.Error("a new split begins at", tr.Greatest(2))
	}
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

func TestIdleSplitsHoldNothingBack(t *testing.T) {
	tr := NewTracker(10, 2)
	f := func(what string, want ir.Micros) {
		t.Helper()
		if got := tr.Watermark(); got != want {
			t.Errorf("%s: watermark %d, want %d", what, int64(got), int64(want))
		}
	}
	tr.Idle(1)
	tr.Raise(0, 100)
	f("a split that never began is idle", 90)
	tr.Idle(0)
	f("all are idle: it stands", 90)
	tr.Wake(1)
	tr.Raise(1, 50)
	f("a split that wakes moves nothing back", 90)
	if c := tr.Cursor(1); c.SplitWatermark() != 90 || c.Watermark() != 90 {
		t.Error("rows behind the relation are not late after a pause", c)
	}
	tr.Raise(1, 130)
	f("the other one is still idle", 120)
	tr.Wake(0)
	tr.Wake(0)
	tr.Raise(0, 125)
	f("both are live, and the late one where the relation was", 120)
	tr.Raise(0, 135)
	f("both are live", 120)
	tr.Idle(0)
	tr.End(0)
	tr.End(1)
	f("all have ended", ir.MaxMicros)
}

func TestFollow(t *testing.T) {
	tr := NewTracker(10, 2)
	tr.Raise(0, 100)
	tr.Idle(1)
	if tr.AllIdle() || tr.Live() != 1 {
		t.Error("one is live")
	}
	tr.Idle(0)
	if !tr.AllIdle() || tr.Live() != 0 {
		t.Error("none is live")
	}
	tr.Follow(200)
	tr.Follow(150)
	if wm := tr.Watermark(); wm != 200 {
		t.Error("it follows to", wm)
	}
	tr.Wake(1)
	if c := tr.Cursor(1); tr.AllIdle() || c.SplitWatermark() != 200 || c.Watermark() != 200 {
		t.Error("it wakes where it has followed to", c)
	}
	if n := tr.Add(); tr.Greatest(n) != 210 {
		t.Error("a new split begins at", tr.Greatest(n))
	}
	for i := range 3 {
		tr.End(i)
	}
	if tr.AllIdle() || tr.Watermark() != ir.MaxMicros {
		t.Error("all have ended")
	}
}

func TestOpenTrackers(t *testing.T) {
	tr := NewTracker(10, 1)
	tr.KeepOpen()
	tr.Raise(0, 100)
	tr.End(0)
	if wm := tr.Watermark(); wm != 90 {
		t.Error("the end of all splits there are:", wm)
	}
	again := NewTracker(10, 2)
	again.KeepOpen()
	again.Raise(1, 200)
	again.Restore(90)
	if again.Watermark() != 90 || again.Greatest(0) != 100 || again.Greatest(1) != 200 {
		t.Error(again)
	}
}

// The heap gives what a look at all splits gives.
func TestTrackerOfManySplits(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 10))
		n := 1 + r.IntN(30)
		tr := NewTracker(0, n)
		low := ir.MinMicros
		for range 300 {
			switch i := r.IntN(n); r.IntN(12) {
			case 0:
				tr.Idle(i)
			case 1:
				tr.Wake(i)
			case 2:
				if r.IntN(8) == 0 {
					tr.End(i)
				}
			default:
				if tr.state[i] == live {
					tr.Raise(i, ir.Micros(r.IntN(1000)))
				}
			}
			least := func(but int) ir.Micros {
				m := ir.MaxMicros
				for i, g := range tr.greatest {
					if i != but && tr.state[i] == live {
						m = min(m, g)
					}
				}
				return m
			}
			for i := range n {
				if got := tr.others(i); got != least(i) {
					t.Fatalf("seed %d: others(%d) = %d, want %d", seed, i, int64(got), int64(least(i)))
				}
			}
			switch m := least(-1); {
			case len(tr.heap) > 0:
				low = max(low, m)
			case tr.idle == 0:
				low = ir.MaxMicros
			}
			if got := tr.Watermark(); got != low {
				t.Fatalf("seed %d: watermark %d, want %d", seed, int64(got), int64(low))
			}
		}
	}
}
