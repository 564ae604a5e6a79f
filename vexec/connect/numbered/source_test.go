package numbered

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

type clock struct{ now ir.Micros }

func (c *clock) Now() ir.Micros { return c.now }

var ctx = context.Background()

func open(t *testing.T, o Options, c *clock, from vexec.Position) vexec.SplitReader {
	t.Helper()
	o.Split = "rows"
	src := NewSource(o)
	splits, err := src.Splits(ctx)
	if err != nil || len(splits) != 1 || src.Bounded() != o.Bounded {
		t.Fatal(splits, err)
	}
	r, err := src.Open(ctx, &vexec.Scan{Clock: c}, splits[0], from)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// claim returns how many rows come now; -1: none yet, -2: the end.
func claim(t *testing.T, r vexec.SplitReader, next *uint64) int {
	t.Helper()
	u, err := r.Claim(ctx)
	switch {
	case errors.Is(err, vexec.ErrNothingYet):
		return -1
	case err == io.EOF:
		return -2
	case err != nil:
		t.Fatal(err)
	}
	g := u.Piece.(Range)
	if g.From != *next || g.To <= g.From {
		t.Fatalf("range %d to %d behind %d", g.From, g.To, *next)
	}
	*next = g.To
	return int(g.To - g.From)
}

func TestUnits(t *testing.T) {
	r := open(t, Options{Rows: 250, Bounded: true, Unit: 100}, &clock{}, nil)
	next := uint64(0)
	for i, want := range []int{100, 100, 50, -2, -2} {
		if got := claim(t, r, &next); got != want {
			t.Errorf("claim %d: %d, want %d", i, got, want)
		}
		if i == 1 && string(r.Position()) != "200" {
			t.Errorf("position %s", r.Position())
		}
	}
	next = 200
	if got := claim(t, open(t, Options{Rows: 250, Bounded: true, Unit: 100}, &clock{}, vexec.Position("200")), &next); got != 50 {
		t.Errorf("from 200: %d", got)
	}
	if got := claim(t, open(t, Options{Bounded: true, Unit: 100}, &clock{}, nil), &next); got != -2 {
		t.Errorf("a table without rows: %d", got)
	}
	if _, err := NewSource(Options{}).Open(ctx, &vexec.Scan{Clock: &clock{}}, vexec.Split{}, vexec.Position("x")); err == nil {
		t.Error("a position that is none")
	}
}

// Rows wait for others for a while, but not for those behind the end.
func TestLinger(t *testing.T) {
	c := &clock{now: 1}
	src := NewSource(Options{PerSecond: 1000, Unit: 100, Rows: 60, Bounded: true})
	r, err := src.Open(ctx, &vexec.Scan{Clock: c, Linger: 50 * time.Millisecond}, vexec.Split{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	next := uint64(0)
	for i, want := range []int{1, -1, -1, -1, -1, 50, 9, -2} {
		if got := claim(t, r, &next); got != want {
			t.Errorf("claim %d: %d, want %d", i, got, want)
		}
		c.now += 10_000
	}
}

func TestRate(t *testing.T) {
	c := &clock{now: 5_000_000}
	r := open(t, Options{PerSecond: 1000, Unit: 10_000}, c, vexec.Position("7"))
	next := uint64(7)
	f := func(pass ir.Micros, want int) {
		t.Helper()
		c.now += pass
		if got := claim(t, r, &next); got != want {
			t.Errorf("at %s: %d, want %d", c.now, got, want)
		}
	}
	f(0, 1) // the first one at once
	f(0, -1)
	f(999, -1)
	f(1, 1)
	f(500_000, 500)
	f(100, -1)
	f(3600_000_000, 1001) // held up for an hour: a second of it is made up for
	f(0, -1)
	f(10_000, 10)
	slow := open(t, Options{PerSecond: 0.5, Unit: 10}, c, nil)
	next = 0
	for i, want := range []int{1, -1, 1, -1, 1} {
		if got := claim(t, slow, &next); got != want {
			t.Errorf("slow claim %d: %d, want %d", i, got, want)
		}
		c.now += 1_000_000
	}
}
