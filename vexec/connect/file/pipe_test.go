package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/arrowipc"
	"github.com/helios-stream/helios/vexec/vtest"
)

// stdin opens a table of standard input.
func openStdin(t *testing.T, in io.Reader, clock vexec.Clock, linger time.Duration, options ...string) vexec.SplitReader {
	t.Helper()
	table := tableOf("", "-", idName...)
	for i := 0; i < len(options); i += 2 {
		table.Options[options[i]] = options[i+1]
	}
	c := connector{limits: limits{unit: 1 << 10, record: 1 << 16}, stdin: in}
	if c.Bounded(table) || !FromStdin(table) {
		t.Error("standard input is not bounded")
	}
	src, err := c.Source(table)
	if err != nil {
		t.Fatal(err)
	}
	splits, err := src.Splits(context.Background())
	if err != nil || len(splits) != 1 {
		t.Fatal(splits, err)
	}
	s := table.Physical()
	scan := &vexec.Scan{Table: table, Schema: s, TimeCol: -1, Clock: clock, Linger: linger, Cols: []int{0, 1}}
	r, err := src.Open(context.Background(), scan, splits[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// drink reads until the end, an error, or as long as something comes at once.
func drink(t *testing.T, r vexec.SplitReader, wait bool) (*outcome, error) {
	t.Helper()
	out := &outcome{}
	var d vexec.Decoder
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); {
		u, err := r.Claim(context.Background())
		switch {
		case err == io.EOF:
			return out, nil
		case errors.Is(err, vexec.ErrNothingYet) && !wait:
			return out, err
		case errors.Is(err, vexec.ErrNothingYet):
			time.Sleep(100 * time.Microsecond)
			continue
		case err != nil:
			return out, err
		}
		if d == nil {
			if d, err = r.NewDecoder(); err != nil {
				t.Fatal(err)
			}
		}
		if err := readUnit(d, u, usual, out); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("it does not end")
	return out, nil
}

func TestStdinOfEveryKind(t *testing.T) {
	for _, ending := range []string{"", ".gz", ".zst", ".snappy", ".lz4"} {
		codec := map[string]string{"": "none", ".gz": "gzip", ".zst": "zstd", ".snappy": "snappy", ".lz4": "lz4"}[ending]
		for _, compression := range []string{"auto", codec} {
			r := openStdin(t, strings.NewReader(packParts(ending, awkward)), &testClock{}, 0, "format", "json", "compression", compression)
			got, err := drink(t, r, true)
			if err != nil {
				t.Fatal(ending, compression, err)
			}
			check(t, "json"+ending, got.rows, awkwardRows)
			check(t, "bad", strings.Split(strings.ReplaceAll(strings.Join(got.badText(), "\n"), stdinSplit, "a.ndjson"), "\n"), awkwardBad)
			r = openStdin(t, strings.NewReader(packParts(ending, awkwardCSV)), &testClock{}, 0, "format", "csv", "compression", compression)
			if got, err = drink(t, r, true); err != nil {
				t.Fatal(ending, compression, err)
			}
			check(t, "csv"+ending, got.rows, awkwardCSVRows)
		}
		if ending == "" || ending == ".snappy" {
			continue
		}
		whole := packParts(ending, awkward)
		r := openStdin(t, strings.NewReader(whole[:len(whole)-3]), &testClock{}, 0, "format", "json")
		if _, err := drink(t, r, true); err == nil || !strings.Contains(err.Error(), "standard input is cut off") {
			t.Errorf("%s cut off: %v", ending, err)
		}
	}
	for _, in := range []string{"", "\n", "\x1f"} { // nothing, or only what could have been compressed
		r := openStdin(t, strings.NewReader(in), &testClock{}, 0, "format", "json")
		if got, err := drink(t, r, true); err != nil || len(got.rows) > 0 {
			t.Errorf("%q: %v %v", in, got.rows, err)
		}
	}
	r := openStdin(t, io.MultiReader(strings.NewReader(line(1)), failing{errors.New("the cable is out")}), &testClock{}, 0, "format", "json")
	if _, err := drink(t, r, true); err == nil || err.Error() != "cannot read standard input: the cable is out" {
		t.Error(err)
	}
}

// A line is handed on when it has waited for 'watermark.interval', and at once when
// there is a whole unit.
func TestStdinLingers(t *testing.T) {
	in, w := io.Pipe()
	clock := &testClock{}
	r := openStdin(t, in, clock, 10*time.Millisecond, "format", "json", "compression", "none")
	say := func(text string) {
		if _, err := w.Write([]byte(text)); err != nil {
			t.Error(err)
		}
	}
	expect := func(what string, n int) {
		t.Helper()
		total := 0
		for end := time.Now().Add(3 * time.Minute); time.Now().Before(end) && total < n; {
			got, err := drink(t, r, false)
			if err != nil && !errors.Is(err, vexec.ErrNothingYet) {
				t.Fatal(err)
			}
			total += len(got.rows)
		}
		got, _ := drink(t, r, false)
		if total += len(got.rows); total != n {
			t.Fatalf("%s: %d rows, want %d", what, total, n)
		}
	}
	say(line(1))
	say(`{"id":2`)
	expect("it waits", 0)
	for r.(*pipe).lingers == false { // the first line has come
		_, _ = r.Claim(context.Background())
	}
	clock.now += 9_999
	expect("it still waits", 0)
	clock.now++
	expect("it has waited", 1)
	say("}\n")
	many := strings.Repeat(line(3), 60) // more than a unit
	go say(many)
	for n := 0; n < 40; {
		got, err := drink(t, r, false)
		if err != nil && !errors.Is(err, vexec.ErrNothingYet) {
			t.Fatal(err)
		}
		n += len(got.rows)
	}
	_ = w.Close()
	clock.now += ir.Micros(1)
	if _, err := drink(t, r, true); err != nil {
		t.Error(err)
	}
}

// Arrow comes as a stream or as a file, compressed or not.
func TestStdinArrow(t *testing.T) {
	var want []string
	for _, stream := range []bool{true, false} {
		var raw bytes.Buffer
		s := vtest.Schema("id", ir.TBigInt, "name", ir.TVarchar)
		w, err := arrowipc.NewWriter(&raw, s, arrowipc.Options{Stream: stream}, nil)
		if err != nil {
			t.Fatal(err)
		}
		want = nil
		for i := range 5 {
			if err := errors.Join(w.Write(vtest.Batch(s, vtest.Row{i, "a name that is no short text"}, vtest.Row{i, nil})), w.Flush()); err != nil {
				t.Fatal(err)
			}
			want = append(want, fmt.Sprintf("%d|a name that is no short text", i), fmt.Sprintf("%d|NULL", i))
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for _, ending := range []string{"", ".gz", ".zst"} {
			r := openStdin(t, strings.NewReader(pack(t, ending, raw.String())), &testClock{}, 0, "format", "arrow")
			got, err := drink(t, r, true)
			if err != nil || !slices.Equal(got.rows, want) || len(got.bad) > 0 {
				t.Errorf("stream %t%s: %v\n%q\n%q", stream, ending, err, got.rows, got.badText())
			}
		}
		packed := packParts(".gz", raw.String())
		r := openStdin(t, strings.NewReader(packed[:len(packed)-9]), &testClock{}, 0, "format", "arrow")
		if _, err := drink(t, r, true); err == nil || !strings.Contains(err.Error(), "standard input is cut off: what came of it does not end as gzip does") {
			t.Errorf("stream %t, cut off: %v", stream, err)
		}
	}
}

func TestStdinRefuses(t *testing.T) {
	for _, o := range [][2]string{{"", "set 'format' to json (NDJSON), csv or arrow"}, {"parquet", "Parquet cannot be read from standard input"}} {
		table := tableOf("", "/dev/stdin", idName...)
		table.Options["format"] = o[0]
		if err := New().Check(table, false); err == nil || !strings.Contains(err.Error(), o[1]) {
			t.Error(err)
		}
	}
	for _, format := range []string{"json", "csv", "arrow"} {
		table := tableOf("", "-")
		table.Options["format"], table.Options["infer.rows"] = format, "10"
		if _, err := NewWithStdin(strings.NewReader("{\"a\":1}\n")).Infer(context.Background(), table); err == nil || !strings.Contains(err.Error(), "standard input tells its columns only once it is read; name them") {
			t.Errorf("%s: %v", format, err)
		}
	}
}

// What is read ahead is bounded, goes on when it is taken, and ends when nobody wants it.
func TestPipeReadsAhead(t *testing.T) {
	p := &pipe{}
	p.room.L = &p.mu
	piece := bytes.Repeat([]byte("x"), aheadBytes)
	put := func(err error) chan bool {
		done := make(chan bool, 1)
		go func() { done <- p.put(piece, err) }()
		return done
	}
	more := func() (n int, end bool, err error) { return p.more(make([]byte, 2*aheadBytes)) }
	if !p.put(piece, nil) {
		t.Fatal("it takes nothing")
	}
	broken := errors.New("broken")
	second := put(broken)
	if n, end, err := more(); n != len(piece) || end || err != nil {
		t.Errorf("%d bytes of %d, %v %v: it reads farther ahead than it should", n, len(piece), end, err)
	}
	if !<-second {
		t.Error("it does not go on")
	}
	if n, end, err := more(); n != len(piece) || end || err != nil {
		t.Errorf("%d bytes before an error: %v %v", n, end, err)
	}
	if n, _, err := more(); n != 0 || err != broken {
		t.Errorf("%d bytes, %v", n, err)
	}
	p.put(piece, nil)
	third := put(nil)
	if _ = p.Close(); <-third {
		t.Error("it goes on when it is closed")
	}
}
