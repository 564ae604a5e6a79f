package explain

import (
	"time"

	"github.com/helios-stream/helios/vexec/run"
)

// Measure adds what a run of the plan did to its graph.
func (g *Graph) Measure(s *run.Stats, elapsed time.Duration) {
	g.Run = &Run{Elapsed: elapsed, Starting: elapsed - s.Running - s.Finishing, Running: s.Running, Finishing: s.Finishing,
		PeakMemory: s.PeakMemory, DeadLetters: s.DeadLetters}
	for i, st := range s.Stages {
		if i < len(g.Boxes) {
			g.Boxes[i].measure(&st, s.Running)
		}
	}
	left := s.Ledger
	for _, b := range g.Boxes {
		for _, step := range b.Steps {
			if step.Measured != nil && len(left) > 0 {
				step.Measured.Ledger = left[0].String()
				left = left[1:]
			}
		}
	}
}

func (b *Box) measure(st *run.StageStats, running time.Duration) {
	b.Times = &Times{Tasks: len(st.Tasks), Waiting: st.Waiting, Receive: st.Receive, Send: st.Send, Within: len(st.Tasks) == 0}
	for _, w := range st.Tasks {
		b.Times.Wall += w
	}
	b.Times.Idle = time.Duration(len(st.Tasks))*running - b.Times.Wall
	left := b.Steps
	next := func(m *Measured) {
		if len(left) > 0 {
			left[0].Measured = m
			left = left[1:]
		}
	}
	if c := st.Scan; c != nil {
		next(&Measured{RowsIn: c.Rows + c.Bad, RowsOut: c.RowsOut, Units: c.Units, Batches: c.Batches, Bytes: c.Bytes, Pruned: c.Pruned, Splits: int64(c.Splits), LeftOut: int64(c.LeftOut), Late: c.Late, Bad: c.Bad, Errors: c.Errors, Time: c.Time})
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
	return &Measured{RowsIn: o.RowsIn, RowsOut: o.RowsOut, Batches: o.Batches, State: o.StateBytes, Late: o.Late,
		Errors: o.Errors, Expired: o.Expired, Filtered: o.Filtered, Time: o.Time}
}
