package windows

import (
	"math"
	"slices"
	"time"

	"github.com/helios-stream/helios/ir"
)

// Zone is the clock of a time zone, as windows count its days: Local(t) is the latest that
// the clock has shown up to the instant t. So it never goes back: through an hour that the
// clock shows twice it stands still from the end of the first on. An hour that the clock
// leaves out it leaves out, too.
//
// It remembers what it has looked up, so each operator has one of its own.
type Zone struct {
	loc  *time.Location
	last *span
	all  []*span // sorted
}

// span is the instants [from, to) between two changes of the clock, which is ahead of UTC
// by so many microseconds. Before it the clock had shown times up to high.
type span struct {
	from, to, ahead, high int64
}

func (s *span) local(t int64) int64 { return max(t+s.ahead, s.high) }

// maxSpans bounds how many are remembered.
const maxSpans = 4096

// NewZone finds a zone by its name (ir.Zone).
func NewZone(name string) (*Zone, error) {
	loc, err := ir.Zone(name)
	if err != nil {
		return nil, err
	}
	return &Zone{loc: loc}, nil
}

// Local is the latest local time, as microseconds, that the clock has shown up to t.
func (z *Zone) Local(t int64) int64 { return z.at(t).local(t) }

// Instant is the first instant at which Local is w or later.
func (z *Zone) Instant(w int64) int64 {
	const farthest = 36 * 3600 * 1e6 // no clock is so far from UTC
	for s := z.at(w - farthest); ; s = z.at(s.to) {
		switch {
		case s.to != math.MaxInt64 && s.local(s.to-1) < w:
			continue
		case s.from != math.MinInt64 && s.local(s.from) >= w:
			return s.from
		}
		return w - s.ahead
	}
}

// at is the span of an instant.
func (z *Zone) at(t int64) *span {
	if s := z.last; s != nil && s.from <= t && t < s.to {
		return s
	}
	i, ok := slices.BinarySearchFunc(z.all, t, func(s *span, t int64) int {
		switch {
		case s.to <= t:
			return -1
		case s.from > t:
			return 1
		}
		return 0
	})
	if !ok {
		if len(z.all) == maxSpans {
			z.all, i = nil, 0
		}
		z.all = slices.Insert(z.all, i, z.look(t))
	}
	z.last = z.all[i]
	return z.last
}

// look makes the span of an instant.
func (z *Zone) look(t int64) *span {
	at := time.UnixMicro(t).In(z.loc)
	start, end := at.ZoneBounds()
	s := &span{from: math.MinInt64, to: math.MaxInt64, ahead: ahead(at), high: math.MinInt64}
	if !end.IsZero() {
		s.to = end.UnixMicro()
	}
	if s.to <= t { // package time ends a zone that follows a rule after 365 days of each year
		const day = 24 * 3600 * 1e6
		s.to = floor(t, day) + day
	}
	if start.IsZero() {
		return s
	}
	s.from = start.UnixMicro()
	// What the clock showed before counts for as long as changes are near each other.
	for from := start; !from.IsZero() && start.Sub(from) < 72*time.Hour; {
		before := from.Add(-time.Microsecond)
		s.high = max(s.high, before.UnixMicro()+ahead(before))
		from, _ = before.ZoneBounds()
	}
	return s
}

func ahead(t time.Time) int64 {
	_, sec := t.Zone()
	return int64(sec) * 1e6
}
