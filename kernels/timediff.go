package kernels

// CeilTime returns t where a unit begins there, else the start of the next one; ok is
// false where that is beyond the last time there is, or CanTrunc is.
func CeilTime(u Unit, t, units int64) (r int64, ok bool) {
	r, ok = TruncTime(u, t, units)
	if !ok || r == t {
		return r, ok
	}
	return nextUnit(u, r, units)
}

// nextUnit is the start of the unit behind the one that begins at t.
func nextUnit(u Unit, t, units int64) (r int64, ok bool) {
	if months := unitMonths(u); months > 0 {
		return AddMonths(t, months, units)
	}
	step := unitStep(u, units)
	return t + step, !AddOver(t, step)
}

// unitMonths is how many months a unit has; 0: it is made of seconds.
func unitMonths(u Unit) int64 {
	switch u {
	case Year:
		return 12
	case Quarter:
		return 3
	case Month:
		return 1
	}
	return 0
}

// unitStep is the length of a unit without months in units of a second; 0: it has none.
func unitStep(u Unit, units int64) int64 {
	switch u {
	case Week:
		return 7 * 86400 * units
	case Day:
		return 86400 * units
	case Hour:
		return 3600 * units
	case Minute:
		return 60 * units
	case Second:
		return units
	case Millisecond:
		return units / 1000
	case Microsecond:
		return units / 1_000_000
	}
	return 0
}

// CanDiff reports whether DiffTime knows the unit.
func CanDiff(u Unit) bool { return unitMonths(u) > 0 || unitStep(u, 1_000_000) > 0 }

// DiffTime is the number of whole units from a to b, both counted in units of a second;
// ok is false where they are too far apart. A month is whole when the same day of the
// month and time of day has come.
func DiffTime(u Unit, a, b, units int64) (n int64, ok bool) {
	if m := unitMonths(u); m > 0 {
		return monthsBetween(a, b, units) / m, true
	}
	if SubOver(b, a) {
		return 0, false
	}
	return (b - a) / unitStep(u, units), true
}

func monthsBetween(a, b, units int64) int64 {
	perDay := 86400 * units
	from, to := FloorDiv(a, perDay), FloorDiv(b, perDay)
	clock := FloorMod(b, perDay) - FloorMod(a, perDay)
	switch {
	case to > from && clock < 0:
		to--
	case to < from && clock > 0:
		to++
	}
	y1, m1, d1 := CivilDate(from)
	y2, m2, d2 := CivilDate(to)
	return (int64(y2-y1)*12*32 + int64(m2-m1)*32 + int64(d2-d1)) / 32
}
