package ops

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/windows"
)

// timeBatch has one column of the given type; a nil is NULL.
func timeBatch(t *ir.Type, times ...any) *vexec.Batch {
	b := &vexec.Batch{}
	b.Reset(ir.NewSchema(ir.Column{Name: "ts", Type: t}))
	b.Rows = len(times)
	b.Cols[0].Reset(t, len(times))
	for i, x := range times {
		if x == nil {
			b.Cols[0].SetNull(i, len(times))
			continue
		}
		b.Cols[0].Int64s()[i] = int64(x.(int))
	}
	return b
}

func TestEventTime(t *testing.T) {
	nanos := &ir.Type{Kind: ir.Timestamp, P: 9}
	f := func(name string, typ *ir.Type, drop bool, sel []int32, times []any, live []int, marks []vexec.LateMark, late, null int) {
		t.Helper()
		b := timeBatch(typ, times...)
		b.Sel = sel
		e := NewEventTime(b.Schema, 0, LateOf(drop, false))
		tr := windows.NewTracker(10, 1)
		c := tr.Cursor(0)
		fates := e.Apply(b, &c)
		var got []int
		for i := range b.Live() {
			got = append(got, b.Row(i))
		}
		if len(got) != len(live) {
			t.Errorf("%s: live %v, want %v", name, got, live)
			return
		}
		for i := range got {
			if got[i] != live[i] {
				t.Errorf("%s: live %v, want %v", name, got, live)
			}
		}
		if len(b.Late) != len(marks) {
			t.Errorf("%s: marks %v, want %v", name, b.Late, marks)
			return
		}
		for i := range marks {
			if b.Late[i] != marks[i] {
				t.Errorf("%s: marks %v, want %v", name, b.Late, marks)
			}
		}
		for _, x := range fates {
			if x.Why == vexec.FateLate {
				late--
			} else {
				null--
			}
		}
		if late != 0 || null != 0 {
			t.Errorf("%s: fates %v", name, fates)
		}
	}
	ts := ir.TTimestamp
	f("in order", ts, false, nil, []any{1, 5, 9}, []int{0, 1, 2}, nil, 0, 0)
	f("at the watermark is not behind", ts, true, nil, []any{20, 10, 30}, []int{0, 1, 2}, nil, 0, 0)
	f("strictly behind is marked", ts, false, nil, []any{20, 9, 30, 19, 20}, []int{0, 1, 2, 3, 4},
		[]vexec.LateMark{{Row: 1, WM: 10}, {Row: 3, WM: 20}}, 0, 0)
	f("strictly behind is dropped", ts, true, nil, []any{20, 9, 30, 19, 20}, []int{0, 2, 4}, nil, 2, 0)
	f("NULL is an error", ts, false, nil, []any{20, nil, 9}, []int{0, 2}, []vexec.LateMark{{Row: 2, WM: 10}}, 0, 1)
	f("only NULL", ts, false, nil, []any{nil}, nil, nil, 0, 1)
	f("all dropped but the first", ts, true, nil, []any{50, 1, 2}, []int{0}, nil, 2, 0)
	f("dead rows do not count", ts, false, []int32{1, 2}, []any{900, 20, 15}, []int{1, 2}, nil, 0, 0)
	f("nanoseconds are floored", nanos, false, nil, []any{20_999, 9_999, 10_001}, []int{0, 1, 2},
		[]vexec.LateMark{{Row: 1, WM: 10}}, 0, 0)
	f("floored below zero", nanos, false, nil, []any{9_000, -1_000, -1_001}, []int{0, 1, 2}, []vexec.LateMark{{Row: 2, WM: -1}}, 0, 0)
}

// A second batch on the same EventTime sees neither the first one's rows nor marks.
func TestEventTimeMemoryIsReused(t *testing.T) {
	b := timeBatch(ir.TTimestamp, 50, 1, nil)
	e := NewEventTime(b.Schema, 0, DropBehindOwn)
	tr := windows.NewTracker(10, 1)
	c := tr.Cursor(0)
	if got := e.Apply(b, &c); len(got) != 2 || b.Live() != 1 {
		t.Fatal(got, b.Sel)
	}
	b = timeBatch(ir.TTimestamp, 60, 70)
	if got := e.Apply(b, &c); got != nil || b.Sel != nil || b.Late != nil {
		t.Fatal(got, b.Sel, b.Late)
	}
	b = timeBatch(ir.TTimestamp, nil, nil)
	if e.Apply(b, &c); b.Live() != 0 {
		t.Fatal(b.Sel)
	}
}

// TestEventTimeOfPruned holds that rows that a decoder has left out count for the
// watermark like others, and get neither marks nor fates.
func TestEventTimeOfPruned(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		typ := []*ir.Type{ir.TTimestamp, {Kind: ir.Timestamp, P: 9}}[r.IntN(2)]
		unit := map[bool]int{false: 1, true: 1000}[typ.Nanos()]
		var times []any
		sel := []int32{}
		for i := range 1 + r.IntN(12) {
			times = append(times, (i*5-r.IntN(30)*r.IntN(2))*unit)
			if r.IntN(8) == 0 {
				times[i] = nil
			}
			if r.IntN(2) == 0 {
				sel = append(sel, int32(i))
			}
		}
		whole, pruned := timeBatch(typ, times...), timeBatch(typ, times...)
		pruned.Sel = sel
		tr := windows.NewTracker(10, 1)
		all, some := tr.Cursor(0), tr.Cursor(0)
		wantFates := ofRows(sel, NewEventTime(whole.Schema, 0, MarkBehind).Apply(whole, &all), func(f vexec.RowFate) int32 { return f.Row })
		fates := NewEventTime(pruned.Schema, 0, MarkBehind).ApplyPruned(pruned, &some)
		wantMarks := ofRows(sel, whole.Late, func(m vexec.LateMark) int32 { return m.Row })
		var wantLive []int32
		for _, i := range sel {
			if times[i] != nil {
				wantLive = append(wantLive, i)
			}
		}
		if !slices.Equal(fates, wantFates) || !slices.Equal(pruned.Late, wantMarks) || !slices.Equal(pruned.Sel, wantLive) || all != some {
			t.Fatalf("times %v, rows %v:\nfates %v, want %v\nmarks %v, want %v\nrows %v, want %v\ntime %v, want %v",
				times, sel, fates, wantFates, pruned.Late, wantMarks, pruned.Sel, wantLive, some, all)
		}
	}
}

// ofRows keeps what is said of the given rows.
func ofRows[T any](rows []int32, list []T, row func(T) int32) (out []T) {
	for _, x := range list {
		if slices.Contains(rows, row(x)) {
			out = append(out, x)
		}
	}
	return out
}

// BenchmarkEventTime takes batches through a cursor: all rows, and with a third of
// them left out by a decoder.
func BenchmarkEventTime(b *testing.B) {
	const rows = 4096
	times := make([]any, rows)
	for i := range times {
		times[i] = i * 1000
	}
	var sel []int32
	for i := range int32(rows) {
		if i%3 == 0 {
			sel = append(sel, i)
		}
	}
	tr := windows.NewTracker(10_000, 1)
	for _, pruned := range []bool{false, true} {
		b.Run(map[bool]string{false: "all", true: "pruned"}[pruned], func(b *testing.B) {
			batch := timeBatch(ir.TTimestamp, times...)
			e := NewEventTime(batch.Schema, 0, MarkBehind)
			for b.Loop() {
				batch.Sel = nil
				if pruned {
					batch.Sel = sel
				}
				c := tr.Cursor(0)
				e.ApplyPruned(batch, &c)
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}
