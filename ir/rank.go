package ir

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Rank keeps the rows of each partition whose number in the order is From to To: a
// condition on ROW_NUMBER, RANK or DENSE_RANK. Rows that are equal in Order are in the
// order of arrival where the input has one (HasArrival), else in that of their values.
// With Number the number is a column behind those of the input.
//
// Over rows of windows, of which each partition has one (Windowed), they come out when the
// watermark passes the window's end, and rows that come later are dropped. Else they come
// out when the input ends, with AtEnd, or whenever they change: an updating relation.
type Rank struct {
	Input     Node
	Fn        string
	Partition []int
	Order     []SortKey
	From, To  int64 // 1 <= From <= To
	Number    bool
	AtEnd     bool
	Lateness  int64 // where it is Windowed, as Window.Lateness
	TTL       int64 // microseconds of processing time after which a partition that did not change is forgotten; 0: never
	S         *Schema
	P         Props
}

// Windowed reports whether each partition is of one window of the input.
func (n *Rank) Windowed() bool { return OfWindows(n.Partition, n.Input.Props()) }

// OfWindows reports whether partitions by these columns are of one window each, of rows
// that are only added.
func OfWindows(partition []int, p *Props) bool {
	return !p.Updating && p.WindowStart >= 0 && p.WindowEnd >= 0 && slices.Contains(partition, p.WindowStart) && slices.Contains(partition, p.WindowEnd)
}

// One reports whether a partition has one row at most.
func (n *Rank) One() bool { return oneRow(n.Fn, n.From, n.To) }

func oneRow(fn string, from, to int64) bool { return fn == "ROW_NUMBER" && from == to }

func (n *Rank) Schema() *Schema           { return n.S }
func (n *Rank) Inputs() []Node            { return []Node{n.Input} }
func (n *Rank) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }
func (n *Rank) Props() *Props             { return &n.P }
func (*Rank) isNode()                     {}

// RankOp is Rank.
type RankOp struct {
	In        *Schema
	Fn        string
	Partition []int
	Order     []SortKey
	From, To  int64
	Number    bool
	// Arrival: rows that are equal in Order are in the order in which they come, which is
	// that of the source; else in that of their values.
	Arrival bool
	// EndCol is the column of In that has the end of the partition's window; -1: none.
	EndCol int
	AtEnd  bool
	// Lateness is as Rank.Lateness.
	Lateness int64
	// Retracts: rows may be taken back, so that all are kept.
	Retracts bool
	TTL      int64 // as Rank.TTL
	Ends     bool  // the input ends
	Out      *Schema
	Label    string
	// StuckTime is as WindowAggOp.StuckTime.
	StuckTime string
}

// One is Rank.One.
func (o *RankOp) One() bool { return oneRow(o.Fn, o.From, o.To) }

func (*RankOp) Name() string         { return "Rank" }
func (o *RankOp) OutSchema() *Schema { return o.Out }
func (*RankOp) isPhysOp()            {}

// RankPartialOp stands in front of the exchange to a RankOp of rows that are only added: it
// takes away rows of whose partition its task has seen To that come before them in the first
// key of Order. What it remembers it may forget at any time.
type RankPartialOp struct {
	Partition []int
	Order     []SortKey // not empty
	To        int64
	Out       *Schema // its input's
	Label     string  // identity of its counts across edits of the query
}

// Name is the operator's name.
func (*RankPartialOp) Name() string         { return "Rank(partial)" }
func (o *RankPartialOp) OutSchema() *Schema { return o.Out }
func (*RankPartialOp) isPhysOp()            {}

// MaxPartialRank is the greatest number of rows of a partition that RankPartialOp serves.
const MaxPartialRank = 64

func checkRankPartial(x *RankPartialOp, in *Schema) error {
	if x.To > MaxPartialRank || len(x.Order) == 0 {
		return fmt.Errorf("the first %d rows of each partition in front of an exchange", x.To)
	}
	return firstErrorOf(
		func() error { return checkRanking("ROW_NUMBER", x.Partition, x.Order, 1, x.To, 0, in) },
		func() error { return checkKeeps(in, x.Out) })
}

func rankPartialText(x *RankPartialOp) string {
	text := x.Name() + " " + strconv.FormatInt(x.To, 10)
	if len(x.Partition) > 0 {
		text += keyList(x.Out, x.Partition)
	}
	return text + orderText(x.Out, x.Order[:1])
}

// rankText describes a Rank or a RankOp.
func rankText(in, out *Schema, fn string, partition []int, order []SortKey, from, to int64, number, atEnd bool, ttl int64) string {
	text := "Rank " + fn + " " + strconv.FormatInt(to, 10)
	if from > 1 {
		text = "Rank " + fn + " " + strconv.FormatInt(from, 10) + " to " + strconv.FormatInt(to, 10)
	}
	if len(partition) > 0 {
		text += keyList(in, partition)
	}
	text += orderText(in, order)
	if number {
		text += " AS " + out.Cols[len(out.Cols)-1].Name
	}
	return groupsText(text, atEnd, ttl)
}

func checkRank(x *Rank) error {
	in := x.Input.Schema()
	if x.Windowed() && (x.AtEnd || x.TTL != 0) || !x.Windowed() && x.Lateness != 0 {
		return fmt.Errorf("ranks in windows that wait for the end of the input, or forget partitions after %d", x.TTL)
	}
	return firstErrorOf(
		func() error { return checkRanking(x.Fn, x.Partition, x.Order, x.From, x.To, x.TTL, in) },
		func() error { return checkNumbered(in, x.S, x.Number) },
		func() error { return checkProps(x) })
}

func checkRankOp(x *RankOp, in *Schema) error {
	if !sameTypes(x.In, in) {
		return fmt.Errorf("it takes (%s), not (%s)", x.In, in)
	}
	return firstErrorOf(
		func() error { return checkRanking(x.Fn, x.Partition, x.Order, x.From, x.To, x.TTL, in) },
		func() error { return checkNumbered(in, x.Out, x.Number) },
		func() error {
			if x.EndCol < 0 && x.Lateness == 0 {
				return nil
			}
			if x.AtEnd || x.Retracts || x.TTL != 0 {
				return fmt.Errorf("ranks in windows of rows that change, or at the end of the input")
			}
			return checkTime(in, x.EndCol)
		})
}

func checkRanking(fn string, partition []int, order []SortKey, from, to, ttl int64, in *Schema) error {
	if !IsRank(fn) || from < 1 || to < from || to == math.MaxInt64 || ttl < 0 {
		return fmt.Errorf("%s from %d to %d, forgotten after %d", fn, from, to, ttl)
	}
	if err := firstErrorOf(
		func() error { return checkColumns("partition", partition, len(in.Cols)) },
		func() error { return checkOrder(order, in) }); err != nil {
		return err
	}
	for _, c := range partition {
		if err := in.Cols[c].Type.Groupable(); err != nil {
			return fmt.Errorf("partition column %s: %w", in.Cols[c].Name, err)
		}
	}
	return nil
}

// checkNumbered checks that out is in, and with number a whole number behind it.
func checkNumbered(in, out *Schema, number bool) error {
	if !number {
		return checkKeeps(in, out)
	}
	n := len(in.Cols)
	if len(out.Cols) != n+1 || out.Cols[n].Type.Kind != BigInt {
		return fmt.Errorf("a number behind (%s) in (%s)", in, out)
	}
	return checkKeeps(in, &Schema{Cols: out.Cols[:n]})
}

func sameRank(x, y *Rank) bool {
	return x.Fn == y.Fn && slices.Equal(x.Partition, y.Partition) && slices.Equal(x.Order, y.Order) &&
		x.From == y.From && x.To == y.To && x.Number == y.Number && x.AtEnd == y.AtEnd && x.Lateness == y.Lateness && x.TTL == y.TTL
}

// changesOfRank: a row replaces another one where a partition has one row, or each place
// is told apart.
func changesOfRank(x *Rank) Changes {
	all := Inserts
	if x.One() || x.Number {
		all |= Befores | Afters
	}
	if x.Input.Props().Updating || !x.One() && (!x.Number || x.Fn != "ROW_NUMBER") {
		all |= Deletes
	}
	return all
}

// rankKey is UpsertKey of a Rank.
func rankKey(x *Rank) ([]int, bool) {
	switch {
	case x.One():
		return x.Partition, true
	case x.Number && x.Fn == "ROW_NUMBER":
		return append(slices.Clone(x.Partition), len(x.S.Cols)-1), true
	}
	return UpsertKey(x.Input)
}

// rankState is what ranks keep. all says that rows may be taken back, atEnd that they come out when
// the input ends or the run is stopped.
func rankState(fn string, to int64, keys []string, all, bounded, atEnd bool, ttl int64) State {
	const within = "rank within windows, whose rows are freed when they close: PARTITION BY window_start, window_end, ... over TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))"
	what := "the first " + plural(int(min(to, math.MaxInt32)), "row")
	if fn != "ROW_NUMBER" {
		what = "the rows of the first " + plural(int(min(to, math.MaxInt32)), "place")
	}
	if all {
		what = "all rows"
	}
	if len(keys) > 0 {
		what += " of each " + joined(keys)
	}
	if all {
		what += ", as they may be taken back"
	}
	switch {
	case bounded:
		return State{InputState, what + "; freed when the input ends", ""}
	case ttl > 0 && len(keys) > 0:
		return State{TimedState, fmt.Sprintf("%s; freed %s after the last change ('state.ttl')", what, SpanInWords(ttl)), ""}
	case len(keys) == 0 && !all:
		return State{ConstantState, what, ""}
	case len(keys) == 0:
		return State{GrowingState, what + "; the input never ends and nothing frees them", within}
	case atEnd:
		return State{GrowingState, what + "; " + keptToShow, within + "; or " + showChanges("partitions")}
	}
	return State{GrowingState, what + "; the input never ends and nothing frees them",
		within + "; or have partitions forgotten that do not change any more: SET 'state.ttl' = '1 h'"}
}

func joined(keys []string) string {
	out := ""
	for i, k := range keys {
		if i > 0 {
			out += ", "
		}
		out += k
	}
	return out
}

// windowRankState is what ranks in windows keep.
func windowRankState(stuck string, fn string, to int64, keys []string, lateness int64) State {
	s := rankState(fn, to, keys, false, true, false, 0)
	return timedState(stuck, s.Text[:len(s.Text)-len("; freed when the input ends")]+"; freed when the watermark passes window_end"+behind(lateness))
}
