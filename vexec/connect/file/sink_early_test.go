package file

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// With at-least-once rows are there before their checkpoint, and a restart takes them
// back until they come again.
func TestShownEarlyAndTakenBack(t *testing.T) {
	ctx := context.Background()
	for name, options := range map[string][]string{"o.ndjson": nil, "dir/": {"format", "ndjson", "roll.rows", "1"}, "old/": {"format", "ndjson", "roll.interval", "1 min"}} {
		path := filepath.Join(quickDir(t), name)
		if name[len(name)-1] == '/' {
			path += "/"
		}
		c := &clock{now: 1}
		open := func(epoch uint64, token []byte) vexec.Sink {
			t.Helper()
			s, err := newSink(sinkTable(path, options...))
			if err == nil {
				err = s.Open(ctx, &vexec.SinkContext{Schema: sinkSchema, Run: "r1", Unbounded: true, Epoch: epoch, Token: token, Clock: c, Delivery: ir.AtLeastOnce})
			}
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		rows := func() (n int) {
			files, _ := filepath.Glob(filepath.Join(path, "part-*"))
			if name == "o.ndjson" {
				files = []string{path}
			}
			for _, f := range files {
				text, err := os.ReadFile(f)
				if err != nil {
					t.Fatal(err)
				}
				for _, b := range text {
					if b == '\n' {
						n++
					}
				}
			}
			return n
		}
		s := open(0, nil)
		write := func(s vexec.Sink, n int) {
			t.Helper()
			if err := s.Write(ctx, vtest.Batch(sinkSchema, vtest.Row{n, "x"})); err != nil {
				t.Fatal(err)
			}
		}
		write(s, 1)
		token, err := s.Prepare(ctx, 1, false)
		if err == nil {
			err = s.Commit(ctx, 1, token)
		}
		if err != nil {
			t.Fatal(err)
		}
		committed := rows()
		write(s, 2)
		c.now += 120_000_000 // the parts' time is over, too
		if err := s.(vexec.Shower).Show(ctx, 2); err != nil {
			t.Fatal(err)
		}
		if n := rows(); n != 2 {
			t.Errorf("%s: %d rows are shown, %d of them by a checkpoint", name, n, committed)
		}
		s = open(1, token) // the process was killed
		if n := rows(); n != committed {
			t.Errorf("%s: %d rows are there after a restart from a checkpoint that showed %d", name, n, committed)
		}
		write(s, 2)
		if token, err = s.Prepare(ctx, 2, true); err == nil {
			err = s.Commit(ctx, 2, token)
		}
		if n := rows(); n != 2 || err != nil {
			t.Errorf("%s: %d rows at the end, %v", name, n, err)
		}
		_ = s.Close()
	}
}
