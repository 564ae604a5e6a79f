package kernels

import (
	"bytes"
	"time"
)

// ExtractSpan returns a part of an interval of microseconds, of which days, hours, minutes and
// seconds have its sign; EPOCH is all of it in whole seconds. ok is false where u is no part.
func ExtractSpan(u Unit, us int64) (n int64, ok bool) {
	switch u {
	case Day:
		return us / (daySeconds * 1_000_000), true
	case Hour:
		return us / 3_600_000_000 % 24, true
	case Minute:
		return us / 60_000_000 % 60, true
	case Second:
		return us / 1_000_000 % 60, true
	case Millisecond:
		return us / 1000 % 1000, true
	case Microsecond:
		return us % 1_000_000, true
	case Epoch:
		return us / 1_000_000, true
	}
	return 0, false
}

// ExtractMonths is ExtractSpan of an interval of months.
func ExtractMonths(u Unit, months int64) (n int64, ok bool) {
	switch u {
	case Year:
		return months / 12, true
	case Month:
		return months % 12, true
	}
	return 0, false
}

// ParseSpan reads an interval as microseconds: as it is printed (26h3m4s), as SQL writes it
// ([days] hours:minutes[:seconds[.f]], one sign for all of it), or in words (1 day 2 hours 3.5
// seconds, 1 day 02:03:04), each number with its sign. Further digits are cut.
func ParseSpan(s []byte) (us int64, ok bool) {
	s = TrimSpace(s)
	if d, err := time.ParseDuration(string(s)); err == nil {
		return d.Microseconds(), true
	}
	words := bytes.Fields(s)
	if len(words) > maxSpanWords {
		return 0, false
	}
	switch {
	case len(words) == 1:
		return clockSpan(words[0])
	case len(words) == 2 && bytes.IndexByte(words[1], ':') > 0 && isDigit(words[1][0]):
		sign, text := signOf(words[0])
		days, dok := wholeSpan(text)
		clock, cok := clockSpan(words[1])
		return addSpan(0, sign*days, daySeconds*1_000_000, sign*clock, dok && cok)
	}
	total := int64(0)
	for len(words) > 0 {
		if len(words) == 1 {
			clock, cok := clockSpan(words[0])
			return addSpan(total, 0, 0, clock, cok)
		}
		if total, ok = addWord(total, words[0], words[1]); !ok {
			return 0, false
		}
		words = words[2:]
	}
	return total, ok
}

// maxSpanWords is more than an interval with each unit has.
const maxSpanWords = 20

// addWord adds a number of units to an interval.
func addWord(total int64, number, unit []byte) (int64, bool) {
	step := unitStep(spanUnit(unit), 1_000_000)
	sign, text := signOf(number)
	if spanUnit(unit) == Second {
		rest, ok := secondSpan(text)
		return addSpan(total, 0, 0, sign*rest, ok)
	}
	n, ok := wholeSpan(text)
	return addSpan(total, sign*n, step, 0, ok && step > 0)
}

// spanUnit is the unit that a word names, singular or plural.
func spanUnit(word []byte) Unit {
	if u := UnitOf(word); u != NoUnit {
		return u
	}
	if n := len(word) - 1; n > 0 && upperByte(word[n]) == 'S' {
		return UnitOf(word[:n])
	}
	return NoUnit
}

// addSpan is total + n*step + rest; false where ok is, or where it is too long.
func addSpan(total, n, step, rest int64, ok bool) (int64, bool) {
	if !ok || MulOver(n, step) || AddOver(total, n*step) || AddOver(total+n*step, rest) {
		return 0, false
	}
	return total + n*step + rest, true
}

// clockSpan reads [sign] hours:minutes[:seconds[.f]]; the hours may be any number.
func clockSpan(s []byte) (us int64, ok bool) {
	sign, s := signOf(s)
	parts := bytes.SplitN(s, []byte(":"), 4)
	if len(parts) < 2 || len(parts) > 3 {
		return 0, false
	}
	h, ok := wholeSpan(parts[0])
	m, mok := wholeSpan(parts[1])
	sec, sok := int64(0), true
	if len(parts) == 3 {
		sec, sok = secondSpan(parts[2])
	}
	if !mok || !sok || m > 59 || sec >= 60_000_000 {
		return 0, false
	}
	return addSpan(0, sign*h, 3_600_000_000, sign*(m*60_000_000+sec), ok)
}

// secondSpan reads seconds with a fraction as microseconds.
func secondSpan(s []byte) (us int64, ok bool) {
	whole, fraction, dot := bytes.Cut(s, []byte("."))
	n, ok := wholeSpan(whole)
	if !ok || dot && len(fraction) == 0 {
		return 0, false
	}
	unit := int64(1_000_000)
	for _, c := range fraction {
		if !isDigit(c) {
			return 0, false
		}
		unit /= 10
		us += int64(c-'0') * unit
	}
	return addSpan(us, n, 1_000_000, 0, true)
}

// wholeSpan reads digits.
func wholeSpan(s []byte) (int64, bool) {
	if len(s) == 0 || !isDigit(s[0]) {
		return 0, false
	}
	return ParseInt(s)
}

func isDigit(c byte) bool { return c-'0' <= 9 }

func signOf(s []byte) (sign int64, rest []byte) {
	switch {
	case len(s) > 0 && s[0] == '-':
		return -1, s[1:]
	case len(s) > 0 && s[0] == '+':
		return 1, s[1:]
	}
	return 1, s
}

// ParseMonths reads an interval of months: their number, as SQL writes it (years-months, one
// sign for both), or in words (1 year 2 months).
func ParseMonths(s []byte) (months int64, ok bool) {
	s = TrimSpace(s)
	if n, ok := ParseInt(s); ok {
		return n, int64(int32(n)) == n
	}
	sign, text := signOf(s)
	if years, rest, both := bytes.Cut(text, []byte("-")); both && len(rest) > 0 {
		y, yok := wholeSpan(years)
		m, mok := wholeSpan(rest)
		months, ok = addSpan(0, sign*y, 12, sign*m, yok && mok && m < 12)
		return months, ok && int64(int32(months)) == months
	}
	words := bytes.Fields(s)
	if len(words) == 0 || len(words)%2 > 0 || len(words) > maxSpanWords {
		return 0, false
	}
	for ; len(words) > 0; words = words[2:] {
		sign, text := signOf(words[0])
		n, nok := wholeSpan(text)
		size := unitMonths(spanUnit(words[1]))
		if months, ok = addSpan(months, sign*n, size, 0, nok && size > 0); !ok {
			return 0, false
		}
	}
	return months, int64(int32(months)) == months
}
