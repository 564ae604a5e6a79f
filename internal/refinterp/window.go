package refinterp

import "github.com/helios-stream/helios/ir"

// watermark drops the rows strictly behind the watermark of their split (with
// Drop), and notes with each row what the watermark of the relation was before it:
// that of its split once all other splits have been read, and nothing before.
func (r *runner) watermark(n *ir.Watermark, in []row) ([]row, error) {
	last := 0
	for _, row := range in {
		last = max(last, row.split)
	}
	greatest := map[int]ir.Micros{} // event time by split
	var out []row
	for _, row := range in {
		ts, ok := eventTime(n, n.TimeCol, row)
		if !ok {
			if err := r.reject(row.vals, fail(NullTime, "%s is NULL", n.Schema().Cols[n.TimeCol].Name)); err != nil {
				return nil, err
			}
			continue
		}
		wm := ir.MinMicros
		if g, seen := greatest[row.split]; seen {
			wm = g.Sub(n.Lag)
			greatest[row.split] = max(g, ts)
		} else {
			greatest[row.split] = ts
		}
		if n.Drop && ts < wm {
			r.late++
			continue
		}
		row.wm, row.marked = ir.MinMicros, n.Mark && ts < wm
		if row.split == last {
			row.wm = wm
		}
		out = append(out, row)
	}
	return out, nil
}

// lateRows keeps the rows whose windows had all closed before they came, or the others.
func (r *runner) lateRows(n *ir.LateRows, in []row) ([]row, error) {
	if n.Window != nil && n.Window.Kind == ir.Session {
		_, late, err := r.sessions(n, n.TimeCol, n.Window, n.Keys, in)
		return late, err
	}
	var out []row
	for _, row := range in {
		ts, ok := eventTime(n, n.TimeCol, row)
		late := row.marked || ok && int64(row.wm) > int64(ts)+n.Beyond
		if n.Window != nil {
			spans := spansOf(*n.Window, ts)
			late = ok && len(spans) > 0 && spans[len(spans)-1].closedFor(row, n.Window.Lateness)
		}
		switch {
		case late && n.Rest:
			r.late++
		case late != n.Rest:
			row.marked = row.marked && !n.Rest
			out = append(out, row)
		}
	}
	return out, nil
}

// eventTime returns the event time of a row in microseconds; false where it is NULL.
func eventTime(n ir.Node, col int, row row) (ir.Micros, bool) {
	v, ok := row.vals[col].(int64)
	if !ok {
		return 0, false
	}
	return ir.Micros(floorDiv(v, unitsPerMicro(n.Schema().Cols[col].Type))), true
}

// unitsPerMicro is how many of the units that values of a timestamp type are stored
// in make a microsecond.
func unitsPerMicro(t *ir.Type) int64 {
	if t.Nanos() {
		return 1000
	}
	return 1
}

// span is one window: [start, end).
type span struct{ start, end ir.Micros }

// closedFor reports whether a window, which is kept open for so long behind its end, had
// closed when row came.
func (s span) closedFor(row row, lateness int64) bool { return row.wm.Sub(lateness) >= s.end }

// spansOf returns all windows that ts lies in, the earliest first.
func spansOf(w ir.Window, ts ir.Micros) []span {
	if w.Zone != "" {
		return spansOfDays(w, ts)
	}
	var out []span
	if w.Kind == ir.Cumulate {
		start := w.Offset + floorDiv(int64(ts)-w.Offset, w.Size)*w.Size
		for end := start + w.Slide; end <= start+w.Size; end += w.Slide {
			if int64(ts) < end {
				out = append(out, span{ir.Micros(start), ir.Micros(end)})
			}
		}
		return out
	}
	// The last start at or before ts, and from there back as long as ts is inside.
	start := w.Offset + floorDiv(int64(ts)-w.Offset, w.Slide)*w.Slide
	for ; start+w.Size > int64(ts); start -= w.Slide {
		out = append([]span{{ir.Micros(start), ir.Micros(start + w.Size)}}, out...)
	}
	return out
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// windowTime is the last instant of a window that the type of t can tell.
func windowTime(s span, t *ir.Type) ir.Value {
	if t.Nanos() {
		return int64(s.end)*1000 - pow10(9-t.P)
	}
	return int64(s.end) - pow10(6-t.P)
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

func timeValue(m ir.Micros, t *ir.Type) ir.Value { return int64(m) * unitsPerMicro(t) }

// windowTVF makes a copy of each row for each of its windows.
func (r *runner) windowTVF(n *ir.WindowTVF, in []row) ([]row, error) {
	cols := n.S.Cols[len(n.Input.Schema().Cols):]
	switch n.Window.Kind {
	case ir.Session:
		return r.sessionRows(n, cols, in)
	case ir.CountRows:
		return r.countRows(n, in)
	}
	var out []row
	for _, row := range in {
		ts, ok := eventTime(n.Input, n.TimeCol, row)
		if !ok {
			if err := r.reject(row.vals, fail(NullTime, "the time of a window is NULL")); err != nil {
				return nil, err
			}
			continue
		}
		for _, s := range spansOf(n.Window, ts) {
			vals := append([]ir.Value{}, row.vals...)
			vals = append(vals, timeValue(s.start, cols[0].Type), timeValue(s.end, cols[1].Type), windowTime(s, cols[2].Type))
			out = append(out, row.with(vals))
		}
	}
	return out, nil
}
