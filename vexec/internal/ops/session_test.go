package ops

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

var tenSeconds = ir.Window{Kind: ir.Session, Size: 10_000_000, Slide: 10_000_000}

// sessionEvents are rows of many keys, most of which go away, with watermarks and barriers
// between, and what sessions they make: "key start end rows sum" in microseconds.
func sessionEvents(rows int) (events []vtest.Event, sums, each, late, marked []string) {
	type session struct{ start, last, n, sum int64 }
	const second = 1_000_000
	base := vtest.TS("2024-01-01 00:00:00")
	at := func(t int64) string { return ir.FormatValue(base+t, ir.TTimestamp) }
	r := rand.New(rand.NewPCG(11, 12))
	open := map[int64]*session{}
	rowsOf := map[int64][]string{}
	closeKey := func(k int64) {
		s := open[k]
		window := fmt.Sprintf("%s | %s | %s", at(s.start), at(s.last+10*second), at(s.last+10*second-1))
		sums = append(sums, fmt.Sprintf("%s | %d | %d | %d", window, k, s.n, s.sum))
		for _, row := range rowsOf[k] {
			each = append(each, row+" | "+window)
		}
		delete(open, k)
		delete(rowsOf, k)
	}
	now := int64(0)
	for i := range rows {
		now += r.Int64N(20_000)
		t, wm := now, now-5*second
		if r.IntN(8) == 0 {
			t -= min(t, r.Int64N(30*second))
		}
		k := t/(2*second)*40 + r.Int64N(40) // forty keys every two seconds
		e := vtest.In(at(t), k, "a text that is longer than a view", i, nil)
		if t < wm {
			e = e.Behind(at(wm))
			if s := open[k]; s != nil && s.last+10*second <= wm {
				closeKey(k)
			}
		}
		events = append(events, e)
		row := fmt.Sprintf("%s | %d | a text that is longer than a view | %d | NULL", at(t), k, i)
		s := open[k]
		switch {
		case s != nil && (t > s.last+10*second || t < s.start-10*second):
			panic("the test makes one session of a key at a time")
		case s == nil && t < wm && t+10*second <= wm:
			late, marked = append(late, "late: "+row), append(marked, row+" @"+at(wm))
			continue
		case s == nil:
			s = &session{start: t, last: t}
			open[k] = s
		}
		s.start, s.last, s.n, s.sum = min(s.start, t), max(s.last, t), s.n+1, s.sum+int64(i)
		rowsOf[k] = append(rowsOf[k], row)
		switch r.IntN(40) {
		case 0:
			events = append(events, vtest.WM(at(wm)))
		case 1:
			if i%7 == 0 {
				events = append(events, vtest.Barrier())
			}
		}
	}
	for k := range open {
		closeKey(k)
	}
	return append(events, vtest.End()), sums, each, late, marked
}

func TestSessionsComeAndGo(t *testing.T) {
	if testing.Short() {
		t.Skip("many rows")
	}
	part := vtest.Seeds(2) // of two parts: rows are late only after 15 seconds, 1500 rows
	events, sums, each, late, marked := sessionEvents(2500 * part)
	if len(late) < 50*part || len(sums) < 450*part {
		t.Fatalf("%d late rows, %d sessions", len(late), len(sums))
	}
	agg := windowOp(tenSeconds, ir.Complete, []int{1}, []ir.AggCall{call("COUNT"), call("SUM", col(aggIn, "x"))})
	rowsOut := &ir.Schema{Cols: append(slices.Clone(aggIn.Cols), windowOp(tenSeconds, ir.Complete, nil, nil).Out.Cols...)}
	for name, tt := range map[string]vtest.Test{
		"aggregates": {New: func() (vexec.Operator, error) { return NewWindowAgg(agg, aggIn) }, Out: agg.Out, Want: sums, WantRejected: late},
		"rows": {New: func() (vexec.Operator, error) {
			return NewWindowTVF(&ir.WindowTVFOp{TimeCol: 0, Window: tenSeconds, Keys: []int{1}, Out: rowsOut}, aggIn)
		}, Out: rowsOut, Want: each, WantRejected: late},
		"late rows": {New: func() (vexec.Operator, error) {
			return NewLateRows(&ir.LateOp{TimeCol: 0, Window: &tenSeconds, Keys: []int{1}, Out: aggIn}, aggIn)
		}, Out: aggIn, Want: marked},
	} {
		tt.In, tt.Events, tt.AnyOrder = []*ir.Schema{aggIn}, events, true
		t.Run(name, tt.Run)
	}
}

// A session that a row bridges has the rows of both, over a restart, too; and of aggregates
// of distinct values each value once.
func TestSessionBridge(t *testing.T) {
	distinct := call("COUNT", col(aggIn, "x"))
	distinct.Distinct = true
	o := windowOp(tenSeconds, ir.Complete, []int{2}, []ir.AggCall{call("COUNT"), distinct, call("MAX", col(aggIn, "c"))})
	tt := vtest.Test{
		New: func() (vexec.Operator, error) { return NewWindowAgg(o, aggIn) }, In: []*ir.Schema{aggIn}, Out: o.Out, AnyOrder: true,
		Events: []vtest.Event{
			vtest.In("2024-01-01 00:00:00", 1, "a", 5, nil),
			vtest.In("2024-01-01 00:00:18", 1, "a", 5, nil),
			vtest.Barrier(),
			vtest.In("2024-01-01 00:00:40", 1, "a", 7, nil),
			vtest.In("2024-01-01 00:00:09", 1, "a", 6, nil),
			vtest.Barrier(),
			vtest.WM("2024-01-01 00:00:28"),
			vtest.In("2024-01-01 00:00:28", 1, "a", 9, nil), // touches what ends at the watermark
			vtest.Barrier(),
			vtest.In("2024-01-01 00:00:27", 1, "a", 9, nil).Behind("2024-01-01 00:00:38"), // which has closed at 38
			vtest.End(),
		},
		Want: []string{
			"2024-01-01 00:00:00 | 2024-01-01 00:00:38 | 2024-01-01 00:00:37.999999 | a | 4 | 3 | a",
			"2024-01-01 00:00:40 | 2024-01-01 00:00:50 | 2024-01-01 00:00:49.999999 | a | 1 | 1 | a",
		},
		WantRejected: []string{"late: 2024-01-01 00:00:27 | 1 | a | 9 | NULL"},
	}
	tt.Run(t)
}
