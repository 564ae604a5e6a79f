package bind

import (
	"slices"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// joinTree is a FROM with joins while its SELECT is bound: what kind of join each is depends
// on the conditions of WHERE, too. The columns of a join are those of its left side, those of
// its right side unless it is a semi or anti join, and then merged ones.
type joinTree struct {
	rel  *relation // of a leaf; nil: a join
	name string    // of a leaf: what its columns are qualified with
	at   diag.Span

	left, right *joinTree
	unnest      *unnesting // UNNEST of rows of left, instead of right; nil: none
	lateral     *lateral   // LATERAL (SELECT ...) over rows of left, instead of right; nil: none
	kind        ast.JoinKind
	on          []ir.Expr // over the columns of both sides
	merged      []ir.Expr // COALESCE of what a full join with USING joins by
	asOf        *asOf     // FOR SYSTEM_TIME AS OF; nil: none
	width       int       // of the columns
	names       []scopeCol
}

// joinWhere binds a FROM that is a join, and WHERE, whose conditions may be those of the join.
func (b *binder) joinWhere(x *ast.Select, j *ast.Join, pick func(*scope) []ast.Expr) (*relation, *scope) {
	t := b.joinFrom(j)
	if t == nil {
		return nil, nil
	}
	s := t.scope()
	var above []ir.Expr
	if p := b.conjunction(x, pick(s), s); p != nil {
		above = ir.Conjuncts(p)
	}
	n, rest, ok := b.joined(t, above)
	if !ok || !b.fewEnough(b.leaves(n), j.Span()) {
		return nil, nil
	}
	if len(rest) > 0 {
		n = b.filtered(n, ir.And(rest))
	}
	return &relation{node: n}, s
}

// joinFrom binds a FROM that is a join; nil: it is poison.
func (b *binder) joinFrom(x *ast.Join) *joinTree {
	l := b.joinSide(x.L)
	if u, ok := x.R.(*ast.Unnest); ok {
		return b.joinUnnest(l, x, u)
	}
	if d, ok := x.R.(*ast.DerivedTable); ok && d.Lateral {
		return b.joinLateral(l, x, d)
	}
	if n, ok := x.R.(*ast.NamedTable); ok {
		b.rightSide = n.Name
	}
	r := b.joinSide(x.R)
	if l == nil || r == nil {
		return nil
	}
	t := &joinTree{left: l, right: r, kind: x.Kind, at: x.OpAt.Span(), width: l.width + r.width}
	t.names = append(t.names, l.names...)
	for _, c := range r.names {
		c.index += l.width
		t.names = append(t.names, c)
	}
	if !b.distinctNames(l, r) || !b.bindAsOf(t, x.R) || !b.joinOn(t, x) {
		return nil
	}
	if x.Kind == ast.JoinSemi || x.Kind == ast.JoinAnti {
		t.names, t.width = l.names, l.width
	}
	return t
}

// joinSide binds one side of a join.
func (b *binder) joinSide(x ast.TableExpr) *joinTree {
	if j, ok := x.(*ast.Join); ok {
		return b.joinFrom(j)
	}
	if n, ok := x.(*ast.NamedTable); ok && n.AsOf != nil {
		plain := *n
		plain.AsOf = nil // the join around it binds it
		x = &plain
	}
	r, name := b.from(x)
	if r == nil {
		return nil
	}
	r.node = b.settle(r).node
	t := &joinTree{rel: r, name: name, at: x.Span(), width: len(r.schema().Cols)}
	for i, c := range r.schema().Cols {
		t.names = append(t.names, scopeCol{table: name, col: c, index: i})
	}
	return t
}

// leaves calls f for the tables of a tree, and for each UNNEST and LATERAL.
func (t *joinTree) leaves(f func(*joinTree)) {
	if t.rel != nil {
		f(t)
		return
	}
	if t.lateral != nil {
		t.lateral.outer.leaves(f)
		f(t)
		return
	}
	t.left.leaves(f)
	if t.unnest != nil {
		f(t)
		return
	}
	t.right.leaves(f)
}

// distinctNames refuses two tables of one name: their columns could not be told apart.
func (b *binder) distinctNames(l, r *joinTree) bool {
	seen := map[string]diag.Span{}
	l.leaves(func(t *joinTree) { seen[t.name] = t.at })
	ok := true
	r.leaves(func(t *joinTree) {
		if first, twice := seen[t.name]; twice && t.name != "" && ok {
			b.err(diag.AlreadyExists, t.at, "give one of them another name: "+t.name+" AS "+t.name+"2", "FROM names `%s` twice", t.name)
			b.relate(first, "first here")
			ok = false
		}
	})
	return ok
}

// joinOn binds ON, USING and NATURAL; false: reported.
func (b *binder) joinOn(t *joinTree, x *ast.Join) bool {
	switch {
	case x.On != nil:
		eb := &exprBinder{b: b, scope: t.scope(), noAggs: "ON"}
		c := eb.condition(x.On, "ON")
		if c == nil {
			return false
		}
		t.on = ir.Conjuncts(c)
	case x.Natural:
		var common []ast.Ident
		for _, c := range t.left.names {
			if !c.hidden && len(t.right.scope().find("", c.col.Name)) > 0 {
				common = append(common, ast.Ident{Place: x.OpAt, Name: c.col.Name})
			}
		}
		if len(common) == 0 {
			b.err(diag.UnknownColumn, x.OpAt.Span(), "write JOIN ... ON with a condition, or CROSS JOIN if each row is to meet each", "NATURAL JOIN joins by the columns that both sides have, and there are none")
			return false
		}
		return b.using(t, common)
	case x.Using != nil:
		return b.using(t, x.Using)
	}
	return true
}

// using joins by columns of the same name, of which one is left to be named alone.
func (b *binder) using(t *joinTree, names []ast.Ident) bool {
	l, r := t.left.scope(), t.right.scope()
	l.what, r.what = "the left side of the join", "the right side of the join"
	width := t.left.width
	var first []scopeCol
	for _, id := range names {
		a := b.column(l, "", id)
		if a == nil {
			return false
		}
		c := b.column(r, "", id)
		if c == nil || a.col.Type.Kind == ir.Invalid || c.col.Type.Kind == ir.Invalid {
			return false
		}
		x, y := a.ref(), &ir.ColRef{Index: c.index + width, Name: c.col.Name, T: c.col.Type}
		common := ir.CommonType(x.T, y.T)
		if common == nil {
			b.err(diag.WrongType, id.Span(), "write ON with a CAST", "`%s` is %s on the left and %s on the right", id.Name, x.T, y.T)
			return false
		}
		l, r := ir.Expr(x), ir.Expr(y)
		if !ir.DifferentUnits(x.T, y.T) || x.T.Kind != y.T.Kind {
			l, r = b.castTo(x, common), b.castTo(y, common)
		}
		t.on = append(t.on, &ir.Call{Fn: "=", Args: []ir.Expr{l, r}, T: ir.TBoolean})
		shown := scopeCol{col: a.col, index: a.index}
		switch t.kind {
		case ast.JoinRight:
			shown = scopeCol{col: c.col, index: y.Index}
		case ast.JoinFull:
			shown = scopeCol{col: ir.Column{Name: id.Name, Type: common}, index: t.width}
			t.width++
			t.merged = append(t.merged, &ir.Call{Fn: "COALESCE", Args: []ir.Expr{b.castTo(x, common), b.castTo(y, common)}, T: common})
		}
		first = append(first, shown)
		for i := range t.names {
			if s := &t.names[i]; s.index == a.index || s.index == y.Index {
				s.hidden = true
			}
		}
	}
	t.names = append(first, t.names...)
	return true
}

// scope is what the columns of the tree are called.
func (t *joinTree) scope() *scope {
	s := &scope{what: "FROM", cols: slices.Clone(t.names), joined: t.rel == nil}
	if t.rel != nil && t.name != "" {
		s.what, s.at = "`"+t.name+"`", t.rel.declared
	}
	return s
}
