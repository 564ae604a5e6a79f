package bind

import (
	"fmt"
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// aggregate binds an aggregate of a grouped query.
func (eb *exprBinder) aggregate(x *ast.Call, f *ir.Function) ir.Expr {
	if eb.group == nil {
		hint := "compute it in a sub-query or a view, and use its column here"
		switch eb.noAggs {
		case "WHERE":
			hint = "conditions on aggregates stand behind GROUP BY: HAVING " + eb.b.written(x, f.Name+"(...)") + " ..."
		case "GROUP BY":
			hint = "leave it out: GROUP BY names what a group has in common"
		}
		eb.b.err(diag.AggregateHere, x.Span(), hint, "the aggregate %s cannot stand in %s", f.Name, eb.noAggs)
		return nil
	}
	inner := &exprBinder{b: eb.b, scope: eb.scope, noAggs: "the aggregate " + f.Name}
	a, ok := inner.aggCall(x, f)
	if !ok || !eb.group.takesRowsBack(&a, x) {
		return nil
	}
	return eb.group.aggregate(a)
}

// aggCall binds a call of an aggregate; eb is for what stands in it.
func (eb *exprBinder) aggCall(x *ast.Call, f *ir.Function) (ir.AggCall, bool) {
	a := ir.AggCall{Fn: f.Name, At: eb.b.sources.Pos(x.Span())}
	if x.Star && (f.Name != "COUNT" || len(x.Args) > 0) || !x.Star && len(x.Args) == 0 {
		eb.b.err(diag.WrongType, x.Span(), valueHint(f, x.Star), "%s takes a value", f.Name)
		return a, false
	}
	args, ok := eb.bindAll(x.Args)
	if x.Filter != nil {
		filter := *eb
		filter.noAggs = "FILTER"
		a.Filter = filter.condition(x.Filter, "FILTER")
		ok = ok && a.Filter != nil
	}
	return a, ok && eb.resolveAgg(&a, f, x, args) && eb.option(&a, x) && eb.aggNulls(&a, x) && eb.aggOrder(&a, x) && eb.distinct(&a, x)
}

func (eb *exprBinder) resolveAgg(a *ir.AggCall, f *ir.Function, x *ast.Call, args []ir.Expr) bool {
	types := make([]*ir.Type, len(args))
	for i, e := range args {
		types[i] = e.Type()
	}
	if f.User != nil {
		if f = eb.pickUser(x, eb.b.user(f.Name), args); f == nil {
			return false
		}
		a.User = f
	}
	want, ret, err := f.Resolve(types)
	if err != nil {
		eb.b.err(diag.WrongType, x.Span(), eb.aggHint(f, x, types), "%s", err)
		return false
	}
	a.T = ret
	for i, e := range args {
		if want[i].Kind != ir.Null {
			e = eb.b.castAt(e, want[i], eb.b.sources.Pos(x.Args[i].Span()))
		}
		a.Args = append(a.Args, settleNull(e))
	}
	return true
}

// aggHint says what would work instead of arguments of the wrong types.
func (eb *exprBinder) aggHint(f *ir.Function, x *ast.Call, types []*ir.Type) string {
	if len(types) == 0 || len(x.Args) != len(types) {
		return "it is " + f.Sig
	}
	arg := eb.b.written(x.Args[0], "x")
	_, _, noNumber := f.Resolve(slices.Repeat([]*ir.Type{ir.TDouble}, len(types)))
	_, _, noCondition := f.Resolve([]*ir.Type{ir.TBoolean})
	switch k := types[0].Kind; {
	case k == ir.Array && f.Name == "BOOL_OR": // x = ANY(list)
		return fmt.Sprintf("to look for x in a list, write ARRAY_CONTAINS(%s, x), or x IN (a, b, ...)", arg)
	case k == ir.Varchar && noNumber == nil:
		return fmt.Sprintf("where the text is a number, write %s(CAST(%s AS DOUBLE)%s)", f.Name, arg, strings.Repeat(", ...", len(types)-1))
	case k == ir.Boolean && noNumber == nil && len(types) == 1:
		return fmt.Sprintf("COUNT_IF(%s) counts the rows where it is true", arg)
	case k.IsNumeric() && noCondition == nil && len(types) == 1:
		return fmt.Sprintf("write a condition: %s(%s > 0)", f.Name, arg)
	case k == ir.Row && noNumber != nil:
		return "take a field of it: " + f.Name + "(" + arg + "." + types[0].Fields[0].Name + ")"
	}
	return "it is " + f.Sig
}

// option makes the argument that says how a constant, and checks it.
func (eb *exprBinder) option(a *ir.AggCall, x *ast.Call) bool {
	if len(a.Args) < 2 || a.Fn != "STRING_AGG" && a.Fn != "APPROX_PERCENTILE" {
		return true
	}
	what, hint := "the separator", "write it as a literal: STRING_AGG("+eb.b.written(x.Args[0], "x")+", ', ')"
	if a.Fn == "APPROX_PERCENTILE" {
		what, hint = "the share", "0.5 is the median, 0.99 leaves out the greatest hundredth"
	}
	v, err := eb.constantOf(a.Args[1])
	if err != nil || v == nil {
		eb.b.err(diag.WrongType, x.Args[1].Span(), hint, "%s of %s has to be a constant", what, a.Fn)
		return false
	}
	if p, ok := v.(float64); ok && !(p >= 0 && p <= 1) {
		if p > 1 && p <= 100 {
			hint = fmt.Sprintf("write %v for %v %%", p/100, p)
		}
		eb.b.err(diag.WrongType, x.Args[1].Span(), hint, "the share of APPROX_PERCENTILE is %v; it has to be from 0 to 1", p)
		return false
	}
	a.Args[1] = &ir.Const{V: v, T: a.Args[1].Type()}
	return true
}

// aggNulls notes IGNORE NULLS and RESPECT NULLS.
func (eb *exprBinder) aggNulls(a *ir.AggCall, x *ast.Call) bool {
	switch a.Fn {
	case "FIRST_VALUE", "LAST_VALUE":
		a.IgnoreNulls = x.Nulls != "RESPECT"
	case "ARRAY_AGG":
		a.IgnoreNulls = x.Nulls == "IGNORE"
	default:
		if x.Nulls == "RESPECT" {
			eb.b.err(diag.WrongType, x.Span(), "leave it out; ARRAY_AGG, FIRST_VALUE and LAST_VALUE can respect NULLs", "%s never looks at NULLs", a.Fn)
			return false
		}
	}
	return true
}

// aggOrder binds ORDER BY inside of an aggregate, or in WITHIN GROUP. Where the order does
// not matter it is checked and left out.
func (eb *exprBinder) aggOrder(a *ir.AggCall, x *ast.Call) bool {
	items := x.OrderBy
	if len(x.Within) > 0 {
		if len(items) > 0 {
			eb.b.err(diag.Syntax, x.Within[0].Span(), "leave one of them out", "%s has both ORDER BY and WITHIN GROUP", a.Fn)
			return false
		}
		items = x.Within
	}
	ok := true
	for _, it := range items {
		e := eb.bind(it.Expr)
		if e == nil {
			ok = false
			continue
		}
		if k := e.Type().Kind; k == ir.Array || k == ir.Map || k == ir.Row {
			eb.b.err(diag.WrongType, it.Span(), "order by a part of it", "values of type %s have no order", e.Type())
			ok = false
			continue
		}
		o := ir.AggOrder{X: settleNull(e), Desc: it.Desc, NullsLast: it.Desc}
		if it.Nulls != ast.NullsDefault {
			o.NullsLast = it.Nulls == ast.NullsLast
		}
		a.OrderBy = append(a.OrderBy, o)
	}
	switch a.Fn {
	case "ARRAY_AGG", "STRING_AGG", "FIRST_VALUE", "LAST_VALUE":
	case "MIN_BY", "MAX_BY":
		if len(a.OrderBy) > 0 {
			eb.b.err(diag.WrongType, items[0].Span(), "write FIRST_VALUE(x ORDER BY a, b)", "%s has its order in its second argument", a.Fn)
			return false
		}
	default:
		a.OrderBy = nil
	}
	return ok
}

// distinct notes DISTINCT where it matters.
func (eb *exprBinder) distinct(a *ir.AggCall, x *ast.Call) bool {
	if a.Fn == "COLLECT" {
		return true
	}
	if !x.Distinct {
		return true
	}
	switch a.Fn {
	case "MIN", "MAX", "COUNT_IF", "BOOL_AND", "BOOL_OR", "APPROX_COUNT_DISTINCT", "FIRST_VALUE", "LAST_VALUE":
		if a.Fn == "COUNT_IF" {
			eb.b.err(diag.WrongType, x.Span(), "leave DISTINCT out", "COUNT_IF counts rows, not values")
			return false
		}
		return true // the same with and without
	case "MIN_BY", "MAX_BY", "COVAR_POP", "COVAR_SAMP", "CORR":
		eb.b.err(diag.WrongType, x.Span(), "leave DISTINCT out, or take the distinct rows in a sub-query", "DISTINCT is not defined for %s", a.Fn)
		return false
	}
	if len(a.Args) == 0 {
		eb.b.err(diag.WrongType, x.Span(), "write COUNT(DISTINCT x)", "COUNT(DISTINCT *) is not defined")
		return false
	}
	a.Distinct = true
	for i, e := range a.ValueArgs() {
		t := e.Type()
		if t.Kind.IsNested() && a.Fn != "COUNT" {
			eb.b.err(diag.WrongType, x.Args[i].Span(), "take a part of it, or CAST it AS VARCHAR", "DISTINCT values are given in their order, and values of type %s have none", t)
			return false
		}
		if !eb.b.groupable(t, x.Args[i].Span(), "DISTINCT") {
			return false
		}
	}
	if len(a.OrderBy) == 0 {
		return true
	}
	if a.Fn == "STRING_AGG" { // the argument may have been cast to text
		a.OrderBy[0].X = eb.b.castTo(a.OrderBy[0].X, ir.TVarchar)
	}
	if len(a.OrderBy) > 1 || !ir.EqualExpr(a.OrderBy[0].X, a.Args[0]) {
		eb.b.err(diag.WrongType, x.Span(), "order by "+eb.b.written(x.Args[0], "x")+" alone, or leave DISTINCT out",
			"distinct values can only be ordered by themselves: one value may have come with several others")
		return false
	}
	return true
}
