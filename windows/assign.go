// Package windows is the arithmetic of windows and panes and the event time of
// relations: pure logic, without rows and without state of a query.
//
// Times are microseconds of event time.
package windows

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
)

// The bounds of what windows are computed for: some 73,000 years around 1970, and
// sizes of half of that. Within them no sum overflows. A row whose event time is
// beyond MaxTime or below -MaxTime cannot be given a window.
const (
	MaxTime = 1 << 61
	MaxSize = 1 << 60
)

// Assigner is one window function, cut into panes: windows [start, start+size)
// with start = offset + n*slide, and panes [p, p+pane) of the greatest length of
// which both size and slide are multiples. All rows of a pane are in the same
// windows.
type Assigner struct {
	size, slide, offset, pane int64
}

// New returns the assigner of a window.
func New(w ir.Window) (Assigner, error) {
	if w.Size <= 0 || w.Slide <= 0 || w.Size > MaxSize || w.Slide > MaxSize {
		return Assigner{}, fmt.Errorf("%s: size and slide of a window are greater than zero and at most %d microseconds; these are %d and %d",
			w.Kind, int64(MaxSize), w.Size, w.Slide)
	}
	a := Assigner{size: w.Size, slide: w.Slide, pane: gcd(w.Size, w.Slide)}
	a.offset = mod(w.Offset, w.Slide)
	return a, nil
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// floor is the greatest multiple of d that is not above x.
func floor(x, d int64) int64 { return x - mod(x, d) }

// mod is what x is above it: in [0, d).
func mod(x, d int64) int64 {
	m := x % d
	if m < 0 {
		m += d
	}
	return m
}

// Size is the length of a window, Slide the distance of their starts, Pane the
// length of a pane.
func (a *Assigner) Size() int64  { return a.size }
func (a *Assigner) Slide() int64 { return a.slide }
func (a *Assigner) Pane() int64  { return a.pane }

// SinglePane reports whether each window is one pane, as in TUMBLE.
func (a *Assigner) SinglePane() bool { return a.pane == a.size }

// PaneOf is the start of the pane of a time.
func (a *Assigner) PaneOf(t int64) int64 { return floor(t-a.offset, a.pane) + a.offset }

// FirstStart and LastStart are the starts of the earliest and the latest window
// over a time; first > last where a slide greater than the size leaves it in none.
func (a *Assigner) FirstStart(t int64) int64 { return a.startFrom(t - a.size + 1) }
func (a *Assigner) LastStart(t int64) int64 {
	s := floor(t-a.offset, a.slide) + a.offset
	if s+a.size <= t {
		return s - a.slide // ends before t, and before the first start
	}
	return s
}

// startFrom is the least start of a window that is not below t.
func (a *Assigner) startFrom(t int64) int64 {
	return floor(t-a.offset+a.slide-1, a.slide) + a.offset
}

// InWindow reports whether a time is in any window.
func (a *Assigner) InWindow(t int64) bool { return a.FirstStart(t) <= a.LastStart(t) }

// FirstEnd and LastEnd are the ends of the earliest and the latest window over a
// time that is in one.
func (a *Assigner) FirstEnd(t int64) int64 { return a.FirstStart(t) + a.size }
func (a *Assigner) LastEnd(t int64) int64  { return a.LastStart(t) + a.size }

// EndAfter is the least end above closed of the windows over a time, and LastEnd
// where there is none: what has to close next once all windows up to closed have.
func (a *Assigner) EndAfter(t int64, closed ir.Micros) int64 {
	first, last := a.FirstEnd(t), a.LastEnd(t)
	switch c := int64(closed); {
	case c < first:
		return first
	case c >= last:
		return last
	default:
		return a.startFrom(c-a.size+1) + a.size
	}
}

// OpenStart is the start of the earliest window over a time whose end is above
// the watermark wm; it is above LastStart where all have closed.
func (a *Assigner) OpenStart(t int64, wm ir.Micros) int64 {
	first, last := a.FirstStart(t), a.LastStart(t)
	switch w := int64(wm); {
	case w < first+a.size:
		return first
	case w >= last+a.size:
		return last + a.slide
	default:
		return a.startFrom(w - a.size + 1)
	}
}
