package console

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/arrowipc"
	"github.com/helios-stream/helios/vexec/vtest"
)

func TestStamped(t *testing.T) {
	var out bytes.Buffer
	ctx := context.Background()
	s := Stamped(New(&out, Options{Format: CSV})).(*stamped)
	s.now = func() time.Time { return time.Date(2024, 1, 2, 3, 4, 5, 678_999_000, time.UTC) }
	names := vtest.Schema("Shown_At", ir.TVarchar, "n", ir.TBigInt)
	if err := s.Open(ctx, &vexec.SinkContext{Schema: names}); err != nil {
		t.Fatal(err)
	}
	for _, shape := range []vtest.Shape{{}, {Dead: true}} {
		if err := s.Write(ctx, vtest.BatchAs(names, shape, vtest.Row{"a", 1}, vtest.Row{"b", 2})); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	const rows = "2024-01-02 03:04:05.678000,a,1\n2024-01-02 03:04:05.678000,b,2\n"
	if want := "shown_at_,Shown_At,n\n" + rows + rows; out.String() != want {
		t.Errorf("%s\nwant\n%s", &out, want)
	}
}

// Rows of a stream are shown at once; others are held to align them.
func TestLive(t *testing.T) {
	ctx := context.Background()
	for _, live := range []bool{true, false} {
		var out bytes.Buffer
		s := New(&out, Options{})
		if err := s.Open(ctx, &vexec.SinkContext{Schema: schema, Unbounded: live}); err != nil {
			t.Fatal(err)
		}
		if err := s.Write(ctx, vtest.BatchAs(schema, vtest.Shape{}, vtest.Row{nil, "a", 1})); err != nil {
			t.Fatal(err)
		}
		if shown := out.Len() > 0; shown != live {
			t.Errorf("unbounded %v, shown %v", live, shown)
		}
		_ = s.Close()
	}
}

// Rows that may never end can be read as they come, also by our own reader.
func TestArrowAsItComes(t *testing.T) {
	ctx := context.Background()
	var out bytes.Buffer
	s := New(&out, Options{Format: Arrow})
	budget := vexec.NewBudget(0)
	if err := s.Open(ctx, &vexec.SinkContext{Schema: schema, NoRestart: true, Unbounded: true, Memory: budget.Account("sink")}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "out.arrows")
	for n := range 3 {
		if err := s.Write(ctx, vtest.BatchAs(schema, vtest.Shape{Dead: true}, vtest.Row{nil, "a text that is longer than a view", n})); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := arrowipc.Open(path, &vexec.Scan{Schema: schema, TimeCol: -1}, vexec.Split{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		batches := 0
		for err == nil {
			if _, err = r.Claim(ctx); err == nil {
				batches++
			}
		}
		if err != io.EOF || batches != n+1 {
			t.Errorf("after %d rows %d record batches can be read, then %v", n+1, batches, err)
		}
		_ = r.Close()
	}
	if err := s.Close(); err != nil || budget.Used() != 0 {
		t.Error(err, budget.Used())
	}
}

// A binary form without its end is not mistaken for a whole one, and takes part in no
// checkpoints.
func TestBinary(t *testing.T) {
	ctx := context.Background()
	for _, f := range []Format{Arrow, Parquet} {
		for _, whole := range []bool{true, false} {
			var out bytes.Buffer
			s := New(&out, Options{Format: f})
			if err := s.Open(ctx, &vexec.SinkContext{Schema: schema, NoRestart: true}); err != nil {
				t.Fatal(err)
			}
			if err := s.Write(ctx, vtest.BatchAs(schema, vtest.Shape{Dead: true}, vtest.Row{nil, "a", 1})); err != nil {
				t.Fatal(err)
			}
			if whole {
				if _, err := s.Prepare(ctx, 1, true); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			ending := map[Format]string{Arrow: "\xff\xff\xff\xff\x00\x00\x00\x00", Parquet: "PAR1"}[f]
			if n := out.Len(); n < 8 && whole || bytes.HasSuffix(out.Bytes(), []byte(ending)) != whole && n > 4 {
				t.Errorf("%s, whole %v: %d bytes", f, whole, n)
			}
		}
		if err := New(&bytes.Buffer{}, Options{Format: f}).Open(ctx, &vexec.SinkContext{Schema: schema}); err == nil {
			t.Errorf("%s takes part in checkpoints", f)
		}
	}
}
