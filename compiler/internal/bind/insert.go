package bind

import (
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// insert binds INSERT INTO: the query's columns, cast to those of the table.
func (b *binder) insert(x *ast.Insert) {
	b.querying[x.Span().File] = true
	o := b.find(x.Target, "create it before this statement, with CREATE MAPPING "+x.Target.Last().Name+" (...) TYPE ... OPTIONS (...)")
	r := b.outermost(x.Query)
	if o == nil {
		return
	}
	if o.kind == ast.KindView {
		b.err(diag.WrongKind, x.Target.Span(), "create a mapping for the rows and insert into that", "`%s` is a view; rows go into mappings only", o.name)
		b.relate(o.at, "it was created here")
		return
	}
	b.ignoreHints(x.Hints, true)
	if o.table == nil {
		return
	}
	if o = b.withOptions(o, x.Hints); o == nil {
		return
	}
	if o.spec != nil && !o.spec.Sink {
		b.err(diag.CannotWrite, x.Target.Span(), "insert into a mapping of another connector", "the connector %s only reads: `%s` cannot be written", o.spec.Name, o.name)
		b.relate(o.at, "`%s` is created here", o.name)
		return
	}
	fine := b.check(o, true, x.Target.Span())
	if o = b.asSink(o, x.Target.Span()); o == nil {
		return
	}
	from, ok := b.targets(x, o, r)
	if !ok || r == nil || !fine {
		return
	}
	node := b.assign(x, o.table, r, from)
	if node == nil {
		return
	}
	if !b.remainingOvers(node, x.Query.Span()) || !b.takesChanges(x, o, node) {
		return
	}
	b.growingState(node, x.Query.Span())
	if _, known := b.inserts[o.table]; !known {
		b.inserts[o.table] = x.Target.Span()
	}
	b.addInsert(&ir.Sink{Input: node, Table: o.table, At: b.sources.Pos(x.Span())})
}

// addInsert adds what an INSERT writes. A table has one writer: several INSERTs into
// it are the union of their rows.
func (b *binder) addInsert(sink *ir.Sink) {
	for _, s := range b.out.Logical.Sinks {
		if s.Table != sink.Table {
			continue
		}
		in := []ir.Node{s.Input}
		if u, ok := s.Input.(*ir.Union); ok {
			in = slices.Clone(u.In)
		}
		s.Input = unionOf(append(in, sink.Input))
		return
	}
	b.out.Logical.Sinks = append(b.out.Logical.Sinks, sink)
}

// targets returns for each physical column of the table the column of the query
// that fills it; -1: none does.
func (b *binder) targets(x *ast.Insert, o *object, r *relation) ([]int, bool) {
	s := o.table.Physical()
	from := make([]int, len(s.Cols))
	want := len(s.Cols)
	for i := range from {
		from[i] = i
	}
	ok := true
	if x.Cols != nil {
		want = len(x.Cols)
		ok = b.targetList(x, o, from)
	}
	if ok && r != nil && len(r.schema().Cols) != want {
		at := x.Query.Span()
		if n := len(r.schema().Cols); n > want {
			at = r.place(want, at)
		}
		what := "`" + o.name + "` has"
		if x.Cols != nil {
			what = "the list names"
		}
		b.err(diag.ColumnCount, at, countHint(x, s, want, len(r.schema().Cols)), "%s %s, the query gives %d", what, count(want, "column"), len(r.schema().Cols))
		b.relate(o.at, "`%s` (%s)", o.name, s)
		return nil, false
	}
	return from, ok
}

// countHint is for an INSERT whose query gives more or fewer columns than are wanted.
func countHint(x *ast.Insert, s *ir.Schema, want, given int) string {
	names := columnNames(s)
	switch {
	case x.Cols != nil && given < want:
		return "leave the other names out of the list, or select a value for each"
	case x.Cols != nil:
		return "name a column for each value, or leave the values out"
	case given > want:
		return "leave out what has no column in the mapping, or declare a column for it"
	}
	return "select a value for " + listed(names[given:]) + ", too; or name the columns that get one: INSERT INTO " + x.Target.String() + " (" + listed(names[:given]) + ")"
}

func (b *binder) targetList(x *ast.Insert, o *object, from []int) bool {
	s := o.table.Physical()
	for i := range from {
		from[i] = -1
	}
	ok := true
	for i, id := range x.Cols {
		c := s.Index(id.Name)
		switch {
		case c < 0 && o.table.Schema().Index(id.Name) >= 0:
			b.err(diag.BadColumn, id.Span(), "leave it and its value out", "`%s` is a computed column of `%s` and is not stored", id.Name, o.name)
			ok = false
		case c < 0 && metadataOf(o, id.Name) != nil:
			b.err(diag.BadColumn, id.Span(), "leave it and its value out", "`%s` is a METADATA column of `%s` and is not stored", id.Name, o.name)
			ok = false
		case c < 0:
			b.err(diag.UnknownColumn, id.Span(), didYouMean(id.Name, columnNames(s), ""), "`%s` has no column `%s`", o.name, id.Name)
			b.relate(o.at, "`%s` (%s)", o.name, s)
			ok = false
		case from[c] >= 0:
			b.err(diag.GivenTwice, id.Span(), "each column stands in the list once", "column `%s` is named twice", id.Name)
			b.relate(x.Cols[from[c]].Span(), "first here")
			ok = false
		default:
			from[c] = i
		}
	}
	for c, i := range from {
		if ok && i < 0 && s.Cols[c].NotNull {
			b.err(diag.NotAssignable, x.Target.Span(), "add `"+s.Cols[c].Name+"` to the list, and its value to the query", "column `%s` of `%s` is NOT NULL and gets no value", s.Cols[c].Name, o.name)
			ok = false
		}
	}
	return ok
}

// turnedColumns is a hint for an INSERT without a column list whose query gives the
// table's columns, but in another order; "" for another.
func turnedColumns(x *ast.Insert, table, in *ir.Schema) string {
	given, wanted := columnNames(in), columnNames(table)
	sorted := func(list []string) []string { return slices.Sorted(slices.Values(list)) }
	if len(x.Cols) > 0 || !slices.Equal(sorted(given), sorted(wanted)) {
		return ""
	}
	return "columns are taken by place: write INSERT INTO " + x.Target.Last().Name + " (" + strings.Join(given, ", ") + ")"
}

// assign casts the query's columns to the table's; nil: reported.
func (b *binder) assign(x *ast.Insert, t *ir.Table, r *relation, from []int) ir.Node {
	s, in := t.Physical(), r.schema()
	types := make([]*ir.Type, len(in.Cols))
	good := true
	inOrder := len(from) == len(in.Cols)
	for c, i := range from {
		inOrder = inOrder && i == c
		if i < 0 {
			continue
		}
		types[i] = s.Cols[c].Type
		typ := in.Cols[i].Type
		if typ.Kind == ir.Invalid {
			good = false
		} else if !ir.CanAssign(typ, types[i]) {
			hint := "select another column for it, or declare it with another type"
			if ir.CanCast(typ, types[i]) {
				hint = "write CAST(... AS " + types[i].String() + ")"
			}
			if turned := turnedColumns(x, s, in); turned != "" {
				hint = turned
			}
			b.err(diag.NotAssignable, r.place(i, x.Query.Span()), hint,
				"column `%s` of `%s` is %s; the query gives it %s", s.Cols[c].Name, t.Name, types[i], typ)
			good = false
		}
	}
	if !good {
		return nil
	}
	node := b.coerceAt(r, types, x.Query.Span())
	if inOrder && node.Schema().Equal(s) {
		return node
	}
	exprs := make([]ir.Expr, len(s.Cols))
	for c, i := range from {
		if i < 0 {
			exprs[c] = &ir.Const{T: s.Cols[c].Type}
		} else {
			exprs[c] = &ir.ColRef{Index: i, Name: node.Schema().Cols[i].Name, T: s.Cols[c].Type}
		}
	}
	return rename(node, exprs, columnNames(s))
}

// coerceAt is coerce with the columns' places for casts that fail.
func (b *binder) coerceAt(r *relation, types []*ir.Type, otherwise diag.Span) ir.Node {
	n := b.coerce(r.node, types)
	p, ok := n.(*ir.Project)
	if !ok {
		return n
	}
	c := *p
	c.Exprs = make([]ir.Expr, len(p.Exprs))
	for i, e := range p.Exprs {
		if x, isCast := e.(*ir.Cast); isCast && x.At == (ir.Pos{}) {
			fresh := *x
			fresh.At = b.sources.Pos(r.place(i, otherwise))
			e = &fresh
		}
		c.Exprs[i] = e
	}
	return &c
}
