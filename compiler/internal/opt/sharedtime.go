package opt

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// readByTime has all statements that read a table do it by its event time where some need it, and
// by one watermark: a row is taken or refused for its time for all of them, and one scan serves
// all. So a window and a copy of the rows read a stream once, also one that cannot be read twice.
// So are those of a table that is read first for a join, as whether it is read first is no matter of
// meaning. Rows that IMPOSE_ORDER drops are dropped for the statement that says so alone, and what
// is asked by key has no scan.
func readByTime(l *ir.Logical) *ir.Logical {
	times, bare := map[*ir.Table][]timed{}, map[*ir.Table]bool{}
	for _, s := range l.Sinks {
		eachReader(s, func(x *ir.Scan, w *ir.Watermark) {
			t := timed{scan: x, wm: w}
			switch {
			case w == nil:
				bare[x.Table] = true
			case !slices.ContainsFunc(times[x.Table], t.same):
				times[x.Table] = append(times[x.Table], t)
			}
		})
	}
	by := map[*ir.Table]timed{}
	for table := range bare {
		if list := times[table]; len(list) == 1 && !list[0].wm.Drop {
			by[table] = list[0]
		}
	}
	if len(by) == 0 {
		return l
	}
	out := *l
	out.Sinks = make([]*ir.Sink, len(l.Sinks))
	for i, s := range l.Sinks {
		out.Sinks[i] = replaceReaders(s, func(x *ir.Scan, w *ir.Watermark) ir.Node {
			t, ok := by[x.Table]
			switch {
			case ok && w == nil:
				return t.read(x)
			case ok:
				shared := *w
				shared.Shared = true
				return &shared
			case w == nil:
				return x
			}
			return w
		}).(*ir.Sink)
	}
	return &out
}

// timed is a scan by event time.
type timed struct {
	scan *ir.Scan
	wm   *ir.Watermark
}

// same reports whether one scan can serve both.
func (t timed) same(o timed) bool { return ir.ScanKeyOf(t.scan, t.wm) == ir.ScanKeyOf(o.scan, o.wm) }

// read is x by the event time of t, with its own columns, of which none is event time.
func (t timed) read(x *ir.Scan) ir.Node {
	c := *x
	time, _ := t.scan.Place(t.wm.TimeCol)
	at := slices.IndexFunc(c.Cols, func(col int) bool { return col == t.scan.Cols[t.wm.TimeCol] })
	if at >= 0 {
		if p, ok := x.Place(at); !ok || !p.Equal(time) {
			at = -1
		}
	}
	if at < 0 {
		at = len(c.Cols)
		c.Cols = append(slices.Clip(c.Cols), t.scan.Cols[t.wm.TimeCol])
		if c.Fields != nil || t.scan.Fields != nil {
			c.Fields = append(slices.Clip(c.Fields), make([][]int, len(c.Cols)-len(c.Fields))...)
			if t.scan.Fields != nil {
				c.Fields[at] = t.scan.Fields[t.wm.TimeCol]
			}
		}
	}
	wm := *t.wm
	wm.Input, wm.TimeCol, wm.Shared, wm.P = &c, at, true, c.P
	wm.P.TimeCol = at
	p := &ir.Project{Input: &wm, S: x.Schema(), P: x.P}
	for i, col := range p.S.Cols {
		p.Exprs = append(p.Exprs, &ir.ColRef{Index: i, Name: col.Name, T: col.Type})
	}
	return p
}

// eachReader calls f for what replaceReaders replaces.
func eachReader(n ir.Node, f func(*ir.Scan, *ir.Watermark)) {
	replaceReaders(n, func(x *ir.Scan, w *ir.Watermark) ir.Node {
		f(x, w)
		if w != nil {
			return w
		}
		return x
	})
}

// replaceReaders puts what f gives for them in the place of scans with their watermarks, but of
// those whose rows get an event time above, and of those that are asked by key.
func replaceReaders(n ir.Node, f func(*ir.Scan, *ir.Watermark) ir.Node) ir.Node {
	if s, w := ir.ScanOf(n); s != nil {
		return f(s, w)
	}
	if _, ok := n.(*ir.Watermark); ok {
		return n
	}
	in := slices.Clone(n.Inputs())
	changed := false
	for i, k := range in {
		if j, ok := n.(*ir.Join); ok && i == 1 && j.Kind == ir.ByKeyJoin {
			continue
		}
		in[i] = replaceReaders(k, f)
		changed = changed || in[i] != k
	}
	if !changed {
		return n
	}
	return n.WithInputs(in)
}
