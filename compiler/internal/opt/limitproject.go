package opt

import "github.com/helios-stream/helios/ir"

// maxEarlyLimit is the most rows of a limit that is moved down: what is above it
// runs in its one task, which costs more than it saves where the rows are many.
const maxEarlyLimit = 1 << 16

// pushLimitThroughProject computes a projection for the rows that are wanted alone.
// One that may fail stays below: the rows that it rejects do not count.
func pushLimitThroughProject(_ *Ctx, n ir.Node) (ir.Node, bool) {
	l, ok := n.(*ir.Limit)
	if !ok {
		return n, false
	}
	p, ok := l.Input.(*ir.Project)
	if rows, bounded := l.Bound(); !ok || !bounded || rows > maxEarlyLimit {
		return n, false
	}
	for _, e := range p.Exprs {
		if ir.MayFail(e) {
			return n, false
		}
	}
	return p.WithInputs([]ir.Node{l.WithInputs(p.Inputs())}), true
}
