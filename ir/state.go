package ir

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// StateBound says how what an operator keeps between rows is bounded.
type StateBound uint8

// The bounds.
const (
	NoState       StateBound = iota // nothing is kept
	ConstantState                   // as much for any number of rows
	TimedState                      // freed as the watermark passes
	InputState                      // freed when the input ends, which it does
	GrowingState                    // freed by nothing: it grows as long as the query runs
)

// State is what an operator keeps between rows.
type State struct {
	Bound StateBound
	Text  string // what it is and what frees it, in words; "" for NoState
	Fix   string // of GrowingState: what would bound it
}

// StateOf says what n keeps and what bounds it. Explain shows it, and the compiler
// warns of GrowingState: an operator that has state has its case here and nowhere else.
func StateOf(n Node) State {
	switch x := n.(type) {
	case *Watermark:
		return watermarkState
	case *Limit:
		return limitState
	case *WindowTVF:
		if x.Window.Keyed() {
			return keyedState(StuckTime(x), x.Input.Props().Bounded, x.Window, columnNames(x.S, x.Keys), "rows")
		}
	case *LateRows:
		if x.Window != nil && x.Window.Keyed() {
			return keyedState(StuckTime(x), false, *x.Window, columnNames(x.Schema(), x.Keys), "times")
		}
	case *Over:
		return overState(columnNames(x.Input.Schema(), x.Partition), x.Calls, x.Streams(), x.Input.Props().Bounded, StuckTime(x), x.TTL)
	case *Sort:
		return sortState(x.Keep, x.ByTime, StuckTime(x))
	case *WindowAgg:
		if x.Window.Keyed() {
			return keyedState(StuckTime(x), x.Input.Props().Bounded, x.Window, columnNames(x.Input.Schema(), x.Keys), "aggregates")
		}
		return timedState(StuckTime(x), windowState(x.Window, x.Emit, groupNames(x.Input.Schema(), x.Keys)))
	case *Join:
		return joinState(x)
	case *Coarsen:
		return coarsenState(x.Every, columnNames(x.Schema(), x.Key))
	case *Rank:
		keys := columnNames(x.Input.Schema(), x.Partition)
		if x.Windowed() {
			return windowRankState(StuckTime(x), x.Fn, x.To, keys, x.Lateness)
		}
		return rankState(x.Fn, x.To, keys, x.Input.Props().Updating, x.Input.Props().Bounded, x.AtEnd, x.TTL)
	case *Aggregate:
		keys := groupNames(x.Input.Schema(), x.Keys)
		if x.Windowed() {
			return timedState(StuckTime(x), attachedState(keys, x.Emit, x.Lateness))
		}
		return groupState(keys, ofChanges(x.Aggs, x.Input.Props().Updating), x.Input.Props().Bounded, x.AtEnd, x.TTL)
	}
	return State{}
}

// StateOfOp is StateOf for a physical operator.
func StateOfOp(op PhysOp) State {
	switch x := op.(type) {
	case *WatermarkOp:
		return watermarkState
	case *LimitOp:
		return limitState
	case *WindowTVFOp:
		if x.Window.Keyed() {
			return keyedState(x.StuckTime, false, x.Window, columnNames(x.Out, x.Keys), "rows")
		}
	case *LateOp:
		if x.Window != nil && x.Window.Keyed() {
			return keyedState(x.StuckTime, false, *x.Window, columnNames(x.Out, x.Keys), "times")
		}
	case *OverOp:
		return overState(columnNames(x.In, x.Partition), x.Calls, x.Streams, x.Ends, x.StuckTime, x.TTL)
	case *SortOp:
		if x.Phase == Partial {
			return State{ConstantState, fmt.Sprintf("the first %d rows of the order that this task has seen; it keeps nothing over a checkpoint", x.Keep), ""}
		}
		return sortState(x.Keep, x.ByTime, x.StuckTime)
	case *WindowAggOp:
		keys := groupNames(x.In, x.Keys)
		if x.Window.Keyed() {
			return keyedState(x.StuckTime, false, x.Window, keys, "aggregates")
		}
		if x.Phase == Partial {
			return State{TimedState, partialState(x.Window, keys), ""}
		}
		return timedState(x.StuckTime, windowState(x.Window, x.Emit, keys))
	case *JoinOp:
		return joinOpState(x)
	case *ByKeyOp:
		return byKeyState(x.Table.Name, x.Cache, x.Build)
	case *TemporalOp:
		return temporalState(x.StuckTime, x.Right, x.RightKeys, x.LeftTime, x.Left)
	case *CoarsenOp:
		return coarsenState(x.Every, columnNames(x.Out, x.Key))
	case *RankPartialOp:
		return State{ConstantState, "the beginnings of the first " + plural(int(x.To), "value") + " of each partition that this task has seen; forgotten when there are too many, and at every restart", ""}
	case *RankOp:
		keys := columnNames(x.In, x.Partition)
		if x.EndCol >= 0 {
			return windowRankState(x.StuckTime, x.Fn, x.To, keys, x.Lateness)
		}
		return rankState(x.Fn, x.To, keys, x.Retracts, x.Ends, x.AtEnd, x.TTL)
	case *GroupAggOp:
		keys := groupNames(x.In, x.Keys)
		if x.Phase == Partial {
			return State{ConstantState, "groups" + by(keys) + " of the rows at hand; handed on with each batch or when memory asks, and at every checkpoint: it keeps nothing over one", ""}
		}
		return groupState(keys, x.Aggs, x.Ends, x.AtEnd, x.TTL)
	case *AttachedAggOp:
		return timedState(x.StuckTime, attachedState(groupNames(x.In, x.Keys), x.Emit, x.Lateness))
	}
	return State{}
}

// StuckTime names the event time that holds the watermark of n's input where it is, as it
// is the same for all rows, which do not end; "": there is none.
func StuckTime(n Node) string {
	if w := stuckWatermark(n); w != nil {
		return w.Schema().Cols[w.TimeCol].Name
	}
	return ""
}

// timedState is state that the watermark frees, if that ever moves.
func timedState(stuck, text string) State {
	if stuck == "" {
		return State{TimedState, text, ""}
	}
	kept, _, _ := strings.Cut(text, ";")
	return State{GrowingState,
		fmt.Sprintf("%s; nothing frees it: the event time `%s` is the same for all rows, so the watermark stands still", kept, stuck),
		"name a column as event time that grows from row to row"}
}

// stuckWatermark finds a watermark below n that holds n's watermark where it is: that
// of rows which do not end and all have one event time.
func stuckWatermark(n Node) *Watermark {
	if w, ok := n.(*Watermark); ok {
		if !w.P.Bounded && isConstantColumn(w.Input, w.TimeCol) {
			return w
		}
		return nil
	}
	for _, in := range n.Inputs() {
		if w := stuckWatermark(in); w != nil {
			return w
		}
	}
	return nil
}

// isConstantColumn reports whether column col of n is known to be the same in all rows.
func isConstantColumn(n Node, col int) bool {
	none := func(int) bool { return false }
	switch x := n.(type) {
	case *Project:
		if c, ok := x.Exprs[col].(*ColRef); ok {
			return isConstantColumn(x.Input, c.Index)
		}
		return RefersOnly(x.Exprs[col], none) && !IsVolatile(x.Exprs[col])
	case *Filter:
		return isConstantColumn(x.Input, col)
	case *Watermark:
		return isConstantColumn(x.Input, col)
	case *Scan:
		e := x.Table.Cols[x.Cols[col]].Expr
		return e != nil && RefersOnly(e, none) && !IsVolatile(e)
	}
	return false
}

var limitState = State{ConstantState, "the number of rows that have passed: a few bytes", ""}

var watermarkState = State{ConstantState, "the greatest event time of each split: a few bytes", ""}

// windowState says what an aggregate keeps that assigns windows without keys.
func windowState(w Window, e Emission, keys []string) string {
	if e != Once {
		return attachedState(keys, e, w.Lateness)
	}
	return paneState(w, keys)
}

// paneState says what an aggregate on panes keeps.
func paneState(w Window, keys []string) string {
	pane := w.Pane()
	if w.Size == pane {
		return fmt.Sprintf("one pane of %s%s; freed when the watermark passes window_end%s", SpanInWords(pane), by(keys), behind(w.Lateness))
	}
	if w.Kind == Cumulate {
		return fmt.Sprintf("totals%s of the rows since window_start, and panes of %s that are to be added; freed when the watermark passes the last window_end%s",
			by(keys), SpanInWords(pane), behind(w.Lateness))
	}
	return fmt.Sprintf("panes of %s%s, %d to a window; each is freed when the watermark passes the end of its last window%s",
		SpanInWords(pane), by(keys), w.Size/pane, behind(w.Lateness))
}

// keyedState is that of windows that depend on the rows of a key: what is kept of each.
// bounded says that the rows are known to end.
func keyedState(stuck string, bounded bool, w Window, keys []string, what string) State {
	if w.Kind == Session {
		most := ""
		if w.Max > 0 {
			most = fmt.Sprintf(", at most %d in all", w.Max)
		}
		return timedState(stuck, fmt.Sprintf("the %s of each open session%s%s; freed when the watermark passes window_end%s, %s behind its last row",
			what, by(keys), most, behind(w.Lateness), SpanInWords(w.Size+w.Lateness)))
	}
	text := fmt.Sprintf("the %s of the last rows%s, less than %d", what, by(keys), w.Size)
	switch {
	case len(keys) == 0:
		return State{ConstantState, text, ""}
	case bounded:
		return State{InputState, text + "; freed when the input ends", ""}
	}
	return State{GrowingState, text + " for each value of " + strings.Join(keys, ", ") + "; a value that does not come any more keeps its last ones",
		"partition by what has few values, or use SESSION or TUMBLE, whose windows are freed as time passes"}
}

// partialState is that of the first phase of an aggregate.
func partialState(w Window, keys []string) string {
	return fmt.Sprintf("groups of the panes of %s%s that are being read; handed on as the watermark passes, when memory asks, and at every checkpoint: it keeps nothing over one",
		SpanInWords(w.Pane()), by(keys))
}

// attachedState is that of an aggregate over rows that carry their window.
func attachedState(keys []string, e Emission, lateness int64) string {
	what := "the groups"
	if e != Once {
		what = "the groups, and whether they have been given,"
	}
	return fmt.Sprintf("%s%s of each open window; freed when the watermark passes window_end%s", what, by(keys), behind(lateness))
}

// ofChanges is aggregates of rows that may be taken back, if they are.
func ofChanges(calls []AggCall, updating bool) []AggCall {
	if !updating {
		return calls
	}
	out := slices.Clone(calls)
	for i := range out {
		out[i].Retracts = true
	}
	return out
}

// groupState is that of an aggregate without a window. atEnd says that its groups are given when
// the input ends or the run is stopped.
func groupState(keys []string, calls []AggCall, bounded, atEnd bool, ttl int64) State {
	const byWindow = "group by a window too, whose groups are freed when it closes: TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))"
	values := strings.Join(keys, ", ")
	each := slices.IndexFunc(calls, func(c AggCall) bool { return c.KeepsEach() })
	switch {
	case len(keys) == 0 && each >= 0 && !bounded:
		fix := byWindow
		if calls[each].Retracts {
			fix = "take rows that stay as they are, such as those of windows below: GROUP BY window_start, window_end, ... over TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))"
		}
		return State{GrowingState, fmt.Sprintf("one group, with all values that %s is made of; the input never ends and nothing frees them as long as rows come", &calls[each]), fix}
	case len(keys) == 0:
		return State{ConstantState, "one group; freed when the input ends", ""}
	case bounded:
		return State{InputState, fmt.Sprintf("a group for each value of %s; freed when the input ends, so it grows with the number of values", values), ""}
	case ttl > 0:
		return State{TimedState, fmt.Sprintf("a group for each value of %s; freed %s after its last change ('state.ttl')", values, SpanInWords(ttl)), ""}
	case atEnd:
		return State{GrowingState, fmt.Sprintf("a group for each value of %s; %s", values, keptToShow), byWindow + "; or " + showChanges("groups")}
	}
	return State{GrowingState,
		fmt.Sprintf("a group for each value of %s; the input never ends and nothing frees them", values),
		byWindow + "; or have groups forgotten that do not change any more: SET 'state.ttl' = '1 h'"}
}

// keptToShow is why what would be forgotten in time is not.
const keptToShow = "all are kept to be shown when the run is stopped, as only what is left then is wanted (final)"

func showChanges(what string) string {
	return "show results as they change (--changelog ops), and have " + what + " forgotten that do not change any more: SET 'state.ttl' = '1 h'"
}

func by(keys []string) string {
	if len(keys) == 0 {
		return ""
	}
	return " by " + strings.Join(keys, ", ")
}

func columnNames(s *Schema, cols []int) []string {
	out := make([]string, len(cols))
	for i, c := range cols {
		out[i] = s.Cols[c].Name
	}
	return out
}

// SpanInWords is a span of time in the greatest unit that it is whole in: 1 min, 36 h, 500 ms.
func SpanInWords(us int64) string {
	units := []struct {
		name string
		us   int64
	}{{"day", 86_400_000_000}, {"h", 3_600_000_000}, {"min", 60_000_000}, {"s", 1_000_000}, {"ms", 1000}, {"us", 1}}
	for _, u := range units {
		if us%u.us == 0 && us != 0 {
			n := strconv.FormatInt(us/u.us, 10) + " " + u.name
			if u.name == "day" && us != u.us {
				n += "s"
			}
			return n
		}
	}
	return "0 s"
}
