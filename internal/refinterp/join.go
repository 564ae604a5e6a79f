package refinterp

import "github.com/helios-stream/helios/ir"

// join pairs each row of the left side with each of the right.
func (r *runner) join(n *ir.Join) ([]row, error) {
	left, err := r.node(n.Left)
	if err != nil {
		return nil, err
	}
	right, err := r.node(n.Right)
	if err != nil {
		return nil, err
	}
	switch n.Kind {
	case ir.WindowJoin:
		left, right = r.inOpenWindows(n.Left, n.LeftEnd, left), r.inOpenWindows(n.Right, n.RightEnd, right)
	case ir.TemporalJoin:
		return r.asOf(n, left, right)
	case ir.IntervalJoin:
		if b := n.Time; !n.Type.KeepsLeft() {
			left = r.withPartners(n.Left, b.Left, b.LostLeft(), left)
		}
		if b := n.Time; !n.Type.KeepsRight() {
			right = r.withPartners(n.Right, b.Right, b.LostRight(), right)
		}
	}
	j := &joiner{r: r, n: n, width: len(n.Left.Schema().Cols), used: make([]bool, len(right)), byKey: map[string][]int{}}
	for i := range right {
		if key, ok := j.key(right[i].vals, n.RightKeys); ok {
			j.byKey[key] = append(j.byKey[key], i)
		}
	}
	for _, l := range left {
		if err := j.add(l, right); err != nil {
			return nil, err
		}
		if len(j.out) > mostPairs {
			return nil, ErrTooLarge
		}
	}
	if n.Type.KeepsRight() {
		for i, row := range right {
			if !j.used[i] {
				j.alone(make([]ir.Value, j.width), row.vals, row)
			}
		}
	}
	return j.out, nil
}

// inOpenWindows drops the rows whose window had closed before they came.
func (r *runner) inOpenWindows(n ir.Node, col int, in []row) []row {
	var out []row
	outcome := map[int]string{}
	for _, row := range in {
		end, ok := eventTime(n, col, row)
		if ok && (span{end: end}).closedFor(row, 0) {
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

// withPartners drops the rows that came when the watermark had passed their time by more than
// lost: all rows that they could have met had been freed.
func (r *runner) withPartners(n ir.Node, col int, lost int64, in []row) (out []row) {
	for _, row := range in {
		if at, ok := eventTime(n, col, row); ok && int64(row.wm) > int64(at)+lost {
			r.late++
			continue
		}
		out = append(out, row)
	}
	return out
}

type joiner struct {
	r     *runner
	n     *ir.Join
	width int
	byKey map[string][]int // rows of the right side
	used  []bool           // those that have a pair
	out   []row
}

// key is the identity of the key columns; ok is false where one is NULL, which equals nothing.
func (j *joiner) key(vals []ir.Value, cols []int) (string, bool) {
	key := pick(vals, cols)
	for _, v := range key {
		if v == nil {
			return "", false
		}
	}
	return identity(key), true
}

// add joins one row of the left side.
func (j *joiner) add(l row, right []row) error {
	matched := false
	if key, ok := j.key(l.vals, j.n.LeftKeys); ok {
		if err := j.r.spend(len(j.byKey[key])); err != nil {
			return err
		}
		for _, i := range j.byKey[key] {
			pairs, err := j.pairs(l, right[i])
			if err != nil {
				return err
			}
			if !pairs {
				continue
			}
			matched, j.used[i] = true, true
			if !j.n.Type.LeftOnly() {
				j.pair(l, right[i])
			}
		}
	}
	switch {
	case j.n.Type == ir.SemiJoin && matched, j.n.Type == ir.AntiJoin && !matched:
		j.alone(l.vals, nil, l)
	case !matched && (j.n.Type == ir.LeftJoin || j.n.Type == ir.FullJoin):
		j.alone(l.vals, make([]ir.Value, len(j.n.Right.Schema().Cols)), l)
	}
	return nil
}

// pairs reports whether two rows of one key are a pair. A late row meets what was kept when
// it came.
func (j *joiner) pairs(l, r row) (bool, error) {
	if b := j.n.Time; b != nil {
		lt, okLeft := eventTime(j.n.Left, b.Left, l)
		rt, okRight := eventTime(j.n.Right, b.Right, r)
		d := int64(lt) - int64(rt)
		if !okLeft || !okRight || d < b.Lo || d > b.Hi || int64(l.wm) > int64(rt)+max(b.Hi, 0) || int64(r.wm) > int64(lt)+max(-b.Lo, 0) {
			return false, nil
		}
	}
	if j.n.Cond == nil {
		return true, nil
	}
	vals := append(append([]ir.Value{}, l.vals...), r.vals...)
	v, err := eval(j.n.Cond, vals)
	if err != nil {
		return false, j.r.reject(vals, err)
	}
	return v == true, nil
}

// pair gives a pair, which is as late as the later of its rows.
func (j *joiner) pair(l, r row) {
	out := j.row(l.vals, r.vals)
	switch j.n.Kind {
	case ir.LookupJoin, ir.ByKeyJoin:
		out.split, out.wm, out.place = l.split, l.wm, l.place
	case ir.IntervalJoin:
		out.wm = j.behind(max(l.wm, r.wm))
	}
	j.out = append(j.out, out)
}

// alone gives a row that has no pair, or of a semi join.
func (j *joiner) alone(left, right []ir.Value, of row) {
	out := j.row(left, right)
	switch j.n.Kind {
	case ir.LookupJoin, ir.ByKeyJoin:
		out.split, out.wm, out.place = of.split, of.wm, of.place
	case ir.IntervalJoin:
		out.wm = j.behind(of.wm)
	}
	j.out = append(j.out, out)
}

// behind is the watermark of pairs where that of the rows is wm.
func (j *joiner) behind(wm ir.Micros) ir.Micros {
	if wm == ir.MinMicros {
		return wm
	}
	return wm - ir.Micros(j.n.Time.Spread())
}

func (j *joiner) row(left, right []ir.Value) row {
	o := j.r.origin()
	return row{vals: pick(append(append([]ir.Value{}, left...), right...), j.n.Cols), origin: o, place: int64(o), wm: ir.MinMicros}
}

// asOf gives each row of the left side the version of its key that was valid at its time. Late
// rows are dropped; a late version counts from the watermark on behind which it came.
func (r *runner) asOf(n *ir.Join, left, right []row) ([]row, error) {
	j := &joiner{r: r, n: n}
	for _, l := range left {
		at, ok := eventTime(n.Left, n.Time.Left, l)
		if !ok {
			continue
		}
		if l.wm > at {
			r.late++
			continue
		}
		if err := r.spend(len(right)); err != nil {
			return nil, err
		}
		best, err := j.version(l, at, right)
		if err != nil {
			return nil, err
		}
		switch {
		case best != nil:
			j.out = append(j.out, j.row(l.vals, best.vals))
		case n.Type == ir.LeftJoin:
			j.out = append(j.out, j.row(l.vals, make([]ir.Value, len(n.Right.Schema().Cols))))
		}
	}
	return j.out, nil
}

// replaces reports whether a version replaces another one of its time.
func (j *joiner) replaces(v, other *row) bool {
	if ir.VersionsByArrival(j.n.Right) && v.place != other.place {
		return v.place > other.place
	}
	return compareRows(v.vals, other.vals, j.n.Right.Schema()) > 0
}

// version is the last row of the right side with l's key and a time that is not after at; nil:
// there is none, or it does not fulfil the condition.
func (j *joiner) version(l row, at ir.Micros, right []row) (*row, error) {
	key, ok := j.key(l.vals, j.n.LeftKeys)
	if !ok {
		return nil, nil
	}
	var best *row
	var since ir.Micros
	for i := range right {
		v := &right[i]
		other, ok := j.key(v.vals, j.n.RightKeys)
		ts, timed := eventTime(j.n.Right, j.n.Time.Right, *v)
		if ok && timed && other == key && max(ts, v.wm) <= at && (best == nil || ts > since || ts == since && j.replaces(v, best)) {
			best, since = v, ts
		}
	}
	if best == nil || j.n.Cond == nil {
		return best, nil
	}
	vals := append(append([]ir.Value{}, l.vals...), best.vals...)
	v, err := eval(j.n.Cond, vals)
	if err != nil {
		return nil, j.r.reject(vals, err)
	}
	if v == true {
		return best, nil
	}
	return nil, nil
}
