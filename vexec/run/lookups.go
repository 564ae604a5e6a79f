package run

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/keycache"
	"github.com/helios-stream/helios/vexec/internal/ops"
)

// lookup asks a table by key for all tasks of one operator (ops.Asker). The goroutines that it
// starts for a batch have ended when the batch goes on: a barrier waits for the keys of one
// batch and no longer.
type lookup struct {
	job   *job
	op    *ir.ByKeyOp
	to    vexec.Lookup
	open  bool
	set   vexec.LookupTimes
	cache *keycache.Cache
	slots chan struct{} // taken by requests that are under way
	ctx   context.Context
	end   func() // of ctx

	left atomic.Int64 // rows that were not worked on when the run stopped

	hits, misses, requests, retries, failed atomic.Int64
}

// LookupStats is what a join by key did since this start, of all its tasks. A key counts once
// in each batch that has it.
type LookupStats struct {
	Table    string
	Hits     int64 // keys whose answers were in the cache
	Misses   int64 // keys that were asked for
	Requests int64 // tries included
	Retries  int64 // of them
	Failed   int64 // keys that could not be answered
	Rows     int64 // of answers in the cache; a key without rows counts as one
	Bytes    int64 // their memory
	Evicted  int64 // rows that the cache gave up to make room
}

// String is the counts in a few words.
func (s *LookupStats) String() string {
	text := fmt.Sprintf("%s keys in the cache, %s asked for, in %s requests", grouped(s.Hits), grouped(s.Misses), grouped(s.Requests))
	if s.Retries > 0 {
		text += ", " + grouped(s.Retries) + " of them again"
	}
	if s.Failed > 0 {
		text += ", " + grouped(s.Failed) + " without an answer"
	}
	text += fmt.Sprintf("; %s rows kept, %s bytes", grouped(s.Rows), grouped(s.Bytes))
	if s.Evicted > 0 {
		text += ", " + grouped(s.Evicted) + " given up"
	}
	return text
}

// byKey makes the operator of a task. All tasks share one lookup.
func (j *job) byKey(op *ir.ByKeyOp, in *ir.Schema) (vexec.Operator, error) {
	l := j.lookupOf(op)
	if l == nil {
		set, err := vexec.LookupTimesOf(op.Table)
		if err != nil {
			return nil, err
		}
		l = &lookup{job: j, op: op, set: set, slots: make(chan struct{}, set.Concurrency)}
		l.cache = keycache.New(op.Cache, j.budget.Account("the cache of "+op.Table.Name))
		j.lookups = append(j.lookups, l)
	}
	return ops.NewByKey(op, in, l, l.cache)
}

func (j *job) lookupOf(op *ir.ByKeyOp) *lookup {
	for _, l := range j.lookups {
		if l.op == op {
			return l
		}
	}
	return nil
}

// lookupStats is what an operator's lookup did; nil: it is no join by key.
func (j *job) lookupStats(op ir.PhysOp) *LookupStats {
	x, ok := op.(*ir.ByKeyOp)
	if !ok {
		return nil
	}
	l := j.lookupOf(x)
	s := &LookupStats{Table: x.Table.Name, Hits: l.hits.Load(), Misses: l.misses.Load(), Requests: l.requests.Load(), Retries: l.retries.Load(), Failed: l.failed.Load()}
	s.Rows, s.Bytes, s.Evicted = l.cache.Held()
	return s
}

// openLookups opens what answers.
func (j *job) openLookups() error {
	for _, l := range j.lookups {
		if err := l.begin(); err != nil {
			return &taskError{part: l.op.Name(), table: l.op.Table, err: err}
		}
	}
	return nil
}

func (l *lookup) begin() (err error) {
	t := l.op.Table
	if l.job.cfg.Lookup == nil {
		return fmt.Errorf("%s is looked up by key, and nothing here answers for it", t.Name)
	}
	if l.to, err = l.job.cfg.Lookup(t); err != nil {
		return err
	}
	l.open = true
	l.untilStopped()
	return l.to.Open(l.job.ctx, &vexec.LookupContext{Table: t, Cols: l.op.Read, Schema: l.op.Build, Keys: l.op.With, Notify: l.job.cfg.Notify})
}

func (l *lookup) close() error {
	l.cache.Close()
	if !l.open {
		return nil
	}
	l.open = false
	l.end()
	if n := l.left.Load(); n > 0 {
		l.job.cfg.Warn(fmt.Sprintf("%s rows were read and not worked on: %s had not answered for their keys %s after the run was told to stop", grouped(n), l.op.Table.Name, lastAsks))
	}
	return l.to.Close()
}

// Fails implements ops.Asker.
func (l *lookup) Fails() bool { return l.set.Fail }

// Looked implements ops.Asker.
func (l *lookup) Looked(hits, misses int) {
	l.hits.Add(int64(hits))
	l.misses.Add(int64(misses))
}

// Portion implements ops.Asker: as much as may be under way at once.
func (l *lookup) Portion() int { return l.set.Concurrency * max(l.to.MaxKeys(), 1) }

// Left implements ops.Asker.
func (l *lookup) Left(rows int) { l.left.Add(int64(rows)) }

// lastAsks is how long keys are still asked for once the run is to stop.
const lastAsks = 2 * time.Second

// errLastAsks is the cause of the end of requests that a run which is to stop does not wait for.
var errLastAsks = errors.New("the run is to stop")

// errUnasked ends a run which is to stop, and which can be taken up again: its last epoch is not
// completed, as rows of it wait for answers.
var errUnasked = errors.New("stopped before all keys were answered")

// Ask implements ops.Asker.
func (l *lookup) Ask(keys *vexec.Batch, down *ops.Down) ([]ops.KeyAnswers, error) {
	ctx := l.ctx
	most := max(l.to.MaxKeys(), 1)
	answers := make([]ops.KeyAnswers, 0, (keys.Rows+most-1)/most)
	for first := 0; first < keys.Rows; first += most {
		answers = append(answers, ops.KeyAnswers{First: first, Keys: min(most, keys.Rows-first)})
	}
	a := &asking{lookup: l, keys: keys, answers: answers, down: down}
	var wg sync.WaitGroup
	for range min(l.set.Concurrency, len(answers)) {
		wg.Go(func() { a.work(ctx) })
	}
	wg.Wait()
	if err := a.fault.Load(); err != nil {
		return nil, *err
	}
	if ctx.Err() != nil {
		return nil, l.stopped(ctx)
	}
	for i := range answers {
		if answers[i].Err != nil {
			l.failed.Add(int64(answers[i].Keys))
		}
	}
	return answers, nil
}

// stopped is the end of a portion whose keys have not all been asked for. Where the run can be
// taken up, the last checkpoint is before its rows; else they are left as those are that have
// not been read.
func (l *lookup) stopped(ctx context.Context) error {
	switch {
	case !errors.Is(context.Cause(ctx), errLastAsks):
		return errAborted
	case l.job.dir != nil:
		return errUnasked
	}
	return ops.ErrNotAsked
}

// untilStopped makes the context of requests, that of the run, which also ends lastAsks after
// the run is told to stop.
func (l *lookup) untilStopped() {
	ctx, cancel := context.WithCancelCause(l.job.ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		select {
		case <-l.job.cfg.Interrupt:
		case <-l.job.cfg.Stop:
		case <-ctx.Done():
			return
		}
		t := time.NewTimer(lastAsks)
		defer t.Stop()
		select {
		case <-t.C:
			cancel(errLastAsks)
		case <-ctx.Done():
		}
	})
	l.ctx, l.end = ctx, func() {
		cancel(nil)
		wg.Wait()
	}
}

// asking is one portion of keys that are asked for.
type asking struct {
	*lookup
	keys    *vexec.Batch
	answers []ops.KeyAnswers
	next    atomic.Int64
	down    *ops.Down
	fault   atomic.Pointer[error]
}

// work takes keys until there are no more.
func (a *asking) work(ctx context.Context) {
	for ctx.Err() == nil && a.fault.Load() == nil {
		i := int(a.next.Add(1)) - 1
		if i >= len(a.answers) {
			return
		}
		to := &a.answers[i]
		select {
		case a.slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		to.Rows, to.Err = a.tries(ctx, a.part(to))
		<-a.slots
	}
}

// part is the keys of one request.
func (a *asking) part(to *ops.KeyAnswers) *vexec.Batch {
	if to.Keys == a.keys.Rows {
		return a.keys
	}
	rows := make([]int32, to.Keys)
	for i := range rows {
		rows[i] = int32(to.First + i)
	}
	out := &vexec.Batch{Part: -1}
	out.Reset(a.keys.Schema)
	vexec.AppendRows(out, a.keys, rows)
	return out
}

// tries asks until there is an answer, or as often as it may. Where as many requests as may be
// under way have failed in a row, with all their tries, the table is taken to be down, and
// the rest of the batch is not asked for: a batch takes minutes then, not days.
func (a *asking) tries(ctx context.Context, keys *vexec.Batch) (*vexec.Batch, error) {
	if n := a.down.Load(); n >= int64(a.set.Concurrency) {
		return nil, fmt.Errorf("it is not asked, as the %d requests before failed", n)
	}
	delay := min(a.set.Delay, a.set.MaxDelay)
	for try := 0; ; try++ {
		if try > 0 {
			a.retries.Add(1)
		}
		rows, err := a.once(ctx, keys)
		if err == nil {
			a.down.Store(0)
			return rows, nil
		}
		var again *vexec.RetryError
		switch retry := errors.As(err, &again); {
		case ctx.Err() != nil:
			return nil, err
		case !retry:
			a.down.Store(0) // it has answered
			return nil, err
		case try == a.set.Retries:
			a.down.Add(1)
			if try > 0 {
				err = fmt.Errorf("%w; given up after %d tries", err, try+1)
			}
			return nil, err
		}
		wait := delay/2 + rand.N(delay/2+1)
		wait = max(wait, min(again.After, a.set.MaxDelay))
		if !sleep(ctx, wait) {
			return nil, err
		}
		delay = min(2*delay, a.set.MaxDelay)
	}
}

// sleep waits; false: ctx has ended.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// once asks once.
func (a *asking) once(ctx context.Context, keys *vexec.Batch) (out *vexec.Batch, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, a.set.Timeout, errNoAnswer)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: %w", a.op.Table.Name, &PanicError{Value: p, Stack: string(debug.Stack())})
			a.fault.Store(&err)
		}
	}()
	a.requests.Add(1)
	out = &vexec.Batch{Part: -1}
	out.Reset(a.op.Build)
	if err = a.to.Find(ctx, keys, out); err == nil {
		return out, nil
	}
	if errors.Is(context.Cause(ctx), errNoAnswer) {
		err = &vexec.RetryError{Err: fmt.Errorf("there was no answer within %s ('%s')", ir.SpanInWords(a.set.Timeout.Microseconds()), vexec.OptionTimeout)}
	}
	return nil, err
}

// errNoAnswer is the cause of the end of a request that takes too long.
var errNoAnswer = errors.New("no answer in time")
