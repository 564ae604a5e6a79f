package refinterp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// group is the rows of one group: what each aggregate is to be computed over.
type group struct {
	keys  []ir.Value
	first []ir.Value // the first row
	span  span
	args  [][]taken // by aggregate: its rows
}

// groups keeps groups in the order in which they were begun.
type groups struct {
	byKey map[string]*group
	list  []*group
}

func (g *groups) get(keys []ir.Value, s span, aggs int) *group {
	id := fmt.Sprintf("%d %d %s", s.start, s.end, identity(keys))
	if g.byKey == nil {
		g.byKey = map[string]*group{}
	}
	if g.byKey[id] == nil {
		g.byKey[id] = &group{keys: keys, span: s, args: make([][]taken, aggs)}
		g.list = append(g.list, g.byKey[id])
	}
	return g.byKey[id]
}

// identity is a text that two lists of values share just when GROUP BY takes them
// for one key: NULL and NaN are equal to themselves, -0 is 0.
func identity(vals []ir.Value) string {
	var b strings.Builder
	for _, v := range vals {
		switch x := v.(type) {
		case float64:
			if x == 0 {
				v = 0.0
			}
		case []ir.Value:
			v = identity(x)
		case []ir.MapEntry:
			entries := make([]string, len(x))
			for i, e := range x {
				entries[i] = identity([]ir.Value{e.Key, e.Val})
			}
			slices.Sort(entries)
			v = entries
		}
		text := fmt.Sprintf("%T %v", v, v)
		fmt.Fprintf(&b, "%d:%s,", len(text), text)
	}
	return b.String()
}

// taken is what an aggregate takes of one row.
type taken struct {
	vals  []ir.Value // of the call's ValueArgs; COUNT(*) takes none
	place int64      // of the row in the order of arrival
}

// argument is what an aggregate takes from a row; false where its FILTER keeps the row
// out.
func argument(a *ir.AggCall, row row) (taken, bool, error) {
	if a.Filter != nil {
		pass, err := eval(a.Filter, row.vals)
		if err != nil || pass != true {
			return taken{}, false, err
		}
	}
	vals, err := evalAll(a.ValueArgs(), row.vals)
	return taken{vals, row.place}, true, err
}

// add puts a row into the group that keys and s name.
func (g *groups) add(aggs []ir.AggCall, keys []ir.Value, s span, row row) error {
	all := make([][]taken, len(aggs))
	for i := range aggs {
		t, pass, err := argument(&aggs[i], row)
		if err != nil {
			return err
		}
		if pass {
			all[i] = []taken{t}
		}
	}
	to := g.get(keys, s, len(aggs))
	if to.first == nil {
		to.first = row.vals
	}
	for i, t := range all {
		to.args[i] = append(to.args[i], t...)
	}
	return nil
}

// keysOf are the keys of a row as a group shows them: the entries of MAPs in the order of their
// keys, and no -0.
func keysOf(vals []ir.Value, cols []int, s *ir.Schema) []ir.Value {
	out := pick(vals, cols)
	for i, c := range cols {
		out[i] = settled(out[i], s.Cols[c].Type)
	}
	return out
}

func settled(v ir.Value, t *ir.Type) ir.Value {
	switch x := v.(type) {
	case float64:
		if x == 0 {
			return 0.0
		}
	case []ir.Value:
		out := make([]ir.Value, len(x))
		for i := range x {
			part := t.Elem
			if t.Kind == ir.Row {
				part = t.Fields[i].Type
			}
			out[i] = settled(x[i], part)
		}
		return out
	case []ir.MapEntry:
		out := make([]ir.MapEntry, len(x))
		for i, e := range x {
			out[i] = ir.MapEntry{Key: settled(e.Key, t.Key), Val: settled(e.Val, t.Elem)}
		}
		slices.SortFunc(out, func(a, b ir.MapEntry) int { return compare(a.Key, b.Key, t.Key) })
		return out
	}
	return v
}

func pick(vals []ir.Value, cols []int) []ir.Value {
	out := make([]ir.Value, len(cols))
	for i, c := range cols {
		out[i] = vals[c]
	}
	return out
}

// aggregate runs GROUP BY over rows that carry their windows as columns, or over
// rows without windows.
func (r *runner) aggregate(n *ir.Aggregate, in []row) ([]row, error) {
	windowed := n.StartKey >= 0 || n.EndKey >= 0
	endCol := n.Input.Props().WindowEnd // a key or not
	var all groups
	outcome := map[int]string{} // by origin: "late" where all copies of the row were, else "kept"
	for _, row := range in {
		keys := keysOf(row.vals, n.Keys, n.Input.Schema())
		if windowed {
			end, _ := eventTime(n.Input, endCol, row)
			if (span{end: end}).closedFor(row, n.Lateness) {
				if outcome[row.origin] == "" {
					outcome[row.origin] = "late"
				}
				continue
			}
		}
		outcome[row.origin] = "kept"
		if err := all.add(n.Aggs, keys, span{}, row); err != nil {
			if err := r.reject(row.vals, err); err != nil {
				return nil, err
			}
		}
	}
	r.countLate(outcome)
	if !windowed && len(n.Keys) == 0 {
		all.get(nil, span{}, len(n.Aggs)) // a total exists without rows too
	}
	for _, number := range n.Totals {
		keys := make([]ir.Value, len(n.Keys))
		keys[len(keys)-1] = number
		all.get(keys, span{}, len(n.Aggs))
	}
	var out []row
	for _, g := range all.list {
		results, err := g.results(n.Aggs)
		if err != nil {
			if err := r.reject(g.keys, err); err != nil {
				return nil, err
			}
			continue
		}
		place := int64(0)
		if windowed {
			end, _ := eventTime(n.Input, endCol, row{vals: g.first})
			place = placeOfWindow(end)
		}
		out = append(out, row{vals: append(append([]ir.Value{}, g.keys...), results...), origin: r.origin(), wm: ir.MinMicros, place: place})
	}
	return out, nil
}

func (r *runner) countLate(outcome map[int]string) {
	for _, o := range outcome {
		if o == "late" {
			r.late++
		}
	}
}

// windowAgg assigns windows and aggregates in one.
func (r *runner) windowAgg(n *ir.WindowAgg, in []row) ([]row, error) {
	switch n.Window.Kind {
	case ir.Session:
		return r.sessionAgg(n, in)
	case ir.CountRows:
		return r.countAgg(n, in)
	}
	var all groups
	for _, row := range in {
		ts, ok := eventTime(n.Input, n.TimeCol, row)
		if !ok {
			if err := r.reject(row.vals, fail(NullTime, "the time of a window is NULL")); err != nil {
				return nil, err
			}
			continue
		}
		spans := spansOf(n.Window, ts)
		open := 0
		for _, s := range spans {
			if s.closedFor(row, n.Window.Lateness) {
				continue
			}
			open++
			if err := all.add(n.Aggs, keysOf(row.vals, n.Keys, n.Input.Schema()), s, row); err != nil {
				if err := r.reject(row.vals, err); err != nil {
					return nil, err
				}
				break // an error fails the row, not each of its windows
			}
		}
		if open == 0 && len(spans) > 0 {
			r.late++
		}
	}
	return r.results(n, &all)
}

// results are the output rows of groups.
func (r *runner) results(n *ir.WindowAgg, all *groups) ([]row, error) {
	var out []row
	for _, g := range all.list {
		results, err := g.results(n.Aggs)
		if err != nil {
			if err := r.reject(g.keys, err); err != nil {
				return nil, err
			}
			continue
		}
		out = append(out, row{vals: layOut(n, g, results), origin: r.origin(), wm: ir.MinMicros, place: placeOfWindow(g.span.end)})
	}
	return out, nil
}

// placeOfWindow is the place of a window's results in the order of arrival: behind those
// of windows that end before it.
func placeOfWindow(end ir.Micros) int64 { return int64(end) + 1<<62 }

// layOut is the output row of a group.
func layOut(n *ir.WindowAgg, g *group, results []ir.Value) []ir.Value {
	vals := make([]ir.Value, len(n.Out))
	for i, o := range n.Out {
		t := n.S.Cols[i].Type
		switch o.Kind {
		case ir.OutStart:
			vals[i] = timeValue(g.span.start, t)
		case ir.OutEnd:
			vals[i] = timeValue(g.span.end, t)
		case ir.OutTime:
			vals[i] = windowTime(g.span, t)
		case ir.OutKey:
			vals[i] = g.keys[o.Index]
		case ir.OutAgg:
			vals[i] = results[o.Index]
		}
	}
	return vals
}
