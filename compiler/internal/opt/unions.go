package opt

import "github.com/helios-stream/helios/ir"

// simplifyUnions leaves out the inputs of a union that have no rows, and a union of
// one input that has the union's columns.
func simplifyUnions(_ *Ctx, n ir.Node) (ir.Node, bool) {
	u, ok := n.(*ir.Union)
	if !ok {
		return n, false
	}
	var in []ir.Node
	for _, k := range u.In {
		if !isEmpty(k) {
			in = append(in, k)
		}
	}
	switch {
	case len(in) == 0:
		return emptyLike(n), true
	case len(in) == 1 && u.S.Equal(in[0].Schema()) && u.P.TimeCol == in[0].Props().TimeCol:
		return in[0], true
	case len(in) == len(u.In):
		return n, false
	}
	return u.WithInputs(in), true
}
