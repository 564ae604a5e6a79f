package ir

import (
	"fmt"
	"strconv"
)

// Sort gives the rows of its input in an order; rows that are equal in it keep the order
// in which they came. The input is of rows that are only added.
//
// Where the input ends, rows come out at its end. With Keep >= 0 only so many of the first
// ones are wanted: a Limit above counts them.
//
// With ByTime they come out as the watermark passes: Order leads with a column that event
// time bounds, ascending, and a row is out when the watermark has reached the value in that
// column, in whole microseconds, plus Lead. Rows that are behind the watermark when they
// come are dropped and counted. Event time goes on.
type Sort struct {
	Input  Node
	Order  []SortKey
	Keep   int64 // -1: all; never with ByTime
	ByTime bool
	Lead   int64 // microseconds; 0 without ByTime
	P      Props
}

func (n *Sort) Schema() *Schema           { return n.Input.Schema() }
func (n *Sort) Inputs() []Node            { return []Node{n.Input} }
func (n *Sort) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }
func (n *Sort) Props() *Props             { return &n.P }
func (*Sort) isNode()                     {}

// SortOp is Sort. Complete needs all rows in one task, in the order of their scan where
// there is one. Partial, which stands in the scan's tasks, takes away rows of which its
// task has seen Keep better ones; the others go on in the order in which they came, and it
// keeps nothing over a barrier that the result depends on.
type SortOp struct {
	Phase  AggPhase // Complete or Partial
	Order  []SortKey
	Keep   int64
	ByTime bool
	Lead   int64
	// StuckTime is as of WindowAggOp.
	StuckTime string
	Out       *Schema
	Label     string // identity of the state across edits of the query
}

// Name is the operator's name.
func (o *SortOp) Name() string {
	if o.Phase == Partial {
		return "Sort(partial)"
	}
	return "Sort"
}

// OutSchema is the schema of its input.
func (o *SortOp) OutSchema() *Schema { return o.Out }
func (*SortOp) isPhysOp()            {}

// sortText describes a Sort or a SortOp of the name.
func sortText(name string, s *Schema, order []SortKey, keep int64, byTime bool) string {
	text := name + orderText(s, order)
	switch {
	case byTime:
		text += ", as the watermark passes"
	case keep >= 0:
		text += ", the first " + strconv.FormatInt(keep, 10)
	}
	return text
}

// checkSort checks a Sort or a SortOp over rows of a schema.
func checkSort(order []SortKey, keep int64, byTime bool, lead int64, in *Schema) error {
	switch {
	case len(order) == 0:
		return fmt.Errorf("it sorts by nothing")
	case keep < -1 || byTime && keep >= 0 || lead < 0 || !byTime && lead != 0:
		return fmt.Errorf("it keeps %d rows, with a lead of %d", keep, lead)
	}
	if err := checkOrder(order, in); err != nil {
		return err
	}
	if byTime {
		if order[0].Desc {
			return fmt.Errorf("time does not pass downwards")
		}
		return checkTime(in, order[0].Col)
	}
	return nil
}

// sortState is what a Sort keeps.
func sortState(keep int64, byTime bool, stuck string) State {
	switch {
	case byTime:
		return timedState(stuck, "the rows that the watermark has not passed; freed when it does")
	case keep >= 0:
		return State{ConstantState, "the first " + strconv.FormatInt(keep, 10) + " rows of the order", ""}
	}
	return State{InputState, "all rows; freed when the input ends, so it grows with the input", ""}
}
