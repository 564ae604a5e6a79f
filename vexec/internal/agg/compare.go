package agg

import (
	"bytes"
	"cmp"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Compare orders row i of a and row j of b, vectors of one type: false before true,
// NaN equal to itself and above all numbers, text by bytes, NULL above all values, lists
// and ROWs by their first different part. The order of MAPs is any that is one.
func Compare(a *vexec.Vec, i int, b *vexec.Vec, j int) int {
	switch an, bn := a.Null(i), b.Null(j); {
	case an && bn:
		return 0
	case an:
		return 1
	case bn:
		return -1
	}
	a, i = a.At(i)
	b, j = b.At(j)
	switch k := a.Type.Kind; {
	case k.IsText():
		return bytes.Compare(a.Bytes(i), b.Bytes(j))
	case k == ir.Decimal:
		x, y := a.Decs()[i], b.Decs()[j]
		if x.Hi != y.Hi {
			return cmp.Compare(x.Hi, y.Hi)
		}
		return cmp.Compare(x.Lo, y.Lo)
	case k == ir.Double:
		return compareFloats(a.Float64s()[i], b.Float64s()[j])
	case k == ir.Real:
		return compareFloats(float64(a.Float32s()[i]), float64(b.Float32s()[j]))
	case oneWord(k):
		return cmp.Compare(int64(keyWord(a, i)), int64(keyWord(b, j)))
	case k == ir.Row:
		for f := range a.Kids {
			if c := Compare(&a.Kids[f], i, &b.Kids[f], j); c != 0 {
				return c
			}
		}
		return 0
	}
	return compareLists(a, i, b, j)
}

// compareFloats takes 0.0 and -0.0 for equal.
func compareFloats(x, y float64) int {
	switch {
	case x == y || x != x && y != y:
		return 0
	case x < y || y != y:
		return -1
	}
	return 1
}

// compareLists orders ARRAYs and MAPs.
func compareLists(a *vexec.Vec, i int, b *vexec.Vec, j int) int {
	if a.Type.Kind != ir.Array && a.Type.Kind != ir.Map {
		return 0 // the type of a bare NULL has no values
	}
	n, m := a.Offs[i+1]-a.Offs[i], b.Offs[j+1]-b.Offs[j]
	for e := range min(n, m) {
		for k := range a.Kids {
			if c := Compare(&a.Kids[k], int(a.Offs[i]+e), &b.Kids[k], int(b.Offs[j]+e)); c != 0 {
				return c
			}
		}
	}
	return cmp.Compare(n, m)
}
