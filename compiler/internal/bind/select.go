package bind

import (
	"slices"
	"strconv"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// item is one output column of a SELECT before it is bound.
type item struct {
	expr ast.Expr // nil: column col of the input, from a star
	col  *scopeCol
	name string
	at   diag.Span
	// aliases are the items that may be named in it: of what SELECT is only ordered by.
	aliases map[string]ast.Expr
}

func (b *binder) selectQuery(x *ast.Select) *relation {
	return b.distinct(x, b.selectRows(x))
}

func (b *binder) selectRows(x *ast.Select) *relation {
	b.ignoreHints(x.Hints, false)
	back, ok := b.hint(x)
	defer back()
	if !ok {
		return nil
	}
	if x.From == nil {
		return b.selectWithoutFrom(x)
	}
	in, s := b.fromWhere(x)
	if in == nil {
		return nil
	}
	if in = b.windowed(x, in, s); in == nil {
		return nil
	}
	items, good := b.items(x, s)
	if !good {
		return nil
	}
	o := b.newOvers(x)
	if len(x.GroupBy) > 0 || x.Having != nil || b.hasAggregates(items) || b.overAggregates(x) {
		return b.grouped(x, in, s, items, o)
	}
	if !b.emitsRows(x) {
		return nil
	}
	named := *s
	named.hidden, named.hiding = aliasPlaces(x), "SELECT"
	eb := &exprBinder{b: b, scope: &named, over: o}
	exprs := make([]ir.Expr, len(items))
	for i, it := range items {
		exprs[i] = eb.item(it)
	}
	o.name(exprs, items)
	q := eb.qualify(x)
	return selected(&relation{node: b.qualified(o.over(in.node, exprs, q), q), at: in.at}, exprs, items)
}

// fromPlain binds FROM, and those of the conditions in WHERE that pick gives for its columns.
func (b *binder) fromPlain(x *ast.Select, pick func(*scope) []ast.Expr) (*relation, *scope) {
	if j, ok := x.From.(*ast.Join); ok {
		return b.joinWhere(x, j, pick)
	}
	in, alias := b.from(x.From)
	if in == nil {
		return nil, nil
	}
	if in = b.emit(x, in); in == nil {
		return nil, nil
	}
	s := scopeOf(in, alias)
	if f, ok := x.From.(*ast.TableFunc); ok && alias == "" {
		s.what = "the result of " + strings.ToUpper(f.Name.Name)
	}
	if p := b.conjunction(x, pick(s), s); p != nil {
		in = &relation{node: b.filtered(in.node, p), at: in.at}
	}
	return in, s
}

// overAggregates reports whether QUALIFY or WINDOW call aggregates of groups.
func (b *binder) overAggregates(x *ast.Select) bool {
	return x.Qualify != nil && b.containsAggregate(x.Qualify) ||
		slices.ContainsFunc(x.Windows, func(w *ast.NamedWindow) bool { return b.containsAggregate(w.Window) })
}

// qualify binds QUALIFY, which may use the aliases of SELECT. There is one condition or none.
func (eb *exprBinder) qualify(x *ast.Select) []ir.Expr {
	if x.Qualify == nil {
		return nil
	}
	q, s := *eb, *eb.scope
	s.aliases = aliases(x)
	q.scope = &s
	c := q.condition(x.Qualify, "QUALIFY")
	if c == nil {
		return nil
	}
	if len(eb.over.calls) == 0 {
		eb.b.err(diag.OverHere, x.Qualify.Span(), "conditions on rows stand in WHERE, those on groups in HAVING", "QUALIFY is for conditions on calls with OVER, and the SELECT has none")
		return nil
	}
	return []ir.Expr{c}
}

// qualified keeps the rows for which the conditions are true.
func (b *binder) qualified(n ir.Node, conditions []ir.Expr) ir.Node {
	for _, c := range conditions {
		n = b.filtered(n, c)
	}
	return n
}

// aliases are the items of SELECT by their aliases.
func aliases(x *ast.Select) map[string]ast.Expr {
	out := map[string]ast.Expr{}
	for _, it := range x.Items {
		if it.Alias != nil {
			out[it.Alias.Name] = it.Expr
		}
	}
	return out
}

// aliasPlaces is where the aliases of SELECT stand.
func aliasPlaces(x *ast.Select) map[string]aliasPlace {
	out := map[string]aliasPlace{}
	for _, it := range x.Items {
		if it.Alias != nil {
			out[it.Alias.Name] = aliasPlace{alias: it.Alias.Span(), item: it.Span()}
			if it.Expr != nil {
				out[it.Alias.Name] = aliasPlace{it.Alias.Span(), it.Span(), it.Expr.Span()}
			}
		}
	}
	return out
}

// selected is the projection of a SELECT; poison columns become invalid ones.
func selected(in *relation, exprs []ir.Expr, items []item) *relation {
	r := &relation{}
	names := make([]string, len(items))
	s := in.schema()
	same := len(items) == len(s.Cols)
	for i, it := range items {
		if exprs[i] == nil {
			exprs[i] = &ir.Const{T: tInvalid}
		}
		names[i] = it.name
		r.at = append(r.at, it.at)
		c, isRef := exprs[i].(*ir.ColRef)
		same = same && isRef && c.Index == i && s.Cols[i].Name == it.name
	}
	if r.node = in.node; !same {
		r.node = project(in.node, exprs, names)
	}
	return r
}

// item binds one item that is not grouped.
func (eb *exprBinder) item(it item) ir.Expr {
	if it.expr == nil {
		if it.col.col.Type.Kind == ir.Invalid {
			return nil
		}
		return it.col.ref()
	}
	if it.aliases != nil {
		return eb.withAliases(it.aliases).bind(it.expr)
	}
	return eb.bind(it.expr)
}

// maxColumns is the most columns that the stars of a SELECT may make.
const maxColumns = 10_000

// items expands the stars of SELECT and names the rest.
func (b *binder) items(x *ast.Select, s *scope) ([]item, bool) {
	var out []item
	good := true
	for i, it := range x.Items {
		if !it.Star {
			out = append(out, item{expr: it.Expr, name: itemName(it, i), at: it.Span(), aliases: orderAliases(x, it)})
			continue
		}
		cols, ok := b.star(it, s)
		good = good && ok
		out = append(out, cols...)
		if len(out) > maxColumns {
			b.err(diag.TooDeep, it.Span(), "", "SELECT gives more than %d columns", maxColumns)
			return nil, false
		}
	}
	return out, good
}

func (b *binder) star(it *ast.SelectItem, s *scope) ([]item, bool) {
	table := ""
	if len(it.Table) > 0 {
		last := it.Table[len(it.Table)-1]
		table = last.Name
		if first := it.Table[0].Name; len(it.Table) > 1 && s.hasTable(first) || len(s.find("", first)) > 0 && !s.hasTable(first) {
			return b.rowStar(it, s)
		}
		if len(it.Table) > 1 || !s.hasTable(table) {
			b.err(diag.UnknownTable, last.Span(), "write the name or alias that it has in FROM", "there is no `%s` in FROM", table)
			return nil, false
		}
	}
	var out []item
	for i := range s.cols {
		if c := &s.cols[i]; table == "" && !c.hidden || table != "" && c.table == table {
			out = append(out, item{col: c, name: c.col.Name, at: it.Span()})
		}
	}
	if s.joined {
		out = apart(out)
	}
	return out, true
}

// apart tells columns of the same name from different tables apart: id, id0, id1.
func apart(items []item) []item {
	seen := map[string]bool{}
	for _, it := range items {
		seen[it.name] = false
	}
	for i := range items {
		name := items[i].name
		if taken := seen[name]; taken {
			for n := 0; ; n++ {
				other := name + strconv.Itoa(n)
				if _, exists := seen[other]; !exists {
					items[i].name, seen[other] = other, true
					break
				}
			}
		}
		seen[name] = true
	}
	return items
}

// rowStar is r.*: the fields of a ROW.
func (b *binder) rowStar(it *ast.SelectItem, s *scope) ([]item, bool) {
	row := &ast.ColumnRef{Place: it.Place, Parts: it.Table}
	e := (&exprBinder{b: b, scope: s}).bind(row)
	if e == nil {
		return nil, false
	}
	last := it.Table[len(it.Table)-1]
	if e.Type().Kind != ir.Row {
		b.err(diag.UnknownColumn, last.Span(), "a star stands behind a table or a ROW", "`%s` is %s and has no fields", e, e.Type())
		return nil, false
	}
	var out []item
	for _, f := range e.Type().Fields {
		name := last
		name.Name = f.Name
		parts := append(slices.Clip(it.Table), name)
		out = append(out, item{expr: &ast.ColumnRef{Place: it.Place, Parts: parts}, name: f.Name, at: it.Span()})
	}
	return out, true
}

func itemName(it *ast.SelectItem, i int) string {
	if it.Alias != nil {
		return it.Alias.Name
	}
	switch e := it.Expr.(type) {
	case *ast.ColumnRef:
		return e.Parts[len(e.Parts)-1].Name
	case *ast.FieldAccess:
		return e.Name.Name
	}
	return unnamed(i)
}

const noFrom = "a SELECT without FROM"

// selectWithoutFrom is SELECT 1: one row.
func (b *binder) selectWithoutFrom(x *ast.Select) *relation {
	for _, clause := range []struct {
		name string
		e    ast.Expr
	}{{"WHERE", x.Where}, {"HAVING", x.Having}, {"GROUP BY", firstExpr(x.GroupBy)}, {"QUALIFY", x.Qualify}} {
		if clause.e != nil {
			b.later(clause.e.Span(), clause.name+" without FROM", "")
			return nil
		}
	}
	one := &ir.Values{Rows: [][]ir.Expr{{}}, S: &ir.Schema{}, P: ir.NoProps}
	one.P.Bounded = true
	s := &scope{what: noFrom}
	in := b.scalarColumns(x, nil, &relation{node: one}, s)
	if in == nil {
		return nil
	}
	r := &relation{}
	var exprs []ir.Expr
	var names []string
	eb := &exprBinder{b: b, scope: s, noAggs: noFrom}
	for i, it := range x.Items {
		if it.Star {
			b.err(diag.Syntax, it.Span(), "add FROM", "`*` stands for the columns of FROM, and there is none")
			return nil
		}
		e := eb.bind(it.Expr)
		if e == nil {
			e = &ir.Const{T: tInvalid}
		}
		exprs, names = append(exprs, e), append(names, itemName(it, i))
		r.at = append(r.at, it.Span())
	}
	if in.node != ir.Node(one) { // queries are values here
		r.node = project(in.node, exprs, names)
		return r
	}
	v := &ir.Values{Rows: [][]ir.Expr{exprs}, S: &ir.Schema{}, P: one.P}
	for i, e := range exprs {
		v.S.Cols = append(v.S.Cols, ir.Column{Name: names[i], Type: e.Type()})
	}
	r.node = v
	return r
}

func firstExpr(list []ast.Expr) ast.Expr {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}
