package bind

import (
	"slices"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// emit takes the EMIT of a SELECT over in, as far as that is a matter of in; nil: reported.
func (b *binder) emit(x *ast.Select, in *relation) *relation {
	if x.Emit == nil || !x.Emit.Partial {
		return in
	}
	tvf, isTVF := in.node.(*ir.WindowTVF)
	if !isTVF || tvf.Window.Kind != ir.CountRows {
		b.err(diag.BadWindow, x.Emit.Span(), "leave it out", "EMIT PARTIAL gives what COUNT_WINDOW in FROM has left at the end, and there is none")
		return nil
	}
	n := *tvf
	n.Window.Partial = true
	return &relation{node: &n, at: in.at, declared: in.declared}
}

// emitsRows refuses EMIT EVERY for a SELECT without groups.
func (b *binder) emitsRows(x *ast.Select) bool {
	if x.Emit == nil || x.Emit.Every == nil {
		return true
	}
	b.err(diag.BadWindow, x.Emit.Span(), "leave it out, or group: SELECT k, COUNT(*) FROM t GROUP BY k EMIT EVERY INTERVAL '10' SECOND",
		"EMIT EVERY says how often results of an aggregate come out, and this SELECT has none: its rows come out as they are")
	return false
}

// every is the span of EMIT EVERY in microseconds; 0: there is none. False: reported.
func (b *binder) every(x *ast.Select) (us int64, ok bool) {
	if x.Emit == nil || x.Emit.Every == nil {
		return 0, true
	}
	return b.span(x.Emit.Every, "the interval of EMIT EVERY", 1)
}

// emission says when the groups of an aggregate go out. Without a window it is once, at the
// end of an input that ends, else whenever they change. Keys alone do not change. Groups of
// windows go out once, unless late rows correct them or every, of EMIT EVERY, is not 0.
func (b *binder) emission(agg *ir.Aggregate, every int64) {
	in := agg.Input.Props()
	if agg.Windowed() {
		agg.Lateness = latenessBelow(agg.Input)
		agg.Emit = b.windowEmission(in, agg.Lateness, every)
		return
	}
	if len(agg.Aggs) > 0 || in.Updating {
		agg.AtEnd = b.atEnd(in)
	}
	if !agg.AtEnd && !in.Bounded {
		agg.TTL = b.stateTTL().Microseconds()
	}
}

// windowEmission is when groups of windows over an input go out.
func (b *binder) windowEmission(in *ir.Props, lateness, every int64) ir.Emission {
	switch {
	case lateness == 0 && every == 0, b.atEnd(in):
		return ir.Once
	case every > 0:
		return ir.Changing
	}
	return ir.Corrected
}

// coarsened puts EMIT EVERY over an aggregate that changes; nil: reported.
func (g *grouping) coarsened(x *ast.Select, n ir.Node, every int64) ir.Node {
	if every == 0 {
		return n
	}
	p := n.Props()
	key, ok := ir.UpsertKey(n)
	if agg, is := n.(*ir.Aggregate); is && agg.Windowed() && g.session() != nil && !g.b.atEnd(agg.Input.Props()) {
		g.b.err(diag.BadWindow, x.Emit.Span(), "group by window_start, window_end and just the columns of PARTITION BY, and put conditions into a sub-query that SESSION reads",
			"EMIT EVERY is not possible here: these rows come out when their session has closed")
		return nil
	}
	if !p.Updating {
		hint := "leave it out; run with --changelog ops to see results change"
		if p.Bounded {
			g.b.warn(diag.NoEffect, x.Emit.Span(), hint, "EMIT EVERY has no effect: the input ends, and each result comes out once")
		} else {
			g.b.warn(diag.NoEffect, x.Emit.Span(), "leave it out", "EMIT EVERY has no effect: these results do not change")
		}
		return n
	}
	if !ok {
		g.b.later(x.Emit.Span(), "EMIT EVERY over results without a key", "leave it out")
		return nil
	}
	c := &ir.Coarsen{Input: n, Every: every, Key: key, EndCol: -1}
	switch agg := n.(type) {
	case *ir.Aggregate:
		c.EndCol, c.By = agg.EndKey, key
	case *ir.WindowAgg:
		c.EndCol, c.Together = slices.Index(agg.Out, ir.WindowOut{Kind: ir.OutEnd}), true
		for k := range agg.Keys {
			c.By = append(c.By, slices.Index(agg.Out, ir.WindowOut{Kind: ir.OutKey, Index: k}))
		}
	}
	return c
}

// session is the SESSION that the groups are made of; nil: they are of something else.
func (g *grouping) session() *ir.WindowTVF {
	tvf, _, _ := windowBelow(g.in.node)
	if tvf == nil || tvf.Window.Kind != ir.Session {
		return nil
	}
	return tvf
}

// sessionsAgg is an aggregate by session whose results change. It keeps the aggregates of
// sessions alone, so it groups by just what sessions are of. nil: it does not.
func (g *grouping) sessionsAgg(x *ast.Select, every int64) *ir.WindowAgg {
	tvf := g.session()
	if tvf == nil || g.in.node != ir.Node(tvf) || g.sets != nil {
		return nil
	}
	in := tvf.Input.Props()
	emit := g.b.windowEmission(in, tvf.Window.Lateness, every)
	if emit == ir.Once {
		return nil
	}
	agg := &ir.WindowAgg{Input: tvf.Input, TimeCol: tvf.TimeCol, Window: tvf.Window, Keys: tvf.Keys, Aggs: g.aggs, Emit: emit, S: &ir.Schema{}, P: ir.NoProps}
	agg.P.Bounded, agg.P.Updating = in.Bounded, true
	if _, ok := g.keyColumns(agg, tvf); !ok {
		return nil
	}
	for i := range g.aggs {
		agg.Out = append(agg.Out, ir.WindowOut{Kind: ir.OutAgg, Index: i})
		agg.S.Cols = append(agg.S.Cols, aggColumn(&g.aggs[i]))
	}
	if _, ok := ir.UpsertKey(agg); !ok {
		return nil
	}
	g.b.stateAt(agg, g.place(x))
	return agg
}

// keyColumns gives agg the columns of the keys: of the window and what it is partitioned by.
// False: bad is another one.
func (g *grouping) keyColumns(agg *ir.WindowAgg, tvf *ir.WindowTVF) (bad int, ok bool) {
	for i, k := range g.keys {
		c, isCol := k.(*ir.ColRef)
		switch {
		case isCol && c.Index == tvf.P.WindowStart:
			agg.Out = append(agg.Out, ir.WindowOut{Kind: ir.OutStart})
		case isCol && c.Index == tvf.P.WindowEnd:
			agg.Out = append(agg.Out, ir.WindowOut{Kind: ir.OutEnd})
		case isCol && c.Index == tvf.P.WindowTime:
			agg.Out = append(agg.Out, ir.WindowOut{Kind: ir.OutTime})
		case isCol && slices.Contains(tvf.Keys, c.Index):
			agg.Out = append(agg.Out, ir.WindowOut{Kind: ir.OutKey, Index: slices.Index(tvf.Keys, c.Index)})
		default:
			return i, false
		}
		agg.S.Cols = append(agg.S.Cols, ir.Column{Name: exprName(k), Type: k.Type(), NotNull: neverNull(k, tvf.S)})
	}
	return 0, true
}

// aggColumn is the column of an aggregate.
func aggColumn(a *ir.AggCall) ir.Column {
	return ir.Column{Name: a.Name, Type: a.T, NotNull: a.Fn == "COUNT" || a.Fn == "COUNT_IF" || a.Fn == "APPROX_COUNT_DISTINCT"}
}
