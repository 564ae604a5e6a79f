package ir

import (
	"reflect"
	"slices"
)

// SameNode reports whether two nodes do the same to inputs that are the same: it
// compares everything but what they read, and expressions as EqualExpr does, so that
// the places in the text where they stand do not count.
func SameNode(a, b Node) bool {
	if a == b {
		return true
	}
	if reflect.TypeOf(a) != reflect.TypeOf(b) || *a.Props() != *b.Props() || !a.Schema().Equal(b.Schema()) {
		return false
	}
	switch x := a.(type) {
	case *Scan:
		y := b.(*Scan)
		return x.Table == y.Table && reflect.DeepEqual(x, y)
	case *Values:
		return sameRows(x.Rows, b.(*Values).Rows)
	case *Filter:
		return EqualExpr(x.Pred, b.(*Filter).Pred)
	case *Project:
		return sameExprs(x.Exprs, b.(*Project).Exprs)
	case *Watermark:
		y := b.(*Watermark)
		return x.TimeCol == y.TimeCol && x.Lag == y.Lag && x.Drop == y.Drop && x.Mark == y.Mark
	case *WindowTVF:
		y := b.(*WindowTVF)
		return x.TimeCol == y.TimeCol && x.Window == y.Window && slices.Equal(x.Keys, y.Keys)
	case *Aggregate:
		y := b.(*Aggregate)
		return reflect.DeepEqual(x.Keys, y.Keys) && x.StartKey == y.StartKey && x.EndKey == y.EndKey &&
			x.AtEnd == y.AtEnd && x.Emit == y.Emit && x.Lateness == y.Lateness && x.TTL == y.TTL && slices.Equal(x.Totals, y.Totals) && sameAggs(x.Aggs, y.Aggs)
	case *WindowAgg:
		y := b.(*WindowAgg)
		return x.TimeCol == y.TimeCol && x.Window == y.Window && reflect.DeepEqual(x.Keys, y.Keys) &&
			reflect.DeepEqual(x.Out, y.Out) && x.Emit == y.Emit && sameAggs(x.Aggs, y.Aggs)
	case *Expand:
		y := b.(*Expand)
		return slices.Equal(x.Keys, y.Keys) && slices.EqualFunc(x.Sets, y.Sets, slices.Equal)
	case *Unnest:
		y := b.(*Unnest)
		return x.Col == y.Col && x.Outer == y.Outer && slices.Equal(x.Cols, y.Cols)
	case *ProcTime:
		return x.TimeCol == b.(*ProcTime).TimeCol
	case *Over:
		return sameOver(x, b.(*Over))
	case *Coarsen:
		y := b.(*Coarsen)
		return x.Every == y.Every && slices.Equal(x.Key, y.Key) && slices.Equal(x.By, y.By) && x.EndCol == y.EndCol && x.Together == y.Together
	case *Rank:
		return sameRank(x, b.(*Rank))
	case *Join:
		return sameJoin(x, b.(*Join))
	case *Union, *Changelog, *Repeat:
		return true
	case *Sort:
		y := b.(*Sort)
		return sameOrder(x.Order, y.Order) && x.Keep == y.Keep && x.ByTime == y.ByTime && x.Lead == y.Lead
	case *Limit:
		y := b.(*Limit)
		return x.Count == y.Count && x.Offset == y.Offset
	}
	return false
}

func sameRows(a, b [][]Expr) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !sameExprs(a[i], b[i]) {
			return false
		}
	}
	return true
}

func sameExprs(a, b []Expr) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !EqualExpr(a[i], b[i]) {
			return false
		}
	}
	return true
}

func sameAggs(a, b []AggCall) bool {
	return slices.EqualFunc(a, b, func(x, y AggCall) bool {
		return SameAgg(&x, &y) && x.T.Equal(y.T) && x.Name == y.Name
	})
}

// NodeExprs lists the expressions of a node, those of computed columns that a scan
// reads included.
func NodeExprs(n Node) []Expr {
	switch x := n.(type) {
	case *Scan:
		var out []Expr
		for _, c := range x.Cols {
			if e := x.Table.Cols[c].Expr; e != nil {
				out = append(out, e)
			}
		}
		return out
	case *Values:
		var out []Expr
		for _, row := range x.Rows {
			out = append(out, row...)
		}
		return out
	case *Filter:
		return []Expr{x.Pred}
	case *Project:
		return x.Exprs
	case *Aggregate:
		return AggExprs(x.Aggs)
	case *WindowAgg:
		return AggExprs(x.Aggs)
	case *Over:
		return AggExprs(OverCalls(x.Calls))
	case *Join:
		if x.Cond != nil {
			return []Expr{x.Cond}
		}
	}
	return nil
}

// AggExprs lists the expressions of calls.
func AggExprs(aggs []AggCall) []Expr {
	var out []Expr
	for i := range aggs {
		out = append(out, aggs[i].Exprs()...)
	}
	return out
}
