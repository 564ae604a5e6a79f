package run

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// growSource is splits that come while they are read, pause, and end or not.
type growSource struct {
	rowSource
	calls int            // of Splits, in this start
	every int            // a split comes each so many calls
	pause ir.Micros      // of each split, at its middle
	ends  []bool         // by split
	at    map[string]int // how far each has been read in this start
	over  map[string]bool
}

func (s *growSource) Bounded() bool { return false }

func (s *growSource) Resume(_ context.Context, saved []vexec.SavedSplit, memory []byte) error {
	s.at, s.over = map[string]int{}, map[string]bool{}
	s.calls = 0
	for _, p := range saved {
		s.calls = max(s.calls, s.every*number(p.ID))
	}
	for _, id := range strings.Fields(string(memory)) {
		s.calls = max(s.calls, s.every*number(id))
		s.at[id] = len(s.splits[number(id)])
		s.over[id] = true
	}
	return nil
}

// Memory is the splits that have ended.
func (s *growSource) Memory() []byte {
	return []byte(strings.Join(slices.Sorted(maps.Keys(s.over)), " "))
}

func number(id string) (i int) {
	_, _ = fmt.Sscanf(id, "part-%d", &i)
	return i
}

func (s *growSource) Splits(ctx context.Context) ([]vexec.Split, error) {
	all, err := s.rowSource.Splits(ctx)
	s.calls++
	all = all[:min(len(all), s.calls/s.every+1)]
	return slices.DeleteFunc(all, func(p vexec.Split) bool { return s.over[p.ID] }), err
}

func (s *growSource) Open(ctx context.Context, scan *vexec.Scan, split vexec.Split, from vexec.Position) (vexec.SplitReader, error) {
	r, err := s.rowSource.Open(ctx, scan, split, from)
	if err != nil {
		return nil, err
	}
	g := &growReader{rowReader: r.(*rowReader), src: s, ends: s.ends[number(split.ID)]}
	s.at[split.ID] = g.at
	return g, nil
}

type growReader struct {
	*rowReader
	src   *growSource
	ends  bool
	since ir.Micros // of the pause; 0: it has not begun
}

func (r *growReader) Claim(ctx context.Context) (vexec.Unit, error) {
	now := r.scan.Clock.Now()
	if r.at >= len(r.rows)/2 && r.src.pause > 0 {
		if r.since == 0 {
			r.since = now + 1
		}
		if now < r.since+r.src.pause {
			return vexec.Unit{}, vexec.ErrNothingYet
		}
	}
	u, err := r.rowReader.Claim(ctx)
	if err == io.EOF && !r.ends {
		err = vexec.ErrNothingYet
	}
	r.src.at[r.id] = r.at
	if err == io.EOF {
		r.src.over[r.id] = true
	}
	return u, err
}

// whole: all rows of all splits have been claimed.
func (s *growSource) whole() bool {
	for i, rows := range s.splits {
		if s.at["part-"+strconv.Itoa(i)] < len(rows) {
			return false
		}
	}
	return true
}

// Splits come, pause for longer than 'idle.timeout', end or stay, and the run is
// killed and drained: each row still counts once, no window fires twice, and nothing
// is unaccounted for.
func TestGrowingSourcesOverKills(t *testing.T) {
	base := fastDir(t)
	late, kills := int64(0), 0
	for seed := range vtest.Seeds(uint64(80)) {
		r := rng(seed)
		splits := manySplits(r, 2+r.IntN(4), 60)
		src := &growSource{rowSource: rowSource{splits: splits, unit: 1 + r.IntN(15), batch: 5}, every: 1 + r.IntN(3), pause: ir.Micros(r.IntN(3) * 40_000)}
		total := 0
		for _, s := range splits {
			src.ends = append(src.ends, r.IntN(2) == 0)
			total += len(s)
		}
		w, side := newWorld(nil), newMedium()
		w.cfg.Source = func(*ir.Table) (vexec.Source, error) { return src, nil }
		w.cfg.Sink = sinksBy(map[string]*medium{"": w.out, "side": side})
		w.cfg.Dir = fmt.Sprintf("%s/%d", base, seed)
		shape := []int{0, 1, 3}[r.IntN(3)]
		plan := func(int) *ir.Plan {
			p := killPlan(shape, r)
			p.Stages[0].Scan.Table = testTable("idle.timeout", "20ms")
			return p
		}
		res, err := Simulate(plan(0), w.cfg, seed, SimOptions{
			CheckpointEvery: 30, KillEvery: 200, DrainEvery: 500, MaxRestarts: 6, StopWhen: src.whole, Replan: plan,
		})
		if err != nil {
			t.Fatal(err)
		}
		kills += res.Kills
		if d := twice(w.out.rows()); d != "" {
			t.Fatalf("seed %d, shape %d: the window %s fired twice", seed, shape, d)
		}
		if shape == 3 {
			if n := len(side.rows()); twice(side.rows()) != "" || n < total*6/7-60 {
				t.Fatalf("seed %d: %d rows of %d, twice: %q", seed, n, total, twice(side.rows()))
			}
		}
		if c := res.Stats.Stages[0].Scan; c.Rows != int64(total) {
			t.Fatalf("seed %d: %d rows of %d were read", seed, c.Rows, total)
		}
		for _, st := range res.Stats.Stages {
			for _, op := range st.Ops {
				late += op.Late
			}
		}
	}
	t.Logf("%d kills, %d late rows", kills, late)
	if late == 0 || kills < vtest.Seeds(40) {
		t.Error("too little happened")
	}
}

// twice is a row's first two columns that stand in rows more than once.
func twice(rows []string) string {
	seen := map[string]bool{}
	for _, text := range rows {
		f := splitText(text)
		key := f[0] + f[1]
		if len(f) > 2 && numberIsKey(f) {
			key += f[2]
		}
		if seen[key] {
			return text
		}
		seen[key] = true
	}
	return ""
}

// numberIsKey: rows of the table carry a number of their own, sums do not.
func numberIsKey(f []string) bool { return len(f[0]) > 19 && f[0][len(f[0])-2:] != "00" }

func runUntil(t *testing.T, j *job, clock *simClock, step ir.Micros, done func() bool) {
	t.Helper()
	ctx := context.Background()
	for range 20_000 {
		if done() {
			return
		}
		clock.now += step
		if _, err := j.coord.step(ctx); err != nil {
			t.Fatal(err)
		}
		for _, task := range j.tasks {
			if _, err := task.step(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Fatal("it never came")
}

// A silent split holds the watermark until 'idle.timeout'.
func TestASilentSplitHolds(t *testing.T) {
	at := func(us int64) *int64 { return &us }
	for _, byOperator := range []bool{false, true} {
		src := &growSource{every: 1, ends: []bool{false, false}, rowSource: rowSource{unit: 1, batch: 1, splits: [][]row{
			{{ts: at(10), key: "a", n: 1}, {ts: at(950), key: "a", n: 1}, {ts: at(1000), key: "a", n: 1}},
			{{ts: at(20), key: "b", n: 1}},
		}}}
		w := newWorld(nil)
		clock := &simClock{}
		w.cfg.Clock = clock
		w.cfg.Source = func(*ir.Table) (vexec.Source, error) { return src, nil }
		p := sumPlan(testTable("idle.timeout", "10s"), 1, 1, 0)
		if byOperator {
			p.Stages[0].Scan.TimeCol, p.Stages[0].Ops = -1, nil
			p.Stages[1] = &ir.Stage{ID: 2, Tasks: 1, In: []ir.Input{{From: 1, Mode: ir.GatherOrdered}}, Out: sumSchema,
				Ops: []ir.PhysOp{&ir.WatermarkOp{TimeCol: 0, Lag: 0, Out: rowSchema}, &sumOp{size: 100}}}
		}
		j, err := newJob(context.Background(), p, w.cfg, true)
		if err != nil {
			t.Fatal(err)
		}
		fired := func() int64 { return j.tasks[1].links[len(j.tasks[1].links)-2].count.out }
		runUntil(t, j, clock, 30_000, func() bool { return src.at != nil && src.whole() })
		until := clock.now + 9_000_000
		runUntil(t, j, clock, 30_000, func() bool { return clock.now >= until })
		if n := fired(); n != 0 {
			t.Errorf("operator %v: %d windows fired although a split is behind and not idle yet", byOperator, n)
		}
		_ = j.close()
	}
}

// One split goes on while the other is silent: windows fire after the timeout.
func TestAnIdleSplitHoldsNothing(t *testing.T) {
	at := func(us int64) *int64 { return &us }
	for _, byOperator := range []bool{false, true} {
		var many []row
		for i := range int64(1500) {
			many = append(many, row{ts: at(10 + 2*i), key: "a", n: 1})
		}
		src := &growSource{every: 1, ends: []bool{false, false}, rowSource: rowSource{unit: 1, batch: 1, splits: [][]row{{{ts: at(5), key: "b", n: 1}}, many}}}
		w := newWorld(nil)
		clock := &simClock{}
		w.cfg.Clock = clock
		w.cfg.Source = func(*ir.Table) (vexec.Source, error) { return src, nil }
		p := sumPlan(testTable("idle.timeout", "1s"), 1, 1, 0)
		if byOperator {
			p.Stages[0].Scan.TimeCol, p.Stages[0].Ops = -1, nil
			p.Stages[1] = &ir.Stage{ID: 2, Tasks: 1, In: []ir.Input{{From: 1, Mode: ir.GatherOrdered}}, Out: sumSchema,
				Ops: []ir.PhysOp{&ir.WatermarkOp{TimeCol: 0, Lag: 0, Out: rowSchema}, &sumOp{size: 100}}}
		}
		j, err := newJob(context.Background(), p, w.cfg, true)
		if err != nil {
			t.Fatal(err)
		}
		sum := &j.tasks[1].links[len(j.tasks[1].links)-2]
		firstAt, rows := ir.Micros(0), 0
		runUntil(t, j, clock, 3_000, func() bool {
			if sum.count.out > 0 && firstAt == 0 {
				firstAt, rows = clock.now, src.at["part-1"]
			}
			return src.whole() && clock.now > 20_000_000
		})
		if firstAt < 1_000_000 || firstAt > 1_500_000 || rows < 60 || rows == 1500 {
			t.Errorf("operator %v: the first window fired at %d us, after %d rows", byOperator, int64(firstAt), rows)
		}
		_ = j.close()
	}
}

// Splits whose times do not overlap are opened one after the other, however many
// there are, and windows fire in between.
type peekSource struct{ rowSource }

func (s *peekSource) FirstTime(_ context.Context, scan *vexec.Scan, split vexec.Split) (ir.Micros, bool, error) {
	if len(scan.Cols) != 1 || scan.TimeCol != 0 || scan.Schema.Cols[0].Name != "ts" {
		return 0, false, fmt.Errorf("asked for %v", scan.Cols)
	}
	rows := s.splits[number(split.ID)]
	return ir.Micros(*rows[0].ts), true, nil
}

func TestSplitsAreOpenedInTheOrderOfTheirTimes(t *testing.T) {
	var splits [][]row
	for i := range int64(1000) {
		var rows []row
		for k := range int64(20) {
			ts := (999-i)*1000 + k*50 // names against time
			rows = append(rows, row{ts: &ts, key: "k", n: 1})
		}
		splits = append(splits, rows)
	}
	src := &peekSource{rowSource{splits: splits, unit: 7, batch: 7}}
	w := newWorld(nil)
	w.cfg.Source = func(*ir.Table) (vexec.Source, error) { return src, nil }
	p := sumPlan(testTable(), 2, 1, 100)
	p.Stages[0].Ops = nil
	if _, err := Run(context.Background(), p, w.cfg); err != nil {
		t.Fatal(err)
	}
	rows := w.out.rows()
	if len(rows) != 10_000 {
		t.Errorf("%d windows", len(rows))
	}
	for i := range rows {
		rows[i] = splitText(rows[i])[0]
	}
	if !slices.IsSorted(rows) {
		t.Error("windows did not fire in their order")
	}
	if src.most > 40 { // each task keeps some decoders
		t.Errorf("%d splits were open at once", src.most)
	}
}

// Splits of the same time that are larger than a unit are closed for each other.
func TestReadersAreBounded(t *testing.T) {
	var splits [][]row
	for range 600 {
		var rows []row
		for k := range int64(30) {
			ts := k * 50
			rows = append(rows, row{ts: &ts, key: "k", n: 1})
		}
		splits = append(splits, rows)
	}
	src := &rowSource{splits: splits, unit: 7, batch: 7}
	w := newWorld(src)
	if _, err := Run(context.Background(), passPlan(testTable(), 2, 0, 100, false, ir.Gather), w.cfg); err != nil {
		t.Fatal(err)
	}
	if n := len(w.out.rows()); n != 18_000 || src.most > maxReaders+1 || src.most < 200 {
		t.Errorf("%d rows, %d readers at once", n, src.most)
	}
}
