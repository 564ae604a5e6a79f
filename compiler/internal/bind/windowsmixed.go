package bind

import (
	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// windowsMixed warns of an aggregate over a window function where nothing looks at the
// window: no key, no aggregate, and no filter below.
func (g *grouping) windowsMixed(x *ast.Select) {
	tvf, cols, _ := windowBelow(g.in.node)
	if tvf == nil || tvf.Window.Kind == ir.CountRows || !filtersRows(g.in.node) { // a count window also says which rows there are
		return
	}
	exprs := g.keys
	for i := range g.aggs {
		exprs = append(exprs[:len(exprs):len(exprs)], g.aggs[i].Exprs()...)
	}
	for _, e := range exprs {
		if !ofRow(tvf, ir.Substitute(e, cols)) {
			return
		}
	}
	g.b.warn(diag.WindowsMixed, g.place(x), "group by window_start and window_end, too; or leave "+tvf.Window.Kind.String()+" out",
		"nothing here looks at the window, so that this puts the rows of all windows of %s together", tvf.Window.Kind)
}

// filtersRows reports whether the filters over a window function look at rows alone.
func filtersRows(n ir.Node) bool {
	switch x := n.(type) {
	case *ir.Project:
		return filtersRows(x.Input)
	case *ir.Filter:
		tvf, cols, _ := windowBelow(x.Input)
		return tvf != nil && ofRow(tvf, ir.Substitute(x.Pred, cols)) && filtersRows(x.Input)
	}
	return true
}

// ofRow reports whether an expression over a window function's result reads no column
// that the window function adds.
func ofRow(tvf *ir.WindowTVF, e ir.Expr) bool {
	width := len(tvf.Input.Schema().Cols)
	return ir.RefersOnly(e, func(col int) bool { return col < width })
}
