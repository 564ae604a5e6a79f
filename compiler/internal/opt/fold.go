package opt

import "github.com/helios-stream/helios/ir"

// foldConstants replaces every expression without columns by its value. One that
// fails is left as it is: it is a row error of the rows that reach it, if any do.
func foldConstants(c *Ctx, n ir.Node) (ir.Node, bool) {
	if c.Fold == nil {
		return n, false
	}
	return mapExprs(n, func(e ir.Expr) ir.Expr { return ir.Rewrite(e, c.foldOne) })
}

// foldOne folds e where its parts are constants already.
func (c *Ctx) foldOne(e ir.Expr) ir.Expr {
	if isLeaf(e) || c.unfoldable[e] || !allConst(ir.Children(e)) || ownVolatile(e) {
		return e
	}
	v, err := c.Fold(e)
	if err != nil {
		if c.unfoldable == nil {
			c.unfoldable = map[ir.Expr]bool{}
		}
		c.unfoldable[e] = true
		return e
	}
	return &ir.Const{V: v, T: e.Type()}
}

func allConst(list []ir.Expr) bool {
	for _, e := range list {
		if _, ok := e.(*ir.Const); !ok {
			return false
		}
	}
	return true
}

// ownVolatile is ir.IsVolatile for an expression whose parts are constants.
func ownVolatile(e ir.Expr) bool {
	_, isCall := e.(*ir.Call)
	return isCall && ir.IsVolatile(e)
}
