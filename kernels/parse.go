package kernels

import (
	"math"
	"strconv"
	"unsafe"
)

// TrimSpace returns s without the ASCII white space at both ends, which every
// parser of this file allows.
func TrimSpace(s []byte) []byte {
	for len(s) > 0 && isSpace(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && isSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// ParseInt reads a decimal integer with an optional sign.
func ParseInt(s []byte) (v int64, ok bool) {
	s = TrimSpace(s)
	neg := false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		neg, s = s[0] == '-', s[1:]
	}
	if len(s) == 0 {
		return 0, false
	}
	var u uint64
	for _, c := range s {
		d := uint64(c - '0')
		if d > 9 || u > (math.MaxUint64-d)/10 {
			return 0, false
		}
		u = u*10 + d
	}
	if neg {
		return -int64(u), u <= 1<<63
	}
	return int64(u), u < 1<<63
}

// ParseFloat reads a decimal number, or NaN, Infinity or Inf with an optional sign
// in any case; width is 32 or 64. A number too large is not ok.
func ParseFloat(s []byte, width int) (f float64, ok bool) {
	s = TrimSpace(s)
	for _, c := range s {
		if c == 'x' || c == 'X' || c == '_' || c == 'p' || c == 'P' { // Go's own forms
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(asString(s), width)
	return f, err == nil
}

// asString lends s as a string; strconv's error keeps a copy.
func asString(s []byte) string { return unsafe.String(unsafe.SliceData(s), len(s)) }

// ParseBool reads true, t, yes, y, 1 and their opposites in any case.
func ParseBool(s []byte) (v, ok bool) {
	s = TrimSpace(s)
	if len(s) > 5 {
		return false, false
	}
	var low [5]byte
	for i, c := range s {
		low[i] = lowerByte(c)
	}
	switch string(low[:len(s)]) {
	case "true", "t", "yes", "y", "1":
		return true, true
	case "false", "f", "no", "n", "0":
		return false, true
	}
	return false, false
}

// ParseDec reads a decimal number, with an optional exponent, at the scale s,
// HalfAway or Cut; ok is false where it is none or has more than p digits.
func ParseDec(text []byte, s, p int, how Rounding) (d Dec, ok bool) {
	text = TrimSpace(text)
	neg := false
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		neg, text = text[0] == '-', text[1:]
	}
	point, exp, digits := -1, 0, 0
	end := len(text)
	for i, c := range text {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.' && point < 0:
			point = i
		case (c == 'e' || c == 'E') && digits > 0:
			e, ok := ParseInt(text[i+1:])
			if !ok || isSpace(text[min(i+1, len(text)-1)]) || e > 1e6 || e < -1e6 {
				return Dec{}, false
			}
			exp, end = int(e), i
		default:
			return Dec{}, false
		}
		if end == i {
			break
		}
	}
	if digits == 0 {
		return Dec{}, false
	}
	if point < 0 || point > end {
		point = end
	}
	return decDigits(text[:end], point+exp+s, neg, p, how)
}

// decDigits makes a number of the digits of text (which may hold one point) that
// stand before the position keep, counted in digits, and rounds by the next one.
func decDigits(text []byte, keep int, neg bool, p int, how Rounding) (d Dec, ok bool) {
	n, seen := 0, false
	up := false
	for _, c := range text {
		if c == '.' {
			continue
		}
		if n >= keep {
			up = how == HalfAway && n == keep && c >= '5'
			n++
			break
		}
		n++
		if seen = seen || c != '0'; !seen {
			continue
		}
		if d, ok = d.mulSmall(10); !ok {
			return Dec{}, false
		}
		if d, ok = addDec(d, DecOf(int64(c-'0'))); !ok {
			return Dec{}, false
		}
	}
	for ; n < keep && seen; n++ {
		if d, ok = d.mulSmall(10); !ok {
			return Dec{}, false
		}
	}
	if up {
		d, _ = addDec(d, DecOf(1))
	}
	if neg {
		d = d.Neg()
	}
	return d, d.Fits(p)
}

// ParseDate reads YYYY-MM-DD as days since 1970-01-01. A time of day behind it, with or without
// an offset, has to be one and does not count.
func ParseDate(s []byte) (day int64, ok bool) {
	day, rest, ok := cutDate(TrimSpace(s))
	if !ok || len(rest) == 0 {
		return day, ok
	}
	_, _, _, ok = cutClock(rest, 1)
	return day, ok
}

// ParseTime reads HH:MM[:SS[.f]] in units of a second (a power of ten); further
// digits of the fraction are cut.
func ParseTime(s []byte, units int64) (t int64, ok bool) {
	t, rest, ok := cutTime(TrimSpace(s), units)
	return t, ok && len(rest) == 0
}

// ParseTimestamp reads YYYY-MM-DD, YYYY-MM-DD HH:MM[:SS[.f]] and the same with a T
// and an offset (Z, +01:00, -0330, +02), which is converted to UTC, in units of a
// second (a power of ten) since 1970; further digits of the fraction are cut.
func ParseTimestamp(s []byte, units int64) (t int64, ok bool) {
	t, _, ok = ParseInstant(s, units)
	return t, ok
}

// ParseInstant is ParseTimestamp, and says whether there was an offset: without one t
// is a local time.
func ParseInstant(s []byte, units int64) (t int64, zoned, ok bool) {
	day, rest, ok := cutDate(TrimSpace(s))
	if !ok {
		return 0, false, false
	}
	var clock, zone int64
	if len(rest) > 0 {
		if clock, zone, zoned, ok = cutClock(rest, units); !ok {
			return 0, false, false
		}
	}
	hi, lo := mul64(day*86400-zone, units)
	if hi != int64(lo)>>63 || AddOver(int64(lo), clock) {
		return 0, false, false
	}
	return int64(lo) + clock, zoned, true
}

// cutClock reads what stands behind a date: a space or a T, a time of day, and perhaps an
// offset, in seconds east of UTC.
func cutClock(s []byte, units int64) (clock, zone int64, zoned, ok bool) {
	if s[0] != ' ' && s[0] != 'T' && s[0] != 't' {
		return 0, 0, false, false
	}
	clock, rest, ok := cutTime(s[1:], units)
	if !ok {
		return 0, 0, false, false
	}
	zone, ok = offsetOf(rest)
	return clock, zone, len(rest) > 0, ok
}

// cutDate reads a date at the start of s; the year has four to six digits, the month and the
// day have one or two.
func cutDate(s []byte) (day int64, rest []byte, ok bool) {
	n := 0
	for n < len(s) && n < 6 && s[n]-'0' <= 9 {
		n++
	}
	if n < 4 || len(s) == n || s[n] != '-' {
		return 0, nil, false
	}
	y, _ := ParseInt(s[:n])
	m, s := short(s[n+1:])
	if len(s) == 0 || s[0] != '-' {
		return 0, nil, false
	}
	d, s := short(s[1:])
	if m < 1 || m > 12 || d < 1 || d > DaysInMonth(int(y), m) {
		return 0, nil, false
	}
	return DayOf(int(y), m, d), s, true
}

// cutTime reads a time of day at the start of s; its parts have one or two digits.
func cutTime(s []byte, units int64) (t int64, rest []byte, ok bool) {
	h, s := short(s)
	if len(s) == 0 || s[0] != ':' {
		return 0, nil, false
	}
	m, s := short(s[1:])
	sec, full := 0, len(s) > 0 && s[0] == ':'
	if full {
		sec, s = short(s[1:])
	}
	if h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 59 {
		return 0, nil, false
	}
	t = int64(h*3600+m*60+sec) * units
	if !full || len(s) < 2 || s[0] != '.' || s[1]-'0' > 9 {
		return t, s, true
	}
	u := units
	for s = s[1:]; len(s) > 0 && s[0]-'0' <= 9; s = s[1:] {
		u /= 10
		t += int64(s[0]-'0') * u
	}
	return t, s, true
}

// offsetOf reads the zone behind a time as seconds east of UTC; none is UTC.
func offsetOf(s []byte) (sec int64, ok bool) {
	if len(s) > 1 && s[0] == ' ' {
		s = s[1:]
	}
	switch {
	case len(s) == 0:
		return 0, true
	case len(s) == 1:
		return 0, s[0] == 'Z' || s[0] == 'z'
	case s[0] != '+' && s[0] != '-':
		return 0, false
	}
	h, m := two(s[1:]), 0
	switch rest := s[min(3, len(s)):]; {
	case len(rest) == 3 && rest[0] == ':':
		m = two(rest[1:])
	case len(rest) == 2:
		m = two(rest)
	case len(rest) != 0:
		return 0, false
	}
	if h < 0 || h > 18 || m < 0 || m > 59 {
		return 0, false
	}
	sec = int64(h*3600 + m*60)
	if s[0] == '-' {
		sec = -sec
	}
	return sec, true
}

// two reads two digits at the start of s; -1 where there are none.
func two(s []byte) int {
	if len(s) < 2 || s[0]-'0' > 9 || s[1]-'0' > 9 {
		return -1
	}
	return int(s[0]-'0')*10 + int(s[1]-'0')
}

// short reads one or two digits at the start of s; -1 where there are none.
func short(s []byte) (n int, rest []byte) {
	switch {
	case len(s) == 0 || s[0]-'0' > 9:
		return -1, s
	case len(s) == 1 || s[1]-'0' > 9:
		return int(s[0] - '0'), s[1:]
	}
	return two(s), s[2:]
}
