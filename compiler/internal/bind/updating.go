package bind

import (
	"time"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// Changelog says how a SELECT shows results that change.
type Changelog string

// The changelogs.
const (
	// ChangelogAuto is ChangelogFinal where the input ends, else ChangelogOps.
	ChangelogAuto Changelog = ""
	// ChangelogOps shows each change, with its kind in a first column.
	ChangelogOps Changelog = "ops"
	// ChangelogFinal shows what is left when the input has ended.
	ChangelogFinal Changelog = "final"
)

// stateTTL is what SET 'state.ttl' says; 0: nothing is forgotten.
func (b *binder) stateTTL() time.Duration {
	d, _ := ir.OptionSpan(b.out.Settings[StateTTL])
	return d
}

// distinct is SELECT DISTINCT.
func (b *binder) distinct(x *ast.Select, r *relation) *relation {
	if r == nil || !x.Distinct {
		return r
	}
	return b.distinctRows(r, "DISTINCT", x.Span())
}

// distinctRows are groups of all columns, without aggregates.
func (b *binder) distinctRows(r *relation, what string, at diag.Span) *relation {
	r = b.settle(r)
	in := r.node.Schema()
	if !b.comparable(in, r, what, at) {
		return nil
	}
	agg := &ir.Aggregate{Input: r.node, Keys: identity(len(in.Cols)), StartKey: -1, EndKey: -1, S: in, P: ir.NoProps}
	b.emission(agg, 0)
	agg.P.Bounded = r.node.Props().Bounded
	agg.P.Updating = !agg.AtEnd && r.node.Props().Updating
	b.stateAt(agg, at)
	return &relation{node: agg, at: r.at}
}

// withChanges adds to a result that changes, and where all changes are asked for, the column
// that says which change a row is.
func (b *binder) withChanges(r *relation) *relation {
	if !r.node.Props().Updating && b.changelog != ChangelogOps {
		return r
	}
	in := r.node.Schema()
	name := ir.ChangelogColumn
	for in.Index(name) >= 0 {
		name += "_"
	}
	c := &ir.Changelog{Input: r.node, S: &ir.Schema{}, P: ir.NoProps}
	c.S.Cols = append([]ir.Column{{Name: name, Type: ir.TVarchar, NotNull: true}}, in.Cols...)
	c.P.Bounded = r.node.Props().Bounded
	return &relation{node: c}
}

// takesChanges refuses to write rows that change where rows can only be added.
func (b *binder) takesChanges(x *ast.Insert, o *object, n ir.Node) bool {
	if !n.Props().Updating || o.spec == nil || o.spec.Changes {
		return true
	}
	hint := "group by a window, whose result does not change: FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, ...; a SELECT or TYPE Print shows all changes"
	if w, every := windowsChange(n); w && every {
		hint = "leave EMIT EVERY out: each window comes out once then, when it closes; a SELECT or TYPE Print shows all changes"
	} else if w {
		hint = "wait for late rows instead, with a greater lag in WATERMARK FOR, or leave them out: 'late.data' = 'discard'; a SELECT or TYPE Print shows all changes"
	}
	if joinsChange(n) {
		hint = "bound the times of both sides in ON (a.ts BETWEEN b.ts - INTERVAL '10' MINUTE AND b.ts) or join within windows: a row without a partner then comes out once, when none can come any more; or use JOIN, which gives pairs alone; a SELECT or TYPE Print shows all changes"
	}
	if ranksChange(n) {
		hint = "rank within windows, whose result does not change: OVER (PARTITION BY window_start, window_end, ...) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)); a SELECT or TYPE Print shows all changes"
	}
	b.err(diag.RowsChange, x.Target.Span(), hint,
		"rows of this query change after they were given (%s), and `%s` of TYPE %s only takes rows that are added", ir.ChangesOf(n), o.name, o.spec.Name)
	b.relateChange(n)
	return false
}

// changesUnderWindow refuses a window over rows that change.
func (b *binder) changesUnderWindow(n ir.Node, at diag.Span, fn string) {
	hint := "make the windows first: group by window_start and window_end of a window over the table itself"
	if w, every := windowsChange(n); w && every {
		hint = "leave EMIT EVERY out below it: each window comes out once then"
	} else if w {
		hint = "have the windows below it come out once: wait for late rows with a greater lag in WATERMARK FOR, or leave them out with 'late.data' = 'discard'"
	}
	b.err(diag.NoEventTime, at, hint, "%s takes rows that stay, and rows of this relation change after they were given (%s)", fn, ir.ChangesOf(n))
	b.relateChange(n)
}

// windowsChange reports whether results of windows are what makes n change, and
// whether EMIT EVERY is why.
func windowsChange(n ir.Node) (windows, every bool) {
	switch x := n.(type) {
	case *ir.Aggregate:
		if !x.Input.Props().Updating {
			return x.Emit != ir.Once, x.Emit == ir.Changing
		}
	case *ir.WindowAgg:
		return x.Emit != ir.Once, x.Emit == ir.Changing
	}
	for _, in := range n.Inputs() {
		if in.Props().Updating {
			return windowsChange(in)
		}
	}
	return false, false
}

// ranksChange reports whether ranks of rows that are only added are what makes n change.
func ranksChange(n ir.Node) bool {
	if r, ok := n.(*ir.Rank); ok && !r.Input.Props().Updating {
		return r.P.Updating
	}
	for _, in := range n.Inputs() {
		if in.Props().Updating {
			return ranksChange(in)
		}
	}
	return false
}

// joinsChange reports whether a join of rows that are only added is what makes n change.
func joinsChange(n ir.Node) bool {
	if j, ok := n.(*ir.Join); ok && !j.Left.Props().Updating && !j.Right.Props().Updating {
		return j.P.Updating
	}
	for _, in := range n.Inputs() {
		if in.Props().Updating {
			return joinsChange(in)
		}
	}
	return false
}

// relateChange points at what makes rows of n change.
func (b *binder) relateChange(n ir.Node) {
	if a, ok := n.(*ir.Aggregate); ok && !a.Windowed() {
		if at, ok := b.places[n]; ok {
			b.relate(at, "a group's result changes with each of its rows")
			return
		}
	}
	if w, every := windowsChange(n); w && !n.Inputs()[0].Props().Updating {
		if at, ok := b.places[n]; ok {
			what := "late rows correct the results of windows ('" + ir.OptionLateness + "')"
			if every {
				what = "EMIT EVERY gives results of windows before they close"
			}
			b.relate(at, "%s", what)
			return
		}
	}
	if r, ok := n.(*ir.Rank); ok && !r.Input.Props().Updating {
		if at, ok := b.places[n]; ok {
			b.relate(at, "the first rows of a partition change with each row that is before them")
			return
		}
	}
	if j, ok := n.(*ir.Join); ok && !j.Left.Props().Updating && !j.Right.Props().Updating {
		if at, ok := b.places[n]; ok {
			b.relate(at, "a row that has no partner is taken back when one comes")
			return
		}
	}
	for _, in := range n.Inputs() {
		if in.Props().Updating {
			b.relateChange(in)
			return
		}
	}
}
