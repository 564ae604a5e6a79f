package phys

import (
	"slices"
	"strconv"

	"github.com/helios-stream/helios/ir"
)

// subplans finds trees that are equal: it gives each kind of tree a class.
type subplans struct {
	classOf map[ir.Node]*class
	known   map[string][]*class // by the node's line and the numbers of its inputs' classes
	n       int
}

// class is all trees that are equal to one.
type class struct {
	id       int
	node     ir.Node
	volatile bool // also in what is below
	uses     int  // readers that would each plan it
}

func newSubplans() *subplans {
	return &subplans{classOf: map[ir.Node]*class{}, known: map[string][]*class{}}
}

// class returns the class of n, which depends on those of its inputs.
func (s *subplans) class(n ir.Node) *class {
	if c := s.classOf[n]; c != nil {
		return c
	}
	key := ir.DescribeNode(n)
	volatile := slices.ContainsFunc(ir.NodeExprs(n), ir.IsVolatile)
	for _, in := range n.Inputs() {
		below := s.class(in)
		key += " " + strconv.Itoa(below.id)
		volatile = volatile || below.volatile
	}
	for _, c := range s.known[key] {
		if ir.SameNode(c.node, n) {
			s.classOf[n] = c
			return c
		}
	}
	c := &class{id: s.n, node: n, volatile: volatile}
	s.n++
	s.known[key] = append(s.known[key], c)
	s.classOf[n] = c
	return c
}

// visit counts who reads n. What is below a tree that is planned once has one reader
// there; scan is called for each scan that is planned.
func (s *subplans) visit(n ir.Node, share bool, scan func(*ir.Scan, *ir.Watermark)) {
	if x, wm := ir.ScanOf(n); x != nil {
		scan(x, wm)
		return
	}
	if share {
		c := s.class(n)
		c.uses++
		if c.uses > 1 && c.pays() {
			return
		}
	}
	in := n.Inputs()
	if j, ok := n.(*ir.Join); ok && (j.Kind == ir.LookupJoin || j.Kind == ir.ByKeyJoin) {
		in = in[:1] // the other side is a plan of its own, which ends before this one begins, or no plan at all
	}
	for _, k := range in {
		s.visit(k, share, scan)
	}
}

// pays reports whether the tree does something that is worth doing once. A volatile
// expression gives each reader values of its own.
func (c *class) pays() bool {
	if c.volatile {
		return false
	}
	switch x := c.node.(type) {
	case *ir.Filter, *ir.Watermark, *ir.WindowTVF, *ir.Aggregate, *ir.WindowAgg, *ir.Limit, *ir.Changelog, *ir.Over, *ir.Sort, *ir.Rank, *ir.Join, *ir.Coarsen:
		return true
	case *ir.Project:
		return slices.ContainsFunc(x.Exprs, func(e ir.Expr) bool {
			_, isColumn := e.(*ir.ColRef)
			_, isConst := e.(*ir.Const)
			return !isColumn && !isConst
		})
	}
	return false
}

// buildShared plans n once for all that read an equal tree; nil: nobody else does.
func (p *planner) buildShared(n ir.Node) (*rel, error) {
	if p.trees == nil {
		return nil, nil
	}
	c := p.trees.classOf[n]
	if c == nil || c.uses < 2 || !c.pays() {
		return nil, nil
	}
	r := p.once[c]
	if r == nil {
		var err error
		if r, err = p.buildOwn(n); err != nil {
			return nil, err
		}
		p.once[c] = r
	}
	out := &rel{ordered: r.ordered}
	for _, from := range r.stages {
		s := p.newStage(from.Tasks)
		s.In = []ir.Input{{From: from.ID, Mode: ir.Forward}}
		s.Out = from.Out
		out.stages = append(out.stages, s)
	}
	return out, nil
}
