package run

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// terminal is a medium that nothing can be taken back from.
type terminal struct{ rows []string }

// terminalSink writes to a terminal what it is given, at once.
type terminalSink struct {
	mediumSink
	t *terminal
}

func (s *terminalSink) Write(ctx context.Context, b *vexec.Batch) error {
	err := s.mediumSink.Write(ctx, b)
	s.t.rows = append(s.t.rows, s.pending...)
	s.pending = nil
	return err
}

func (s *terminalSink) ExactlyOnce() bool { return false }

// board is a medium that shows rows before their epoch, and can take them back.
type board struct {
	early []string // shown, and in no epoch
	ahead int      // how many rows were shown early, in all
	back  int      // how many were taken back
}

type boardSink struct {
	mediumSink
	b *board
}

func (s *boardSink) Open(ctx context.Context, sc *vexec.SinkContext) error {
	s.b.back += len(s.b.early)
	s.b.early, s.pending = nil, nil
	return s.mediumSink.Open(ctx, sc)
}

func (s *boardSink) Show(_ context.Context, epoch uint64) error {
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	for e := range s.m.prepared {
		if _, committed := s.m.shown[e]; !committed && e < epoch {
			return fmt.Errorf("epoch %d is prepared and not committed", e)
		}
	}
	s.b.early = append(s.b.early, s.pending...)
	s.b.ahead += len(s.pending)
	s.pending = nil
	return nil
}

func (s *boardSink) Prepare(ctx context.Context, epoch uint64, final bool) ([]byte, error) {
	s.pending = append(s.b.early, s.pending...)
	s.b.early = nil
	return s.mediumSink.Prepare(ctx, epoch, final)
}

// delivered runs a plan over kills and restarts with a sink, and says what happened.
func delivered(t *testing.T, d ir.Delivery, seed uint64, dir string, sink vexec.Sink) (rows []row, shape int, warned []string, res *SimResult) {
	t.Helper()
	r := rng(seed)
	shape = int(seed % 3)
	rows = randomRows(r, 100+r.IntN(200), 0, false)
	w := newWorld(&rowSource{splits: [][]row{rows}, unit: 1 + r.IntN(10), batch: 1 + r.IntN(10), lazy: r.IntN(2) == 0})
	w.cfg.Dir, w.cfg.Delivery = dir, d
	w.cfg.Warn = func(text string) { warned = append(warned, text) }
	w.cfg.Sink = func(*ir.PhysSink) (vexec.Sink, error) { return sink, nil }
	res, err := Simulate(killPlan(shape, r), w.cfg, seed, SimOptions{
		CheckpointEvery: 60 + r.IntN(200), KillEvery: 120, DrainEvery: 700, MaxRestarts: 6,
		Replan: func(int) *ir.Plan { return killPlan(shape, r) },
	})
	if err != nil {
		t.Fatalf("%s: %v", d, err)
	}
	return rows, shape, warned, res
}

// wanted is what a run without kills writes.
func wanted(rows []row, shape int) (out []string) {
	if shape != 2 {
		out, _ = sums(rows, 50)
		return out
	}
	pass, _, _, _ := model([][]row{rows}, 50, false)
	for i, text := range pass {
		if numberOf(pass[i])%13 != 0 {
			out = append(out, text)
		}
	}
	slices.Sort(out)
	return out
}

// repeated returns a row that is there more often than in want, and lost one that is
// there less often.
func repeatedAndLost(got, want []string) (repeated, lost []string) {
	count := map[string]int{}
	for _, w := range want {
		count[w]--
	}
	for _, g := range got {
		count[g]++
	}
	for text, n := range count {
		if n > 0 {
			repeated = append(repeated, text)
		} else if n < 0 {
			lost = append(lost, text)
		}
	}
	return repeated, lost
}

// To a terminal no row is written twice with at-most-once, and none is missing with
// at-least-once, whenever the run is killed; each mode does what the other does not.
func TestDeliveryToATerminal(t *testing.T) {
	base := fastDir(t)
	var repeats, losses, warnings int
	for seed := range uint64(24) {
		for _, d := range []ir.Delivery{ir.ExactlyOnce, ir.AtLeastOnce, ir.AtMostOnce} {
			term := &terminal{}
			sink := &terminalSink{mediumSink{m: newMedium()}, term}
			rows, shape, warned, res := delivered(t, d, seed, fmt.Sprintf("%s/%d-%s", base, seed, d), sink)
			repeated, lost := repeatedAndLost(term.rows, wanted(rows, shape))
			if d != ir.AtMostOnce {
				repeats += len(repeated)
				if len(lost) > 0 {
					t.Fatalf("seed %d, %s: %d rows are lost, such as %s", seed, d, len(lost), lost[0])
				}
				continue
			}
			if len(repeated) > 0 {
				t.Fatalf("seed %d, %s: %d rows are written twice, such as %s", seed, d, len(repeated), repeated[0])
			}
			losses += len(lost)
			said := slices.ContainsFunc(warned, func(w string) bool { return strings.Contains(w, "may not have been written") })
			if len(lost) > 0 && !said {
				t.Fatalf("seed %d: %d rows are lost, and nobody was told: %q", seed, len(lost), warned)
			}
			if said {
				warnings++
			}
			if res.Kills == 0 && said {
				t.Fatalf("seed %d: nothing was killed, and rows are said to be missing: %q", seed, warned)
			}
		}
	}
	if repeats == 0 || losses == 0 || warnings == 0 {
		t.Errorf("too little happened: %d rows repeated, %d lost, %d warnings", repeats, losses, warnings)
	}
}

// A medium that can take rows back holds each just once at the end, in every mode; with
// at-least-once it shows them before their checkpoint.
func TestDeliveryToABoard(t *testing.T) {
	base := fastDir(t)
	for _, d := range []ir.Delivery{ir.ExactlyOnce, ir.AtLeastOnce, ir.AtMostOnce} {
		all := &board{}
		for seed := range uint64(16) {
			b, m := &board{}, newMedium()
			rows, shape, _, _ := delivered(t, d, seed, fmt.Sprintf("%s/%d-%s", base, seed, d), &boardSink{mediumSink{m: m}, b})
			if diff := differ(m.sorted(), wanted(rows, shape)); diff != "" || len(b.early) > 0 {
				t.Fatalf("seed %d, %s: %s; %d rows are in no epoch", seed, d, diff, len(b.early))
			}
			all.ahead, all.back = all.ahead+b.ahead, all.back+b.back
		}
		if early := all.ahead > 0 && all.back > 0; early != (d == ir.AtLeastOnce) {
			t.Errorf("%s: %d rows were shown early, %d taken back", d, all.ahead, all.back)
		}
	}
}

// Rows of what never ends are shown within showEvery, long before the next checkpoint.
func TestAtLeastOnceDoesNotWaitForACheckpoint(t *testing.T) {
	noLeaks(t)
	for _, dir := range []string{"", fastDir(t)} {
		rows := randomRows(rand.New(rand.NewPCG(1, 2)), 400, 0, false)
		w := newWorld(&rowSource{splits: [][]row{rows}, unit: 50, batch: 50, lazy: true, hold: true})
		w.cfg.Dir, w.cfg.Interval, w.cfg.Delivery = dir, time.Hour, ir.AtLeastOnce
		stop := make(chan struct{})
		w.cfg.Stop = stop
		b := &board{}
		sink := &boardSink{mediumSink{m: newMedium()}, b}
		w.cfg.Sink = func(*ir.PhysSink) (vexec.Sink, error) { return &closing{boardSink: sink, at: 100, stop: stop}, nil }
		if _, err := Run(context.Background(), passPlan(testTable(), 1, -1, 0, false, ir.Gather), w.cfg); err != nil {
			t.Fatal(err)
		}
		if b.ahead < 100 {
			t.Errorf("folder %q: %d rows were shown early", dir, b.ahead)
		}
	}
}

// closing stops the run once so many rows were shown early.
type closing struct {
	*boardSink
	at   int
	stop chan struct{}
}

func (s *closing) Show(ctx context.Context, epoch uint64) error {
	was := s.b.ahead
	err := s.boardSink.Show(ctx, epoch)
	if was < s.at && s.b.ahead >= s.at {
		close(s.stop)
	}
	return err
}

// A run may go on with another delivery than it began with.
func TestDeliveryMayChange(t *testing.T) {
	rows := randomRows(rng(6), 20_000, 0, false)
	w := newWorld(&rowSource{splits: [][]row{rows}, unit: 50, batch: 50})
	w.cfg.Dir = fastDir(t)
	term := &terminal{}
	w.cfg.Sink = func(*ir.PhysSink) (vexec.Sink, error) { return &terminalSink{mediumSink{m: newMedium()}, term}, nil }
	p := passPlan(testTable(), 1, -1, 0, false, ir.Gather)
	w.cfg.Delivery, w.cfg.Interval = ir.AtMostOnce, time.Millisecond
	interrupted(t, w, p)
	w.cfg.Interval = 0
	p.Delivery = ir.AtLeastOnce // which a plan asks for and Config does not
	w.cfg.Delivery = ""
	var warned []string
	w.cfg.Warn = func(text string) { warned = append(warned, text) }
	if _, err := Run(context.Background(), p, w.cfg); err != nil {
		t.Fatal(err)
	}
	if len(term.rows) != 20_000 || len(warned) > 1 {
		t.Errorf("%d rows, warned %q", len(term.rows), warned)
	}
	w.cfg.Delivery, w.cfg.Dir = "sometimes", ""
	if _, err := Run(context.Background(), p, w.cfg); err == nil || err.Error() != `there is no delivery "sometimes": it is exactly-once, at-least-once or at-most-once` {
		t.Error(err)
	}
}

// Rows that wait for a checkpoint ask for one when they are many, and are accounted for.
func TestHeldRowsAskForACheckpoint(t *testing.T) {
	budget := vexec.NewBudget(0)
	asked := 0
	term := &terminal{}
	s := &heldSink{Sink: &terminalSink{mediumSink{m: newMedium()}, term}, mem: budget.Account("held"), full: func() { asked++ }}
	b := vexec.Batch{}
	b.Reset(ir.NewSchema(ir.Column{Name: "s", Type: ir.TVarchar}))
	b.Rows = 1
	b.Cols[0].Reset(ir.TVarchar, 1)
	b.Cols[0].SetBytes(0, []byte(strings.Repeat("x", 5<<20)))
	ctx := context.Background()
	n := 0
	for ; asked == 0 && n < 100; n++ {
		if err := s.Write(ctx, &b); err != nil {
			t.Fatal(err)
		}
	}
	if n > 8 || budget.Used() < heldBytes {
		t.Errorf("asked after %d rows and %d bytes", n, budget.Used())
	}
	token, err := s.Prepare(ctx, 3, false)
	if err != nil || string(token) != fmt.Sprintf("held rows: %d", n) || len(term.rows) != 0 {
		t.Errorf("%s %v, %d rows are out", token, err, len(term.rows))
	}
	for range 2 {
		if err := s.Commit(ctx, 3, token); err != nil || len(term.rows) != n || budget.Used() != 0 {
			t.Errorf("%v, %d rows of %d, %d bytes", err, len(term.rows), n, budget.Used())
		}
	}
	if token, err := s.Prepare(ctx, 4, false); token != nil || err != nil {
		t.Errorf("an epoch without rows: %s %v", token, err)
	}
}
