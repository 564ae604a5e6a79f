package vexec

import (
	"cmp"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
)

// CompareAt orders row i of a and row j of b, which have one type and are not NULL: -1,
// 0 or 1. False comes before true; 0.0 is -0.0; NaN is equal to itself and above all other
// numbers; text is compared byte by byte. The type is one that has an order
// (ir.Type.Ordered): lists have none.
func CompareAt(a *Vec, i int, b *Vec, j int) int {
	a, i = a.At(i)
	b, j = b.At(j)
	switch k := a.Type.Kind; {
	case k.IsText():
		return kernels.CompareViews(&a.Views()[i], &b.Views()[j], a.Bufs, b.Bufs)
	case k == ir.Boolean:
		return cmp.Compare(boolByte(a, i), boolByte(b, j))
	case k == ir.Decimal:
		return kernels.Dec(a.Decs()[i]).Cmp(kernels.Dec(b.Decs()[j]))
	case k == ir.Double:
		return compareFloats(a.Float64s()[i], b.Float64s()[j])
	case k == ir.Real:
		return compareFloats(float64(a.Float32s()[i]), float64(b.Float32s()[j]))
	}
	switch a.Type.Kind.Width() {
	case 1:
		return cmp.Compare(a.Int8s()[i], b.Int8s()[j])
	case 2:
		return cmp.Compare(a.Int16s()[i], b.Int16s()[j])
	case 4:
		return cmp.Compare(a.Int32s()[i], b.Int32s()[j])
	}
	return cmp.Compare(a.Int64s()[i], b.Int64s()[j])
}

func boolByte(v *Vec, i int) byte {
	if Bit(v.Data, i) {
		return 1
	}
	return 0
}

// compareFloats is cmp.Compare with NaN above all numbers instead of below.
func compareFloats(x, y float64) int {
	if x != x || y != y {
		return cmp.Compare(boolOf(x != x), boolOf(y != y))
	}
	return cmp.Compare(x, y)
}

func boolOf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// CompareRows orders row i of a and row j of b, batches of one schema, by keys: -1, 0 or 1.
func CompareRows(keys []ir.SortKey, a *Batch, i int, b *Batch, j int) int {
	for k := range keys {
		if c := CompareKey(&keys[k], &a.Cols[keys[k].Col], i, &b.Cols[keys[k].Col], j); c != 0 {
			return c
		}
	}
	return 0
}

// CompareKey orders row i of a and row j of b as a key says, NULLs included: -1, 0 or 1.
func CompareKey(k *ir.SortKey, a *Vec, i int, b *Vec, j int) int {
	x, y := a.Null(i), b.Null(j)
	switch {
	case x && y:
		return 0
	case x != y:
		if x == k.NullsFirst {
			return -1
		}
		return 1
	}
	c := CompareAt(a, i, b, j)
	if k.Desc {
		return -c
	}
	return c
}
