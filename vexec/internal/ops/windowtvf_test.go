package ops

import (
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
	"github.com/helios-stream/helios/windows"
)

const second, minute = 1_000_000, 60_000_000

func windowTest(t *testing.T, w ir.Window, ts *ir.Type, out *ir.Type, events []vtest.Event, want, rejected []string) {
	t.Helper()
	in := vtest.Schema("k", ir.TVarchar, "ts", ts, "ok", ir.TBoolean)
	o := vtest.Schema("k", ir.TVarchar, "ts", ts, "ok", ir.TBoolean, "window_start", out, "window_end", out, "window_time", ts)
	(&vtest.Test{
		New: func() (vexec.Operator, error) {
			return NewWindowTVF(&ir.WindowTVFOp{TimeCol: 1, Window: w, Out: o}, in)
		},
		In: []*ir.Schema{in}, Out: o, Events: events, Want: want, WantRejected: rejected,
	}).Run(t)
}

func TestTumble(t *testing.T) {
	w := ir.Window{Kind: ir.Tumble, Size: minute, Slide: minute}
	windowTest(t, w, ir.TTimestamp, ir.TTimestamp, []vtest.Event{
		vtest.In("a", "2024-01-01 00:00:00", true),
		vtest.In("b", "2024-01-01 00:00:59.999999", nil).As(vexec.Delete),
		vtest.In(nil, "2024-01-01 00:01:00", false).Behind("2024-01-01 00:01:30"),
		vtest.In("before the epoch", "1969-12-31 23:59:59.5", true),
		vtest.In("x", int64(windows.MaxTime+1), true),
		vtest.In("y", int64(-windows.MaxTime-1), true),
		vtest.In("a", "2024-01-01 00:00:00", true),
	}, []string{
		"a | 2024-01-01 00:00:00 | true | 2024-01-01 00:00:00 | 2024-01-01 00:01:00 | 2024-01-01 00:00:59.999999",
		"-D b | 2024-01-01 00:00:59.999999 | NULL | 2024-01-01 00:00:00 | 2024-01-01 00:01:00 | 2024-01-01 00:00:59.999999",
		"NULL | 2024-01-01 00:01:00 | false | 2024-01-01 00:01:00 | 2024-01-01 00:02:00 | 2024-01-01 00:01:59.999999 @2024-01-01 00:01:30",
		"before the epoch | 1969-12-31 23:59:59.500000 | true | 1969-12-31 23:59:00 | 1970-01-01 00:00:00 | 1969-12-31 23:59:59.999999",
		"a | 2024-01-01 00:00:00 | true | 2024-01-01 00:00:00 | 2024-01-01 00:01:00 | 2024-01-01 00:00:59.999999",
	}, []string{
		"error: the event time 75039-04-04 19:00:13.693953 is out of the range of windows: x | 75039-04-04 19:00:13.693953 | true",
		"error: the event time -71100-09-29 04:59:46.306047 is out of the range of windows: y | -71100-09-29 04:59:46.306047 | true",
	})
}

func TestTumbleOffset(t *testing.T) {
	for _, offset := range []int64{10 * second, 70 * second, -50 * second} {
		w := ir.Window{Kind: ir.Tumble, Size: minute, Slide: minute, Offset: offset}
		windowTest(t, w, ir.TTimestamp, ir.TTimestamp, []vtest.Event{
			vtest.In("a", "2024-01-01 00:00:09.999999", true), vtest.In("b", "2024-01-01 00:00:10", true),
		}, []string{
			"a | 2024-01-01 00:00:09.999999 | true | 2023-12-31 23:59:10 | 2024-01-01 00:00:10 | 2024-01-01 00:00:09.999999",
			"b | 2024-01-01 00:00:10 | true | 2024-01-01 00:00:10 | 2024-01-01 00:01:10 | 2024-01-01 00:01:09.999999",
		}, nil)
	}
}

func TestWindowTimePrecision(t *testing.T) {
	w := ir.Window{Kind: ir.Tumble, Size: minute, Slide: minute}
	ms, ns := &ir.Type{Kind: ir.Timestamp, P: 3}, &ir.Type{Kind: ir.TimestampLTZ, P: 9}
	windowTest(t, w, ms, ir.TTimestamp, []vtest.Event{vtest.In("a", "2024-01-01 00:00:01", true)},
		[]string{"a | 2024-01-01 00:00:01 | true | 2024-01-01 00:00:00 | 2024-01-01 00:01:00 | 2024-01-01 00:00:59.999000"}, nil)
	windowTest(t, w, ns, ir.TTimestamp, []vtest.Event{vtest.In("a", "1969-12-31 23:59:59.999999999", true)},
		[]string{"a | 1969-12-31 23:59:59.999999999 | true | 1969-12-31 23:59:00 | 1970-01-01 00:00:00 | 1969-12-31 23:59:59.999999999"}, nil)
}

func TestHop(t *testing.T) {
	w := ir.Window{Kind: ir.Hop, Size: 90 * second, Slide: minute}
	windowTest(t, w, ir.TTimestamp, ir.TTimestamp, []vtest.Event{
		vtest.In("a", "2024-01-01 00:01:10", true).Behind("2024-01-01 00:02:00"),
		vtest.In("b", "2024-01-01 00:01:40", nil),
		vtest.In("c", "1970-01-01 00:00:00", false).As(vexec.UpdateAfter),
	}, []string{
		"a | 2024-01-01 00:01:10 | true | 2024-01-01 00:00:00 | 2024-01-01 00:01:30 | 2024-01-01 00:01:29.999999 @2024-01-01 00:02:00",
		"a | 2024-01-01 00:01:10 | true | 2024-01-01 00:01:00 | 2024-01-01 00:02:30 | 2024-01-01 00:02:29.999999 @2024-01-01 00:02:00",
		"b | 2024-01-01 00:01:40 | NULL | 2024-01-01 00:01:00 | 2024-01-01 00:02:30 | 2024-01-01 00:02:29.999999",
		"+U c | 1970-01-01 00:00:00 | false | 1969-12-31 23:59:00 | 1970-01-01 00:00:30 | 1970-01-01 00:00:29.999999",
		"+U c | 1970-01-01 00:00:00 | false | 1970-01-01 00:00:00 | 1970-01-01 00:01:30 | 1970-01-01 00:01:29.999999",
	}, nil)
}

func TestHopWithGaps(t *testing.T) {
	w := ir.Window{Kind: ir.Hop, Size: 10 * second, Slide: minute}
	windowTest(t, w, ir.TTimestamp, ir.TTimestamp, []vtest.Event{
		vtest.In("in", "2024-01-01 00:01:09", true), vtest.In("out", "2024-01-01 00:01:10", true),
	}, []string{
		"in | 2024-01-01 00:01:09 | true | 2024-01-01 00:01:00 | 2024-01-01 00:01:10 | 2024-01-01 00:01:09.999999",
	}, nil)
}
