package console

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// Rows of two tables on one writer stand under their own titles, also where the
// tables take turns.
func TestTurns(t *testing.T) {
	var out bytes.Buffer
	ctx := context.Background()
	turn := &Turn{}
	sinks := map[string]*Sink{}
	for _, title := range []string{"A", "B"} {
		sinks[title] = New(&out, Options{Title: title, Turn: turn})
		if err := sinks[title].Open(ctx, &vexec.SinkContext{Schema: schema}); err != nil {
			t.Fatal(err)
		}
	}
	f := func(title string, n int) {
		t.Helper()
		if err := sinks[title].Write(ctx, vtest.BatchAs(schema, vtest.Shape{}, vtest.Row{"2024-01-02 03:04:05", title, n})); err != nil {
			t.Fatal(err)
		}
		if err := sinks[title].Flush(); err != nil {
			t.Fatal(err)
		}
	}
	f("A", 1)
	f("A", 2)
	f("B", 3)
	f("A", 4)
	want := `
A
ts                  | name | n
--------------------+------+--
2024-01-02 03:04:05 | A    | 1
2024-01-02 03:04:05 | A    | 2

B
ts                  | name | n
--------------------+------+--
2024-01-02 03:04:05 | B    | 3

A
2024-01-02 03:04:05 | A    | 4
`[1:]
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

// turns is sinks on one writer, in the order of the files.
type turns struct {
	t     *testing.T
	out   bytes.Buffer
	sinks []*Sink
}

// newTurns opens a sink for each letter of ends: b, whose rows end, or u, whose rows may
// not. They open in another order than the files'.
func newTurns(t *testing.T, ends string) *turns {
	x := &turns{t: t, sinks: make([]*Sink, len(ends))}
	turn := &Turn{}
	for i := len(ends) - 1; i >= 0; i-- {
		x.sinks[i] = New(&x.out, Options{Turn: turn, Ordinal: i, Bounded: ends[i] == 'b'})
		if err := x.sinks[i].Open(context.Background(), &vexec.SinkContext{Schema: schema, Unbounded: strings.Contains(ends, "u")}); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

// write has sink i show a row with n in it.
func (x *turns) write(i, n int) {
	x.t.Helper()
	if err := x.sinks[i].Write(context.Background(), vtest.BatchAs(schema, vtest.Shape{}, vtest.Row{"2024-01-02 03:04:05", "x", n})); err != nil {
		x.t.Fatal(err)
	}
	if err := x.sinks[i].Flush(); err != nil {
		x.t.Fatal(err)
	}
}

func (x *turns) finish(i int) {
	x.t.Helper()
	if err := x.sinks[i].Finish(); err != nil {
		x.t.Fatal(err)
	}
}

// holds compares the last column of the rows that are out.
func (x *turns) holds(want string) {
	x.t.Helper()
	var got []string
	for _, line := range strings.Split(x.out.String(), "\n") {
		if cells := strings.Split(line, " | "); len(cells) == 3 && cells[2] != "n" {
			got = append(got, strings.TrimSpace(cells[2]))
		}
	}
	if s := strings.Join(got, " "); s != want {
		x.t.Errorf("shown: %s, want %s\n%s", s, want, x.out.String())
	}
}

// The rows of statements come in the order of the files, whenever they are there.
func TestTurnsInOrder(t *testing.T) {
	x := newTurns(t, "bbb")
	x.write(2, 5)
	x.finish(2)
	x.write(1, 3)
	x.write(0, 1)
	x.holds("1")
	x.write(1, 4)
	x.write(0, 2)
	x.finish(0)
	x.holds("1 2 3 4")
	if _, err := x.sinks[1].Prepare(context.Background(), 1, true); err != nil {
		t.Fatal(err)
	}
	x.holds("1 2 3 4 5")
	x.finish(1)
	x.holds("1 2 3 4 5")
}

// What a failed run leaves is shown, too, and in order.
func TestTurnsOfFailure(t *testing.T) {
	x := newTurns(t, "bb")
	x.write(1, 2)
	x.write(0, 1)
	for _, s := range x.sinks {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	x.holds("1 2")
}

// A sink that could not be opened is closed as the others are.
func TestTurnsWithoutOpen(t *testing.T) {
	var out bytes.Buffer
	turn := &Turn{}
	opened := New(&out, Options{Title: "A", Turn: turn})
	if err := opened.Open(context.Background(), &vexec.SinkContext{Schema: schema}); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Sink{New(&out, Options{Title: "B", Turn: turn}), opened} {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A checkpoint counts rows as shown, so it shows them.
func TestTurnsAtCheckpoint(t *testing.T) {
	x := newTurns(t, "bb")
	x.write(1, 2)
	if _, err := x.sinks[1].Prepare(context.Background(), 1, false); err != nil {
		t.Fatal(err)
	}
	x.holds("2")
	x.write(1, 3)
	x.holds("2")
	x.finish(0)
	x.holds("2 3")
}

// Rows that may never end hold up nobody, and wait a little only.
func TestTurnsOfEndless(t *testing.T) {
	x := newTurns(t, "ubub")
	x.write(3, 4)
	x.holds("")
	x.write(2, 3)
	x.write(0, 1)
	x.holds("1")
	turn := x.sinks[0].opt.Turn
	turn.releaseEndless()
	x.holds("1 3")
	x.write(1, 2)
	x.finish(1)
	x.holds("1 3 2 4")
}

// There is an end to what waits.
func TestTurnsHeldBack(t *testing.T) {
	x := newTurns(t, "bb")
	turn := x.sinks[0].opt.Turn
	for range MaxHeld / 1024 {
		if err := turn.take(x.sinks[1], bytes.Repeat([]byte("."), 1024)); err != nil {
			t.Fatal(err)
		}
	}
	if x.out.Len() > 0 {
		t.Fatalf("%d bytes are out early", x.out.Len())
	}
	x.write(1, 2)
	if x.out.Len() < MaxHeld || turn.held != 0 {
		t.Errorf("%d bytes are out, %d wait", x.out.Len(), turn.held)
	}
	before := x.out.Len()
	x.write(1, 3)
	if x.out.Len() == before {
		t.Error("there is still an order")
	}
}
