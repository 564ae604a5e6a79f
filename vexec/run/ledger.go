package run

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// Entry is the ledger of one place of the plan, a scan, an operator or a sink: what went
// into it is what became of it.
//
//	In + Made = Out + Filtered + Late + Rejected + Expired + Pruned + Passed + Counted + Waiting + Unwanted + Missing
//
// An aggregate makes other rows of those that it takes: its Out is not in the equation,
// and Out + LostGroups are its groups. So does a join, whose LostGroups are pairs. Missing is 0 unless heliosc has a fault.
type Entry struct {
	Stage      int
	Name       string
	In         int64 // rows; of a scan records
	Made       int64 // window function: rows more than it took, as it repeats them (or less)
	Out        int64
	Filtered   int64 // the condition was not true; LateRows: not late; EmitEvery: changes that others have undone, or that were not yet due
	Late       int64
	LateUsed   int64 // join: of Counted, rows behind the watermark that it has used
	Rejected   int64 // could not be read, or an expression failed for them
	Expired    int64
	Pruned     int64 // scan: left out by its terms and filters, as nothing above wants them
	Passed     int64 // LIMIT: before its first row or behind its last; Sort: not among the first; aggregate: between its windows
	Counted    int64 // aggregate: are in its groups, as it says itself
	Waiting    int64 // SESSION and Sort of a run that was stopped: are in sessions that are open, or have not come out
	Unwanted   int64 // came when a LIMIT above had had enough
	LostGroups int64 // aggregate: groups that a result failed for; lookup: pairs that its condition failed for
	Missing    int64
	Aggregate  bool
	Sink       bool
	Samples    []string // with Config.Samples: some of what was lost, where and why
	Load       string   // the relation that is read first, of whose plan the place is; "": of none
	at         int      // place in the chain of the stage
}

// String is the equation.
func (e *Entry) String() string {
	if e.Sink {
		text := grouped(e.In) + " in"
		if e.Rejected > 0 {
			text += ", " + grouped(e.Rejected) + " rejected"
		}
		return text + unwanted(e.Unwanted) + missing(e.Missing)
	}
	parts := []string{}
	add := func(n int64, what string) {
		if n != 0 {
			parts = append(parts, grouped(n)+" "+what)
		}
	}
	if !e.Aggregate {
		parts = append(parts, grouped(e.Out)+" out")
	} else {
		parts = append(parts, grouped(e.Counted)+" counted")
	}
	add(e.Filtered, "filtered")
	add(e.Late, "late")
	add(e.Rejected, "rejected")
	add(e.Expired, "expired")
	add(e.Pruned, "pruned")
	add(e.Passed, "passed by")
	add(e.Waiting, "waiting")
	add(e.Unwanted, "not wanted")
	add(e.Missing, "MISSING")
	left := grouped(e.In) + " in"
	if e.Made != 0 {
		left += " + " + grouped(e.Made) + " made"
	}
	text := left + " = " + strings.Join(parts, " + ")
	if !e.Aggregate && e.LostGroups > 0 {
		text += "; " + grouped(e.LostGroups) + " pairs rejected"
	}
	if e.Aggregate {
		if e.LateUsed > 0 {
			text += ", of them " + grouped(e.LateUsed) + " late"
		}
		text += "; " + grouped(e.Out) + " out"
		if e.LostGroups > 0 {
			text += ", " + grouped(e.LostGroups) + " groups rejected"
		}
	}
	return text
}

func unwanted(n int64) string {
	if n == 0 {
		return ""
	}
	return ", " + grouped(n) + " not wanted"
}

func missing(n int64) string {
	if n == 0 {
		return ""
	}
	return ", " + grouped(n) + " MISSING"
}

// grouped is n with commas.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// book is a ledger in the making.
type book struct {
	plan *ir.Plan
	out  map[int]int64 // by stage: the rows that left its chain
	sent map[int]int64 // by stage: its dead letters
	cut  map[*ir.Stage][]bool
	stop bool // the run was stopped before its input had ended
	load string
	list []Entry
}

// ledger adds up what each place of a plan did. Stats are those of the plan's run.
func ledger(p *ir.Plan, s *Stats) []Entry {
	list := loadsLedger(p.Loads, s.Loads)
	b := newBook(p)
	b.stop = s.Stopped
	for i, st := range p.Stages {
		b.stage(st, &s.Stages[i])
	}
	return append(list, b.list...)
}

func newBook(p *ir.Plan) *book {
	return &book{plan: p, out: map[int]int64{}, sent: map[int]int64{}, cut: cutShort(p)}
}

// loadsLedger is that of loads that were read whole, each behind those of its own plan.
func loadsLedger(plans []*ir.Load, got []LoadStats) (list []Entry) {
	for i, l := range plans {
		g := &got[i]
		if len(g.Stages) == 0 {
			continue
		}
		list = append(list, loadsLedger(l.Plan.Loads, g.Loads)...)
		b := newBook(l.Plan)
		b.load = l.Name
		for k, st := range l.Plan.Stages {
			b.stage(st, &g.Stages[k])
		}
		last := l.Plan.Stages[len(l.Plan.Stages)-1]
		rows := b.out[last.ID]
		b.add(Entry{Stage: last.ID, Name: "Load(" + l.Name + ")", In: rows, Out: rows - g.Unkept, Filtered: g.Unkept}, len(last.Ops)+1)
		list = append(list, b.list...)
	}
	return list
}

// add books a place of a chain.
func (b *book) add(e Entry, at int) {
	e.Load, e.at = b.load, at
	b.list = append(b.list, e)
}

func (b *book) stage(st *ir.Stage, got *StageStats) {
	var rows int64
	if got.Scan != nil {
		rows = b.scan(st, got.Scan)
	}
	for _, in := range st.In {
		if in.Mode == ir.Letters {
			rows += b.sent[in.From]
		} else {
			rows += b.out[in.From]
		}
	}
	for k, op := range st.Ops {
		rows = b.operator(st, k, op, &got.Ops[k], rows)
	}
	if got.Sink != nil {
		e := Entry{Stage: st.ID, Name: got.Sink.Name, In: rows, Out: got.Sink.RowsIn - got.Sink.Errors, Rejected: got.Sink.Errors, Sink: true}
		e.rest(rows-got.Sink.RowsIn, b.cut[st][len(st.Ops)])
		b.sent[st.ID] += got.Sink.Errors
		b.add(e, len(st.Ops)+1)
	}
	b.out[st.ID] = rows
}

// rest books what the counts leave open.
func (e *Entry) rest(n int64, cut bool) {
	if cut && n > 0 {
		e.Unwanted += n
	} else {
		e.Missing += n
	}
}

func (b *book) scan(st *ir.Stage, c *ScanStats) int64 {
	e := Entry{Stage: st.ID, Name: "Scan(" + c.Table + ")", In: c.Rows + c.Bad, Out: c.RowsOut, Late: c.Late, Rejected: c.Bad + c.Errors, Pruned: c.Pruned}
	if st.Values != nil {
		e.Name = "Values"
	}
	e.rest(c.Rows-c.RowsOut-c.Pruned-c.Late-c.Errors, b.cut[st][0])
	b.sent[st.ID] += c.Bad + c.Errors
	b.add(e, 0)
	return c.RowsOut
}

// operator books one operator, which rows came to, and returns what left it.
func (b *book) operator(st *ir.Stage, k int, op ir.PhysOp, o *OpStats, rows int64) int64 {
	e := Entry{Stage: st.ID, Name: o.Name, In: rows, Out: o.RowsOut, Filtered: o.Filtered, Late: o.Late,
		Rejected: o.Errors - o.LostGroups, Expired: o.Expired, LostGroups: o.LostGroups}
	e.rest(rows-o.RowsIn, b.cut[st][k])
	left := o.RowsIn - o.RowsOut - e.Filtered - e.Late - e.Rejected - e.Expired
	switch x := op.(type) {
	case *ir.LimitOp:
		e.Passed = left
	case *ir.OverOp:
		e.Rejected, e.LostGroups = o.Errors, 0 // a row each, if said when it comes out
		left -= o.LostGroups
		if b.stop {
			e.Waiting = left
		} else {
			e.rest(left, b.cut[st][k+1])
		}
	case *ir.SortOp:
		switch {
		case x.Keep >= 0:
			e.Passed = left // they are not among the first ones
		case b.stop:
			e.Waiting = left
		default:
			e.rest(left, b.cut[st][k+1])
		}
	case *ir.ExpandOp:
		e.Made = -left
	case *ir.RepeatOp, *ir.UnnestOp, *ir.RankOp, *ir.RankPartialOp, *ir.LookupOp, *ir.ByKeyOp, *ir.CoarsenOp:
		if left > 0 {
			e.Filtered += left
		} else {
			e.Made -= left
		}
	case *ir.WindowTVFOp:
		switch {
		case x.Window.Size != x.Window.Slide || x.Window.Kind == ir.CountRows:
			e.Made = -left
		case x.Window.Kind == ir.Session && b.stop:
			e.Waiting = left
		default:
			e.rest(left, x.Window.Kind == ir.Session && b.cut[st][k+1])
		}
	case *ir.WindowAggOp, *ir.AttachedAggOp, *ir.GroupAggOp, *ir.JoinOp, *ir.TemporalOp:
		e.Aggregate = true
		e.Counted, e.Passed, e.LateUsed = o.Grouped, o.Outside, o.LateUsed
		e.rest(left+o.RowsOut-o.Grouped-o.Outside, b.cut[st][k+1])
	default:
		e.rest(left, b.cut[st][k+1])
	}
	b.sent[st.ID] += o.Errors
	b.add(e, k+1)
	return o.RowsOut
}

// cutShort says of each place of each chain, behind its source, whether a LIMIT from
// there on may end the rows that come to it.
func cutShort(p *ir.Plan) map[*ir.Stage][]bool {
	out := map[*ir.Stage][]bool{}
	readers := map[int][]bool{} // by stage: of each reader
	for i := len(p.Stages) - 1; i >= 0; i-- {
		st := p.Stages[i]
		places := make([]bool, len(st.Ops)+1)
		places[len(st.Ops)] = st.Sink == nil && !slices.Contains(readers[st.ID], false)
		for k := len(st.Ops) - 1; k >= 0; k-- {
			_, limits := st.Ops[k].(*ir.LimitOp)
			places[k] = limits || places[k+1]
		}
		out[st] = places
		for _, in := range st.In {
			if in.Mode != ir.Letters {
				readers[in.From] = append(readers[in.From], places[0])
			}
		}
	}
	return out
}

// Balanced returns an error that names the first place of the ledger where rows are
// missing.
func (s *Stats) Balanced() error {
	for i := range s.Ledger {
		e := &s.Ledger[i]
		if e.Missing != 0 || e.Counted < 0 || e.Passed < 0 || e.Filtered < 0 {
			return fmt.Errorf("%s of stage %d: %s", e.Name, e.Stage, e)
		}
	}
	return nil
}
