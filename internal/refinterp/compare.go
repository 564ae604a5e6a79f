package refinterp

import (
	"bytes"
	"cmp"
	"math"
	"math/big"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// compare orders two values of one type, neither of them nil: false before true,
// NaN equal to itself and above all numbers, text by bytes.
func compare(a, b ir.Value, t *ir.Type) int {
	switch x := a.(type) {
	case bool:
		switch {
		case x == b.(bool):
			return 0
		case x:
			return 1
		}
		return -1
	case int64:
		return cmp.Compare(x, b.(int64))
	case float64:
		return compareFloats(x, b.(float64))
	case ir.Dec:
		return x.Big().Cmp(b.(ir.Dec).Big())
	case string:
		return strings.Compare(x, b.(string))
	case []byte:
		return bytes.Compare(x, b.([]byte))
	case []ir.Value:
		return compareLists(x, b.([]ir.Value), t)
	case []ir.MapEntry:
		return compareMaps(x, b.([]ir.MapEntry), t)
	}
	panic("refinterp: a type without an order: " + t.String())
}

func compareFloats(a, b float64) int {
	switch {
	case math.IsNaN(a) && math.IsNaN(b):
		return 0
	case math.IsNaN(a):
		return 1
	case math.IsNaN(b):
		return -1
	}
	return cmp.Compare(a, b)
}

// compareLists orders ROWs and ARRAYs by their first different element; NULL
// elements come last.
func compareLists(a, b []ir.Value, t *ir.Type) int {
	for i := range min(len(a), len(b)) {
		elem := t.Elem
		if t.Kind == ir.Row {
			elem = t.Fields[i].Type
		}
		c := 0
		switch {
		case a[i] == nil && b[i] == nil:
		case a[i] == nil:
			c = 1
		case b[i] == nil:
			c = -1
		default:
			c = compare(a[i], b[i], elem)
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

func comparison(holds func(int) bool) scalar {
	return func(c *ir.Call, a []ir.Value) (ir.Value, error) {
		return holds(compareArgs(c, a)), nil
	}
}

// same is equality with NULL a value like others.
func same(c *ir.Call, a []ir.Value) bool {
	if a[0] == nil || a[1] == nil {
		return a[0] == nil && a[1] == nil
	}
	return compareArgs(c, a) == 0
}

// compareArgs compares the two arguments of a call, neither of them nil: those of one type, or
// times of different units.
func compareArgs(c *ir.Call, a []ir.Value) int {
	x, y := c.Args[0].Type(), c.Args[1].Type()
	if !ir.DifferentUnits(x, y) {
		return compare(a[0], a[1], x)
	}
	inNanos := func(v ir.Value, t *ir.Type) *big.Int {
		return new(big.Int).Mul(big.NewInt(v.(int64)), big.NewInt(1000/unitsPerMicro(t)))
	}
	return inNanos(a[0], x).Cmp(inNanos(a[1], y))
}

func nullIf(c *ir.Call, a []ir.Value) (ir.Value, error) {
	if a[0] != nil && a[1] != nil && compareArgs(c, a) == 0 {
		return nil, nil
	}
	return a[0], nil
}

func greatest(sign int) scalar {
	return func(c *ir.Call, a []ir.Value) (ir.Value, error) {
		return extreme(a, c.Args[0].Type(), sign), nil
	}
}
