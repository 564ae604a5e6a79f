package expr

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// The reasons of failed rows.
const (
	divisionByZero  = "division by zero"
	integerOverflow = "integer overflow"
)

// arithmetic returns a op b, or nil where there is no kernel for the types.
func arithmetic(op string, in []*ir.Type, ret *ir.Type) strict {
	if in[0].Kind == ir.Null || in[1].Kind == ir.Null {
		return func(*call) {} // a NULL argument: never run on values
	}
	if fn := timeArith(op, in, ret); fn != nil {
		return fn
	}
	if in[0].Kind != in[1].Kind || ret.Kind != in[0].Kind {
		return nil
	}
	switch ret.Kind {
	case ir.TinyInt:
		return intArith(op, (*vexec.Vec).Int8s, mulSmall[int8]())
	case ir.SmallInt:
		return intArith(op, (*vexec.Vec).Int16s, mulSmall[int16]())
	case ir.Integer:
		return intArith(op, (*vexec.Vec).Int32s, mulSmall[int32]())
	case ir.BigInt:
		return intArith(op, (*vexec.Vec).Int64s, mulWide)
	case ir.Real:
		return floatArith(op, (*vexec.Vec).Float32s)
	case ir.Double:
		return floatArith(op, (*vexec.Vec).Float64s)
	case ir.Decimal:
		return decArith(op, kernels.DecOp{A: in[0].S, B: in[1].S, R: ret.S, P: ret.P}, ret)
	}
	return nil
}

// intOp is an operation on whole numbers that may overflow; cv is nil where a op b
// is b op a.
type intOp[T kernels.Int] struct {
	vv   func(dst, a, b []T, sel []int32) bool
	vc   func(dst, a []T, y T, sel []int32) bool
	cv   func(dst []T, x T, b []T, sel []int32) bool
	over func(x, y T) bool
}

func addOp[T kernels.Int]() intOp[T] {
	return intOp[T]{vv: kernels.AddVV[T], vc: kernels.AddVC[T], over: kernels.AddOver[T]}
}

func subOp[T kernels.Int]() intOp[T] {
	return intOp[T]{vv: kernels.SubVV[T], vc: kernels.SubVC[T], cv: kernels.SubCV[T], over: kernels.SubOver[T]}
}

func mulSmall[T kernels.SmallInt]() intOp[T] {
	return intOp[T]{vv: kernels.MulSmallVV[T], vc: kernels.MulSmallVC[T], over: kernels.MulOver[T]}
}

var mulWide = intOp[int64]{vv: kernels.MulVV, vc: kernels.MulVC, over: kernels.MulOver[int64]}

func intArith[T kernels.Int](op string, get func(*vexec.Vec) []T, mul intOp[T]) strict {
	switch op {
	case "+":
		return intCall(get, addOp[T](), integerOverflow)
	case "-":
		return intCall(get, subOp[T](), integerOverflow)
	case "*":
		return intCall(get, mul, integerOverflow)
	case "/":
		return divide(get, kernels.DivInt[T])
	}
	return divide(get, kernels.ModInt[T])
}

func intCall[T kernels.Int](get func(*vexec.Vec) []T, op intOp[T], reason string) strict {
	return func(c *call) {
		av, bv := c.args[0], c.args[1]
		a, b, dst, sel := get(av), get(bv), get(c.out)[:c.n], c.dense()
		var over bool
		switch {
		case bv.Enc == vexec.Const:
			over = op.vc(dst, a[:c.n], b[0], sel)
		case av.Enc == vexec.Const && op.cv == nil:
			over = op.vc(dst, b[:c.n], a[0], sel)
		case av.Enc == vexec.Const:
			over = op.cv(dst, a[0], b[:c.n], sel)
		default:
			over = op.vv(dst, a[:c.n], b[:c.n], sel)
		}
		if over { // perhaps in a row that nobody asked for
			c.failWhere(reason, func(i int) bool { return op.over(at(a, av, i), at(b, bv, i)) })
		}
	}
}

func divide[T kernels.Int](get func(*vexec.Vec) []T, kernel func(dst, a, b []T, sel []int32) bool) strict {
	remainder := false
	{
		// What a remainder does with the lowest number and -1 is fine: it is 0.
		d := []T{0}
		kernel(d, []T{1}, []T{2}, nil)
		remainder = d[0] == 1
	}
	return func(c *call) {
		a, b := spread(c, 0, get), spread(c, 1, get)
		if !kernel(get(c.out)[:c.n], a, b, c.live) {
			return
		}
		c.each(func(i int) {
			zero, over := kernels.DivFails(a[i], b[i])
			switch {
			case zero:
				c.fail(int32(i), divisionByZero)
			case over && !remainder:
				c.fail(int32(i), integerOverflow)
			}
		})
	}
}

// spread returns the values of argument k, a constant repeated for every row.
func spread[T any](c *call, k int, get func(*vexec.Vec) []T) []T {
	v := c.args[k]
	if v.Enc != vexec.Const {
		return get(v)[:c.n]
	}
	tmp := c.step.flats[k].reset(v.Type, c.n)
	out := get(tmp)
	kernels.Fill(out, get(v)[0], nil)
	return out
}

func floatArith[T kernels.Float](op string, get func(*vexec.Vec) []T) strict {
	switch op {
	case "+":
		return floatCall(get, kernels.AddFloatVV[T], kernels.AddFloatVC[T], nil)
	case "-":
		return floatCall(get, kernels.SubFloatVV[T], kernels.SubFloatVC[T], kernels.SubFloatCV[T])
	case "*":
		return floatCall(get, kernels.MulFloatVV[T], kernels.MulFloatVC[T], nil)
	case "/":
		return floatCall(get, kernels.DivFloatVV[T], kernels.DivFloatVC[T], kernels.DivFloatCV[T])
	}
	return func(c *call) {
		a, b, dst := get(c.args[0]), get(c.args[1]), get(c.out)
		c.each(func(i int) { dst[i] = T(kernels.ModFloat(float64(at(a, c.args[0], i)), float64(at(b, c.args[1], i)))) })
	}
}

func floatCall[T kernels.Float](get func(*vexec.Vec) []T, vv func(dst, a, b []T, sel []int32),
	vc func(dst, a []T, y T, sel []int32), cv func(dst []T, x T, b []T, sel []int32)) strict {
	return func(c *call) {
		av, bv := c.args[0], c.args[1]
		a, b, dst, sel := get(av), get(bv), get(c.out)[:c.n], c.dense()
		switch {
		case bv.Enc == vexec.Const:
			vc(dst, a[:c.n], b[0], sel)
		case av.Enc == vexec.Const && cv == nil:
			vc(dst, b[:c.n], a[0], sel)
		case av.Enc == vexec.Const:
			cv(dst, a[0], b[:c.n], sel)
		default:
			vv(dst, a[:c.n], b[:c.n], sel)
		}
	}
}

// decArith works on the live rows: what stands in others could send it the long way.
func decArith(op string, o kernels.DecOp, ret *ir.Type) strict {
	kernel := map[string]func(dst, a, b []kernels.Dec, sel []int32) bool{
		"+": o.AddDecs, "-": o.SubDecs, "*": o.MulDecs, "/": o.DivDecs, "%": o.ModDecs}[op]
	scalar := map[string]func(a, b kernels.Dec) (kernels.Dec, bool){
		"+": o.Add, "-": o.Sub, "*": o.Mul, "/": o.Div, "%": o.Mod}[op]
	division := op == "/" || op == "%"
	return func(c *call) {
		av, bv := c.args[0], c.args[1]
		a, b := rows(getDecs(av), av, c.n), rows(getDecs(bv), bv, c.n)
		if !kernel(getDecs(c.out)[:c.n], a, b, c.live) {
			return
		}
		overflow := ret.String() + " overflow"
		c.each(func(i int) {
			x, y := at(a, av, i), at(b, bv, i)
			if division && y.IsZero() {
				c.fail(int32(i), divisionByZero)
			} else if _, ok := scalar(x, y); !ok {
				c.fail(int32(i), overflow)
			}
		})
	}
}
