package parse

import (
	"math"
	"math/bits"
	"strconv"

	"github.com/helios-stream/helios/ir"
)

// Int parses [+-]digits as a 64-bit integer.
func Int(s []byte) (int64, Fault) {
	digits, neg := s, false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		digits, neg = s[1:], s[0] == '-'
	}
	if len(digits) == 0 {
		return 0, Unparsed
	}
	var v uint64
	over := false
	for i, c := range digits {
		d := uint64(c - '0')
		if d > 9 {
			return 0, notWhole(digits, i)
		}
		if v > (math.MaxUint64-d)/10 {
			over = true
			continue
		}
		v = v*10 + d
	}
	switch {
	case over || v > 1<<63 || v == 1<<63 && !neg:
		return 0, OutOfRange
	case neg:
		return -int64(v), OK
	}
	return int64(v), OK
}

// notWhole tells a number with a fraction or an exponent from what is no number;
// s has a character at i that is no digit.
func notWhole(s []byte, i int) Fault {
	switch s[i] {
	case '.', 'e', 'E':
		if _, f := Float(s, 64); f != Unparsed {
			return Fraction
		}
	}
	return Unparsed
}

// InRange reports whether v fits in an integer kind.
func InRange(v int64, k ir.Kind) bool {
	switch k {
	case ir.TinyInt:
		return v == int64(int8(v))
	case ir.SmallInt:
		return v == int64(int16(v))
	case ir.Integer:
		return v == int64(int32(v))
	}
	return true
}

// Float parses a decimal number, or NaN, Infinity and -Infinity in any case,
// as a float of 32 or 64 bits.
func Float(s []byte, bitSize int) (float64, Fault) {
	if v, ok := exactFloat(s); ok && bitSize == 64 {
		return v, OK
	}
	if !plainNumber(s) {
		return namedFloat(s)
	}
	v, err := strconv.ParseFloat(string(s), bitSize)
	switch {
	case err == nil:
		return v, OK
	case math.IsInf(v, 0):
		return 0, OutOfRange
	}
	return 0, Unparsed
}

func plainNumber(s []byte) bool {
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9', c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			return false
		}
	}
	return len(s) > 0
}

func namedFloat(s []byte) (float64, Fault) {
	sign := 1
	name := s
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		name = s[1:]
		if s[0] == '-' {
			sign = -1
		}
	}
	switch {
	case equalFold(name, "infinity"):
		return math.Inf(sign), OK
	case equalFold(s, "nan"):
		return math.NaN(), OK
	}
	return 0, Unparsed
}

// exactFloat is Clinger's fast path: up to 15 digits and a small power of ten are
// one exact division.
func exactFloat(s []byte) (float64, bool) {
	i, neg := 0, false
	if len(s) > 0 && s[0] == '-' {
		i, neg = 1, true
	}
	if len(s)-i > 16 || len(s)-i == 0 {
		return 0, false
	}
	var v uint64
	point, digits := -1, 0
	for ; i < len(s); i++ {
		d := uint64(s[i] - '0')
		switch {
		case d <= 9:
			v = v*10 + d
			digits++
		case s[i] == '.' && point < 0:
			point = digits
		default:
			return 0, false
		}
	}
	if digits == 0 || digits > 15 {
		return 0, false
	}
	f := float64(v)
	if point >= 0 {
		f /= tens[digits-point]
	}
	if neg {
		f = -f
	}
	return f, true
}

var tens = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// Bool parses true or false in any case.
func Bool(s []byte) (bool, Fault) {
	switch {
	case equalFold(s, "true"):
		return true, OK
	case equalFold(s, "false"):
		return false, OK
	}
	return false, Unparsed
}

// equalFold compares s with a lower-case ASCII word, in any case.
func equalFold(s []byte, word string) bool {
	if len(s) != len(word) {
		return false
	}
	for i, c := range s {
		if c|0x20 != word[i] {
			return false
		}
	}
	return true
}

// Decimal parses a decimal number, with an exponent or without, as
// DECIMAL(p, s). Digits behind the scale are rounded half away from zero.
func Decimal(text []byte, p, s int) (ir.Dec, Fault) {
	n, ok := splitNumber(text)
	if !ok {
		return ir.Dec{}, Unparsed
	}
	digits := n.digits
	// The value is the digits times ten to the power shift, in units of the scale.
	shift := n.exp + s
	keep := len(digits) + shift
	switch {
	case len(digits) == 0 || keep < 0:
		return ir.Dec{}, OK
	case keep > p:
		return ir.Dec{}, OutOfRange
	}
	var hi, lo uint64
	for i := range keep {
		d := uint64(0)
		if i < len(digits) {
			d = uint64(digits[i])
		}
		hi, lo = timesTen(hi, lo, d)
	}
	if keep < len(digits) && digits[keep] >= 5 {
		var carry uint64
		lo, carry = bits.Add64(lo, 1, 0)
		hi += carry
	}
	if !below(hi, lo, p) {
		return ir.Dec{}, OutOfRange
	}
	if n.neg {
		var borrow uint64
		lo, borrow = bits.Sub64(0, lo, 0)
		hi, _ = bits.Sub64(0, hi, borrow)
	}
	return ir.Dec{Lo: lo, Hi: int64(hi)}, OK
}

func timesTen(hi, lo, d uint64) (uint64, uint64) {
	over, low := bits.Mul64(lo, 10)
	low, carry := bits.Add64(low, d, 0)
	return hi*10 + over + carry, low
}

// below reports whether hi:lo is less than ten to the power of p.
func below(hi, lo uint64, p int) bool {
	var ph, pl uint64 = 0, 1
	for range p {
		ph, pl = timesTen(ph, pl, 0)
	}
	return hi < ph || hi == ph && lo < pl
}

// number is a decimal number taken apart: digits (0 to 9 each, no leading zeros)
// times ten to the power of exp.
type number struct {
	neg    bool
	digits []byte
	exp    int
}

// maxExp holds exponents in bounds; anything beyond is zero or out of range for
// every type.
const maxExp = 1 << 20

func splitNumber(s []byte) (number, bool) {
	var n number
	i := 0
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		n.neg = s[i] == '-'
		i++
	}
	n.digits = make([]byte, 0, 48)
	some, point := false, false
	for ; i < len(s); i++ {
		c := s[i]
		if c == '.' && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		some = true
		if c != '0' || len(n.digits) > 0 {
			n.digits = append(n.digits, c-'0')
		}
		if point {
			n.exp--
		}
	}
	if !some {
		return n, false
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		e, f := Int(s[i+1:])
		if f != OK && f != OutOfRange {
			return n, false
		}
		if f == OutOfRange {
			e = maxExp
			if s[i+1] == '-' {
				e = -maxExp
			}
		}
		n.exp += int(max(-maxExp, min(maxExp, e)))
		i = len(s)
	}
	return n, i == len(s)
}
