package kernels

// TruncTime returns the start of the unit that an instant is in by the zone's clock; ok is
// false where that is before the first time there is. Units shorter than a day begin by the
// offset that the clock has at t: an hour that it shows twice is two hours.
func (z *Zone) TruncTime(u Unit, t, units int64) (r int64, ok bool) {
	local, ok := z.ToLocal(t, units)
	if !ok {
		return 0, false
	}
	if r, ok = TruncTime(u, local, units); !ok {
		return 0, false
	}
	if withinDay(u) {
		return t - (local - r), !SubOver(t, local-r)
	}
	return z.ToInstant(r, units)
}

// CeilTime returns t where a unit begins there by the zone's clock, else the start of the next
// one; ok is false where that is beyond the last time there is.
func (z *Zone) CeilTime(u Unit, t, units int64) (r int64, ok bool) {
	if r, ok = z.TruncTime(u, t, units); !ok || r == t {
		return r, ok
	}
	if withinDay(u) {
		return nextUnit(u, r, units)
	}
	if r, ok = z.ToLocal(t, units); !ok {
		return 0, false
	}
	if r, ok = TruncTime(u, r, units); !ok {
		return 0, false
	}
	if r, ok = nextUnit(u, r, units); !ok {
		return 0, false
	}
	return z.ToInstant(r, units)
}

// withinDay reports whether a unit that CanTrunc is shorter than a day.
func withinDay(u Unit) bool {
	step := unitStep(u, 1_000_000)
	return step > 0 && step < daySeconds*1_000_000
}

// TruncDay returns the first day of the unit that a day since 1970-01-01 is in: the day itself
// for units of a day and less.
func TruncDay(u Unit, day int64) int64 {
	if withinDay(u) {
		return day
	}
	return truncDays(u, day)
}

// CeilDay returns the day where a unit begins there, else the first day of the next one.
func CeilDay(u Unit, day int64) int64 {
	if withinDay(u) {
		return day
	}
	first := truncDays(u, day)
	switch months := unitMonths(u); {
	case first == day:
		return day
	case months > 0:
		return AddMonthsDay(first, months)
	}
	return first + unitStep(u, 1_000_000)/(daySeconds*1_000_000)
}
