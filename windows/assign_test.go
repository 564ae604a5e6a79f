package windows

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
)

// starts lists the starts of the windows over t by looking at each.
func starts(w ir.Window, t int64) []int64 {
	var out []int64
	for n := int64(-300); n <= 300; n++ {
		if s := w.Offset + n*w.Slide; s <= t && t < s+w.Size {
			out = append(out, s)
		}
	}
	return out
}

func randomWindow(r *rand.Rand) ir.Window {
	w := ir.Window{Kind: ir.Hop, Size: 1 + r.Int64N(30), Slide: 1 + r.Int64N(30), Offset: r.Int64N(100) - 50}
	if r.IntN(3) == 0 {
		w.Kind, w.Slide = ir.Tumble, w.Size
	}
	return w
}

func TestAssignerAgainstBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		w := randomWindow(r)
		a, err := New(w)
		if err != nil {
			t.Fatal(err)
		}
		at := r.Int64N(200) - 100
		want := starts(w, at)
		if a.InWindow(at) != (len(want) > 0) {
			t.Fatalf("%+v: InWindow(%d) is %v, windows start at %v", w, at, a.InWindow(at), want)
		}
		if len(want) == 0 {
			continue
		}
		if f, l := a.FirstStart(at), a.LastStart(at); f != want[0] || l != want[len(want)-1] {
			t.Fatalf("%+v: time %d: starts %d to %d, want %v", w, at, f, l, want)
		}
		wm := r.Int64N(300) - 150
		next, open := want[len(want)-1]+w.Size, want[len(want)-1]+w.Slide
		for i := len(want) - 1; i >= 0; i-- {
			if want[i]+w.Size > wm {
				next, open = want[i]+w.Size, want[i]
			}
		}
		if got := a.EndAfter(at, ir.Micros(wm)); got != next {
			t.Fatalf("%+v: EndAfter(%d, %d) is %d, want %d", w, at, wm, got, next)
		}
		if got := a.OpenStart(at, ir.Micros(wm)); got != open {
			t.Fatalf("%+v: OpenStart(%d, %d) is %d, want %d", w, at, wm, got, open)
		}
	}
}

// All times of a pane are in the same windows, and panes do not overlap.
func TestPanes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		w := randomWindow(r)
		a, _ := New(w)
		at := r.Int64N(200) - 100
		p := a.PaneOf(at)
		if at < p || at >= p+a.Pane() {
			t.Fatalf("%+v: pane of %d is [%d, %d)", w, at, p, p+a.Pane())
		}
		for x := p; x < p+a.Pane(); x++ {
			if a.PaneOf(x) != p || a.InWindow(x) != a.InWindow(p) || a.InWindow(p) && (a.FirstEnd(x) != a.FirstEnd(p) || a.LastEnd(x) != a.LastEnd(p)) {
				t.Fatalf("%+v: %d and %d are in pane %d but not in the same windows", w, p, x, p)
			}
		}
		if w.Kind == ir.Tumble && !a.SinglePane() {
			t.Fatalf("%+v has windows of several panes", w)
		}
	}
}

func TestAtTheEnds(t *testing.T) {
	a, err := New(ir.Window{Kind: ir.Hop, Size: MaxSize, Slide: 7, Offset: math.MinInt64 + 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int64{MaxTime, -MaxTime} {
		if f, l := a.FirstStart(at), a.LastStart(at); f > at || l > at || f+a.Size() <= at || l < f {
			t.Errorf("time %d: starts %d to %d", at, f, l)
		}
		for _, wm := range []ir.Micros{ir.MinMicros, ir.MaxMicros} {
			if e := a.EndAfter(at, wm); e <= at {
				t.Errorf("time %d: EndAfter(%v) is %d", at, wm, e)
			}
		}
		if s := a.OpenStart(at, ir.MaxMicros); s <= a.LastStart(at) {
			t.Errorf("time %d: a window is open at the end of time", at)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for _, w := range []ir.Window{{Size: 0, Slide: 1}, {Size: 1, Slide: 0}, {Size: -5, Slide: 1}, {Size: MaxSize + 1, Slide: 1}, {Size: 1, Slide: math.MaxInt64}} {
		if _, err := New(w); err == nil || !strings.Contains(err.Error(), "greater than zero") {
			t.Errorf("%+v: error %v", w, err)
		}
	}
}
