package explain

import (
	"time"

	"github.com/helios-stream/helios/vexec/run"
)

// Measure adds what a run of the plan did to its graph.
func (g *Graph) Measure(s *run.Stats, elapsed time.Duration) {
	g.Run = &Run{Elapsed: elapsed, Starting: elapsed - s.Running - s.Finishing, Running: s.Running, Finishing: s.Finishing,
		PeakMemory: s.PeakMemory, DeadLetters: s.DeadLetters}
	boxes := map[int]*Box{}
	for _, b := range g.Boxes {
		boxes[b.ID] = b
	}
	measureLoads(boxes, s.Loads, s.Running)
	for i := range s.Stages {
		if b := boxes[s.Stages[i].ID]; b != nil {
			b.measure(&s.Stages[i], s.Running)
		}
	}
	at := map[int]int{} // of each box: its steps that have their ledger
	for i := range s.Ledger {
		e := &s.Ledger[i]
		if b := boxes[e.Stage]; b != nil && at[e.Stage] < len(b.Steps) {
			if m := b.Steps[at[e.Stage]].Measured; m != nil {
				m.Ledger = e.String()
			}
			at[e.Stage]++
		}
	}
}

func measureLoads(boxes map[int]*Box, loads []run.LoadStats, running time.Duration) {
	for i := range loads {
		l := &loads[i]
		measureLoads(boxes, l.Loads, running)
		var last *Box
		for k := range l.Stages {
			if last = boxes[l.Stages[k].ID]; last != nil {
				last.measure(&l.Stages[k], 0)
			}
		}
		if last != nil {
			last.Steps[len(last.Steps)-1].Measured = &Measured{RowsIn: l.Rows + l.Unkept, RowsOut: l.Rows, Filtered: l.Unkept, State: l.Bytes, Keys: l.Keys, Reads: l.Reads, Failed: l.Failed}
		}
	}
}

func (b *Box) measure(st *run.StageStats, running time.Duration) {
	b.Times = &Times{Tasks: len(st.Tasks), Waiting: st.Waiting, Receive: st.Receive, Send: st.Send, Within: len(st.Tasks) == 0}
	for _, w := range st.Tasks {
		b.Times.Wall += w
	}
	b.Times.Idle = max(0, time.Duration(len(st.Tasks))*running-b.Times.Wall)
	left := b.Steps
	next := func(m *Measured) {
		if len(left) > 0 {
			left[0].Measured = m
			left = left[1:]
		}
	}
	if c := st.Scan; c != nil {
		next(&Measured{RowsIn: c.Rows + c.Bad, RowsOut: c.RowsOut, Units: c.Units, Batches: c.Batches, Bytes: c.Bytes, Pruned: c.Pruned, Splits: int64(c.Splits), LeftOut: int64(c.LeftOut), Filters: c.Filters, Late: c.Late, Bad: c.Bad, Errors: c.Errors, Time: c.Time})
	}
	for _, o := range st.Ops {
		next(operator(&o))
	}
	if st.Sink != nil {
		m := operator(st.Sink)
		m.sink = true
		next(m)
	}
}

func operator(o *run.OpStats) *Measured {
	return &Measured{RowsIn: o.RowsIn, RowsOut: o.RowsOut, Batches: o.Batches, State: o.StateBytes, Late: o.Late, LateUsed: o.LateUsed,
		Errors: o.Errors, Expired: o.Expired, Filtered: o.Filtered, Lookup: o.Lookup, Time: o.Time}
}
