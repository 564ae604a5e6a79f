package expr

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// cmpOp is a comparison, named by the outcomes that make it true.
type cmpOp = kernels.CmpMask

const (
	lt = kernels.IsLess
	le = kernels.IsLess | kernels.IsEqual
	gt = kernels.IsGreater
	ge = kernels.IsGreater | kernels.IsEqual
	eq = kernels.IsEqual
	ne = kernels.IsLess | kernels.IsGreater
)

var cmpOps = map[string]cmpOp{"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq, "<>": ne}

// swapped returns the operator for which b op a is what a o b was.
func swapped(o cmpOp) cmpOp { return o&eq | o&lt<<2 | o&gt>>2 }

// negated returns the operator that is true where o is false.
func negated(o cmpOp) cmpOp { return o ^ 7 }

// comparison compares two columns of one type, or times of different units. Its parts get Flat or Const
// operands, never both Const.
type comparison struct {
	op  cmpOp
	sel func(op cmpOp, a, b *vexec.Vec, n int, sel, out []int32) []int32
	set func(op cmpOp, dst []byte, a, b *vexec.Vec, n int, live []int32)
	// safe: values of rows that are dead or NULL do no harm.
	safe bool
}

// comparisonFor compares the arguments of a call.
func comparisonFor(op cmpOp, args []ir.Expr) (*comparison, error) {
	if a, b := args[0].Type(), args[1].Type(); ir.DifferentUnits(a, b) {
		return &comparison{op: op, safe: true, sel: selUnits(a.Nanos()), set: setUnits(a.Nanos())}, nil
	}
	return comparisonOf(op, operandType(args))
}

func comparisonOf(op cmpOp, t *ir.Type) (*comparison, error) {
	c := &comparison{op: op, safe: true}
	switch classOf(t) {
	case int8s:
		c.sel, c.set = selInts((*vexec.Vec).Int8s), setInts((*vexec.Vec).Int8s)
	case int16s:
		c.sel, c.set = selInts((*vexec.Vec).Int16s), setInts((*vexec.Vec).Int16s)
	case int32s:
		c.sel, c.set = selInts((*vexec.Vec).Int32s), setInts((*vexec.Vec).Int32s)
	case int64s:
		c.sel, c.set = selInts((*vexec.Vec).Int64s), setInts((*vexec.Vec).Int64s)
	case float32s:
		c.sel, c.set = selFloats((*vexec.Vec).Float32s), setFloats((*vexec.Vec).Float32s)
	case float64s:
		c.sel, c.set = selFloats((*vexec.Vec).Float64s), setFloats((*vexec.Vec).Float64s)
	case decs:
		c.sel, c.set = selDecs, setDecs
	case texts:
		c.sel, c.set, c.safe = selTexts, setTexts, false
	case bits:
		c.sel, c.set = selBools, setBools
	default:
		if t.Kind == ir.Map && op != eq && op != ne {
			return nil, fmt.Errorf("values of type %s have no order", t)
		}
		c.sel, c.set, c.safe = selNested, setNested, false
	}
	return c, nil
}

func selInts[T kernels.Int](get func(*vexec.Vec) []T) func(cmpOp, *vexec.Vec, *vexec.Vec, int, []int32, []int32) []int32 {
	return func(op cmpOp, a, b *vexec.Vec, n int, sel, out []int32) []int32 {
		if a.Enc == vexec.Const {
			a, b, op = b, a, swapped(op)
		}
		x := get(a)[:n]
		if b.Enc == vexec.Const {
			return selIntConst(op, x, get(b)[0], sel, out)
		}
		y := get(b)[:n]
		switch op {
		case lt:
			return kernels.SelLtVec(x, y, sel, out)
		case le:
			return kernels.SelLeVec(x, y, sel, out)
		case gt:
			return kernels.SelGtVec(x, y, sel, out)
		case ge:
			return kernels.SelGeVec(x, y, sel, out)
		case eq:
			return kernels.SelEqVec(x, y, sel, out)
		}
		return kernels.SelNeVec(x, y, sel, out)
	}
}

func selIntConst[T kernels.Int](op cmpOp, x []T, y T, sel, out []int32) []int32 {
	switch op {
	case lt:
		return kernels.SelLtConst(x, y, sel, out)
	case le:
		return kernels.SelLeConst(x, y, sel, out)
	case gt:
		return kernels.SelGtConst(x, y, sel, out)
	case ge:
		return kernels.SelGeConst(x, y, sel, out)
	case eq:
		return kernels.SelEqConst(x, y, sel, out)
	}
	return kernels.SelNeConst(x, y, sel, out)
}

func setInts[T kernels.Int](get func(*vexec.Vec) []T) func(cmpOp, []byte, *vexec.Vec, *vexec.Vec, int, []int32) {
	return func(op cmpOp, dst []byte, a, b *vexec.Vec, n int, _ []int32) {
		if a.Enc == vexec.Const {
			a, b, op = b, a, swapped(op)
		}
		x := get(a)[:n]
		if b.Enc == vexec.Const {
			y := get(b)[0]
			switch op {
			case lt:
				kernels.BitsLtConst(dst, x, y)
			case le:
				kernels.BitsLeConst(dst, x, y)
			case gt:
				kernels.BitsGtConst(dst, x, y)
			case ge:
				kernels.BitsGeConst(dst, x, y)
			case eq:
				kernels.BitsEqConst(dst, x, y)
			default:
				kernels.BitsNeConst(dst, x, y)
			}
			return
		}
		y := get(b)[:n]
		switch op {
		case lt:
			kernels.BitsLtVec(dst, x, y)
		case le:
			kernels.BitsLeVec(dst, x, y)
		case gt:
			kernels.BitsGtVec(dst, x, y)
		case ge:
			kernels.BitsGeVec(dst, x, y)
		case eq:
			kernels.BitsEqVec(dst, x, y)
		default:
			kernels.BitsNeVec(dst, x, y)
		}
	}
}

func selDecs(op cmpOp, a, b *vexec.Vec, n int, sel, out []int32) []int32 {
	return kernels.SelDecs(op, rows(getDecs(a), a, n), rows(getDecs(b), b, n), n, sel, out)
}

func setDecs(op cmpOp, dst []byte, a, b *vexec.Vec, n int, live []int32) {
	kernels.BitsDecs(op, dst, rows(getDecs(a), a, n), rows(getDecs(b), b, n), n, live)
}

func selTexts(op cmpOp, a, b *vexec.Vec, n int, sel, out []int32) []int32 {
	if a.Enc == vexec.Const {
		a, b, op = b, a, swapped(op)
	}
	return kernels.SelText(op, textRows(a, n), textRows(b, n), n, sel, out)
}

func setTexts(op cmpOp, dst []byte, a, b *vexec.Vec, n int, live []int32) {
	kernels.BitsText(op, dst, textRows(a, n), textRows(b, n), n, live)
}

func textRows(v *vexec.Vec, n int) kernels.Text {
	return kernels.Text{Views: rows(v.Views(), v, n), Bufs: v.Bufs}
}

// rows cuts values to n rows, or to the one that stands for all.
func rows[T any](a []T, v *vexec.Vec, n int) []T {
	if v.Enc == vexec.Const {
		return a[:1]
	}
	return a[:n]
}

// selBools and setBools order false before true.
func selBools(op cmpOp, a, b *vexec.Vec, n int, sel, out []int32) []int32 {
	k := 0
	forRows(n, sel, func(i int32) {
		out[k] = i
		if boolCmp(op, a, b, int(i)) {
			k++
		}
	})
	return out[:k]
}

func setBools(op cmpOp, dst []byte, a, b *vexec.Vec, n int, live []int32) {
	forRows(n, live, func(i int32) { kernels.PutBit(dst, int(i), boolCmp(op, a, b, int(i))) })
}

func boolCmp(op cmpOp, a, b *vexec.Vec, i int) bool {
	x, y := a.Bool(i), b.Bool(i)
	switch {
	case x == y:
		return op&eq != 0
	case y:
		return op&lt != 0
	}
	return op&gt != 0
}

// compareFn is a comparison as a function.
func compareFn(op cmpOp, args []ir.Expr) (strict, error) {
	cmp, err := comparisonFor(op, args)
	if err != nil {
		return nil, err
	}
	return func(c *call) {
		live := c.live
		if cmp.safe {
			live = c.dense()
		}
		cmp.set(op, c.out.Data, c.args[0], c.args[1], c.n, live)
	}, nil
}
