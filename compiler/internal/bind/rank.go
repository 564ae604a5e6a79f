package bind

import (
	"math"

	"github.com/helios-stream/helios/ir"
)

// filtered keeps the rows of n for which pred is true. A condition that bounds the number of
// a row in its partition makes a Rank of the call that computes it.
func (b *binder) filtered(n ir.Node, pred ir.Expr) ir.Node {
	for i, c := range ir.Conjuncts(pred) {
		col, _, _, ok := numberBound(c)
		if !ok {
			continue
		}
		over, at := rankedBelow(n, col)
		if over == nil {
			continue
		}
		from, to := int64(1), int64(math.MaxInt64)
		var rest []ir.Expr
		for j, d := range ir.Conjuncts(pred) {
			if other, lo, hi, ok := numberBound(d); ok && other == col {
				from, to = max(from, lo), min(to, hi)
			} else if j != i {
				rest = append(rest, d)
			}
		}
		if to == math.MaxInt64 || to < from {
			continue // all rows but some, or none
		}
		n = b.replaceOver(n, over, at, from, to)
		if len(rest) > 0 {
			n = &ir.Filter{Input: n, Pred: ir.And(rest)}
		}
		return n
	}
	return &ir.Filter{Input: n, Pred: pred}
}

// numberBound reads a condition between a column and a whole number: from lo to hi.
func numberBound(e ir.Expr) (col int, lo, hi int64, ok bool) {
	c, isCall := e.(*ir.Call)
	if !isCall || len(c.Args) != 2 {
		return 0, 0, 0, false
	}
	op, x, y := c.Fn, c.Args[0], c.Args[1]
	if _, isConst := x.(*ir.Const); isConst {
		x, y, op = y, x, mirrored[op]
	}
	ref, isRef := x.(*ir.ColRef)
	v, isConst := y.(*ir.Const)
	if !isRef || !isConst {
		return 0, 0, 0, false
	}
	n, isInt := v.V.(int64)
	if !isInt || !v.T.Kind.IsInteger() || n == math.MaxInt64 || n == math.MinInt64 {
		return 0, 0, 0, false
	}
	lo, hi = math.MinInt64, math.MaxInt64
	switch op {
	case "=":
		lo, hi = n, n
	case "<":
		hi = n - 1
	case "<=":
		hi = n
	case ">":
		lo = n + 1
	case ">=":
		lo = n
	default:
		return 0, 0, 0, false
	}
	return ref.Index, lo, hi, true
}

var mirrored = map[string]string{"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// rankedBelow finds the Over whose only call is a number that column col of n passes on;
// at is its column there. nil: there is none.
func rankedBelow(n ir.Node, col int) (over *ir.Over, at int) {
	switch x := n.(type) {
	case *ir.Filter:
		return rankedBelow(x.Input, col)
	case *ir.Project:
		if c, ok := x.Exprs[col].(*ir.ColRef); ok {
			return rankedBelow(x.Input, c.Index)
		}
	case *ir.Over:
		if len(x.Calls) == 1 && col == len(x.S.Cols)-1 && ir.IsRank(x.Calls[0].Fn) {
			return x, col
		}
	}
	return nil, 0
}

// replaceOver puts a Rank in the place of over below n.
func (b *binder) replaceOver(n ir.Node, over *ir.Over, at int, from, to int64) ir.Node {
	switch x := n.(type) {
	case *ir.Filter:
		return &ir.Filter{Input: b.replaceOver(x.Input, over, at, from, to), Pred: x.Pred}
	case *ir.Project:
		return project(b.replaceOver(x.Input, over, at, from, to), x.Exprs, columnNames(x.S))
	}
	p := over.Input.Props()
	r := &ir.Rank{Input: over.Input, Fn: over.Calls[0].Fn, Partition: over.Partition, Order: over.Order, From: from, To: to, Number: true, S: over.S, P: ir.NoProps}
	r.P.Bounded = p.Bounded
	if r.Windowed() {
		r.Lateness = latenessBelow(over.Input)
		r.P.WindowStart, r.P.WindowEnd, r.P.WindowTime = p.WindowStart, p.WindowEnd, p.WindowTime
		r.P.TimeCol = p.WindowTime
	} else {
		r.AtEnd = b.atEnd(p)
		r.P.Updating = !r.AtEnd
		if !r.AtEnd && !p.Bounded && len(r.Partition) > 0 {
			r.TTL = b.groupTTL()
		}
	}
	if place, ok := b.places[over]; ok {
		b.stateAt(r, place)
	}
	return r
}

// atEnd reports whether results that change wait for the end of the input.
func (b *binder) atEnd(in *ir.Props) bool {
	if b.shows && b.changelog != ChangelogAuto {
		return b.changelog == ChangelogFinal
	}
	return in.Bounded
}
