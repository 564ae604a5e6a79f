package ops

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// aggIn is the schema that window aggregates are tested over.
var aggIn = vtest.Schema("ts", ir.TTimestamp, "k", ir.TBigInt, "c", ir.TVarchar, "x", ir.TBigInt, "d", ir.TDouble)

func col(s *ir.Schema, name string) *ir.ColRef {
	i := s.Index(name)
	return &ir.ColRef{Index: i, Name: name, T: s.Cols[i].Type}
}

func call(fn string, args ...ir.Expr) ir.AggCall {
	types := make([]*ir.Type, len(args))
	for i, a := range args {
		types[i] = a.Type()
	}
	_, t, err := ir.LookupFunction(fn).Resolve(types)
	if err != nil {
		panic(err)
	}
	return ir.AggCall{Fn: fn, Args: args, T: t, Name: strings.ToLower(fn)}
}

func testCalls() []ir.AggCall {
	x, c, d := col(aggIn, "x"), col(aggIn, "c"), col(aggIn, "d")
	return []ir.AggCall{call("COUNT"), call("COUNT", x), call("SUM", x), call("AVG", x), call("MIN", x), call("MAX", x),
		call("MIN", c), call("MAX", c), call("SUM", d)}
}

// windowOp plans an aggregate by window and the given key columns.
func windowOp(w ir.Window, phase ir.AggPhase, keys []int, calls []ir.AggCall) *ir.WindowAggOp {
	o := &ir.WindowAggOp{Phase: phase, In: aggIn, TimeCol: 0, Window: w, Keys: keys, Aggs: calls,
		Layout: []ir.WindowOut{{Kind: ir.OutStart}, {Kind: ir.OutEnd}, {Kind: ir.OutTime}},
		Out:    vtest.Schema("window_start", ir.TTimestamp, "window_end", ir.TTimestamp, "window_time", ir.TTimestamp)}
	for i, k := range keys {
		o.Layout = append(o.Layout, ir.WindowOut{Kind: ir.OutKey, Index: i})
		o.Out.Cols = append(o.Out.Cols, aggIn.Cols[k])
	}
	for i, c := range calls {
		o.Layout = append(o.Layout, ir.WindowOut{Kind: ir.OutAgg, Index: i})
		o.Out.Cols = append(o.Out.Cols, ir.Column{Name: c.Name, Type: c.T})
	}
	if phase == ir.Partial {
		o.Out = ir.PartialSchema(o)
	}
	return o
}

// event is a row and the watermark that it was behind; MinMicros: it was on time.
type event struct {
	vals []ir.Value
	wm   ir.Micros
}

func (e *event) time() int64 { return e.vals[0].(int64) }

// stream makes rows with times that wander forward, and marks them as a scan does.
func stream(r *rand.Rand, n int) []event {
	out := make([]event, n)
	now, lag := r.Int64N(200)-100, int64(r.IntN(15))
	greatest := ir.MinMicros
	for i := range out {
		now += r.Int64N(3)
		if r.IntN(40) == 0 {
			now += r.Int64N(1000) // a gap
		}
		e := event{wm: ir.MinMicros, vals: []ir.Value{now - r.Int64N(30), nil, nil, nil, nil}}
		if r.IntN(5) > 0 {
			e.vals[1] = int64(r.IntN(4))
		}
		if r.IntN(5) > 0 {
			e.vals[2] = strings.Repeat("text", r.IntN(5)) + fmt.Sprint(r.IntN(3))
		}
		if r.IntN(5) > 0 {
			e.vals[3] = r.Int64N(2000) - 1000
		}
		if r.IntN(5) > 0 {
			e.vals[4] = float64(r.Int64N(1000)) / 8
		}
		if greatest != ir.MinMicros {
			if wm := greatest.Sub(lag); ir.Micros(e.time()) < wm {
				e.wm = wm
			}
		}
		greatest = max(greatest, ir.Micros(e.time()))
		out[i] = e
	}
	return out
}

// modelResult is what an aggregate should give: rows by window end, and how many
// rows were late for all of their windows.
type modelResult struct {
	rows []string
	late int
}

// model looks at each row and each window of it.
func model(w ir.Window, keys []int, events []event) modelResult {
	groups := map[string][]event{}
	var res modelResult
	for _, e := range events {
		in, open := 0, 0
		near := (e.time() - w.Offset) / w.Slide
		for n := near - 10; n <= near+10; n++ { // wide enough for any of testWindows
			s := w.Offset + n*w.Slide
			if e.time() < s || e.time() >= s+w.Size {
				continue
			}
			in++
			if e.wm != ir.MinMicros && int64(e.wm) >= s+w.Size {
				continue
			}
			open++
			vals := []ir.Value{s, s + w.Size, s + w.Size - 1}
			for _, k := range keys {
				vals = append(vals, e.vals[k])
			}
			g := format(vals)
			groups[g] = append(groups[g], e)
		}
		if in > 0 && open == 0 {
			res.late++
		}
	}
	for g, rows := range groups {
		res.rows = append(res.rows, g+" | "+format(modelAggs(rows)))
	}
	slices.Sort(res.rows)
	return res
}

// modelAggs is what testCalls give for the rows of one group.
func modelAggs(rows []event) []ir.Value {
	var n, count, sum int64
	least, greatest := int64(math.MaxInt64), int64(math.MinInt64)
	var low, high, total ir.Value
	for _, e := range rows {
		n++
		if x, ok := e.vals[3].(int64); ok {
			count, sum = count+1, sum+x
			least, greatest = min(least, x), max(greatest, x)
		}
		if s, ok := e.vals[2].(string); ok {
			if low == nil || s < low.(string) {
				low = s
			}
			if high == nil || s > high.(string) {
				high = s
			}
		}
		if d, ok := e.vals[4].(float64); ok {
			if total == nil {
				total = 0.0
			}
			total = total.(float64) + d // eighths: exact
		}
	}
	if count == 0 {
		return []ir.Value{n, count, nil, nil, nil, nil, low, high, total}
	}
	return []ir.Value{n, count, sum, float64(sum) / float64(count), least, greatest, low, high, total}
}

func format(vals []ir.Value) string {
	parts := make([]string, len(vals))
	for i, v := range vals {
		parts[i] = fmt.Sprint(v)
	}
	return strings.Join(parts, " | ")
}

// pipe is an operator under test, or a Partial and a Final one.
type pipe struct {
	t       *testing.T
	make    func() (first, second vexec.Operator)
	first   vexec.Operator // Partial, or nil
	second  vexec.Operator
	state   *vtest.MemState
	out     vtest.Collector
	mem     *vexec.Budget
	maxRows int
}

// through hands what Partial emits to Final.
type through struct{ p *pipe }

func (e through) Emit(b *vexec.Batch) error {
	if err := vtest.Check(b); err != nil {
		return err
	}
	return e.p.second.Push(0, b, &e.p.out)
}

func (e through) Reject(b *vexec.Batch, f []vexec.RowFate) error { return e.p.out.Reject(b, f) }

func (p *pipe) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *pipe) context() *vexec.OpContext {
	return &vexec.OpContext{Tasks: 1, MaxRows: p.maxRows, Memory: p.mem.Account("test")}
}

func (p *pipe) open() {
	p.t.Helper()
	p.first, p.second = p.make()
	tables := p.second.(vexec.Stateful).Tables()
	if p.state == nil {
		p.state = vtest.NewState(tables)
	} else {
		var err error
		p.state, err = p.state.Restore(tables)
		p.must(err)
	}
	oc := p.context()
	oc.State = p.state
	p.must(p.second.Open(oc))
	if p.first != nil {
		p.must(p.first.Open(p.context()))
	}
}

func (p *pipe) push(b *vexec.Batch) {
	p.t.Helper()
	if p.first != nil {
		p.must(p.first.Push(0, b, through{p}))
		return
	}
	p.must(p.second.Push(0, b, &p.out))
}

func (p *pipe) advance(wm ir.Micros) {
	p.t.Helper()
	if p.first != nil {
		got, err := p.first.Advance(wm, through{p})
		p.must(err)
		if got != wm {
			p.t.Fatalf("Partial handed on %s for %s", got, wm)
		}
	}
	got, err := p.second.Advance(wm, &p.out)
	p.must(err)
	if got != wm {
		p.t.Fatalf("handed on %s for %s", got, wm)
	}
}

func (p *pipe) barrier(restart bool) {
	p.t.Helper()
	if p.first != nil {
		p.must(p.first.(vexec.Flusher).Flush(through{p}))
	}
	p.must(p.second.(vexec.Stateful).Seal(1))
	if restart {
		p.close()
		p.open()
	}
}

func (p *pipe) close() {
	p.t.Helper()
	for range 2 {
		if p.first != nil {
			p.must(p.first.Close())
		}
		p.must(p.second.Close())
	}
	if used := p.mem.Used(); used != 0 {
		p.t.Fatalf("%d bytes are still reserved after Close", used)
	}
}

// run sends the events in batches, with watermarks, barriers and restarts at random.
func (p *pipe) run(r *rand.Rand, events []event, size int) {
	p.t.Helper()
	p.open()
	greatest, lagged := ir.MinMicros, ir.MinMicros
	for len(events) > 0 {
		n := min(size, len(events))
		if size > 7 {
			n = 1 + r.IntN(n)
		}
		b := batchOf(r, events[:n])
		p.push(b)
		for _, e := range events[:n] {
			greatest = max(greatest, ir.Micros(e.time()))
			lagged = max(lagged, e.wm)
		}
		events = events[n:]
		if r.IntN(3) == 0 && lagged != ir.MinMicros {
			p.advance(lagged)
		}
		if r.IntN(8) == 0 {
			p.barrier(r.IntN(2) == 0)
			if r.IntN(2) == 0 && lagged != ir.MinMicros {
				p.advance(lagged)
			}
		}
	}
	p.advance(ir.MaxMicros)
	if p.first != nil {
		p.must(p.first.Finish(through{p}))
	}
	p.must(p.second.Finish(&p.out))
	p.close()
}

func batchOf(r *rand.Rand, events []event) *vexec.Batch {
	rows := make([]vtest.Row, len(events))
	for i, e := range events {
		for _, v := range e.vals {
			rows[i] = append(rows[i], v)
		}
	}
	b := vtest.BatchAs(aggIn, vtest.Shapes[r.IntN(len(vtest.Shapes))], rows...)
	for i, e := range events {
		if e.wm != ir.MinMicros {
			b.Late = append(b.Late, vexec.LateMark{Row: int32(b.Row(i)), WM: e.wm})
		}
	}
	return b
}

// results returns the emitted rows as the model prints them, after a look at their order.
func (p *pipe) results() modelResult {
	p.t.Helper()
	var res modelResult
	last := int64(math.MinInt64)
	for _, row := range p.out.Rows {
		end := row.Vals[1].(int64)
		if end < last {
			p.t.Fatalf("window end %d comes after %d", end, last)
		}
		last = end
		res.rows = append(res.rows, format(row.Vals))
	}
	slices.Sort(res.rows)
	for _, row := range p.out.Rejected {
		if row.Why != vexec.FateLate {
			p.t.Fatalf("rejected as %s: %s", row.Why, row.Reason)
		}
		res.late++
	}
	return res
}

func (r modelResult) diff(want modelResult) string {
	if r.late != want.late {
		return fmt.Sprintf("%d rows were late, want %d", r.late, want.late)
	}
	for i := range max(len(r.rows), len(want.rows)) {
		switch {
		case i >= len(r.rows):
			return "missing: " + want.rows[i]
		case i >= len(want.rows):
			return "too many: " + r.rows[i]
		case r.rows[i] != want.rows[i]:
			return "got  " + r.rows[i] + "\nwant " + want.rows[i]
		}
	}
	return ""
}

var testWindows = []ir.Window{
	{Kind: ir.Tumble, Size: 10, Slide: 10},
	{Kind: ir.Tumble, Size: 7, Slide: 7, Offset: -3},
	{Kind: ir.Hop, Size: 20, Slide: 5, Offset: 2},
	{Kind: ir.Hop, Size: 10, Slide: 4},
	{Kind: ir.Hop, Size: 7, Slide: 3, Offset: 100},
	{Kind: ir.Hop, Size: 4, Slide: 10},
	{Kind: ir.Hop, Size: 3, Slide: 7, Offset: -20},
}

func TestWindowAggAgainstModel(t *testing.T) {
	for _, phase := range []ir.AggPhase{ir.Complete, ir.Final} {
		for wi, w := range testWindows {
			for _, keys := range [][]int{{1}, {2}, {1, 2}, nil} {
				for _, size := range []int{1, 7, 100} {
					name := fmt.Sprintf("%s/%s-%d/keys=%v/size=%d", phase, w.Kind, wi, keys, size)
					t.Run(name, func(t *testing.T) {
						r := rand.New(rand.NewPCG(uint64(wi), uint64(size+len(keys))))
						events := stream(r, 300)
						p := newPipe(t, w, phase, keys, 1+r.IntN(20))
						p.run(r, events, size)
						if d := p.results().diff(model(w, keys, events)); d != "" {
							t.Fatal(d)
						}
					})
				}
			}
		}
	}
}

func newPipe(t *testing.T, w ir.Window, phase ir.AggPhase, keys []int, maxRows int) *pipe {
	p := &pipe{t: t, mem: vexec.NewBudget(0), maxRows: maxRows}
	p.out.MaxRows = maxRows
	p.make = func() (first, second vexec.Operator) {
		var err error
		in := aggIn
		if phase == ir.Final {
			o := windowOp(w, ir.Partial, keys, testCalls())
			first, err = NewWindowAgg(o, aggIn)
			p.must(err)
			in = o.Out
		}
		second, err = NewWindowAgg(windowOp(w, phase, keys, testCalls()), in)
		p.must(err)
		return first, second
	}
	return p
}
