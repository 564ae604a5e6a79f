package phys

import (
	"strings"

	"github.com/helios-stream/helios/ir"
)

// isWork reports whether computing e takes more than looking at a column: a field, a
// test or a comparison is as cheap as handing its outcome on.
func isWork(e ir.Expr) bool {
	switch x := e.(type) {
	case *ir.Call:
		return !isTest(x.Fn) && !ir.RefersOnly(e, func(int) bool { return false })
	case *ir.Cast, *ir.Case, *ir.InList:
		return !ir.RefersOnly(e, func(int) bool { return false })
	}
	return false
}

// isTest reports whether fn only looks at values that are there.
func isTest(fn string) bool {
	switch fn {
	case "=", "<>", "<", "<=", ">", ">=", "AND", "OR", "NOT":
		return true
	}
	return strings.HasPrefix(fn, "IS ")
}

// computed reports whether some part of e that has is computed wherever e is: not those
// that CASE, AND, OR, COALESCE and NULLIF leave out for some rows.
func computed(e ir.Expr, has func(ir.Expr) bool) bool {
	if has(e) {
		return true
	}
	parts := ir.Children(e)
	switch x := e.(type) {
	case *ir.Case:
		return tested(x.Whens[0].Cond, has)
	case *ir.Call:
		switch x.Fn {
		case "AND", "OR", "COALESCE", "NULLIF":
			parts = parts[:1]
		}
	}
	for _, p := range parts {
		if computed(p, has) {
			return true
		}
	}
	return false
}

// tested is computed for a condition, whose outcome is a choice of rows and no value.
func tested(e ir.Expr, has func(ir.Expr) bool) bool {
	x, ok := e.(*ir.Call)
	if !ok || !isTest(x.Fn) {
		return computed(e, has)
	}
	switch x.Fn {
	case "AND", "OR", "NOT":
		return tested(x.Args[0], has)
	}
	for _, a := range x.Args {
		if computed(a, has) {
			return true
		}
	}
	return false
}

// computedWhere is tested for the rows where the condition is want: there all parts of
// an AND that is true, and of an OR that is false, have been looked at.
func computedWhere(e ir.Expr, want bool, has func(ir.Expr) bool) bool {
	x, ok := e.(*ir.Call)
	switch {
	case ok && x.Fn == "NOT":
		return computedWhere(x.Args[0], !want, has)
	case ok && (x.Fn == "AND" && want || x.Fn == "OR" && !want):
		for _, a := range x.Args {
			if computedWhere(a, want, has) {
				return true
			}
		}
		return false
	}
	return tested(e, has)
}
