package agg

import (
	"math"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// gather turns columns in any encoding into dense slices over the selected rows,
// so that each aggregate has one loop. A Flat column without selection is read in
// place. Slot i of a kind of slice is valid until slot i is asked for again.
type gather struct {
	rows   rowScratch
	ids    []uint32
	ints   [2][]int64
	floats [2][]float64
	decs   [2][]ir.Dec
	views  []vexec.View
	arrivals
}

// values narrows a selection to the rows where v is not NULL.
func (g *gather) values(v *vexec.Vec, sel []int32, n int) []int32 {
	if !v.MayBeNull() {
		return sel
	}
	some, nulls := g.rows.split(v, g.rows.rows(sel, n))
	if len(nulls) == 0 {
		return sel
	}
	return some
}

// groups lists the groups of the selected rows.
func (g *gather) groups(ids []uint32, sel []int32, n int) []uint32 {
	if sel == nil {
		return ids[:n]
	}
	g.ids = grown(g.ids, len(sel))
	for j, r := range sel {
		g.ids[j] = ids[r]
	}
	return g.ids
}

// pick reads the selected rows of a vector of fixed width whose data are in. NULL
// rows give any value, but rows of a dictionary whose code means nothing.
func pick[T any](buf *[]T, in func(v *vexec.Vec) []T, v *vexec.Vec, sel []int32, n int) []T {
	if v.Enc == vexec.Flat && sel == nil {
		return in(v)[:n]
	}
	if sel != nil {
		n = len(sel)
	}
	*buf = grown(*buf, n)
	out := *buf
	switch {
	case v.Enc == vexec.Const:
		x := in(v)[0]
		for j := range out {
			out[j] = x
		}
	case v.Enc == vexec.Dict:
		vals, codes := in(v.Dict), v.Codes()
		for j := range out {
			r := rowAt(sel, j)
			if v.Null(r) {
				var zero T
				out[j] = zero
				continue
			}
			out[j] = vals[codes[r]]
		}
	default:
		vals := in(v)
		for j, r := range sel {
			out[j] = vals[r]
		}
	}
	return out
}

func rowAt(sel []int32, j int) int {
	if sel != nil {
		return int(sel[j])
	}
	return j
}

func (g *gather) int64s(slot int, v *vexec.Vec, sel []int32, n int) []int64 {
	return pick(&g.ints[slot], (*vexec.Vec).Int64s, v, sel, n)
}

func (g *gather) float64s(slot int, v *vexec.Vec, sel []int32, n int) []float64 {
	if v.Type.Kind == ir.Real {
		return widen(&g.floats[slot], v, sel, n)
	}
	return pick(&g.floats[slot], (*vexec.Vec).Float64s, v, sel, n)
}

func widen(buf *[]float64, v *vexec.Vec, sel []int32, n int) []float64 {
	if sel != nil {
		n = len(sel)
	}
	*buf = grown(*buf, n)
	for j := range *buf {
		if r := rowAt(sel, j); v.Null(r) {
			(*buf)[j] = 0
		} else {
			f, i := v.At(r)
			(*buf)[j] = float64(f.Float32s()[i])
		}
	}
	return *buf
}

func (g *gather) decimals(slot int, v *vexec.Vec, sel []int32, n int) []ir.Dec {
	return pick(&g.decs[slot], (*vexec.Vec).Decs, v, sel, n)
}

// strings returns the views, and the buffers that they point into.
func (g *gather) strings(v *vexec.Vec, sel []int32, n int) ([]vexec.View, [][]byte) {
	bufs := v.Bufs
	if v.Enc == vexec.Dict {
		bufs = v.Dict.Bufs
	}
	return pick(&g.views, (*vexec.Vec).Views, v, sel, n), bufs
}

// ordered returns int64s that have the order of the column's values: integers are
// themselves, floats see orderFloat.
func (g *gather) ordered(v *vexec.Vec, sel []int32, n int) []int64 {
	if k := v.Type.Kind; v.Enc == vexec.Flat && k.Width() == 8 && !k.IsFloat() {
		return g.int64s(0, v, sel, n)
	}
	if sel != nil {
		n = len(sel)
	}
	g.ints[0] = grown(g.ints[0], n)
	out := g.ints[0]
	for j := range out {
		r := rowAt(sel, j)
		if v.Null(r) {
			out[j] = 0
			continue
		}
		f, i := v.At(r)
		switch f.Type.Kind {
		case ir.Real:
			out[j] = orderFloat(float64(f.Float32s()[i]))
		case ir.Double:
			out[j] = orderFloat(f.Float64s()[i])
		default:
			out[j] = int64(keyWord(f, i))
		}
	}
	return out
}

// orderFloat maps floats to integers of the same order, with -0.0 below 0.0 and
// all NaNs one and the greatest: so MIN and MAX are the same in any order of rows.
func orderFloat(f float64) int64 {
	if f != f {
		return math.MaxInt64
	}
	b := int64(math.Float64bits(f))
	return b ^ int64(uint64(b>>63)>>1)
}

// unorderFloat is the float that orderFloat maps to o.
func unorderFloat(o int64) float64 {
	if o == math.MaxInt64 {
		return math.NaN()
	}
	return math.Float64frombits(uint64(o ^ int64(uint64(o>>63)>>1)))
}

// putOrdered writes what ordered read as o.
func putOrdered(v *vexec.Vec, i int, o int64) {
	switch v.Type.Kind {
	case ir.Real:
		v.Float32s()[i] = float32(unorderFloat(o))
	case ir.Double:
		v.Float64s()[i] = unorderFloat(o)
	default:
		putWord(v, i, uint64(o))
	}
}

// compareViews orders strings by their bytes.
func compareViews(a, b *vexec.View, abufs, bbufs [][]byte) int {
	x, y := string(kernels.Bytes(a, abufs)), string(kernels.Bytes(b, bbufs))
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}
