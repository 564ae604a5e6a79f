package ir

import "fmt"

// OverOp is Over. All rows of a partition are in one task, in the order of their scan where
// there is one.
type OverOp struct {
	In        *Schema
	Partition []int
	Order     []SortKey
	// Ties order rows that are equal in Order and have no order of arrival.
	Ties  []SortKey
	Calls []OverCall
	// ByTime: rows that are behind the watermark when they come are dropped.
	ByTime bool
	// Streams: rows come out as the watermark passes. Else they do when the input has
	// ended, which it does.
	Streams   bool
	TTL       int64  // as Over.TTL
	Ends      bool   // the input ends
	StuckTime string // as of WindowAggOp
	Out       *Schema
	Label     string // identity of the state across edits of the query
}

// Name is the operator's name.
func (*OverOp) Name() string { return "Over" }

// OutSchema is the schema of the input and a column for each call.
func (o *OverOp) OutSchema() *Schema { return o.Out }
func (*OverOp) isPhysOp()            {}

// Streams reports whether the rows of n can come out as the watermark passes them: where
// they are in the order of time, and no call looks at rows behind those that it is for.
func (n *Over) Streams() bool {
	if !n.ByTime() {
		return false
	}
	for i := range n.Calls {
		if LooksAhead(&n.Calls[i]) {
			return false
		}
	}
	return true
}

// LooksAhead reports whether a call needs rows behind the one that it is for, or all rows
// before it.
func LooksAhead(c *OverCall) bool {
	if c.Fn == "LEAD" {
		return true
	}
	return c.Frame != nil && (c.Frame.End.Kind > CurrentRow || c.Fn == "NTH_VALUE" && c.Frame.Start.Kind == UnboundedPreceding)
}

func checkOverOp(x *OverOp, in *Schema) error {
	n := len(in.Cols)
	if !sameTypes(x.In, in) || len(x.Out.Cols) != n+len(x.Calls) {
		return fmt.Errorf("it takes (%s) and gives (%s), with %d calls over (%s)", x.In, x.Out, len(x.Calls), in)
	}
	if x.TTL < 0 || x.TTL > 0 && !x.Streams {
		return fmt.Errorf("partitions are forgotten after %d", x.TTL)
	}
	return firstErrorOf(
		func() error { return checkColumns("partition", x.Partition, n) },
		func() error { return checkOrder(x.Order, in) },
		func() error { return checkOrder(x.Ties, in) },
		func() error { return checkKeeps(in, &Schema{Cols: x.Out.Cols[:n]}) })
}
