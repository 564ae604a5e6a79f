package text

import (
	"math/bits"
	"strconv"
)

const ten19 = 10_000_000_000_000_000_000 // the greatest power of ten in 64 bits

// appendUint128 prints hi*2^64 + lo, which is at most 2^127.
func appendUint128(dst []byte, hi, lo uint64) []byte {
	if hi == 0 {
		return strconv.AppendUint(dst, lo, 10)
	}
	top, rem := bits.Div64(hi, lo, ten19)
	return appendPad19(strconv.AppendUint(dst, top, 10), rem)
}

func appendPad19(dst []byte, v uint64) []byte {
	var raw [19]byte
	for i := len(raw) - 1; i >= 0; i-- {
		raw[i] = byte('0' + v%10)
		v /= 10
	}
	return append(dst, raw[:]...)
}
