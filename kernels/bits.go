package kernels

import (
	"encoding/binary"
	"math/bits"
)

// Bitmaps have the least significant bit first. Those of n rows are at least
// BitBytes(n) long; bits behind the n-th are unspecified.

// BitBytes is the length of a bitmap of n rows.
func BitBytes(n int) int { return (n + 7) / 8 }

// GetBit reports whether bit i is set.
func GetBit(b []byte, i int) bool { return b[i>>3]&(1<<(i&7)) != 0 }

func bitAt(b []byte, i int) int { return int(b[i>>3]>>(i&7)) & 1 }

// PutBit sets bit i to v.
func PutBit(b []byte, i int, v bool) {
	if v {
		b[i>>3] |= 1 << (i & 7)
		return
	}
	b[i>>3] &^= 1 << (i & 7)
}

// FillBits sets all bytes of dst to zeros or ones.
func FillBits(dst []byte, v bool) {
	if !v {
		clear(dst)
		return
	}
	for i := range dst {
		dst[i] = 0xFF
	}
}

func word(b []byte) uint64       { return binary.LittleEndian.Uint64(b) }
func putWord(b []byte, w uint64) { binary.LittleEndian.PutUint64(b, w) }

// AndBits sets dst = a AND b. The slices have one length; dst may be a or b.
func AndBits(dst, a, b []byte) {
	i := 0
	for ; i+8 <= len(dst); i += 8 {
		putWord(dst[i:], word(a[i:])&word(b[i:]))
	}
	for ; i < len(dst); i++ {
		dst[i] = a[i] & b[i]
	}
}

// OrBits sets dst = a OR b. The slices have one length; dst may be a or b.
func OrBits(dst, a, b []byte) {
	i := 0
	for ; i+8 <= len(dst); i += 8 {
		putWord(dst[i:], word(a[i:])|word(b[i:]))
	}
	for ; i < len(dst); i++ {
		dst[i] = a[i] | b[i]
	}
}

// XorBits sets dst = a XOR b. The slices have one length; dst may be a or b.
func XorBits(dst, a, b []byte) {
	for i := range dst {
		dst[i] = a[i] ^ b[i]
	}
}

// AndNotBits sets dst = a AND NOT b. The slices have one length; dst may be a or b.
func AndNotBits(dst, a, b []byte) {
	for i := range dst {
		dst[i] = a[i] &^ b[i]
	}
}

// NotBits sets dst = NOT a. dst may be a.
func NotBits(dst, a []byte) {
	for i := range dst {
		dst[i] = ^a[i]
	}
}

// CountBits is the number of set bits among the first n.
func CountBits(b []byte, n int) int {
	c, i := 0, 0
	for ; i+64 <= n; i += 64 {
		c += bits.OnesCount64(word(b[i>>3:]))
	}
	for ; i < n; i++ {
		c += bitAt(b, i)
	}
	return c
}

// Bools is a column of three-valued booleans as two bitmaps. A nil Valid: no NULL.
type Bools struct{ Val, Valid []byte }

// parts returns byte i as the rows that are true and those that are false.
func (b Bools) parts(i int) (t, f byte) {
	v := byte(0xFF)
	if b.Valid != nil {
		v = b.Valid[i]
	}
	return b.Val[i] & v, ^b.Val[i] & v
}

// And3 sets dst to a AND b: false where one is false, else NULL where one is NULL.
// dst has both bitmaps. Where a is false, b may be anything.
func And3(dst, a, b Bools) {
	for i := range dst.Val {
		at, af := a.parts(i)
		bt, bf := b.parts(i)
		dst.Val[i], dst.Valid[i] = at&bt, at&bt|af|bf
	}
}

// Or3 sets dst to a OR b: true where one is true, else NULL where one is NULL.
// dst has both bitmaps. Where a is true, b may be anything.
func Or3(dst, a, b Bools) {
	for i := range dst.Val {
		at, af := a.parts(i)
		bt, bf := b.parts(i)
		dst.Val[i], dst.Valid[i] = at|bt, af&bf|at|bt
	}
}

// SelBits writes to out the rows of sel (of [0, n) where sel is nil) whose bit is
// set, and returns them. out may be sel.
func SelBits(b []byte, n int, sel, out []int32) []int32 {
	k := 0
	if sel != nil {
		for _, i := range sel {
			out[k] = i
			k += int(b[i>>3]>>(i&7)) & 1
		}
		return out[:k]
	}
	for base := 0; base < n; base += 64 {
		w := bits64(b, base, n)
		for w != 0 {
			out[k] = int32(base + bits.TrailingZeros64(w))
			k++
			w &= w - 1
		}
	}
	return out[:k]
}

// SelNotBits is SelBits for the rows whose bit is not set.
func SelNotBits(b []byte, n int, sel, out []int32) []int32 {
	k := 0
	if sel != nil {
		for _, i := range sel {
			out[k] = i
			k += int(^b[i>>3]>>(i&7)) & 1
		}
		return out[:k]
	}
	for i := range n {
		out[k] = int32(i)
		k += int(^b[i>>3]>>(i&7)) & 1
	}
	return out[:k]
}

// bits64 returns the bits [base, base+64) with those from n on cleared; base is a
// multiple of 64.
func bits64(b []byte, base, n int) uint64 {
	if base+64 <= n {
		return word(b[base>>3:])
	}
	var w uint64
	for i, x := range b[base>>3 : BitBytes(n)] {
		w |= uint64(x) << (8 * i)
	}
	return w & (1<<(n-base) - 1)
}

// GatherBits sets bit i of dst to bit idx[i] of src for the rows of sel, or for all
// of idx where sel is nil.
func GatherBits(dst, src []byte, idx, sel []int32) {
	if sel == nil {
		for i, j := range idx {
			PutBit(dst, i, GetBit(src, int(j)))
		}
		return
	}
	for _, i := range sel {
		PutBit(dst, int(i), GetBit(src, int(idx[i])))
	}
}

// CopyBits sets bit i of dst to bit i of src for the rows of sel, or of [0, n).
func CopyBits(dst, src []byte, n int, sel []int32) {
	if sel == nil {
		copy(dst[:BitBytes(n)], src)
		return
	}
	for _, i := range sel {
		PutBit(dst, int(i), GetBit(src, int(i)))
	}
}

// PutBits sets bit i of dst to v for the rows of sel, or of [0, n).
func PutBits(dst []byte, v bool, n int, sel []int32) {
	if sel == nil {
		FillBits(dst[:BitBytes(n)], v)
		return
	}
	for _, i := range sel {
		PutBit(dst, int(i), v)
	}
}
