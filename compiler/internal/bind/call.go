package bind

import (
	"fmt"
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// call binds a function call.
func (eb *exprBinder) call(x *ast.Call) ir.Expr {
	name := strings.ToUpper(x.Name.Name)
	if eb.b.laterCall(x) {
		return nil
	}
	if e, handled := eb.jsonCall(name, x); handled {
		return e
	}
	if slices.Contains(setFunctions, name) {
		return eb.groupingCall(name, x)
	}
	if x.Over != nil {
		return eb.overCall(x)
	}
	if f := ir.LookupOver(name); f != nil {
		eb.needsOver(x, f)
		return nil
	}
	if _, _, ok := groupWindowColumn(name); ok || groupWindowUse[name] != "" {
		return eb.windowCall(name, x)
	}
	f := ir.LookupFunction(name)
	if list := eb.b.user(name); len(list) > 0 && list[0].Aggregate {
		f = list[0]
	} else if len(list) > 0 {
		return eb.userCall(x, list)
	}
	switch {
	case name == "IF" && len(x.Args) == 3 && !x.Distinct && x.Filter == nil:
		return eb.ifCall(x)
	case f == nil && timeForm(name) != nil && !x.Star && !x.Distinct && x.Filter == nil && len(x.OrderBy) == 0:
		return timeForm(name)(eb, x)
	case f == nil:
		eb.unknownFunction(x, name)
		return nil
	case f.Aggregate:
		return eb.aggregate(x, f)
	}
	args, ok := eb.scalarArgs(x, name)
	if !ok {
		return nil
	}
	if !eb.checkUnit(f, x) {
		return nil
	}
	return eb.apply(f.Name, x.Span(), x.Args, eb.localTimes(f.Name, args)...)
}

// scalarArgs binds the arguments of a function that is no aggregate; false: reported.
func (eb *exprBinder) scalarArgs(x *ast.Call, name string) ([]ir.Expr, bool) {
	switch {
	case x.Star:
		eb.b.err(diag.Syntax, x.Span(), "", "%s(*) is not defined; COUNT(*) is", name)
		return nil, false
	case x.Distinct || x.Filter != nil || len(x.OrderBy)+len(x.Within) > 0 || x.Nulls != "":
		eb.b.err(diag.Syntax, x.Span(), "", "DISTINCT, ORDER BY, FILTER and what is said of NULLs belong to aggregates, and %s is none", name)
		return nil, false
	}
	return eb.openAll(x.Args)
}

// apply resolves a function for bound arguments; parts are where they stand.
func (eb *exprBinder) apply(fn string, at diag.Span, parts []ast.Expr, args ...ir.Expr) ir.Expr {
	return eb.applyAt(fn, at, at, parts, args...)
}

// applyAt is apply with errors at one place, and row errors at another.
func (eb *exprBinder) applyAt(fn string, at, whole diag.Span, parts []ast.Expr, args ...ir.Expr) ir.Expr {
	args = eb.finer(fn, args)
	if isComparison(fn) && len(args) == 2 {
		args = []ir.Expr{eb.farTime(args[0], args[1].Type()), eb.farTime(args[1], args[0].Type())}
		if e := exactSpans(fn, args[0], args[1]); e != nil {
			return e
		}
	}
	types := make([]*ir.Type, len(args))
	for i, a := range args {
		types[i] = a.Type()
	}
	f := ir.LookupFunction(fn)
	want, ret, err := f.Resolve(types)
	if err == nil && fn != "ARRAY" && fn != "MAP" && fn != "ROW" {
		want, ret, err = settledTypes(f, want, ret)
	}
	if err != nil {
		eb.b.err(diag.WrongType, at, eb.b.argumentHint(f, types, parts, at != whole), "%s", err)
		return nil
	}
	if fn == "/" || fn == "%" {
		eb.divisor(args[1], want[1], parts, at)
	}
	cast := make([]ir.Expr, len(args))
	for i, a := range args {
		cast[i] = eb.b.castAt(a, want[i], eb.b.placeOf(parts, i, at))
		if len(parts) > 0 && cast[i] != a {
			eb.failingCast(cast[i], parts[min(i, len(parts)-1)].Span())
		}
	}
	if exact := ir.LookupFunction(fn).Exact; exact != nil {
		ret = exact(cast, ret)
	}
	call := &ir.Call{Fn: fn, Args: cast, T: ret, At: eb.b.sources.Pos(whole)}
	if !eb.checkPatterns(call, parts) {
		return nil
	}
	return call
}

// argumentHint says what to do about arguments that a function does not take. Whole has it
// repeat a comparison that is written as one.
func (b *binder) argumentHint(f *ir.Function, types []*ir.Type, parts []ast.Expr, whole bool) string {
	if hint := b.timeHint(f.Name, types, parts); hint != "" {
		return hint
	}
	if hint := b.typeHint(f.Name, types, parts); f.Operator && f.Name != "LIKE" && f.Name != "SIMILAR TO" && hint != "" {
		return hint
	}
	if hint := b.convertHint(f, types, parts, whole); hint != "" {
		return hint
	}
	if hint := b.compareHint(f.Name, types, parts, whole); isComparison(f.Name) && hint != "" {
		return hint
	}
	return "it is " + f.Sig
}

// typeHint proposes what to do where text meets a number.
func (b *binder) typeHint(fn string, types []*ir.Type, parts []ast.Expr) string {
	text := slices.IndexFunc(types, func(t *ir.Type) bool { return t.Kind == ir.Varchar })
	number := slices.IndexFunc(types, func(t *ir.Type) bool { return t.Kind.IsNumeric() })
	if text < 0 || number < 0 || len(parts) != len(types) {
		return ""
	}
	n := b.written(parts[number], "...")
	if l, ok := parts[text].(*ast.Literal); ok {
		if s, _ := l.V.(string); isNumber(s) {
			return "write " + s + " without quotes"
		}
		return fmt.Sprintf("write a number without quotes, or CAST(%s AS VARCHAR) to compare texts", n)
	}
	hint := fmt.Sprintf("write CAST(%s AS %s) where the text is a number", b.written(parts[text], "..."), types[number])
	if _, ok := parts[number].(*ast.Literal); ok && isComparison(fn) {
		return hint + ", or compare it with the text '" + n + "'"
	}
	if fn == "+" {
		hint += "; || puts texts together"
	}
	return hint
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789.") == "" && s[0] != '.' }

func (eb *exprBinder) ifCall(x *ast.Call) ir.Expr {
	cond, then, otherwise := eb.condition(x.Args[0], "IF"), eb.open(x.Args[1]), eb.open(x.Args[2])
	if cond == nil || then == nil || otherwise == nil {
		return nil
	}
	c := &ir.Case{Whens: []ir.When{{Cond: cond, Then: then}}, Else: otherwise}
	return eb.caseOf(c, []ir.Expr{then, otherwise}, x.Args[1:])
}

// laterFunctions are ways around functions that this version does not have.
var laterFunctions = map[string]string{
	"CURRENT_WATERMARK": "the time of a row is its event-time column",
}

func (eb *exprBinder) unknownFunction(x *ast.Call, name string) {
	switch {
	case slices.Contains(ir.Planned(), name):
		eb.b.later(x.Span(), "the function "+name, laterFunctions[name])
	case name == "IF":
		eb.b.err(diag.WrongType, x.Span(), "", "IF takes 3 arguments: IF(condition, a, b)")
	case name == "UNNEST":
		eb.b.err(diag.UnknownFunction, x.Name.Span(), "it stands in FROM: FROM t CROSS JOIN UNNEST(list) AS u (x)", "UNNEST is no function: it makes rows")
	case name == "CONVERT" && len(x.Args) == 2:
		eb.b.err(diag.UnknownFunction, x.Name.Span(), eb.conversionHint(x), "there is no function CONVERT")
	default:
		var names []string
		for _, f := range ir.Catalog() {
			if !f.Operator && !f.Table {
				names = append(append(names, f.Name), f.Aliases...)
			}
		}
		for _, f := range eb.b.env.Functions {
			names = append(names, f.Name)
		}
		eb.b.err(diag.UnknownFunction, x.Name.Span(), eb.b.functionHint(x, name, names), "there is no function %s", x.Name.Name)
	}
}

// extractUnits are the units of EXTRACT; those of DATE_TRUNC are the first ten.
var extractUnits = []string{"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND", "DOY", "DOW", "EPOCH", "ISODOW", "ISOYEAR", "DECADE", "CENTURY", "MILLENNIUM"}

func isTimeUnit(fn, unit string) bool {
	units := extractUnits
	if fn != "EXTRACT" {
		units = extractUnits[:10]
	}
	return slices.Contains(units, strings.ToUpper(unit))
}

// checkUnit refuses a literal unit that is none, which would fail for each row.
func (eb *exprBinder) checkUnit(f *ir.Function, x *ast.Call) bool {
	if !slices.Contains([]string{"EXTRACT", "DATE_TRUNC", "DATE_CEIL", "TIMESTAMPDIFF"}, f.Name) || len(x.Args) == 0 {
		return true
	}
	l, ok := x.Args[0].(*ast.Literal)
	if !ok {
		return true
	}
	unit, isText := l.V.(string)
	if !isText || isTimeUnit(f.Name, unit) {
		return true
	}
	eb.b.err(diag.WrongType, l.Span(), didYouMean(strings.ToUpper(unit), extractUnits, "units: "+strings.Join(extractUnits, ", ")), "%s knows no unit %s", f.Name, unit)
	return false
}

// containsAggregate reports whether e calls an aggregate.
func (b *binder) containsAggregate(e ast.Node) bool {
	found := false
	ast.Walk(e, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.Call:
			found = found || x.Over == nil && b.aggregateNamed(strings.ToUpper(x.Name.Name)) != nil
		case *ast.Query:
			return false
		}
		return !found
	})
	return found
}

func (b *binder) hasAggregates(items []item) bool {
	return slices.ContainsFunc(items, func(it item) bool { return it.expr != nil && b.containsAggregate(it.expr) })
}
