package kernels

import (
	"math"
	"time"
)

// Zone converts between instants and local times of one time zone. It remembers the
// period between two changes of the clock that it used last, so that times near each
// other cost no search. It is used by one goroutine.
type Zone struct {
	loc *time.Location
	// The period of the last look-up: instants in [from, to) are off seconds east of UTC.
	from, to, off int64
}

// NewZone returns the conversions of loc.
func NewZone(loc *time.Location) *Zone {
	z := &Zone{loc: loc}
	z.look(0)
	return z
}

// look makes the period that holds the instant the one at hand.
func (z *Zone) look(sec int64) {
	t := time.Unix(sec, 0).In(z.loc)
	_, off := t.Zone()
	start, end := t.ZoneBounds()
	z.from, z.to, z.off = math.MinInt64, math.MaxInt64, int64(off)
	if !start.IsZero() {
		z.from = start.Unix()
	}
	if !end.IsZero() {
		z.to = end.Unix()
	}
	if z.to <= sec { // ZoneBounds takes every year for one of 365 days: on the last of 366
		z.to = (FloorDiv(sec, daySeconds) + 1) * daySeconds
	}
}

// Local is the local time, in seconds as if it were UTC, of an instant in seconds.
func (z *Zone) Local(sec int64) int64 {
	if sec < z.from || sec >= z.to {
		z.look(sec)
	}
	return sec + z.off
}

const daySeconds = 86400

// Instant is the instant of a local time. A time that the clock shows twice is the
// first of both; one that it leaves out is as much behind the change as it would be
// without it: as Java and Flink have it.
func (z *Zone) Instant(local int64) int64 {
	if t := local - z.off; z.from != math.MinInt64 && t >= z.from+daySeconds && t < z.to || z.from == math.MinInt64 && z.to == math.MaxInt64 {
		return t
	}
	z.look(local - daySeconds)
	for {
		before, change := local-z.off, z.to
		if before < change {
			return before
		}
		z.look(change)
		if local-z.off < change {
			return before // the clock leaves it out
		}
	}
}

// ToLocal is Local for times in units of a second; ok is false where that is out of range.
func (z *Zone) ToLocal(t, units int64) (r int64, ok bool) {
	sec := FloorDiv(t, units)
	shift := (z.Local(sec) - sec) * units
	return t + shift, !AddOver(t, shift)
}

// ToInstant is Instant for times in units of a second; ok is false where that is out of range.
func (z *Zone) ToInstant(t, units int64) (r int64, ok bool) {
	sec := FloorDiv(t, units)
	shift := (z.Instant(sec) - sec) * units
	return t + shift, !AddOver(t, shift)
}
