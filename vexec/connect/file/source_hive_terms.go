package file

import (
	"cmp"
	"slices"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// fulfils reports whether a value, nil for NULL, can fulfil a term; true in doubt.
func fulfils(t *ir.ScanTerm, v ir.Value) bool {
	switch t.Op {
	case ir.TermIsNull:
		return v == nil
	case ir.TermNotNull:
		return v != nil
	}
	if v == nil {
		return false
	}
	return slices.ContainsFunc(t.Values, func(w ir.Value) bool {
		c, ok := compareValues(v, w)
		return !ok || holds(t.Op, c)
	})
}

// holds reports whether a comparison that came out as c is true.
func holds(op ir.TermOp, c int) bool {
	switch op {
	case ir.TermEqual, ir.TermIn:
		return c == 0
	case ir.TermLess:
		return c < 0
	case ir.TermLessEqual:
		return c <= 0
	case ir.TermGreater:
		return c > 0
	case ir.TermGreaterEqual:
		return c >= 0
	}
	return true
}

// compareValues orders two values of a type that partition columns have; ok is false
// of others.
func compareValues(a, b ir.Value) (c int, ok bool) {
	switch x := a.(type) {
	case int64:
		y, ok := b.(int64)
		return cmp.Compare(x, y), ok
	case string:
		y, ok := b.(string)
		return strings.Compare(x, y), ok
	case ir.Dec:
		y, ok := b.(ir.Dec)
		return cmp.Or(cmp.Compare(x.Hi, y.Hi), cmp.Compare(x.Lo, y.Lo)), ok
	case bool:
		y, ok := b.(bool)
		return cmp.Compare(rank(x), rank(y)), ok
	}
	return 0, false
}

func rank(b bool) int {
	if b {
		return 1
	}
	return 0
}
