package bind

import "github.com/helios-stream/helios/ir"

// farTime gives a constant text that meets a time in nanoseconds the type that holds it:
// '9999-12-31' is none of TIMESTAMP(9), and can be compared with one nevertheless.
func (eb *exprBinder) farTime(e ir.Expr, other *ir.Type) ir.Expr {
	c, ok := e.(*ir.Const)
	if !ok || c.V == nil || c.T.Kind != ir.Varchar || !other.Nanos() || eb.b.env.Fold == nil {
		return e
	}
	if _, err := eb.b.env.Fold(eb.b.castTo(e, other)); err == nil {
		return e
	}
	micros := eb.b.castTo(e, &ir.Type{Kind: other.Kind, P: ir.TTimestamp.P})
	if _, err := eb.b.env.Fold(micros); err != nil {
		return e
	}
	return micros
}
