package run

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

func rng(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// noLeaks fails the test if goroutines are left at its end.
func noLeaks(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		for range 60_000 {
			if runtime.NumGoroutine() <= before {
				return
			}
			runtime.Gosched()
			time.Sleep(time.Millisecond)
		}
		buf := make([]byte, 1<<16)
		t.Errorf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), buf[:runtime.Stack(buf, true)])
	})
}

// differ describes the first difference of two lists; "" if they are equal.
func differ(got, want []string) string {
	for i := range max(len(got), len(want)) {
		g, w := "nothing", "nothing"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			return fmt.Sprintf("%d rows, want %d; row %d is %s, want %s", len(got), len(want), i, g, w)
		}
	}
	return ""
}

// model is the row-order definition of event time: what becomes of each row.
func model(splits [][]row, lag int64, drop bool) (out []string, late, errs, bad int) {
	if len(splits) != 1 {
		panic("the model is of one split")
	}
	greatest := ir.MinMicros
	for _, r := range splits[0] {
		if r.bad {
			bad++
			continue
		}
		if r.ts == nil {
			errs++
			continue
		}
		ts := ir.Micros(*r.ts)
		wm := greatest.Sub(lag)
		text := rowText(r)
		switch {
		case ts < wm && drop:
			late++
			continue
		case ts < wm:
			text += fmt.Sprintf("|late %d", int64(wm))
		}
		greatest = max(greatest, ts)
		out = append(out, text)
	}
	return out, late, errs, bad
}

func TestEventTimeIsThatOfTheRowOrder(t *testing.T) {
	noLeaks(t)
	for seed := range vtest.Seeds(uint64(60)) {
		r := rng(seed)
		rows := [][]row{randomRows(r, 400, 0, seed%2 == 0)}
		lag := int64(r.IntN(80))
		drop := r.IntN(2) == 0
		want, late, errs, bad := model(rows, lag, drop)
		for _, tasks := range []int{1, 2, 4} {
			w := newWorld(&rowSource{splits: rows, unit: 1 + r.IntN(60), batch: 1 + r.IntN(40)})
			w.cfg.BatchRows = []int{1, 7, 1024}[r.IntN(3)]
			w.cfg.QueueRows = 1 + r.IntN(50)
			s, err := Run(context.Background(), passPlan(testTable(), tasks, 0, lag, drop, ir.GatherOrdered), w.cfg)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if d := differ(w.out.rows(), want); d != "" {
				t.Fatalf("seed %d, %d tasks: %s", seed, tasks, d)
			}
			c := s.Stages[0].Scan
			if c.Late != int64(late) || c.Errors != int64(errs) || c.Bad != int64(bad) || c.Rows+c.Bad != 400 || c.Rows != c.RowsOut+c.Late+c.Errors {
				t.Fatalf("seed %d: counts %+v, want late %d errors %d bad %d", seed, c, late, errs, bad)
			}
			if got := len(w.letters.rows()); got != errs+bad {
				t.Fatalf("seed %d: %d dead letters, want %d", seed, got, errs+bad)
			}
			if w.src.open != 0 {
				t.Fatalf("%d readers are open", w.src.open)
			}
		}
	}
}

func TestWatermarkOperatorIsThatOfTheRowOrder(t *testing.T) {
	noLeaks(t)
	for seed := range uint64(30) {
		r := rng(seed)
		rows := [][]row{randomRows(r, 300, 0, true)}
		lag, drop := int64(r.IntN(80)), r.IntN(2) == 0
		want, _, _, _ := model(rows, lag, drop)
		w := newWorld(&rowSource{splits: rows, unit: 1 + r.IntN(60), batch: 1 + r.IntN(40)})
		p := &ir.Plan{Stages: []*ir.Stage{
			scanStage(testTable(), 1+r.IntN(4), -1, 0, false),
			sinkStage(2, 1, ir.GatherOrdered, rowSchema, &ir.WatermarkOp{TimeCol: 0, Lag: lag, Drop: drop, Out: rowSchema}),
		}}
		if _, err := Run(context.Background(), p, w.cfg); err != nil {
			t.Fatal(err)
		}
		if d := differ(w.out.rows(), want); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
	}
}

// sums is what sumPlan gives for one split, and how many rows are late.
func sums(rows []row, lag int64) ([]string, int) {
	sum, late := sumsByKey(rows, lag)
	var out []string
	for k, v := range sum {
		out = append(out, sumText(k, v))
	}
	slices.Sort(out)
	return out, late
}

// sumText is a sum as a sink of these tests writes it.
func sumText(k sumKey, v int64) string {
	return fmt.Sprintf("%s|%s|%d", ir.FormatMicros(k.start), k.key, v)
}

// sumsByKey is sums before they are text.
func sumsByKey(rows []row, lag int64) (map[sumKey]int64, int) {
	greatest := ir.MinMicros
	sum := map[sumKey]int64{}
	late := 0
	for _, r := range rows {
		if r.bad || r.ts == nil {
			continue
		}
		wm := greatest.Sub(lag)
		greatest = max(greatest, ir.Micros(*r.ts))
		if r.n%7 == 0 {
			continue
		}
		start := *r.ts - ((*r.ts%100)+100)%100
		if start+100 <= int64(wm) {
			late++
			continue
		}
		sum[sumKey{start, r.key}] += r.n
	}
	return sum, late
}

func TestWindowsByKeyAtAnyParallelism(t *testing.T) {
	noLeaks(t)
	for seed := range uint64(40) {
		r := rng(seed)
		rows := randomRows(r, 500, 0, true)
		want, late := sums(rows, 50)
		w := newWorld(&rowSource{splits: [][]row{rows}, unit: 1 + r.IntN(60), batch: 1 + r.IntN(40)})
		w.cfg.BatchRows = []int{1, 7, 1024}[r.IntN(3)]
		s, err := Run(context.Background(), sumPlan(testTable(), 1+r.IntN(4), 1+r.IntN(4), 50), w.cfg)
		if err != nil {
			t.Fatal(err)
		}
		if d := differ(w.out.sorted(), want); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
		f, op := s.Stages[0].Ops[0], s.Stages[1].Ops[0]
		if f.RowsIn != f.RowsOut+f.Filtered || f.RowsOut != op.RowsIn || op.Late != int64(late) || op.RowsOut != s.Stages[2].Sink.RowsIn {
			t.Fatalf("seed %d: counts do not fit (late %d):\n%s", seed, late, s)
		}
	}
}

// manySplits are rows whose times are never behind by more than the lag.
func manySplits(r *rand.Rand, n, each int) [][]row {
	out := make([][]row, n)
	for i := range out {
		for k := range each {
			ts := int64(k*10 + r.IntN(40))
			out[i] = append(out[i], row{ts: &ts, key: fmt.Sprintf("k%d", r.IntN(5)), n: int64(i*each + k), part: i})
		}
	}
	return out
}

func TestManySplits(t *testing.T) {
	noLeaks(t)
	for seed := range uint64(20) {
		r := rng(seed)
		splits := manySplits(r, 1+r.IntN(30), 40)
		var all []row
		for _, s := range splits {
			all = append(all, s...)
		}
		slices.SortStableFunc(all, func(a, b row) int { return int(*a.ts - *b.ts) })
		want, _ := sums(all, 50)
		for _, viaOperator := range []bool{false, true} {
			w := newWorld(&rowSource{splits: splits, unit: 1 + r.IntN(15), batch: 5})
			p := sumPlan(testTable(), 1+r.IntN(4), 2, 50)
			if viaOperator {
				p.Stages[0].Scan.TimeCol = -1
				p.Stages[1] = &ir.Stage{ID: 2, Tasks: 1, In: []ir.Input{{From: 1, Mode: ir.GatherOrdered}}, Out: sumSchema,
					Ops: []ir.PhysOp{&ir.WatermarkOp{TimeCol: 0, Lag: 50, Out: rowSchema}, &sumOp{size: 100}}}
			}
			s, err := Run(context.Background(), p, w.cfg)
			if err != nil {
				t.Fatal(err)
			}
			if d := differ(w.out.sorted(), want); d != "" {
				t.Fatalf("seed %d, by operator %v: %s\n%s", seed, viaOperator, d, s)
			}
		}
	}
}

func TestUnionAndSharedScan(t *testing.T) {
	noLeaks(t)
	rows := randomRows(rng(1), 300, 0, false)
	w := newWorld(&rowSource{splits: [][]row{rows}, unit: 20, batch: 20})
	p := &ir.Plan{Stages: []*ir.Stage{
		scanStage(testTable(), 2, 0, 50, false),
		{ID: 2, Tasks: 1, In: []ir.Input{{From: 1, Mode: ir.Gather}}, Ops: []ir.PhysOp{&keepOp{mod: 2}}, Out: rowSchema},
		{ID: 3, Tasks: 1, In: []ir.Input{{From: 1, Mode: ir.Gather}, {From: 2, Mode: ir.Gather}}, Out: rowSchema, Sink: &ir.PhysSink{In: rowSchema}},
	}}
	if _, err := Run(context.Background(), p, w.cfg); err != nil {
		t.Fatal(err)
	}
	if got := len(w.out.rows()); got != 450 {
		t.Fatalf("%d rows, want 450", got)
	}
}

func TestErrDoneEndsTheScan(t *testing.T) {
	noLeaks(t)
	w := newWorld(&rowSource{splits: [][]row{randomRows(rng(1), 50_000, 0, false)}, unit: 10, batch: 10})
	w.cfg.QueueRows = 20
	p := passPlan(testTable(), 2, -1, 0, false, ir.Gather)
	p.Stages[1].Ops = []ir.PhysOp{&ir.LimitOp{Count: 35, Out: rowSchema}}
	s, err := Run(context.Background(), p, w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(w.out.rows()); got != 35 {
		t.Fatalf("%d rows, want 35", got)
	}
	if s.Stages[0].Scan.Rows > 20_000 {
		t.Fatalf("%d rows were read for 35", s.Stages[0].Scan.Rows)
	}
}

func TestFailures(t *testing.T) {
	noLeaks(t)
	rows := [][]row{randomRows(rng(3), 2000, 0, false)}
	f := func(name string, want string, change func(w *world, p *ir.Plan)) {
		t.Helper()
		w := newWorld(&rowSource{splits: rows, unit: 30, batch: 10})
		w.cfg.QueueRows = 30
		p := passPlan(testTable(), 3, 0, 1000, false, ir.GatherOrdered, &keepOp{mod: 5})
		change(w, p)
		_, err := Run(context.Background(), p, w.cfg)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
			return
		}
		if strings.Count(err.Error(), "stage ") > 1 {
			t.Errorf("%s: the place is named twice: %v", name, err)
		}
		if len(w.out.rows()) != 0 {
			t.Errorf("%s: a failed run has shown rows", name)
		}
		if w.src.open != 0 {
			t.Errorf("%s: %d readers are open", name, w.src.open)
		}
	}
	f("operator fails", "stage 1 Filter: the number does not please", func(_ *world, p *ir.Plan) {
		p.Stages[0].Ops[0].(*keepOp).fails = 777
	})
	f("operator panics", "stage 1 Filter: internal error: the number is unlucky", func(_ *world, p *ir.Plan) {
		p.Stages[0].Ops[0].(*keepOp).panics = 777
	})
	f("decoder fails", "stage 1 Scan(events): the disk is gone", func(w *world, _ *ir.Plan) { w.src.fail = 9 })
	f("sink fails", "stage 2 Sink: no space left", func(w *world, _ *ir.Plan) {
		w.cfg.Sink = func(*ir.PhysSink) (vexec.Sink, error) {
			return &mediumSink{m: w.out, fail: errors.New("no space left")}, nil
		}
	})
	f("no memory", "needs", func(w *world, _ *ir.Plan) { w.cfg.Memory = 10 })
	f("source fails", "stage 1 Scan(events): no such folder", func(w *world, _ *ir.Plan) {
		w.cfg.Source = func(*ir.Table) (vexec.Source, error) { return nil, errors.New("no such folder") }
	})
	f("bad record", "stage 1 Scan(events): part-0:501: column n: not a number", func(w *world, p *ir.Plan) {
		w.src.splits = [][]row{slices.Clone(rows[0])}
		w.src.splits[0][500].bad = true
		p.Stages[0].Scan.Table = testTable("on.error", "fail")
	})
	f("row error above", `in the row {"ts":"1970`, func(_ *world, p *ir.Plan) {
		p.Stages[0].Ops[0].(*keepOp).refuse = 11
		p.Stages[0].Scan.Table = testTable("on.error", "fail")
	})
	f("bad plan", "stage 2: gather into 2 tasks", func(_ *world, p *ir.Plan) {
		p.Stages[1].In[0].Mode = ir.Gather
		p.Stages[1].Tasks, p.Stages[1].Sink = 2, nil
	})
}

func TestCancelEndsEverything(t *testing.T) {
	noLeaks(t)
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	w := newWorld(&rowSource{splits: [][]row{randomRows(rng(1), 1000, 0, false)}, unit: 10, batch: 10, lazy: true})
	w.cfg.Sink = func(*ir.PhysSink) (vexec.Sink, error) {
		return &cancelSink{mediumSink{m: w.out}, func() { cancel(cause) }}, nil
	}
	_, err := Run(ctx, passPlan(testTable(), 2, 0, 50, false, ir.Gather), w.cfg)
	if !errors.Is(err, cause) {
		t.Fatalf("error %v, want the cause", err)
	}
	if len(w.out.rows()) != 0 || w.src.open != 0 {
		t.Fatalf("rows %d, open readers %d", len(w.out.rows()), w.src.open)
	}
}

type cancelSink struct {
	mediumSink
	cancel func()
}

func (s *cancelSink) Write(ctx context.Context, b *vexec.Batch) error {
	s.cancel()
	return s.mediumSink.Write(ctx, b)
}

func TestDroppedErrorsAreCounted(t *testing.T) {
	rows := randomRows(rng(4), 500, 0, true)
	w := newWorld(&rowSource{splits: [][]row{rows}, unit: 30, batch: 10})
	warned := ""
	w.cfg.Warn = func(s string) { warned = s }
	s, err := Run(context.Background(), passPlan(testTable("on.error", "drop"), 2, 0, 50, false, ir.Gather), w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	c := s.Stages[0].Scan
	if c.Bad == 0 || c.Errors == 0 || len(w.letters.rows()) != 0 || w.letters.opens != 0 || warned != "" {
		t.Fatalf("counts %+v, letters %d, warned %q", c, len(w.letters.rows()), warned)
	}
}

func TestDeadLetterRecords(t *testing.T) {
	ts := int64(5)
	rows := []row{{ts: &ts, key: "a \"quoted\" record", bad: true}, {ts: &ts, key: "b\xff", bad: true}, {ts: &ts, key: "k", n: 11}}
	w := newWorld(&rowSource{splits: [][]row{rows}, unit: 30, batch: 10})
	s, err := Run(context.Background(), passPlan(testTable(), 1, 0, 50, false, ir.Gather, &keepOp{refuse: 11}), w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`events|part-0|1|0|n|NULL|not a number|a "quoted" record|NULL|NULL`,
		`events|part-0|2|0|n|NULL|not a number|NULL|Yv8=|NULL`,
		`NULL|NULL|NULL|NULL|NULL|Filter|refused|NULL|NULL|{"ts":"1970-01-01 00:00:00.000005","key":"k","n":11}`,
	}
	if got := w.letters.rows(); !reflect.DeepEqual(got, want) {
		t.Fatalf("letters\n%s", strings.Join(got, "\n"))
	}
	if s.FirstLetter != "part-0:1: column n: not a number" || s.DeadLetters != 3 {
		t.Fatalf("%d letters, the first %q", s.DeadLetters, s.FirstLetter)
	}
}
