package bind

import (
	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// between is x >= lo AND x <= hi; SYMMETRIC also the other way round.
func (eb *exprBinder) between(x *ast.Between) ir.Expr {
	a, lo, hi := eb.open(x.X), eb.open(x.Lo), eb.open(x.Hi)
	if a == nil || lo == nil || hi == nil {
		return nil
	}
	if !eb.mayRepeat(a, 4, x) {
		return nil
	}
	compare := func(op string, with ir.Expr, e ast.Expr) ir.Expr {
		return eb.apply(op, e.Span(), []ast.Expr{x.X, e}, narrowed(a, with.Type()), narrowed(with, a.Type()))
	}
	from, to := compare(">=", lo, x.Lo), compare("<=", hi, x.Hi)
	if from == nil || to == nil {
		return nil
	}
	e := ir.And([]ir.Expr{from, to})
	if x.Symmetric {
		turned := ir.And([]ir.Expr{compare(">=", hi, x.Hi), compare("<=", lo, x.Lo)})
		e = &ir.Call{Fn: "OR", Args: []ir.Expr{e, turned}, T: ir.TBoolean}
	}
	return eb.not(e, x.Not)
}

func (eb *exprBinder) like(x *ast.Like) ir.Expr {
	parts := []ast.Expr{x.X, x.Pattern}
	if x.Escape != nil {
		parts = append(parts, x.Escape)
	}
	args, ok := eb.bindAll(parts)
	if !ok {
		return nil
	}
	fn := "LIKE"
	if x.Similar {
		fn = "SIMILAR TO"
	}
	return eb.not(eb.apply(fn, x.Span(), parts, args...), x.Not)
}

func (eb *exprBinder) bindAll(list []ast.Expr) ([]ir.Expr, bool) {
	out, ok := eb.openAll(list)
	for i, e := range out {
		out[i] = settled(e)
	}
	return out, ok
}

// openAll is bindAll of what meets other values.
func (eb *exprBinder) openAll(list []ast.Expr) ([]ir.Expr, bool) {
	out := make([]ir.Expr, len(list))
	ok := true
	for i, e := range list {
		out[i] = eb.open(e)
		ok = ok && out[i] != nil
	}
	return out, ok
}

// maxParts is the most parts of an expression that forms such as BETWEEN, which
// stand for several uses of one operand, may make.
const maxParts = 50_000

// mayRepeat reports whether an operand may be used n times; false: reported.
func (eb *exprBinder) mayRepeat(operand ir.Expr, n int, e ast.Expr) bool {
	parts := 0
	ir.WalkExpr(operand, func(ir.Expr) bool {
		parts++
		return parts*n <= maxParts
	})
	if parts*n <= maxParts {
		return true
	}
	eb.b.err(diag.TooDeep, e.Span(), "compute the operand in a sub-query", "the operand is too large to be used %d times", n)
	return false
}

// caseExpr binds both forms of CASE.
func (eb *exprBinder) caseExpr(x *ast.Case) ir.Expr {
	var operand ir.Expr
	good := true
	if x.Operand != nil {
		operand = eb.open(x.Operand)
		if operand != nil && !eb.mayRepeat(operand, comparisons(x), x) {
			operand = nil
		}
		good = operand != nil
	}
	c := &ir.Case{}
	var results []ir.Expr
	var places []ast.Expr
	for _, w := range x.Whens {
		cond := eb.when(x.Operand, operand, w)
		then := eb.open(w.Then)
		good = good && cond != nil && then != nil
		c.Whens = append(c.Whens, ir.When{Cond: cond, Then: then})
		results, places = append(results, then), append(places, w.Then)
	}
	if x.Else != nil {
		c.Else = eb.open(x.Else)
		good = good && c.Else != nil
		results, places = append(results, c.Else), append(places, x.Else)
	}
	if !good {
		return nil
	}
	return eb.caseOf(c, results, places)
}

// comparisons is how often a simple CASE compares its operand.
func comparisons(x *ast.Case) int {
	n := 0
	for _, w := range x.Whens {
		n += 1 + len(w.More)
	}
	return n
}

// when binds the condition of a WHEN; in a simple CASE the operand is one of its values.
func (eb *exprBinder) when(operandAt ast.Expr, operand ir.Expr, w ast.When) ir.Expr {
	if operandAt == nil {
		return eb.condition(w.Cond, "WHEN")
	}
	var any []ir.Expr
	good := operand != nil
	for _, e := range append([]ast.Expr{w.Cond}, w.More...) {
		v := eb.open(e)
		if v == nil || operand == nil {
			good = false
			continue
		}
		same := eb.apply("=", e.Span(), []ast.Expr{operandAt, e}, narrowed(operand, v.Type()), narrowed(v, operand.Type()))
		good = good && same != nil
		any = append(any, same)
	}
	switch {
	case !good:
		return nil
	case len(any) == 1:
		return any[0]
	}
	return &ir.Call{Fn: "OR", Args: any, T: ir.TBoolean}
}

// caseOf gives all results their common type.
func (eb *exprBinder) caseOf(c *ir.Case, results []ir.Expr, places []ast.Expr) ir.Expr {
	t := results[0].Type()
	for i, e := range results[1:] {
		common := ir.CommonType(t, e.Type())
		if common == nil {
			eb.b.err(diag.WrongType, places[i+1].Span(), eb.b.castEither(places[i+1], e.Type(), t), "the results of CASE are %s before and %s here", t, e.Type())
			return nil
		}
		t = common
	}
	if t = closed(t, nil); t.Kind == ir.Null {
		t = ir.TVarchar
	}
	c.T = t
	for i := range c.Whens {
		c.Whens[i].Then = eb.b.castTo(c.Whens[i].Then, t)
	}
	if c.Else != nil {
		c.Else = eb.b.castTo(c.Else, t)
	}
	return c
}

func (eb *exprBinder) cast(x *ast.Cast) ir.Expr {
	a := eb.open(x.X)
	if a == nil {
		return nil
	}
	from, to := a.Type(), x.Type.T
	if !ir.CanCast(from, to) {
		eb.b.err(diag.CannotCast, x.Span(), castHint(eb.b.written(x.X, "x"), from, to), "%s cannot be cast to %s", from, to)
		return nil
	}
	if isOpen(from) {
		from = closed(from, to)
		a = closedTo(a, from)
	}
	if from.Equal(to) || from.Kind == ir.Null {
		return castTo(a, to)
	}
	c := &ir.Cast{X: a, T: to, Try: x.Try, At: eb.b.sources.Pos(x.Span())}
	if ir.NeedsZone(from, to) {
		c.Zone = eb.b.zone
	}
	eb.failingCast(c, x.X.Span())
	return c
}

// roundTo is FLOOR(t TO unit) or CEIL(t TO unit).
func (eb *exprBinder) roundTo(x *ast.RoundTo) ir.Expr {
	a := eb.bind(x.X)
	if a == nil {
		return nil
	}
	fn, name := "DATE_TRUNC", "FLOOR"
	if x.Ceil {
		fn, name = "DATE_CEIL", "CEIL"
	}
	if !isTimeUnit(fn, x.Unit) {
		eb.b.err(diag.WrongType, x.Span(), "", "%s does not go to %s", name, x.Unit)
		return nil
	}
	args := eb.localTimes(fn, []ir.Expr{&ir.Const{V: x.Unit, T: ir.TVarchar}, a})
	return eb.apply(fn, x.Span(), []ast.Expr{x.X, x.X}, args...)
}
