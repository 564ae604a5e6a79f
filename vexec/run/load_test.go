package run

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// tableNamed is the test table under another name.
func tableNamed(name string, options ...string) *ir.Table {
	t := testTable(options...)
	t.Name = name
	return t
}

// loadOf reads a table by its key column in so many tasks.
func loadOf(id int, name string, tasks int, ops ...ir.PhysOp) *ir.Load {
	s := scanStage(tableNamed(name), tasks, -1, 0, false, ops...)
	s.ID = 100 + id
	return &ir.Load{ID: id, Name: name, Plan: &ir.Plan{Stages: []*ir.Stage{s}}, Keys: []int{1}, Out: rowSchema}
}

// joinedSchema is the columns of a row and the number of its partner.
var joinedSchema = ir.NewSchema(rowSchema.Cols[0], rowSchema.Cols[1], rowSchema.Cols[2], ir.Column{Name: "dim", Type: ir.TBigInt})

func lookupIn(l *ir.Load, typ ir.JoinType) *ir.LookupOp {
	return &ir.LookupOp{Load: l.ID, LoadName: l.Name, Type: typ, In: rowSchema, Build: rowSchema, Keys: []int{1}, With: l.Keys, Cols: []int{0, 1, 2, 5}, Out: joinedSchema}
}

// lookupPlan joins the test table with a load.
func lookupPlan(l *ir.Load, tasks int) *ir.Plan {
	s := scanStage(testTable(), tasks, -1, 0, false, lookupIn(l, ir.InnerJoin))
	s.Out = joinedSchema
	return &ir.Plan{Loads: []*ir.Load{l}, Stages: []*ir.Stage{s, sinkStage(2, 1, ir.Gather, joinedSchema)}}
}

// sourcesBy gives each table a source of its own.
func sourcesBy(by map[string]*rowSource) func(*ir.Table) (vexec.Source, error) {
	return func(t *ir.Table) (vexec.Source, error) {
		if s := by[t.Name]; s != nil {
			return s, nil
		}
		return nil, fmt.Errorf("there is no table %s", t.Name)
	}
}

// dimRows are n rows of different keys, numbered from first; those of randomRows are among
// the first nine.
func dimRows(n int, first int64) []row {
	out := make([]row, n)
	ts := int64(0)
	for i := range out {
		out[i] = row{ts: &ts, key: fmt.Sprintf("key-%d-with-a-long-name", i), n: first + int64(i)}
	}
	return out
}

// joined is the join of rows with dims, sorted.
func joined(rows, dims []row) (out []string) {
	for _, r := range rows {
		for _, d := range dims {
			if !r.bad && !d.bad && r.key == d.key {
				out = append(out, fmt.Sprintf("%s|%s|%d|%d", ir.FormatMicros(*r.ts), r.key, r.n, d.n))
			}
		}
	}
	slices.Sort(out)
	return out
}

// loadWorld has the events and the table dim.
func loadWorld(events, dims []row) (*world, *rowSource) {
	w := newWorld(&rowSource{splits: [][]row{events}, unit: 13, batch: 5})
	dim := &rowSource{splits: [][]row{dims[:len(dims)/2], dims[len(dims)/2:]}, unit: 7, batch: 3}
	w.cfg.Source = sourcesBy(map[string]*rowSource{"events": w.src, "dim": dim})
	return w, dim
}

func TestLoadIsReadBeforeThePlan(t *testing.T) {
	noLeaks(t)
	for seed := range uint64(20) {
		r := rng(seed)
		events, dims := randomRows(r, 300, 0, false), append(dimRows(7, 100), dimRows(r.IntN(4), 200)...)
		dims[3].bad = true
		w, dim := loadWorld(events, dims)
		w.cfg.BatchRows = []int{1, 7, 1024}[r.IntN(3)]
		var loading bool
		w.cfg.Progress = func(p Progress) { loading = loading || p.Loading == "dim" }
		s, err := Run(context.Background(), lookupPlan(loadOf(1, "dim", 1+r.IntN(3)), 1+r.IntN(3)), w.cfg)
		if err != nil {
			t.Fatal(err)
		}
		if d := differ(w.out.sorted(), joined(events, dims)); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
		if err := s.Balanced(); err != nil {
			t.Error(err)
		}
		l := s.Loads[0]
		if l.Rows != int64(len(dims)-1) || l.Keys != 6 || l.Reads != 1 || l.Bytes == 0 || l.Stages[0].Scan.Bad != 1 {
			t.Errorf("seed %d: %+v", seed, l)
		}
		if got := w.letters.rows(); len(got) != 1 || s.DeadLetters != 1 {
			t.Errorf("seed %d: %d dead letters, %d counted", seed, len(got), s.DeadLetters)
		}
		if dim.open != 0 {
			t.Errorf("%d readers are open", dim.open)
		}
	}
}

// The ledger has the places of loads, too, before those of the plan.
func TestLedgerOfLoads(t *testing.T) {
	events, dims := randomRows(rng(1), 100, 0, false), dimRows(8, 0)
	w, _ := loadWorld(events, dims)
	s, err := Run(context.Background(), lookupPlan(loadOf(1, "dim", 2), 2), w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range s.Ledger {
		got = append(got, fmt.Sprintf("%s %d %s: %s", e.Load, e.Stage, e.Name, e.String()))
	}
	hits := len(joined(events, dims))
	want := []string{
		"dim 101 Scan(dim): 8 in = 8 out", "dim 101 Load(dim): 8 in = 8 out",
		" 1 Scan(events): 100 in = 100 out", fmt.Sprintf(" 1 Join(lookup): 100 in = %d out + %d filtered", hits, 100-hits),
		fmt.Sprintf(" 2 Sink: %d in", hits),
	}
	if d := differ(got, want); d != "" {
		t.Error(d)
	}
}

// Kills and drains, also while a load is read: it is read again, and its dead letters are
// written once.
func TestLoadsOverKills(t *testing.T) {
	seeds := vtest.Seeds(uint64(200))
	if testing.Short() {
		seeds = 30
	}
	base := fastDir(t)
	kills, drains := 0, 0
	for seed := range seeds {
		r := rng(seed)
		events, dims := randomRows(r, 100+r.IntN(200), 0, false), append(dimRows(7, 100), dimRows(5, 200)...)
		dims[3].bad, dims[10].bad = true, true
		w, _ := loadWorld(events, dims)
		w.cfg.Dir = fmt.Sprintf("%s/%d", base, seed)
		w.cfg.BatchRows = []int{1, 7, 1024}[r.IntN(3)]
		plan := func() *ir.Plan {
			l := loadOf(1, "dim", 1+r.IntN(3))
			if seed%2 == 0 {
				l.Reload = 50_000
			}
			return lookupPlan(l, 1+r.IntN(3))
		}
		res, err := Simulate(plan(), w.cfg, seed, SimOptions{
			CheckpointEvery: 40 + r.IntN(200), KillEvery: 150, DrainEvery: 500, MaxRestarts: 5,
			Replan: func(int) *ir.Plan { return plan() },
		})
		if err != nil {
			t.Fatal(err)
		}
		kills, drains = kills+res.Kills, drains+res.Drains
		if d := differ(w.out.sorted(), joined(events, dims)); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
		if res.Stats.Done {
			continue // the last kill came behind the last commit
		}
		if err := res.Stats.Balanced(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if got := w.letters.rows(); len(got) != 2 {
			t.Fatalf("seed %d: %d dead letters: %q", seed, len(got), got)
		}
	}
	if kills < int(seeds) || drains == 0 {
		t.Errorf("too little happened: %d kills, %d drains", kills, drains)
	}
}

// A load may have loads of its own.
func TestLoadsOfLoads(t *testing.T) {
	noLeaks(t)
	events, dims, inner := randomRows(rng(5), 200, 0, false), dimRows(8, 0), dimRows(5, 1000)
	plan := func() *ir.Plan {
		l := loadOf(1, "dim", 2)
		low := loadOf(7, "inner", 2)
		low.Plan.Stages[0].ID = 300
		l.Plan.Loads = []*ir.Load{low}
		op := lookupIn(low, ir.InnerJoin)
		op.Cols, op.Out = []int{0, 1, 5}, rowSchema
		l.Plan.Stages[0].Ops = []ir.PhysOp{op}
		return lookupPlan(l, 2)
	}
	for _, simulate := range []bool{false, true} {
		w, _ := loadWorld(events, dims)
		old := w.cfg.Source
		w.cfg.Source = func(x *ir.Table) (vexec.Source, error) {
			if x.Name == "inner" {
				return &rowSource{splits: [][]row{inner}, unit: 3, batch: 2}, nil
			}
			return old(x)
		}
		var s *Stats
		var err error
		if simulate {
			var res *SimResult
			if res, err = Simulate(plan(), w.cfg, 1, SimOptions{}); err == nil {
				s = res.Stats
			}
		} else {
			s, err = Run(context.Background(), plan(), w.cfg)
		}
		if err != nil {
			t.Fatal(err)
		}
		if d := differ(w.out.sorted(), joined(events, inner)); d != "" {
			t.Fatal(d)
		}
		if err := s.Balanced(); err != nil {
			t.Error(err)
		}
		if l := s.Loads[0]; l.Rows != 5 || l.Loads[0].Rows != 5 || l.Loads[0].Name != "inner" {
			t.Errorf("%+v", l)
		}
	}
}

func TestLoadsThatFail(t *testing.T) {
	noLeaks(t)
	events, dims := randomRows(rng(1), 50, 0, false), dimRows(8, 0)
	run := func(want string, change func(w *world, dim *rowSource, l *ir.Load)) {
		t.Helper()
		for _, simulate := range []bool{false, true} {
			w, dim := loadWorld(events, dims)
			l := loadOf(1, "dim", 2)
			change(w, dim, l)
			var err error
			if simulate {
				_, err = Simulate(lookupPlan(l, 2), w.cfg, 1, SimOptions{})
			} else {
				_, err = Run(context.Background(), lookupPlan(l, 2), w.cfg)
			}
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want %q", err, want)
			}
			if len(w.out.rows()) > 0 || dim.open != 0 {
				t.Errorf("%d rows, %d open readers", len(w.out.rows()), dim.open)
			}
		}
	}
	run("Scan(dim): the disk is gone", func(_ *world, dim *rowSource, _ *ir.Load) { dim.fail = 1 })
	run("Load(dim) of stage 101 holds", func(w *world, _ *rowSource, _ *ir.Load) { w.cfg.Memory = 300 })
	run("gives more than one row: give it LIMIT 1, an aggregate such as MAX, or a condition that one row fulfils (the query reads dim)", func(_ *world, _ *rowSource, l *ir.Load) { l.Single = true })
	run("there is no table other", func(_ *world, _ *rowSource, l *ir.Load) { l.Plan.Stages[0].Scan.Table.Name = "other" })
}

// What is asked for while a load is read ends it at once.
func TestLoadsThatAreStopped(t *testing.T) {
	noLeaks(t)
	events, dims := randomRows(rng(1), 50, 0, false), dimRows(8, 0)
	for _, how := range []string{"interrupt", "stop", "cancel"} {
		w, dim := loadWorld(events, dims)
		dim.hold, dim.splits = true, [][]row{dims}
		asked := make(chan struct{})
		ctx, cancel := context.WithCancelCause(context.Background())
		gone := errors.New("gone")
		want := error(nil)
		switch how {
		case "interrupt":
			w.cfg.Interrupt, want = asked, ErrInterrupted
		case "stop":
			w.cfg.Stop = asked
		case "cancel":
			want = gone
		}
		w.cfg.Progress = func(p Progress) { // it never ends by itself
			if p.Loading != "dim" {
				t.Errorf("%s: it reads %q", how, p.Loading)
			}
			if how == "cancel" {
				cancel(gone)
			} else if asked != nil {
				close(asked)
				asked = nil
			}
		}
		s, err := Run(ctx, lookupPlan(loadOf(1, "dim", 2), 2), w.cfg)
		if !errors.Is(err, want) || s.Stopped != (how == "stop") || len(w.out.rows()) > 0 {
			t.Errorf("%s: %v, %+v", how, err, s)
		}
		cancel(nil)
	}
}

// A load that is read anew is swapped as a whole: each row is joined with the table of one
// reading, and later rows with later ones. Readings that fail change nothing.
func TestReload(t *testing.T) {
	noLeaks(t)
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 9))
		events := randomRows(r, 400, 0, false)
		w, _ := loadWorld(events, dimRows(9, 0))
		w.src.lazy = true
		w.src.hold = true
		reads, fails := 0, 0
		old := w.cfg.Source
		w.cfg.Source = func(x *ir.Table) (vexec.Source, error) {
			if x.Name != "dim" {
				return old(x)
			}
			reads++
			src := &rowSource{splits: [][]row{dimRows(9, int64(reads)*100)}, unit: 2, batch: 2}
			if reads%3 == 0 {
				fails++
				src.fail = 2
			}
			return src, nil
		}
		var warned []string
		w.cfg.Warn = func(text string) { warned = append(warned, text) }
		w.cfg.BatchRows = 8
		l := loadOf(1, "dim", 1+r.IntN(2))
		l.Reload = 20_000
		res, err := Simulate(lookupPlan(l, 1), w.cfg, seed, SimOptions{StopWhen: func() bool { return reads >= 9 }})
		if err != nil {
			t.Fatal(err)
		}
		s := res.Stats.Loads[0]
		if s.Failed < int64(fails-1) || fails < 2 || s.Reads < 5 || len(warned) < fails-1 {
			t.Fatalf("seed %d: %+v, %d failed, %d warnings", seed, s, fails, len(warned))
		}
		if !strings.Contains(warned[0], "reading dim anew failed") || !strings.Contains(warned[0], "the disk is gone") {
			t.Error(warned[0])
		}
		last, versions := int64(0), map[int64]bool{}
		for _, text := range w.out.rows() {
			var n, dim int64
			f := splitText(text)
			fmt.Sscan(f[2], &n)
			fmt.Sscan(f[3], &dim)
			v := dim / 100
			if v < last || v%3 == 0 {
				t.Fatalf("seed %d: %s is joined with reading %d, after %d", seed, text, v, last)
			}
			last, versions[v] = v, true
		}
		if len(versions) < 2 {
			t.Errorf("seed %d: rows are joined with %d versions", seed, len(versions))
		}
	}
}
