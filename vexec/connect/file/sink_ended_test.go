package file

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// A sink whose rows have ended is restored with the rest of a run that goes on: it
// is prepared for later epochs, too, and its file stays as it is.
func TestPreparedAgainAfterItsEnd(t *testing.T) {
	for name, want := range map[string]string{
		"out.ndjson":  `{"k":1,"s":"a"}` + "\n",
		"out.parquet": "1 \"a\"\n",
		"folder/":     part1 + "r1-000001-0000.ndjson:\n" + `{"k":1,"s":"a"}` + "\n",
	} {
		for _, unbounded := range []bool{false, true} {
			if unbounded && name == "out.parquet" {
				continue // refused
			}
			path := filepath.Join(t.TempDir(), name)
			if name == "folder/" {
				path += "/"
			}
			table := sinkTable(path, "format", map[bool]string{true: "parquet", false: "ndjson"}[name == "out.parquet"])
			var token []byte
			for epoch := uint64(1); epoch < 4; epoch++ {
				s, err := start(table, &vexec.SinkContext{Schema: sinkSchema, Run: "r1", Epoch: epoch - 1, Token: token, Unbounded: unbounded})
				if err != nil {
					t.Fatalf("%s, epoch %d: %v", name, epoch, err)
				}
				if epoch == 1 {
					if err := s.Write(context.Background(), vtest.Batch(sinkSchema, vtest.Row{1, "a"})); err != nil {
						t.Fatal(err)
					}
				}
				if token, err = s.Prepare(context.Background(), epoch, epoch != 2); err != nil {
					t.Fatalf("%s, epoch %d: %v", name, epoch, err)
				}
				if err := s.Commit(context.Background(), epoch, token); err != nil {
					t.Fatalf("%s, epoch %d: %v", name, epoch, err)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if got := content(t, path); got != want {
				t.Errorf("%s holds %q, want %q", name, got, want)
			}
		}
	}
}
