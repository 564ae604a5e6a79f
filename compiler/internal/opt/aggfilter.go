package opt

import "github.com/helios-stream/helios/ir"

// pushFilterBelowAggregate filters rows before they are grouped, by conditions on the
// keys of groups, which all rows of a group fulfil or none. One that may fail stays: below
// it would see the rows that come too late for a group, too. An aggregate that others
// read, too, stays as it is, so that it runs once for all of them.
func pushFilterBelowAggregate(ctx *Ctx, n ir.Node) (ir.Node, bool) {
	f, ok := n.(*ir.Filter)
	if !ok {
		return n, false
	}
	below, ok := belowGroups(f.Input)
	if !ok {
		return n, false
	}
	var move, stay []ir.Expr
	for _, c := range ir.Conjuncts(f.Pred) {
		if on, ok := below(c); ok && !ir.IsVolatile(c) && !ir.MayFail(c) {
			move = append(move, on...)
		} else {
			stay = append(stay, c)
		}
	}
	if len(move) == 0 || ctx.isShared(f.Input) {
		return n, false
	}
	agg := f.Input.WithInputs([]ir.Node{filterOver(f.Input.Inputs()[0], move)})
	return filterOver(agg, stay), true
}

// belowGroups returns what turns conditions on the groups of an aggregate into those on
// its rows.
func belowGroups(n ir.Node) (func(c ir.Expr) ([]ir.Expr, bool), bool) {
	switch x := n.(type) {
	case *ir.Aggregate:
		if len(x.Totals) > 0 {
			return nil, false // there is a total also of no rows
		}
		to := noColumns(len(x.S.Cols))
		p := x.Input.Props()
		for i, k := range x.Keys {
			// Conditions on windows stand above, where UseWindowPanes would put them.
			if k != p.WindowStart && k != p.WindowEnd && k != p.WindowTime {
				to[i] = k
			}
		}
		return func(c ir.Expr) ([]ir.Expr, bool) { return onKeys(c, to) }, true
	case *ir.WindowAgg:
		if x.Window.Max > 0 {
			return nil, false // keys that are left out would leave room for others
		}
		to := noColumns(len(x.Out))
		for i, o := range x.Out {
			if o.Kind == ir.OutKey {
				to[i] = x.Keys[o.Index]
			}
		}
		times := windowTimes{x.Window, columnOf(x.Input, x.TimeCol), func(col int) (ir.WindowOutKind, bool) {
			k := x.Out[col].Kind
			return k, k == ir.OutStart || k == ir.OutEnd || k == ir.OutTime
		}}
		return func(c ir.Expr) ([]ir.Expr, bool) {
			if x.Window.PerRow() == 1 {
				if on, ok := times.of(c); ok {
					return on, true
				}
			}
			return onKeys(c, to)
		}, true
	}
	return nil, false
}

func noColumns(n int) []int {
	to := make([]int, n)
	for i := range to {
		to[i] = -1
	}
	return to
}

// onKeys is c over the input of an aggregate; to says which column of it each of the
// aggregate's is, -1: none. A condition on no column at all stays: there is one group
// also of no rows where nothing is grouped by.
func onKeys(c ir.Expr, to []int) ([]ir.Expr, bool) {
	refs := 0
	fits := true
	ir.WalkExpr(c, func(e ir.Expr) bool {
		if ref, ok := e.(*ir.ColRef); ok {
			refs++
			fits = fits && to[ref.Index] >= 0 && isExact(ref.T)
		}
		return fits
	})
	if !fits || refs == 0 {
		return nil, false
	}
	return []ir.Expr{ir.Shift(c, to)}, true
}

// isExact reports whether values of t that are one key are the same for every
// expression: 0.0 and -0.0 are one key, but not the same text.
func isExact(t *ir.Type) bool {
	switch k := t.Kind; {
	case k.IsInteger(), k.IsTimestamp():
		return true
	default:
		return k == ir.Boolean || k == ir.Decimal || k == ir.Varchar || k == ir.Varbinary || k == ir.Date || k == ir.Time
	}
}
