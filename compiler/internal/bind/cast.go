package bind

import (
	"fmt"
	"math"
	"math/big"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// castTo converts e to t where it is not of that type.
func castTo(e ir.Expr, t *ir.Type) ir.Expr { return castAt(e, t, ir.Pos{}) }

// castAt is castTo with the place for row errors.
func castAt(e ir.Expr, t *ir.Type, at ir.Pos) ir.Expr {
	if isOpen(e.Type()) {
		e = closedTo(e, closed(e.Type(), t))
	}
	if e.Type().Equal(t) {
		return e
	}
	if c, ok := e.(*ir.Const); ok {
		if v, ok := widened(c, t); ok {
			return &ir.Const{V: v, T: t}
		}
	}
	return &ir.Cast{X: e, T: t, At: at}
}

// castTo is the free castTo in the session's time zone.
func (b *binder) castTo(e ir.Expr, t *ir.Type) ir.Expr { return b.castAt(e, t, ir.Pos{}) }

// castAt is the free castAt in the session's time zone.
func (b *binder) castAt(e ir.Expr, t *ir.Type, at ir.Pos) ir.Expr {
	out := castAt(e, t, at)
	if c, ok := out.(*ir.Cast); ok && out != e && b.zone != "" && ir.NeedsZone(e.Type(), t) {
		c.Zone = b.zone
	}
	return out
}

// settleNull gives a bare NULL a type.
func settleNull(e ir.Expr) ir.Expr {
	if e.Type().Kind == ir.Null {
		return castTo(e, ir.TVarchar)
	}
	return e
}

// widened converts a constant where that is plain and loses nothing: NULL, whole
// numbers to others that hold them, to DECIMAL, and times to more or to needless digits.
func widened(c *ir.Const, t *ir.Type) (ir.Value, bool) {
	if c.V == nil {
		return nil, true
	}
	n, isInt := c.V.(int64)
	from := c.T.Kind
	switch {
	case isInt && from.IsInteger() && t.Kind.IsInteger():
		return n, fits(n, t.Kind)
	case isInt && from.IsInteger() && t.Kind == ir.Decimal:
		return rescale(ir.DecFromInt64(n), 0, t)
	case from == ir.Decimal && t.Kind == ir.Decimal && t.S >= c.T.S:
		return rescale(c.V.(ir.Dec), c.T.S, t)
	case isInt && from.IsTimestamp() && from == t.Kind && c.T.Nanos() == t.Nanos():
		return n, n%timeStep(t) == 0
	case isInt && from == t.Kind && ir.DifferentUnits(c.T, t) && t.Nanos():
		return n * 1000, n*1000/1000 == n && n*1000%timeStep(t) == 0
	}
	return nil, false
}

func rescale(d ir.Dec, scale int, t *ir.Type) (ir.Value, bool) {
	v := new(big.Int).Mul(d.Big(), pow10(t.S-scale))
	if new(big.Int).Abs(v).Cmp(pow10(t.P)) >= 0 {
		return nil, false
	}
	out, ok := ir.DecFromBig(v)
	return out, ok
}

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// timeStep is how many of a timestamp's units its last digit is.
func timeStep(t *ir.Type) int64 {
	digits := 6
	if t.Nanos() {
		digits = 9
	}
	step := int64(1)
	for range digits - t.P {
		step *= 10
	}
	return step
}

func fits(n int64, k ir.Kind) bool {
	switch k {
	case ir.TinyInt:
		return n == int64(int8(n))
	case ir.SmallInt:
		return n == int64(int16(n))
	case ir.Integer:
		return n >= math.MinInt32 && n <= math.MaxInt32
	}
	return k == ir.BigInt
}

// narrowed gives a number or time literal the type of what it is compared with,
// where it has its value there: price > 10 compares DECIMAL(10, 2)s without a cast.
func narrowed(e ir.Expr, other *ir.Type) ir.Expr {
	c, ok := e.(*ir.Const)
	if !ok || c.V == nil {
		return e
	}
	if v, ok := widened(c, other); ok {
		return &ir.Const{V: v, T: other}
	}
	return e
}

// constant computes an expression without columns.
func (b *binder) constant(e ir.Expr) (ir.Value, error) {
	if c, ok := e.(*ir.Const); ok {
		return c.V, nil
	}
	if b.env.Fold == nil {
		return nil, fmt.Errorf("it must be a literal")
	}
	return b.env.Fold(e)
}

// in binds x IN (list). Where all values are constants it is one look-up, else
// comparisons joined by OR.
func (eb *exprBinder) in(x *ast.In) ir.Expr {
	if x.Query != nil {
		return eb.member(x, inColumn)
	}
	a := eb.open(x.X)
	list, ok := eb.openAll(x.List)
	if a == nil || !ok || !eb.mayRepeat(a, repeats(list), x) {
		return nil
	}
	t := a.Type()
	var apart []ir.Expr // what is compared one by one
	rest, places := []ir.Expr{}, []ast.Expr{}
	for i, e := range list {
		list[i] = eb.farTime(narrowed(e, a.Type()), a.Type())
		if oneByOne(a, list[i]) {
			same := eb.apply("=", x.List[i].Span(), []ast.Expr{x.X, x.List[i]}, a, list[i])
			if same == nil {
				return nil
			}
			apart = append(apart, same)
			continue
		}
		rest, places = append(rest, list[i]), append(places, x.List[i])
		common := inType(t, list[i].Type())
		if common == nil {
			eb.b.err(diag.WrongType, x.List[i].Span(), eb.b.argumentHint(ir.LookupFunction("="), []*ir.Type{t, e.Type()}, []ast.Expr{x.X, x.List[i]}, false), "%s cannot be compared with %s", t, e.Type())
			return nil
		}
		t = common
	}
	if t = closed(t, nil); t.Kind == ir.Null {
		t = ir.TVarchar
	}
	for i, e := range rest {
		eb.failingCast(eb.b.castTo(e, t), places[i].Span())
	}
	return eb.not(eb.inList(eb.b.castAt(a, t, eb.b.sources.Pos(x.X.Span())), rest, t, apart), x.Not)
}

// oneByOne reports whether x IN (e) is x = e: where one of them is in nanoseconds and the other
// is not, or x is a difference of such times.
func oneByOne(x, e ir.Expr) bool {
	a, b := x.Type(), e.Type()
	return ir.DifferentUnits(a, b) || a.Nanos() && b.Kind == ir.Date || b.Nanos() && a.Kind == ir.Date || hasExactSpan(x)
}

// repeats is how often IN uses its left side: once for all constants together, and
// once for each other value.
func repeats(list []ir.Expr) int {
	n := 1
	for _, e := range list {
		if _, isConst := e.(*ir.Const); !isConst {
			n++
		}
	}
	return n
}

// inType is the type in which two values of IN are compared: text is read as a
// time where it meets one.
func inType(t, e *ir.Type) *ir.Type {
	if c := ir.CommonType(t, e); c != nil {
		return c
	}
	isTime := func(t *ir.Type) bool { return t.Kind.IsTimestamp() || t.Kind == ir.Date || t.Kind == ir.Time }
	switch {
	case isTime(t) && e.Kind == ir.Varchar:
		return t
	case isTime(e) && t.Kind == ir.Varchar:
		return e
	}
	return nil
}

// inList is a IN (list), all of type t, or one of the conditions parts.
func (eb *exprBinder) inList(a ir.Expr, list []ir.Expr, t *ir.Type, parts []ir.Expr) ir.Expr {
	look := &ir.InList{X: a}
	for _, e := range list {
		e = eb.b.castTo(e, t)
		v, err := eb.constantOf(e)
		switch {
		case err != nil || t.Kind.IsNested():
			parts = append(parts, &ir.Call{Fn: "=", Args: []ir.Expr{a, e}, T: ir.TBoolean})
		case v == nil: // x IN (NULL) is never true and never false
			parts = append(parts, &ir.Const{T: ir.TBoolean})
		default:
			look.Values = append(look.Values, v)
		}
	}
	if len(look.Values) > 0 {
		parts = append([]ir.Expr{look}, parts...)
	}
	e := parts[0]
	for _, p := range parts[1:] {
		e = &ir.Call{Fn: "OR", Args: []ir.Expr{e, p}, T: ir.TBoolean}
	}
	return e
}

// constantOf is the value of an expression that refers to no column, or an error.
func (eb *exprBinder) constantOf(e ir.Expr) (ir.Value, error) {
	if !ir.RefersOnly(e, func(int) bool { return false }) || ir.IsVolatile(e) {
		return nil, fmt.Errorf("%s is not a constant", e)
	}
	return eb.b.constant(e)
}
