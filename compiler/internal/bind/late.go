package bind

import (
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// Late rows of a table with 'late.data'='to:<mapping>' reach the mapping by a second way
// through the plan: the rows that a window or IMPOSE_ORDER takes, filtered by their marks.
// Marks alone decide what is late, so that these are just the rows that the first way
// drops, whatever the rules and the parallelism.

// lateSides adds the sinks of late rows.
func (b *binder) lateSides(l *ir.Logical) {
	w := &lateWays{b: b, to: map[*object]*side{}, silent: map[*object]bool{}}
	statements := slices.Clone(l.Sinks)
	for i, s := range l.Sinks {
		l.Sinks[i] = ir.RewriteNode(s, w.node).(*ir.Sink)
	}
	for _, x := range w.order {
		if !b.ownSink(l, x.to, x.at, "late rows") {
			continue
		}
		in := x.inputs[0]
		if len(x.inputs) > 1 {
			in = unionOf(x.inputs)
		}
		l.Sinks = append(l.Sinks, &ir.Sink{Input: in, Table: x.to.table, Side: true, At: b.sources.Pos(x.at)})
	}
	for _, s := range statements {
		if b.errs.HasErrors() {
			break // ways may lack
		}
		scans(s, func(x *ir.Scan) { w.gives(x.Table) })
	}
}

// gives warns where the late rows of a table go to a mapping that gets none, as nothing drops any.
func (w *lateWays) gives(t *ir.Table) {
	o := w.b.lateOf(t)
	if o == nil || w.to[o] != nil || w.silent[o] {
		return
	}
	w.silent[o] = true
	w.b.warn(diag.Unused, w.place(t), "leave the option out; rows are late for windows, IMPOSE_ORDER, joins by time, OVER and ORDER BY by event time",
		"`%s` gets no late rows: no statement drops rows of `%s` that come late", o.name, t.Name)
}

// lateWays collects the ways of late rows.
type lateWays struct {
	b      *binder
	to     map[*object]*side
	order  []*side
	silent map[*object]bool // mappings that get none
}

// node is called for every node of the statements, inputs first.
func (w *lateWays) node(n ir.Node) ir.Node {
	switch x := n.(type) {
	case *ir.Watermark:
		if x.Drop {
			return w.imposed(x)
		}
	case *ir.WindowTVF:
		if x.Window.Kind == ir.Session {
			w.session(x)
		}
	case *ir.Aggregate:
		if x.StartKey >= 0 || x.EndKey >= 0 {
			w.windowed(x)
		}
	case *ir.Join:
		w.joined(x)
	case *ir.Rank:
		if x.Windowed() {
			w.windowSide(x.Input)
		}
	case *ir.Over:
		if x.ByTime() {
			w.behind(x.Input, x.Order[0].Col, 0, "OVER")
		}
	case *ir.Sort:
		if x.ByTime {
			in, col := belowItems(x.Input, x.Order[0].Col)
			w.behind(in, col, 0, "ORDER BY")
		}
	}
	return n
}

// joined adds the ways of the rows that are too late for a join by time. An interval join uses
// late rows as long as it keeps what they could meet, and gives those of an outer side alone.
func (w *lateWays) joined(x *ir.Join) {
	switch x.Kind {
	case ir.WindowJoin:
		w.windowSide(x.Left)
		w.windowSide(x.Right)
	case ir.TemporalJoin:
		w.behind(x.Left, x.Time.Left, 0, "FOR SYSTEM_TIME AS OF")
	case ir.IntervalJoin:
		if !x.Type.KeepsLeft() {
			w.behind(x.Left, x.Time.Left, x.Time.LostLeft(), "a join")
		}
		if !x.Type.KeepsRight() {
			w.behind(x.Right, x.Time.Right, x.Time.LostRight(), "a join")
		}
	}
}

// behind adds the way of the rows of in that come so far behind the watermark that it is
// beyond their time by more than that.
func (w *lateWays) behind(in ir.Node, timeCol int, beyond int64, where string) {
	if !hasLate(in) {
		return
	}
	if o, at := w.target(in); o != nil {
		w.add(o, at, &ir.LateRows{Input: in, TimeCol: timeCol, Beyond: beyond}, where)
	}
}

// belowItems is the relation that the items of a SELECT are made of, and its column that is
// column col of n; n itself where it is none of items.
func belowItems(n ir.Node, col int) (ir.Node, int) {
	if x, ok := n.(*ir.Project); ok {
		if c, ok := x.Exprs[col].(*ir.ColRef); ok {
			return x.Input, c.Index
		}
	}
	return n, col
}

// imposed has IMPOSE_ORDER mark late rows where they are wanted, and drop them above.
func (w *lateWays) imposed(x *ir.Watermark) ir.Node {
	o, at := w.target(x.Input)
	if o == nil {
		return x
	}
	m := *x
	m.Drop, m.Mark = false, true
	w.add(o, at, &ir.LateRows{Input: &m, TimeCol: x.TimeCol}, "IMPOSE_ORDER")
	return &ir.LateRows{Input: &m, TimeCol: x.TimeCol, Rest: true}
}

// windowed adds the way of the rows that are late for an aggregate over windows. Filters
// between the two hold for late rows, too, unless they ask for the window.
func (w *lateWays) windowed(x *ir.Aggregate) {
	in := x.Input
	if e, ok := in.(*ir.Expand); ok {
		in = e.Input
	}
	w.windowSide(in)
}

// windowSide adds the ways of the rows that are late for the windows of in, if it has any: of
// each part of a UNION ALL for itself.
func (w *lateWays) windowSide(in ir.Node) {
	if parts := overParts(in); len(parts) > 0 {
		for _, part := range parts {
			w.windowSide(part)
		}
		return
	}
	tvf, _, filters := windowBelow(in)
	if tvf == nil || tvf.Window.Keyed() || !hasLate(tvf.Input) {
		return
	}
	o, at := w.target(tvf.Input)
	if o == nil {
		return
	}
	window := tvf.Window
	var late ir.Node = &ir.LateRows{Input: tvf.Input, TimeCol: tvf.TimeCol, Window: &window}
	if len(filters) > 0 {
		late = &ir.Filter{Input: late, Pred: ir.And(filters)}
	}
	w.add(o, at, late, window.Kind.String())
}

// overParts is n with the parts of the union that filters and projections stand on in the place
// of that; none where they stand on something else.
func overParts(n ir.Node) []ir.Node {
	switch x := n.(type) {
	case *ir.Union:
		return x.In
	case *ir.Filter, *ir.Project:
		parts := slices.Clone(overParts(n.Inputs()[0]))
		for i, part := range parts {
			parts[i] = n.WithInputs([]ir.Node{part})
		}
		return parts
	}
	return nil
}

// session adds the way of the rows that are late for sessions, which drop them whatever is
// done with the others.
func (w *lateWays) session(x *ir.WindowTVF) {
	if !hasLate(x.Input) {
		return
	}
	o, at := w.target(x.Input)
	if o == nil {
		return
	}
	window := x.Window
	w.add(o, at, &ir.LateRows{Input: x.Input, TimeCol: x.TimeCol, Window: &window, Keys: x.Keys}, window.Kind.String())
}

// add adds a way to a mapping. A view that several statements read has one.
func (w *lateWays) add(o *object, at diag.Span, late ir.Node, where string) {
	in := w.b.byName(late, o, at, "a late row of "+where, "the columns there are: "+strings.Join(columnNames(late.Schema()), ", "))
	if in == nil {
		return
	}
	if w.to[o] == nil {
		w.to[o] = &side{to: o, at: at, shown: map[string]bool{}}
		w.order = append(w.order, w.to[o])
	}
	s, text := w.to[o], ir.Print(&ir.Logical{Sinks: []*ir.Sink{{Input: in}}})
	if !s.shown[text] {
		s.shown[text] = true
		s.inputs = append(s.inputs, in)
	}
}

// target is the mapping for the late rows of n; nil: none, or reported.
func (w *lateWays) target(n ir.Node) (*object, diag.Span) {
	var tables []*ir.Table
	scans(n, func(s *ir.Scan) { tables = append(tables, s.Table) })
	var found *object
	for i, t := range tables {
		o := w.b.lateOf(t)
		if i > 0 && o != found {
			w.b.errOnce(diag.BadOption, w.place(t), "give all of them the same 'late.data'", "late rows of `%s` and `%s` meet in one relation, and go different ways", tables[0].Name, t.Name)
			return nil, diag.Span{}
		}
		found = o
	}
	if found == nil {
		return nil, diag.Span{}
	}
	return found, w.place(tables[0])
}

// place is where the late rows of a table are said to go.
func (w *lateWays) place(t *ir.Table) diag.Span {
	if _, given := t.Options[ir.OptionLate]; !given {
		if at, ok := w.b.settingAt[ir.OptionLate]; ok {
			return at
		}
	}
	return w.b.optionPlace(t, ir.OptionLate)
}

// hasLate reports whether rows of n can be late for a window: they are rows of tables,
// not of other windows, and nothing has dropped the late ones yet.
func hasLate(n ir.Node) bool {
	switch x := n.(type) {
	case *ir.Scan:
		return true
	case *ir.Watermark:
		if x.Drop || x.Mark {
			return false
		}
	case *ir.WindowTVF:
		if x.Window.Keyed() {
			return false
		}
	case *ir.Filter, *ir.Project, *ir.LateRows, *ir.Union, *ir.Limit, *ir.Unnest:
	default:
		return false
	}
	return slices.ContainsFunc(n.Inputs(), hasLate)
}

// windowBelow finds the window function that filters and projections stand on. cols are
// the columns of n over those of the window function, filters what its input's rows have
// to fulfil.
func windowBelow(n ir.Node) (tvf *ir.WindowTVF, cols, filters []ir.Expr) {
	switch x := n.(type) {
	case *ir.WindowTVF:
		return x, passOn(x.S), nil
	case *ir.Filter:
		if tvf, cols, filters = windowBelow(x.Input); tvf == nil {
			return nil, nil, nil
		}
		width := len(tvf.Input.Schema().Cols)
		for _, c := range ir.Conjuncts(ir.Substitute(x.Pred, cols)) {
			if ir.RefersOnly(c, func(col int) bool { return col < width }) {
				filters = append(filters, c)
			}
		}
		return tvf, cols, filters
	case *ir.Project:
		if tvf, cols, filters = windowBelow(x.Input); tvf == nil {
			return nil, nil, nil
		}
		out := make([]ir.Expr, len(x.Exprs))
		for i, e := range x.Exprs {
			out[i] = ir.Substitute(e, cols)
		}
		return tvf, out, filters
	}
	return nil, nil, nil
}
