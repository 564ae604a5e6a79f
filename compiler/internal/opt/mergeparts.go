package opt

import (
	"slices"
	"strconv"

	"github.com/helios-stream/helios/ir"
)

// mergeSubplans makes parts of the plan that differ in their columns alone equal, by
// giving each the columns of all, so that the planner runs them once. Who reads such a part
// takes its own columns from it. Pruning would undo that, so it comes last.
func mergeSubplans(c *Ctx, l *ir.Logical) (*ir.Logical, []Step) {
	var steps []Step
	// Aggregates first: what is below one that is merged is merged with it.
	for _, which := range []func(ir.Node) bool{isAggregate, isSharable} {
		for range maxRounds {
			m := &merger{which: which, trace: c.trace, parts: map[string][]*part{}}
			for _, s := range l.Sinks {
				m.find(s.Input)
			}
			next, more := m.apply(l)
			if len(more) == 0 {
				break
			}
			l, steps = next, append(steps, more...)
		}
	}
	return l, steps
}

// maxRounds bounds how often parts are looked for: what is merged may hold others that
// were found before. maxAlike is how many parts each is compared with.
const (
	maxRounds = 3
	maxAlike  = 64
)

// isSharable reports whether something is saved where n is run once.
func isSharable(n ir.Node) bool {
	switch n.(type) {
	case *ir.Filter, *ir.WindowTVF, *ir.Watermark, *ir.Limit:
		s, _ := ir.ScanOf(n)
		return s == nil // a scan fixes the time of all its readers at once
	}
	return false
}

type merger struct {
	which func(ir.Node) bool
	trace bool
	parts map[string][]*part // by shape
	order []*part
}

// part is a relation with the columns of all its users.
type part struct {
	node  ir.Node
	users []user
	wider bool // than one of its users
}

// user is a part of the plan and what makes it of a part that is merged.
type user struct {
	node  ir.Node
	exprs []ir.Expr // its columns
	where []ir.Expr // conditions on its rows that the others do not have
}

// find adds what is at n or below it to the parts.
func (m *merger) find(n ir.Node) {
	if !m.which(n) {
		for _, in := range n.Inputs() {
			m.find(in)
		}
		return
	}
	key := shape(n)
	for _, p := range m.parts[key] {
		if p.add(n) {
			return
		}
	}
	p := &part{node: n, users: []user{{node: n, exprs: ownColumns(n)}}}
	if len(m.parts[key]) < maxAlike {
		m.parts[key] = append(m.parts[key], p)
		m.order = append(m.order, p)
	}
	for _, in := range n.Inputs() {
		m.find(in)
	}
}

// add makes n a user of p, if they are alike.
func (p *part) add(n ir.Node) bool {
	if sameTree(p.node, n) {
		p.users = append(p.users, user{node: n, exprs: ownColumns(n)})
		return true
	}
	u, restA, restB, ok := uniteLeading(p.node, n)
	if !ok {
		return false
	}
	before := u.columns(u.a, u.wideA)
	for i := range p.users {
		x := &p.users[i]
		x.exprs, _ = mapList(x.exprs, func(e ir.Expr) ir.Expr { return ir.Substitute(e, before) })
		x.where, _ = mapList(x.where, func(e ir.Expr) ir.Expr { return ir.Substitute(e, before) })
		x.where = append(slices.Clone(restA), x.where...)
	}
	p.users = append(p.users, user{node: n, exprs: u.columns(u.b, u.wideB), where: restB})
	p.node, p.wider = u.node, true
	return true
}

// columns are those of the united relation at the places; wide says which of them an
// aggregate gave in a type that holds less.
func (u *united) columns(at []int, wide map[int]*ir.AggCall) []ir.Expr {
	cols := ownColumns(u.node)
	out := make([]ir.Expr, len(at))
	for i, c := range at {
		out[i] = cols[c]
		if a := wide[i]; a != nil {
			out[i] = &ir.Cast{X: cols[c], T: a.T, At: a.At}
		}
	}
	return out
}

func ownColumns(n ir.Node) []ir.Expr {
	cols := n.Schema().Cols
	out := make([]ir.Expr, len(cols))
	for i, c := range cols {
		out[i] = &ir.ColRef{Index: i, Name: c.Name, T: c.Type}
	}
	return out
}

// apply puts the parts that are wider than their users in their places.
func (m *merger) apply(l *ir.Logical) (*ir.Logical, []Step) {
	var steps []Step
	to := map[ir.Node]ir.Node{}
	for _, p := range m.order {
		if !p.wider {
			continue
		}
		step := Step{Rule: mergeName}
		if m.trace {
			step.After = ir.PrintNode(p.node)
		}
		for _, x := range p.users {
			if m.trace {
				step.Before += ir.PrintNode(x.node)
			}
			to[x.node] = pick(filterOver(p.node, x.where), x.exprs, x.node.Schema())
		}
		steps = append(steps, step)
	}
	if len(steps) == 0 {
		return l, nil
	}
	out := &ir.Logical{Sinks: make([]*ir.Sink, len(l.Sinks))}
	for i, s := range l.Sinks {
		out.Sinks[i] = s.WithInputs([]ir.Node{replace(s.Input, to)}).(*ir.Sink)
	}
	return out, steps
}

// replace puts other nodes in the place of the topmost ones that it knows.
func replace(n ir.Node, to map[ir.Node]ir.Node) ir.Node {
	if m := to[n]; m != nil {
		return m
	}
	if k := ir.OnlyInput(n); k != nil {
		if m := replace(k, to); m != k {
			return n.WithInputs([]ir.Node{m})
		}
		return n
	}
	in := slices.Clone(n.Inputs())
	changed := false
	for i, k := range in {
		in[i] = replace(k, to)
		changed = changed || in[i] != k
	}
	if !changed {
		return n
	}
	return n.WithInputs(in)
}

// shape is what parts that can be merged have in common: the kinds of their nodes, and
// the tables.
func shape(n ir.Node) string {
	return string(appendShape(make([]byte, 0, 64), n))
}

func appendShape(b []byte, n ir.Node) []byte {
	switch x := n.(type) {
	case *ir.Scan:
		return append(append(b, "Scan "...), x.Table.Name...)
	case *ir.Filter:
		b = append(b, 'F')
	case *ir.Project:
		b = append(b, 'P')
	case *ir.Watermark:
		b = append(b, 'W')
	case *ir.WindowTVF:
		b = append(b, 'T')
	case *ir.Limit:
		b = append(b, 'L')
	case *ir.WindowAgg:
		b = strconv.AppendInt(append(b, 'G'), x.Window.Size, 36)
		b = strconv.AppendInt(append(b, ':'), int64(len(x.Keys)), 10)
	case *ir.Aggregate:
		b = strconv.AppendInt(append(b, 'A'), int64(len(x.Keys)), 10)
	default:
		b = append(b, 'O')
	}
	for _, in := range n.Inputs() {
		b = appendShape(append(b, ' '), in)
	}
	return b
}

// uniteLeading is uniteTop for the top of a part; of filters it unites the leading
// conditions that both have, where they are work, and returns the rest of each.
func uniteLeading(a, b ir.Node) (u *united, restA, restB []ir.Expr, ok bool) {
	x, isFilter := a.(*ir.Filter)
	y, too := b.(*ir.Filter)
	if !isFilter || !too {
		u, ok = uniteTop(a, b)
		return u, nil, nil, ok
	}
	in, ok := unite(x.Input, y.Input)
	if !ok {
		return nil, nil, nil, false
	}
	p, q := ir.Conjuncts(ir.Shift(x.Pred, in.a)), ir.Conjuncts(ir.Shift(y.Pred, in.b))
	n := 0
	for n < min(len(p), len(q)) && ir.EqualExpr(p[n], q[n]) && !ir.IsVolatile(p[n]) {
		n++
	}
	if n == 0 || (n < len(p) || n < len(q)) && !slices.ContainsFunc(p[:n], isCostly) {
		return nil, nil, nil, false
	}
	return &united{node: filterOver(in.node, p[:n:n]), a: in.a, b: in.b}, p[n:], q[n:], true
}

// isCostly reports whether a condition takes more for a row than to look at columns and
// compare them.
func isCostly(e ir.Expr) bool {
	found := false
	ir.WalkExpr(e, func(x ir.Expr) bool {
		switch x := x.(type) {
		case *ir.Call:
			switch x.Fn {
			case "=", "<>", "<", "<=", ">", ">=", "AND", "OR", "NOT", "IS NULL", "IS NOT NULL", "IS TRUE", "IS FALSE", "IS NOT TRUE", "IS NOT FALSE":
			default:
				found = true
			}
		case *ir.Cast, *ir.Case:
			found = true
		}
		return !found
	})
	return found
}
