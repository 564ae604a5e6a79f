package bind

import (
	"fmt"
	"maps"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// warn reports what compiles and is likely not meant. Whatever is said must be true of
// each query that it is said of: a warning that is sometimes wrong is soon read by nobody.
func (b *binder) warn(code string, at diag.Span, hint, format string, args ...any) {
	b.errs.Warn(code, at, fmt.Sprintf(format, args...), hint)
}

// stateAt remembers where the operator n was written, for a warning about its state.
func (b *binder) stateAt(n ir.Node, at diag.Span) { b.places[n] = at }

// growingState warns of each operator whose state nothing frees. One whose place is
// not known is reported at the statement that needs it.
func (b *binder) growingState(n ir.Node, statement diag.Span) {
	if b.looked[n] {
		return
	}
	b.looked[n] = true
	for _, in := range n.Inputs() {
		b.growingState(in, statement)
	}
	s := ir.StateOf(n)
	if s.Bound != ir.GrowingState {
		return
	}
	at, ok := b.places[n]
	if !ok {
		at = statement
	}
	b.warn(diag.UnboundedState, at, s.Fix+b.orEnds(n), "this keeps more and more the longer it runs: %s", s.Text)
}

// orEnds adds to a hint for input that never ends the table whose rows would end if one
// said so; "": there is none.
func (b *binder) orEnds(n ir.Node) string {
	if s, ok := n.(*ir.Scan); ok && !s.P.Bounded {
		t := *s.Table
		t.Options = maps.Clone(t.Options)
		t.Options[ir.OptionBounded] = "true"
		if b.bounded(&t) && (b.env.Check == nil || b.env.Check(&t, false) == nil) {
			return fmt.Sprintf("; or, if the rows of `%s` end, say so: '%s' = 'true' in its OPTIONS", t.Name, ir.OptionBounded)
		}
	}
	for _, in := range n.Inputs() {
		if text := b.orEnds(in); text != "" {
			return text
		}
	}
	return ""
}

// unused warns of mappings and views that no statement reads or writes. A file that
// only declares is there for others, and is left alone.
func (b *binder) unused() {
	for _, o := range b.order {
		if o.used || !b.querying[o.at.File] || b.objects[o.name] != o {
			continue
		}
		what := "view"
		if o.kind != ast.KindView {
			what = "mapping"
		}
		b.warn(diag.Unused, o.at, "remove it, or use it; where it is there for other files, declare it in a file of its own", "no statement uses the %s `%s`", what, o.name)
	}
}
