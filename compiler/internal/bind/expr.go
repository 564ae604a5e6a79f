package bind

import (
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// exprBinder binds expressions over one scope.
type exprBinder struct {
	b     *binder
	scope *scope
	group *grouping // set in SELECT and HAVING of a grouped query
	over  *overs    // set where calls with OVER may stand
	// within is what the expression is a part of, where that forbids calls with OVER.
	within string
	// noAggs is where we are, if aggregates cannot stand there: "WHERE".
	noAggs string
	// constant is what must be a constant, if it must: "the size of a window".
	constant string
	// computed are columns that cannot be named because they are computed themselves.
	computed map[string]bool
}

// bind returns the typed expression; nil: it is poison, and reported.
func (eb *exprBinder) bind(e ast.Expr) ir.Expr { return settled(eb.open(e)) }

// open is bind of what meets other values, from which parts without a type take theirs.
func (eb *exprBinder) open(e ast.Expr) ir.Expr {
	switch x := e.(type) {
	case *ast.Literal:
		if x.T == nil {
			return nil
		}
		return &ir.Const{V: x.V, T: x.T}
	case *ast.ColumnRef:
		return eb.columnRef(x)
	case *ast.Unary:
		return eb.unary(x)
	case *ast.Binary:
		return eb.binary(x)
	case *ast.Is:
		return eb.is(x)
	case *ast.Between:
		return eb.between(x)
	case *ast.In:
		return eb.in(x)
	case *ast.Like:
		return eb.like(x)
	case *ast.Cast:
		return eb.cast(x)
	case *ast.Case:
		return eb.caseExpr(x)
	case *ast.Call:
		return eb.call(x)
	case *ast.RoundTo:
		return eb.roundTo(x)
	case *ast.FieldAccess:
		return eb.field(eb.bind(x.X), x.Name)
	case *ast.Index:
		return eb.parts("ITEM", x, x.X, x.I)
	case *ast.ArrayExpr:
		return eb.parts("ARRAY", x, x.Items...)
	case *ast.MapExpr:
		return eb.parts("MAP", x, x.Items...)
	case *ast.RowExpr:
		return eb.parts("ROW", x, x.Items...)
	case *ast.Subquery:
		return eb.scalar(x)
	case *ast.Exists:
		return eb.member(x, existsColumn)
	}
	eb.b.later(e.Span(), formName(e), "")
	return nil
}

// formName names a form of expression that is refused.
func formName(e ast.Expr) string {
	switch e.(type) {
	case *ast.GroupingSets:
		return "GROUPING SETS outside of GROUP BY"
	}
	return "this expression"
}

// parts binds what is made of parts, or takes one of another.
func (eb *exprBinder) parts(fn string, x ast.Expr, items ...ast.Expr) ir.Expr {
	args, ok := eb.openAll(items)
	if !ok {
		return nil
	}
	return eb.apply(fn, x.Span(), items, args...)
}

// condition binds what must be BOOLEAN.
func (eb *exprBinder) condition(e ast.Expr, where string) ir.Expr {
	x := eb.bind(e)
	if x == nil {
		return nil
	}
	if k := x.Type().Kind; k != ir.Boolean && k != ir.Null {
		eb.b.err(diag.NotACondition, e.Span(), conditionHint(eb.b.written(e, "x"), x.Type()), "%s takes a condition, and this is %s", where, x.Type())
		return nil
	}
	return castTo(x, ir.TBoolean)
}

// columnRef resolves c, t.c, and fields behind them.
func (eb *exprBinder) columnRef(x *ast.ColumnRef) ir.Expr {
	if eb.constant != "" {
		eb.b.err(diag.BadWindow, x.Span(), "write an interval, such as INTERVAL '1' MINUTE", "%s must be a constant, and `%s` is a column", eb.constant, x)
		return nil
	}
	table, rest := "", x.Parts
	if eb.isQualified(rest) {
		table, rest = rest[0].Name, rest[1:]
	}
	if table == "" && len(rest) == 1 && len(eb.scope.find("", rest[0].Name)) == 0 {
		if e, ok := eb.scope.aliases[rest[0].Name]; ok {
			return eb.alias(e)
		}
	}
	if table == "" && len(rest) > 1 && len(eb.scope.cols) > 0 && len(eb.scope.find("", rest[0].Name)) == 0 {
		eb.b.unknownQualifier(eb.scope, rest[0])
		return nil
	}
	c := eb.b.columnAs(eb, table, rest[0])
	if c == nil || c.col.Type.Kind == ir.Invalid {
		return nil
	}
	ref := c.ref()
	if eb.group != nil {
		eb.group.refs[ref] = x.Span()
	}
	var e ir.Expr = ref
	for _, f := range rest[1:] {
		if e = eb.field(e, f); e == nil {
			return nil
		}
	}
	return e
}

// isQualified reports whether the first part names a table: where that table has
// the column behind it, or no column has the first part's name.
func (eb *exprBinder) isQualified(parts []ast.Ident) bool {
	if len(parts) < 2 || !eb.scope.hasTable(parts[0].Name) {
		return false
	}
	return len(eb.scope.find(parts[0].Name, parts[1].Name)) > 0 || len(eb.scope.find("", parts[0].Name)) == 0
}

// alias binds an item of SELECT by its alias, without the aliases in sight.
func (eb *exprBinder) alias(e ast.Expr) ir.Expr {
	s := *eb.scope
	s.aliases = nil
	inner := *eb
	inner.scope = &s
	return inner.bind(e)
}

// columnAs is column, knowing of computed columns.
func (b *binder) columnAs(eb *exprBinder, table string, id ast.Ident) *scopeCol {
	if eb.computed[id.Name] {
		b.err(diag.BadColumn, id.Span(), "write its expression instead", "`%s` is computed itself; a computed column is made of the physical ones", id.Name)
		return nil
	}
	return b.column(eb.scope, table, id)
}

// column finds the one column of that name; nil: reported.
func (b *binder) column(s *scope, table string, id ast.Ident) *scopeCol {
	found := s.find(table, id.Name)
	switch len(found) {
	case 1:
		return found[0]
	case 0:
		if b.columnElsewhere(s, table, id) {
			return nil
		}
		if len(s.cols) == 0 {
			hint := "text stands in single quotes: '" + strings.ReplaceAll(id.Name, "'", "''") + "'"
			if s.what == noFrom {
				hint = "add FROM and the table that has it; " + hint
			}
			b.err(diag.UnknownColumn, id.Span(), hint, "there is no column `%s`: %s has no columns to use", id.Name, s.what)
			return nil
		}
		what, near := s.what, s
		if table != "" && s.joined {
			what, near = "`"+table+"`", s.of(table)
		}
		b.err(diag.UnknownColumn, id.Span(), columnHint(id, near), "%s has no column `%s`", what, id.Name)
		b.relate(s.at, "%s is declared here", s.what)
		return nil
	}
	hint := "give one of them another name with AS in the query that makes them"
	if s.joined && found[0].table != "" && found[1].table != "" {
		hint = "say of which table: " + found[0].table + "." + id.Name + " or " + found[1].table + "." + id.Name
	}
	b.err(diag.AmbiguousColumn, id.Span(), hint, "%s has %d columns `%s`", s.what, len(found), id.Name)
	return nil
}

// columnHint is for a name that is none of the columns in sight.
func columnHint(id ast.Ident, s *scope) string {
	text := textHint(id)
	if near := didYouMean(id.Name, s.names(), ""); near != "" && text != "" {
		return near + " " + strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], "; ")
	} else if near != "" {
		return near
	}
	return text + "its columns: " + listed(s.ownNames())
}

// textHint is for a name in double quotes that is no column: it is likely meant as text.
func textHint(id ast.Ident) string {
	if id.Quote != '"' {
		return ""
	}
	return "for text, write '" + strings.ReplaceAll(id.Name, "'", "''") + "' in single quotes; "
}

// listed joins names, at most a dozen.
func listed(names []string) string {
	if len(names) > 12 {
		return strings.Join(names[:12], ", ") + ", ..."
	}
	return strings.Join(names, ", ")
}

func (eb *exprBinder) field(x ir.Expr, id ast.Ident) ir.Expr {
	if x == nil {
		return nil
	}
	t := x.Type()
	if t.Kind != ir.Row {
		eb.b.err(diag.UnknownColumn, id.Span(), "only a ROW has fields; a table's column is written table.column", "`%s` is %s and has no fields", x, t)
		return nil
	}
	names := make([]string, len(t.Fields))
	for i, f := range t.Fields {
		if f.Name == id.Name {
			return &ir.FieldRef{X: x, Index: i, Name: f.Name, T: f.Type}
		}
		names[i] = f.Name
	}
	eb.b.err(diag.UnknownColumn, id.Span(), didYouMean(id.Name, names, "its fields: "+listed(names)), "%s has no field `%s`", x, id.Name)
	return nil
}

func (eb *exprBinder) unary(x *ast.Unary) ir.Expr {
	a := eb.bind(x.X)
	if a == nil {
		return nil
	}
	switch x.Op {
	case "NOT":
		return eb.apply("NOT", x.Span(), []ast.Expr{x.X}, a)
	case "-":
		return eb.apply("NEG", x.Span(), []ast.Expr{x.X}, a)
	}
	if eb.apply("NEG", x.Span(), []ast.Expr{x.X}, a) == nil { // + is defined where - is
		return nil
	}
	return a
}

func (eb *exprBinder) binary(x *ast.Binary) ir.Expr {
	l, r := eb.open(x.L), eb.open(x.R)
	if l == nil || r == nil {
		return nil
	}
	if isComparison(x.Op) {
		l, r = narrowed(l, r.Type()), narrowed(r, l.Type())
	}
	at := x.Span()
	if !x.OpAt.At.IsZero() {
		at = x.OpAt.At
	}
	e := eb.applyAt(x.Op, at, x.Span(), []ast.Expr{x.L, x.R}, l, r)
	if e != nil && movesByDays(x, l, r) {
		return eb.b.castTo(e, ir.TDate)
	}
	return e
}

func isComparison(op string) bool {
	switch op {
	case "=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM":
		return true
	}
	return false
}

func (eb *exprBinder) is(x *ast.Is) ir.Expr {
	a := eb.bind(x.X)
	if a == nil {
		return nil
	}
	if strings.HasPrefix(x.What, "JSON") {
		fn := "IS " + strings.TrimSuffix(x.What, " VALUE")
		return eb.not(eb.apply(fn, x.Span(), []ast.Expr{x.X}, a), x.Not)
	}
	what := x.What
	if what == "UNKNOWN" {
		if a = eb.booleanOf(a, x.X); a == nil {
			return nil
		}
		what = "NULL"
	}
	fn := "IS " + what
	if x.Not {
		fn = "IS NOT " + what
	}
	if a.Type().Kind == ir.Null {
		a = castTo(a, ir.TBoolean)
	}
	return eb.apply(fn, x.Span(), []ast.Expr{x.X}, a)
}

func (eb *exprBinder) booleanOf(a ir.Expr, e ast.Expr) ir.Expr {
	if k := a.Type().Kind; k != ir.Boolean && k != ir.Null {
		eb.b.err(diag.NotACondition, e.Span(), "", "IS UNKNOWN takes a condition, and this is %s", a.Type())
		return nil
	}
	return castTo(a, ir.TBoolean)
}

func (eb *exprBinder) not(e ir.Expr, negate bool) ir.Expr {
	if e == nil || !negate {
		return e
	}
	return &ir.Call{Fn: "NOT", Args: []ir.Expr{e}, T: ir.TBoolean}
}
