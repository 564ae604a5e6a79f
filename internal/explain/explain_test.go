package explain

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/run"
)

// evil is a name that every format must escape.
const evil = "a\"<b>&\\n\x00\xff'"

func col(s *ir.Schema, i int) ir.Expr {
	return &ir.ColRef{Index: i, Name: s.Cols[i].Name, T: s.Cols[i].Type}
}

// plans makes a logical and a physical plan of one query over a table that does not end.
func plans(size, slide int64) (*ir.Logical, *ir.Plan) {
	table := &ir.Table{Name: evil, Connector: "file", Cols: []ir.TableColumn{
		{Column: ir.Column{Name: "k", Type: ir.TVarchar}}, {Column: ir.Column{Name: "unused", Type: ir.TBigInt}}, {Column: ir.Column{Name: "ts", Type: ir.TTimestamp}}}}
	cols := []int{0, 2}
	in := table.Schema().Select(cols)
	w := ir.Window{Kind: ir.Hop, Size: size, Slide: slide}
	aggs := []ir.AggCall{{Fn: "COUNT", T: ir.TBigInt, Name: "n"}}
	out := ir.NewSchema(ir.Column{Name: "k", Type: ir.TVarchar}, ir.Column{Name: "n", Type: ir.TBigInt})
	layout := []ir.WindowOut{{Kind: ir.OutKey}, {Kind: ir.OutAgg}}
	timed := ir.NoProps
	timed.TimeCol = 1
	scan := &ir.Scan{Table: table, Cols: cols, P: ir.NoProps}
	filter := &ir.Filter{Input: &ir.Watermark{Input: scan, TimeCol: 1, Lag: 5_000_000, P: timed},
		Pred: &ir.Call{Fn: "=", Args: []ir.Expr{col(in, 0), &ir.Const{V: evil, T: ir.TVarchar}}, T: ir.TBoolean}}
	agg := &ir.WindowAgg{Input: filter, TimeCol: 1, Window: w, Keys: []int{0}, Aggs: aggs, Out: layout, S: out, P: ir.NoProps}
	op := &ir.WindowAggOp{Phase: ir.Final, In: in, TimeCol: 1, Window: w, Keys: []int{0}, Aggs: aggs, Layout: layout, Out: out}
	part := *op
	part.Phase, part.Out = ir.Partial, ir.PartialSchema(op)
	p := &ir.Plan{Stages: []*ir.Stage{
		{ID: 0, Tasks: 2, Scan: &ir.PhysScan{Table: table, Cols: cols, Out: in, TimeCol: 1, Lag: 5_000_000}, Ops: []ir.PhysOp{&ir.FilterOp{Pred: filter.Pred, Out: in}, &part}, Out: part.Out},
		{ID: 1, Tasks: 2, In: []ir.Input{{From: 0, Mode: ir.Hash, Keys: []int{2}}}, Ops: []ir.PhysOp{op}, Out: out},
		{ID: 2, Tasks: 1, In: []ir.Input{{From: 1, Mode: ir.Gather}}, Out: out, Sink: &ir.PhysSink{In: out}},
	}}
	return &ir.Logical{Sinks: []*ir.Sink{{Input: agg}}}, p
}

func holds(t *testing.T, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%q is missing in\n%s", w, text)
		}
	}
}

func TestText(t *testing.T) {
	l, p := plans(300_000_000, 60_000_000)
	if err := errors.Join(ir.Validate(l), ir.ValidatePlan(p)); err != nil {
		t.Fatal(err)
	}
	endless := func(*ir.Table) bool { return false }
	holds(t, Logical(l, "logical").Text(), "Sink to the client", "rows: unbounded, append-only", "columns: 2 of 3 are read", "ts TIMESTAMP *TIME*",
		"event time: ts, watermark 5 s behind the greatest seen; late rows go on", "state: panes of 1 min by k, 5 to a window; each is freed when the watermark passes the end of its last window")
	text := Physical(p, endless).Text()
	holds(t, text, "Stage 0, 2 tasks\n", "from stage 0, hash by k\n", "rows: unbounded, append-only", "state: groups of the panes of 1 min by k that are being read")
	if strings.Contains(text, "measured") {
		t.Errorf("nothing was measured:\n%s", text)
	}
	l, p = plans(60_000_000, 60_000_000)
	one := "state: one pane of 1 min by k; freed when the watermark passes window_end"
	holds(t, Logical(l, "optimized").Text(), one)
	holds(t, Physical(p, func(*ir.Table) bool { return true }).Text(), one, "rows: bounded, append-only")
}

func measured(t *testing.T) *Graph {
	t.Helper()
	_, p := plans(60_000_000, 60_000_000)
	g := Physical(p, func(*ir.Table) bool { return true })
	g.Measure(&run.Stats{PeakMemory: 3 << 20, Stages: []run.StageStats{
		{Tasks: []time.Duration{4 * time.Millisecond, 6 * time.Millisecond}, Waiting: time.Millisecond, Send: time.Millisecond,
			Scan: &run.ScanStats{Rows: 12000, RowsOut: 11990, Late: 10, Bad: 3, Units: 2, Bytes: 2048, Time: 5 * time.Millisecond},
			Ops:  []run.OpStats{{RowsIn: 11990, RowsOut: 100, Filtered: 11890, Batches: 4, Time: 1 * time.Millisecond}, {RowsIn: 100, RowsOut: 7, StateBytes: 1500, Time: 2 * time.Millisecond}}},
		{Ops: []run.OpStats{{RowsIn: 7, RowsOut: 5, Errors: 1}}},
		{Tasks: []time.Duration{time.Millisecond}, Sink: &run.OpStats{RowsIn: 5, Batches: 1}},
	}}, 7654321*time.Nanosecond)
	return g
}

func TestMeasuredText(t *testing.T) {
	holds(t, measured(t).Text(), "ran in 7.65ms, at most 3 MB", "2 tasks took 10ms together: waiting 1ms, sending 1ms",
		"measured: 12,003 rows in, 11,990 out, 10 late, 3 not decoded, 2 units, 2 KB, 5ms", "11,890 filtered", "4 batches", "state 1.46 KB",
		"it runs within the tasks", "1 rejected", "measured: 5 rows in, 1 batch, 0s")
}

// TestPictures holds that the formats for tools are well formed whatever the names.
func TestPictures(t *testing.T) {
	l, p := plans(60_000_000, 60_000_000)
	for _, g := range []*Graph{Logical(l, "logical"), Physical(p, func(*ir.Table) bool { return true }), measured(t)} {
		dec := xml.NewDecoder(strings.NewReader(g.SVG()))
		texts := 0
		for {
			tok, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("SVG: %v\n%s", err, g.SVG())
			}
			if s, ok := tok.(xml.StartElement); ok && s.Name.Local == "text" {
				texts++
			}
		}
		if texts < 10 {
			t.Errorf("%d texts in\n%s", texts, g.SVG())
		}
		dot := g.Dot()
		if strings.Contains(dot, "\x00") || !utf8.ValidString(dot) || strings.Count(strings.ReplaceAll(strings.ReplaceAll(dot, `\\`, ""), `\"`, ""), `"`)%2 != 0 {
			t.Errorf("DOT: %s", dot)
		}
		text, err := g.JSON()
		var back graphJSON
		if err == nil {
			err = json.Unmarshal(text, &back)
		}
		if err != nil || len(back.Boxes) != len(g.Boxes) {
			t.Errorf("JSON: %v\n%s", err, text)
		}
	}
	holds(t, measured(t).Dot(), "b0 -> b1 [label=\"hash by k\"]", `b1 -> b2 [label="gather"]`)
	text, _ := measured(t).JSON()
	holds(t, string(text), `"wall_ns": 10000000`, `"rows_in": 12003`, `"event_time_column": "ts"`, `"state": "one pane`)
}

// TestLayout holds that boxes do not overlap, and stand below what they read.
func TestLayout(t *testing.T) {
	g := &Graph{Form: "logical"}
	for i := range 12 {
		b := &Box{ID: i, Steps: []*Step{{Text: strings.Repeat("word ", 3*i+1)}}}
		for from := i - 3; from >= 0; from -= 2 {
			b.In = append(b.In, Arrow{From: from})
		}
		g.Boxes = append(g.Boxes, b)
	}
	boxes, width, height := g.layout()
	for i, a := range boxes {
		if a.x < 0 || a.y < 0 || a.x+a.w > width || a.y+a.h > height {
			t.Errorf("box %d is not in the picture", i)
		}
		for _, in := range a.In {
			if from := boxes[in.From]; from.y+from.h >= a.y {
				t.Errorf("box %d is not below %d", i, in.From)
			}
		}
		for j, b := range boxes[:i] {
			if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
				t.Errorf("boxes %d and %d overlap", i, j)
			}
		}
	}
}

func TestWrap(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "ab cd": "ab cd", "abc def gh": "abc|def gh", "abcdefghijklmno p": "abcdef|ghijkl|mno p", "é é é é é": "é é é|é é",
	} {
		if got := strings.Join(wrap(text, 6), "|"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
