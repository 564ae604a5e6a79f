package ops

import (
	"encoding/binary"
	"math"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
)

// rankOrder compares rows by their keys, and then by their values where the order of
// arrival is not theirs.
type rankOrder struct {
	keys   []ir.SortKey
	values []int // columns that order what is equal in keys
	prefix []uint64
}

func newRankOrder(in *ir.Schema, keys []ir.SortKey, arrival bool) rankOrder {
	o := rankOrder{keys: keys}
	if !arrival {
		for c, col := range in.Cols {
			if col.Type.Ordered() {
				o.values = append(o.values, c)
			}
		}
	}
	return o
}

// compare orders row i of a and row j of b by the keys.
func (o *rankOrder) compare(a []vexec.Vec, i int, b []vexec.Vec, j int) int {
	for _, k := range o.keys {
		x, y := &a[k.Col], &b[k.Col]
		xn, yn := x.Null(i), y.Null(j)
		switch {
		case xn && yn:
			continue
		case xn || yn:
			if xn == k.NullsFirst {
				return -1
			}
			return 1
		}
		if c := agg.Compare(x, i, y, j); c != 0 {
			if k.Desc {
				return -c
			}
			return c
		}
	}
	return 0
}

// compareAll is compare, and by the values of equal rows.
func (o *rankOrder) compareAll(a []vexec.Vec, i int, b []vexec.Vec, j int) int {
	c := o.compare(a, i, b, j)
	for n := 0; c == 0 && n < len(o.values); n++ {
		v := o.values[n]
		c = agg.Compare(&a[v], i, &b[v], j)
	}
	return c
}

// prefixes sets a number for each live row of b: where those of two rows differ they are in
// the order of their first key, and where they are equal nothing is known.
func (o *rankOrder) prefixes(b *vexec.Batch) []uint64 {
	if len(o.prefix) < b.Rows {
		o.prefix = make([]uint64, max(b.Rows, mergeRows))
	}
	if len(o.keys) == 0 {
		return o.prefix // all are equal
	}
	k := o.keys[0]
	v := &b.Cols[k.Col]
	for i := range b.Live() {
		r := b.Row(i)
		if v.Null(r) {
			o.prefix[r] = math.MaxUint64
			if k.NullsFirst {
				o.prefix[r] = 0
			}
			continue
		}
		n := firstBits(v, r)
		if k.Desc {
			n = ^n
		}
		if n >>= 1; k.NullsFirst {
			n |= 1 << 63
		}
		o.prefix[r] = n
	}
	return o.prefix
}

// firstBits is the beginning of a value, which orders as the value does.
func firstBits(v *vexec.Vec, i int) uint64 {
	v, i = v.At(i)
	const sign = 1 << 63
	switch k := v.Type.Kind; k {
	case ir.Boolean:
		if vexec.Bit(v.Data, i) {
			return 1 << 63
		}
		return 0
	case ir.Real:
		return floatBits(float64(v.Float32s()[i]))
	case ir.Double:
		return floatBits(v.Float64s()[i])
	case ir.Decimal:
		d := v.Decs()[i]
		switch {
		case d.Hi == int64(d.Lo)>>63:
			return d.Lo ^ sign
		case d.Hi < 0:
			return 0
		}
		return math.MaxUint64
	default:
		if k.IsText() {
			var first [8]byte
			copy(first[:], v.Bytes(i))
			return binary.BigEndian.Uint64(first[:])
		}
		switch k.Width() {
		case 1:
			return uint64(v.Int8s()[i]) ^ sign
		case 2:
			return uint64(v.Int16s()[i]) ^ sign
		case 4:
			return uint64(v.Int32s()[i]) ^ sign
		case 8:
			return uint64(v.Int64s()[i]) ^ sign
		}
	}
	return 0
}

// floatBits orders NaN above all numbers, and takes -0 for 0.
func floatBits(f float64) uint64 {
	switch {
	case math.IsNaN(f):
		return math.MaxUint64
	case f == 0:
		f = 0
	}
	n := math.Float64bits(f + 0)
	if n>>63 != 0 {
		return ^n
	}
	return n | 1<<63
}
