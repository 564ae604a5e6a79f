package jointable

import (
	"bytes"
	"cmp"
	"math"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// fewKeys are listed one by one in the terms of a filter.
const fewKeys = 32

// Filter makes what tells which rows of a scan, whose columns are in, have a key of the table;
// nil: it is not worth its memory, or there is none left. The table holds the memory.
func (t *Table) Filter(load *ir.Load, by *ir.ScanFilter, in *ir.Schema) *vexec.KeyFilter {
	if t.Keys() > vexec.MaxFilterKeys {
		return nil
	}
	f := vexec.NewKeyFilter(t.Keys(), by.Cols)
	if t.held[0].Grow(f.Bytes()) != nil {
		return nil
	}
	var hashes []uint64
	for _, c := range t.Chunks {
		hashes = f.Add(c, load.Keys, hashes)
	}
	for i, k := range load.Keys {
		f.Terms = append(f.Terms, t.terms(k, by.Cols[i], in.Cols[by.Cols[i]].Type)...)
	}
	return f
}

// terms are what the values of column k fulfil, as conditions on the column col of a scan.
func (t *Table) terms(k, col int, typ *ir.Type) []ir.ScanTerm {
	if (typ.Kind.Width() == 0 || typ.Kind == ir.JSON) && typ.Kind != ir.Boolean {
		return nil
	}
	if t.Keys() <= fewKeys {
		in := ir.ScanTerm{Col: col, Op: ir.TermIn, T: typ}
		for g := range t.Keys() {
			ref := t.First(uint32(g))
			v := &t.Chunks[ref>>vexec.ChunkBits].Cols[k]
			in.Values = append(in.Values, v.Value(int(ref&(vexec.ChunkRows-1))))
		}
		return []ir.ScanTerm{in}
	}
	lo, hi := t.bounds(k, typ)
	out := []ir.ScanTerm{{Col: col, Op: ir.TermGreaterEqual, T: typ, Values: []ir.Value{lo}}, {Col: col, Op: ir.TermLessEqual, T: typ, Values: []ir.Value{hi}}}
	switch {
	case isNaN(lo): // all are
		return nil
	case isNaN(hi):
		return out[:1]
	}
	return out
}

func isNaN(v ir.Value) bool {
	f, ok := v.(float64)
	return ok && math.IsNaN(f)
}

// bounds are the least and the greatest value of column k, of which none is NULL. NaN is the
// greatest.
func (t *Table) bounds(k int, typ *ir.Type) (lo, hi ir.Value) {
	var least, most place
	for _, c := range t.Chunks {
		v := &c.Cols[k]
		a, b := extremes(v, c.Rows)
		if least.v == nil || compare(v, a, least.v, least.row) < 0 {
			least = place{v, a}
		}
		if most.v == nil || compare(v, b, most.v, most.row) > 0 {
			most = place{v, b}
		}
	}
	return least.v.Value(least.row), most.v.Value(most.row)
}

// place is a row of a column.
type place struct {
	v   *vexec.Vec
	row int
}

// extremes are the rows of the least and of the greatest of the first n values, n > 0.
func extremes(v *vexec.Vec, n int) (least, most int) {
	if v.Type.Kind.Width() == 8 && !v.Type.Kind.IsFloat() {
		values := v.Int64s()[:n]
		for i, x := range values {
			if x < values[least] {
				least = i
			}
			if x > values[most] {
				most = i
			}
		}
		return least, most
	}
	for i := 1; i < n; i++ {
		if compare(v, i, v, least) < 0 {
			least = i
		}
		if compare(v, i, v, most) > 0 {
			most = i
		}
	}
	return least, most
}

// compare orders two values of Flat columns of one type.
func compare(a *vexec.Vec, i int, b *vexec.Vec, j int) int {
	switch k := a.Type.Kind; {
	case k.IsText():
		return bytes.Compare(a.Bytes(i), b.Bytes(j))
	case k == ir.Double:
		return compareFloats(a.Float64s()[i], b.Float64s()[j])
	case k == ir.Real:
		return compareFloats(float64(a.Float32s()[i]), float64(b.Float32s()[j]))
	case k == ir.Decimal:
		x, y := a.Decs()[i], b.Decs()[j]
		return cmp.Or(cmp.Compare(x.Hi, y.Hi), cmp.Compare(x.Lo, y.Lo))
	case k == ir.Boolean:
		return cmp.Compare(bit(a.Bool(i)), bit(b.Bool(j)))
	}
	return cmp.Compare(a.Whole(i), b.Whole(j))
}

func compareFloats(x, y float64) int {
	if math.IsNaN(x) || math.IsNaN(y) {
		return cmp.Compare(bit(math.IsNaN(x)), bit(math.IsNaN(y)))
	}
	return cmp.Compare(x, y)
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
