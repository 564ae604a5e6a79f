package bind

import (
	"slices"
	"strconv"

	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// build fills in a join whose kind is known.
func (j *joining) build(n *ir.Join, keys []keyPair, rest []ir.Expr) {
	lw, rw := j.width(), len(j.right.Schema().Cols)
	left, right := make([]ir.Expr, len(keys)), make([]ir.Expr, len(keys))
	for i, k := range keys {
		left[i], right[i] = k.left, k.right
	}
	n.Type, n.LeftName, n.RightName = j.typ, j.leftName, j.rightName
	n.Left, n.LeftKeys = withKeys(j.left, left)
	n.Right, n.RightKeys = withKeys(j.right, right)
	wide := len(n.Left.Schema().Cols)
	if len(rest) > 0 {
		n.Cond = behindMore(ir.And(rest), lw, wide-lw)
	}
	n.Cols = identity(lw)
	if !j.typ.LeftOnly() {
		n.Cols = append(n.Cols, moved(identity(rw), wide)...)
	}
	if j.turned {
		n.Cols = append(slices.Clone(n.Cols[lw:]), n.Cols[:lw]...)
	}
	pairs := ir.PairSchema(n.Type, n.Left.Schema(), n.Right.Schema())
	n.S = pairs.Select(n.Cols)
	if n.Kind == ir.WindowJoin {
		n.LeftEnd, n.RightEnd = j.left.Props().WindowEnd, j.right.Props().WindowEnd
	}
	j.endings(n)
	n.P = j.props(n, wide)
	if len(keys) == 0 && !j.crossed && !j.single {
		j.withoutKeys(n)
	}
	j.b.stateAt(n, j.at)
}

// endings says when rows without a pair come out, and when rows are forgotten.
func (j *joining) endings(n *ir.Join) {
	if n.Kind != ir.RegularJoin {
		return
	}
	both := ir.NoProps
	both.Bounded = j.left.Props().Bounded && j.right.Props().Bounded
	n.AtEnd = j.streams() && j.b.atEnd(&both)
	if both.Bounded {
		return
	}
	ttl := func(name string) int64 {
		if t, ok := j.b.hinted.ttl[name]; ok {
			return t
		}
		return j.b.stateTTL().Microseconds()
	}
	n.LeftTTL, n.RightTTL = ttl(n.LeftName), ttl(n.RightName)
}

// props are the properties of a join's result.
func (j *joining) props(n *ir.Join, wide int) ir.Props {
	l, r := *j.left.Props(), *j.right.Props()
	p := ir.NoProps
	p.Bounded = l.Bounded && r.Bounded
	at := func(col int) int { return slices.Index(n.Cols, col) }
	fromLeft := func(col int) int {
		if col < 0 {
			return -1
		}
		return at(col)
	}
	fromRight := func(col int) int {
		if col < 0 {
			return -1
		}
		return at(wide + col)
	}
	switch n.Kind {
	case ir.RegularJoin:
		p.Updating = !j.streams() || !n.AtEnd && (n.Type.KeepsLeft() || n.Type.KeepsRight())
	case ir.IntervalJoin:
		if !n.Type.KeepsRight() {
			p.TimeCol = fromLeft(n.Time.Left)
		}
		if !n.Type.KeepsLeft() && !n.Type.LeftOnly() {
			p.OtherTime = fromRight(n.Time.Right)
		}
		p.Settle()
	case ir.WindowJoin:
		switch {
		case !n.Type.KeepsRight():
			p.WindowStart, p.WindowEnd, p.WindowTime = fromLeft(l.WindowStart), fromLeft(l.WindowEnd), fromLeft(l.WindowTime)
		case n.Type == ir.RightJoin:
			p.WindowStart, p.WindowEnd, p.WindowTime = fromRight(r.WindowStart), fromRight(r.WindowEnd), fromRight(r.WindowTime)
		}
		if p.TimeCol = p.WindowTime; p.TimeCol < 0 {
			p.TimeCol = p.WindowEnd
		}
	case ir.LookupJoin, ir.ByKeyJoin:
		p = l
		for _, c := range []*int{&p.TimeCol, &p.OtherTime, &p.WindowStart, &p.WindowEnd, &p.WindowTime} {
			*c = fromLeft(*c)
		}
	case ir.TemporalJoin:
		p.TimeCol = fromLeft(n.Time.Left)
	}
	return p
}

// withKeys is n with a column for each key that is an expression, and the keys' columns.
func withKeys(n ir.Node, keys []ir.Expr) (ir.Node, []int) {
	s := n.Schema()
	exprs, names := passOn(s), columnNames(s)
	cols := make([]int, len(keys))
	for i, k := range keys {
		if c, ok := k.(*ir.ColRef); ok {
			cols[i] = c.Index
			continue
		}
		cols[i] = len(exprs)
		exprs, names = append(exprs, k), append(names, exprName(k))
	}
	if len(exprs) == len(s.Cols) {
		return n, cols
	}
	return project(n, exprs, names), cols
}

// behindMore is e over a left side that has more columns behind its first width.
func behindMore(e ir.Expr, width, more int) ir.Expr {
	return ir.Rewrite(e, func(x ir.Expr) ir.Expr {
		c, ok := x.(*ir.ColRef)
		if !ok || c.Index < width {
			return x
		}
		m := *c
		m.Index += more
		return &m
	})
}

func moved(cols []int, by int) []int {
	out := make([]int, len(cols))
	for i, c := range cols {
		out[i] = c + by
	}
	return out
}

// withoutKeys warns that each row is held against all that are kept, and of how many those are.
func (j *joining) withoutKeys(n *ir.Join) {
	kept := "every row of the other side"
	if n.Kind == ir.IntervalJoin {
		span := n.Time.Hi - n.Time.Lo
		kept = "every row of the other side in a time of " + ir.SpanInWords(span) + " (at 1,000 rows a second: " + thousands(max(span/1000, 1)) + " rows for each row)"
	}
	j.b.warn(diag.JoinWithoutKey, j.at, "relate them by an equality, too, such as ON a.id = b.id AND ...; or write CROSS JOIN and the condition in WHERE if this is meant",
		"no equality relates the two sides: each row is compared with %s, in one task", kept)
}

// thousands writes a number with commas.
func thousands(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10)
	}
	rest := strconv.FormatInt(1000+n%1000, 10)
	return thousands(n/1000) + "," + rest[1:]
}
