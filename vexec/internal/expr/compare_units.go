package expr

import (
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// selUnits and setUnits compare times in nanoseconds with times in microseconds, of which the
// left ones are in nanoseconds if so told.
func selUnits(left bool) func(cmpOp, *vexec.Vec, *vexec.Vec, int, []int32, []int32) []int32 {
	return func(op cmpOp, a, b *vexec.Vec, n int, sel, out []int32) []int32 {
		x, y, op := byUnit(left, op, a, b)
		xs, ys, k := x.Int64s(), y.Int64s(), 0
		forRows(n, sel, func(i int32) {
			out[k] = i
			if holdsUnits(op, at(xs, x, int(i)), at(ys, y, int(i))) {
				k++
			}
		})
		return out[:k]
	}
}

func setUnits(left bool) func(cmpOp, []byte, *vexec.Vec, *vexec.Vec, int, []int32) {
	return func(op cmpOp, dst []byte, a, b *vexec.Vec, n int, live []int32) {
		x, y, op := byUnit(left, op, a, b)
		xs, ys := x.Int64s(), y.Int64s()
		forRows(n, live, func(i int32) {
			kernels.PutBit(dst, int(i), holdsUnits(op, at(xs, x, int(i)), at(ys, y, int(i))))
		})
	}
}

// byUnit has the side in nanoseconds first.
func byUnit(left bool, op cmpOp, a, b *vexec.Vec) (nanos, micros *vexec.Vec, o cmpOp) {
	if left {
		return a, b, op
	}
	return b, a, swapped(op)
}

func holdsUnits(op cmpOp, nanos, micros int64) bool {
	whole := kernels.FloorDiv(nanos, 1000)
	switch {
	case whole < micros:
		return op&lt != 0
	case whole > micros || nanos > whole*1000:
		return op&gt != 0
	}
	return op&eq != 0
}
