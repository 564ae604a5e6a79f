package parse

import (
	"math"
	"math/bits"
)

// intervalUnits are the units of an interval's text, in nanoseconds.
var intervalUnits = []struct {
	name  string
	nanos uint64
}{
	{"h", 3600e9}, {"ms", 1e6}, {"m", 60e9}, {"s", 1e9}, {"us", 1e3}, {"µs", 1e3}, {"ns", 1},
}

// Interval parses a duration as format/text prints it, such as 1h2m3.5s or -250ms,
// as microseconds.
func Interval(s []byte) (int64, Fault) {
	neg := len(s) > 0 && s[0] == '-'
	if neg || len(s) > 0 && s[0] == '+' {
		s = s[1:]
	}
	if len(s) == 0 {
		return 0, Unparsed
	}
	var total uint64 // microseconds
	for len(s) > 0 {
		us, rest, f := intervalPart(s)
		if f != OK {
			return 0, f
		}
		var over uint64
		if total, over = bits.Add64(total, us, 0); over > 0 || total > 1<<63 {
			return 0, OutOfRange
		}
		s = rest
	}
	switch {
	case neg:
		return -int64(total), OK
	case total == 1<<63:
		return 0, OutOfRange
	}
	return int64(total), OK
}

// intervalPart parses a number and its unit at the start of s.
func intervalPart(s []byte) (us uint64, rest []byte, f Fault) {
	n := 0
	for n < len(s) && s[n]-'0' <= 9 {
		n++
	}
	whole, frac := s[:n], s[n:n]
	if n < len(s) && s[n] == '.' {
		from := n + 1
		for n = from; n < len(s) && s[n]-'0' <= 9; n++ {
		}
		frac = s[from:n]
	}
	if len(whole)+len(frac) == 0 {
		return 0, nil, Unparsed
	}
	v, f := Int(append([]byte("0"), whole...))
	if f != OK {
		return 0, nil, f
	}
	for _, u := range intervalUnits {
		if rest := s[n:]; len(rest) >= len(u.name) && string(rest[:len(u.name)]) == u.name {
			hi, lo := bits.Mul64(uint64(v), u.nanos)
			if hi >= 1000 { // more than 64 bits of microseconds
				return 0, nil, OutOfRange
			}
			us, left := bits.Div64(hi, lo, 1000)
			left += fraction(frac, u.nanos)
			if us > math.MaxInt64 {
				return 0, nil, OutOfRange
			}
			return us + left/1000, rest[len(u.name):], OK
		}
	}
	return 0, nil, Unparsed
}

// fraction is the digits behind a point, in nanoseconds of a unit of nanos, cut.
func fraction(digits []byte, nanos uint64) uint64 {
	sum := uint64(0)
	for _, d := range digits[:min(len(digits), 18)] {
		nanos, sum = nanos/10, sum+uint64(d-'0')*(nanos/10)
	}
	return sum
}
