package opt

import "github.com/helios-stream/helios/ir"

// removeUnusedWindow takes a TUMBLE out from under a projection, and the filters
// between, that use none of its columns. HOP stays: it makes several rows of one.
func removeUnusedWindow(_ *Ctx, n ir.Node) (ir.Node, bool) {
	p, ok := n.(*ir.Project)
	if !ok {
		return n, false
	}
	uses := p.Exprs
	in := p.Input
	var between []*ir.Filter
	for {
		f, ok := in.(*ir.Filter)
		if !ok {
			break
		}
		uses, between, in = append(uses[:len(uses):len(uses)], f.Pred), append(between, f), f.Input
	}
	w, ok := in.(*ir.WindowTVF)
	if !ok || w.Window.Kind != ir.Tumble {
		return n, false
	}
	width := len(w.Input.Schema().Cols)
	for _, e := range uses {
		if !ir.RefersOnly(e, func(c int) bool { return c < width }) {
			return n, false
		}
	}
	node := w.Input
	for i := len(between) - 1; i >= 0; i-- {
		node = between[i].WithInputs([]ir.Node{node})
	}
	return p.WithInputs([]ir.Node{node}), true
}
