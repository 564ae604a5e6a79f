package explain

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
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
	g.Measure(&run.Stats{PeakMemory: 3 << 20, Running: 6 * time.Millisecond, Finishing: time.Millisecond, Stages: []run.StageStats{
		{Tasks: []time.Duration{4 * time.Millisecond, 6 * time.Millisecond}, Waiting: time.Millisecond, Send: time.Millisecond,
			Scan: &run.ScanStats{Rows: 12000, RowsOut: 11990, Late: 10, Bad: 3, Units: 2, Batches: 3, Bytes: 2048, Time: 5 * time.Millisecond},
			Ops:  []run.OpStats{{RowsIn: 11990, RowsOut: 100, Filtered: 11890, Batches: 4, Time: 1 * time.Millisecond}, {RowsIn: 100, RowsOut: 7, StateBytes: 1500, Time: 2 * time.Millisecond}}},
		{ID: 1, Ops: []run.OpStats{{RowsIn: 7, RowsOut: 5, Errors: 1}}},
		{ID: 2, Tasks: []time.Duration{time.Millisecond}, Sink: &run.OpStats{RowsIn: 5, Batches: 1}},
	}}, 7654321*time.Nanosecond)
	return g
}

func TestMeasuredText(t *testing.T) {
	holds(t, measured(t).Text(), "ran in 7.65ms: starting 654µs, tasks 6ms, finishing 1ms; at most 3 MB",
		"2 tasks took 10ms together: waiting 1ms, sending 1ms, the rest as below; not begun or ended 2ms",
		"measured: 12,003 rows in, 11,990 out, 10 late, 3 not decoded, 3 batches, 2 units, 2 KB, 5ms", "11,890 filtered", "4 batches", "state 1.46 KB",
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
	holds(t, measured(t).Dot(), `gives k VARCHAR, ts TIMESTAMP *TIME*\l`, `state: one pane of 1 min by k; freed when the watermark\l`, "b0 -> b1 [label=\"hash by k\"]", `b1 -> b2 [label="gather"]`)
	text, _ := measured(t).JSON()
	holds(t, string(text), `"wall_ns": 10000000`, `"rows_in": 12003`, `"batches": 3`, `"idle_ns": 2000000`, `"starting_ns": 654321`, `"event_time_column": "ts"`, `"state": "one pane`)
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

// TestArrows holds that arrows touch no box but those that they join, and lead down.
func TestArrows(t *testing.T) {
	g := &Graph{Form: "logical"}
	for i := range 14 {
		b := &Box{ID: i, Steps: []*Step{{Text: strings.Repeat("word ", 5*i%37+1)}}}
		for from := range i {
			if (i*7+from*3)%4 == 0 {
				b.In = append(b.In, Arrow{From: from})
			}
		}
		g.Boxes = append(g.Boxes, b)
	}
	boxes, width, height := g.layout()
	paths := regexp.MustCompile(`<path d="M([^"]*)" fill="none"`).FindAllStringSubmatch(g.SVG(), -1)
	if len(paths) < 20 {
		t.Fatalf("%d arrows", len(paths))
	}
	for _, p := range paths {
		y := 0.0
		for _, at := range points(t, p[1]) {
			if at[0] < 0 || at[0] > width || at[1] < y || at[1] > height {
				t.Fatalf("%s leaves the picture or leads up at %v", p[1], at)
			}
			y = at[1]
			for _, b := range boxes {
				if at[0] > b.x+0.1 && at[0] < b.x+b.w-0.1 && at[1] > b.y+0.1 && at[1] < b.y+b.h-0.1 {
					t.Fatalf("%s passes behind box %d at %v", p[1], b.ID, at)
				}
			}
		}
	}
}

// points are places on a path of lines and curves.
func points(t *testing.T, path string) (out [][2]float64) {
	t.Helper()
	now := [2]float64{}
	for i, part := range regexp.MustCompile(`[LC]?[-0-9. ]+`).FindAllString(path, -1) {
		var n [6]float64
		words := strings.Fields(strings.TrimLeft(part, "LC"))
		for k, w := range words {
			f, err := strconv.ParseFloat(w, 64)
			if err != nil {
				t.Fatal(err)
			}
			n[k] = f
		}
		switch {
		case i == 0:
			now = [2]float64{n[0], n[1]}
		case part[0] == 'L':
			for s := 0.0; s <= 1; s += 0.02 {
				out = append(out, [2]float64{now[0] + s*(n[0]-now[0]), now[1] + s*(n[1]-now[1])})
			}
			now = [2]float64{n[0], n[1]}
		default:
			for s := 0.0; s <= 1; s += 0.02 {
				r := 1 - s
				out = append(out, [2]float64{r*r*r*now[0] + 3*r*r*s*n[0] + 3*r*s*s*n[2] + s*s*s*n[4], r*r*r*now[1] + 3*r*r*s*n[1] + 3*r*s*s*n[3] + s*s*s*n[5]})
			}
			now = [2]float64{n[4], n[5]}
		}
	}
	return out
}

// TestEveryStateIsShown holds that each operator that keeps something says in every
// form what bounds it, by what ir.StateOfOp knows, and that nothing frees what the
// compiler warns of.
func TestEveryStateIsShown(t *testing.T) {
	_, p := plans(60_000_000, 60_000_000)
	in := p.Stages[0].Scan.Out
	agg := *p.Stages[1].Ops[0].(*ir.WindowAggOp)
	agg.StuckTime = "ts"
	attached := &ir.AttachedAggOp{In: in, StartCol: 1, EndCol: 1, Keys: []int{0}, Out: in}
	stuck := *attached
	stuck.StuckTime = "ts"
	ops := []ir.PhysOp{&ir.WatermarkOp{TimeCol: 1, Out: in}, &ir.LimitOp{Count: 3, Out: in}, p.Stages[0].Ops[1], p.Stages[1].Ops[0], &agg, attached, &stuck}
	for _, op := range ops {
		s := ir.StateOfOp(op)
		if s.Text == "" || s.Bound == ir.NoState {
			t.Errorf("%T: no state", op)
		}
		g := Physical(&ir.Plan{Stages: []*ir.Stage{{Tasks: 1, Scan: p.Stages[0].Scan, Ops: []ir.PhysOp{op}, Out: op.OutSchema()}}}, func(*ir.Table) bool { return false })
		text, err := g.JSON()
		if err != nil {
			t.Fatal(err)
		}
		first := strings.Join(strings.Fields(s.Text)[:4], " ")
		for _, form := range []string{g.Text(), string(text), g.Dot(), g.SVG()} {
			if !strings.Contains(strings.ReplaceAll(form, "&#34;", `"`), first) {
				t.Errorf("%T: no %q in\n%s", op, first, form)
			}
		}
	}
	for _, op := range []ir.PhysOp{&agg, &stuck} {
		if s := ir.StateOfOp(op); s.Bound != ir.GrowingState || !strings.Contains(s.Text, "nothing frees it") {
			t.Errorf("%T: %+v", op, s)
		}
	}
}

// TestReads holds what is said of the columns that a scan reads.
func TestReads(t *testing.T) {
	row := &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "a", Type: ir.TBigInt}, {Name: "b", Type: ir.TBigInt}, {Name: "c", Type: ir.TBigInt}}}
	table := &ir.Table{Cols: []ir.TableColumn{{Column: ir.Column{Name: "k", Type: ir.TVarchar}}, {Column: ir.Column{Name: "r", Type: row}}, {Column: ir.Column{Name: "s", Type: row}}}}
	whole, field := func(c int) ir.Place { return ir.Place{Col: c} }, func(c, f int) ir.Place { return ir.Place{Col: c, Fields: []int{f}} }
	for want, places := range map[string][]ir.Place{
		"all 3 are read":                                     {whole(0), whole(1), whole(2)},
		"0 of 3 are read":                                    nil,
		"1 of 3 are read, and 2 fields of r":                 {whole(0), field(1, 0), field(1, 2)},
		"2 of 3 are read, and 1 field of r":                  {field(1, 2), whole(0), whole(2)},
		"2 fields of r, 1 field of s, of 3 columns no other": {field(1, 0), field(2, 0), field(1, 1)},
	} {
		if got := reads(table, places); got != want {
			t.Errorf("%q, want %q", got, want)
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
