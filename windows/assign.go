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

// Assigner is one window function, cut into panes [p, p+pane) of the greatest length
// of which the starts and the ends of all windows are multiples. All rows of a pane are
// in the same windows. No two windows of an assigner have the same end, so that an end
// names a window, and the ends of the windows over a time are Slide apart.
//
// The windows of TUMBLE and HOP are [start, start+size) with start = offset + n*slide.
// Those of CUMULATE begin at offset + n*size, and end every slide from there on.
//
// Where the window has a time zone all these times are local ones (Local), which pass as
// instants do, without the hours that the clock goes back; Instant is the way back.
type Assigner struct {
	size, slide, offset, pane int64
	cumulate                  bool
	lateness                  int64
	zone                      *Zone // nil: none
}

// New returns the assigner of a window.
func New(w ir.Window) (Assigner, error) {
	if w.Size <= 0 || w.Slide <= 0 || w.Size > MaxSize || w.Slide > MaxSize {
		return Assigner{}, fmt.Errorf("%s: size and slide of a window are greater than zero and at most %d microseconds; these are %d and %d",
			w.Kind, int64(MaxSize), w.Size, w.Slide)
	}
	a := Assigner{size: w.Size, slide: w.Slide, pane: gcd(w.Size, w.Slide), cumulate: w.Kind == ir.Cumulate}
	if a.cumulate && a.pane != a.slide {
		return Assigner{}, fmt.Errorf("%s: the longest window, %d microseconds, is not a multiple of the step, %d", w.Kind, w.Size, w.Slide)
	}
	a.offset, a.lateness = mod(w.Offset, w.Period()), w.Lateness
	if w.Zone != "" {
		var err error
		if a.zone, err = NewZone(w.Zone); err != nil {
			return Assigner{}, err
		}
	}
	return a, nil
}

// Zoned reports whether the windows are those of a clock in a time zone.
func (a *Assigner) Zoned() bool { return a.zone != nil }

// Local is the time that windows count for an instant, and Instant when such a time comes.
func (a *Assigner) Local(t int64) int64 {
	if a.zone == nil || t < -MaxTime || t > MaxTime {
		return t
	}
	return a.zone.Local(t)
}

func (a *Assigner) Instant(t int64) int64 {
	if a.zone == nil {
		return t
	}
	return a.zone.Instant(t)
}

// Closed is the time, as windows count it, up to which those that end have closed when the
// watermark is wm: so much behind it as late rows have.
func (a *Assigner) Closed(wm ir.Micros) ir.Micros {
	if wm == ir.MaxMicros || wm == ir.MinMicros {
		return wm
	}
	return ir.Micros(a.Local(int64(wm.Sub(a.lateness))))
}

// Passed is the time, as windows count it, that the watermark wm has reached: windows that end
// up to it are over, though late rows may still come.
func (a *Assigner) Passed(wm ir.Micros) ir.Micros {
	if wm == ir.MaxMicros || wm == ir.MinMicros {
		return wm
	}
	return ir.Micros(a.Local(int64(wm)))
}

// Behind is the watermark that is so much behind wm as late rows have.
func (a *Assigner) Behind(wm ir.Micros) ir.Micros { return Behind(wm, a.lateness) }

// Behind is a watermark that is so much behind wm, if that is not the end of the input.
func Behind(wm ir.Micros, lateness int64) ir.Micros {
	if wm == ir.MaxMicros {
		return wm
	}
	return wm.Sub(lateness)
}

// Twin reports whether the window with this end is the same span of time as the one that
// ends a slide before: both begin, or end, in an hour that the clock leaves out. Only
// the first of such windows counts.
func (a *Assigner) Twin(end int64) bool {
	if a.zone == nil {
		return false
	}
	before := end - a.slide
	if a.cumulate && mod(before-a.offset, a.size) == 0 {
		return false // a window of another start
	}
	return a.Instant(end) == a.Instant(before) && a.Instant(a.StartOf(end)) == a.Instant(a.StartOf(before))
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

// Slide is the distance of the ends of windows, Pane the length of a pane.
func (a *Assigner) Slide() int64 { return a.slide }
func (a *Assigner) Pane() int64  { return a.pane }

// SinglePane reports whether each window is one pane, as in TUMBLE.
func (a *Assigner) SinglePane() bool { return a.pane == a.size }

// Cumulates reports whether windows that begin together differ in their ends alone, so
// that each pane of them is in all that end behind it.
func (a *Assigner) Cumulates() bool { return a.cumulate }

// PaneOf is the start of the pane of a time.
func (a *Assigner) PaneOf(t int64) int64 { return floor(t-a.offset, a.pane) + a.offset }

// StartOf is the start of the window with this end.
func (a *Assigner) StartOf(end int64) int64 {
	if a.cumulate {
		return floor(end-1-a.offset, a.size) + a.offset
	}
	return end - a.size
}

// FirstEnd and LastEnd are the ends of the earliest and the latest window over a time;
// first > last where a slide greater than the size leaves it in none.
func (a *Assigner) FirstEnd(t int64) int64 {
	if a.cumulate {
		return a.PaneOf(t) + a.slide
	}
	return a.startFrom(t-a.size+1) + a.size
}

func (a *Assigner) LastEnd(t int64) int64 {
	if a.cumulate {
		return floor(t-a.offset, a.size) + a.offset + a.size
	}
	s := floor(t-a.offset, a.slide) + a.offset
	if s+a.size <= t {
		s -= a.slide // ends before t, and before the first start
	}
	return s + a.size
}

// startFrom is the least start of a window of TUMBLE or HOP that is not below t.
func (a *Assigner) startFrom(t int64) int64 {
	return floor(t-a.offset+a.slide-1, a.slide) + a.offset
}

// InWindow reports whether a time is in any window.
func (a *Assigner) InWindow(t int64) bool { return a.FirstEnd(t) <= a.LastEnd(t) }

// EndAfter is the least end above closed of the windows over a time, and LastEnd
// where there is none: what has to close next once all windows up to closed have.
func (a *Assigner) EndAfter(t int64, closed ir.Micros) int64 {
	return min(a.OpenEnd(t, closed), a.LastEnd(t))
}

// OpenEnd is the least end above the watermark wm of the windows over a time; it is
// above LastEnd where all have closed.
func (a *Assigner) OpenEnd(t int64, wm ir.Micros) int64 {
	first, last := a.FirstEnd(t), a.LastEnd(t)
	switch w := int64(wm); {
	case w < first:
		return first
	case w >= last:
		return last + a.slide
	default:
		return first + floor(w-first, a.slide) + a.slide
	}
}
