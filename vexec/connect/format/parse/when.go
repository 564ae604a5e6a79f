package parse

import "math"

const (
	secondMicros = 1_000_000
	minuteMicros = 60 * secondMicros
	hourMicros   = 60 * minuteMicros
	dayMicros    = 24 * hourMicros
)

// Date parses YYYY-MM-DD as days since 1970-01-01. Years behind 9999 have more digits, those
// before 0 a sign.
func Date(s []byte) (int32, Fault) {
	d, rest, f := date(s)
	if f == OK && len(rest) > 0 {
		f = Unparsed
	}
	return d, f
}

// date parses the date at the start of s, and returns what is behind it.
func date(s []byte) (day int32, rest []byte, f Fault) {
	if len(s) < 10 {
		return 0, nil, Unparsed
	}
	if s[4] != '-' || s[0] == '-' {
		return farDate(s)
	}
	y := two(s, 0)*100 + two(s, 2)
	if two(s, 0) < 0 || two(s, 2) < 0 {
		return 0, nil, Unparsed
	}
	return monthAndDay(y, s[4:])
}

// farDate is date for years that have a sign or more than four digits.
func farDate(s []byte) (day int32, rest []byte, f Fault) {
	sign, y, n := 1, 0, 0
	if s[0] == '-' {
		sign, s = -1, s[1:]
	}
	for n < len(s) && n < 7 && s[n]-'0' <= 9 {
		y = 10*y + int(s[n]-'0')
		n++
	}
	if n < 4 || n > 4 && s[0] == '0' || sign < 0 && y == 0 || len(s) < n+6 {
		return 0, nil, Unparsed
	}
	return monthAndDay(sign*y, s[n:])
}

// monthAndDay parses the -MM-DD at the start of s.
func monthAndDay(y int, s []byte) (day int32, rest []byte, f Fault) {
	if s[0] != '-' || s[3] != '-' {
		return 0, nil, Unparsed
	}
	m, d := two(s, 1), two(s, 4)
	if m < 0 || d < 0 {
		return 0, nil, Unparsed
	}
	if m < 1 || m > 12 || d < 1 || d > monthDays(y, m) {
		return 0, nil, OutOfRange
	}
	at := days(y, m, d)
	if at != int(int32(at)) {
		return 0, nil, OutOfRange
	}
	return int32(at), s[6:], OK
}

// two is the number that two digits make; far below zero where one is no digit.
func two(s []byte, i int) int {
	a, b := s[i]-'0', s[i+1]-'0'
	if a > 9 || b > 9 {
		return -1 << 20
	}
	return int(a)*10 + int(b)
}

func monthDays(y, m int) int {
	switch m {
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// days counts from 1970-01-01 in the Gregorian calendar: years begin in March, so
// that the leap day is the last of a year.
func days(y, m, d int) int {
	const eras = 25_000 // of 400 years: before year 1 divisions would round the other way
	if y < 1 {
		return days(y+400*eras, m, d) - 146_097*eras
	}
	if m <= 2 {
		y--
		m += 12
	}
	return 365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + d - 1 - 719468
}

// Time parses HH:MM:SS[.f] as microseconds since midnight; digits of the
// fraction beyond p are cut.
func Time(s []byte, p int) (int64, Fault) {
	us, nanos, rest, f := clock(s)
	if f != OK {
		return 0, f
	}
	if len(rest) > 0 {
		return 0, Unparsed
	}
	return us + cut(nanos, min(p, 6))/1000, OK
}

// clock parses HH:MM:SS[.f] at the start of s: the whole seconds as microseconds,
// the fraction in nanoseconds, and what stands behind.
func clock(s []byte) (us, nanos int64, rest []byte, f Fault) {
	if len(s) < 8 || s[2] != ':' || s[5] != ':' {
		return 0, 0, nil, Unparsed
	}
	h, m, sec := two(s, 0), two(s, 3), two(s, 6)
	if h < 0 || m < 0 || sec < 0 {
		return 0, 0, nil, Unparsed
	}
	if h > 23 || m > 59 || sec > 59 {
		return 0, 0, nil, OutOfRange
	}
	us = int64(h)*hourMicros + int64(m)*minuteMicros + int64(sec)*secondMicros
	s = s[8:]
	if len(s) == 0 || s[0] != '.' {
		return us, 0, s, OK
	}
	n, unit := 1, int64(100_000_000)
	for n < len(s) && s[n]-'0' <= 9 {
		nanos += int64(s[n]-'0') * unit
		unit /= 10
		n++
	}
	if n == 1 {
		return 0, 0, nil, Unparsed
	}
	return us, nanos, s[n:], OK
}

// cut clears the digits of a fraction in nanoseconds beyond the first p.
func cut(nanos int64, p int) int64 {
	unit := int64(1)
	for ; p < 9; p++ {
		unit *= 10
	}
	return nanos - nanos%unit
}

// farthestDay is the last one of which all times are microseconds in 64 bits, with any offset.
const farthestDay = 106_751_989

// Timestamp parses YYYY-MM-DD HH:MM:SS[.f] or the ISO form with T, each with
// Z, an offset such as +02:00, or nothing behind it; an offset is converted to UTC.
// The result is microseconds since the epoch, or nanoseconds where p is over 6;
// digits of the fraction beyond p are cut.
func Timestamp(s []byte, p int) (int64, Fault) {
	d, rest, f := date(s)
	if f != OK {
		return 0, f
	}
	if len(rest) == 0 || rest[0] != ' ' && rest[0] != 'T' && rest[0] != 't' {
		return 0, Unparsed
	}
	us, nanos, rest, f := clock(rest[1:])
	if f != OK {
		return 0, f
	}
	if d > farthestDay || d < -farthestDay {
		return 0, OutOfRange
	}
	off, f := offset(rest)
	if f != OK {
		return 0, f
	}
	us += int64(d)*dayMicros - off
	nanos = cut(nanos, p)
	if p <= 6 {
		return us + nanos/1000, OK
	}
	return toNanos(us, nanos)
}

// toNanos refuses instants that nanoseconds in 64 bits cannot hold.
func toNanos(us, nanos int64) (int64, Fault) {
	const lo, hi = math.MinInt64/1000 + 1, math.MaxInt64/1000 - secondMicros
	if us < lo || us > hi {
		return 0, OutOfRange
	}
	return us*1000 + nanos, OK
}

// FromMillis converts milliseconds since the epoch to the unit of a TIMESTAMP(p).
func FromMillis(ms int64, p int) (int64, Fault) {
	if ms > math.MaxInt64/1000 || ms < math.MinInt64/1000 {
		return 0, OutOfRange
	}
	if p < 3 {
		unit := int64(1000)
		for range p {
			unit /= 10
		}
		ms -= (ms%unit + unit) % unit
	}
	if p <= 6 {
		return ms * 1000, OK
	}
	return toNanos(ms*1000, 0)
}

// offset parses Z, +HH:MM, +HHMM or +HH, or nothing, as microseconds east of UTC.
func offset(s []byte) (int64, Fault) {
	if len(s) == 0 || len(s) == 1 && (s[0] == 'Z' || s[0] == 'z') {
		return 0, OK
	}
	if len(s) < 3 || s[0] != '+' && s[0] != '-' {
		return 0, Unparsed
	}
	h, m := two(s, 1), 0
	switch {
	case len(s) == 3:
	case len(s) == 5:
		m = two(s, 3)
	case len(s) == 6 && s[3] == ':':
		m = two(s, 4)
	default:
		return 0, Unparsed
	}
	if h < 0 || m < 0 {
		return 0, Unparsed
	}
	if h > 18 || m > 59 {
		return 0, OutOfRange
	}
	off := int64(h)*hourMicros + int64(m)*minuteMicros
	if s[0] == '-' {
		off = -off
	}
	return off, OK
}
