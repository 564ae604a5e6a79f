package agg

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// acc is one aggregate for all groups: a column of cells by group id.
type acc interface {
	// grow makes room for n groups; new ones are empty. Of all methods only this one
	// fails. What update and merge have allocated it reserves, too, and it changes nothing
	// where there is no memory.
	grow(n int) error
	// update takes the rows of sel (nil: all of n), where the arguments may be NULL.
	// ids is by physical row. There are no args for COUNT(*).
	update(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int)
	// merge takes states as state wrote them for the call.
	merge(call *ir.AggCall, g *gather, state []vexec.Vec, ids []uint32, sel []int32, n int)
	// state writes the columns of ir.AggStates for a call. Strings point into the acc.
	state(call *ir.AggCall, ids []uint32, out []vexec.Vec)
	// final writes the results of a call with these groups. Rows whose result does
	// not exist are given to fail and are NULL.
	final(call *ir.AggCall, ids []uint32, out *vexec.Vec, fail failed)
	bytes() int64
	// reset forgets all groups and keeps the memory.
	reset()
	release()
}

// failed hears that the result in a row does not exist, and why; "": it is out of range.
type failed func(row int, reason string)

func newAcc(c *ir.AggCall, h held) (acc, error) {
	if c.User != nil {
		return newUserAcc(c, h)
	}
	switch c.Fn {
	case "COUNT":
		return &countAcc{held: h}, nil
	case "COUNT_IF", "BOOL_AND", "BOOL_OR":
		return &boolAcc{held: h}, nil
	case "VAR_POP", "VAR_SAMP", "STDDEV_POP", "STDDEV_SAMP":
		switch float := c.Args[0].Type().Kind.IsFloat(); {
		case float && c.Retracts:
			return &backSpread{held: h}, nil
		case float:
			return &floatSpread{held: h}, nil
		}
		return &spread{held: h}, nil
	case "COVAR_POP", "COVAR_SAMP", "CORR":
		if c.Retracts {
			return &backSpread{pairs: true, held: h}, nil
		}
		return &floatSpread{pairs: true, held: h}, nil
	case "APPROX_COUNT_DISTINCT":
		return &sketches{held: h}, nil
	case "APPROX_PERCENTILE":
		return &histogram{held: h}, nil
	case "ARRAY_AGG", "STRING_AGG":
		return newRowList(c, h)
	case "FIRST_VALUE", "LAST_VALUE", "MIN_BY", "MAX_BY":
		if c.Retracts {
			return newRowList(c, h)
		}
		return newRowPick(c, h), nil
	case "SUM", "AVG":
		switch t := c.Args[0].Type(); {
		case t.Kind == ir.BigInt, t.Kind == ir.Interval, t.Kind == ir.IntervalMonth:
			return &intSum{held: h}, nil
		case t.Kind.IsFloat() && c.Retracts:
			return &floatBackSum{held: h}, nil
		case t.Kind.IsFloat():
			return &floatSum{held: h}, nil
		case t.Kind == ir.Decimal:
			return &decSum{held: h}, nil
		}
	case "MIN", "MAX":
		t := c.Args[0].Type()
		switch less := c.Fn == "MIN"; {
		case oneWord(t.Kind):
			return newExtreme(t, less, h), nil
		case t.Kind == ir.Decimal:
			return &decExtreme{typ: t, less: less, held: h}, nil
		case t.Kind.IsText():
			return &textExtreme{typ: t, less: less, held: h}, nil
		}
	}
	return nil, fmt.Errorf("%s: the aggregate %s does not exist for these arguments", c, c.Fn)
}

// oneGroup returns the group that all ids are of.
func oneGroup(ids []uint32) (uint32, bool) {
	if len(ids) == 0 {
		return 0, false
	}
	first := ids[0]
	for _, id := range ids {
		if id != first {
			return 0, false
		}
	}
	return first, true
}

// nullWhere makes the rows NULL whose group is empty.
func nullWhere(v *vexec.Vec, ids []uint32, empty func(id uint32) bool) {
	for i, id := range ids {
		if empty(id) {
			v.SetNull(i, len(ids))
		}
	}
}
