package expr

import (
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// For floats NaN equals itself and is the greatest. A comparison with a constant
// NaN is one of these: always, never, where x is NaN, where it is not.
func nanOutcome(op cmpOp, x float64) bool {
	if x != x {
		return op&eq != 0
	}
	return op&lt != 0
}

func selFloats[T kernels.Float](get func(*vexec.Vec) []T) func(cmpOp, *vexec.Vec, *vexec.Vec, int, []int32, []int32) []int32 {
	return func(op cmpOp, a, b *vexec.Vec, n int, sel, out []int32) []int32 {
		if a.Enc == vexec.Const {
			a, b, op = b, a, swapped(op)
		}
		x := get(a)[:n]
		if b.Enc == vexec.Const {
			return selFloatConst(op, x, get(b)[0], sel, out)
		}
		y := get(b)[:n]
		switch op {
		case lt:
			return kernels.SelFloatLtVec(x, y, sel, out)
		case le:
			return kernels.SelFloatLeVec(x, y, sel, out)
		case gt:
			return kernels.SelFloatGtVec(x, y, sel, out)
		case ge:
			return kernels.SelFloatGeVec(x, y, sel, out)
		case eq:
			return kernels.SelFloatEqVec(x, y, sel, out)
		}
		return kernels.SelFloatNeVec(x, y, sel, out)
	}
}

func selFloatConst[T kernels.Float](op cmpOp, x []T, y T, sel, out []int32) []int32 {
	if y != y {
		k := 0
		forRows(len(x), sel, func(i int32) {
			out[k] = i
			if nanOutcome(op, float64(x[i])) {
				k++
			}
		})
		return out[:k]
	}
	switch op {
	case lt:
		return kernels.SelFloatLtConst(x, y, sel, out)
	case le:
		return kernels.SelFloatLeConst(x, y, sel, out)
	case gt:
		return kernels.SelFloatGtConst(x, y, sel, out)
	case ge:
		return kernels.SelFloatGeConst(x, y, sel, out)
	case eq:
		return kernels.SelFloatEqConst(x, y, sel, out)
	}
	return kernels.SelFloatNeConst(x, y, sel, out)
}

func setFloats[T kernels.Float](get func(*vexec.Vec) []T) func(cmpOp, []byte, *vexec.Vec, *vexec.Vec, int, []int32) {
	return func(op cmpOp, dst []byte, a, b *vexec.Vec, n int, _ []int32) {
		if a.Enc == vexec.Const {
			a, b, op = b, a, swapped(op)
		}
		x := get(a)[:n]
		if b.Enc == vexec.Const {
			setFloatConst(op, dst, x, get(b)[0])
			return
		}
		y := get(b)[:n]
		switch op {
		case lt:
			kernels.BitsFloatLtVec(dst, x, y)
		case le:
			kernels.BitsFloatLeVec(dst, x, y)
		case gt:
			kernels.BitsFloatGtVec(dst, x, y)
		case ge:
			kernels.BitsFloatGeVec(dst, x, y)
		case eq:
			kernels.BitsFloatEqVec(dst, x, y)
		default:
			kernels.BitsFloatNeVec(dst, x, y)
		}
	}
}

func setFloatConst[T kernels.Float](op cmpOp, dst []byte, x []T, y T) {
	switch {
	case y != y:
		for i, v := range x {
			kernels.PutBit(dst, i, nanOutcome(op, float64(v)))
		}
	case op == lt:
		kernels.BitsFloatLtConst(dst, x, y)
	case op == le:
		kernels.BitsFloatLeConst(dst, x, y)
	case op == gt:
		kernels.BitsFloatGtConst(dst, x, y)
	case op == ge:
		kernels.BitsFloatGeConst(dst, x, y)
	case op == eq:
		kernels.BitsFloatEqConst(dst, x, y)
	default:
		kernels.BitsFloatNeConst(dst, x, y)
	}
}
