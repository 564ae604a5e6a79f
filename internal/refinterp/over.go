package refinterp

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/helios-stream/helios/ir"
)

// over computes calls with OVER: each partition is sorted, and each call looked at for
// each row.
func (r *runner) over(n *ir.Over, in []row) ([]row, error) {
	if n.ByTime() {
		in = r.onTime(n, in)
	}
	for i := range in {
		in[i].vals = slices.Clone(in[i].vals)
	}
	for _, part := range partitions(n.Input, n.Partition, n.Order, in) {
		if err := r.spend(len(part) * len(part) * len(n.Calls)); err != nil {
			return nil, err
		}
		width := len(n.Input.Schema().Cols)
		results := make([][]ir.Value, len(part))
		var failed []int
		for i := range part {
			for c := range n.Calls {
				v, err := overValue(&n.Calls[c], n, part, i)
				if err != nil {
					if err := r.reject(part[i].vals[:width], err); err != nil {
						return nil, err
					}
					failed = append(failed, i)
					break
				}
				results[i] = append(results[i], v)
			}
		}
		for i := range part {
			if !slices.Contains(failed, i) {
				part[i].vals = append(part[i].vals, results[i]...)
			}
		}
	}
	return slices.DeleteFunc(in, func(x row) bool { return len(x.vals) != len(n.S.Cols) }), nil
}

// onTime drops the rows strictly behind the watermark before them.
func (r *runner) onTime(n *ir.Over, in []row) []row {
	var out []row
	for _, row := range in {
		if ts, ok := eventTime(n.Input, n.Order[0].Col, row); ok && ts < row.wm {
			r.late++
			continue
		}
		out = append(out, row)
	}
	return out
}

// partitions are the rows of each partition in order: by the keys, then by arrival or,
// where the input's rows have no order of their own, by their values.
func partitions(input ir.Node, cols []int, order []ir.SortKey, in []row) [][]*row {
	byKey := map[string]int{}
	var out [][]*row
	for i := range in {
		id := identity(pick(in[i].vals, cols))
		at, ok := byKey[id]
		if !ok {
			at = len(out)
			byKey[id] = at
			out = append(out, nil)
		}
		out[at] = append(out[at], &in[i])
	}
	s := input.Schema()
	arrival := ir.HasArrival(input)
	for _, part := range out {
		slices.SortStableFunc(part, func(a, b *row) int {
			if c := compareOrder(a.vals, b.vals, order, s); c != 0 || arrival {
				return c
			}
			return compareRows(a.vals, b.vals, s)
		})
	}
	return out
}

// compareOrder compares two rows by the columns of an order.
func compareOrder(a, b []ir.Value, order []ir.SortKey, s *ir.Schema) int {
	for _, k := range order {
		x, y := a[k.Col], b[k.Col]
		c := 0
		switch {
		case x == nil && y == nil:
			continue
		case x == nil || y == nil:
			c = 1
			if (x == nil) == k.NullsFirst {
				c = -1
			}
			return c
		default:
			c = compare(x, y, s.Cols[k.Col].Type)
		}
		if k.Desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// compareRows compares all values, the first column first; NULL is greatest.
func compareRows(a, b []ir.Value, s *ir.Schema) int {
	for i := range s.Cols {
		c := 0
		switch {
		case !s.Cols[i].Type.Ordered():
		case a[i] == nil || b[i] == nil:
			c = cmp.Compare(present(a[i]), present(b[i]))
		default:
			c = compare(a[i], b[i], s.Cols[i].Type)
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

func present(v ir.Value) int {
	if v == nil {
		return 1
	}
	return 0
}

// overValue is what a call gives for row i of a partition in order.
func overValue(c *ir.OverCall, n *ir.Over, part []*row, i int) (ir.Value, error) {
	s := n.Input.Schema()
	switch c.Fn {
	case "ROW_NUMBER", "RANK", "DENSE_RANK":
		return rankAt(c.Fn, n.Order, s, part, i), nil
	case "LAG", "LEAD":
		return neighbour(c, part, i)
	}
	from, to := frameOf(c.Frame, n.Order, s, part, i)
	if c.Fn == "NTH_VALUE" {
		if at := from + int(c.Args[1].(*ir.Const).V.(int64)) - 1; at < to {
			return eval(c.Args[0], part[at].vals)
		}
		return nil, nil
	}
	var all groups
	for k, row := range part[from:max(from, to)] {
		there := *row
		there.place = int64(k) // within the frame rows come in the order of the window
		if err := all.add([]ir.AggCall{c.AggCall}, nil, span{}, there); err != nil {
			return nil, err
		}
	}
	results, err := all.get(nil, span{}, 1).results([]ir.AggCall{c.AggCall})
	if err != nil {
		return nil, err
	}
	return results[0], nil
}

// rankAt is the number of row i of a partition in order.
func rankAt(fn string, order []ir.SortKey, s *ir.Schema, part []*row, i int) int64 {
	rank := int64(1)
	for j := 1; j <= i; j++ {
		differs := compareOrder(part[j-1].vals, part[j].vals, order, s) != 0
		switch {
		case fn == "ROW_NUMBER", fn == "DENSE_RANK" && differs:
			rank++
		case fn == "RANK" && differs:
			rank = int64(j) + 1
		}
	}
	return rank
}

func neighbour(c *ir.OverCall, part []*row, i int) (ir.Value, error) {
	by := 1
	if len(c.Args) > 1 {
		by = int(min(c.Args[1].(*ir.Const).V.(int64), int64(len(part))))
	}
	if c.Fn == "LAG" {
		by = -by
	}
	switch at := i + by; {
	case at >= 0 && at < len(part):
		return eval(c.Args[0], part[at].vals)
	case len(c.Args) > 2:
		return eval(c.Args[2], part[i].vals)
	}
	return nil, nil
}

// frameOf is which rows the frame of row i has: from the first up to, not including, the last.
func frameOf(f *ir.Frame, order []ir.SortKey, s *ir.Schema, part []*row, i int) (from, to int) {
	if f.Rows {
		from, to = rowsBound(f.Start, i, len(part)), rowsBound(f.End, i, len(part))+1
		return min(max(from, 0), len(part)), min(max(to, 0), len(part))
	}
	from, to = len(part), 0
	for j := range part {
		if inRange(f, order, s, part[j].vals, part[i].vals) {
			from, to = min(from, j), j+1
		}
	}
	return from, to
}

func rowsBound(b ir.FrameBound, i, n int) int {
	by := int(min(b.N, int64(n)))
	switch b.Kind {
	case ir.UnboundedPreceding:
		return 0
	case ir.Preceding:
		return i - by
	case ir.Following:
		return i + by
	case ir.UnboundedFollowing:
		return n - 1
	}
	return i
}

// inRange reports whether row x is in the frame of the row at.
func inRange(f *ir.Frame, order []ir.SortKey, s *ir.Schema, x, at []ir.Value) bool {
	return boundPassed(f.Start, order, s, x, at) >= 0 && boundPassed(f.End, order, s, x, at) <= 0
}

// boundPassed compares row x with a bound of the frame of the row at: -1 before it.
func boundPassed(b ir.FrameBound, order []ir.SortKey, s *ir.Schema, x, at []ir.Value) int {
	switch b.Kind {
	case ir.UnboundedPreceding:
		return 1
	case ir.UnboundedFollowing:
		return -1
	case ir.CurrentRow:
		return compareOrder(x, at, order, s)
	}
	k := order[0]
	if x[k.Col] == nil || at[k.Col] == nil { // NULLs are as far from each other as equal values
		return compareOrder(x, at, order, s)
	}
	by := b.N
	if t := s.Cols[k.Col].Type; t.Kind.IsTimestamp() {
		by *= unitsPerMicro(t)
	}
	if (b.Kind == ir.Preceding) != k.Desc {
		by = -by
	}
	c := cmp.Compare(whole(x[k.Col]), addWhole(whole(at[k.Col]), by))
	if k.Desc {
		c = -c
	}
	return c
}

func whole(v ir.Value) int64 {
	n, ok := v.(int64)
	if !ok {
		panic(fmt.Sprintf("refinterp: a range over %T", v))
	}
	return n
}

// addWhole adds and stays within what fits.
func addWhole(a, b int64) int64 {
	c := a + b
	if b > 0 && c < a {
		return 1<<63 - 1
	}
	if b < 0 && c > a {
		return -1 << 63
	}
	return c
}
