package helios

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/console"
	"github.com/helios-stream/helios/vexec/run"
)

// Stats is what a run did. After a restart the counts include those before it.
type Stats struct {
	RowsIn          int64 // records read by all scans, bad ones included
	RowsOut         int64 // rows that reached sinks
	Late            int64 // rows that came behind the watermark and counted nowhere
	LateUsed        int64 // rows that came behind the watermark and that a join used nonetheless
	Dropped         int64 // rows dropped as 'on.error'='drop' says
	DeadLetters     int64 // rows that went to the dead letters
	DeadLetterPath  string
	FirstDeadLetter string
	Stopped         bool  // Options.For has ended the run, not its input
	Checkpoints     int64 // of this query in its folder; 0 without one
	PeakMemory      int64 // of state and queues, in bytes
	Elapsed         time.Duration
	Lost            []Loss     // all that could not be processed, by where it went
	Run             *run.Stats // by stage and operator
}

// Loss counts what could not be processed and went one way.
type Loss = run.Loss

// The kinds of a Loss.
const (
	LossFile    = run.LossFile    // rows in the dead-letter file
	LossMapping = run.LossMapping // rows in the mapping Loss.To ('on.error'='dlq:<mapping>')
	LossDropped = run.LossDropped // rows ('on.error'='drop')
	LossNulled  = run.LossNulled  // fields that are NULL ('on.error'='null')
)

// Run runs the query to the end of its input and blocks until then. Cancelling ctx
// ends it at once; cancelling it with the cause ErrInterrupted drains it first. Stats
// come back with an error, too, unless nothing has run.
func (q *Query) Run(ctx context.Context) (*Stats, error) {
	return q.run(ctx, q.opt.Client)
}

// Snapshot is what the run under way has done so far, or the last run; nil: none has
// begun. It may be called by any goroutine beside Run, and costs the run nothing.
func (q *Query) Snapshot() *Snapshot { return q.monitor.Snapshot() }

func (q *Query) run(ctx context.Context, client clientSinks) (*Stats, error) {
	return q.runWith(ctx, func(*run.Config) {}, client)
}

func (q *Query) runWith(ctx context.Context, change func(*run.Config), client clientSinks) (*Stats, error) {
	if len(q.compiled.Analyses) > 0 {
		ready, err := q.analyzed(ctx)
		if err != nil {
			return nil, err
		}
		return ready.runWith(ctx, change, client)
	}
	begin := time.Now()
	hard, abort := context.WithCancel(context.WithoutCancel(ctx))
	defer abort()
	interrupt := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		if errors.Is(context.Cause(ctx), ErrInterrupted) {
			close(interrupt)
		} else {
			abort()
		}
	})
	defer stop()
	plan, err := q.revealedPlan()
	if err != nil {
		return nil, err
	}
	cfg := q.config(plan, client, interrupt)
	timeUp := make(chan struct{})
	if q.opt.For > 0 {
		timer := time.AfterFunc(q.opt.For, func() { close(timeUp) })
		defer timer.Stop()
		cfg.Stop = timeUp
	}
	change(&cfg)
	q.warnStdin()
	rs, err := run.Run(hard, plan, cfg)
	if err != nil && ctx.Err() != nil && !errors.Is(context.Cause(ctx), ErrInterrupted) {
		err = context.Cause(ctx) // not so while it drains: what fails then fails for a reason of its own
	}
	err = q.scrubError(err)
	if rs == nil {
		return nil, err
	}
	s := q.stats(rs)
	s.Elapsed = time.Since(begin)
	s.Stopped = rs.Stopped && err == nil
	return s, err
}

// clientSinks makes the sinks of the client.
type clientSinks = func(ClientStatement) (vexec.Sink, error)

func (q *Query) config(plan *ir.Plan, client clientSinks, interrupt chan struct{}) run.Config {
	o := &q.opt
	statements := q.clientStatements(plan)
	cfg := run.Config{
		Samples:   o.Samples,
		BatchRows: o.BatchRows, Memory: o.Memory, Dir: o.CheckpointDir, Interval: o.CheckpointInterval, Delivery: o.Delivery,
		PlanID: q.fingerprint(), Warn: o.Warn, Progress: o.Progress, Interrupt: interrupt, Flush: o.Flush, Monitor: q.monitor,
		Source: func(t *ir.Table) (vexec.Source, error) { return q.connector(t.Connector).Source(t) },
		Lookup: func(t *ir.Table) (vexec.Lookup, error) {
			l, ok := q.connector(t.Connector).(vexec.Looker)
			if !ok {
				return nil, fmt.Errorf("%s: the connector %s cannot be looked up by key", t.Name, t.Connector)
			}
			return l.Lookup(t)
		},
		Sink: func(s *ir.PhysSink) (vexec.Sink, error) {
			switch {
			case s.Table != nil && s.Table.Connector == console.PrintName:
				if o.Client == nil {
					return discard{}, nil
				}
				out, err := o.Client(statements[s])
				if err != nil {
					return nil, err
				}
				return console.AsAsked(out, s.Table), nil
			case s.Table != nil:
				return q.connector(s.Table.Connector).Sink(s.Table)
			case client == nil:
				return discard{}, nil
			}
			return client(statements[s])
		},
	}
	if o.Warn != nil {
		cfg.Warn = func(text string) { o.Warn(q.scrub(text)) }
	}
	if o.Notify != nil {
		cfg.Notify = func(text string) { o.Notify(q.scrub(text)) }
	}
	if cfg.BatchRows == 0 {
		cfg.BatchRows = DefaultBatchRows
	}
	if cfg.Interval == 0 {
		cfg.Interval = 5 * time.Second
	}
	if o.DeadLetters != "" {
		cfg.DeadLetters = func() (vexec.Sink, error) { return q.connector("file").Sink(deadLetterTable(o.DeadLetters)) }
	}
	return cfg
}

// deadLetterTable is the file that takes rows that cannot be processed.
func deadLetterTable(path string) *ir.Table {
	t := &ir.Table{Name: "dead letters", Connector: "file", Dir: ".", Options: map[string]string{"path": path, "format": "ndjson"}}
	for _, c := range run.DeadLetterSchema.Cols {
		t.Cols = append(t.Cols, ir.TableColumn{Column: c})
	}
	return t
}

// fingerprint tells queries apart whose checkpoints do not fit each other: another
// plan, or other data. The number of tasks is left out: a restart may change it. So are the
// tables that are read anew at each start: they may be elsewhere then.
func (q *Query) fingerprint() string {
	if q.planID != "" {
		return q.planID
	}
	h := sha256.New()
	text := ""
	if q.compiled.Logical != nil {
		text = ir.Print(q.compiled.Logical)
	} else {
		text = ir.PrintPlan(q.compiled.Plan) // of a plan that was loaded: its tasks do not change
	}
	io.WriteString(h, text)
	for _, f := range q.functions {
		if strings.Contains(text, f.Name+"(") { // another function of the name may take its calls
			fmt.Fprintf(h, "\n%s %s", f.Contract(), f.User.State)
		}
	}
	describe := func(t *ir.Table) {
		if t == nil {
			return
		}
		t = q.shownTable(t)
		fmt.Fprintf(h, "\n%s %s %s", t.Name, t.Connector, t.Dir)
		for _, k := range slices.Sorted(maps.Keys(t.Options)) {
			if !q.isSecret(t.Connector, k) { // which may be another one at the next start
				fmt.Fprintf(h, "\n%q=%q", k, t.Options[k])
			}
		}
	}
	for _, st := range q.compiled.Plan.Stages {
		if st.Scan != nil {
			describe(st.Scan.Table)
		}
		if st.Sink != nil {
			describe(st.Sink.Table)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (q *Query) stats(rs *run.Stats) *Stats {
	s := &Stats{DeadLetters: rs.DeadLetters, DeadLetterPath: q.opt.DeadLetters, FirstDeadLetter: q.scrub(rs.FirstLetter), Lost: rs.Losses,
		PeakMemory: rs.PeakMemory, Run: rs}
	if q.opt.CheckpointDir != "" {
		s.Checkpoints = int64(rs.Epochs)
	}
	s.Dropped = -rs.DeadLetters // of all rows that could not be processed, those that are kept
	s.addLoads(rs.Loads)
	for i, st := range rs.Stages {
		s.addStage(&st)
		if sink := q.compiled.Plan.Stages[i].Sink; sink != nil && !sink.Side {
			s.RowsOut += st.Sink.RowsIn - st.Sink.Errors
		}
		if st.Sink != nil {
			s.Dropped += st.Sink.Errors
		}
	}
	return s
}

// addLoads counts what was read before the statements ran.
func (s *Stats) addLoads(loads []run.LoadStats) {
	for i := range loads {
		s.addLoads(loads[i].Loads)
		for k := range loads[i].Stages {
			s.addStage(&loads[i].Stages[k])
		}
	}
}

func (s *Stats) addStage(st *run.StageStats) {
	if st.Scan != nil {
		s.Dropped += st.Scan.Bad + st.Scan.Errors
		s.RowsIn += st.Scan.Rows + st.Scan.Bad
		s.Late += st.Scan.Late
	}
	for _, op := range st.Ops {
		s.Late += op.Late
		s.LateUsed += op.LateUsed
		s.Dropped += op.Errors
	}
}

// Row is one row of a SELECT, in the order of Query.Columns.
type Row = []ir.Value

// Columns describes the rows of the query's only SELECT.
func (q *Query) Columns() ([]ir.Column, error) {
	if q.Selects() != 1 {
		return nil, fmt.Errorf("the query has %d SELECTs; rows are read from just one", q.Selects())
	}
	for _, s := range q.statements {
		if s.table == nil {
			return s.schema.Cols, nil
		}
	}
	return nil, nil
}

// Rows runs the query and yields the rows of its only SELECT as they come. An error
// ends the sequence. Leaving the loop stops the run.
func (q *Query) Rows(ctx context.Context) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		if _, err := q.Columns(); err != nil {
			yield(nil, err)
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		rows, done := make(chan []Row, 4), make(chan error, 1)
		go func() {
			_, err := q.run(ctx, func(ClientStatement) (vexec.Sink, error) { return &rowSink{rows: rows}, nil })
			close(rows)
			done <- err
		}()
		defer func() {
			cancel()
			for range rows { // the run's last batches have nowhere to go
			}
		}()
		for batch := range rows {
			for _, r := range batch {
				if !yield(r, nil) {
					return
				}
			}
		}
		if err := <-done; err != nil {
			yield(nil, err)
		}
	}
}
