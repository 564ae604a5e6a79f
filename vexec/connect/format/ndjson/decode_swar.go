package ndjson

import (
	"encoding/binary"
	"math/bits"
)

// Padding is how many bytes behind the data a decoder may read and write: wide
// loads need no bounds of their own.
const Padding = 64

// load is the eight bytes at b[p:], the first in the lowest byte.
func load(b []byte, p int) uint64 { return binary.LittleEndian.Uint64(b[p : p+8]) }

const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// stops marks the bytes that end the plain part of a string: a quote, a
// backslash, a control character, or one that is not ASCII. The high bit of the
// lowest such byte is right; those above it may not be (borrows).
//
// w ^ 0x02 brings the quote (0x22) next to the control characters (0x00-0x1F),
// and keeps those where they are: one subtraction finds both.
func stops(w uint64) uint64 {
	return (((w ^ 0x02*ones) - 0x21*ones) | ((w ^ '\\'*ones) - ones) | w) & highs
}

// quotes marks quotes, right in the lowest marked byte.
func quotes(w uint64) uint64 {
	x := w ^ '"'*ones
	return (x - ones) &^ x & highs
}

// lowest is the number of the lowest marked byte, 8 where none is.
func lowest(m uint64) int { return bits.TrailingZeros64(m) >> 3 }

// nonDigits marks bytes of w ^ '0'*ones that are over 9, right in the lowest
// marked byte.
func nonDigits(x uint64) uint64 { return (x + 0x76*ones | x) & highs }

// eight is the number that eight digits make, given as values 0 to 9, the first
// in the lowest byte.
func eight(x uint64) uint64 {
	x = x * (10*(1<<8) + 1) >> 8 & 0x00FF00FF00FF00FF
	x = x * (100*(1<<16) + 1) >> 16 & 0x0000FFFF0000FFFF
	return x * (10000*(1<<32) + 1) >> 32
}
