package bind

import (
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// jsonCall binds a function of JSON with its clauses; handled is false where the call is
// another's.
func (eb *exprBinder) jsonCall(name string, x *ast.Call) (e ir.Expr, handled bool) {
	bind := map[string]func(*ast.Call, *ast.JSONClauses) ir.Expr{
		"JSON_VALUE": eb.jsonValue, "JSON_QUERY": eb.jsonQuery, "JSON_EXISTS": eb.jsonExists,
		"JSON_OBJECT": eb.jsonMake, "JSON_ARRAY": eb.jsonMake,
	}[name]
	if bind == nil || x.Star || x.Distinct || x.Filter != nil || len(x.OrderBy) > 0 {
		return nil, false
	}
	clauses := x.JSON
	if clauses == nil {
		clauses = &ast.JSONClauses{}
	}
	return bind(x, clauses), true
}

// jsonArgs binds the text and the path; false: reported.
func (eb *exprBinder) jsonArgs(x *ast.Call) ([]ir.Expr, bool) {
	if len(x.Args) != 2 {
		f := ir.LookupFunction(strings.ToUpper(x.Name.Name))
		eb.b.err(diag.WrongType, x.Span(), "it is "+f.Sig, "%s takes a text and a path", f.Name)
		return nil, false
	}
	return eb.bindAll(x.Args)
}

// allowed refuses a clause that the function does not have.
func (eb *exprBinder) allowed(x *ast.Call, on *ast.JSONOn, what string, words ...string) bool {
	if on == nil || slices.Contains(words, on.What) {
		return true
	}
	eb.b.err(diag.Syntax, on.Span(), what+" takes "+strings.Join(words, ", "), "%s ON %s does not go with %s", on.What, what, strings.ToUpper(x.Name.Name))
	return false
}

func (eb *exprBinder) none(x *ast.Call, has bool, what string) bool {
	if has {
		eb.b.err(diag.Syntax, x.JSON.Span(), "it is "+ir.LookupFunction(strings.ToUpper(x.Name.Name)).Sig, "%s does not go with %s", what, strings.ToUpper(x.Name.Name))
	}
	return !has
}

func text(s string) ir.Expr { return &ir.Const{V: s, T: ir.TVarchar} }

// jsonValue is JSON_VALUE(s, path, clauses, default on empty, default on error), cast to
// the type of RETURNING.
func (eb *exprBinder) jsonValue(x *ast.Call, c *ast.JSONClauses) ir.Expr {
	args, ok := eb.jsonArgs(x)
	words := []string{"NULL", "ERROR", "DEFAULT"}
	ok = eb.allowed(x, c.OnEmpty, "EMPTY", words...) && eb.allowed(x, c.OnError, "ERROR", words...) && ok
	ok = eb.none(x, c.Wrapper != "", "WRAPPER") && eb.none(x, c.OnNull != "", "ON NULL") && ok
	to := ir.TVarchar
	if c.Returning != nil {
		if to = c.Returning.T; to.Kind.IsNested() || to.Kind == ir.Varbinary {
			eb.b.err(diag.CannotCast, c.Returning.Span(), "JSON_QUERY gives objects and arrays as text", "JSON_VALUE does not return %s", to)
			return nil
		}
	}
	var said []string
	if to.Kind != ir.Varchar {
		said = append(said, "RETURNING "+to.String())
	}
	places := []ast.Expr{x, x, x, x, x}
	copy(places, x.Args)
	defaults := []ir.Expr{text(""), text("")}
	for i, on := range []*ast.JSONOn{c.OnEmpty, c.OnError} {
		if on == nil {
			continue
		}
		said = append(said, on.What+[]string{" ON EMPTY", " ON ERROR"}[i])
		if on.Default == nil {
			continue
		}
		d := eb.bind(on.Default)
		if d == nil {
			ok = false
			continue
		}
		if !ir.CanAssign(d.Type(), to) {
			eb.b.err(diag.WrongType, on.Default.Span(), "", "the default is %s, JSON_VALUE returns %s", d.Type(), to)
			ok = false
			continue
		}
		defaults[i], places[3+i] = eb.b.castTo(eb.b.castTo(d, to), ir.TVarchar), on.Default
	}
	if !ok {
		return nil
	}
	args = append(args, text(strings.Join(said, "; ")))
	if len(said) == 0 {
		args, places = args[:2], places[:2]
	} else {
		args = append(args, defaults...)
	}
	value := eb.apply("JSON_VALUE", x.Span(), places, args...)
	if value == nil {
		return nil
	}
	return eb.b.castTo(value, to)
}

func (eb *exprBinder) jsonQuery(x *ast.Call, c *ast.JSONClauses) ir.Expr {
	args, ok := eb.jsonArgs(x)
	words := []string{"NULL", "ERROR", "EMPTY ARRAY", "EMPTY OBJECT"}
	ok = eb.allowed(x, c.OnEmpty, "EMPTY", words...) && eb.allowed(x, c.OnError, "ERROR", words...) && ok
	ok = eb.none(x, c.OnNull != "", "ON NULL") && ok
	to := ir.TVarchar
	if c.Returning != nil {
		if to = c.Returning.T; to.Kind != ir.Varchar && to.Kind != ir.JSON && !(to.Kind.IsNested() && ir.CanCast(ir.TJSON, to)) {
			eb.b.err(diag.CannotCast, c.Returning.Span(), "it returns VARCHAR, JSON, ARRAY, MAP or ROW; JSON_VALUE gives scalars", "JSON_QUERY does not return %s", to)
			return nil
		}
	}
	if !ok {
		return nil
	}
	return eb.returning(eb.clausesBehind(x, args, c, c.Wrapper), to, c.OnError, x)
}

// returning is the JSON text that JSON_QUERY gives as a value of another type. A text that is
// none is an error, of which ON ERROR says what becomes.
func (eb *exprBinder) returning(found ir.Expr, to *ir.Type, on *ast.JSONOn, x *ast.Call) ir.Expr {
	if found == nil || to.Kind == ir.Varchar {
		return found
	}
	found = castAt(found, ir.TJSON, eb.b.sources.Pos(x.Span()))
	if !to.Kind.IsNested() {
		return found
	}
	value := &ir.Cast{X: found, T: to, Try: on == nil || on.What != "ERROR", At: eb.b.sources.Pos(x.Span())}
	if empty := on != nil && (on.What == "EMPTY ARRAY" && to.Kind == ir.Array || on.What == "EMPTY OBJECT" && to.Kind == ir.Map); empty {
		missing := &ir.Call{Fn: "IS NULL", Args: []ir.Expr{found}, T: ir.TBoolean}
		return &ir.Case{Whens: []ir.When{{Cond: missing, Then: &ir.Const{T: to}}}, T: to,
			Else: &ir.Call{Fn: "COALESCE", Args: []ir.Expr{value, &ir.Const{V: emptyOf(to), T: to}}, T: to}}
	}
	return value
}

func (eb *exprBinder) jsonExists(x *ast.Call, c *ast.JSONClauses) ir.Expr {
	args, ok := eb.jsonArgs(x)
	ok = eb.allowed(x, c.OnError, "ERROR", "TRUE", "FALSE", "UNKNOWN", "ERROR") && ok
	ok = eb.none(x, c.OnEmpty != nil, "ON EMPTY") && eb.none(x, c.Wrapper != "", "WRAPPER") && eb.none(x, c.Returning != nil, "RETURNING") && ok
	if !ok {
		return nil
	}
	return eb.clausesBehind(x, args, c, "")
}

// clausesBehind makes the clauses the last argument.
func (eb *exprBinder) clausesBehind(x *ast.Call, args []ir.Expr, c *ast.JSONClauses, first string) ir.Expr {
	var said []string
	if first != "" && first != "WITHOUT" {
		said = append(said, first)
	}
	if c.OnEmpty != nil {
		said = append(said, c.OnEmpty.What+" ON EMPTY")
	}
	if c.OnError != nil {
		said = append(said, c.OnError.What+" ON ERROR")
	}
	places := append(slices.Clone(x.Args), x)
	if len(said) > 0 {
		args = append(args, text(strings.Join(said, "; ")))
	}
	return eb.apply(strings.ToUpper(x.Name.Name), x.Span(), places, args...)
}

// jsonMake is JSON_OBJECT or JSON_ARRAY of NULL or ABSENT, and of keys and values as JSON texts.
func (eb *exprBinder) jsonMake(x *ast.Call, c *ast.JSONClauses) ir.Expr {
	name := strings.ToUpper(x.Name.Name)
	ok := eb.none(x, c.OnEmpty != nil || c.OnError != nil, "ON EMPTY or ON ERROR") && eb.none(x, c.Wrapper != "", "WRAPPER")
	if c.Returning != nil && c.Returning.T.Kind != ir.Varchar {
		eb.b.later(c.Returning.Span(), name+" with RETURNING "+c.Returning.T.String(), "")
		return nil
	}
	parts, bound := eb.bindAll(x.Args)
	if !ok || !bound {
		return nil
	}
	nulls := c.OnNull
	if nulls == "" {
		nulls = map[string]string{"JSON_OBJECT": "NULL", "JSON_ARRAY": "ABSENT"}[name]
	}
	args, places := []ir.Expr{text(nulls)}, []ast.Expr{x}
	for i, p := range parts {
		if name == "JSON_ARRAY" || i%2 == 1 {
			p = eb.asJSON(p, x.Args[i])
		}
		args, places = append(args, p), append(places, x.Args[i])
	}
	return eb.apply(name, x.Span(), places, args...)
}

// asJSON is a value as JSON text; what a function of JSON makes is that already.
func (eb *exprBinder) asJSON(e ir.Expr, at ast.Expr) ir.Expr {
	if call, ok := e.(*ir.Call); ok && slices.Contains([]string{"JSON_OBJECT", "JSON_ARRAY", "JSON_QUERY"}, call.Fn) {
		return e
	}
	if e.Type().Kind == ir.Null {
		return castTo(e, ir.TVarchar)
	}
	return eb.apply("JSON_STRING", at.Span(), []ast.Expr{at}, e)
}
