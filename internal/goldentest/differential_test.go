package goldentest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/helios-stream/helios/internal/refinterp"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/memory"
)

// least is in how many queries everything that the language has must be in a long run.
const least = 20

// TestDifferential runs random queries over random tables in the engine, in random
// ways, and in the reference interpreter, and prints what they were made of. A failure
// prints its seed and the smallest query and table that still fail.
//
//	HELIOS_SEED=n          that seed alone
//	HELIOS_SHAPES=20000    until so many plans of different shapes have run; fails where
//	                       something that the language has was hardly in any of them
//	HELIOS_DIFF=10m        new seeds for ten minutes, as -long does
//
// The seeds of HELIOS_SHAPES begin at 0, or at HELIOS_FROM.
func TestDifferential(t *testing.T) {
	if seed, ok := envNumber(t, "HELIOS_SEED"); ok {
		checkSeed(t, seed, newCoverage())
		return
	}
	first, _ := envNumber(t, "HELIOS_FROM")
	shapes, whole := envNumber(t, "HELIOS_SHAPES")
	f := &fuzz{first: first, most: shortRun, cover: newCoverage()}
	if testing.Short() {
		f.most = shortRun / 8
	}
	if whole {
		f.most, f.shapes = 1<<40, int(shapes)
	} else if d := longTime(t); d > 0 {
		f.first, f.most, f.until = rand.Uint64()>>16, 1<<40, time.Now().Add(d)
	}
	f.run(t)
	text := f.cover.String()
	if whole || testing.Verbose() {
		fmt.Printf("%s\nThe slowest seed was %d: %s.\n", text, f.slowest, f.longest.Round(time.Millisecond))
	}
	if t.Failed() || testing.Short() {
		return
	}
	want := required(t)
	if !whole { // a short run has all kinds of queries, at least
		want = map[string][]string{"kinds of queries": want["kinds of queries"]}
	}
	for _, what := range f.cover.missing(want, least) {
		t.Errorf("too few queries have %s", what)
	}
	refused := 0
	for _, n := range f.cover.refused {
		refused += n
	}
	if refused*10 > f.cover.queries {
		t.Errorf("%d of %d random queries did not compile: the generator makes what the compiler refuses", refused, f.cover.queries)
	}
}

// shortRun is how many queries a run of the tests has.
const shortRun = 600

// fuzz runs one seed after the other, several at a time.
type fuzz struct {
	first, most uint64    // seeds from first on
	until       time.Time // zero: no end
	shapes      int       // 0: any number
	cover       *coverage
	next        atomic.Uint64
	failures    atomic.Int32
	running     sync.Map // the seeds that are being run
	mu          sync.Mutex
	slowest     uint64 // the seed that took longest
	longest     time.Duration
}

// mostMemory is how many bytes a long run may take, and mostTime how long one seed. A query of a
// hundred rows that needs more is a fault, which must not take the machine with it.
const (
	mostMemory = 3 << 30
	mostTime   = 5 * time.Minute
)

// enough is after how many failures a run ends.
const enough = 5

func (f *fuzz) run(t *testing.T) {
	if f.shapes > 0 {
		stop := make(chan struct{})
		defer close(stop)
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(mostMemory * 2 / 3)) // what nothing uses is no fault
		go f.progress(stop)
		go f.guard(stop)
	}
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for f.failures.Load() < enough && !f.done() {
				n := f.next.Add(1) - 1
				if n >= f.most {
					return
				}
				f.running.Store(f.first+n, time.Now())
				began := time.Now()
				if !checkSeed(t, f.first+n, f.cover) {
					f.failures.Add(1)
				}
				f.ended(f.first+n, time.Since(began))
			}
		}()
	}
	wg.Wait()
}

// ended notes that a seed has been run, and how long that took.
func (f *fuzz) ended(seed uint64, took time.Duration) {
	f.running.Delete(seed)
	f.mu.Lock()
	defer f.mu.Unlock()
	if took > f.longest {
		f.slowest, f.longest = seed, took
	}
}

// progress tells twice a minute how far a long run is.
func (f *fuzz) progress(stop chan struct{}) {
	tick := time.NewTicker(30 * time.Second)
	defer tick.Stop()
	for began := time.Now(); ; {
		select {
		case <-stop:
			return
		case now := <-tick.C:
			f.cover.mu.Lock()
			shapes := len(f.cover.shapes)
			f.cover.mu.Unlock()
			fmt.Fprintf(os.Stderr, "%s: seeds %d to %d, %d of %d shapes\n", now.Sub(began).Round(time.Second), f.first, f.first+f.next.Load(), shapes, f.shapes)
		}
	}
}

// guard ends the process, with the seeds that were being run, where one takes too long or all
// take too much memory.
func (f *fuzz) guard(stop chan struct{}) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		late := false
		f.running.Range(func(_, since any) bool {
			late = late || time.Since(since.(time.Time)) > mostTime
			return true
		})
		var m runtime.MemStats
		if runtime.ReadMemStats(&m); m.HeapAlloc < mostMemory && !late {
			continue
		}
		f.running.Range(func(seed, since any) bool {
			fmt.Fprintf(os.Stderr, "seed %d has been running for %s\n", seed, time.Since(since.(time.Time)))
			return true
		})
		debug.SetTraceback("all")
		panic(fmt.Sprintf("a seed takes too much: %d bytes are in use", m.HeapAlloc))
	}
}

func (f *fuzz) done() bool {
	f.cover.mu.Lock()
	defer f.cover.mu.Unlock()
	return f.next.Load() >= f.most || !f.until.IsZero() && time.Now().After(f.until) || f.shapes > 0 && len(f.cover.shapes) >= f.shapes
}

func envNumber(t *testing.T, name string) (n uint64, ok bool) {
	text := os.Getenv(name)
	if text == "" {
		return 0, false
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s=%s is not a number", name, text)
	}
	return n, true
}

func longTime(t *testing.T) time.Duration {
	text := os.Getenv("HELIOS_DIFF")
	if text == "" && *long {
		text = "5m"
	}
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("HELIOS_DIFF=%s is not a duration", text)
	}
	return d
}

// checkSeed runs one scenario and notes what it was; false where it fails.
func checkSeed(t *testing.T, seed uint64, cover *coverage) bool {
	t.Helper()
	s := newGen(seed).scenario()
	err := s.check(seed, cover)
	var refused compileError
	if errors.As(err, &refused) && !strings.Contains(string(refused), "internal error") {
		cover.refuse(string(refused))
		if os.Getenv("HELIOS_SEED") != "" {
			t.Logf("seed %d does not compile:\n%s%s\n%s", seed, s.tables(), s.sql, refused)
		}
		return true
	}
	if errors.Is(err, refinterp.ErrTooLarge) {
		cover.leaveOut()
		return true
	}
	if err == nil {
		if os.Getenv("HELIOS_SEED") != "" {
			t.Logf("seed %d, %s:\n%s%s", seed, s.kind, s.tables(), s.sql)
		}
		return true
	}
	small, why := s.shrink(seed, err)
	t.Errorf("seed %d, %s: %v\n%s%s\nThe query was:\n%s", seed, s.kind, why, small.tables()+small.sql, small.print(), s.sql)
	return false
}

// check compares the engine with the reference interpreter in one random way. cover may
// be nil.
func (s *scenario) check(seed uint64, cover *coverage) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	r := rand.New(rand.NewPCG(seed, 0xC4EC))
	v := variant{batch: []int{1, 2, 7, 64, 1024}[r.IntN(5)], tasks: 1 + r.IntN(4)}
	switch r.IntN(6) {
	case 0:
		v.disable = []string{"*"}
	case 1, 2:
		v.disable = []string{rules[r.IntN(len(rules))].Name}
	}
	v.prune = r.IntN(2) == 0
	state := ""
	if r.IntN(4) == 0 {
		v.kill = seed | 1
		if r.IntN(2) == 0 {
			v.replan = []int{1 + r.IntN(4), 1 + r.IntN(4), 1}
		}
		dir, err := os.MkdirTemp(shm(), "heliosc-diff-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		state = dir
	}
	e := newEngine(".", 0)
	if _, err := s.put(e, memory.Cut{Splits: s.splits, UnitRows: 1 + r.IntN(40), BatchRows: 1 + r.IntN(20)}); err != nil {
		return err
	}
	if s.medium != "" {
		dir, err := os.MkdirTemp(shm(), "heliosc-diff-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if e, err = s.toFiles(dir, r); err != nil {
			return fmt.Errorf("the table cannot be written to files: %w", err)
		}
	}
	if err := s.putSides(e, r); err != nil {
		return err
	}
	e.prune = v.prune
	c, err := e.compile(s.tables()+s.sql, v)
	if err != nil {
		return err
	}
	run := c
	if v.changes = s.changes; v.changes {
		if run, err = e.compile(s.tables()+s.sql, v); err != nil {
			return err
		}
	}
	gave, err := s.compare(e, c, run, v, state)
	if err != nil {
		return fmt.Errorf("%s: %w", v, err)
	}
	if cover != nil {
		cover.note(s, run, gave)
	}
	return nil
}

// put makes the rows the table t of the engine.
func (s *scenario) put(e *engine, cut memory.Cut) (*ir.Schema, error) {
	c, err := e.compile("CREATE MAPPING t ("+s.columns()+") TYPE Memory; SELECT * FROM t;", variant{tasks: 1})
	if err != nil {
		return nil, fmt.Errorf("the table of the test does not compile: %s", err)
	}
	schema := c.Logical.Sinks[0].Schema()
	src, err := memory.FromRows(schema, s.rows, cut)
	if err == nil {
		e.mem.Put("t", src)
	}
	return schema, err
}

// compare runs the plan run in the engine, and what c says in the reference interpreter.
// gave says whether any row came out.
func (s *scenario) compare(e *engine, c, run *compiled, v variant, state string) (gave bool, err error) {
	bound, err := s.reference(c.Logical)
	if err != nil {
		return false, err
	}
	optimized, err := s.reference(c.Optimized)
	if err != nil {
		return false, err
	}
	// Rules may remove row errors and never add them: without any, nothing changes.
	for i := range bound {
		if len(bound[i].Errors) > 0 {
			continue
		}
		if bad := optimized[i].Errors; len(bad) > 0 {
			return false, fmt.Errorf("the rules added row errors, such as %s: %s\n%s", bad[0].Kind, bad[0].Reason, ir.Print(c.Optimized))
		}
		if msg := differ(newResult(bound[i].Schema, bound[i].Rows), newResult(optimized[i].Schema, optimized[i].Rows), false); msg != "" {
			return false, fmt.Errorf("the optimized plan means something else: %s\n%s", msg, ir.Print(c.Optimized))
		}
	}
	out, err := e.run(run, v, state)
	if err != nil {
		return false, err
	}
	late, failed, selects := 0, 0, 0
	inserted := map[string]*result{}
	for i := range optimized {
		res := &optimized[i]
		late, failed = late+res.Late, failed+len(res.Errors)
		gave = gave || len(res.Rows) > 0
		want := newResult(res.Schema, res.Rows)
		switch table := res.Sink.Table; {
		case table == nil:
			if msg := differ(want, out.selects[selects], false); msg != "" {
				return false, fmt.Errorf("engine and reference interpreter differ: %s\n%s", msg, ir.PrintPlan(run.Plan))
			}
			selects++
		case ir.ReadsLetters(res.Sink): // the interpreter has no records
		case inserted[table.Name] != nil:
			inserted[table.Name].rows = append(inserted[table.Name].rows, want.rows...)
		default:
			want.cols = table.Schema().Cols
			inserted[table.Name] = want
		}
	}
	for name, want := range inserted {
		if msg := differ(want, out.inserts[name], false); msg != "" {
			return false, fmt.Errorf("engine and reference interpreter differ in %s: %s\n%s", name, msg, ir.PrintPlan(run.Plan))
		}
	}
	// What is read several times is counted once, and a LIMIT ends what is below it.
	// What a condition above a window leaves out of a scan already is not late there.
	fewer := out.late >= 0 && out.late < late && prunedBelowWindow(c.Optimized)
	if alone := scans(c.Optimized) == 1 && !strings.Contains(s.sql, "LIMIT"); alone && out.late >= 0 && out.late != late && !fewer {
		return false, fmt.Errorf("the engine counts %d late rows, the reference interpreter %d\n%s", out.late, late, ir.PrintPlan(run.Plan))
	}
	// A WHERE leaves a row alone as soon as one of its conditions is not true, though
	// NULL AND b asks for b: errors may be fewer, never more.
	if len(out.letters) > failed && !assignsWindows(run.Plan) && !v.changes {
		return false, fmt.Errorf("the engine has %d dead letters, the reference interpreter %d\n%s", len(out.letters), failed, ir.PrintPlan(run.Plan))
	}
	return gave, nil
}

// prunedBelowWindow says whether a window function has a scan below it that leaves rows out.
func prunedBelowWindow(l *ir.Logical) bool {
	var below func(n ir.Node, windowed bool) bool
	below = func(n ir.Node, windowed bool) bool {
		switch x := n.(type) {
		case *ir.Scan:
			return windowed && len(x.Terms) > 0
		case *ir.WindowTVF:
			windowed = true
		}
		return slices.ContainsFunc(n.Inputs(), func(in ir.Node) bool { return below(in, windowed) })
	}
	return slices.ContainsFunc(l.Sinks, func(s *ir.Sink) bool { return below(s, false) })
}

// scans is how often a plan reads the table t: no row of another one comes late.
func scans(l *ir.Logical) int {
	n := 0
	for _, s := range l.Sinks {
		ir.EachScan(s, func(scan *ir.Scan, _ *ir.Watermark) {
			if scan.Table.Name == "t" {
				n++
			}
		})
	}
	return n
}

// reference runs a plan in the reference interpreter, over the splits that
// memory.FromRows makes.
func (s *scenario) reference(l *ir.Logical) ([]refinterp.Result, error) {
	var table refinterp.Table
	for i := range s.splits {
		table.Splits = append(table.Splits, s.rows[i*len(s.rows)/s.splits:(i+1)*len(s.rows)/s.splits])
	}
	tables := map[string]refinterp.Table{"t": table}
	for _, side := range s.sides {
		tables[side.name] = refinterp.Table{Splits: [][][]ir.Value{side.rows}}
	}
	return refinterp.Run(l, refinterp.ByName(tables))
}
