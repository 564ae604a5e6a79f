package arrowipc

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/ndjson"
	"github.com/helios-stream/helios/vexec/vtest"
)

// piped reads all of in as a pipe.
func piped(t testing.TB, in io.Reader, s *ir.Schema) (rows string, bad []vexec.BadRow, err error) {
	t.Helper()
	open := func() (io.ReadCloser, error) { return io.NopCloser(in), nil }
	r := OpenPipe("stdin", open, &vexec.Scan{Schema: s, TimeCol: -1}, vexec.Split{ID: "stdin"})
	defer r.Close()
	return read(t, waiting{r}, s)
}

// waiting is a reader that waits for what has not come yet.
type waiting struct{ vexec.SplitReader }

func (w waiting) Claim(ctx context.Context) (vexec.Unit, error) {
	for {
		u, err := w.SplitReader.Claim(ctx)
		if !errors.Is(err, vexec.ErrNothingYet) {
			return u, err
		}
		runtime.Gosched()
	}
}

// NewDecoder is of the pipe once its schema has come.
func (w waiting) NewDecoder() (vexec.Decoder, error) { return &later{r: w.SplitReader}, nil }

// later makes its decoder when the first unit is there.
type later struct {
	r vexec.SplitReader
	d vexec.Decoder
}

func (l *later) Begin(ctx context.Context, u vexec.Unit) (m ir.Micros, err error) {
	if l.d == nil {
		if l.d, err = l.r.NewDecoder(); err != nil {
			return 0, err
		}
	}
	return l.d.Begin(ctx, u)
}

func (l *later) Next(b *vexec.Batch, bad *vexec.BadRows) error { return l.d.Next(b, bad) }

func (l *later) Close() error {
	if l.d == nil {
		return nil
	}
	return l.d.Close()
}

// TestPipe reads what others have written, files and streams, whole and in drops.
func TestPipe(t *testing.T) {
	for _, path := range files(t) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(strings.TrimSuffix(path, filepath.Ext(path)) + ".ndjson")
		if err != nil {
			t.Fatal(err)
		}
		s := schemaOf(t, path)
		for _, in := range []io.Reader{bytes.NewReader(raw), iotest.OneByteReader(bytes.NewReader(raw)), iotest.DataErrReader(bytes.NewReader(raw))} {
			got, bad, err := piped(t, in, s)
			if strings.HasPrefix(filepath.Base(path), "polars") && filepath.Ext(path) == ".arrow" {
				if err == nil || err.Error() != "stdin: "+errOnlyEnd.Error() {
					t.Errorf("%s: %v", path, err)
				}
				continue
			}
			if got != string(want) || err != nil || len(bad) > 0 {
				t.Errorf("%s: %v %v\n%s\nwant\n%s", path, err, bad, got, want)
			}
		}
	}
}

// TestPipeFaults: what cannot be read is one error, which comes again.
func TestPipeFaults(t *testing.T) {
	s := vtest.Schema("n", ir.TBigInt)
	var whole bytes.Buffer
	w, err := NewWriter(&whole, s, Options{Stream: true}, nil)
	if err == nil {
		err = errors.Join(w.Write(vtest.Batch(s, vtest.Row{1})), w.Flush(), w.Write(vtest.Batch(s, vtest.Row{2})), w.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	raw := whole.String()
	f := func(in io.Reader, s *ir.Schema, want string) {
		t.Helper()
		if _, _, err := piped(t, in, s); err == nil || err.Error() != "stdin: "+want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
	f(strings.NewReader(""), s, "not an Arrow file: it has 0 bytes")
	f(strings.NewReader("{"), s, "not an Arrow file: it has 1 bytes")
	f(strings.NewReader("{\"n\":1}\n"), s, "not an Arrow file: it begins neither with ARROW1 nor with a message")
	f(strings.NewReader("ARROWS\x00\x00 and more"), s, "not an Arrow file: it begins neither with ARROW1 nor with a message")
	f(strings.NewReader("ARROW1\x00\x00"+raw[:9]), s, errCutOff.Error())
	f(strings.NewReader("ARROW1\x00\x00"+raw), s, errNoEnd.Error())
	f(strings.NewReader(raw[strings.Index(raw[4:], "\xff\xff\xff\xff")+4:]), s, "not an Arrow file: it begins neither with ARROW1 nor with a schema")
	f(strings.NewReader(raw), vtest.Schema("m", ir.TBigInt), "the Arrow file has no column m; did you mean n? It has: n")
	f(strings.NewReader(raw), vtest.Schema("n", ir.TDate), "column n is BIGINT in the Arrow file, which cannot be read as the declared DATE; declare it BIGINT and convert it in the query")
	f(io.MultiReader(strings.NewReader(raw[:len(raw)-30]), iotest.ErrReader(errors.New("the cable is out"))), s, "the cable is out")
	for n := 8; n < len(raw)-8; n++ {
		rows, _, err := piped(t, strings.NewReader(raw[:n]), s)
		if err == nil && !strings.HasPrefix("{\"n\":1}\n{\"n\":2}\n", rows) || err != nil && err.Error() != "stdin: "+errCutOff.Error() {
			t.Errorf("%d bytes of %d: %q, %v", n, len(raw), rows, err)
		}
	}
	if rows, _, err := piped(t, strings.NewReader(raw[:len(raw)-8]), s); err != nil || rows != "{\"n\":1}\n{\"n\":2}\n" {
		t.Errorf("a stream that just ends: %q %v", rows, err)
	}
}

// A message that says it has gigabytes takes no memory that did not come.
func TestPipeBelievesNothing(t *testing.T) {
	in := newInlet(strings.NewReader("\xff\xff\xff\xff\x00\x00\x00\x0f and no more"), usual)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := in.next(); err != errCutOff {
		t.Error(err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d bytes were allocated", n)
	}
}

// Rows are there before the stream ends, and Claim never waits.
func TestPipeAsItComes(t *testing.T) {
	s := vtest.Schema("n", ir.TBigInt)
	in, out := io.Pipe()
	open := func() (io.ReadCloser, error) { return in, nil }
	r := OpenPipe("stdin", open, &vexec.Scan{Schema: s, TimeCol: -1}, vexec.Split{})
	defer r.Close()
	if _, err := r.Claim(context.Background()); err != vexec.ErrNothingYet {
		t.Fatal(err)
	}
	w, err := NewWriter(out, s, Options{Stream: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	enc := ndjson.NewEncoder(s)
	for i := range 3 {
		if err := errors.Join(w.Write(vtest.Batch(s, vtest.Row{i})), w.Flush()); err != nil {
			t.Fatal(err)
		}
		u, err := waiting{r}.Claim(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Claim(context.Background()); err != vexec.ErrNothingYet {
			t.Fatal(err)
		}
		d, err := r.NewDecoder()
		if err != nil {
			t.Fatal(err)
		}
		var b vexec.Batch
		if _, err = d.Begin(context.Background(), u); err == nil {
			err = d.Next(&b, &vexec.BadRows{})
		}
		if got := string(enc.Append(nil, &b)); err != nil || got != "{\"n\":"+string(rune('0'+i))+"}\n" {
			t.Error(got, err)
		}
		_ = d.Close()
	}
	go func() { _ = w.Close(); _ = out.Close() }()
	if _, err := (waiting{r}).Claim(context.Background()); err != io.EOF {
		t.Error(err)
	}
}
