package ir

import (
	"fmt"
	"strconv"
	"strings"
)

// SortKey is one column of an order. NULLs are first or last whichever way the values go.
type SortKey struct {
	Col        int
	Desc       bool
	NullsFirst bool
}

// Over adds a column for each call behind the input's columns: what the call gives for a
// row among the rows of its partition in their order. Rows that are equal in Order are in
// the order of arrival. Without Order that is the order of all.
//
// Where Order leads with the event time, ascending, rows come out in its order as the
// watermark passes them, and those strictly behind the watermark are dropped and counted.
type Over struct {
	Input     Node
	Partition []int
	Order     []SortKey
	Calls     []OverCall
	TTL       int64   // where rows come out as the watermark passes: microseconds of processing time after which a partition that got no row is forgotten; 0: never
	S         *Schema // the input's columns, then one for each call
	P         Props
}

// OverCall is one call with OVER: an aggregate over the rows of the frame, or one of
// OverFunctions. Its expressions are columns of the input and constants.
type OverCall struct {
	AggCall
	// Frame is which rows of the partition count; nil for functions that look at others
	// (Function.Over with NoFrame).
	Frame *Frame
}

// Frame is the rows from Start to End, as the row that it is for sees them.
type Frame struct {
	Rows       bool // bounds count rows; else they are distances in the only column of the order, and rows that are equal in the order come together
	Start, End FrameBound
}

// FrameBound is one end of a frame. N is how many rows or, without Rows, how far in the
// order's column: microseconds where it is a time, else in whole numbers. It is not
// negative, and 0 for the kinds that have none.
type FrameBound struct {
	Kind BoundKind
	N    int64
}

// BoundKind says what an end of a frame is.
type BoundKind uint8

// The kinds of bounds, in the order of what they name.
const (
	UnboundedPreceding BoundKind = iota + 1
	Preceding
	CurrentRow
	Following
	UnboundedFollowing
)

var boundNames = [...]string{"", "UNBOUNDED PRECEDING", "PRECEDING", "CURRENT ROW", "FOLLOWING", "UNBOUNDED FOLLOWING"}

// String is the bound as SQL writes it, without its number.
func (k BoundKind) String() string { return boundNames[k] }

// DefaultFrame is the frame where none is written: with an order the rows up to the one
// that it is for and those equal to it in the order, else all.
func DefaultFrame(ordered bool) *Frame {
	f := &Frame{Start: FrameBound{Kind: UnboundedPreceding}, End: FrameBound{Kind: UnboundedFollowing}}
	if ordered {
		f.End.Kind = CurrentRow
	}
	return f
}

// ByTime reports whether rows come out in the order of event time, as the watermark passes.
func (n *Over) ByTime() bool { return LeadsWithTime(n.Order, n.Input.Props()) }

// LeadsWithTime reports whether an order leads with the event time of a relation, ascending.
func LeadsWithTime(order []SortKey, p *Props) bool {
	return len(order) > 0 && p.IsTime(order[0].Col) && !order[0].Desc
}

func (n *Over) Schema() *Schema           { return n.S }
func (n *Over) Inputs() []Node            { return []Node{n.Input} }
func (n *Over) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }
func (n *Over) Props() *Props             { return &n.P }
func (*Over) isNode()                     {}

// overText is an Over or an OverOp as a line.
func overText(in *Schema, partition []int, order []SortKey, calls []OverCall, ttl int64) string {
	text := "Over"
	if len(partition) > 0 {
		text += " by " + nameList(in.Select(partition))
	}
	text += orderText(in, order)
	parts := make([]string, len(calls))
	for i := range calls {
		c := &calls[i]
		parts[i] = c.String()
		if c.Name != "" && c.Name != parts[i] {
			parts[i] += " AS " + c.Name
		}
	}
	text += ": " + strings.Join(parts, ", ")
	if ttl > 0 {
		text += ", forgotten " + SpanInWords(ttl) + " after their last row"
	}
	return text
}

// orderText is " order [a, b DESC NULLS FIRST]"; what is not said is the default.
func orderText(in *Schema, order []SortKey) string {
	if len(order) == 0 {
		return ""
	}
	parts := make([]string, len(order))
	for i, k := range order {
		parts[i] = in.Cols[k.Col].Name
		if k.Desc {
			parts[i] += " DESC"
		}
		switch {
		case k.NullsFirst && k.Desc:
			parts[i] += " NULLS FIRST"
		case !k.NullsFirst && !k.Desc:
			parts[i] += " NULLS LAST"
		}
	}
	return " order [" + strings.Join(parts, ", ") + "]"
}

// String is the call as SQL writes it, with its frame.
func (c *OverCall) String() string {
	text := c.AggCall.String()
	if len(c.Args) == 0 && c.Fn != "COUNT" {
		text = c.Fn + "()"
	}
	if c.Frame == nil {
		return text
	}
	return text + " " + c.Frame.String()
}

// String is the frame as SQL writes it; times are spans such as 90s.
func (f *Frame) String() string {
	unit := "RANGE"
	if f.Rows {
		unit = "ROWS"
	}
	return unit + " " + f.Start.text() + " TO " + f.End.text()
}

func (b FrameBound) text() string {
	if b.Kind == Preceding || b.Kind == Following {
		return strconv.FormatInt(b.N, 10) + " " + b.Kind.String()
	}
	return b.Kind.String()
}

func checkOver(x *Over) error {
	in := x.Input.Schema()
	if len(x.Calls) == 0 || len(x.S.Cols) != len(in.Cols)+len(x.Calls) {
		return fmt.Errorf("%d columns over %d for %d calls", len(x.S.Cols), len(in.Cols), len(x.Calls))
	}
	if x.TTL < 0 || x.TTL > 0 && (!x.Streams() || len(x.Partition) == 0) {
		return fmt.Errorf("partitions are forgotten after %d", x.TTL)
	}
	return firstErrorOf(
		func() error { return checkColumns("partition", x.Partition, len(in.Cols)) },
		func() error { return checkOrder(x.Order, in) },
		func() error { return checkKeeps(in, &Schema{Cols: x.S.Cols[:len(in.Cols)]}) },
		func() error { return checkOverCalls(x, in) },
		func() error { return checkProps(x) })
}

func checkOrder(order []SortKey, in *Schema) error {
	for _, k := range order {
		if err := checkColumns("order column", []int{k.Col}, len(in.Cols)); err != nil {
			return err
		}
		if t := in.Cols[k.Col].Type; !t.Ordered() {
			return fmt.Errorf("order column %s is %s", in.Cols[k.Col].Name, t)
		}
	}
	return nil
}

func checkOverCalls(x *Over, in *Schema) error {
	for i := range x.Calls {
		c := &x.Calls[i]
		if f := LookupOver(c.Fn); f == nil {
			if err := checkAggs([]AggCall{c.AggCall}, in); err != nil {
				return err
			}
		} else if err := firstErrorOf(func() error { return checkResolved(f, c.Args, c.T) }, func() error { return checkEach(c.Args, in) }); err != nil {
			return err
		}
		if t := x.S.Cols[len(in.Cols)+i].Type; !t.Equal(c.T) {
			return fmt.Errorf("%s gives %s into a column of %s", c, c.T, t)
		}
		if err := checkFrame(c, x.Order, in); err != nil {
			return fmt.Errorf("%s: %w", c.Fn, err)
		}
	}
	return nil
}

func checkEach(exprs []Expr, in *Schema) error {
	for _, e := range exprs {
		if err := checkExpr(e, in); err != nil {
			return err
		}
	}
	return nil
}

func checkFrame(c *OverCall, order []SortKey, in *Schema) error {
	f := c.Frame
	if needs := HasFrame(c.Fn); needs != (f != nil) {
		return fmt.Errorf("a frame is there: %v, and should be: %v", f != nil, needs)
	}
	if f == nil {
		return nil
	}
	if f.Start.Kind < UnboundedPreceding || f.Start.Kind > Following || f.End.Kind < Preceding || f.End.Kind > UnboundedFollowing || f.Start.Kind > f.End.Kind {
		return fmt.Errorf("a frame from %d to %d", f.Start.Kind, f.End.Kind)
	}
	for _, b := range []FrameBound{f.Start, f.End} {
		far := b.Kind == Preceding || b.Kind == Following
		if b.N < 0 || !far && b.N != 0 {
			return fmt.Errorf("a bound of %d", b.N)
		}
		if far && !f.Rows && (len(order) != 1 || !RangeColumn(in.Cols[order[0].Col].Type)) {
			return fmt.Errorf("a range without one column of whole numbers or times")
		}
	}
	return nil
}

// RangeColumn reports whether distances in values of type t can bound a frame.
func RangeColumn(t *Type) bool {
	return t.Kind.IsInteger() || t.Kind.IsTimestamp() || t.Kind == Interval
}

// sameOver compares what two nodes do.
func sameOver(x, y *Over) bool {
	if !sameInts(x.Partition, y.Partition) || !sameOrder(x.Order, y.Order) || len(x.Calls) != len(y.Calls) || x.TTL != y.TTL {
		return false
	}
	for i := range x.Calls {
		a, b := &x.Calls[i], &y.Calls[i]
		if !SameOverCall(a, b) || !a.T.Equal(b.T) || a.Name != b.Name {
			return false
		}
	}
	return true
}

// SameOverCall reports whether both compute the same over the same window, whatever they
// are called.
func SameOverCall(a, b *OverCall) bool {
	return SameAgg(&a.AggCall, &b.AggCall) && (a.Frame == nil) == (b.Frame == nil) && (a.Frame == nil || *a.Frame == *b.Frame)
}

func sameOrder(a, b []SortKey) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func sameInts(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// OverCalls are the aggregate parts of calls, for what looks at expressions alone.
func OverCalls(calls []OverCall) []AggCall {
	out := make([]AggCall, len(calls))
	for i := range calls {
		out[i] = calls[i].AggCall
	}
	return out
}

// HasArrival reports whether the rows of n are those of sources, in an order in which they
// arrive that does not depend on how the query is run.
func HasArrival(n Node) bool {
	switch x := n.(type) {
	case *Scan, *Values:
		return true
	case *WindowTVF:
		return !x.Window.Keyed() && HasArrival(x.Input)
	case *Filter, *Project, *ProcTime, *Watermark, *LateRows, *Limit, *Unnest:
		return HasArrival(n.Inputs()[0])
	case *Union:
		return len(x.In) == 1 && HasArrival(x.In[0])
	case *Join:
		// Several partners of a row come in the order in which tasks have read them.
		one := x.Kind == ByKeyJoin || x.Kind == LookupJoin && (x.Type.LeftOnly() || x.Single)
		return one && !x.AnyOrder && HasArrival(x.Left)
	}
	return false
}
