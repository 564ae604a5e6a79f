package expr

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
)

// functionOf finds the kernels of a function that is NULL where an argument is.
// The others (AND, CASE, COALESCE, IS NULL ...) are compiled to steps of their own.
func functionOf(x *ir.Call) (strict, error) {
	if x.User != nil {
		return userFn(x.User)
	}
	if op, ok := cmpOps[x.Fn]; ok {
		return compareFn(op, x.Args)
	}
	types := make([]*ir.Type, len(x.Args))
	for i, a := range x.Args {
		types[i] = a.Type()
	}
	var fn strict
	switch x.Fn {
	case "+", "-", "*", "/", "%":
		fn = arithmetic(x.Fn, types, x.T)
	case "NEG", "ABS", "SIGN", "CEIL", "FLOOR", "ROUND", "TRUNCATE":
		fn = numberFn(x.Fn, types, x.T)
	case "POWER", "SQRT", "EXP", "LN", "LOG", "LOG10", "LOG2", "SIN", "COS", "TAN", "COT", "ASIN", "ACOS", "ATAN", "ATAN2",
		"SINH", "COSH", "TANH", "DEGREES", "RADIANS", "PI", "E":
		fn = doubleFn(x.Fn, types)
	case "GREATEST", "LEAST":
		return extreme(x.Fn, x.T)
	case "EXTRACT", "DATE_TRUNC", "DATE_CEIL", "TO_TIMESTAMP", "TO_TIMESTAMP_LTZ", "TO_DATE", "DATE_FORMAT", "TIMESTAMPDIFF", "CONVERT_TZ":
		var err error
		if fn, err = timeFn(x, types); err != nil {
			return nil, err
		}
	default:
		if fn = textFns[x.Fn]; fn == nil {
			fn = moreTextFn(x.Fn, types)
		}
		if fn == nil {
			fn = nestedFn(x.Fn, types)
		}
		if fn == nil {
			var err error
			if fn, err = jsonFn(x); err != nil {
				return nil, err
			}
		}
	}
	if fn == nil {
		return nil, fmt.Errorf("%s is not defined for %s", x.Fn, typeList(types))
	}
	return fn, nil
}

func typeList(types []*ir.Type) string {
	text := ""
	for i, t := range types {
		if i > 0 {
			text += ", "
		}
		text += t.String()
	}
	return text
}

// extreme is GREATEST and LEAST.
func extreme(name string, t *ir.Type) (strict, error) {
	op := gt
	if name == "LEAST" {
		op = lt
	}
	cmp, err := comparisonOf(op, t)
	if err != nil {
		return nil, err
	}
	if classOf(t) == nested {
		return nestedExtreme(op, t), nil
	}
	return func(c *call) {
		valid, own := c.out.Valid, c.own
		c.out.Valid = nil
		b := &blender{out: c.out, reg: &register{}, n: c.n}
		b.add(c.args[0], c.live)
		room := b.reg.room(c.n)
		for _, a := range c.args[1:] {
			better := cmp.sel(op, a, c.out, c.n, c.live, room)
			b.add(a, better)
		}
		c.out.Valid, c.own = valid, own
	}, nil
}

// nestedExtreme picks the best argument of each row.
func nestedExtreme(op cmpOp, t *ir.Type) strict {
	return func(c *call) {
		which, rows := make([]int32, c.n), noRows(c.n)
		c.each(func(i int) {
			rows[i] = int32(i)
			for k, a := range c.args {
				if k > 0 && holds(op, Order(a, i, c.args[which[i]], i)) {
					which[i] = int32(k)
				}
			}
		})
		pickRows(c.out, t, c.args, which, rows)
	}
}
