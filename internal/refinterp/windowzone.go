package refinterp

import (
	"sort"
	"time"

	"github.com/helios-stream/helios/ir"
)

// spansOfDays returns the windows that ts lies in, of windows that are counted on the clock
// of a time zone: each begins and ends at the instant at which the clock first shows its
// bounds or, where it leaves them out, at which it goes forward. Windows that are the same
// span of time are one.
func spansOfDays(w ir.Window, ts ir.Micros) []span {
	loc, err := ir.Zone(w.Zone)
	if err != nil {
		panic(err) // the plan has been validated
	}
	const around = 3 * 86_400_000_000 // of the clock from UTC, and more
	var out []span
	add := func(from, to int64) {
		s := span{ir.Micros(shown(loc, from)), ir.Micros(shown(loc, to))}
		if s.start <= ts && ts < s.end && (len(out) == 0 || out[len(out)-1] != s) {
			out = append(out, s)
		}
	}
	step := w.Slide
	if w.Kind == ir.Cumulate {
		step = w.Size
	}
	first := w.Offset + floorDiv(int64(ts)-around-w.Size-w.Offset, step)*step
	for from := first; from < int64(ts)+around; from += step {
		if w.Kind != ir.Cumulate {
			add(from, from+w.Size)
			continue
		}
		for to := from + w.Slide; to <= from+w.Size; to += w.Slide {
			add(from, to)
		}
	}
	return out
}

// shown is when a clock shows a time for the first time, or goes over it.
func shown(loc *time.Location, wall int64) int64 {
	clock := func(t int64) int64 {
		_, ahead := time.UnixMicro(t).In(loc).Zone()
		return t + int64(ahead)*1e6
	}
	const hour, hours = 3_600_000_000, 40
	found, any := int64(0), false
	for h := int64(-hours); h <= hours; h++ {
		at := wall + h*hour
		if t := wall - (clock(at) - at); clock(t) == wall && (!any || t < found) {
			found, any = t, true
		}
	}
	if any {
		return found
	}
	from := wall - hours*hour
	return from + int64(sort.Search(2*hours*hour, func(i int) bool { return clock(from+int64(i)) >= wall }))
}
