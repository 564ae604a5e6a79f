package opt

import "github.com/helios-stream/helios/ir"

// simplifyNullTests answers questions about NULL that a NOT NULL column of a table
// decides: a record without a value for it is refused where it is read.
func simplifyNullTests(_ *Ctx, n ir.Node) (ir.Node, bool) {
	scan := scanBelow(n)
	if scan == nil {
		return n, false
	}
	never := func(e ir.Expr) bool {
		switch x := e.(type) {
		case *ir.ColRef:
			p, physical := scan.Place(x.Index)
			return physical && len(p.Fields) == 0 && scan.Table.Cols[scan.Cols[x.Index]].NotNull
		case *ir.Const:
			return x.V != nil
		}
		return false
	}
	return mapExprs(n, func(e ir.Expr) ir.Expr {
		return ir.Rewrite(e, func(e ir.Expr) ir.Expr { return simplifyNullTest(e, never) })
	})
}

func simplifyNullTest(e ir.Expr, never func(ir.Expr) bool) ir.Expr {
	x, ok := e.(*ir.Call)
	if !ok {
		return e
	}
	switch {
	case x.Fn == "IS NULL" && never(x.Args[0]):
		return boolConst(false)
	case x.Fn == "IS NOT NULL" && never(x.Args[0]):
		return boolConst(true)
	case x.Fn == "COALESCE":
		for i, a := range x.Args[:len(x.Args)-1] {
			if !never(a) {
				continue
			}
			if i == 0 {
				return a
			}
			return ir.WithChildren(x, x.Args[:i+1])
		}
	}
	return e
}

// scanBelow is the scan that n reads, through filters and a watermark; nil: something
// else stands between.
func scanBelow(n ir.Node) *ir.Scan {
	for {
		switch x := ir.OnlyInput(n).(type) {
		case *ir.Scan:
			return x
		case *ir.Filter, *ir.Watermark:
			n = x
		default:
			return nil
		}
	}
}
