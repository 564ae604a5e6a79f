package expr

import (
	"bytes"
	"cmp"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// Order compares row i of a with row j of b, both of one type and not NULL: below,
// equal (0) or above. NaN is equal to itself and above all numbers. ARRAYs and ROWs
// are ordered by their first part that differs; a NULL part is equal to a NULL and
// above all else. MAPs have no order: 0 where they have the same entries.
func Order(a *vexec.Vec, i int, b *vexec.Vec, j int) int {
	a, i = a.At(i)
	b, j = b.At(j)
	switch classOf(a.Type) {
	case bits:
		return boolOrder(vexec.Bit(a.Data, i), vexec.Bit(b.Data, j))
	case int8s, int16s, int32s, int64s:
		return cmp.Compare(getInt(a, i), getInt(b, j))
	case float32s:
		return floatOrder(float64(a.Float32s()[i]), float64(b.Float32s()[j]))
	case float64s:
		return floatOrder(a.Float64s()[i], b.Float64s()[j])
	case decs:
		return getDecs(a)[i].Cmp(getDecs(b)[j])
	case texts:
		return bytes.Compare(kernels.Bytes(&a.Views()[i], a.Bufs), kernels.Bytes(&b.Views()[j], b.Bufs))
	}
	return nestedOrder(a, i, b, j)
}

func boolOrder(x, y bool) int {
	switch {
	case x == y:
		return 0
	case y:
		return -1
	}
	return 1
}

func floatOrder(x, y float64) int {
	switch {
	case x != x && y != y:
		return 0
	case x != x:
		return 1
	case y != y:
		return -1
	}
	return cmp.Compare(x, y)
}

func nestedOrder(a *vexec.Vec, i int, b *vexec.Vec, j int) int {
	switch a.Type.Kind {
	case ir.Row:
		for k := range a.Kids {
			if c := partOrder(&a.Kids[k], i, &b.Kids[k], j); c != 0 {
				return c
			}
		}
	case ir.Array:
		from, to := a.Offs[i], b.Offs[j]
		n, m := a.Offs[i+1]-from, b.Offs[j+1]-to
		for k := range min(n, m) {
			if c := partOrder(&a.Kids[0], int(from+k), &b.Kids[0], int(to+k)); c != 0 {
				return c
			}
		}
		return cmp.Compare(n, m)
	case ir.Map:
		if !sameEntries(a, i, b, j) {
			return 1
		}
	}
	return 0
}

// partOrder is Order for parts that may be NULL.
func partOrder(a *vexec.Vec, i int, b *vexec.Vec, j int) int {
	an, bn := a.Null(i), b.Null(j)
	if an || bn {
		return boolOrder(an, bn)
	}
	return Order(a, i, b, j)
}

func sameEntries(a *vexec.Vec, i int, b *vexec.Vec, j int) bool {
	if a.Offs[i+1]-a.Offs[i] != b.Offs[j+1]-b.Offs[j] {
		return false
	}
	for k := int(a.Offs[i]); k < int(a.Offs[i+1]); k++ {
		at := findPart(&b.Kids[0], int(b.Offs[j]), int(b.Offs[j+1]), &a.Kids[0], k)
		if at < 0 || partOrder(&a.Kids[1], k, &b.Kids[1], at) != 0 {
			return false
		}
	}
	return true
}

// findPart is the first of the rows [from, to) of list that is equal to row k of v, NULL
// to NULL; -1: none is.
func findPart(list *vexec.Vec, from, to int, v *vexec.Vec, k int) int {
	for at := from; at < to; at++ {
		if partOrder(list, at, v, k) == 0 {
			return at
		}
	}
	return -1
}

func selNested(op cmpOp, a, b *vexec.Vec, n int, sel, out []int32) []int32 {
	k := 0
	forRows(n, sel, func(i int32) {
		out[k] = i
		if holds(op, Order(a, int(i), b, int(i))) {
			k++
		}
	})
	return out[:k]
}

func setNested(op cmpOp, dst []byte, a, b *vexec.Vec, n int, live []int32) {
	forRows(n, live, func(i int32) { kernels.PutBit(dst, int(i), holds(op, Order(a, int(i), b, int(i)))) })
}

func holds(op cmpOp, order int) bool {
	switch {
	case order == 0:
		return op&eq != 0
	case order < 0:
		return op&lt != 0
	}
	return op&gt != 0
}
