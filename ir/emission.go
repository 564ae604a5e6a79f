package ir

import (
	"fmt"
	"slices"
)

// Emission says when the groups of windows come out.
type Emission string

// The emissions.
const (
	// Once: when nothing can change a group any more, as the watermark has reached the end
	// of its window and Window.Lateness has passed. Rows are only added.
	Once Emission = ""
	// Corrected: when the watermark reaches the end of the window, and again whenever a late
	// row changes the group, until Window.Lateness has passed.
	Corrected Emission = "corrected"
	// Changing: whenever a row changes the group. A Coarsen above says how often that shows.
	Changing Emission = "changing"
)

// OptionLateness is the option that says how long windows of a table's rows are kept open
// for late ones.
const OptionLateness = "allowed.lateness"

// Coarsen is EMIT EVERY: of the changes of each key it gives what they come to, every so
// often. Its input is an updating relation whose upsert key is Key, and which gives the old
// row with each change (-U, -D).
//
// Every is a span of processing time: what is pending goes out at its multiples. Where
// EndCol is not -1 it is the end of the row's window: what is pending of it goes out
// when the watermark has passed that, too; with Together all that is pending does then,
// as windows merge and one that is taken back belongs to another that comes.
//
// By are the columns of the key by which the input's rows are given to tasks, in that order.
type Coarsen struct {
	Input    Node
	Every    int64 // microseconds, > 0
	Key      []int
	By       []int
	EndCol   int
	Together bool
}

func (n *Coarsen) Schema() *Schema           { return n.Input.Schema() }
func (n *Coarsen) Inputs() []Node            { return []Node{n.Input} }
func (n *Coarsen) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }
func (n *Coarsen) Props() *Props             { return n.Input.Props() }
func (*Coarsen) isNode()                     {}

// CoarsenOp is Coarsen. All rows of a key are in one task.
type CoarsenOp struct {
	Every    int64
	Key      []int
	By       []int // as Coarsen.By: the state goes the way of the rows
	EndCol   int
	Together bool
	Out      *Schema
	Label    string // identity of the state across edits of the query
}

// Name is the operator's name.
func (*CoarsenOp) Name() string { return "EmitEvery" }

// OutSchema is the schema of its input.
func (o *CoarsenOp) OutSchema() *Schema { return o.Out }
func (*CoarsenOp) isPhysOp()            {}

// coarsenText describes a Coarsen or a CoarsenOp.
func coarsenText(s *Schema, every int64, key []int, end int) string {
	text := "EmitEvery " + FormatSpan(every) + keyList(s, key)
	if end >= 0 {
		text += ", and when " + s.Cols[end].Name + " has passed"
	}
	return text
}

// checkCoarsen checks a Coarsen or a CoarsenOp over rows of a schema.
func checkCoarsen(every int64, key, by []int, end int, together bool, in *Schema) error {
	if slices.ContainsFunc(by, func(c int) bool { return !slices.Contains(key, c) }) {
		return fmt.Errorf("rows are distributed by %v, which are not all in the key %v", by, key)
	}
	switch {
	case every <= 0 || every > MaxSpan:
		return fmt.Errorf("it emits every %d", every)
	case end < 0 && (end != -1 || together):
		return fmt.Errorf("the end of windows in column %d, together %t", end, together)
	case end >= 0 && !slices.Contains(key, end):
		return fmt.Errorf("the end of windows, column %d, is not in the key", end)
	}
	if err := checkColumns("key", key, len(in.Cols)); err != nil || end < 0 {
		return err
	}
	return checkTime(in, end)
}

// coarsenState is what a Coarsen keeps.
func coarsenState(every int64, keys []string) State {
	return State{TimedState, fmt.Sprintf("the last result that was given, and the one to give,%s of what has changed; freed every %s, when it goes out", by(keys), SpanInWords(every)), ""}
}

// checkEmission checks when an aggregate over windows gives its groups.
func checkEmission(e Emission, lateness int64, windowed bool, p *Props) error {
	switch {
	case lateness < 0 || lateness > MaxSpan || lateness > 0 && !windowed:
		return fmt.Errorf("a lateness of %d", lateness)
	case e != Once && e != Corrected && e != Changing || e != Once && !windowed:
		return fmt.Errorf("groups come out %q", e)
	case windowed && (e != Once) != p.Updating:
		return fmt.Errorf("groups come out %q in a relation that is updating %t", e, p.Updating)
	}
	return nil
}

// emissionText says in a plan when groups of windows come out.
func emissionText(e Emission, lateness int64) string {
	switch {
	case e == Changing && lateness > 0:
		return ", whenever they change, until " + FormatSpan(lateness) + " after the end"
	case e == Changing:
		return ", whenever they change"
	case e == Corrected:
		return ", at the end, corrected for " + FormatSpan(lateness)
	case lateness > 0:
		return ", " + FormatSpan(lateness) + " after the end"
	}
	return ""
}

// behind says in words how far behind the end of a window its state is freed.
func behind(lateness int64) string {
	if lateness == 0 {
		return ""
	}
	return " by " + SpanInWords(lateness) + " ('" + OptionLateness + "')"
}
