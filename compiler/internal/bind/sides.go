package bind

import (
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// sides adds to a plan the sinks of what does not go on in it: dead letters, and late
// rows.
func (b *binder) sides(l *ir.Logical) {
	for _, o := range b.order { // also those that are not read: what they say must be right
		if o.table != nil {
			b.lettersOf(o.table)
			b.lateOf(o.table)
		}
	}
	statements := slices.Clone(l.Sinks)
	b.lateSides(l)
	b.letterSides(l, statements)
}

// side is a mapping that takes dead letters or late rows.
type side struct {
	to     *object
	at     diag.Span // where it is named
	inputs []ir.Node
	shown  map[string]bool // the inputs, as text
}

// target finds the mapping that an option of a table names; nil: none, or reported.
func (b *binder) target(t *ir.Table, option, head, what, columns string) *object {
	value, at := t.Options[option], b.optionPlace(t, option)
	byDefault := false
	if set, ok := b.out.Settings[option]; ok && value == "" {
		value, at, byDefault = set, b.settingAt[option], true
	}
	name, ok := strings.CutPrefix(value, head)
	if !ok {
		return nil
	}
	o := b.objects[name]
	switch {
	case o == nil:
		if !b.mayBeLost(name) {
			b.errOnce(diag.UnknownTable, at, didYouMean(name, b.names(), "create it: CREATE MAPPING "+name+" ("+columns+") TYPE ... OPTIONS (...)"),
				"there is no mapping `%s` for the %s of `%s`", name, what, t.Name)
		}
		return nil
	case o.kind == ast.KindView:
		b.errOnce(diag.WrongKind, at, "name a mapping", "`%s` is a view; the %s of `%s` go to a mapping", name, what, t.Name)
		b.relate(o.at, "it was created here")
		return nil
	}
	o.used = true
	switch {
	case o.table == nil || o.table == t && byDefault:
		return nil
	case o.table == t:
		b.errOnce(diag.Clash, at, "name another mapping", "the %s of `%s` would go to `%s` itself", what, t.Name, name)
		return nil
	case o.spec != nil && !o.spec.Sink:
		b.errOnce(diag.CannotWrite, at, "name a mapping of another connector", "the connector %s only reads: the %s of `%s` cannot go to `%s`", o.spec.Name, what, t.Name, name)
		b.relate(o.at, "`%s` is created here", name)
		return nil
	case !b.check(o, true, at):
		return nil
	}
	return b.asSink(o, at)
}

// errOnce is err for what is looked at several times.
func (b *binder) errOnce(code string, at diag.Span, hint, format string, args ...any) {
	b.err(code, at, hint, format, args...)
	list := *b.errs
	last := list[len(list)-1]
	for _, d := range list[:len(list)-1] {
		if d.Code == last.Code && d.Span == last.Span && d.Message == last.Message {
			*b.errs = list[:len(list)-1]
			return
		}
	}
}

// optionPlace is where the value of an option stands; else where the table is declared.
func (b *binder) optionPlace(t *ir.Table, option string) diag.Span {
	for _, o := range b.order {
		if o.table == nil || o.table.Name != t.Name || o.table.Pos != t.Pos {
			continue
		}
		if at, ok := o.options[option]; ok && o.table == t {
			return at
		}
		return o.at
	}
	return diag.Span{}
}

const letterColumnsHint = "split VARCHAR, line BIGINT, reason VARCHAR, raw VARCHAR"

// lettersOf is the mapping for the dead letters of a table; nil: the file.
func (b *binder) lettersOf(t *ir.Table) *object {
	return b.target(t, ir.OptionOnError, ir.LettersTo, "dead letters", letterColumnsHint)
}

// lateOf is the mapping for the late rows of a table; nil: they are counted only.
func (b *binder) lateOf(t *ir.Table) *object {
	return b.target(t, ir.OptionLate, ir.LateTo, "late rows", "...")
}

// letterSides adds the sinks of the dead letters of what the statements read.
func (b *binder) letterSides(l *ir.Logical, statements []*ir.Sink) {
	var to []*object
	tables := map[*object][]*ir.Table{}
	for _, s := range statements {
		scans(s, func(x *ir.Scan) {
			o := b.lettersOf(x.Table)
			if o == nil || slices.Contains(tables[o], x.Table) {
				return
			}
			if tables[o] == nil {
				to = append(to, o)
			}
			tables[o] = append(tables[o], x.Table)
		})
	}
	for _, o := range to {
		n := &ir.DeadLetters{Tables: tables[o], P: ir.NoProps}
		n.P.Bounded = true
		for _, t := range n.Tables {
			n.P.Bounded = n.P.Bounded && b.bounded(t)
		}
		at := b.optionPlace(n.Tables[0], ir.OptionOnError)
		if !b.ownSink(l, o, at, "the dead letters of `"+n.Tables[0].Name+"`") {
			continue
		}
		in := b.byName(n, o, at, "a dead letter", "the columns of a dead letter are: "+strings.Join(columnNames(ir.LetterSchema), ", "))
		if in != nil {
			l.Sinks = append(l.Sinks, &ir.Sink{Input: in, Table: o.table, Side: true, At: b.sources.Pos(at)})
		}
	}
}

func (b *binder) bounded(t *ir.Table) bool { return b.env.Bounded != nil && b.env.Bounded(t) }

// ownSink refuses a mapping that something else is written to.
func (b *binder) ownSink(l *ir.Logical, o *object, at diag.Span, what string) bool {
	for _, s := range l.Sinks {
		if s.Table != o.table {
			continue
		}
		other := "an INSERT writes to it, too"
		if s.Side {
			other = "late rows go to it, too"
		}
		b.errOnce(diag.Clash, at, "give them a mapping of their own", "`%s` takes %s, and %s", o.name, what, other)
		b.relate(o.at, "`%s` is created here", o.name)
		return false
	}
	return true
}

// byName projects n on the columns of a mapping, by their names and cast as an INSERT
// casts them; nil: reported, at the place where the mapping is named.
func (b *binder) byName(n ir.Node, o *object, at diag.Span, what, hint string) ir.Node {
	in, want := n.Schema(), o.table.Physical()
	var exprs []ir.Expr
	var types []*ir.Type
	for _, c := range want.Cols {
		i := in.Index(c.Name)
		switch {
		case i < 0:
			b.errOnce(diag.UnknownColumn, at, didYouMean(c.Name, columnNames(in), hint), "`%s` has the column `%s`, which %s has not", o.name, c.Name, what)
			b.relate(o.at, "`%s` (%s)", o.name, want)
			return nil
		case !ir.CanAssign(in.Cols[i].Type, c.Type):
			b.errOnce(diag.NotAssignable, at, "declare it as "+in.Cols[i].Type.String(), "column `%s` of `%s` is %s; in %s it is %s", c.Name, o.name, c.Type, what, in.Cols[i].Type)
			b.relate(o.at, "`%s` (%s)", o.name, want)
			return nil
		}
		exprs = append(exprs, &ir.ColRef{Index: i, Name: c.Name, T: in.Cols[i].Type})
		types = append(types, c.Type)
	}
	return b.coerce(rename(n, exprs, columnNames(want)), types)
}
