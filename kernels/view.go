// Package kernels holds the loops of the engine: arithmetic, comparison, hashing,
// casts and text over plain slices in Arrow's physical layout. It imports nothing
// but the standard library and knows neither plans nor batches.
//
// A kernel reads in and writes out at the same positions. Where it takes a
// selection vector, only those positions are read and written; sel is strictly
// increasing, and nil stands for all of [0, n).
package kernels

import (
	"encoding/binary"
	"unsafe"
)

// View is one string in Arrow's string-view layout: 16 bytes, of which the low
// four of Lo are the length. Up to InlineLen bytes stand in the view itself; of a
// longer string the view holds the first four bytes, the number of the buffer and
// the offset in it. Unused inline bytes are zero, so that two short strings are
// equal just when their views are.
type View struct{ Lo, Hi uint64 }

// InlineLen is the longest string that a view holds in itself.
const InlineLen = 12

// Len is the string's length in bytes.
func (v View) Len() int { return int(uint32(v.Lo)) }

// IsInline reports whether the view holds the whole string.
func (v View) IsInline() bool { return uint32(v.Lo) <= InlineLen }

// Buf and Off say where a long string stands.
func (v View) Buf() int32 { return int32(uint32(v.Hi)) }

// Off is the offset of a long string in its buffer.
func (v View) Off() int32 { return int32(uint32(v.Hi >> 32)) }

// Prefix is the first four bytes, as a little-endian number.
func (v View) Prefix() uint32 { return uint32(v.Lo >> 32) }

// MakeView returns the view of s, which stands at offset off of buffer buf; both
// are ignored for a short string.
func MakeView(s []byte, buf, off int32) View {
	if len(s) <= InlineLen {
		return InlineView(s)
	}
	return View{
		Lo: uint64(uint32(len(s))) | uint64(binary.LittleEndian.Uint32(s))<<32,
		Hi: uint64(uint32(buf)) | uint64(uint32(off))<<32,
	}
}

// InlineView returns the view of a string of at most InlineLen bytes.
func InlineView(s []byte) View {
	var raw [16]byte
	copy(raw[4:], s)
	v := View{Lo: binary.LittleEndian.Uint64(raw[:8]), Hi: binary.LittleEndian.Uint64(raw[8:])}
	v.Lo |= uint64(uint32(len(s)))
	return v
}

// Bytes returns the string of *v. A short string's bytes stand in *v itself, so
// the result is valid as long as *v is unchanged. Must not be written.
func Bytes(v *View, bufs [][]byte) []byte {
	n := v.Len()
	if n <= InlineLen {
		return unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(v), 4)), n)
	}
	off := int(v.Off())
	return bufs[v.Buf()][off : off+n : off+n]
}

// EqualViews reports whether two views, each with its buffers, are the same string.
func EqualViews(a, b *View, abufs, bbufs [][]byte) bool {
	if a.Lo != b.Lo { // length and first four bytes
		return false
	}
	if a.IsInline() {
		return a.Hi == b.Hi
	}
	return string(Bytes(a, abufs)) == string(Bytes(b, bbufs))
}
