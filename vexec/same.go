package vexec

import (
	"bytes"

	"github.com/helios-stream/helios/ir"
)

// SameAt reports whether row i of a and row j of b, which have one type, hold the same
// value, as GROUP BY takes it but for floats, which are compared bit by bit: 0.0 is not
// -0.0. NULL is the same as NULL.
func SameAt(a *Vec, i int, b *Vec, j int) bool {
	if x, y := a.Null(i), b.Null(j); x || y {
		return x && y
	}
	a, i = a.At(i)
	b, j = b.At(j)
	switch k := a.Type.Kind; {
	case k == ir.Boolean:
		return Bit(a.Data, i) == Bit(b.Data, j)
	case k.IsText():
		return bytes.Equal(a.Bytes(i), b.Bytes(j))
	case k.Width() > 0:
		w := k.Width()
		return bytes.Equal(a.Data[i*w:(i+1)*w], b.Data[j*w:(j+1)*w])
	}
	return sameNested(a, i, b, j)
}

// sameNested is SameAt for nested values; the entries of MAPs have to be in one order.
func sameNested(a *Vec, i int, b *Vec, j int) bool {
	if a.Type.Kind == ir.Row {
		for k := range a.Kids {
			if !SameAt(&a.Kids[k], i, &b.Kids[k], j) {
				return false
			}
		}
		return true
	}
	n := a.Offs[i+1] - a.Offs[i]
	if n != b.Offs[j+1]-b.Offs[j] {
		return false
	}
	for e := range n {
		for k := range a.Kids {
			if !SameAt(&a.Kids[k], int(a.Offs[i]+e), &b.Kids[k], int(b.Offs[j]+e)) {
				return false
			}
		}
	}
	return true
}
