package goldentest

import (
	"fmt"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/run"
)

// ledger holds that no row vanished between the scans and the sinks: what goes into
// a place goes on from it or is counted as what became of it. It returns the first
// place where the statistics of a run do not add up. A run that was restarted with
// another plan has counted rows before its aggregates and groups before others, and
// rows that came when a LIMIT above had enough stop where they are.
func ledger(p *ir.Plan, s *run.Stats, replanned bool) error {
	if s.Done { // there was nothing left to do, and nothing was counted
		return nil
	}
	var lost int64
	out := map[int]int64{} // by stage: the rows that left its chain
	cut := cutShort(p)
	for i, st := range p.Stages {
		got := &s.Stages[i]
		var rows int64
		if c := got.Scan; c != nil {
			if gone := c.RowsOut + c.Pruned + c.Late + c.Errors; c.Rows != gone && !(cut[st][0] && c.Rows > gone) {
				return fmt.Errorf("the scan of stage %d: %+v", st.ID, *c)
			}
			rows, lost = c.RowsOut, lost+c.Bad+c.Errors
		}
		for _, in := range st.In {
			rows += out[in.From]
		}
		for k, op := range st.Ops {
			o := &got.Ops[k]
			_, aggregates := op.(*ir.WindowAggOp)
			if o.RowsIn != rows && !(aggregates && replanned) && !(cut[st][k] && o.RowsIn < rows) {
				return fmt.Errorf("%s of stage %d took %d rows of %d", o.Name, st.ID, o.RowsIn, rows)
			}
			if onePerRow(op) && o.RowsIn != o.RowsOut+o.Filtered+o.Late+o.Errors+o.Expired || o.Filtered < 0 {
				return fmt.Errorf("stage %d: %+v", st.ID, *o)
			}
			rows, lost = o.RowsOut, lost+o.Errors
		}
		if got.Sink != nil && got.Sink.RowsIn != rows {
			return fmt.Errorf("%s of stage %d took %d rows of %d", got.Sink.Name, st.ID, got.Sink.RowsIn, rows)
		}
		out[st.ID] = rows
	}
	if s.DeadLetters != lost && !drops(p) {
		return fmt.Errorf("%d dead letters, but %d records and rows were lost to errors", s.DeadLetters, lost)
	}
	return nil
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
			readers[in.From] = append(readers[in.From], places[0])
		}
	}
	return out
}

// onePerRow reports whether an operator makes one row of each that it does not
// reject or filter out.
func onePerRow(op ir.PhysOp) bool {
	switch x := op.(type) {
	case *ir.FilterOp, *ir.ProjectOp, *ir.WatermarkOp:
		return true
	case *ir.WindowTVFOp:
		return x.Window.Size == x.Window.Slide
	}
	return false
}

// drops reports whether errors of some tables are only counted.
func drops(p *ir.Plan) bool {
	for _, st := range p.Stages {
		if st.Scan != nil && st.Scan.Table.Options["on.error"] == "drop" {
			return true
		}
	}
	return false
}
