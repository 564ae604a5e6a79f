package run

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/build"
	"github.com/helios-stream/helios/windows"
)

// newScan lists the splits of a stage's table, or its literal rows, and puts them where the checkpoint left
// them; saved is nil on a fresh start.
func newScan(j *job, st *build.Stage, source vexec.Source, saved json.RawMessage) (*scan, error) {
	s := &scan{
		name: sourceName(st.Plan), key: st.Key, stage: st.Plan.ID, source: source, bounded: source.Bounded(),
		spec: scanSpec(st.Plan, j.cfg.BatchRows), clock: j.cfg.Clock, ids: map[string]bool{}, low: ir.MinMicros,
	}
	s.spec.Clock, s.spec.Notify, s.spec.Durable = j.cfg.Clock, j.cfg.Notify, j.dir != nil && j.cfg.Delivery != ir.AtMostOnce
	if p := st.Plan.Scan; p != nil {
		s.timed, s.lag, s.enough = p.TimeCol >= 0, p.Lag, newEnough(p.Limit)
		for _, f := range p.Filters {
			s.filters = append(s.filters, scanFilter{by: f})
		}
		s.filterNear(j)
		if err := s.stream(p.Table); err != nil {
			return nil, err
		}
	}
	s.changed.L, s.lived = &s.mu, j.cfg.Clock.Now()
	var state scanState
	if saved != nil {
		if err := json.Unmarshal(saved, &state); err != nil {
			return nil, fmt.Errorf("its place in the checkpoint cannot be read: %w", err)
		}
		state.number()
	}
	s.passed, s.numbered = state.Tickets, st.Plan.Values != nil || st.Plan.Scan != nil && st.Plan.Scan.Numbered
	if err := s.resume(j.ctx, state); err != nil {
		return nil, err
	}
	found, err := source.Splits(j.ctx)
	if err != nil {
		return nil, err
	}
	if err := s.place(found, state); err != nil {
		return nil, err
	}
	if sifter, does := source.(vexec.Sifter); does {
		for _, p := range s.splits {
			if p != nil && sifter.LeavesOut(s.spec, p.Split) {
				s.leftOut++
			}
		}
	}
	return s, s.peek(j.ctx)
}

// stream takes the options of an unbounded table.
func (s *scan) stream(t *ir.Table) error {
	if s.bounded {
		return nil
	}
	idle, linger, err := vexec.StreamTimes(t)
	s.idle, s.spec.Linger = ir.Micros(idle.Microseconds()), linger
	return err
}

// number numbers the splits of checkpoints that do not say their numbers.
func (st *scanState) number() {
	if st.Next > 0 {
		return
	}
	st.Next = int32(len(st.Splits))
	for i := range st.Splits {
		st.Splits[i].Part = int32(i)
	}
}

// resume tells a source that wants to know which splits the checkpoint has.
func (s *scan) resume(ctx context.Context, state scanState) error {
	r, wants := s.source.(vexec.Growing)
	if !wants {
		return nil
	}
	var saved []vexec.SavedSplit
	for _, old := range state.Splits {
		if old.Ended {
			continue
		}
		saved = append(saved, vexec.SavedSplit{ID: old.ID, Position: old.Position})
	}
	return r.Resume(ctx, saved, state.Memory)
}

// scanSpec is what the source is asked for.
func scanSpec(st *ir.Stage, maxRows int) *vexec.Scan {
	if st.Values != nil {
		return &vexec.Scan{Schema: st.Values.Out, TimeCol: -1, MaxRows: maxRows}
	}
	p := st.Scan
	if p.Limit > 0 {
		maxRows = int(min(int64(maxRows), p.Limit))
	}
	s := &vexec.Scan{
		Table: p.Table, Cols: p.Cols, Schema: p.Out, TimeCol: p.TimeCol, MaxRows: maxRows,
		NullBad: p.Table.Options["on.error"] == "null" || vexec.IgnoresParseErrors(p.Table), Terms: p.Terms,
	}
	if p.Fields != nil {
		for _, place := range p.Places() {
			s.Paths = append(s.Paths, p.Table.Path(place))
		}
	}
	return s
}

// filterBy says what filter i of the plan is; nil: it leaves out nothing.
func (s *scan) filterBy(i int, keys *vexec.KeyFilter) {
	if keys == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.filters[i].keys = keys
	s.spec.Filters = append(s.spec.Filters, keys)
}

// filterStats is what the filters of the scan have left out.
func (s *scan) filterStats() (out []FilterStats) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.filters {
		if f.keys != nil {
			out = append(out, FilterStats{Load: f.by.LoadName, Rows: f.keys.Drops()})
		}
	}
	return out
}

// place numbers the splits: those of the checkpoint keep their numbers, new ones
// come behind them.
func (s *scan) place(found []vexec.Split, saved scanState) error {
	byID := map[string]vexec.Split{}
	for _, f := range found {
		if _, twice := byID[f.ID]; twice {
			return fmt.Errorf("the source lists %s twice", f.ID)
		}
		byID[f.ID] = f
	}
	s.read, s.taken = saved.Read, saved.Read
	s.splits = make([]*split, saved.Next)
	for _, old := range saved.Splits {
		if old.Part < 0 || old.Part >= saved.Next || s.splits[old.Part] != nil {
			return fmt.Errorf("its place in the checkpoint cannot be read: %s has the number %d of %d", old.ID, old.Part, saved.Next)
		}
		f, there := byID[old.ID]
		if !there && !old.Ended {
			return fmt.Errorf("%s was being read when the checkpoint was taken and is not there any more; put it back, or start with another checkpoint folder", old.ID)
		}
		if !there {
			f = vexec.Split{ID: old.ID}
		}
		delete(byID, old.ID)
		s.put(f, old.Part).resume(old)
	}
	for _, f := range found {
		if _, fresh := byID[f.ID]; fresh {
			s.add(f)
		}
	}
	s.resumeTimes(saved)
	return nil
}

// add gives a split the next number.
func (s *scan) add(f vexec.Split) *split {
	s.splits = append(s.splits, nil)
	return s.put(f, int32(len(s.splits)-1))
}

func (s *scan) put(f vexec.Split, part int32) *split {
	p := &split{Split: f, part: part, from: f.From}
	s.splits[part] = p
	s.ids[f.ID] = true
	s.total += f.Bytes
	return p
}

func (p *split) resume(old splitState) {
	p.from, p.ended = old.Position, old.Ended
}

// resumeTimes makes the tracker as it was at the checkpoint. Splits that had ended
// are told of again, to operators that follow them.
func (s *scan) resumeTimes(saved scanState) {
	s.tracker = windows.NewTracker(s.lag, len(s.splits))
	if s.growing() {
		s.tracker.KeepOpen()
	}
	for i, p := range s.splits {
		switch {
		case p == nil:
			s.tracker.End(i)
		case !p.ended:
			s.waiting = append(s.waiting, p)
		}
	}
	for _, old := range saved.Splits {
		if old.Greatest != nil {
			s.tracker.Raise(int(old.Part), *old.Greatest)
		}
		if old.Ended {
			s.tracker.End(int(old.Part))
			s.tell = append(s.tell, news{part: old.Part})
		}
	}
	if saved.Watermark != nil {
		s.tracker.Restore(*saved.Watermark)
	}
}
