package refinterp

import "github.com/helios-stream/helios/ir"

// rank sorts each partition and keeps the rows whose number is wanted. Rows of windows
// that had closed before they came are late.
func (r *runner) rank(n *ir.Rank, in []row) ([]row, error) {
	if n.Windowed() {
		in = r.openWindows(n, in)
	}
	s := n.Input.Schema()
	var out []row
	for _, part := range partitions(n.Input, n.Partition, n.Order, in) {
		if err := r.spend(len(part) * len(part)); err != nil {
			return nil, err
		}
		for i, row := range part {
			number := rankAt(n.Fn, n.Order, s, part, i)
			if number < n.From || number > n.To {
				continue
			}
			vals := append([]ir.Value{}, row.vals...)
			if n.Number {
				vals = append(vals, number)
			}
			kept := row.with(vals)
			kept.wm = ir.MinMicros
			out = append(out, kept)
		}
	}
	return out, nil
}

// openWindows drops the rows whose window had closed before they came. A row is late, once,
// where all of its copies are.
func (r *runner) openWindows(n *ir.Rank, in []row) []row {
	var out []row
	outcome := map[int]string{}
	for _, row := range in {
		end, _ := eventTime(n.Input, n.Input.Props().WindowEnd, row)
		if (span{end: end}).closedFor(row, n.Lateness) {
			if outcome[row.origin] == "" {
				outcome[row.origin] = "late"
			}
			continue
		}
		outcome[row.origin] = "kept"
		out = append(out, row)
	}
	r.countLate(outcome)
	return out
}
