package windows

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
)

// spans lists the windows over t by looking at each.
func spans(w ir.Window, t int64) (out [][2]int64) {
	for n := int64(-300); n <= 300; n++ {
		s := w.Offset + n*w.Period()
		first := s + w.Size
		if w.Kind == ir.Cumulate {
			first = s + w.Slide
		}
		for e := first; e <= s+w.Size; e += w.Slide {
			if s <= t && t < e {
				out = append(out, [2]int64{s, e})
			}
		}
	}
	return out
}

func randomWindow(r *rand.Rand) ir.Window {
	w := ir.Window{Kind: ir.Hop, Size: 1 + r.Int64N(30), Slide: 1 + r.Int64N(30), Offset: r.Int64N(100) - 50}
	switch r.IntN(4) {
	case 0:
		w.Kind, w.Slide = ir.Tumble, w.Size
	case 1:
		w.Kind, w.Size = ir.Cumulate, w.Slide*(1+r.Int64N(6))
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
		want := spans(w, at)
		if a.InWindow(at) != (len(want) > 0) {
			t.Fatalf("%+v: InWindow(%d) is %v, windows start at %v", w, at, a.InWindow(at), want)
		}
		if len(want) == 0 {
			continue
		}
		if f, l := a.FirstEnd(at), a.LastEnd(at); f != want[0][1] || l != want[len(want)-1][1] {
			t.Fatalf("%+v: time %d: ends %d to %d, want %v", w, at, f, l, want)
		}
		wm := r.Int64N(300) - 150
		next := want[len(want)-1][1]
		open := next + w.Slide
		for i := len(want) - 1; i >= 0; i-- {
			if s := a.StartOf(want[i][1]); s != want[i][0] {
				t.Fatalf("%+v: the window that ends at %d starts at %d, want %d", w, want[i][1], s, want[i][0])
			}
			if want[i][1] > wm {
				next, open = want[i][1], want[i][1]
			}
		}
		if got := a.EndAfter(at, ir.Micros(wm)); got != next {
			t.Fatalf("%+v: EndAfter(%d, %d) is %d, want %d", w, at, wm, got, next)
		}
		if got := a.OpenEnd(at, ir.Micros(wm)); got != open {
			t.Fatalf("%+v: OpenEnd(%d, %d) is %d, want %d", w, at, wm, got, open)
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
		if f, l := a.FirstEnd(at), a.LastEnd(at); a.StartOf(f) > at || a.StartOf(l) > at || f <= at || l < f {
			t.Errorf("time %d: ends %d to %d", at, f, l)
		}
		for _, wm := range []ir.Micros{ir.MinMicros, ir.MaxMicros} {
			if e := a.EndAfter(at, wm); e <= at {
				t.Errorf("time %d: EndAfter(%v) is %d", at, wm, e)
			}
		}
		if e := a.OpenEnd(at, ir.MaxMicros); e <= a.LastEnd(at) {
			t.Errorf("time %d: a window is open at the end of time", at)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for _, w := range []ir.Window{{Size: 0, Slide: 1}, {Size: 1, Slide: 0}, {Size: -5, Slide: 1}, {Size: MaxSize + 1, Slide: 1}, {Size: 1, Slide: math.MaxInt64}, {Kind: ir.Cumulate, Size: 10, Slide: 4}} {
		if _, err := New(w); err == nil || !strings.Contains(err.Error(), "greater than zero") && !strings.Contains(err.Error(), "multiple") {
			t.Errorf("%+v: error %v", w, err)
		}
	}
}
