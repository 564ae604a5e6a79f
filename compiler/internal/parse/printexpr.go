package parse

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/ir"
)

// expr writes e where operators that bind at least as tightly as level may stand
// without parentheses.
func (p *printer) expr(e ast.Expr, level int) {
	if precOf(e) < level {
		p.text("(")
		defer p.text(")")
	}
	switch x := e.(type) {
	case *ast.Literal:
		p.text(literal(x))
	case *ast.ColumnRef:
		p.dotted(x.Parts)
	case *ast.Unary:
		p.unary(x)
	case *ast.Binary:
		own := precOf(x)
		p.expr(x.L, own)
		p.text(" ", x.Op, " ")
		p.expr(x.R, own+1)
	case *ast.Is:
		p.expr(x.X, precIs)
		p.text(" IS ")
		p.when(x.Not, "NOT ")
		p.text(x.What)
	case *ast.Between, *ast.In, *ast.Like:
		p.rangeOp(x)
	case *ast.Exists:
		p.text("EXISTS ")
		p.inner(x.Query)
	case *ast.Subquery:
		p.inner(x.Query)
	case *ast.Cast:
		p.cast(x)
	case *ast.Case:
		p.caseExpr(x)
	case *ast.Call:
		p.call(x)
	default:
		p.composite(x)
	}
}

func precOf(e ast.Expr) int {
	switch x := e.(type) {
	case *ast.Binary:
		if n, ok := binaryPrec[x.Op]; ok {
			return n
		}
		return precIs
	case *ast.Is:
		return precIs
	case *ast.Between, *ast.In, *ast.Like:
		return precRange
	case *ast.Unary:
		if x.Op == "NOT" {
			return precNot
		}
		return precUnary
	case *ast.Literal:
		if strings.HasPrefix(literal(x), "-") {
			return precUnary
		}
	}
	return precPostfix
}

// unary writes an operator and its operand. A number behind a minus stands in
// parentheses, else the minus would be read as part of it.
func (p *printer) unary(x *ast.Unary) {
	if x.Op == "NOT" {
		p.text("NOT ")
		p.expr(x.X, precNot)
		return
	}
	p.text(x.Op)
	level := precUnary
	switch x.X.(type) {
	case *ast.Literal, *ast.Unary:
		level = precPostfix + 1
	}
	p.expr(x.X, level)
}

func (p *printer) rangeOp(e ast.Expr) {
	not := func(not bool, word string) {
		p.when(not, " NOT")
		p.text(" ", word, " ")
	}
	switch x := e.(type) {
	case *ast.Between:
		p.expr(x.X, precRange)
		not(x.Not, "BETWEEN")
		p.when(x.Symmetric, "SYMMETRIC ")
		p.expr(x.Lo, precConcat)
		p.text(" AND ")
		p.expr(x.Hi, precConcat)
	case *ast.In:
		p.expr(x.X, precRange)
		not(x.Not, "IN")
		if x.Query != nil {
			p.inner(x.Query)
			return
		}
		p.text("(")
		p.exprs(x.List)
		p.text(")")
	case *ast.Like:
		word := "LIKE"
		if x.Similar {
			word = "SIMILAR TO"
		}
		p.expr(x.X, precRange)
		not(x.Not, word)
		p.expr(x.Pattern, precConcat)
		if x.Escape != nil {
			p.text(" ESCAPE ")
			p.expr(x.Escape, precConcat)
		}
	}
}

func (p *printer) cast(x *ast.Cast) {
	p.when(x.Try, "TRY_")
	p.text("CAST(")
	p.expr(x.X, precOr)
	p.text(" AS ")
	p.typ(x.Type.T)
	p.text(")")
}

func (p *printer) caseExpr(x *ast.Case) {
	p.text("CASE")
	p.clause(" ", x.Operand)
	for _, w := range x.Whens {
		p.clause(" WHEN ", w.Cond)
		for _, e := range w.More {
			p.clause(", ", e)
		}
		p.clause(" THEN ", w.Then)
	}
	p.clause(" ELSE ", x.Else)
	p.text(" END")
}

// composite writes the expressions that hold others between marks.
func (p *printer) composite(e ast.Expr) {
	switch x := e.(type) {
	case *ast.RoundTo:
		name := "FLOOR("
		if x.Ceil {
			name = "CEIL("
		}
		p.text(name)
		p.expr(x.X, precOr)
		p.text(" TO ", x.Unit, ")")
	case *ast.Index:
		p.base(x.X, true)
		p.text("[")
		p.expr(x.I, precOr)
		p.text("]")
	case *ast.FieldAccess:
		p.base(x.X, false)
		p.text(".")
		p.ident(x.Name)
	case *ast.RowExpr:
		p.text("ROW(")
		p.exprs(x.Items)
		p.text(")")
	case *ast.ArrayExpr:
		p.text("ARRAY[")
		p.exprs(x.Items)
		p.text("]")
	case *ast.MapExpr:
		p.text("MAP[")
		p.exprs(x.Items)
		p.text("]")
	case *ast.GroupingSets:
		p.text(x.Kind, " (")
		p.commas(len(x.Sets), func(i int) {
			if len(x.Sets[i]) == 1 {
				if inner, ok := x.Sets[i][0].(*ast.GroupingSets); ok {
					p.composite(inner)
					return
				}
			}
			p.text("(")
			p.exprs(x.Sets[i])
			p.text(")")
		})
		p.text(")")
	}
}

// base writes what an index or a field stands behind. A column before a field is
// put in parentheses, else the field would be read as a part of its name.
func (p *printer) base(e ast.Expr, index bool) {
	switch x := e.(type) {
	case *ast.Index, *ast.FieldAccess:
		p.expr(e, precPostfix)
		return
	case *ast.Call:
		if !bareCall(x) {
			p.call(x)
			return
		}
	case *ast.ColumnRef:
		if index {
			p.expr(x, precPostfix)
			return
		}
	}
	p.expr(e, precPostfix+1)
}

func (p *printer) call(x *ast.Call) {
	p.when(x.Rows != "", x.Rows+" ")
	p.function(x.Name)
	if bareCall(x) {
		return
	}
	p.text("(")
	p.when(x.Star, "*")
	p.when(x.Distinct, "DISTINCT ")
	args := x.Args
	if unit, ok := unitArg(x); ok {
		p.text(unit, " FROM ")
		args = args[1:]
	}
	if jsonPairs(x) {
		p.pairs(args)
	} else {
		p.exprs(args)
	}
	p.orderBy(" ORDER BY ", x.OrderBy)
	p.jsonClauses(x)
	p.text(")")
	if len(x.Within) > 0 {
		p.orderBy(" WITHIN GROUP (ORDER BY ", x.Within)
		p.text(")")
	}
	if x.Filter != nil {
		p.clause(" FILTER (WHERE ", x.Filter)
		p.text(")")
	}
	p.when(x.Nulls != "", " "+x.Nulls+" NULLS")
	if x.Over != nil {
		p.text(" OVER ")
		p.window(x.Over)
	}
}

// function writes the name of a function.
func (p *printer) function(name ast.Ident) {
	if up := strings.ToUpper(name.Name); p.canonical && knownFunction(up) {
		name.Name = up
	}
	p.ident(name)
}

// bareCall reports whether x is written without parentheses: CURRENT_TIMESTAMP.
func bareCall(x *ast.Call) bool {
	return len(x.Args) == 0 && !x.Star && x.Name.Quote == 0 && x.Filter == nil && x.Over == nil && x.Within == nil && x.Nulls == "" && x.Rows == "" && noParens[strings.ToUpper(x.Name.Name)]
}

// unitArg returns the unit of an EXTRACT that can be written with FROM.
func unitArg(x *ast.Call) (string, bool) {
	if x.Name.Quote != 0 || !strings.EqualFold(x.Name.Name, "EXTRACT") || len(x.Args) < 2 {
		return "", false
	}
	lit, ok := x.Args[0].(*ast.Literal)
	if !ok || lit.T == nil || lit.T.Kind != ir.Varchar {
		return "", false
	}
	unit := lit.V.(string)
	_, known := units[unit]
	return unit, known || extractUnits[unit]
}

func (p *printer) window(w *ast.Window) {
	if w.Bare {
		p.ident(*w.Name)
		return
	}
	p.text("(")
	sep := ""
	if w.Name != nil {
		p.ident(*w.Name)
		sep = " "
	}
	if len(w.Partition) > 0 {
		p.text(sep, "PARTITION BY ")
		p.exprs(w.Partition)
		sep = " "
	}
	p.orderBy(sep+"ORDER BY ", w.OrderBy)
	if len(w.OrderBy) > 0 {
		sep = " "
	}
	if w.Frame != nil {
		word := "RANGE BETWEEN "
		if w.Frame.Rows {
			word = "ROWS BETWEEN "
		}
		p.text(sep, word)
		p.bound(w.Frame.Start)
		p.text(" AND ")
		p.bound(w.Frame.End)
	}
	p.text(")")
}

func (p *printer) bound(b ast.Bound) {
	if b.N != nil {
		p.expr(b.N, precConcat)
		p.text(" ")
	}
	p.text(string(b.Kind))
}

// literal is a constant as it is written.
func literal(x *ast.Literal) string {
	if x.T == nil {
		return "NULL" // no value, which is reported
	}
	if x.V == nil {
		return "NULL"
	}
	switch x.T.Kind {
	case ir.Varchar:
		return "'" + strings.ReplaceAll(x.V.(string), "'", "''") + "'"
	case ir.Boolean:
		return strings.ToUpper(strconv.FormatBool(x.V.(bool)))
	case ir.Varbinary:
		return fmt.Sprintf("X'%X'", x.V)
	case ir.Double:
		return strconv.FormatFloat(x.V.(float64), 'e', -1, 64)
	case ir.Decimal:
		return decimalText(x.V.(ir.Dec), x.T)
	case ir.Interval, ir.IntervalMonth:
		return intervalText(x.V.(int64), x.T.Kind, x.Days)
	case ir.Date, ir.Time, ir.Timestamp:
		return x.T.Kind.String() + " '" + timeText(x.V.(int64), x.T) + "'"
	}
	return strconv.FormatInt(x.V.(int64), 10)
}

// decimalText writes d with just the digits of its type, which were written.
func decimalText(d ir.Dec, t *ir.Type) string {
	s := d.Format(t.S)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, frac, _ := strings.Cut(s, ".")
	if t.S == 0 {
		return sign + whole
	}
	if whole == "0" {
		whole = ""
	}
	return sign + strings.Repeat("0", t.P-t.S-len(whole)) + whole + "." + frac
}

func intervalText(n int64, k ir.Kind, days bool) string {
	switch {
	case k == ir.IntervalMonth:
		return fmt.Sprintf("INTERVAL '%d' MONTH", n)
	case days:
		return fmt.Sprintf("INTERVAL '%d' DAY", n/units["DAY"].size)
	}
	for _, name := range []string{"HOUR", "MINUTE", "SECOND"} {
		if size := units[name].size; n%size == 0 && n != 0 {
			return fmt.Sprintf("INTERVAL '%d' %s", n/size, name)
		}
	}
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("INTERVAL '%s%s' SECOND", sign, strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%06d", n/1e6, n%1e6), "0"), "."))
}

func timeText(v int64, t *ir.Type) string {
	if t.Kind == ir.Date {
		return time.Unix(v*86400, 0).UTC().Format("2006-01-02")
	}
	per := int64(1_000_000)
	if t.Nanos() {
		per = 1_000_000_000
	}
	seconds, rest := v/per, v%per
	if rest < 0 {
		seconds, rest = seconds-1, rest+per
	}
	at := time.Unix(seconds, rest*(1_000_000_000/per)).UTC()
	form := "15:04:05"
	if t.Kind == ir.Timestamp {
		form = "2006-01-02 15:04:05"
	}
	if t.P > 0 {
		form += "." + strings.Repeat("0", t.P)
	}
	return at.Format(form)
}
