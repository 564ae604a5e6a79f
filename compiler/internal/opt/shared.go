package opt

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// isShared reports whether n is an aggregate that others read, too. It goes by what
// the node does, not by what is below it: rules may have changed that meanwhile.
func (c *Ctx) isShared(n ir.Node) bool {
	if !c.sharedDone {
		c.shared, c.sharedDone = sharedAggregates(c.sinks, c.merges), true
	}
	return slices.ContainsFunc(c.shared, func(s ir.Node) bool { return ir.SameNode(s, n) })
}

// reader is a node and who reads it.
type reader struct{ node, by ir.Node }

// sharedAggregates lists the aggregates that the planner would run once for readers
// that do different things with them: those that are equal, and with merges those that
// MergeSubplans makes equal. Readers that do the same are equal trees in turn, and stay so.
func sharedAggregates(sinks []*ir.Sink, merges bool) []ir.Node {
	known := map[string][]reader{}
	var out []ir.Node
	var walk func(n, by ir.Node)
	walk = func(n, by ir.Node) {
		if isAggregate(n) {
			k := shape(n)
			for _, r := range known[k] {
				if r.differs(reader{n, by}, merges) {
					out = append(out, r.node, n)
					break
				}
			}
			if len(known[k]) < maxAlike {
				known[k] = append(known[k], reader{n, by})
			}
		}
		for _, in := range n.Inputs() {
			walk(in, n)
		}
	}
	for _, s := range sinks {
		walk(s.Input, s)
	}
	return out
}

// differs reports whether both read one aggregate and do different things with it.
func (r reader) differs(o reader, merges bool) bool {
	if sameTree(r.node, o.node) {
		return !ir.SameNode(r.by, o.by)
	}
	if !merges {
		return false
	}
	u, ok := uniteTop(r.node, o.node)
	if !ok {
		return false
	}
	f, isFilter := r.by.(*ir.Filter)
	g, too := o.by.(*ir.Filter)
	return !isFilter || !too || !ir.EqualExpr(ir.Shift(f.Pred, u.a), ir.Shift(g.Pred, u.b))
}

func isAggregate(n ir.Node) bool {
	switch n.(type) {
	case *ir.Aggregate, *ir.WindowAgg:
		return true
	}
	return false
}

// sameTree reports whether two trees are equal but for where they stand in the text.
func sameTree(a, b ir.Node) bool {
	return ir.SameNode(a, b) && slices.EqualFunc(a.Inputs(), b.Inputs(), sameTree)
}
