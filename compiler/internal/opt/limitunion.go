package opt

import "github.com/helios-stream/helios/ir"

// pushLimitIntoUnion lets each input of a union give no more rows than all of them
// together may.
func pushLimitIntoUnion(_ *Ctx, n ir.Node) (ir.Node, bool) {
	l, ok := n.(*ir.Limit)
	if !ok {
		return n, false
	}
	u, ok := l.Input.(*ir.Union)
	rows, bounded := l.Bound()
	if !ok || !bounded || rows > maxEarlyLimit {
		return n, false
	}
	in := make([]ir.Node, len(u.In))
	changed := false
	for i, k := range u.In {
		in[i] = k
		if !givesAtMost(k, rows) {
			in[i], changed = &ir.Limit{Input: k, Count: rows}, true
		}
	}
	if !changed {
		return n, false
	}
	return l.WithInputs([]ir.Node{u.WithInputs(in)}), true
}

// givesAtMost reports whether n is known to have no more than so many rows.
func givesAtMost(n ir.Node, rows int64) bool {
	switch x := n.(type) {
	case *ir.Values:
		return int64(len(x.Rows)) <= rows
	case *ir.Limit:
		return x.Count >= 0 && x.Count <= rows || givesAtMost(x.Input, rows)
	case *ir.Filter, *ir.Project, *ir.Sort, *ir.Watermark, *ir.LateRows:
		return givesAtMost(n.Inputs()[0], rows)
	case *ir.Union:
		for _, in := range x.In { // each has been given a limit of its own already
			if !givesAtMost(in, rows) {
				return false
			}
		}
		return true
	}
	return false
}
