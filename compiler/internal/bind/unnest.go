package bind

import (
	"slices"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// unnesting is UNNEST on the right side of a join: of the left side's row.
type unnesting struct {
	list  ir.Expr // over the left side
	outer bool
	parts []ir.Column
}

// joinUnnest binds l [LEFT] JOIN UNNEST(list); nil: it is poison.
func (b *binder) joinUnnest(l *joinTree, x *ast.Join, u *ast.Unnest) *joinTree {
	if l == nil || !b.unnestKind(x, "UNNEST") {
		return nil
	}
	t := b.unnestOf(l, u)
	if t == nil {
		return nil
	}
	t.kind, t.at, t.unnest.outer = x.Kind, x.OpAt.Span(), x.Kind == ast.JoinLeft
	if !b.unnestOn(t, x, "UNNEST") {
		return nil
	}
	return t
}

// unnestKind refuses the joins that cannot be of something that each row of the left side has for itself.
func (b *binder) unnestKind(x *ast.Join, what string) bool {
	hint := "write CROSS JOIN " + what + ", or LEFT JOIN " + what + " ... ON TRUE to keep rows that have nothing there"
	switch {
	case x.Natural || x.Using != nil:
		b.err(diag.BadArgument, x.OpAt.Span(), hint, "a row is joined with what %s makes of it, and not by names of columns", what)
	case x.Kind != ast.JoinInner && x.Kind != ast.JoinCross && x.Kind != ast.JoinLeft:
		b.err(diag.BadArgument, x.OpAt.Span(), hint, "each row of the left side has its own %s; a %s JOIN cannot do that", what, x.Kind)
	default:
		return true
	}
	return false
}

// unnestOn binds ON: of an inner join any condition, of a LEFT JOIN just TRUE.
func (b *binder) unnestOn(t *joinTree, x *ast.Join, what string) bool {
	if x.On == nil {
		return true
	}
	c := (&exprBinder{b: b, scope: t.scope(), noAggs: "ON"}).condition(x.On, "ON")
	if c == nil {
		return false
	}
	if k, ok := c.(*ir.Const); ok && k.V == true {
		return true
	}
	if t.kind == ast.JoinLeft {
		b.err(diag.BadArgument, x.On.Span(), "write ON TRUE; a condition in WHERE leaves out rows, and FILTER(...) or CASE in SELECT tell elements apart",
			"LEFT JOIN %s takes no condition but TRUE", what)
		return false
	}
	t.on = ir.Conjuncts(c)
	return true
}

// unnestOf is the tree of a left side and UNNEST, with all columns of both.
func (b *binder) unnestOf(l *joinTree, u *ast.Unnest) *joinTree {
	list, parts, name := b.unnestList(u, l.scope())
	if list == nil {
		return nil
	}
	t := &joinTree{left: l, unnest: &unnesting{list: list, parts: parts}, name: name, at: u.Span(), width: l.width + len(parts)}
	t.names = append(t.names, l.names...)
	for i, c := range parts {
		t.names = append(t.names, scopeCol{table: name, col: c, index: l.width + i})
	}
	if !b.distinctNames(l, &joinTree{rel: &relation{}, name: name, at: u.Span()}) {
		return nil
	}
	return t
}

// unnestList binds what UNNEST takes, and says what it gives and what that is called.
func (b *binder) unnestList(u *ast.Unnest, s *scope) (list ir.Expr, parts []ir.Column, name string) {
	list = (&exprBinder{b: b, scope: s, noAggs: "UNNEST"}).bind(u.Expr)
	if list == nil {
		return nil, nil, ""
	}
	parts = ir.UnnestParts(list.Type())
	if parts == nil || list.Type().Elem == nil {
		b.err(diag.WrongType, u.Expr.Span(), "it takes an ARRAY or a MAP, such as UNNEST(t.items), or UNNEST(ARRAY[1, 2])", "UNNEST takes a list, and this is %s", list.Type())
		return nil, nil, ""
	}
	if !u.Ordinality {
		parts = parts[:len(parts)-1]
	}
	if u.Alias == nil {
		return list, parts, ""
	}
	name = u.Alias.Name.Name
	if len(u.Alias.Cols) > 0 {
		named := &relation{node: &ir.Values{S: &ir.Schema{Cols: parts}, P: ir.NoProps}}
		if named = b.renamed(named, u.Alias.Cols, "`"+name+"`"); named == nil {
			return nil, nil, ""
		}
		parts = named.schema().Cols
	} else if isSingle(list.Type()) {
		parts[0].Name = name // as the column of a function that gives one
	}
	return list, parts, name
}

// isSingle reports whether the elements of a list are one column.
func isSingle(t *ir.Type) bool { return t.Kind == ir.Array && t.Elem.Kind != ir.Row }

// unnested makes the nodes of UNNEST over a left side, as joined does.
func (b *binder) unnested(t *joinTree, above []ir.Expr) (n ir.Node, rest []ir.Expr, ok bool) {
	below, rest := t.left.divideAlone(append(slices.Clone(above), t.on...))
	left, leftRest, ok := b.joined(t.left, below)
	if !ok {
		return nil, nil, false
	}
	return t.unnest.over(left), append(leftRest, rest...), true
}

// over is the list of each row of n, behind its columns.
func (u *unnesting) over(n ir.Node) ir.Node {
	width := len(n.Schema().Cols)
	in, at := withKeys(n, []ir.Expr{u.list})
	x := &ir.Unnest{Input: in, Col: at[0], Outer: u.outer, Cols: identity(width), P: *n.Props()}
	for i := range u.parts {
		part := len(in.Schema().Cols) + i
		x.Cols = append(x.Cols, part)
	}
	x.S = ir.UnnestSchema(in.Schema(), at[0]).Select(x.Cols)
	for i, c := range u.parts {
		x.S.Cols[width+i].Name = c.Name
	}
	return x
}

// unnestAlone binds UNNEST that begins FROM: there is one row to take the list of.
func (b *binder) unnestAlone(u *ast.Unnest) (*relation, string) {
	list, parts, name := b.unnestList(u, &scope{what: noFrom})
	if list == nil {
		return nil, ""
	}
	one := &ir.Values{Rows: [][]ir.Expr{{}}, S: &ir.Schema{}, P: ir.NoProps}
	one.P.Bounded = true
	return &relation{node: (&unnesting{list: list, parts: parts}).over(one)}, name
}
