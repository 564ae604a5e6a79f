package parquet

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go/format"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// storage is how values of a type stand in a file.
type storage uint8

const (
	asInt32 storage = iota
	asInt64
	asFloat
	asDouble
	asFixed
	asBool
	asText
)

func stored(t *ir.Type) storage {
	switch t.Kind {
	case ir.Boolean:
		return asBool
	case ir.TinyInt, ir.SmallInt, ir.Integer, ir.Date:
		return asInt32
	case ir.Real:
		return asFloat
	case ir.Double:
		return asDouble
	case ir.Decimal:
		switch {
		case t.P <= 9:
			return asInt32
		case t.P > 18:
			return asFixed
		}
	case ir.Varchar, ir.Varbinary, ir.JSON:
		return asText
	}
	return asInt64
}

func physical(t *ir.Type) format.Type {
	return [...]format.Type{format.Int32, format.Int64, format.Float, format.Double, format.FixedLenByteArray, format.Boolean, format.ByteArray}[stored(t)]
}

// bounds is the least and the greatest value of a chunk; nil: there is none. NaN
// is not a value here.
type bounds struct {
	c      *chunk
	lo, hi []byte
}

func (b *bounds) add(lo, hi []byte) {
	if lo == nil {
		return
	}
	if b.lo == nil || b.c.compare(lo, b.lo) < 0 {
		b.lo = lo
	}
	if b.hi == nil || b.c.compare(hi, b.hi) > 0 {
		b.hi = hi
	}
}

// compare compares values as the file orders them.
func (c *chunk) compare(a, b []byte) int {
	le := binary.LittleEndian
	switch stored(c.typ) {
	case asInt32:
		return cmp.Compare(int32(le.Uint32(a)), int32(le.Uint32(b)))
	case asInt64:
		return cmp.Compare(int64(le.Uint64(a)), int64(le.Uint64(b)))
	case asFloat:
		return cmp.Compare(math.Float32frombits(le.Uint32(a)), math.Float32frombits(le.Uint32(b)))
	case asDouble:
		return cmp.Compare(math.Float64frombits(le.Uint64(a)), math.Float64frombits(le.Uint64(b)))
	case asFixed: // two's complement
		if n := cmp.Compare(int8(a[0]), int8(b[0])); n != 0 {
			return n
		}
	}
	return bytes.Compare(a, b)
}

// least returns the least and the greatest value between two page ends, as PLAIN
// values without a length; nil: there is none.
func (c *chunk) least(begin, end pageEnd) (lo, hi []byte) {
	from, to := begin.val, end.val
	if from == to {
		return nil, nil
	}
	switch stored(c.typ) {
	case asInt32:
		least, most := span(c.w4[from:to])
		return binary.LittleEndian.AppendUint32(nil, uint32(least)), binary.LittleEndian.AppendUint32(nil, uint32(most))
	case asInt64:
		least, most := span(c.w8[from:to])
		return binary.LittleEndian.AppendUint64(nil, uint64(least)), binary.LittleEndian.AppendUint64(nil, uint64(most))
	case asFloat:
		return floatSpan(len(c.w4[from:to]), func(i int) float64 { return float64(math.Float32frombits(uint32(c.w4[from+i]))) }, float32Bytes)
	case asDouble:
		return floatSpan(len(c.w8[from:to]), func(i int) float64 { return math.Float64frombits(uint64(c.w8[from+i])) }, float64Bytes)
	case asText:
		return c.text.span(begin, end)
	case asBool:
		b := bounds{c: c}
		for _, v := range [][]byte{{0}, {1}} {
			if bytes.Contains(c.bools[from:to], v) {
				b.add(v, v)
			}
		}
		return b.lo, b.hi
	}
	lo, hi = c.fixed[16*from:16*from+16], c.fixed[16*from:16*from+16]
	least, most := fixedDec(lo), fixedDec(hi)
	for i := from + 1; i < to; i++ {
		v := c.fixed[16*i : 16*i+16]
		d := fixedDec(v)
		if d.Cmp(least) < 0 {
			lo, least = v, d
		}
		if d.Cmp(most) > 0 {
			hi, most = v, d
		}
	}
	return bytes.Clone(lo), bytes.Clone(hi)
}

// fixedDec is a DECIMAL of 16 bytes.
func fixedDec(v []byte) kernels.Dec {
	return kernels.Dec{Hi: int64(binary.BigEndian.Uint64(v)), Lo: binary.BigEndian.Uint64(v[8:])}
}

func span[T int32 | int64](v []T) (lo, hi T) {
	lo, hi = v[0], v[0]
	for _, x := range v {
		lo, hi = min(lo, x), max(hi, x)
	}
	return lo, hi
}

func float32Bytes(f float64) []byte {
	return binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(f)))
}

func float64Bytes(f float64) []byte {
	return binary.LittleEndian.AppendUint64(nil, math.Float64bits(f))
}

// floatSpan has no bounds where there is a NaN: the format leaves it out of them, and some readers
// take it for the greatest value and would pass it over. A zero bound takes the sign that covers
// both zeros.
func floatSpan(n int, value func(int) float64, raw func(float64) []byte) (lo, hi []byte) {
	least, most := math.Inf(1), math.Inf(-1)
	for i := range n {
		f := value(i)
		if f != f {
			return nil, nil
		}
		least, most = min(least, f), max(most, f)
	}
	if least == 0 {
		least = math.Copysign(0, -1)
	}
	if most == 0 {
		most = 0
	}
	return raw(least), raw(most)
}

// span compares each entry that the page uses once, or each text where there are no codes.
func (t *textChunk) span(begin, end pageEnd) (lo, hi []byte) {
	if !end.dict {
		return plainSpan(t.plain[begin.plain:end.plain])
	}
	b := bounds{c: &chunk{typ: ir.TVarbinary}}
	seen := make([]byte, (len(t.dict.keys)+7)/8)
	for _, code := range t.codes[begin.val:end.val] {
		if !vexec.Bit(seen, int(code)) {
			vexec.SetBit(seen, int(code))
			b.add(t.dict.entry(code), t.dict.entry(code))
		}
	}
	return append([]byte{}, b.lo...), append([]byte{}, b.hi...)
}

// plainSpan is the least and the greatest of the texts of a PLAIN page. Most are told apart from
// both by their first eight bytes.
func plainSpan(rest []byte) (lo, hi []byte) {
	least, most := ^uint64(0), uint64(0)
	for len(rest) > 0 {
		n := 4 + binary.LittleEndian.Uint32(rest)
		s := rest[4:n:n]
		rest = rest[n:]
		w := firstWord(s)
		if w <= least && (lo == nil || bytes.Compare(s, lo) < 0) {
			lo, least = s, w
		}
		if w >= most && (hi == nil || bytes.Compare(s, hi) > 0) {
			hi, most = s, w
		}
	}
	return bytes.Clone(lo), bytes.Clone(hi)
}

// firstWord is the first eight bytes of a text, the first one highest; zeros stand for those that
// it does not have.
func firstWord(s []byte) uint64 {
	if len(s) >= 8 {
		return binary.BigEndian.Uint64(s)
	}
	w := uint64(0)
	for i, c := range s {
		w |= uint64(c) << (56 - 8*i)
	}
	return w
}

// maxBound is the longest text, in bytes, that statistics hold.
const maxBound = 64

// atMost returns a bound of at most maxBound bytes that is not above lo.
func atMost(t *ir.Type, lo []byte) []byte {
	if stored(t) != asText || len(lo) <= maxBound {
		return lo
	}
	n := maxBound
	for n > 0 && !utf8.RuneStart(lo[n]) {
		n--
	}
	return lo[:n]
}

// atLeast returns a bound that is not below hi: of at most maxBound bytes where an
// ASCII character among them can be raised, so that text stays UTF-8, else hi.
func atLeast(t *ir.Type, hi []byte) []byte {
	if stored(t) != asText || len(hi) <= maxBound {
		return hi
	}
	for n := maxBound; n > 0; n-- {
		if hi[n-1] < 0x7F {
			out := bytes.Clone(hi[:n])
			out[n-1]++
			return out
		}
	}
	return hi
}
