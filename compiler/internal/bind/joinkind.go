package bind

import (
	"slices"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

var joinTypes = map[ast.JoinKind]ir.JoinType{
	ast.JoinInner: ir.InnerJoin, ast.JoinCross: ir.InnerJoin, ast.JoinLeft: ir.LeftJoin, ast.JoinRight: ir.RightJoin,
	ast.JoinFull: ir.FullJoin, ast.JoinSemi: ir.SemiJoin, ast.JoinAnti: ir.AntiJoin,
}

// joinNode makes the join of two sides by its conditions; nil: reported.
func (b *binder) joinNode(t *joinTree, left, right ir.Node, conds []ir.Expr) ir.Node {
	j := &joining{b: b, at: t.at, typ: joinTypes[t.kind], left: left, right: right,
		leftName: t.left.called(), rightName: t.right.called(), asOf: t.asOf, crossed: t.kind == ast.JoinCross}
	if table := ir.ByKeyTable(right); table != nil {
		j.conds = conds // it filters nothing itself
		return j.byKey(table)
	}
	j.filterSides(conds)
	return j.node()
}

// called is what a side is called in plans: the name of its table, if it is one.
func (t *joinTree) called() string {
	if t.rel != nil {
		return t.name
	}
	return ""
}

// joining is a join of two relations while its kind is found.
type joining struct {
	b                   *binder
	at                  diag.Span
	typ                 ir.JoinType
	left, right         ir.Node
	leftName, rightName string
	conds               []ir.Expr // over the columns of both
	asOf                *asOf
	single              bool // the right side is one row
	first               bool // the right side is read first, whatever the left one is
	crossed             bool // each row is meant to meet each
	turned              bool // the sides have changed places
}

// filterSides takes what ON says of the side that gives no rows alone to a filter below.
func (j *joining) filterSides(conds []ir.Expr) {
	width := j.width()
	versioned := false // of versions the valid one is found first, and asked then
	if j.asOf != nil {
		_, versioned = versionsOf(j.right)
	}
	for _, c := range conds {
		if ir.MayFail(c) || versioned { // for pairs alone
			j.conds = append(j.conds, c)
			continue
		}
		onLeft, onRight := ir.RefersOnly(c, func(i int) bool { return i < width }), ir.RefersOnly(c, func(i int) bool { return i >= width })
		switch {
		case onRight && !onLeft && (j.typ == ir.LeftJoin || j.typ.LeftOnly()):
			j.right = &ir.Filter{Input: j.right, Pred: moveColumns(c, -width)}
		case onLeft && !onRight && (j.typ == ir.RightJoin || j.typ == ir.SemiJoin):
			j.left = &ir.Filter{Input: j.left, Pred: c}
		default:
			j.conds = append(j.conds, c)
		}
	}
}

func (j *joining) width() int { return len(j.left.Schema().Cols) }

// turn has the sides change places.
func (j *joining) turn() {
	lw, rw := j.width(), len(j.right.Schema().Cols)
	for i, c := range j.conds {
		j.conds[i] = ir.Rewrite(c, func(x ir.Expr) ir.Expr {
			ref, ok := x.(*ir.ColRef)
			if !ok {
				return x
			}
			m := *ref
			if m.Index < lw {
				m.Index += rw
			} else {
				m.Index -= lw
			}
			return &m
		})
	}
	j.left, j.right, j.leftName, j.rightName, j.turned = j.right, j.left, j.rightName, j.leftName, !j.turned
	if j.typ == ir.RightJoin {
		j.typ = ir.LeftJoin
	}
}

// node makes the join, with the columns of both sides; nil: reported.
func (j *joining) node() ir.Node {
	n := &ir.Join{LeftEnd: -1, RightEnd: -1, Single: j.single}
	if j.asOf != nil {
		if !j.asOf.apply(j, n) {
			return nil
		}
	} else if j.side() == lookLeft {
		j.turn()
	}
	j.completeWindows()
	keys, rest := j.equalities()
	if n.Kind == 0 {
		n.Kind = j.kind(keys)
	}
	if n.Kind == ir.IntervalJoin {
		bounds, _ := timeBoundsOf(j.conds, j.left, j.right)
		_, rest = j.equalities()
		rest = slices.DeleteFunc(rest, func(c ir.Expr) bool { i := slices.Index(j.conds, c); return bounds.used[i] })
		n.Time = &ir.TimeBound{Left: bounds.left, Right: bounds.right, Lo: bounds.lo, Hi: bounds.hi}
		if bounds.never {
			j.b.warn(diag.ConstantCondition, j.at, "let the first bound of BETWEEN be the lesser one: a.ts BETWEEN b.ts - INTERVAL '5' MINUTE AND b.ts",
				"no two rows are a pair: the conditions on their times contradict each other")
		}
		j.byClock(bounds)
	}
	j.build(n, keys, rest)
	return n
}

// lookup says which side of a join is read first.
type lookup uint8

const (
	lookNone  lookup = iota
	lookRight        // the right side
	lookLeft         // the left side
)

// side says whether one side, which ends, is read to its end before the other one is
// read: where the other does not end, or is the only one with an event time, which goes on then.
func (j *joining) side() lookup {
	l, r := j.left.Props(), j.right.Props()
	right := r.Bounded && !r.Updating && (j.typ == ir.InnerJoin || j.typ == ir.LeftJoin || j.typ.LeftOnly())
	left := l.Bounded && !l.Updating && (j.typ == ir.InnerJoin || j.typ == ir.RightJoin)
	if _, timed := timeBoundsOf(j.conds, j.left, j.right); timed && j.streams() && !j.first {
		return lookNone
	}
	switch {
	case (j.single || j.first) && right:
		return lookRight
	case right && (!l.Bounded || l.TimeCol >= 0 && r.TimeCol < 0):
		return lookRight
	case left && (!r.Bounded || r.TimeCol >= 0 && l.TimeCol < 0):
		return lookLeft
	}
	return lookNone
}

// streams reports whether the rows of both sides are only added.
func (j *joining) streams() bool {
	return !j.left.Props().Updating && !j.right.Props().Updating
}

// kind is what bounds the join's state.
func (j *joining) kind(keys []keyPair) ir.JoinKind {
	_, timed := timeBoundsOf(j.conds, j.left, j.right)
	switch {
	case j.first && j.side() == lookRight:
		return ir.LookupJoin
	case j.streams() && j.sameWindows(keys):
		return ir.WindowJoin
	case j.streams() && timed:
		return ir.IntervalJoin
	case j.side() == lookRight:
		return ir.LookupJoin
	}
	return ir.RegularJoin
}

// sameWindows reports whether keys say that both windows begin and end together.
func (j *joining) sameWindows(keys []keyPair) bool {
	l, r := j.left.Props(), j.right.Props()
	return hasTimeWindows(j.left) && hasTimeWindows(j.right) && equate(keys, l.WindowStart, r.WindowStart) && equate(keys, l.WindowEnd, r.WindowEnd)
}

// equate reports whether keys say that a column of the left side equals one of the right side.
func equate(keys []keyPair, a, b int) bool {
	return a >= 0 && b >= 0 && slices.ContainsFunc(keys, func(k keyPair) bool { return isColumn(k.left, a) && isColumn(k.right, b) })
}

// hasTimeWindows reports whether the windows of n's rows close as event time passes.
func hasTimeWindows(n ir.Node) bool {
	p := n.Props()
	if p.Updating || p.WindowEnd < 0 {
		return false
	}
	for _, w := range windowsBelow(n, nil) {
		if w.Kind == ir.CountRows {
			return false
		}
	}
	return hasWatermark(n) || hasClock(n)
}

// hasClock reports whether some rows below n are in processing time.
func hasClock(n ir.Node) bool {
	if _, ok := n.(*ir.ProcTime); ok {
		return true
	}
	return slices.ContainsFunc(n.Inputs(), hasClock)
}

func isColumn(e ir.Expr, col int) bool {
	c, ok := e.(*ir.ColRef)
	return ok && c.Index == col
}

// byClock has both sides in processing time where the bounds are on PROCTIME().
func (j *joining) byClock(t timeBounds) {
	if !isProcTime(j.left, t.left) {
		return
	}
	for _, s := range []struct {
		n   *ir.Node
		col int
	}{{&j.left, t.left}, {&j.right, t.right}} {
		*s.n = processed(&relation{node: *s.n}, s.col).node
	}
}

// keyAs is a key as the common type of both sides. A time that nanoseconds do not hold equals
// none of those that are in nanoseconds: it is NULL, which matches nothing.
func (b *binder) keyAs(e ir.Expr, common *ir.Type) ir.Expr {
	key := b.castTo(e, common)
	if c, ok := key.(*ir.Cast); ok && key != e && common.Nanos() && !e.Type().Nanos() {
		try := *c
		try.Try = true
		return &try
	}
	return key
}

// keyPair is an equality between an expression over the left side and one over the right.
type keyPair struct{ left, right ir.Expr }

// equalities are the conditions that are keys, and the others.
func (j *joining) equalities() (keys []keyPair, rest []ir.Expr) {
	width := j.width()
	of := func(e ir.Expr) (left, right bool) {
		return !ir.RefersOnly(e, func(i int) bool { return i >= width }), !ir.RefersOnly(e, func(i int) bool { return i < width })
	}
	for _, c := range j.conds {
		call, ok := c.(*ir.Call)
		if !ok || call.Fn != "=" || ir.IsVolatile(c) || call.Args[0].Type().Kind.IsNested() {
			rest = append(rest, c)
			continue
		}
		x, y := call.Args[0], call.Args[1]
		if l, _ := of(x); !l {
			x, y = y, x
		}
		xl, xr := of(x)
		yl, yr := of(y)
		common := ir.CommonType(x.Type(), y.Type())
		if !xl || xr || yl || !yr || common == nil {
			rest = append(rest, c)
			continue
		}
		keys = append(keys, keyPair{j.b.keyAs(x, common), j.b.keyAs(moveColumns(y, -width), common)})
	}
	return keys, rest
}
