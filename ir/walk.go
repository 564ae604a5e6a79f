package ir

import (
	"math"
	"reflect"
)

// UsedColumns sets used[i] for every column i that e refers to; columns beyond
// used are ignored.
func UsedColumns(e Expr, used []bool) {
	WalkExpr(e, func(x Expr) bool {
		if c, ok := x.(*ColRef); ok && c.Index >= 0 && c.Index < len(used) {
			used[c.Index] = true
		}
		return true
	})
}

// RefersOnly reports whether every column that e refers to satisfies ok.
func RefersOnly(e Expr, ok func(col int) bool) bool {
	good := true
	WalkExpr(e, func(x Expr) bool {
		if c, isRef := x.(*ColRef); isRef && !ok(c.Index) {
			good = false
		}
		return good
	})
	return good
}

// Substitute returns e with every reference to column i replaced by exprs[i].
func Substitute(e Expr, exprs []Expr) Expr {
	return Rewrite(e, func(x Expr) Expr {
		if c, ok := x.(*ColRef); ok {
			return exprs[c.Index]
		}
		return x
	})
}

// Conjuncts splits e at its top-level ANDs, in evaluation order.
func Conjuncts(e Expr) []Expr { return addConjuncts(nil, e) }

func addConjuncts(out []Expr, e Expr) []Expr {
	c, ok := e.(*Call)
	if !ok || c.Fn != "AND" {
		return append(out, e)
	}
	for _, a := range c.Args {
		out = addConjuncts(out, a)
	}
	return out
}

// And joins conjuncts, of which there is at least one, from the left.
func And(list []Expr) Expr {
	e := list[0]
	for _, x := range list[1:] {
		e = &Call{Fn: "AND", Args: []Expr{e, x}, T: TBoolean}
	}
	return e
}

// IsVolatile reports whether e may give different values for the same row.
func IsVolatile(e Expr) bool {
	return anyPart(e, func(x Expr) bool {
		c, ok := x.(*Call)
		if !ok {
			return false
		}
		f := c.Function()
		return f == nil || f.Volatile
	})
}

// MayFail reports whether e may make a row error.
func MayFail(e Expr) bool {
	return anyPart(e, func(x Expr) bool {
		switch x := x.(type) {
		case *Call:
			f := x.Function()
			return f == nil || f.CanFail && !neverFails(x)
		case *Cast:
			return !x.Try && !isWidening(x.X.Type(), x.T)
		}
		return false
	})
}

func anyPart(e Expr, f func(Expr) bool) bool {
	found := false
	WalkExpr(e, func(x Expr) bool {
		found = found || f(x)
		return !found
	})
	return found
}

// neverFails reports whether a call of a function that can fail does not: floats follow IEEE,
// of DECIMALs there are results that their type holds for all values, and a text that is
// replaced by one that is no longer makes none too long.
func neverFails(c *Call) bool {
	switch c.Fn {
	case "REPLACE":
		from, to := constText(c.Args[1]), constText(c.Args[2])
		return from != nil && to != nil && len(*to) <= len(*from)
	case "+", "-", "*", "/", "%", "NEG", "ABS":
		return c.T.Kind.IsFloat() || c.T.Kind == Decimal && fitsDecimal(c)
	}
	return false
}

func constText(e Expr) *string {
	if c, ok := e.(*Const); ok {
		if s, ok := c.V.(string); ok {
			return &s
		}
	}
	return nil
}

// fitsDecimal reports whether every result of the call has the digits of its type, before
// the point and behind it.
func fitsDecimal(c *Call) bool {
	whole, scale := 0, 0
	for _, a := range c.Args {
		t := a.Type()
		if t.Kind != Decimal {
			return false
		}
		switch c.Fn {
		case "*":
			whole, scale = whole+t.P-t.S, scale+t.S
		default:
			whole, scale = max(whole, t.P-t.S), max(scale, t.S)
		}
	}
	switch c.Fn {
	case "+", "-":
		whole++
	case "/", "%":
		return false
	}
	return whole <= c.T.P-c.T.S && scale <= c.T.S
}

// isWidening reports whether every value of from has one of to.
func isWidening(from, to *Type) bool {
	f, t := from.Kind, to.Kind
	switch {
	case f == Null || from.Equal(to):
		return true
	case f.IsInteger() && t.IsInteger():
		return f <= t
	case f.IsNumeric() && t.IsFloat():
		return f != Double || t == Double
	case (f.IsInteger() || f == Decimal) && t == Decimal:
		d := AsDecimal(from)
		return to.S >= d.S && to.P-to.S >= d.P-d.S
	case f.IsTimestamp() && f == t:
		return from.Nanos() == to.Nanos()
	}
	return t == Varchar && f != Varbinary
}

// EqualExpr reports whether a and b compute the same in the same way.
func EqualExpr(a, b Expr) bool {
	if a == b {
		return true
	}
	if a == nil || b == nil || !a.Type().Equal(b.Type()) || !sameHead(a, b) {
		return false
	}
	x, y := Children(a), Children(b)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if !EqualExpr(x[i], y[i]) {
			return false
		}
	}
	return true
}

// sameHead compares two expressions without their parts and types.
func sameHead(a, b Expr) bool {
	switch x := a.(type) {
	case *ColRef:
		y, ok := b.(*ColRef)
		return ok && x.Index == y.Index
	case *Const:
		y, ok := b.(*Const)
		return ok && sameConst(x.V, y.V)
	case *Call:
		y, ok := b.(*Call)
		return ok && x.Fn == y.Fn && x.User == y.User
	case *Cast:
		y, ok := b.(*Cast)
		return ok && x.Try == y.Try && x.Zone == y.Zone
	case *Case:
		y, ok := b.(*Case)
		return ok && len(x.Whens) == len(y.Whens)
	case *InList:
		y, ok := b.(*InList)
		return ok && x.Not == y.Not && reflect.DeepEqual(x.Values, y.Values)
	case *FieldRef:
		y, ok := b.(*FieldRef)
		return ok && x.Index == y.Index
	}
	return false
}

// sameConst tells -0.0 from 0.0, by which a division differs, and knows NaN.
func sameConst(a, b Value) bool {
	x, ok := a.(float64)
	y, too := b.(float64)
	if ok && too {
		return math.Float64bits(x) == math.Float64bits(y)
	}
	return reflect.DeepEqual(a, b)
}
