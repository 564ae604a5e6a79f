// Package metrics shows what a run does as numbers with names and labels: in the text
// format of Prometheus, and as JSON.
package metrics

import (
	"strconv"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/run"
)

// Family is all samples of one name.
type Family struct {
	Name    string   `json:"name"`
	Type    string   `json:"type"` // counter or gauge
	Help    string   `json:"help"`
	Samples []Sample `json:"samples"`
}

// Sample is one number. Its labels are in the order in which they are shown.
type Sample struct {
	Labels []Label
	Value  float64
}

// Label is one label of a sample.
type Label struct{ Name, Value string }

// Build says what runs.
type Build struct{ Version, Go string }

// Families lists what there is to say of a run at the moment now; s may be nil, before
// there is one. Counters go on from a restored checkpoint. Labels depend on the plan
// alone: stage and position of an operator are those of `heliosc explain`.
func Families(b Build, s *run.Snapshot, now time.Time) []Family {
	var c collector
	c.gauge("heliosc_build_info", "What runs; the value is 1.", 1, Label{"version", b.Version}, Label{"go", b.Go})
	up := 0.0
	if s != nil && s.Running {
		up = 1
	}
	c.gauge("heliosc_running", "1 while the sources and sinks of the query are open.", up)
	if s == nil {
		return c.families
	}
	c.totals(s)
	c.loads(s.Stats.Loads)
	for i := range s.Stats.Stages {
		c.stage(&s.Stats.Stages[i])
	}
	for _, scan := range s.Scans {
		c.scan(&scan)
	}
	for _, q := range s.Queues {
		at := Label{"stage", strconv.Itoa(q.Stage)}
		c.gauge("heliosc_queue_rows", "Rows that wait before the tasks of a stage.", float64(q.Rows), at)
		c.gauge("heliosc_queue_capacity_rows", "Rows that fit there.", float64(q.Room), at)
	}
	c.memory(s)
	c.checkpoints(s, now)
	return c.families
}

type collector struct{ families []Family }

func (c *collector) counter(name, help string, value int64, labels ...Label) {
	c.add(name, "counter", help, float64(value), labels)
}

func (c *collector) gauge(name, help string, value float64, labels ...Label) {
	c.add(name, "gauge", help, value, labels)
}

func (c *collector) add(name, kind, help string, value float64, labels []Label) {
	sample := Sample{labels, value}
	for i := range c.families {
		if c.families[i].Name == name {
			c.families[i].Samples = append(c.families[i].Samples, sample)
			return
		}
	}
	c.families = append(c.families, Family{Name: name, Type: kind, Help: help, Samples: []Sample{sample}})
}

func (c *collector) totals(s *run.Snapshot) {
	p := &s.Progress
	c.gauge("heliosc_input_rows", "Rows read by all scans since this start.", float64(p.Rows))
	c.gauge("heliosc_input_read_bytes", "Bytes of the input that have been read, before a restart too.", float64(p.Bytes))
	c.gauge("heliosc_input_total_bytes", "Bytes of the whole input; 0 where nobody knows.", float64(p.Total))
	c.counter("heliosc_dead_letters_total", "Rows that could not be processed and were written to the dead letters.", s.Stats.DeadLetters)
}

// loads are the relations that were read before the tasks ran.
func (c *collector) loads(list []run.LoadStats) {
	for i := range list {
		l := &list[i]
		c.loads(l.Loads)
		at := Label{"load", l.Name}
		c.gauge("heliosc_load_rows", "Rows that are held of a table that joins look rows up in.", float64(l.Rows), at)
		c.gauge("heliosc_load_bytes", "Their memory.", float64(l.Bytes), at)
		c.counter("heliosc_load_reads_total", "How often such a table was read to its end.", l.Reads, at)
		c.counter("heliosc_load_failures_total", "How often reading it anew failed: the rows before stay.", l.Failed, at)
		for k := range l.Stages {
			c.stage(&l.Stages[k])
		}
	}
}

func (c *collector) stage(st *run.StageStats) {
	at := Label{"stage", strconv.Itoa(st.ID)}
	if x := st.Scan; x != nil {
		table := Label{"table", x.Table}
		c.counter("heliosc_scan_rows_total", "Rows of a table that were read.", x.Rows, at, table)
		c.counter("heliosc_scan_rows_out_total", "Rows that a scan handed on.", x.RowsOut, at, table)
		c.counter("heliosc_scan_pruned_rows_total", "Rows that a scan left out by the query's conditions.", x.Pruned, at, table)
		for _, f := range x.Filters {
			c.counter("heliosc_scan_filtered_rows_total", "Of the rows that a scan left out, those without a key of a relation that was read first.", f.Rows, at, table, Label{"load", f.Load})
		}
		c.counter("heliosc_scan_bad_rows_total", "Records that could not be decoded.", x.Bad, at, table)
		c.counter("heliosc_scan_late_rows_total", "Rows that a scan dropped behind the watermark.", x.Late, at, table)
		c.counter("heliosc_scan_error_rows_total", "Rows without an event time.", x.Errors, at, table)
		c.counter("heliosc_scan_units_total", "Pieces of the input that were read.", x.Units, at, table)
		c.counter("heliosc_scan_bytes_total", "Bytes of the input that were read.", x.Bytes, at, table)
	}
	for i := range st.Ops {
		c.operator(&st.Ops[i], at, Label{"position", strconv.Itoa(i + 1)})
	}
	if x := st.Sink; x != nil {
		sink := Label{"sink", x.Name}
		c.counter("heliosc_sink_rows_total", "Rows that reached a sink.", x.RowsIn, at, sink)
		c.counter("heliosc_sink_error_rows_total", "Rows that a sink could not take.", x.Errors, at, sink)
	}
}

func (c *collector) operator(o *run.OpStats, labels ...Label) {
	labels = append(labels, Label{"operator", o.Name})
	c.counter("heliosc_operator_rows_in_total", "Rows that an operator took.", o.RowsIn, labels...)
	c.counter("heliosc_operator_rows_out_total", "Rows that an operator made.", o.RowsOut, labels...)
	c.counter("heliosc_operator_batches_total", "Batches that an operator took.", o.Batches, labels...)
	c.counter("heliosc_operator_filtered_rows_total", "Rows for which a filter's condition was not true.", o.Filtered, labels...)
	c.counter("heliosc_operator_late_rows_total", "Rows that came behind the watermark and counted nowhere.", o.Late, labels...)
	c.counter("heliosc_operator_late_used_rows_total", "Rows that came behind the watermark and that a join used nonetheless.", o.LateUsed, labels...)
	c.counter("heliosc_operator_error_rows_total", "Rows that an operator could not process.", o.Errors, labels...)
	c.counter("heliosc_operator_expired_rows_total", "Rows whose state was given up.", o.Expired, labels...)
	c.gauge("heliosc_operator_state_max_bytes", "Most bytes of state that an operator was seen with.", float64(o.StateBytes), labels...)
	if o.Lookup != nil {
		c.lookup(o.Lookup, labels)
	}
}

// lookup is a join with a table that is looked up by key.
func (c *collector) lookup(l *run.LookupStats, labels []Label) {
	labels = append(labels, Label{"table", l.Table})
	c.counter("heliosc_lookup_hits_total", "Keys whose answers were in the cache of a join; a key counts once in each batch that has it.", l.Hits, labels...)
	c.counter("heliosc_lookup_misses_total", "Keys that a table was asked for.", l.Misses, labels...)
	c.counter("heliosc_lookup_requests_total", "Requests to the table, all tries included.", l.Requests, labels...)
	c.counter("heliosc_lookup_retries_total", "Requests that were sent again.", l.Retries, labels...)
	c.counter("heliosc_lookup_failed_keys_total", "Keys that could not be answered: their rows are rejected.", l.Failed, labels...)
	c.counter("heliosc_lookup_evicted_rows_total", "Rows that the cache gave up to make room.", l.Evicted, labels...)
	c.gauge("heliosc_lookup_cache_rows", "Rows of answers in the cache; a key without rows counts as one.", float64(l.Rows), labels...)
	c.gauge("heliosc_lookup_cache_bytes", "Their memory.", float64(l.Bytes), labels...)
}

func (c *collector) scan(s *run.ScanNow) {
	labels := []Label{{"stage", strconv.Itoa(s.Stage)}, {"table", s.Table}}
	c.gauge("heliosc_scan_splits", "Files or partitions that are being read.", float64(s.Splits), labels...)
	c.gauge("heliosc_scan_splits_waiting", "Files or partitions that have not begun.", float64(s.Waiting), labels...)
	if !s.Timed || s.Watermark == ir.MinMicros || s.Watermark == ir.MaxMicros {
		return
	}
	c.gauge("heliosc_scan_watermark_seconds", "The watermark of a scan, in seconds since 1970; missing before the first row and at the end.", float64(s.Watermark)/1e6, labels...)
	c.gauge("heliosc_scan_watermark_lag_seconds", "How far the watermark is behind the clock.", s.Lag.Seconds(), labels...)
}

func (c *collector) memory(s *run.Snapshot) {
	c.gauge("heliosc_memory_used_bytes", "State and queues of the query.", float64(s.MemoryUsed))
	c.gauge("heliosc_memory_peak_bytes", "Most bytes that they ever had.", float64(s.Stats.PeakMemory))
	c.gauge("heliosc_memory_limit_bytes", "What --memory allows; 0: no limit.", float64(s.MemoryLimit))
	for _, h := range s.Memory {
		c.gauge("heliosc_memory_bytes", "The same by who holds it.", float64(h.Bytes), Label{"holder", h.Name})
	}
}

func (c *collector) checkpoints(s *run.Snapshot, now time.Time) {
	x := &s.Checkpoints
	c.counter("heliosc_checkpoints_total", "Checkpoints that are complete, since this start.", x.Taken)
	if x.Last == 0 {
		return
	}
	c.gauge("heliosc_checkpoint_duration_seconds", "How long the last checkpoint took.", x.Duration.Seconds())
	c.gauge("heliosc_checkpoint_bytes", "State that the last checkpoint names.", float64(x.Bytes))
	c.gauge("heliosc_checkpoint_age_seconds", "How long ago the last checkpoint was begun.", max(now.Sub(time.UnixMicro(int64(x.Last))).Seconds(), 0))
}
