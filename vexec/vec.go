package vexec

import (
	"unsafe"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
)

// View is a string of a Vec; see kernels.View.
type View = kernels.View

// Enc is how a Vec stores its rows.
type Enc uint8

// The encodings.
const (
	Flat  Enc = iota // Data[i] is row i
	Const            // row 0 stands for every row; Valid, if set, has one bit
	Dict             // Data holds an int32 code a row into Dict, which is Flat; Valid is over rows
)

// Vec is one column in Arrow's physical layout as plain slices. It owns nothing
// and is valid as long as the Batch it stands in. Whoever fills a Vec sets all of
// the fields that its Type and Enc use.
type Vec struct {
	Type  *ir.Type
	Enc   Enc
	Valid []byte   // bit i set = row i is not NULL, least significant bit first; nil = no NULL
	Data  []byte   // fixed-width values, packed bools, string views, dictionary codes; 8-byte aligned
	Bufs  [][]byte // bytes that string views point into
	Offs  []int32  // ARRAY, MAP: rows+1 offsets into the kids
	Kids  []Vec    // ROW: one a field; ARRAY: elements; MAP: keys, values
	Dict  *Vec     // Dict: the values
}

// NewVec returns a Flat vector of n zero values without NULLs.
func NewVec(t *ir.Type, n int) Vec {
	v := Vec{Type: t}
	v.Reset(t, n)
	return v
}

// Reset makes v a Flat vector of n rows without NULLs and without buffers, keeping
// its memory. The values are unspecified; bits of BOOLEAN are zero.
func (v *Vec) Reset(t *ir.Type, n int) {
	v.Type, v.Enc, v.Valid, v.Dict, v.Bufs = t, Flat, nil, nil, v.Bufs[:0]
	switch t.Kind {
	case ir.Boolean:
		v.Data = GrowBytes(v.Data, (n+7)/8)
		clear(v.Data)
	case ir.Row:
		v.Kids = growKids(v.Kids, len(t.Fields))
		for i := range v.Kids {
			v.Kids[i].Reset(t.Fields[i].Type, n)
		}
	case ir.Array, ir.Map:
		v.Offs = growOffs(v.Offs, n+1)
	default:
		v.Data = GrowBytes(v.Data, n*t.Kind.Width())
	}
}

func growKids(k []Vec, n int) []Vec {
	if cap(k) >= n {
		return k[:n]
	}
	return append(k[:cap(k)], make([]Vec, n-cap(k))...)
}

func growOffs(o []int32, n int) []int32 {
	if cap(o) >= n {
		o = o[:n]
		clear(o)
		return o
	}
	return make([]int32, n)
}

// GrowBytes returns a slice of n bytes, 8-byte aligned, reusing b's memory where
// it is large enough. The content is unspecified.
func GrowBytes(b []byte, n int) []byte {
	if cap(b) >= n {
		return b[:n]
	}
	return AlignedBytes(max(n, 2*cap(b)))[:n]
}

// AlignedBytes returns n zero bytes that start at a multiple of eight.
func AlignedBytes(n int) []byte {
	if n == 0 {
		return nil
	}
	words := make([]uint64, (n+7)/8)
	return unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), len(words)*8)[:n]
}

// IsAligned reports whether b starts at a multiple of eight, as Vec.Data must.
func IsAligned(b []byte) bool { return uintptr(unsafe.Pointer(unsafe.SliceData(b)))%8 == 0 }

func as[T any](b []byte) []T {
	if len(b) == 0 {
		return nil
	}
	var t T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(t)))
}

// The typed forms of Data, for vectors whose kind is stored so (ir.Kind).
func (v *Vec) Int8s() []int8       { return as[int8](v.Data) }
func (v *Vec) Int16s() []int16     { return as[int16](v.Data) }
func (v *Vec) Int32s() []int32     { return as[int32](v.Data) }
func (v *Vec) Int64s() []int64     { return as[int64](v.Data) }
func (v *Vec) Float32s() []float32 { return as[float32](v.Data) }
func (v *Vec) Float64s() []float64 { return as[float64](v.Data) }
func (v *Vec) Decs() []ir.Dec      { return as[ir.Dec](v.Data) }
func (v *Vec) Views() []View       { return as[View](v.Data) }

// Codes is the dictionary codes of a Dict vector.
func (v *Vec) Codes() []int32 { return as[int32](v.Data) }

// Null reports whether row i is NULL, whatever the encoding.
func (v *Vec) Null(i int) bool {
	switch v.Enc {
	case Const:
		i = 0
	case Dict:
		if v.Valid != nil && !Bit(v.Valid, i) {
			return true
		}
		return v.Dict.Null(int(v.Codes()[i]))
	}
	return v.Type.Kind == ir.Null || v.Valid != nil && !Bit(v.Valid, i)
}

// MayBeNull reports whether v can have NULLs: it has a bitmap, its own or its dictionary's.
func (v *Vec) MayBeNull() bool {
	return v.Valid != nil || v.Enc == Dict && v.Dict.Valid != nil || v.Type.Kind == ir.Null
}

// At returns the position of row i in the vector that holds the values, and that vector.
func (v *Vec) At(i int) (*Vec, int) {
	switch v.Enc {
	case Const:
		return v, 0
	case Dict:
		return v.Dict, int(v.Codes()[i])
	}
	return v, i
}

// Whole is value i of a Flat column whose type is a whole number inside: an integer, a date, a time.
func (v *Vec) Whole(i int) int64 {
	switch v.Type.Kind.Width() {
	case 1:
		return int64(v.Int8s()[i])
	case 2:
		return int64(v.Int16s()[i])
	case 4:
		return int64(v.Int32s()[i])
	}
	return v.Int64s()[i]
}

// Bytes returns the text of row i of a string column, valid as long as v.
func (v *Vec) Bytes(i int) []byte {
	f, j := v.At(i)
	return kernels.Bytes(&f.Views()[j], f.Bufs)
}

// Bool returns row i of a BOOLEAN column.
func (v *Vec) Bool(i int) bool {
	f, j := v.At(i)
	return Bit(f.Data, j)
}

// Bit reports whether bit i of a bitmap is set.
func Bit(b []byte, i int) bool { return b[i>>3]&(1<<(i&7)) != 0 }

// SetBit sets bit i.
func SetBit(b []byte, i int) { b[i>>3] |= 1 << (i & 7) }

// ClearBit clears bit i.
func ClearBit(b []byte, i int) { b[i>>3] &^= 1 << (i & 7) }

// SetNull marks row i of a Flat vector of n rows as NULL, making the bitmap if there is none.
func (v *Vec) SetNull(i, n int) {
	if v.Valid == nil {
		v.Valid = make([]byte, (n+7)/8)
		for j := range v.Valid {
			v.Valid[j] = 0xFF
		}
	}
	ClearBit(v.Valid, i)
}

// SetBytes makes s the text of row i of a Flat string column, whose last buffer
// must not be shared. Rows are set at most once.
func (v *Vec) SetBytes(i int, s []byte) {
	if len(s) <= kernels.InlineLen {
		v.Views()[i] = kernels.InlineView(s)
		return
	}
	if len(v.Bufs) == 0 {
		v.Bufs = append(v.Bufs, nil)
	}
	last := len(v.Bufs) - 1
	v.Views()[i] = kernels.MakeView(s, int32(last), int32(len(v.Bufs[last])))
	v.Bufs[last] = append(v.Bufs[last], s...)
}

// Value returns row i as an ir.Value that shares no memory with v: for printing,
// tests and the row API, not for hot paths.
func (v *Vec) Value(i int) ir.Value {
	if v.Null(i) {
		return nil
	}
	f, j := v.At(i)
	switch f.Type.Kind {
	case ir.Boolean:
		return Bit(f.Data, j)
	case ir.TinyInt:
		return int64(f.Int8s()[j])
	case ir.SmallInt:
		return int64(f.Int16s()[j])
	case ir.Integer, ir.Date, ir.IntervalMonth:
		return int64(f.Int32s()[j])
	case ir.BigInt, ir.Time, ir.Timestamp, ir.TimestampLTZ, ir.Interval:
		return f.Int64s()[j]
	case ir.Real:
		return float64(f.Float32s()[j])
	case ir.Double:
		return f.Float64s()[j]
	case ir.Decimal:
		return f.Decs()[j]
	case ir.Varchar, ir.JSON:
		return string(f.Bytes(j))
	case ir.Varbinary:
		return append([]byte{}, f.Bytes(j)...)
	}
	return f.nestedValue(j)
}

func (v *Vec) nestedValue(i int) ir.Value {
	switch v.Type.Kind {
	case ir.Row:
		out := make([]ir.Value, len(v.Kids))
		for k := range v.Kids {
			out[k] = v.Kids[k].Value(i)
		}
		return out
	case ir.Array:
		out := []ir.Value{}
		for j := v.Offs[i]; j < v.Offs[i+1]; j++ {
			out = append(out, v.Kids[0].Value(int(j)))
		}
		return out
	case ir.Map:
		out := []ir.MapEntry{}
		for j := int(v.Offs[i]); j < int(v.Offs[i+1]); j++ {
			out = append(out, ir.MapEntry{Key: v.Kids[0].Value(j), Val: v.Kids[1].Value(j)})
		}
		return out
	}
	return nil
}
