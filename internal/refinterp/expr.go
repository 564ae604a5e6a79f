package refinterp

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
)

// evalAll evaluates expressions over one row.
func evalAll(exprs []ir.Expr, in []ir.Value) ([]ir.Value, error) {
	out := make([]ir.Value, len(exprs))
	for i, e := range exprs {
		v, err := eval(e, in)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// eval evaluates an expression over one row. A row error is an *evalError; any
// other error means that the expression is not sound.
func eval(e ir.Expr, in []ir.Value) (ir.Value, error) {
	switch e := e.(type) {
	case *ir.ColRef:
		return in[e.Index], nil
	case *ir.Const:
		return e.V, nil
	case *ir.Call:
		return evalCall(e, in)
	case *ir.Cast:
		return evalCast(e, in)
	case *ir.Case:
		return evalCase(e, in)
	case *ir.InList:
		return evalIn(e, in)
	case *ir.FieldRef:
		return evalField(e, in)
	}
	return nil, fmt.Errorf("refinterp: no such expression: %T", e)
}

func evalField(e *ir.FieldRef, in []ir.Value) (ir.Value, error) {
	v, err := eval(e.X, in)
	if err != nil || v == nil {
		return nil, err
	}
	return v.([]ir.Value)[e.Index], nil
}

func evalCase(e *ir.Case, in []ir.Value) (ir.Value, error) {
	for _, w := range e.Whens {
		v, err := eval(w.Cond, in)
		if err != nil {
			return nil, err
		}
		if v == true {
			return eval(w.Then, in)
		}
	}
	if e.Else == nil {
		return nil, nil
	}
	return eval(e.Else, in)
}

// evalIn is x = v1 OR x = v2 ..., or its negation.
func evalIn(e *ir.InList, in []ir.Value) (ir.Value, error) {
	x, err := eval(e.X, in)
	if err != nil || x == nil {
		return nil, err
	}
	unknown := false
	for _, v := range e.Values {
		if v == nil {
			unknown = true
		} else if compare(x, v, e.X.Type()) == 0 {
			return !e.Not, nil
		}
	}
	if unknown {
		return nil, nil
	}
	return e.Not, nil
}

// evalCall evaluates a function. AND, OR, COALESCE and NULLIF look at their arguments
// one by one and leave the rest alone once the result is known.
func evalCall(c *ir.Call, in []ir.Value) (ir.Value, error) {
	switch c.Fn {
	case "AND":
		return evalLogic(c, in, false)
	case "OR":
		return evalLogic(c, in, true)
	case "COALESCE":
		for _, a := range c.Args {
			if v, err := eval(a, in); err != nil || v != nil {
				return v, err
			}
		}
		return nil, nil
	case "NULLIF":
		if v, err := eval(c.Args[0], in); err != nil || v == nil {
			return nil, err
		}
	}
	f := scalarNamed(c.Fn)
	if f == nil && c.User == nil {
		return nil, fmt.Errorf("refinterp: no such function: %s", c.Fn)
	}
	args, err := evalAll(c.Args, in)
	if err != nil {
		return nil, err
	}
	if !c.Function().NullSafe {
		for _, a := range args {
			if a == nil {
				return nil, nil
			}
		}
	}
	if c.User != nil {
		return userScalar(c.User, args)
	}
	v, err := f(c, args)
	if s, ok := v.(string); ok && len(s) > longestText {
		return nil, fail(BadArgument, "the text would be too long")
	}
	return v, err
}

// evalLogic is AND (decisive false) or OR (decisive true): a decisive argument
// decides, else one NULL makes NULL.
func evalLogic(c *ir.Call, in []ir.Value, decisive bool) (ir.Value, error) {
	var result ir.Value = !decisive
	for _, a := range c.Args {
		v, err := eval(a, in)
		if err != nil {
			return nil, err
		}
		if v == decisive {
			return decisive, nil
		}
		if v == nil {
			result = nil
		}
	}
	return result, nil
}
