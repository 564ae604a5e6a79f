package querytest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/run"
)

// Script takes a run through the steps of a query: each is done when the run has nothing
// more to do for the one before it.
type Script struct {
	query *Query
	judge *judge
	fed   map[string]*fed
	out   *Outcome
	plan  *ir.Plan

	next   int       // the step at hand
	start  int       // number of the start that it knows of
	limit  int       // what was fed by the steps below is shown, once all is read again
	until  ir.Micros // the clock is on its way to here
	stride ir.Micros // the way is gone in at least such pieces, whatever is due
	cut    bool      // the checkpoint before the step is taken
	ended  bool
	// stopped: the run was, as the steps do not end its input.
	stopped bool
	asked   int // how often the run had nothing to do behind its end
}

// maxPieces is in how many pieces a span of time passes: windows of processing time are
// due fifty times a second.
const maxPieces = 1000

// maxAsked is how often a run may have nothing to do behind the end of its input.
const maxAsked = 100_000

// feeds are the mappings that the steps are for.
func (q *Query) feeds(path string, unit int) map[string]*fed {
	out := map[string]*fed{}
	for _, s := range q.Steps {
		if s.checks() || s.Table == "" {
			continue
		}
		if out[s.Table] == nil {
			out[s.Table] = &fed{path: path, unit: unit}
		}
		p := out[s.Table].partition(s.Partition)
		for i := range s.Records {
			p.entries = append(p.entries, entry{step: s.number, record: &s.Records[i]})
		}
	}
	return out
}

// restarts is how often the script restarts the run.
func (s *Script) restarts() int {
	n := 0
	for _, st := range s.query.Steps {
		if st.Kind == Restart {
			n++
		}
	}
	return n
}

// begins is when the run begins: at the time of a step clock that is the first of all.
func (s *Script) begins() ir.Micros {
	if first := s.query.Steps[0]; first.Kind == Clock && first.At > 0 {
		return first.At
	}
	return 0
}

func (s *Script) begin(out *Outcome, p *ir.Plan) { s.out, s.plan = out, p }

// scans are those of a mapping that is fed.
func (s *Script) scans(name string) (out []*ir.PhysScan) {
	for _, st := range s.plan.AllStages() {
		if st.Scan != nil && st.Scan.Table.Name == name {
			out = append(out, st.Scan)
		}
	}
	return out
}

// quiet says what happens next; it is run.SimOptions.Quiet.
func (s *Script) quiet(now ir.Micros, start int) (run.SimMove, error) {
	if start != s.start { // what was read since the checkpoint is read again, in the order of the steps
		s.start, s.cut = start, false
		s.show(0)
		return run.SimMove{}, nil
	}
	if s.shown() < s.limit {
		s.show(s.shown() + 1)
		return run.SimMove{}, nil
	}
	if now < s.until {
		return s.pass(now)
	}
	if s.ended {
		if s.asked++; s.asked > maxAsked {
			return run.SimMove{}, errors.New("the input has ended, and the query waits for more")
		}
		return run.SimMove{Until: ir.MaxMicros}, nil // windows of processing time may wait for their ends
	}
	if s.next == len(s.query.Steps) {
		s.ended, s.stopped = true, true
		return run.SimMove{Stop: true}, nil
	}
	st := s.query.Steps[s.next]
	move, done, err := s.step(st, now)
	s.stride = max(0, s.until-now) / maxPieces
	if done {
		s.next++
		s.cut = false
	}
	if err != nil {
		return move, &stepError{st, err}
	}
	return move, nil
}

// stepError says at which step a run failed.
type stepError struct {
	step *Step
	err  error
}

func (e *stepError) Error() string { return "-- " + e.step.String() + ": " + e.err.Error() }
func (e *stepError) Unwrap() error { return e.err }

func (s *Script) step(st *Step, now ir.Micros) (move run.SimMove, done bool, err error) {
	switch st.Kind {
	case Feed:
		s.fed[st.Table].partition(st.Partition).heard = now
		s.limit = st.number + 1
	case Watermark:
		err = s.watermark(st)
		s.limit = st.number + 1
	case Idle:
		err = s.idle(st, now)
	case Clock:
		if s.until = st.At; st.At == 0 {
			s.until = now + ir.Micros(st.Span.Microseconds())
		}
		if s.until < now {
			err = errors.New("the clock is ahead of that already: it begins at 1970-01-01 00:00:00 and never goes back")
		}
	case Restart:
		if !s.cut {
			s.cut = true
			return run.SimMove{Checkpoint: true}, false, nil
		}
		return run.SimMove{Kill: true}, true, nil
	case End:
		s.ended = true
		for _, t := range s.fed {
			t.ended = true
		}
	default:
		if !s.cut { // sinks show what they have
			s.cut = true
			return run.SimMove{Checkpoint: true}, false, nil
		}
		return run.SimMove{}, true, s.judge.check(st, s.out)
	}
	return run.SimMove{}, true, err
}

func (s *Script) shown() int {
	for _, t := range s.fed {
		return t.shown
	}
	return s.limit
}

func (s *Script) show(n int) {
	for _, t := range s.fed {
		t.shown = n
	}
}

// watermark puts an entry into a partition that has the time of a row, and no row.
func (s *Script) watermark(st *Step) error {
	lag, found := int64(0), false
	for _, scan := range s.scans(st.Table) {
		if scan.TimeCol < 0 {
			continue
		}
		if found && scan.Lag != lag {
			return fmt.Errorf("the query reads %s with several lags; feed a row instead", st.Table)
		}
		lag, found = scan.Lag, true
	}
	if !found {
		return fmt.Errorf("%s has no watermark of its own: it is made further up in the query, or there is none; feed a row instead", st.Table)
	}
	p := s.fed[st.Table].partition(st.Partition)
	s.insert(p, entry{step: st.number, greatest: st.At + ir.Micros(lag)})
	return nil
}

// insert puts an entry before those of later steps.
func (s *Script) insert(p *partition, e entry) {
	at := slices.IndexFunc(p.entries, func(o entry) bool { return o.step > e.step })
	if at < 0 {
		at = len(p.entries)
	}
	p.entries = slices.Insert(p.entries, at, e)
}

// idle lets the 'idle.timeout' of a mapping pass, in which all its partitions but one that
// are awake have something.
func (s *Script) idle(st *Step, now ir.Micros) error {
	scans := s.scans(st.Table)
	if len(scans) == 0 {
		return fmt.Errorf("the query does not read %s", st.Table)
	}
	timeout, _, err := vexec.StreamTimes(scans[0].Table)
	if err != nil {
		return err
	}
	span := ir.Micros(timeout.Microseconds())
	switch {
	case s.fed[st.Table].bounded:
		return fmt.Errorf("the input of %s ends by itself, and none of its partitions is ever idle", st.Table)
	case span == 0:
		return fmt.Errorf("no partition of %s becomes idle: the mapping has no 'idle.timeout'", st.Table)
	}
	s.until = now + span
	for _, p := range s.fed[st.Table].parts {
		if p.name != st.Partition && now-p.heard < span {
			s.insert(p, entry{step: st.number, greatest: ir.MinMicros})
			p.heard = s.until
		}
	}
	return nil
}

// pass lets time pass; what was put there for its end is shown as it comes.
func (s *Script) pass(now ir.Micros) (run.SimMove, error) {
	s.limit = max(s.limit, s.next)
	s.show(s.limit)
	return run.SimMove{Until: s.until, Skip: now + s.stride}, nil
}

// rest compares what is compared behind the end of the run.
func (s *Script) rest() error {
	for ; s.next < len(s.query.Steps); s.next++ {
		if st := s.query.Steps[s.next]; st.checks() {
			if err := s.judge.check(st, s.out); err != nil {
				return &stepError{st, err}
			}
		}
	}
	return nil
}

// unknown refuses steps for mappings that the query does not read.
func (s *Script) unknown(p *ir.Plan) error {
	read := map[string]bool{}
	for _, st := range p.AllStages() {
		if st.Scan != nil {
			read[st.Scan.Table.Name] = true
		}
		for _, t := range st.ByKeyTables() {
			read[t.Name] = true
		}
	}
	for _, st := range s.query.Steps {
		if st.checks() || st.Table == "" || read[st.Table] {
			continue
		}
		names := slices.Sorted(maps.Keys(read))
		text := "the query reads no mapping " + st.Table
		if near := compiler.DidYouMean(st.Table, names); near != "" {
			text += "; did you mean " + near + "?"
		} else if len(names) > 0 {
			text += "; it reads: " + strings.Join(names, ", ")
		}
		return &stepError{st, errors.New(text)}
	}
	return nil
}
