package vexec

import (
	"bytes"
	"reflect"

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
	return reflect.DeepEqual(a.Value(i), b.Value(j))
}
