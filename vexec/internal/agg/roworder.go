package agg

import (
	"cmp"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// rowOrder is the order in which an aggregate takes rows of its ValueArgs: by its keys,
// then by arrival, and where neither tells them apart by the value itself, so that it is
// one whatever way the rows came.
type rowOrder struct {
	keys []rowKey
	last bool // it is the last row that counts
	nulls
}

type rowKey struct{ desc, nullsLast bool }

// nulls says which rows do not count.
type nulls struct{ value, key bool }

func newRowOrder(c *ir.AggCall) rowOrder {
	o := rowOrder{last: c.Fn == "LAST_VALUE"}
	o.value = c.IgnoreNulls || c.Fn == "STRING_AGG"
	switch c.Fn {
	case "MIN_BY":
		o.keys, o.key = []rowKey{{}}, true
	case "MAX_BY":
		o.keys, o.key = []rowKey{{desc: true}}, true
	default:
		for _, k := range c.OrderBy {
			o.keys = append(o.keys, rowKey{k.Desc, k.NullsLast})
		}
	}
	return o
}

// counting narrows a selection to the rows that count.
func (o *rowOrder) counting(g *gather, args []*vexec.Vec, sel []int32, n int) []int32 {
	if o.value {
		sel = g.values(args[0], sel, n)
	}
	if o.key {
		sel = g.values(args[1], sel, n)
	}
	return sel
}

// rowAtPlace is a row of some columns and its place in the order of arrival.
type rowAtPlace struct {
	cols  []vexec.Vec
	row   int
	place uint64
}

// compare orders two rows.
func (o *rowOrder) compare(a, b rowAtPlace) int {
	for k, key := range o.keys {
		x, y := &a.cols[1+k], &b.cols[1+k]
		xn, yn := x.Null(a.row), y.Null(b.row)
		switch {
		case xn && yn:
			continue
		case xn || yn:
			if xn == key.nullsLast {
				return 1
			}
			return -1
		}
		if c := Compare(x, a.row, y, b.row); c != 0 {
			if key.desc {
				return -c
			}
			return c
		}
	}
	if a.place != b.place {
		return cmp.Compare(a.place, b.place)
	}
	return Compare(&a.cols[0], a.row, &b.cols[0], b.row)
}

// better reports whether a is rather the row that counts than b.
func (o *rowOrder) better(a, b rowAtPlace) bool { return (o.compare(a, b) < 0) != o.last }
