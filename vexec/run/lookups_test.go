package run

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/ops"
)

// slowLookup answers what find says.
type slowLookup struct {
	most   int
	find   func(ctx context.Context, keys, out *vexec.Batch) error
	now    atomic.Int64 // calls under way
	peak   atomic.Int64
	closed bool
}

func (l *slowLookup) Open(context.Context, *vexec.LookupContext) error { return nil }
func (l *slowLookup) MaxKeys() int                                     { return l.most }
func (l *slowLookup) Close() error                                     { l.closed = true; return nil }
func (l *slowLookup) Find(ctx context.Context, keys, out *vexec.Batch) error {
	n := l.now.Add(1)
	defer l.now.Add(-1)
	for p := l.peak.Load(); n > p && !l.peak.CompareAndSwap(p, n); p = l.peak.Load() {
	}
	return l.find(ctx, keys, out)
}

// asker is the lookup of an operator in a run that asks to.
func asker(ctx context.Context, t *testing.T, cfg Config, to *slowLookup, options map[string]string) *lookup {
	t.Helper()
	cfg.Lookup = func(*ir.Table) (vexec.Lookup, error) { return to, nil }
	ctx, end := context.WithCancel(ctx)
	t.Cleanup(end)
	j := &job{cfg: cfg.withDefaults(), ctx: ctx, budget: vexec.NewBudget(0)}
	table := testTable()
	table.Options = options
	op := &ir.ByKeyOp{Type: ir.InnerJoin, Table: table, Read: []int{0, 1, 2}, In: rowSchema, Build: rowSchema, Keys: []int{2}, With: []int{2}, Cache: ir.CacheOf(table), Cols: []int{0}, Out: rowSchema.Select([]int{0})}
	if _, err := j.byKey(op, rowSchema); err != nil {
		t.Fatal(err)
	}
	if err := j.openLookups(); err != nil {
		t.Fatal(err)
	}
	l := j.lookups[0]
	t.Cleanup(l.end)
	return l
}

// numbers are n keys.
func numbers(n int) *vexec.Batch {
	s := rowSchema.Select([]int{2})
	b := &vexec.Batch{Part: -1}
	b.Reset(s)
	b.Rows = n
	b.Cols[0].Reset(s.Cols[0].Type, n)
	for i := range n {
		b.Cols[0].Int64s()[i] = int64(i)
	}
	return b
}

// A batch takes as long as its requests, of which no more than so many are under way.
func TestAskAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := &slowLookup{most: 3, find: func(_ context.Context, keys, _ *vexec.Batch) error {
			if keys.Rows > 3 {
				t.Errorf("%d keys at once", keys.Rows)
			}
			time.Sleep(time.Second)
			return nil
		}}
		l := asker(t.Context(), t, Config{}, to, map[string]string{"lookup.concurrency": "4"})
		begin := time.Now()
		done := make(chan error, 2)
		for range 2 { // two tasks, of one operator
			go func() {
				answers, err := l.Ask(numbers(31), &ops.Down{})
				if len(answers) != 11 || answers[10].First != 30 || answers[10].Keys != 1 {
					t.Errorf("%d answers", len(answers))
				}
				done <- err
			}()
		}
		if err := errors.Join(<-done, <-done); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begin); took != 6*time.Second || to.peak.Load() != 4 || l.requests.Load() != 22 {
			t.Errorf("22 requests took %s, at most %d at once", took, to.peak.Load())
		}
		if err := l.close(); err != nil || !to.closed {
			t.Error("it is not closed")
		}
	})
}

// What may succeed later is tried again, with growing pauses, or after the time that the answer
// says, which is never more than the longest; what cannot is not.
func TestAskAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		to := &slowLookup{most: 1, find: func(context.Context, *vexec.Batch, *vexec.Batch) error {
			calls++
			if calls < 4 {
				return &vexec.RetryError{Err: errors.New("busy"), After: time.Duration(calls/3) * 7 * time.Second}
			}
			return nil
		}}
		l := asker(t.Context(), t, Config{}, to, map[string]string{"lookup.retry.delay": "1 s"})
		begin := time.Now()
		answers, err := l.Ask(numbers(1), &ops.Down{})
		if err != nil || answers[0].Err != nil || calls != 4 || l.retries.Load() != 3 {
			t.Fatalf("%v, %v, %d calls", err, answers, calls)
		}
		if took := time.Since(begin); took < 6500*time.Millisecond || took > 8*time.Second {
			t.Errorf("three pauses took %s", took)
		}
		if l.set.MaxDelay != 5*time.Second {
			t.Errorf("the longest pause is %s", l.set.MaxDelay)
		}
		to.find = func(context.Context, *vexec.Batch, *vexec.Batch) error { calls++; return errors.New("no") }
		if answers, err = l.Ask(numbers(1), &ops.Down{}); err != nil || answers[0].Err == nil || calls != 5 || l.failed.Load() != 1 {
			t.Errorf("%v, %v, %d calls", err, answers, calls)
		}
	})
}

// A lookup that never answers is given up in time, again and again, and does not hold up a batch
// for every one of its keys.
func TestAskWithoutAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := &slowLookup{most: 1, find: func(ctx context.Context, _, _ *vexec.Batch) error {
			<-ctx.Done()
			return ctx.Err()
		}}
		l := asker(t.Context(), t, Config{}, to, map[string]string{"lookup.timeout": "2 s", "lookup.retries": "1", "lookup.concurrency": "5"})
		begin := time.Now()
		answers, err := l.Ask(numbers(10_000), &ops.Down{})
		if err != nil || time.Since(begin) > 10*time.Second {
			t.Fatalf("%v after %s", err, time.Since(begin))
		}
		for _, a := range answers {
			if a.Err == nil {
				t.Fatal("a key has an answer")
			}
		}
		if first, last := answers[0].Err.Error(), answers[9999].Err.Error(); first != "there was no answer within 2 s ('lookup.timeout'); given up after 2 tries" || last != "it is not asked, as the 5 requests before failed" {
			t.Errorf("%s; %s", first, last)
		}
	})
}

// A run that is told to stop waits for a while for the answers that are due, and then says what
// became of the rows; one that is cancelled ends at once.
func TestAskUntilTheRunStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := func(ctx context.Context, _, _ *vexec.Batch) error { <-ctx.Done(); return ctx.Err() }
		for _, how := range []string{"interrupt", "stop"} {
			told := make(chan struct{})
			cfg := Config{Interrupt: told}
			if how == "stop" {
				cfg = Config{Stop: told}
			}
			l := asker(t.Context(), t, cfg, &slowLookup{most: 1, find: never}, map[string]string{"lookup.timeout": "1 h"})
			begin := time.Now()
			time.AfterFunc(time.Minute, func() { close(told) })
			_, err := l.Ask(numbers(20), &ops.Down{})
			if !errors.Is(err, ops.ErrNotAsked) || time.Since(begin) != time.Minute+lastAsks {
				t.Errorf("%s: %v after %s", how, err, time.Since(begin))
			}
		}
		told := make(chan struct{})
		close(told)
		l := asker(t.Context(), t, Config{Interrupt: told}, &slowLookup{most: 1, find: func(context.Context, *vexec.Batch, *vexec.Batch) error { time.Sleep(time.Second); return nil }}, nil)
		if _, err := l.Ask(numbers(8), &ops.Down{}); err != nil {
			t.Errorf("answers that come in time count: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		l = asker(ctx, t, Config{}, &slowLookup{most: 1, find: never}, map[string]string{"lookup.timeout": "1 h"})
		time.AfterFunc(time.Second, cancel)
		begin := time.Now()
		if _, err := l.Ask(numbers(20), &ops.Down{}); !errors.Is(err, errAborted) || time.Since(begin) != time.Second {
			t.Errorf("%v after %s", err, time.Since(begin))
		}
	})
}

// A lookup that panics ends the run, not the program.
func TestAskAPanic(t *testing.T) {
	to := &slowLookup{most: 1, find: func(context.Context, *vexec.Batch, *vexec.Batch) error { panic("oops") }}
	l := asker(t.Context(), t, Config{}, to, nil)
	_, err := l.Ask(numbers(3), &ops.Down{})
	var p *PanicError
	if !errors.As(err, &p) || p.Value != "oops" {
		t.Error(err)
	}
}
