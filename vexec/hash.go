package vexec

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
)

// HashVersion numbers the hash function. Checkpoints carry it, since the hash
// decides which task owns a row's state; one with another version is refused.
const HashVersion = 1

// HashRows writes the hash of the columns cols of each live row to out, which is
// by physical row and has at least b.Rows entries; entries of other rows are left
// alone. The seed is fixed. Equal values of one type hash equally whatever their
// encoding: NULL like NULL, 0.0 like -0.0, NaN like NaN.
func HashRows(b *Batch, cols []int, out []uint64) {
	kernels.HashFill(kernels.HashSeed, b.Sel, b.Rows, out)
	for _, c := range cols {
		hashColumn(&b.Cols[c], b.Sel, b.Rows, out)
	}
}

// KeyGroup returns the key group, in [0, KeyGroups), of a hash from HashRows. The
// hash is mixed once more, so that the rows of one task still spread over all of
// a hash table.
func KeyGroup(hash uint64) int { return int(hash * 0xD1342543DE82EF95 >> 56) }

// smallDict is the most dictionary entries that are hashed once instead of per row.
const smallDict = 256

func hashColumn(v *Vec, sel []int32, n int, out []uint64) {
	switch {
	case v.Enc == Const:
		kernels.HashWord(v.hashWord(0), sel, n, out)
	case v.Enc == Dict:
		hashDict(v, sel, n, out)
	case v.Type.Kind == ir.Null:
		kernels.HashWord(kernels.HashNull, sel, n, out)
	default:
		hashFlat(v, sel, n, out)
	}
}

func hashFlat(v *Vec, sel []int32, n int, out []uint64) {
	switch v.Type.Kind {
	case ir.Boolean:
		kernels.HashBools(v.Data, v.Valid, sel, n, out)
	case ir.TinyInt:
		kernels.HashInts(v.Int8s(), v.Valid, sel, n, out)
	case ir.SmallInt:
		kernels.HashInts(v.Int16s(), v.Valid, sel, n, out)
	case ir.Integer, ir.Date, ir.IntervalMonth:
		kernels.HashInts(v.Int32s(), v.Valid, sel, n, out)
	case ir.BigInt, ir.Time, ir.Timestamp, ir.TimestampLTZ, ir.Interval:
		kernels.HashInts(v.Int64s(), v.Valid, sel, n, out)
	case ir.Real:
		kernels.HashFloats(v.Float32s(), v.Valid, sel, n, out)
	case ir.Double:
		kernels.HashFloats(v.Float64s(), v.Valid, sel, n, out)
	case ir.Decimal:
		kernels.HashPairs(as[uint64](v.Data), v.Valid, sel, n, out)
	case ir.Varchar, ir.Varbinary, ir.JSON:
		kernels.HashViews(v.Views(), v.Bufs, v.Valid, sel, n, out)
	default:
		hashEach(v, sel, n, out)
	}
}

func hashDict(v *Vec, sel []int32, n int, out []uint64) {
	entries := dictEntries(v.Dict)
	if entries > smallDict || entries > n {
		hashEach(v, sel, n, out)
		return
	}
	var words [smallDict]uint64
	for i := range entries {
		words[i] = v.Dict.hashWord(i)
	}
	codes := v.Codes()
	for j := range liveRows(sel, n) {
		i := liveRow(sel, j)
		w := uint64(kernels.HashNull)
		if v.Valid == nil || Bit(v.Valid, i) {
			w = words[codes[i]]
		}
		out[i] = kernels.HashAdd(out[i], w)
	}
}

func hashEach(v *Vec, sel []int32, n int, out []uint64) {
	for j := range liveRows(sel, n) {
		i := liveRow(sel, j)
		out[i] = kernels.HashAdd(out[i], v.hashWord(i))
	}
}

func liveRows(sel []int32, n int) int {
	if sel != nil {
		return len(sel)
	}
	return n
}

func liveRow(sel []int32, j int) int {
	if sel != nil {
		return int(sel[j])
	}
	return j
}

// dictEntries is the number of entries of a dictionary of a type with fixed
// width; dictionaries of other types are hashed row by row.
func dictEntries(d *Vec) int {
	if w := d.Type.Kind.Width(); w > 0 {
		return len(d.Data) / w
	}
	return smallDict + 1
}

// hashWord is the word of row i (kernels.HashAdd), whatever the encoding.
func (v *Vec) hashWord(i int) uint64 {
	if v.Null(i) {
		return kernels.HashNull
	}
	f, j := v.At(i)
	switch f.Type.Kind {
	case ir.Boolean:
		return uint64(f.Data[j>>3] >> (j & 7) & 1)
	case ir.TinyInt:
		return uint64(int64(f.Int8s()[j]))
	case ir.SmallInt:
		return uint64(int64(f.Int16s()[j]))
	case ir.Integer, ir.Date, ir.IntervalMonth:
		return uint64(int64(f.Int32s()[j]))
	case ir.BigInt, ir.Time, ir.Timestamp, ir.TimestampLTZ, ir.Interval:
		return uint64(f.Int64s()[j])
	case ir.Real:
		return kernels.FloatWord(float64(f.Float32s()[j]))
	case ir.Double:
		return kernels.FloatWord(f.Float64s()[j])
	case ir.Decimal:
		d := f.Decs()[j]
		return kernels.PairWord(d.Lo, uint64(d.Hi))
	case ir.Varchar, ir.Varbinary, ir.JSON:
		return kernels.StringWord(&f.Views()[j], f.Bufs)
	}
	return f.nestedWord(j)
}

// nestedWord is the word of a nested value. The entries of a MAP are added up:
// their order does not matter.
func (v *Vec) nestedWord(i int) uint64 {
	h := uint64(kernels.HashSeed)
	switch v.Type.Kind {
	case ir.Row:
		for k := range v.Kids {
			h = kernels.HashAdd(h, v.Kids[k].hashWord(i))
		}
	case ir.Array:
		for j := v.Offs[i]; j < v.Offs[i+1]; j++ {
			h = kernels.HashAdd(h, v.Kids[0].hashWord(int(j)))
		}
	case ir.Map:
		for j := int(v.Offs[i]); j < int(v.Offs[i+1]); j++ {
			h += kernels.HashAdd(kernels.HashInt(v.Kids[0].hashWord(j)), v.Kids[1].hashWord(j))
		}
	}
	return h
}
