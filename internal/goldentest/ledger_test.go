package goldentest

import (
	"fmt"
	"strings"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/run"
)

// ledger holds that no row vanished between the scans and the sinks: what goes into
// a place goes on from it or is counted as what became of it. It returns the first
// place where the statistics of a run do not add up. A run that was restarted with
// another plan has counted rows before its aggregates and groups before others.
func ledger(p *ir.Plan, s *run.Stats, replanned bool) error {
	if s.Done { // there was nothing left to do, and nothing was counted
		return nil
	}
	if replanned {
		for i := range s.Ledger {
			if e := &s.Ledger[i]; e.Aggregate {
				e.Missing, e.Counted = 0, max(e.Counted, 0)
			}
		}
	}
	if err := s.Balanced(); err != nil {
		return err
	}
	var read, gone, written, made, lost int64
	aggregates := false
	for i := range s.Ledger {
		e := &s.Ledger[i]
		if n := e.In + e.Made - e.Filtered - e.Late - e.Rejected - e.Expired - e.Pruned - e.Passed - e.Counted - e.Unwanted; !e.Aggregate && n != e.Out {
			return fmt.Errorf("%s of stage %d: %d rows are left, and %d went on: %s", e.Name, e.Stage, n, e.Out, e)
		}
		aggregates = aggregates || e.Aggregate
		switch {
		case e.Sink:
			written += e.Out
		case strings.HasPrefix(e.Name, "Scan(") || e.Name == "Values":
			read += e.In
		case strings.HasPrefix(e.Name, "Load("):
			gone += e.Out // they are in memory
		}
		gone += e.Filtered + e.Late + e.Rejected + e.Expired + e.Pruned + e.Passed + e.Unwanted
		made += e.Made
		lost += e.Rejected + e.LostGroups
	}
	if whole := !aggregates && !branches(p) && len(p.Loads) == 0; whole && read+made != written+gone {
		return fmt.Errorf("the whole query: %d rows read and %d made, %d written and %d gone", read, made, written, gone)
	}
	if s.DeadLetters+dropped(s) != lost {
		return fmt.Errorf("%d dead letters, but %d records and rows were lost to errors", s.DeadLetters, lost)
	}
	return nil
}

// branches reports whether rows go several ways, and so count several times: dead letters
// that go to a mapping do, as rows and as letters, and rows that joins pair.
func branches(p *ir.Plan) bool {
	readers := map[int]int{}
	for _, st := range p.Stages {
		for _, op := range st.Ops {
			if strings.HasPrefix(op.Name(), "Join") {
				return true
			}
		}
		for _, in := range st.In {
			if readers[in.From]++; readers[in.From] > 1 || in.Mode == ir.Letters {
				return true
			}
		}
	}
	return false
}

// dropped is the rows that 'on.error'='drop' had dropped.
func dropped(s *run.Stats) int64 {
	for _, l := range s.Losses {
		if l.Kind == run.LossDropped {
			return l.Count
		}
	}
	return 0
}
