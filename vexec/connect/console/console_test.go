package console

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

var schema = vtest.Schema("ts", ir.TTimestamp, "name", ir.TVarchar, "n", ir.TBigInt)

func show(t *testing.T, opt Options, s *ir.Schema, rows ...vtest.Row) string {
	t.Helper()
	var out bytes.Buffer
	ctx := context.Background()
	sink := New(&out, opt)
	if err := sink.Open(ctx, &vexec.SinkContext{Schema: s}); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := sink.Write(ctx, vtest.BatchAs(s, vtest.Shape{Dead: true}, r)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := sink.Prepare(ctx, 1, true); err != nil {
		t.Fatal(err)
	}
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestTable(t *testing.T) {
	f := func(opt Options, want string, rows ...vtest.Row) {
		t.Helper()
		if got := show(t, opt, schema, rows...); got != want {
			t.Errorf("%+v:\n%s\nwant\n%s", opt, got, want)
		}
	}
	rows := []vtest.Row{{"2024-01-02 03:04:05", "a", 5}, {nil, nil, nil}, {"2024-01-02 03:04:05.5", "日本", -1234}}
	f(Options{}, `
ts                         | name |     n
---------------------------+------+------
2024-01-02 03:04:05        | a    |     5
NULL                       | NULL |  NULL
2024-01-02 03:04:05.500000 | 日本 | -1234
`[1:], rows...)
	f(Options{Title: "q1", Types: true}, `
q1
ts        | name    |      n
TIMESTAMP | VARCHAR | BIGINT
----------+---------+-------
`[1:])
	f(Options{Width: 20}, `
ts                 …
-------------------…
2024-01-02 03:04:05…
`[1:], rows[0])
	// The second block widens a column; the first has been shown.
	f(Options{MaxBufferedRows: 1}, `
ts                  | name | n
--------------------+------+--
2024-01-02 03:04:05 | a    | 5
NULL                | NULL | NULL
2024-01-02 03:04:05.500000 | 日本 | -1234
`[1:], rows...)
}

func TestControlCharacters(t *testing.T) {
	s := vtest.Schema("s", ir.TVarchar)
	f := func(in, want string) {
		t.Helper()
		lines := strings.Split(show(t, Options{}, s, vtest.Row{in}), "\n")
		if lines[2] != want {
			t.Errorf("%q: %s, want %s", in, lines[2], want)
		}
	}
	f("a\nb\tc\r", `a\nb\tc\r`)
	f("\x1b[31mred", `\x1b[31mred`)
	f("\xff\x00", `\xff\x00`)
	f("\u202eabc\u0085", `\u202eabc\u0085`)
	f("é 👍🏽", "é 👍🏽")
}

// TestNestedCells shows nested values as JSON text on one line.
func TestNestedCells(t *testing.T) {
	row := &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "a", Type: ir.TDecimal(5, 2)}, {Name: "when", Type: ir.TTimestamp}}}
	s := vtest.Schema("r", row, "l", &ir.Type{Kind: ir.Array, Elem: ir.TVarchar}, "m", &ir.Type{Kind: ir.Map, Key: ir.TVarchar, Elem: ir.TDouble}, "b", ir.TVarbinary)
	got := show(t, Options{}, s,
		vtest.Row{vtest.Row{"1.50", "2024-01-02 03:04:05"}, vtest.Row{"x\n\x1b", nil, "日"}, []ir.MapEntry{{Key: "k", Val: 0.5}}, []byte{1, 0xAB}},
		vtest.Row{nil, vtest.Row{}, []ir.MapEntry{}, []byte{}})
	want := `
r                                       | l                       | m         | b
----------------------------------------+-------------------------+-----------+--------
{"a":1.50,"when":"2024-01-02 03:04:05"} | ["x\n\u001b",null,"日"] | {"k":0.5} | x'01AB'
NULL                                    | []                      | {}        | x''
`[1:]
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestDisplayWidth(t *testing.T) {
	f := func(s string, want int) {
		t.Helper()
		if got := displayWidth([]byte(s)); got != want {
			t.Errorf("%q is %d wide, want %d", s, got, want)
		}
	}
	f("", 0)
	f("abc", 3)
	f("é", 1)
	f("e\u0301", 1)
	f("日本", 4)
	f("한", 2)
	f("👍", 2)
	f("ｆｕｌｌ", 8)
	f("–…", 2)
}

func TestJSONAndCSV(t *testing.T) {
	rows := []vtest.Row{{"2024-01-02 03:04:05", "a,b", 5}, {nil, "", nil}}
	if got := show(t, Options{Format: JSON}, schema, rows...); got != `{"ts":"2024-01-02 03:04:05","name":"a,b","n":5}`+"\n"+`{"ts":null,"name":"","n":null}`+"\n" {
		t.Errorf("json: %s", got)
	}
	if got := show(t, Options{Format: CSV}, schema, rows...); got != "ts,name,n\n2024-01-02 03:04:05,\"a,b\",5\n,\"\",\n" {
		t.Errorf("csv: %s", got)
	}
	if got := show(t, Options{Format: CSV}, schema); got != "ts,name,n\n" {
		t.Errorf("csv without rows: %s", got)
	}
	if got := show(t, Options{Format: JSON}, schema); got != "" {
		t.Errorf("json without rows: %s", got)
	}
	if err := New(&bytes.Buffer{}, Options{Format: "xml"}).Open(context.Background(), &vexec.SinkContext{Schema: schema}); err == nil {
		t.Error("xml")
	}
}

func TestFlushAndCheckpointShowRows(t *testing.T) {
	var out bytes.Buffer
	ctx := context.Background()
	s := New(&out, Options{})
	if err := s.Open(ctx, &vexec.SinkContext{Schema: schema}); err != nil {
		t.Fatal(err)
	}
	shown := func(step string, rows int) {
		t.Helper()
		want := 0
		if rows > 0 {
			want = rows + 2
		}
		if n := strings.Count(out.String(), "\n"); n != want {
			t.Errorf("%s: %d lines, want %d", step, n, want)
		}
	}
	b := vtest.Batch(schema, vtest.Row{nil, "a", 1})
	_ = s.Write(ctx, b)
	shown("written", 0)
	_ = s.Flush()
	shown("flushed", 1)
	_ = s.Flush()
	shown("flushed again", 1)
	_ = s.Write(ctx, b)
	_, _ = s.Prepare(ctx, 1, false)
	shown("checkpoint", 2)
	_ = s.Write(ctx, b)
	_ = s.Close()
	shown("closed", 3)
	if s.ExactlyOnce() {
		t.Error("a terminal is not exactly-once")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestErrors(t *testing.T) {
	ctx := context.Background()
	s := New(broken{}, Options{Format: JSON})
	_ = s.Open(ctx, &vexec.SinkContext{Schema: schema})
	b := vtest.Batch(schema, vtest.Row{nil, "a", 1})
	if err := s.Write(ctx, b); err != nil {
		t.Errorf("buffered: %v", err)
	}
	if err := s.Flush(); err == nil || !strings.Contains(err.Error(), "broken pipe") {
		t.Errorf("flush: %v", err)
	}
	b.Kind = []vexec.RowKind{vexec.Delete}
	if err := s.Write(ctx, b); err == nil || !strings.Contains(err.Error(), "-D") {
		t.Errorf("a change: %v", err)
	}
}

func BenchmarkTable(b *testing.B) {
	ctx := context.Background()
	var rows []vtest.Row
	for i := range 1000 {
		rows = append(rows, vtest.Row{int64(i) * 1e6, "channel", i})
	}
	batch := vtest.Batch(schema, rows...)
	s := New(discard{}, Options{})
	_ = s.Open(ctx, &vexec.SinkContext{Schema: schema})
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Write(ctx, batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/row")
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// Instants are shown by the clock of the zone, also inside of other values; their type
// stays in the header.
func TestZone(t *testing.T) {
	ltz := &ir.Type{Kind: ir.TimestampLTZ, P: 3}
	list := &ir.Type{Kind: ir.Array, Elem: ltz}
	schema := ir.NewSchema(ir.Column{Name: "at", Type: ltz}, ir.Column{Name: "l", Type: list})
	winter := vtest.TS("2024-01-01 00:00:00")
	for format, want := range map[Format]string{
		Table: "TIMESTAMP_LTZ(3)",
		JSON:  `{"at":"2024-01-01 01:00:00","l":["2024-01-01 01:00:00",null]}` + "\n",
		CSV:   "at,l\n2024-01-01 01:00:00,\"[\"\"2024-01-01 01:00:00\"\",null]\"\n",
	} {
		got := show(t, Options{Format: format, Zone: "Europe/Berlin", Types: true}, schema, vtest.Row{winter, vtest.Row{winter, nil}})
		if !strings.Contains(got, want) || !strings.Contains(got, "2024-01-01 01:00:00") {
			t.Errorf("%s: %s", format, got)
		}
	}
}
