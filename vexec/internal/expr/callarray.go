package expr

import (
	"fmt"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// nestedFn returns the functions that make or take ARRAYs, MAPs and ROWs; nil: it has no
// such name.
func nestedFn(name string, in []*ir.Type) strict {
	switch name {
	case "ITEM":
		if in[0].Kind == ir.Map {
			return mapItem
		}
		return arrayItem
	case "ARRAY_CONTAINS":
		return arrayContains
	}
	return nestedFns[name]
}

var nestedFns = map[string]strict{
	"ARRAY":          makeArray,
	"MAP":            makeMap,
	"ROW":            makeRow,
	"CARDINALITY":    cardinality,
	"ELEMENT":        element,
	"ARRAY_POSITION": arrayPosition,
	"ARRAY_DISTINCT": arrayDistinct,
	"ARRAY_CONCAT":   arrayConcat,
	"ARRAY_JOIN":     arrayJoin,
	"ARRAY_SLICE":    arraySlice,
	"ARRAY_SORT":     arraySort,
	"ARRAY_REVERSE":  arrayReverse,
	"MAP_KEYS":       mapPart(0),
	"MAP_VALUES":     mapPart(1),
	"MAP_ENTRIES":    mapEntries,
}

// list returns where the elements of argument k stand in its kids, in row i.
func (c *call) list(k, i int) (from, to int32) {
	v := c.args[k]
	if v.Enc == vexec.Const {
		i = 0
	}
	return v.Offs[i], v.Offs[i+1]
}

// kid is part k of the lists of an argument; one that is NULL in all rows may have none.
func (c *call) kid(arg, k int) *vexec.Vec {
	v := c.args[arg]
	if k < len(v.Kids) {
		return &v.Kids[k]
	}
	return &vexec.Vec{Type: kidTypes(v.Type)[k]}
}

// makeArray takes NULLs, as elements.
func makeArray(c *call) {
	var which, rows []int32
	c.every(func(i int, live bool) {
		if live && c.listFits(i, c.args) {
			for k := range c.args {
				which, rows = append(which, int32(k)), append(rows, int32(i))
			}
		}
		c.out.Offs[i+1] = int32(len(rows))
	})
	c.out.Kids = make([]vexec.Vec, 1)
	pickRows(&c.out.Kids[0], c.out.Type.Elem, c.argsOr(c.out.Type.Elem), which, rows)
}

// argsOr are the arguments as sources of pickRows, which wants one where there is none.
func (c *call) argsOr(t *ir.Type) []*vexec.Vec {
	if len(c.args) > 0 {
		return c.args
	}
	none := vexec.NewVec(t, 0)
	return []*vexec.Vec{&none}
}

// makeMap takes NULLs, as values.
func makeMap(c *call) {
	var keys, vals, rows []int32
	c.every(func(i int, live bool) {
		live = live && c.listFits(i, c.args)
		for k := 0; live && k < len(c.args); k += 2 {
			if c.null(k, i) {
				c.fail(int32(i), "a key of a MAP is NULL")
				break
			}
			if c.laterKey(k, i) {
				continue
			}
			keys, vals, rows = append(keys, int32(k)), append(vals, int32(k+1)), append(rows, int32(i))
		}
		c.out.Offs[i+1] = int32(len(rows))
	})
	c.out.Kids = make([]vexec.Vec, 2)
	pickRows(&c.out.Kids[0], c.out.Type.Key, c.argsOr(c.out.Type.Key), keys, rows)
	pickRows(&c.out.Kids[1], c.out.Type.Elem, c.argsOr(c.out.Type.Elem), vals, rows)
}

// laterKey reports whether a key behind argument k equals it in row i.
func (c *call) laterKey(k, i int) bool {
	for j := k + 2; j < len(c.args); j += 2 {
		if !c.null(j, i) && Order(c.args[k], i, c.args[j], i) == 0 {
			return true
		}
	}
	return false
}

// makeRow takes NULLs, as fields.
func makeRow(c *call) {
	rows := noRows(c.n)
	c.each(func(i int) { rows[i] = int32(i) })
	for k, f := range c.out.Type.Fields {
		if a := c.args[k]; a.Enc == vexec.Flat && a.Type.Kind != ir.Null {
			c.out.Kids[k] = *a
			continue
		}
		pickRows(&c.out.Kids[k], f.Type, c.args[k:k+1], nil, rows)
	}
}

// pickItems sets the result to the elements rows of a kid of the first argument.
func pickItems(c *call, kid int, rows []int32) {
	for i, r := range rows {
		if r < 0 || c.kid(0, kid).Null(int(r)) {
			rows[i] = -1
		}
	}
	pickRows(c.out, c.out.Type, []*vexec.Vec{c.kid(0, kid)}, nil, rows)
}

func arrayItem(c *call) {
	n, rows := c.args[1].Int32s(), noRows(c.n)
	c.each(func(i int) {
		from, to := c.list(0, i)
		if k := at(n, c.args[1], i); k >= 1 && k <= to-from {
			rows[i] = from + k - 1
		}
	})
	pickItems(c, 0, rows)
}

func mapItem(c *call) {
	rows := noRows(c.n)
	c.each(func(i int) {
		from, to := c.list(0, i)
		for e := to - 1; e >= from; e-- { // of keys that come twice the last counts
			if k := c.kid(0, 0); !k.Null(int(e)) && Order(k, int(e), c.args[1], i) == 0 {
				rows[i] = e
				return
			}
		}
	})
	pickItems(c, 1, rows)
}

func cardinality(c *call) {
	dst := c.out.Int32s()
	c.each(func(i int) {
		from, to := c.list(0, i)
		dst[i] = to - from
	})
}

func element(c *call) {
	rows := noRows(c.n)
	c.each(func(i int) {
		switch from, to := c.list(0, i); to - from {
		case 0:
		case 1:
			rows[i] = from
		default:
			c.fail(int32(i), fmt.Sprintf("ELEMENT takes an array of one element, not of %d", to-from))
		}
	})
	pickItems(c, 0, rows)
}

// arrayContains takes NULLs.
func arrayContains(c *call) {
	c.each(func(i int) {
		if c.null(0, i) {
			c.setNull(i)
			return
		}
		from, to := c.list(0, i)
		kernels.PutBit(c.out.Data, i, findPart(c.kid(0, 0), int(from), int(to), c.args[1], i) >= 0)
	})
}

func arrayPosition(c *call) {
	dst := c.out.Int32s()
	c.each(func(i int) {
		from, to := c.list(0, i)
		dst[i] = 0
		if at := findPart(c.kid(0, 0), int(from), int(to), c.args[1], i); at >= 0 {
			dst[i] = int32(at) - from + 1
		}
	})
}

// relist sets the result to arrays of elements of the first argument: add appends those
// of a row, by their places.
func relist(c *call, add func(elems []int32, i int, from, to int32) []int32) {
	var elems []int32
	c.every(func(i int, live bool) {
		if live {
			from, to := c.list(0, i)
			elems = add(elems, i, from, to)
		}
		c.out.Offs[i+1] = int32(len(elems))
	})
	c.out.Kids = make([]vexec.Vec, 1)
	pickRows(&c.out.Kids[0], c.out.Type.Elem, []*vexec.Vec{c.kid(0, 0)}, nil, elems)
}

func arrayDistinct(c *call) {
	kid := c.kid(0, 0)
	relist(c, func(elems []int32, _ int, from, to int32) []int32 {
		begin := len(elems)
	next:
		for e := from; e < to; e++ {
			for _, have := range elems[begin:] {
				if partOrder(kid, int(have), kid, int(e)) == 0 {
					continue next
				}
			}
			elems = append(elems, e)
		}
		return elems
	})
}

func arrayReverse(c *call) {
	relist(c, func(elems []int32, _ int, from, to int32) []int32 {
		for e := to - 1; e >= from; e-- {
			elems = append(elems, e)
		}
		return elems
	})
}

func arraySlice(c *call) {
	lo, hi := c.args[1].Int32s(), []int32(nil)
	if len(c.args) == 3 {
		hi = c.args[2].Int32s()
	}
	relist(c, func(elems []int32, i int, from, to int32) []int32 {
		n := to - from
		first, last := at(lo, c.args[1], i), n
		if hi != nil {
			last = at(hi, c.args[2], i)
		}
		first, last = fromEnd(first, n), fromEnd(last, n)
		for k := max(first, 1); k <= min(last, n); k++ {
			elems = append(elems, from+k-1)
		}
		return elems
	})
}

// fromEnd makes a place that counts from the end one that counts from the start.
func fromEnd(k, n int32) int32 {
	if k < 0 {
		return k + n + 1
	}
	return k
}

func arraySort(c *call) {
	kid := c.kid(0, 0)
	relist(c, func(elems []int32, i int, from, to int32) []int32 {
		up := len(c.args) < 2 || c.args[1].Bool(i)
		nullsFirst := up
		if len(c.args) == 3 {
			nullsFirst = c.args[2].Bool(i)
		}
		begin := len(elems)
		for e := from; e < to; e++ {
			elems = append(elems, e)
		}
		slices.SortStableFunc(elems[begin:], func(x, y int32) int {
			xn, yn := kid.Null(int(x)), kid.Null(int(y))
			switch {
			case xn || yn:
				if order := boolOrder(xn, yn); nullsFirst {
					return -order
				} else {
					return order
				}
			case up:
				return Order(kid, int(x), kid, int(y))
			}
			return Order(kid, int(y), kid, int(x))
		})
		return elems
	})
}

func arrayConcat(c *call) {
	var which, elems []int32
	kids := make([]*vexec.Vec, len(c.args))
	for k := range c.args {
		kids[k] = c.kid(k, 0)
	}
	c.every(func(i int, live bool) {
		live = live && c.listFits(i, c.args)
		for k := 0; live && k < len(c.args); k++ {
			from, to := c.list(k, i)
			for e := from; e < to; e++ {
				which, elems = append(which, int32(k)), append(elems, e)
			}
		}
		c.out.Offs[i+1] = int32(len(elems))
	})
	c.out.Kids = make([]vexec.Vec, 1)
	pickRows(&c.out.Kids[0], c.out.Type.Elem, kids, which, elems)
}

func arrayJoin(c *call) {
	kid := c.kid(0, 0)
	c.appendText(func(dst []byte, i int) ([]byte, bool) {
		from, to := c.list(0, i)
		first, begin := true, len(dst)
		for e := int(from); e < int(to) && len(dst)-begin <= kernels.MaxText; e++ {
			null := kid.Null(e)
			if null && len(c.args) < 3 {
				continue
			}
			if !first {
				dst = append(dst, c.bytes(1, i)...)
			}
			if first = false; null {
				dst = append(dst, c.bytes(2, i)...)
			} else {
				dst = append(dst, kid.Bytes(e)...)
			}
		}
		return dst, false
	})
}

// mapPart hands on the keys (0) or the values (1).
func mapPart(kid int) strict {
	return func(c *call) {
		c.out.Offs = append(c.out.Offs[:0], c.args[0].Offs[:c.n+1]...)
		c.out.Kids = []vexec.Vec{*c.kid(0, kid)}
	}
}

func mapEntries(c *call) {
	c.out.Offs = append(c.out.Offs[:0], c.args[0].Offs[:c.n+1]...)
	c.out.Kids = []vexec.Vec{{Type: c.out.Type.Elem, Kids: []vexec.Vec{*c.kid(0, 0), *c.kid(0, 1)}}}
}
