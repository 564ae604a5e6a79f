package run

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/helios-stream/helios/ir"
)

// Stats is what a run did. After a restart the counts go on from the checkpoint.
type Stats struct {
	Stages      []StageStats
	Loads       []LoadStats // of relations that were read first; their stages are none of Stages
	DeadLetters int64       // rows that went to the dead letters, also those of mappings
	FirstLetter string      // where and why, of one of the first
	Ledger      []Entry     // of every scan, operator and sink, in the order of the plan; not of a run that goes on
	Losses      []Loss      // all that could not be processed, by where it went
	Epochs      uint64      // of the last checkpoint or commit
	PeakMemory  int64       // of state and queues, in bytes
	// Starting is what it took until the tasks ran, Running how long some did, Finishing
	// what it took behind that: together all of Run.
	Starting, Running, Finishing time.Duration
	Stopped                      bool // Config.Stop has ended the run
	Done                         bool // the checkpoint said that nothing was left to do
}

// StageStats is one stage, its tasks taken together.
type StageStats struct {
	ID   int
	Scan *ScanStats // nil unless the stage reads a table or makes literal rows
	Ops  []OpStats
	Sink *OpStats // nil unless the stage writes

	// With Config.Times, of all tasks: what they took to receive rows from other
	// stages, to hand rows to them, and what they waited.
	Receive, Send, Waiting time.Duration
	// Tasks is how long each task ran. The times of a stage add up to their sum; those
	// of a stage that runs within another's tasks (exchange "forward"), which has none
	// of its own, count there.
	Tasks []time.Duration
}

// ScanStats is one scan. Rows + Bad are the records read;
// Rows = RowsOut + Pruned + Late + Errors.
type ScanStats struct {
	Table   string
	Rows    int64 // of the table, also those that were left out
	Pruned  int64 // left out by the scan's terms and filters, most of them without being decoded
	RowsOut int64
	Bad     int64 // records that could not be decoded
	Late    int64 // dropped behind the watermark
	Errors  int64 // without an event time
	Units   int64
	Batches int64 // given by decoders
	Bytes   int64
	// Splits is how many there are, and LeftOut how many of them the scan's terms spared
	// the source: their rows are in no count, since nobody knows them.
	Splits, LeftOut int
	// Filters are what its filters left out, all of which is in Pruned. Rows that one of
	// them and a term do not want are counted for the term.
	Filters []FilterStats
	Time    time.Duration // with Config.Times: reading and decoding
}

// FilterStats is a filter of a scan by the keys of a load.
type FilterStats struct {
	Load string // the relation's name
	Rows int64  // that have none of its keys
}

// OpStats is one operator. For an operator that makes at most one row of each,
// RowsIn = RowsOut + Filtered + Late + Errors + Expired.
type OpStats struct {
	Name       string
	RowsIn     int64
	RowsOut    int64
	Batches    int64 // taken
	Filtered   int64 // of a Filter: rows for which the condition was not true
	Late       int64 // dropped
	LateUsed   int64 // of a join: rows behind the watermark that it has used nonetheless
	Errors     int64
	Expired    int64
	LostGroups int64         // of an aggregate, of Errors: groups, not rows
	Grouped    int64         // of an aggregate: rows that are in its groups, as it counts them itself
	Outside    int64         // of an aggregate: rows between its windows, which have gaps
	StateBytes int64         // most that it held at a barrier or at the end; with Config.Times also after each batch
	Time       time.Duration // with Config.Times: in the operator itself, without those that it calls
	Lookup     *LookupStats  // of a join by key; nil: it is another operator
}

// String is the counts as lines, a stage each.
func (s *Stats) String() string {
	out := ""
	for _, st := range s.Stages {
		out += fmt.Sprintf("stage %d:", st.ID)
		if c := st.Scan; c != nil {
			out += fmt.Sprintf(" Scan(%s) rows %d pruned %d bad %d late %d errors %d out %d;", c.Table, c.Rows, c.Pruned, c.Bad, c.Late, c.Errors, c.RowsOut)
		}
		for _, o := range st.Ops {
			out += fmt.Sprintf(" %s in %d out %d filtered %d late %d errors %d;", o.Name, o.RowsIn, o.RowsOut, o.Filtered, o.Late, o.Errors)
		}
		if st.Sink != nil {
			out += fmt.Sprintf(" %s rows %d;", st.Sink.Name, st.Sink.RowsIn)
		}
		out += "\n"
	}
	return out
}

// counter is the counts of one link of a chain, used by its task's goroutine.
type counter struct {
	in, out, batches      int64
	late, errors, expired int64
	bad, units, bytes     int64 // scans
	pruned                int64
	groups                int64 // lost ones
	grouped, outside      int64 // of operators that count them themselves
	used                  int64 // late ones, likewise
	state                 int64
	nanos                 int64
}

// fields lists the counts that checkpoints keep, by their names there.
func (c *counter) fields() map[string]*int64 {
	return map[string]*int64{
		"in": &c.in, "out": &c.out, "batches": &c.batches, "late": &c.late, "errors": &c.errors,
		"expired": &c.expired, "bad": &c.bad, "units": &c.units, "bytes": &c.bytes,
		"pruned": &c.pruned, "groups": &c.groups, "grouped": &c.grouped, "outside": &c.outside, "used": &c.used,
	}
}

func (c *counter) add(o *counter) {
	from := o.fields()
	for name, f := range c.fields() {
		*f += *from[name]
	}
	c.state += o.state
	c.nanos += o.nanos
}

// save adds the counts to a checkpoint's under the key of an operator.
func (c *counter) save(key string, to map[string]int64) {
	for name, f := range c.fields() {
		if *f != 0 {
			to[key+"."+name] += *f
		}
	}
}

func (c *counter) load(key string, from map[string]int64) {
	for name, f := range c.fields() {
		*f += from[key+"."+name]
	}
}

// loadLosses adds the rows that did not go on in an operator that this plan does
// not have, but whose work c's does.
func (c *counter) loadLosses(key string, from map[string]int64) {
	var gone counter
	gone.load(key, from)
	c.late, c.errors, c.expired = c.late+gone.late, c.errors+gone.errors, c.expired+gone.expired
}

func (c *counter) opStats(name string) OpStats {
	return OpStats{
		Name: name, RowsIn: c.in, RowsOut: c.out, Batches: c.batches,
		Late: c.late, Errors: c.errors, Expired: c.expired, LostGroups: c.groups, Grouped: c.grouped, Outside: c.outside, LateUsed: c.used, StateBytes: c.state,
		Time: time.Duration(c.nanos),
	}
}

// stats adds up the tasks. No task runs any more.
func (j *job) stats() *Stats {
	s := j.statsOf(ownCounts, ownTimes, j.coord.epoch)
	s.Ledger = ledger(j.plan, s)
	j.samples.addTo(s.Ledger)
	return s
}

// ownCounts is the counts of a task that does not run any more, ownTimes its times.
func ownCounts(t *task) (out []counter) {
	for i := range t.links {
		out = append(out, t.links[i].count)
	}
	return out
}

func ownTimes(t *task) (waited, wall time.Duration) {
	return time.Duration(t.waited), time.Duration(t.wall)
}

// noTimes is the times of a task that runs.
func noTimes(*task) (waited, wall time.Duration) { return 0, 0 }

// statsOf adds up the counts that counts returns, and the times, of each task.
func (j *job) statsOf(counts func(*task) []counter, times func(*task) (waited, wall time.Duration), epoch uint64) *Stats {
	s := &Stats{PeakMemory: j.budget.Peak(), Epochs: epoch}
	s.Losses = j.firsts.losses()
	for _, l := range s.Losses {
		if l.Kind != LossFile && l.Kind != LossMapping {
			continue
		}
		if s.DeadLetters == 0 {
			s.FirstLetter = l.First
		}
		s.DeadLetters += l.Count
	}
	for _, l := range j.loads {
		s.Loads = append(s.Loads, l.snapshot())
	}
	for i, st := range j.graph.Stages {
		s.Stages = append(s.Stages, j.stageStats(i, st.Plan.ID, counts, times))
	}
	return s
}

func (j *job) stageStats(i, id int, counts func(*task) []counter, times func(*task) (waited, wall time.Duration)) StageStats {
	st := j.graph.Stages[i]
	out := StageStats{ID: id}
	sum := make([]counter, len(st.Plan.Ops)+2)
	for _, t := range j.tasks {
		if t.stage == st {
			for k, c := range counts(t) {
				sum[k].add(&c)
			}
			waited, wall := times(t)
			out.Waiting += waited
			if wall > 0 {
				out.Tasks = append(out.Tasks, wall)
			}
		}
	}
	if len(st.Inputs) == 0 {
		c := &sum[0]
		out.Scan = &ScanStats{Table: sourceOf(sourceName(st.Plan)), Rows: c.in, Pruned: c.pruned, RowsOut: c.out, Bad: c.bad,
			Late: c.late, Errors: c.errors, Units: c.units, Batches: c.batches, Bytes: c.bytes, Time: time.Duration(c.nanos)}
		for _, s := range j.scans {
			if s.stage == id {
				out.Scan.Splits, out.Scan.LeftOut = len(s.splits), s.leftOut
				out.Scan.Filters = s.filterStats()
			}
		}
	} else {
		out.Receive = time.Duration(sum[0].nanos)
	}
	for k, op := range st.Plan.Ops {
		o := sum[k+1].opStats(op.Name())
		if late, ok := op.(*ir.LateOp); op.Name() == "Filter" || ok && !late.Rest {
			o.Filtered = o.RowsIn - o.RowsOut - o.Late - o.Errors - o.Expired
		}
		o.Lookup = j.lookupStats(op)
		out.Ops = append(out.Ops, o)
	}
	if st.Plan.Sink != nil {
		o := sum[len(sum)-1].opStats(sinkName(st.Plan.Sink))
		out.Sink = &o
	} else {
		out.Send = time.Duration(sum[len(sum)-1].nanos)
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
