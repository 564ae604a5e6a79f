package kernels

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// The constants of the hash. State that outlives a process is placed by it, so
// they never change without a new vexec.HashVersion.
const (
	HashSeed = 0xA0761D6478BD642F // of a row before its first column
	HashNull = 0xD6E8FEB86659FD93 // the word of NULL

	hashMul  = 0x9E3779B97F4A7C15
	hashMul2 = 0xE7037ED1A0B428DB
	hashMul3 = 0x8EBC6AF09C88C6E3
)

func mulFold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// HashAdd returns the hash of a row whose columns so far hash to h and whose next
// one has the given word. Each value has one word, whatever its encoding:
// integers their value, floats FloatWord, DECIMAL PairWord, strings StringWord,
// NULL HashNull.
//
// One wide multiply and a shift are enough for full-comparison tables: over
// strides, shifts and times they probe as little as a random function does
// (TestHashSpreads).
func HashAdd(h, word uint64) uint64 {
	h = mulFold(word^h, hashMul)
	return h ^ h>>32
}

// HashInt is the hash of a row of one integer-like column.
func HashInt(word uint64) uint64 { return HashAdd(HashSeed, word) }

// PairWord is the word of a value of two words, such as a DECIMAL.
func PairWord(lo, hi uint64) uint64 { return mulFold(lo^hashMul2, hashMul3) ^ hi }

// FloatWord is the word of a float: its bits, with one zero and one NaN.
func FloatWord(f float64) uint64 {
	switch {
	case f == 0:
		return 0
	case f != f:
		return 0x7FF8000000000001
	}
	return math.Float64bits(f)
}

// StringWord is the word of a string: from the view alone where the view holds
// all of it, else from the bytes.
func StringWord(v *View, bufs [][]byte) uint64 {
	if v.IsInline() {
		return PairWord(v.Lo, v.Hi)
	}
	return bytesWord(Bytes(v, bufs))
}

// bytesWord hashes more than InlineLen bytes, sixteen at a time.
func bytesWord(s []byte) uint64 {
	h := uint64(len(s)) * hashMul
	p := s
	for len(p) > 16 {
		a, b := binary.LittleEndian.Uint64(p), binary.LittleEndian.Uint64(p[8:])
		h = mulFold(a^hashMul2, b^h)
		p = p[16:]
	}
	// The last sixteen bytes, or the first and last eight of a string that has fewer.
	var a uint64
	if len(s) >= 16 {
		a = binary.LittleEndian.Uint64(s[len(s)-16:])
	} else {
		a = binary.LittleEndian.Uint64(s)
	}
	b := binary.LittleEndian.Uint64(s[len(s)-8:])
	return mulFold(a^hashMul3, b^h)
}

// Word is what the integer-like columns are stored as.
type Word interface {
	~int8 | ~int16 | ~int32 | ~int64
}

// HashInts folds a column of integers, dates, times or intervals into out, at the
// rows of sel, or [0, n) where sel is nil. valid as in a vexec.Vec: nil = no NULL.
func HashInts[T Word](in []T, valid []byte, sel []int32, n int, out []uint64) {
	switch {
	case valid != nil:
		overRows(sel, n, func(i int) { out[i] = HashAdd(out[i], wordOr(valid, i, uint64(int64(in[i])))) })
	case sel != nil:
		for _, i := range sel {
			out[i] = HashAdd(out[i], uint64(int64(in[i])))
		}
	default:
		in, out = in[:n], out[:n]
		for i, x := range in {
			out[i] = HashAdd(out[i], uint64(int64(x)))
		}
	}
}

// HashFloats is HashInts for REAL and DOUBLE.
func HashFloats[T float32 | float64](in []T, valid []byte, sel []int32, n int, out []uint64) {
	overRows(sel, n, func(i int) { out[i] = HashAdd(out[i], wordOr(valid, i, FloatWord(float64(in[i])))) })
}

// HashBools is HashInts for packed bits.
func HashBools(in, valid []byte, sel []int32, n int, out []uint64) {
	overRows(sel, n, func(i int) {
		out[i] = HashAdd(out[i], wordOr(valid, i, uint64(in[i>>3]>>(i&7)&1)))
	})
}

// HashPairs is HashInts for values of two words each: in[2i] is the low one.
func HashPairs(in []uint64, valid []byte, sel []int32, n int, out []uint64) {
	overRows(sel, n, func(i int) { out[i] = HashAdd(out[i], wordOr(valid, i, PairWord(in[2*i], in[2*i+1]))) })
}

// HashViews is HashInts for strings.
func HashViews(in []View, bufs [][]byte, valid []byte, sel []int32, n int, out []uint64) {
	if valid != nil {
		overRows(sel, n, func(i int) {
			w := uint64(HashNull)
			if valid[i>>3]&(1<<(i&7)) != 0 {
				w = StringWord(&in[i], bufs)
			}
			out[i] = HashAdd(out[i], w)
		})
		return
	}
	overRows(sel, n, func(i int) {
		v := &in[i]
		if v.IsInline() {
			out[i] = HashAdd(out[i], PairWord(v.Lo, v.Hi))
			return
		}
		out[i] = HashAdd(out[i], bytesWord(Bytes(v, bufs)))
	})
}

// HashWord folds one word into all rows: a constant column.
func HashWord(word uint64, sel []int32, n int, out []uint64) {
	overRows(sel, n, func(i int) { out[i] = HashAdd(out[i], word) })
}

// HashFill sets the hash of each row to h.
func HashFill(h uint64, sel []int32, n int, out []uint64) {
	overRows(sel, n, func(i int) { out[i] = h })
}

func wordOr(valid []byte, i int, w uint64) uint64 {
	if valid != nil && valid[i>>3]&(1<<(i&7)) == 0 {
		return HashNull
	}
	return w
}

// overRows calls f for the rows of sel. It is inlined, and f into it.
func overRows(sel []int32, n int, f func(i int)) {
	if sel != nil {
		for _, i := range sel {
			f(int(i))
		}
		return
	}
	for i := range n {
		f(i)
	}
}
