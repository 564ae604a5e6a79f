package bind

import (
	"errors"
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// object is a mapping or a view. Both table and view are nil where its
// declaration is wrong: uses of it are poison.
type object struct {
	name    string
	kind    ast.ObjectKind
	at      diag.Span
	table   *ir.Table
	spec    *ir.ConnectorSpec
	options map[string]diag.Span // where the values stand, by canonical key
	view    *relation
	used    bool          // some statement names it
	decl    ast.Statement // *ast.CreateMapping or *ast.CreateView
}

// checkKey says which checks of the connector were made.
type checkKey struct {
	table *ir.Table
	sink  bool
}

// simpleName returns a name without qualifiers; others are refused.
func (b *binder) simpleName(n *ast.Name) (string, bool) {
	if len(n.Parts) > 1 {
		b.later(n.Span(), "a name with a catalog or database", "write `"+n.Last().Name+"` alone")
		return "", false
	}
	return n.Last().Name, true
}

// declare enters a new object; false: it is not to be made.
func (b *binder) declare(o *object, replace, ifNotExists bool) bool {
	old := b.objects[o.name]
	switch {
	case old != nil && ifNotExists:
		return false
	case old != nil && !replace:
		b.err(diag.AlreadyExists, o.at, "use another name, or CREATE OR REPLACE", "`%s` exists already", o.name)
		b.relate(old.at, "it was created here")
		return false
	}
	b.objects[o.name] = o
	b.order = append(b.order, o)
	return true
}

// willCreate notes the names that a statement creates, for statements before it.
func (b *binder) willCreate(s ast.Statement) {
	var name *ast.Name
	switch x := s.(type) {
	case *ast.CreateMapping:
		name = x.Name
	case *ast.CreateView:
		name = x.Name
	}
	if name == nil || len(name.Parts) != 1 {
		return
	}
	if _, known := b.created[name.Last().Name]; !known {
		b.created[name.Last().Name] = name.Span()
	}
}

// find looks an object up; nil: unknown, and reported, with a way out for where no
// other name is near.
func (b *binder) find(n *ast.Name, otherwise string) *object {
	name, ok := b.simpleName(n)
	if !ok {
		return nil
	}
	if o := b.objects[name]; o != nil {
		o.used = true
		return o
	}
	if !b.mayBeLost(name) {
		if at, ok := b.created[name]; ok && b.isBehind(at, n.Span(), name) {
			b.err(diag.UnknownTable, n.Span(), "move its CREATE before this statement", "`%s` is not there yet: it is created behind this statement", name)
			b.relate(at, "`%s` is created here", name)
			return nil
		}
		b.err(diag.UnknownTable, n.Span(), didYouMean(name, b.names(), otherwise),
			"there is no mapping or view `%s`", name)
	}
	return nil
}

// isBehind reports whether the first CREATE of a name stands behind a use of it.
func (b *binder) isBehind(create, use diag.Span, name string) bool {
	if create.File == use.File {
		return create.Start > use.End
	}
	return !slices.ContainsFunc(b.order, func(o *object) bool { return o.name == name }) // files come in order
}

// mayBeLost reports whether a statement that could not be read may declare the name:
// it is not reported as unknown.
func (b *binder) mayBeLost(name string) bool { return b.anyLost || b.lost[name] }

// namesHint lists the names that FROM can use.
func (b *binder) namesHint() string {
	if names := b.names(); len(names) > 0 {
		return "there are: " + listed(names) + "; another one is created before this statement, with CREATE MAPPING or CREATE VIEW"
	}
	return "create it before this statement, with CREATE MAPPING or CREATE VIEW"
}

// names are all names that a FROM can use here.
func (b *binder) names() []string {
	var out []string
	for i := len(b.ctes) - 1; i >= 0; i-- {
		for n := range b.ctes[i] {
			out = append(out, n)
		}
	}
	for _, o := range b.order {
		out = append(out, o.name)
	}
	return sorted(out)
}

// declared is a declaration without OR REPLACE and IF NOT EXISTS: what it made.
func declared(s ast.Statement) ast.Statement {
	switch x := s.(type) {
	case *ast.CreateMapping:
		c := *x
		c.OrReplace, c.IfNotExists = false, false
		return &c
	case *ast.CreateView:
		c := *x
		c.OrReplace, c.IfNotExists = false, false
		return &c
	}
	return s
}

func (b *binder) drop(x *ast.Drop) {
	switch x.Kind {
	case ast.KindJob, ast.KindSnap, ast.KindFunc:
		b.later(x.Span(), "DROP "+string(x.Kind), "")
		return
	}
	name, ok := b.simpleName(x.Name)
	if !ok {
		return
	}
	o := b.objects[name]
	isView := x.Kind == ast.KindView
	switch {
	case o == nil && x.IfExists:
	case o == nil:
		b.find(x.Name, "write DROP "+string(x.Kind)+" IF EXISTS "+name+" where it may be missing")
	case isView != (o.kind == ast.KindView):
		b.err(diag.WrongKind, x.Name.Span(), "write DROP "+string(o.kind)+" "+name, "`%s` is a %s", name, strings.ToLower(string(o.kind)))
		b.relate(o.at, "it was created here")
	default:
		o.used = true
		delete(b.objects, name)
	}
}

func (b *binder) createView(x *ast.CreateView) {
	name, ok := b.simpleName(x.Name)
	if !ok {
		return
	}
	o := &object{name: name, kind: ast.KindView, at: x.Name.Span(), decl: declared(x)}
	r := b.query(x.Query) // before the name is known: a view may replace the one that it reads
	if r != nil {
		r = b.settle(r)
		if v := b.renamed(r, x.Cols, "view `"+name+"`"); v != nil {
			o.view = &relation{node: v.node, at: v.at, declared: o.at}
		}
	}
	b.declare(o, x.OrReplace, x.IfNotExists)
}

// readTable returns the rows of a mapping, with its event time.
func (b *binder) readTable(o *object, n *ast.Name) *relation {
	t, at := o.table, n.Span()
	if o.spec != nil && !o.spec.Source {
		b.err(diag.CannotRead, at, "", "the connector %s only writes: `%s` cannot be read", o.spec.Name, t.Name)
		b.relate(o.at, "`%s` is created here", t.Name)
		return nil
	}
	if !b.check(o, false, at) {
		return nil
	}
	byKey, fine := b.lookedUp(o, n)
	if !fine {
		return nil
	}
	if !byKey {
		b.prunes(t)
	}
	scan := &ir.Scan{Table: t, P: ir.NoProps}
	scan.P.Bounded = o.spec != nil && b.env.Bounded != nil && b.env.Bounded(t)
	for i := range t.Cols {
		scan.Cols = append(scan.Cols, i)
	}
	r := &relation{node: scan, declared: o.at}
	if w := t.Watermark; w != nil {
		r.node = watermarkOver(scan, scan.Schema().Index(w.Col), w.Lag, false)
	}
	return r
}

// optionOf is the option that an error is about; "": none.
func optionOf(err error, bad **ir.OptionError) string {
	if errors.As(err, bad) {
		return (*bad).Option
	}
	return ""
}

// prunes asks the connector once what its decoders can leave out of a table.
func (b *binder) prunes(t *ir.Table) {
	if b.asked[t] {
		return
	}
	b.asked[t] = true
	for i, c := range t.Physical().Cols {
		if b.env.Prunes != nil && b.env.Prunes(t, i) {
			t.Prune = append(t.Prune, i)
		}
		if c.Type.Kind == ir.Row && b.env.Narrows != nil && b.env.Narrows(t, i) {
			t.Narrow = append(t.Narrow, i)
		}
	}
}

// check asks the connector once for each table and direction.
func (b *binder) check(o *object, sink bool, at diag.Span) bool {
	key := checkKey{o.table, sink}
	if fine, known := b.checked[key]; known || b.env.Check == nil {
		return fine || !known
	}
	t := o.table
	if sink {
		w := b.asSink(o, at)
		if w == nil {
			b.checked[key] = false
			return false
		}
		t = w.table
	}
	err := b.env.Check(t, sink)
	b.checked[key] = err == nil
	if err == nil {
		return true
	}
	var bad *ir.OptionError
	if at, given := o.options[optionOf(err, &bad)]; given {
		b.err(diag.BadOption, at, "", "%s", bad)
		return false
	}
	b.err(diag.TableRefused, o.at, "", "`%s`: %s", o.name, err)
	b.relate(at, "it is used here")
	return false
}
