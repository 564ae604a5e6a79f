package opt

import "github.com/helios-stream/helios/ir"

// simplifyBooleans removes conditions whose value is known, and filters that keep
// every row.
func simplifyBooleans(_ *Ctx, n ir.Node) (ir.Node, bool) {
	n, changed := mapExprs(n, func(e ir.Expr) ir.Expr { return ir.Rewrite(e, simplify) })
	if f, ok := n.(*ir.Filter); ok && isBool(f.Pred, true) {
		return f.Input, true
	}
	return n, changed
}

// simplify works on one expression whose parts are simplified already.
func simplify(e ir.Expr) ir.Expr {
	switch x := e.(type) {
	case *ir.Call:
		switch x.Fn {
		case "AND":
			return simplifyLogic(x, true)
		case "OR":
			return simplifyLogic(x, false)
		case "NOT":
			return simplifyNot(x)
		}
	case *ir.Case:
		return simplifyCase(x)
	}
	return e
}

// simplifyLogic simplifies AND (neutral is true) and OR (neutral is false). A part
// that decides the result makes the others needless, also those that would fail.
func simplifyLogic(x *ir.Call, neutral bool) ir.Expr {
	var rest []ir.Expr
	for _, a := range x.Args {
		switch {
		case isBool(a, !neutral):
			return boolConst(!neutral)
		case !isBool(a, neutral):
			rest = append(rest, a)
		}
	}
	switch len(rest) {
	case len(x.Args):
		return x
	case 0:
		return boolConst(neutral)
	case 1:
		return rest[0]
	}
	return ir.WithChildren(x, rest)
}

// opposites are comparisons whose negation is another comparison, also for NULL
// and for NaN, which is equal to itself and the greatest.
var opposites = map[string]string{
	"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">",
	"IS DISTINCT FROM": "IS NOT DISTINCT FROM", "IS NOT DISTINCT FROM": "IS DISTINCT FROM",
	"IS NULL": "IS NOT NULL", "IS NOT NULL": "IS NULL",
	"IS TRUE": "IS NOT TRUE", "IS NOT TRUE": "IS TRUE",
	"IS FALSE": "IS NOT FALSE", "IS NOT FALSE": "IS FALSE",
}

func simplifyNot(x *ir.Call) ir.Expr {
	switch a := x.Args[0].(type) {
	case *ir.Const:
		if b, ok := a.V.(bool); ok {
			return boolConst(!b)
		}
	case *ir.InList:
		c := *a
		c.Not = !a.Not
		return &c
	case *ir.Call:
		if a.Fn == "NOT" {
			return a.Args[0]
		}
		if op := opposites[a.Fn]; op != "" {
			c := *a
			c.Fn = op
			return &c
		}
	}
	return x
}

// simplifyCase drops branches that are never taken and those behind one that always is.
func simplifyCase(x *ir.Case) ir.Expr {
	kept := make([]ir.When, 0, len(x.Whens))
	for _, w := range x.Whens {
		c, known := w.Cond.(*ir.Const)
		switch {
		case known && c.V == true:
			if len(kept) == 0 {
				return w.Then
			}
			return &ir.Case{Whens: kept, Else: w.Then, T: x.T}
		case !known:
			kept = append(kept, w)
		}
	}
	switch {
	case len(kept) == len(x.Whens):
		return x
	case len(kept) > 0:
		return &ir.Case{Whens: kept, Else: x.Else, T: x.T}
	case x.Else != nil:
		return x.Else
	}
	return &ir.Const{T: x.T}
}

func isBool(e ir.Expr, want bool) bool {
	c, ok := e.(*ir.Const)
	return ok && c.V == want
}

func boolConst(b bool) ir.Expr { return &ir.Const{V: b, T: ir.TBoolean} }
