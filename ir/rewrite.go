package ir

// OnlyInput is the input of a node that has just one; nil: it has none, or several. It is
// Inputs without a slice, as most nodes have one.
func OnlyInput(n Node) Node {
	switch x := n.(type) {
	case *LateRows:
		return x.Input
	case *Filter:
		return x.Input
	case *Project:
		return x.Input
	case *Watermark:
		return x.Input
	case *WindowTVF:
		return x.Input
	case *Expand:
		return x.Input
	case *Unnest:
		return x.Input
	case *Aggregate:
		return x.Input
	case *WindowAgg:
		return x.Input
	case *Over:
		return x.Input
	case *Rank:
		return x.Input
	case *Coarsen:
		return x.Input
	case *Changelog:
		return x.Input
	case *Limit:
		return x.Input
	case *Sort:
		return x.Input
	case *Sink:
		return x.Input
	}
	return nil
}

// RewriteNode applies f to every node from the leaves up; nodes that f returns
// unchanged are shared.
func RewriteNode(n Node, f func(Node) Node) Node {
	if k := OnlyInput(n); k != nil {
		if m := RewriteNode(k, f); m != k {
			n = n.WithInputs([]Node{m})
		}
		return f(n)
	}
	in := n.Inputs()
	var fresh []Node
	for i, k := range in {
		m := RewriteNode(k, f)
		if m != k && fresh == nil {
			fresh = append(make([]Node, 0, len(in)), in[:i]...)
		}
		if fresh != nil {
			fresh = append(fresh, m)
		}
	}
	if fresh != nil {
		n = n.WithInputs(fresh)
	}
	return f(n)
}
