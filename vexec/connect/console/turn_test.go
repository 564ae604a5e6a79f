package console

import (
	"bytes"
	"context"
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
