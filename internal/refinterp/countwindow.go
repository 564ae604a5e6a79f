package refinterp

import "github.com/helios-stream/helios/ir"

// countWindows are the rows of each window of so many rows of a key.
func countWindows(w ir.Window, keys []int, in []row) [][]row {
	byKey := map[string][]row{}
	var order []string
	var out [][]row
	for _, x := range in {
		key := identity(pick(x.vals, keys))
		if byKey[key] == nil {
			order = append(order, key)
		}
		rows := append(byKey[key], x)
		byKey[key] = rows
		if n := int64(len(rows)); n >= w.Size && (n-w.Size)%w.Slide == 0 {
			out = append(out, rows[n-w.Size:n:n])
		}
	}
	for _, key := range order {
		rows := byKey[key]
		n := int64(len(rows))
		given := int64(0) // rows up to the end of the last window
		if n >= w.Size {
			given = n - (n-w.Size)%w.Slide
		}
		if begin := max(0, given+w.Slide-w.Size); w.Partial && given < n {
			if given == 0 {
				begin = 0
			}
			out = append(out, rows[begin:])
		}
	}
	return out
}

// firstAndLast are the event times of the first and the last row of a window.
func firstAndLast(timeCol int, rows []row) (start, end ir.Value) {
	if timeCol < 0 {
		return nil, nil
	}
	return rows[0].vals[timeCol], rows[len(rows)-1].vals[timeCol]
}

func (r *runner) countRows(n *ir.WindowTVF, in []row) ([]row, error) {
	var out []row
	for _, rows := range countWindows(n.Window, n.Keys, in) {
		start, end := firstAndLast(n.TimeCol, rows)
		for _, x := range rows {
			vals := append([]ir.Value{}, x.vals...)
			x = x.with(append(vals, start, end, end))
			x.wm, x.marked = ir.MinMicros, false
			out = append(out, x)
		}
	}
	return out, nil
}

func (r *runner) countAgg(n *ir.WindowAgg, in []row) ([]row, error) {
	var out []row
	for _, rows := range countWindows(n.Window, n.Keys, in) {
		var one groups
		for _, x := range rows {
			if err := one.add(n.Aggs, pick(x.vals, n.Keys), span{}, x); err != nil {
				if err := r.reject(x.vals, err); err != nil {
					return nil, err
				}
			}
		}
		results, err := r.results(n, &one)
		if err != nil {
			return nil, err
		}
		start, end := firstAndLast(n.TimeCol, rows)
		for _, x := range results {
			for i, o := range n.Out {
				switch o.Kind {
				case ir.OutStart:
					x.vals[i] = start
				case ir.OutEnd, ir.OutTime:
					x.vals[i] = end
				}
			}
			out = append(out, x)
		}
	}
	return out, nil
}
