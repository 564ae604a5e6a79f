package opt

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// pushTermsIntoScan tells each scan which conditions on single columns all rows
// fulfil that are wanted of it (ir.Scan.Terms). The filters stay: a decoder may use
// the terms or not. It looks through what hands columns on as they are, whatever
// other rules have done.
func pushTermsIntoScan(_ *Ctx, n ir.Node) (ir.Node, bool) {
	m := termsBelow(n, nil)
	return m, m != n
}

// termsBelow returns n with the terms of its scans. A row of n for which one of the
// conditions is not true is not wanted.
func termsBelow(n ir.Node, conds []ir.Expr) ir.Node {
	switch x := n.(type) {
	case *ir.Scan:
		return withTerms(x, conds)
	case *ir.Filter:
		conds = append(slices.Clip(conds), ir.Conjuncts(x.Pred)...)
	case *ir.Project:
		conds = belowProject(x, conds)
	case *ir.Expand:
		width := len(x.Input.Schema().Cols)
		conds = referring(conds, func(col int) bool { return col < width })
	case *ir.WindowTVF:
		conds = referring(conds, belowWindow(x))
	case *ir.Watermark:
		// The scan gives the watermark all times, whatever rows it leaves out. An operator
		// has to see the rows, and so has what drops and counts late ones.
		if s, _ := ir.ScanOf(x); s == nil || x.Drop {
			conds = nil
		}
	case *ir.Union:
	default:
		conds = nil
	}
	in := slices.Clone(n.Inputs())
	changed := false
	for i, k := range in {
		in[i] = termsBelow(k, conds)
		changed = changed || in[i] != k
	}
	if !changed {
		return n
	}
	return n.WithInputs(in)
}

func referring(conds []ir.Expr, ok func(col int) bool) []ir.Expr {
	var out []ir.Expr
	for _, c := range conds {
		if ir.RefersOnly(c, ok) {
			out = append(out, c)
		}
	}
	return out
}

// belowProject returns the conditions over the input of x: those on columns that x
// hands on, or casts.
func belowProject(x *ir.Project, conds []ir.Expr) []ir.Expr {
	conds = referring(conds, func(col int) bool {
		ref, _ := castColumn(x.Exprs[col])
		return ref != nil
	})
	out := make([]ir.Expr, len(conds))
	for i, c := range conds {
		out[i] = ir.Substitute(c, x.Exprs)
	}
	return out
}

// withTerms returns x with the terms that the conditions give.
func withTerms(x *ir.Scan, conds []ir.Expr) *ir.Scan {
	var terms []ir.ScanTerm
	for _, c := range conds {
		t, ok := termOf(c)
		if !ok || hasTerm(terms, &t) {
			continue
		}
		if p, ok := x.Place(t.Col); ok && slices.Contains(x.Table.Prune, p.Col) {
			terms = append(terms, t)
		}
	}
	if slices.EqualFunc(terms, x.Terms, func(a, b ir.ScanTerm) bool { return a.Equal(&b) }) {
		return x
	}
	c := *x
	c.Terms = terms
	return &c
}

func hasTerm(list []ir.ScanTerm, t *ir.ScanTerm) bool {
	return slices.ContainsFunc(list, func(o ir.ScanTerm) bool { return o.Equal(t) })
}

// turned are comparisons with their sides exchanged.
var turned = map[string]ir.TermOp{
	"=": ir.TermEqual, "<": ir.TermGreater, "<=": ir.TermGreaterEqual, ">": ir.TermLess, ">=": ir.TermLessEqual,
}

// termOf returns what a condition says of one column. Rows for which the condition
// is true fulfil the term; with others it may be either way.
func termOf(e ir.Expr) (ir.ScanTerm, bool) {
	switch x := e.(type) {
	case *ir.ColRef:
		return truth(x, true)
	case *ir.InList:
		if !x.Not {
			return inTerm(x.X, x.Values)
		}
	case *ir.Call:
		return callTerm(x)
	}
	return ir.ScanTerm{}, false
}

func callTerm(x *ir.Call) (ir.ScanTerm, bool) {
	switch x.Fn {
	case "=", "<", "<=", ">", ">=":
		if c, ok := x.Args[1].(*ir.Const); ok {
			return compared(x.Args[0], ir.TermOp(x.Fn), c)
		}
		if c, ok := x.Args[0].(*ir.Const); ok {
			return compared(x.Args[1], turned[x.Fn], c)
		}
	case "OR":
		return orTerm(x)
	case "NOT", "IS FALSE":
		return truth(x.Args[0], false)
	case "IS TRUE":
		return truth(x.Args[0], true)
	case "IS NULL":
		if ref, casts := castColumn(x.Args[0]); ref != nil && len(casts) == 0 {
			return ir.ScanTerm{Col: ref.Index, Op: ir.TermIsNull, T: ref.T}, true
		}
	case "IS NOT NULL":
		if ref, _ := castColumn(x.Args[0]); ref != nil {
			return ir.ScanTerm{Col: ref.Index, Op: ir.TermNotNull, T: ref.T}, true
		}
	}
	return ir.ScanTerm{}, false
}

// truth is the term of a BOOLEAN column that has to be v.
func truth(e ir.Expr, v bool) (ir.ScanTerm, bool) {
	ref, ok := e.(*ir.ColRef)
	if !ok || ref.T.Kind != ir.Boolean {
		return ir.ScanTerm{}, false
	}
	return ir.ScanTerm{Col: ref.Index, Op: ir.TermEqual, T: ref.T, Values: []ir.Value{v}}, true
}

// compared is the term of x op c. Casts of the column are undone: c becomes the
// greatest value of the column's type that is not above it.
func compared(x ir.Expr, op ir.TermOp, c *ir.Const) (t ir.ScanTerm, ok bool) {
	ref, casts := castColumn(x)
	if ref == nil || c.V == nil || !comparable(ref.T) {
		return ir.ScanTerm{}, false
	}
	value := c.V
	switch {
	case c.T.Equal(x.Type()):
	case !ir.DifferentUnits(c.T, x.Type()):
		return ir.ScanTerm{}, false
	case c.T.Nanos():
		casts = append(slices.Clip(casts), c.T) // the column has no such digits
	default:
		if value, ok = inNanos(c.V.(int64)); !ok {
			return ir.ScanTerm{}, false
		}
	}
	v, exact, ok := lower(value, ref.T, casts)
	if !ok {
		return ir.ScanTerm{}, false
	}
	if !exact {
		switch op {
		case ir.TermEqual:
			return ir.ScanTerm{}, false // never true: nothing to look for
		case ir.TermLess:
			op = ir.TermLessEqual
		case ir.TermGreaterEqual:
			op = ir.TermGreater
		}
	}
	return ir.ScanTerm{Col: ref.Index, Op: op, T: ref.T, Values: []ir.Value{v}}, true
}

// inNanos is a time in microseconds in nanoseconds; false: they do not hold it.
func inNanos(micros int64) (int64, bool) {
	n := micros * 1000
	return n, n/1000 == micros
}

// inTerm is the term of x IN (values).
func inTerm(x ir.Expr, values []ir.Value) (ir.ScanTerm, bool) {
	ref, casts := castColumn(x)
	if ref == nil || !comparable(ref.T) {
		return ir.ScanTerm{}, false
	}
	t := ir.ScanTerm{Col: ref.Index, Op: ir.TermIn, T: ref.T}
	for _, v := range values {
		w, exact, ok := lower(v, ref.T, casts)
		if !ok {
			return ir.ScanTerm{}, false
		}
		if exact {
			t.Values = append(t.Values, w)
		}
	}
	return t, len(t.Values) > 0
}

// orTerm is the term of alternatives that all ask one column for values.
func orTerm(x *ir.Call) (ir.ScanTerm, bool) {
	var all ir.ScanTerm
	for i, a := range x.Args {
		t, ok := termOf(a)
		if !ok || t.Op != ir.TermEqual && t.Op != ir.TermIn || i > 0 && t.Col != all.Col {
			return ir.ScanTerm{}, false
		}
		if i == 0 {
			all = ir.ScanTerm{Col: t.Col, Op: ir.TermIn, T: t.T}
		}
		all.Values = append(slices.Clip(all.Values), t.Values...)
	}
	return all, true
}

// comparable reports whether values of t can stand in a term.
func comparable(t *ir.Type) bool {
	return t.Kind.Width() > 0 && t.Kind != ir.JSON || t.Kind == ir.Boolean
}
