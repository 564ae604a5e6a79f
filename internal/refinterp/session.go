package refinterp

import "github.com/helios-stream/helios/ir"

// session is rows of one key, each at most a gap from another.
type session struct {
	key  string
	span span
	rows []row
}

// sessions puts rows into sessions, one after the other. A row behind the watermark finds
// those of its key closed that the watermark had reached the end of. late is the rows that
// came too late for any. With a bound, a row that would open one session too many
// closes the one that ends first.
func (r *runner) sessions(n ir.Node, timeCol int, w *ir.Window, keys []int, in []row) (all []*session, late []row, err error) {
	gap := ir.Micros(w.Size)
	var open []*session
	for _, x := range in {
		ts, ok := eventTime(n.Inputs()[0], timeCol, x)
		if !ok {
			if err := r.reject(x.vals, fail(NullTime, "the time of a window is NULL")); err != nil {
				return nil, nil, err
			}
			continue
		}
		if err := r.spend(len(open)); err != nil {
			return nil, nil, err
		}
		key, behind := identity(pick(x.vals, keys)), ts < x.wm
		var rest []*session
		var joined *session
		for _, s := range open {
			switch {
			case s.key == key && behind && s.span.closedFor(x, w.Lateness):
				all = append(all, s)
			case s.key != key || ts > s.span.end || ts.Sub(-w.Size) < s.span.start:
				rest = append(rest, s)
			case joined == nil:
				joined = s
				rest = append(rest, s)
			default:
				joined.span.start, joined.span.end = min(joined.span.start, s.span.start), max(joined.span.end, s.span.end)
				joined.rows = append(joined.rows, s.rows...)
			}
		}
		open = rest
		if joined == nil {
			if behind && ts+gap <= x.wm.Sub(w.Lateness) {
				late = append(late, x)
				continue
			}
			if w.Max > 0 && int64(len(open)) >= w.Max {
				first := 0
				for i, s := range open {
					if s.span.end < open[first].span.end {
						first = i
					}
				}
				all = append(all, open[first])
				open = append(open[:first:first], open[first+1:]...)
			}
			joined = &session{key: key, span: span{ts, ts + gap}}
			open = append(open, joined)
		}
		joined.span.start, joined.span.end = min(joined.span.start, ts), max(joined.span.end, ts+gap)
		joined.rows = append(joined.rows, x)
	}
	return append(all, open...), late, nil
}

// sessionRows gives each row the window of its session.
func (r *runner) sessionRows(n *ir.WindowTVF, cols []ir.Column, in []row) ([]row, error) {
	all, late, err := r.sessions(n, n.TimeCol, &n.Window, n.Keys, in)
	r.late += len(late)
	var out []row
	for _, s := range all {
		for _, x := range s.rows {
			vals := append([]ir.Value{}, x.vals...)
			vals = append(vals, timeValue(s.span.start, cols[0].Type), timeValue(s.span.end, cols[1].Type), windowTime(s.span, cols[2].Type))
			x = x.with(vals)
			x.wm, x.marked = ir.MinMicros, false
			out = append(out, x)
		}
	}
	return out, err
}

// sessionAgg aggregates by session.
func (r *runner) sessionAgg(n *ir.WindowAgg, in []row) ([]row, error) {
	sessions, late, err := r.sessions(n, n.TimeCol, &n.Window, n.Keys, in)
	if err != nil {
		return nil, err
	}
	r.late += len(late)
	var all groups
	for _, s := range sessions {
		for _, x := range s.rows {
			if err := all.add(n.Aggs, pick(x.vals, n.Keys), s.span, x); err != nil {
				if err := r.reject(x.vals, err); err != nil {
					return nil, err
				}
			}
		}
	}
	return r.results(n, &all)
}
