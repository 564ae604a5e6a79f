package kernels

import "strings"

// timeFields is what Parse has found; -1 is nothing.
type timeFields struct {
	year, quarter, month, day, dayOfYear, weekday int
	hour, hour12, half, minute, second            int // hour12: from 0 on; half: 0 AM, 1 PM
	nanos                                         int64
	digits                                        int // of the second that nanos has
}

// put sets a field; false: it has been found before, and is another.
func put(field *int, x int) bool {
	same := *field < 0 || *field == x
	*field = x
	return same
}

// Parse reads a text by the pattern, in units of a second since 1970; ok is false where
// it does not fit, to the end, or there is no time that all of its fields are of. What the
// pattern leaves out is as in 1970-01-01 00:00:00, or where a quarter or a half of the day begins.
func (f *TimeFormat) Parse(s []byte, units int64) (t int64, ok bool) {
	v := timeFields{year: -1, quarter: -1, month: -1, day: -1, dayOfYear: -1, weekday: -1, hour: -1, hour12: -1, half: -1, minute: -1, second: -1}
	for i := range f.parts {
		if s, ok = f.parsePart(i, s, &v); !ok {
			return 0, false
		}
	}
	if len(s) > 0 {
		return 0, false
	}
	return v.time(units)
}

func (f *TimeFormat) parsePart(i int, s []byte, v *timeFields) (rest []byte, ok bool) {
	p := &f.parts[i]
	switch {
	case p.field == 0:
		rest, ok = cutPrefix(s, p.text)
		return rest, ok
	case p.field == 'a':
		if len(s) < 2 || upperByte(s[1]) != 'M' || upperByte(s[0]) != 'A' && upperByte(s[0]) != 'P' {
			return nil, false
		}
		half := 0
		if upperByte(s[0]) == 'P' {
			half = 1
		}
		return s[2:], put(&v.half, half)
	case (p.field == 'M' || p.field == 'L') && p.n > 2:
		month, rest := cutName(s, monthNames, p.n)
		return rest, rest != nil && put(&v.month, month+1)
	case p.field == 'E':
		day, rest := cutName(s, dayNames, p.n)
		return rest, rest != nil && put(&v.weekday, day)
	}
	return f.parseNumber(i, s, v)
}

func cutPrefix(s []byte, text string) (rest []byte, ok bool) {
	if !strings.HasPrefix(string(s[:min(len(s), len(text))]), text) {
		return nil, false
	}
	return s[len(text):], true
}

// cutName takes the name that s begins with, whatever its case, and returns its number;
// rest nil: it begins with none.
func cutName(s []byte, names []string, n int) (i int, rest []byte) {
	for i, name := range names {
		name = nameOf(name, n)
		if len(s) >= len(name) && strings.EqualFold(string(s[:len(name)]), name) {
			return i, s[len(name):]
		}
	}
	return 0, nil
}

// digitsWanted is how many digits a field of numbers has at least and at most.
func (p *formatPart) digitsWanted() (least, most int) {
	switch p.field {
	case 'y', 'u':
		if p.n == 2 {
			return 2, 2
		}
		return p.n, 9
	case 'S':
		return p.n, p.n
	case 'n':
		return p.n, 9
	case 'D':
		return p.n, 3
	case 'Q':
		return 1, 1
	}
	return p.n, 2
}

// fixedBehind is how many digits the fields of fixed width right behind part i take.
func (f *TimeFormat) fixedBehind(i int) int {
	n := 0
	for _, p := range f.parts[i+1:] {
		least, most := p.digitsWanted()
		if p.field == 0 || p.field == 'a' || p.field == 'E' || (p.field == 'M' || p.field == 'L') && p.n > 2 || least != most {
			break
		}
		n += least
	}
	return n
}

func (f *TimeFormat) parseNumber(i int, s []byte, v *timeFields) (rest []byte, ok bool) {
	p := &f.parts[i]
	least, most := p.digitsWanted()
	run := 0
	for run < len(s) && s[run]-'0' <= 9 {
		run++
	}
	n := min(most, run)
	if least != most {
		n = min(most, max(least, run-f.fixedBehind(i)))
	}
	if n > run || n < least {
		return nil, false
	}
	x := 0
	for _, c := range s[:n] {
		x = x*10 + int(c-'0')
	}
	return s[n:], v.set(p, x, n)
}

// set takes the number of a field; false: it is out of the field's range, or not what has been
// said before.
func (v *timeFields) set(p *formatPart, x, digits int) bool {
	in := func(lo, hi int) bool { return x >= lo && x <= hi }
	switch p.field {
	case 'y', 'u':
		if p.n == 2 {
			x += 2000
		}
		return put(&v.year, x)
	case 'M', 'L':
		return in(1, 12) && put(&v.month, x)
	case 'd':
		return in(1, 31) && put(&v.day, x)
	case 'D':
		return in(1, 366) && put(&v.dayOfYear, x)
	case 'Q':
		return in(1, 4) && put(&v.quarter, x)
	case 'H':
		return in(0, 23) && put(&v.hour, x)
	case 'k':
		return in(1, 24) && put(&v.hour, x%24)
	case 'h':
		return in(1, 12) && put(&v.hour12, x%12)
	case 'K':
		return in(0, 11) && put(&v.hour12, x)
	case 'm':
		return in(0, 59) && put(&v.minute, x)
	case 's':
		return in(0, 59) && put(&v.second, x)
	case 'S':
		return v.setNanos(int64(x)*int64(pow10int(9-digits)), digits)
	case 'n':
		return v.setNanos(int64(x), 9)
	}
	return true
}

// setNanos takes so many digits of the second.
func (v *timeFields) setNanos(nanos int64, digits int) bool {
	unit := int64(pow10int(9 - min(digits, v.digits)))
	if v.digits > 0 && nanos/unit != v.nanos/unit {
		return false
	}
	if digits > v.digits {
		v.nanos, v.digits = nanos, digits
	}
	return true
}

// date is the day of the date's fields, since 1970; false: there is none.
func (v *timeFields) date() (day int64, ok bool) {
	if v.year < 0 {
		v.year = 1970
	}
	if v.dayOfYear > 0 {
		day = DayOf(v.year, 1, 1) + int64(v.dayOfYear) - 1
		y, m, d := CivilDate(day)
		ok = y == v.year && put(&v.month, m) && put(&v.day, d)
		return day, ok && put(&v.quarter, (m-1)/3+1)
	}
	if v.month < 0 {
		v.month = max(1, 3*v.quarter-2)
	}
	v.day = max(1, v.day)
	if v.day > DaysInMonth(v.year, v.month) || !put(&v.quarter, (v.month-1)/3+1) {
		return 0, false
	}
	return DayOf(v.year, v.month, v.day), true
}

// oclock is the hour of the clock's fields; false: they are of different ones.
func (v *timeFields) oclock() (hour int, ok bool) {
	switch {
	case v.hour < 0:
		return max(0, v.hour12) + 12*max(0, v.half), true
	case v.hour12 >= 0 && v.hour%12 != v.hour12, v.half >= 0 && v.hour/12 != v.half:
		return 0, false
	}
	return v.hour, true
}

// time puts the fields together.
func (v *timeFields) time(units int64) (t int64, ok bool) {
	day, ok := v.date()
	if !ok || v.weekday >= 0 && FloorMod(day+3, 7) != int64(v.weekday) {
		return 0, false
	}
	hour, ok := v.oclock()
	clock := int64((hour*60+max(0, v.minute))*60+max(0, v.second))*units + v.nanos/(1_000_000_000/units)
	hi, lo := mul64(day, 86400*units)
	if !ok || hi != int64(lo)>>63 || AddOver(int64(lo), clock) {
		return 0, false
	}
	return int64(lo) + clock, true
}
