package opt

import (
	"testing"

	"github.com/helios-stream/helios/ir"
)

// TestWindowTimes holds what comparisons of windows with constants say of event time
// against every time around: all rows of the windows wanted, and no others where
// windows do not overlap.
func TestWindowTimes(t *testing.T) {
	us := ir.TTimestamp
	for _, w := range []ir.Window{
		{Kind: ir.Tumble, Size: 10, Slide: 10}, {Kind: ir.Tumble, Size: 7, Slide: 7, Offset: 3}, {Kind: ir.Tumble, Size: 7, Slide: 7, Offset: -3},
		{Kind: ir.Hop, Size: 9, Slide: 4}, {Kind: ir.Hop, Size: 12, Slide: 4, Offset: 1}, {Kind: ir.Hop, Size: 3, Slide: 5},
	} {
		times := windowTimes{w, &ir.ColRef{Index: 0, Name: "ts", T: us}, func(col int) (ir.WindowOutKind, bool) {
			return windowOut[col], true
		}}
		for kind := range windowOut {
			for _, op := range []string{"=", "<", "<=", ">", ">="} {
				for c := int64(-31); c <= 31; c++ {
					cond := &ir.Call{Fn: op, Args: []ir.Expr{&ir.ColRef{Index: kind, Name: "w", T: us}, &ir.Const{V: c, T: us}}, T: ir.TBoolean}
					got, ok := times.of(cond)
					if !ok {
						t.Fatalf("nothing for %s", cond)
					}
					for ts := int64(-40); ts <= 40; ts++ {
						kept, want := keeps(got, ts), wanted(w, kind, op, c, ts)
						if want && !kept || w.PerRow() == 1 && inWindow(w, ts) && kept && !want {
							t.Fatalf("%+v: %s of column %d and %d is %v, and %d is kept: %t, want %t", w, op, kind, c, got, ts, kept, want)
						}
					}
				}
			}
		}
	}
}

func keeps(list []ir.Expr, ts int64) bool {
	for _, e := range list {
		if isBool(e, false) {
			return false
		}
		c := e.(*ir.Call)
		if !compares(c.Fn, ts, c.Args[1].(*ir.Const).V.(int64)) {
			return false
		}
	}
	return true
}

func compares(op string, a, b int64) bool {
	switch op {
	case "=":
		return a == b
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	}
	return a >= b
}

// wanted reports whether a window of the time fulfils the condition.
func wanted(w ir.Window, kind int, op string, c, ts int64) bool {
	for n := int64(-100); n <= 100; n++ {
		start := w.Offset + n*w.Slide
		if start <= ts && ts < start+w.Size && compares(op, []int64{start, start + w.Size, start + w.Size - 1}[kind], c) {
			return true
		}
	}
	return false
}

func inWindow(w ir.Window, ts int64) bool { return wanted(w, 0, ">=", -1000, ts) }

// TestWindowTimesRefuses holds where a condition says nothing exact of event time.
func TestWindowTimesRefuses(t *testing.T) {
	minute := ir.Window{Kind: ir.Tumble, Size: 60_000_000, Slide: 60_000_000}
	odd := ir.Window{Kind: ir.Tumble, Size: 1500, Slide: 1500}
	micro, milli, nano := ir.TTimestamp, &ir.Type{Kind: ir.Timestamp, P: 3}, &ir.Type{Kind: ir.Timestamp, P: 9}
	for _, c := range []struct {
		name   string
		window ir.Window
		fn     string
		typ    *ir.Type
		v      ir.Value
		ok     bool
	}{
		{"plain", minute, "<", micro, int64(5), true},
		{"milliseconds", minute, "<", milli, int64(5000), true},
		{"not equal", minute, "<>", micro, int64(5), false},
		{"NULL", minute, "<", micro, nil, false},
		{"nanoseconds", minute, "<", nano, int64(5), false},
		{"windows finer than the column", odd, "<", milli, int64(5000), false},
		{"beyond all sums", minute, "<", micro, int64(maxBoundary + 1), false},
		{"before all sums", minute, ">", micro, int64(-maxBoundary - 1), false},
	} {
		times := windowTimes{c.window, &ir.ColRef{Index: 0, Name: "ts", T: c.typ}, func(int) (ir.WindowOutKind, bool) { return ir.OutStart, true }}
		e := &ir.Call{Fn: c.fn, Args: []ir.Expr{&ir.ColRef{Index: 0, Name: "w", T: c.typ}, &ir.Const{V: c.v, T: c.typ}}, T: ir.TBoolean}
		if got, ok := times.of(e); ok != c.ok {
			t.Errorf("%s: %v, %t", c.name, got, ok)
		}
	}
}

// TestFilterAboveOneGroup holds that what is asked of an aggregate without keys stays
// above it: its one row is there also of no rows.
func TestFilterAboveOneGroup(t *testing.T) {
	count := []ir.AggCall{{Fn: "COUNT", T: ir.TBigInt, Name: "n"}}
	scan := &ir.Scan{Table: table, Cols: []int{0, 1, 2}, P: ir.NoProps}
	one := &ir.Aggregate{Input: scan, Aggs: count, StartKey: -1, EndKey: -1, S: ir.NewSchema(ir.Column{Name: "n", Type: ir.TBigInt}), P: ir.NoProps}
	byA := &ir.Aggregate{Input: scan, Keys: []int{0}, Aggs: count, StartKey: -1, EndKey: -1, P: ir.NoProps,
		S: ir.NewSchema(ir.Column{Name: "a", Type: ir.TBigInt}, ir.Column{Name: "n", Type: ir.TBigInt})}
	five := &ir.Const{V: int64(5), T: ir.TBigInt}
	is5 := func(col int) ir.Expr {
		return &ir.Call{Fn: "=", Args: []ir.Expr{&ir.ColRef{Index: col, Name: "x", T: ir.TBigInt}, five}, T: ir.TBoolean}
	}
	now := &ir.Call{Fn: "=", Args: []ir.Expr{&ir.ColRef{Index: 0, Name: "a", T: ir.TBigInt}, &ir.Call{Fn: "no such function", T: ir.TBigInt}}, T: ir.TBoolean}
	for _, c := range []struct {
		name string
		in   ir.Node
		pred ir.Expr
		want bool
	}{
		{"the count of one group", one, is5(0), false},
		{"no column", one, boolConst(false), false},
		{"a key", byA, is5(0), true},
		{"a count", byA, is5(1), false},
		{"no column of groups", byA, boolConst(false), false},
		{"what nothing is known of", byA, now, false},
	} {
		if got, fired := pushFilterBelowAggregate(&Ctx{}, &ir.Filter{Input: c.in, Pred: c.pred}); fired != c.want {
			t.Errorf("%s: %s", c.name, ir.PrintNode(got))
		}
	}
}
