package bind

import (
	"fmt"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// lint warns of forms in a statement that rarely mean what they say. It looks at the
// tree alone, so that each form is looked at once, wherever its expression is used.
func (b *binder) lint(s ast.Statement) {
	inChain := map[ast.Expr]bool{}
	ast.Walk(s, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.Select:
			b.crossProduct(x)
		case *ast.Binary:
			b.lintNull(x)
			b.lintDivision(x)
			if (x.Op == "AND" || x.Op == "OR") && !inChain[x] {
				b.lintChain(x, inChain)
			}
		case *ast.Between:
			b.lintBetween(x)
		case *ast.In:
			b.lintNotIn(x)
		case *ast.Like:
			b.lintLike(x)
		case *ast.Case:
			b.lintCase(x)
		}
		return true
	})
}

func isNull(e ast.Expr) bool {
	l, ok := e.(*ast.Literal)
	return ok && l.V == nil && l.T != nil
}

// lintNull sees x = NULL.
func (b *binder) lintNull(x *ast.Binary) {
	if !isComparison(x.Op) || strings.HasSuffix(x.Op, "DISTINCT FROM") || !isNull(x.L) && !isNull(x.R) {
		return
	}
	value := x.L
	if isNull(x.L) {
		value = x.R
	}
	text := b.written(value, "x")
	switch x.Op {
	case "=":
		b.warn(diag.NullComparison, x.Span(), "write "+text+" IS NULL", "a comparison with NULL is never true: NULL equals nothing, not even NULL")
	case "<>":
		b.warn(diag.NullComparison, x.Span(), "write "+text+" IS NOT NULL", "a comparison with NULL is never true: it is not known what NULL differs from")
	default:
		b.warn(diag.NullComparison, x.Span(), "compare with a value; "+text+" IS NULL asks whether there is none", "a comparison with NULL is never true")
	}
}

// lintNotIn sees x NOT IN (1, NULL).
func (b *binder) lintNotIn(x *ast.In) {
	for _, e := range x.List {
		if x.Not && isNull(e) {
			b.warn(diag.NullComparison, e.Span(), "leave the NULL out, and add AND "+b.written(x.X, "x")+" IS NOT NULL if that is meant", "NOT IN with a NULL in its list is never true")
			return
		}
	}
}

// lintDivision sees 5 / 2.
func (b *binder) lintDivision(x *ast.Binary) {
	l, lok := wholeNumber(x.L)
	r, rok := wholeNumber(x.R)
	if x.Op == "/" && lok && rok && r != 0 && l%r != 0 {
		b.warn(diag.TruncatedDivision, x.Span(), fmt.Sprintf("write %d.0 / %d for a fraction, or %d if that is meant", l, r, l/r),
			"%d / %d is %d: the quotient of whole numbers is a whole number", l, r, l/r)
	}
}

func wholeNumber(e ast.Expr) (int64, bool) {
	l, ok := e.(*ast.Literal)
	if !ok || l.T == nil || !l.T.Kind.IsInteger() {
		return 0, false
	}
	n, ok := l.V.(int64)
	return n, ok
}

// lintBetween sees BETWEEN 9 AND 1.
func (b *binder) lintBetween(x *ast.Between) {
	if x.Symmetric || !b.holds(">", x.Lo, x.Hi) {
		return
	}
	lo, hi := b.written(x.Lo, "low"), b.written(x.Hi, "high")
	what := fmt.Sprintf("no value is between %s and %s", lo, hi)
	if x.Not {
		what = "this is true of every value but NULL"
	}
	b.warn(diag.EmptyRange, x.Lo.Span().To(x.Hi.Span()), fmt.Sprintf("write BETWEEN %s AND %s", hi, lo), "%s: the lower bound stands first", what)
}

// lintLike sees LIKE 'abc'.
func (b *binder) lintLike(x *ast.Like) {
	l, ok := x.Pattern.(*ast.Literal)
	if !ok || x.Similar || x.Escape != nil {
		return
	}
	pattern, ok := l.V.(string)
	if !ok || strings.ContainsAny(pattern, `%_\`) {
		return
	}
	quoted := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	op := "="
	if x.Not {
		op = "<>"
	}
	hint := fmt.Sprintf("write LIKE %s for texts that contain it, or %s %s", quoted("%"+pattern+"%"), op, quoted(pattern))
	if strings.ContainsAny(pattern, "*?") {
		hint = "write % for any text and _ for one character: LIKE " + quoted(strings.NewReplacer("*", "%", "?", "_").Replace(pattern))
	}
	b.warn(diag.NoWildcard, l.Span(), hint, "the pattern %s has no wildcard, so it matches that very text alone", clipped(quoted(pattern)))
}

// lintCase sees branches that an earlier one leaves nothing to.
func (b *binder) lintCase(x *ast.Case) {
	type condition struct {
		operand, op string
		with        ast.Expr
	}
	var seen []condition
	for _, w := range x.Whens {
		if len(w.More) > 0 { // of several values one may be reached where another is not
			for _, e := range append([]ast.Expr{w.Cond}, w.More...) {
				if len(seen) < maxCompared && !isNull(e) {
					seen = append(seen, condition{op: "=", with: e})
				}
			}
			continue
		}
		c := condition{op: "=", with: w.Cond}
		if x.Operand == nil {
			var ok bool
			if c.operand, c.op, c.with, ok = comparison(w.Cond); !ok {
				continue
			}
		} else if isNull(w.Cond) {
			b.warn(diag.NullComparison, w.Cond.Span(), "write CASE WHEN "+b.written(x.Operand, "x")+" IS NULL THEN ...", "WHEN NULL is never true: NULL equals nothing, not even NULL")
			continue
		}
		for _, e := range seen {
			if e.operand == c.operand && b.covers(e.op, e.with, c.op, c.with) {
				b.warn(diag.DeadBranch, w.Cond.Span(), "put the narrower condition first, or remove one of them", "this branch is never reached: where its condition is true, that of an earlier branch is")
				b.relate(e.with.Span(), "an earlier branch takes these rows")
				break
			}
		}
		if len(seen) < maxCompared {
			seen = append(seen, c)
		}
	}
}

// maxCompared is how many conditions of a CASE or a chain each other one is compared
// with: a long text takes no longer than its length says.
const maxCompared = 32

// covers reports whether x op2 b implies x op1 a, where a and b are constants.
func (b *binder) covers(op1 string, v1 ast.Expr, op2 string, v2 ast.Expr) bool {
	switch op1 {
	case "=":
		return op2 == "=" && b.holds("=", v1, v2)
	case ">", "<":
		return op2 == "=" && b.holds(op1, v2, v1) ||
			op2 == op1 && (b.holds(op1, v2, v1) || b.holds("=", v1, v2)) ||
			op2 == op1+"=" && b.holds(op1, v2, v1)
	case ">=", "<=":
		return (op2 == "=" || op2 == op1 || op2+"=" == op1) && b.holds(op1, v2, v1)
	}
	return false
}

// comparison takes apart a comparison of a column with a literal, the column first.
func comparison(e ast.Expr) (column, op string, with *ast.Literal, ok bool) {
	x, isBinary := e.(*ast.Binary)
	if !isBinary || !isComparison(x.Op) {
		return "", "", nil, false
	}
	c, isColumn := x.L.(*ast.ColumnRef)
	l, isLiteral := x.R.(*ast.Literal)
	op = x.Op
	if !isColumn {
		c, isColumn = x.R.(*ast.ColumnRef)
		l, isLiteral = x.L.(*ast.Literal)
		if turned, ok := map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}[op]; ok {
			op = turned
		}
	}
	if !isColumn || !isLiteral || l.V == nil {
		return "", "", nil, false
	}
	return c.String(), op, l, true
}

// lintChain sees x = 1 AND x = 2, and x <> 1 OR x <> 2, in a chain of one operator.
// The chain's other links are entered in inChain.
func (b *binder) lintChain(x *ast.Binary, inChain map[ast.Expr]bool) {
	op := map[string]string{"AND": "=", "OR": "<>"}[x.Op]
	type link struct {
		column string
		with   *ast.Literal
	}
	var seen []link
	for _, part := range chainParts(x, inChain) {
		column, o, with, ok := comparison(part)
		if !ok || o != op {
			continue
		}
		for _, s := range seen {
			if s.column != column || !b.holds("<>", s.with, with) {
				continue
			}
			what, hint := fmt.Sprintf("this is never true: `%s` cannot be two values at once", column), fmt.Sprintf("write %s IN (%s, %s), or OR", column, b.written(s.with, "a"), b.written(with, "b"))
			if x.Op == "OR" {
				what, hint = fmt.Sprintf("this is true of every `%s` but NULL: what is the one value is not the other", column), fmt.Sprintf("write %s NOT IN (%s, %s), or AND", column, b.written(s.with, "a"), b.written(with, "b"))
			}
			b.warn(diag.ConstantCondition, part.Span(), hint, "%s", what)
			b.relate(s.with.Span(), "the other value")
			return
		}
		if len(seen) < maxCompared {
			seen = append(seen, link{column, with})
		}
	}
}

// chainParts are the operands of a chain of x's operator, in order.
func chainParts(x *ast.Binary, inChain map[ast.Expr]bool) []ast.Expr {
	var out []ast.Expr
	var walk func(e ast.Expr)
	walk = func(e ast.Expr) {
		if y, ok := e.(*ast.Binary); ok && y.Op == x.Op {
			inChain[y] = true
			walk(y.L)
			walk(y.R)
			return
		}
		out = append(out, e)
	}
	walk(x)
	return out
}

// holds reports whether a comparison of two literals is true; false also where they
// cannot be compared.
func (b *binder) holds(op string, l, r ast.Expr) bool {
	x, lok := l.(*ast.Literal)
	y, rok := r.(*ast.Literal)
	if !lok || !rok || x.V == nil || y.V == nil {
		return false
	}
	types := []*ir.Type{x.T, y.T}
	want, t, err := ir.LookupFunction(op).Resolve(types)
	if err != nil {
		return false
	}
	call := &ir.Call{Fn: op, T: t, Args: []ir.Expr{
		castTo(&ir.Const{V: x.V, T: x.T}, want[0]), castTo(&ir.Const{V: y.V, T: y.T}, want[1])}}
	v, err := b.constant(call)
	return err == nil && v == true
}

// written is an expression as the file has it, for a hint; otherwise where that is long.
func (b *binder) written(e ast.Expr, otherwise string) string {
	return b.writtenAt(e.Span(), otherwise)
}

func (b *binder) writtenAt(at diag.Span, otherwise string) string {
	text := strings.Join(strings.Fields(b.sources.Text(at)), " ")
	if text == "" || len(text) > 60 {
		return otherwise
	}
	return text
}

func clipped(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return s
}
