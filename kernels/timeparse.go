package kernels

import "strings"

// timeFields is what Parse has found; -1 is nothing.
type timeFields struct {
	year, month, day, dayOfYear, weekday int
	hour, half, minute, second           int // half: 0 AM, 1 PM
	hour12                               bool
	nanos                                int64
}

// Parse reads a text by the pattern, in units of a second since 1970; ok is false where
// it does not fit, to the end, or there is no such time. What the pattern leaves out is
// as in 1970-01-01 00:00:00.
func (f *TimeFormat) Parse(s []byte, units int64) (t int64, ok bool) {
	v := timeFields{year: 1970, month: 1, day: 1, dayOfYear: -1, weekday: -1}
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
		v.half = 0
		if upperByte(s[0]) == 'P' {
			v.half = 1
		}
		return s[2:], true
	case (p.field == 'M' || p.field == 'L') && p.n > 2:
		v.month, rest = cutName(s, monthNames, p.n)
		v.month++
		return rest, rest != nil
	case p.field == 'E':
		v.weekday, rest = cutName(s, dayNames, p.n)
		return rest, rest != nil
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

// set takes the number of a field; false: it is out of the field's range.
func (v *timeFields) set(p *formatPart, x, digits int) bool {
	in := func(lo, hi int) bool { return x >= lo && x <= hi }
	switch p.field {
	case 'y', 'u':
		if v.year = x; p.n == 2 {
			v.year += 2000
		}
		return true
	case 'M', 'L':
		v.month = x
		return in(1, 12)
	case 'd':
		v.day = x
		return in(1, 31)
	case 'D':
		v.dayOfYear = x
		return in(1, 366)
	case 'Q':
		return in(1, 4)
	case 'H':
		v.hour, v.hour12 = x, false
		return in(0, 23)
	case 'k':
		v.hour, v.hour12 = x%24, false
		return in(1, 24)
	case 'h':
		v.hour, v.hour12 = x%12, true
		return in(1, 12)
	case 'K':
		v.hour, v.hour12 = x, true
		return in(0, 11)
	case 'm':
		v.minute = x
		return in(0, 59)
	case 's':
		v.second = x
		return in(0, 59)
	case 'S':
		v.nanos = int64(x) * int64(pow10int(9-digits))
	case 'n':
		v.nanos = int64(x)
	}
	return true
}

// time puts the fields together.
func (v *timeFields) time(units int64) (t int64, ok bool) {
	var day int64
	if v.dayOfYear > 0 {
		day = DayOf(v.year, 1, 1) + int64(v.dayOfYear) - 1
		if y, _, _ := CivilDate(day); y != v.year {
			return 0, false
		}
	} else {
		if v.day > DaysInMonth(v.year, v.month) {
			return 0, false
		}
		day = DayOf(v.year, v.month, v.day)
	}
	if v.weekday >= 0 && FloorMod(day+3, 7) != int64(v.weekday) {
		return 0, false
	}
	hour := v.hour
	if v.hour12 {
		hour += 12 * v.half
	}
	clock := int64((hour*60+v.minute)*60+v.second)*units + v.nanos/(1_000_000_000/units)
	hi, lo := mul64(day, 86400*units)
	if hi != int64(lo)>>63 || AddOver(int64(lo), clock) {
		return 0, false
	}
	return int64(lo) + clock, true
}
