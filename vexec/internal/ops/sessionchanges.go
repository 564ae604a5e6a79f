package ops

import (
	"container/heap"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/windows"
)

// sessionChanges has a SessionAgg give sessions before they have closed: as soon as the
// watermark has passed their end (ir.Corrected), or at once (ir.Changing). A session that is
// out and then grows or is merged into another is taken back as it was given.
type sessionChanges struct {
	op      *ir.WindowAggOp
	reached ir.Micros // the watermark
	shown   []shownSession
	queued  []bool      // by session: it is in ends
	wrong   []bool      // by session: its result is a row error, which has been said
	ends    endingQueue // sessions that are not out, each once: where their end was when they were put here

	// Of the batch at hand.
	touched []int32
	merged  map[int32]bool // sessions that are part of another one now
	seen    map[int32]bool
	old     vexec.Batch // results that are out
	oldAt   []int32     // by touched: its row in old; -1: it is not out
	part    vexec.Batch
	finals  []vexec.Vec
	keys    []vexec.Vec
	fates   []vexec.RowFate
	out     vexec.Batch
	from    []int32
	to      []int32
	kinds   []vexec.RowKind
	toKinds []vexec.RowKind
}

// shownSession is what was given of a session, if it is out.
type shownSession struct {
	out        bool
	start, end int64
}

func newSessionChanges(o *ir.WindowAggOp) *sessionChanges {
	return &sessionChanges{op: o, reached: ir.MinMicros, merged: map[int32]bool{}, seen: map[int32]bool{},
		finals: make([]vexec.Vec, len(o.Aggs)), keys: make([]vexec.Vec, len(o.Keys))}
}

// grow makes room for one more session.
func (c *sessionChanges) grow() {
	c.shown, c.queued, c.wrong = append(c.shown, shownSession{}), append(c.queued, false), append(c.wrong, false)
}

// touch adds a session to those at hand.
func (c *sessionChanges) touch(n int32) {
	if !c.seen[n] {
		c.seen[n] = true
		c.touched = append(c.touched, n)
	}
}

// before notes which sessions the rows at hand change, and keeps what is out of them. The
// rows are in their sessions and not yet in the aggregates.
func (c *sessionChanges) before(a *SessionAgg, merged []windows.Merge) {
	c.touched = c.touched[:0]
	clear(c.seen)
	clear(c.merged)
	for _, r := range a.kept {
		c.touch(int32(a.session[r]))
	}
	for _, m := range merged {
		c.touch(m.To)
		c.touch(m.From)
		c.merged[m.From] = true
		a.note(m.To)
		a.note(m.From)
	}
	c.keepOld(a)
}

// keepOld sets old to what is out of the sessions at hand.
func (c *sessionChanges) keepOld(a *SessionAgg) {
	c.oldAt = c.oldAt[:0]
	c.old.Reset(c.op.Out)
	var out []int32
	for _, n := range c.touched {
		if !c.shown[n].out {
			c.oldAt = append(c.oldAt, -1)
			continue
		}
		c.oldAt = append(c.oldAt, int32(len(out)))
		out = append(out, n)
	}
	if len(out) > 0 {
		c.results(a, out, func(n int32) (int64, int64) { return c.shown[n].start, c.shown[n].end })
		vexec.AppendRows(&c.old, &c.part, nil)
	}
}

// results sets part to the results of sessions; fates are those of which there is none.
func (c *sessionChanges) results(a *SessionAgg, list []int32, window func(n int32) (start, end int64)) {
	cells, keys := make([]uint32, len(list)), make([]uint32, len(list))
	for i, n := range list {
		cells[i], keys[i] = uint32(n), a.sessions.At(n).Key
	}
	a.keys.Keys(keys, c.keys)
	c.fates = c.fates[:0]
	a.accs.Final(cells, c.finals, c.fail)
	c.part.Reset(c.op.Out)
	c.part.Rows = len(list)
	cols := windowColumns{c.op.In.Cols[c.op.TimeCol].Type}
	for i := range c.part.Cols {
		v := &c.part.Cols[i]
		switch o := c.op.Layout[i]; o.Kind {
		case ir.OutKey:
			*v = c.keys[o.Index]
		case ir.OutAgg:
			*v = c.finals[o.Index]
		default:
			v.Reset(c.op.Out.Cols[i].Type, len(list))
			for j, n := range list {
				start, end := window(n)
				cols.fill(v, j, o.Kind, start, end)
			}
		}
	}
}

func (c *sessionChanges) fail(row int, reason string) {
	for i := range c.fates {
		if c.fates[i].Row == int32(row) {
			return
		}
	}
	c.fates = append(c.fates, vexec.RowFate{Row: int32(row), Why: vexec.FateError, Reason: reason})
}

// after gives the changes of the sessions at hand, whose aggregates have the rows now.
func (c *sessionChanges) after(a *SessionAgg, out vexec.Emitter) error {
	closed := a.sessions.TakeClosed()
	early := len(c.touched)
	for _, n := range closed {
		c.touch(n)
	}
	gone := slices.Clone(closed)
	if len(c.touched) > early { // closed without a row of theirs: what is out stays as it is
		c.oldAt = append(c.oldAt, slices.Repeat([]int32{-1}, len(c.touched)-early)...)
	}
	err := c.give(a, func(i int, n int32) bool {
		if c.merged[n] || !a.filled[n] || i >= early && c.shown[n].out {
			return false
		}
		end := a.sessions.End(n)
		return c.op.Emit == ir.Changing || slices.Contains(gone, n) || c.ended(end) || c.shown[n].out && c.shown[n].end == end
	}, out)
	for _, n := range gone {
		c.shown[n] = shownSession{}
		a.forget(n)
	}
	return err
}

// ended reports whether the watermark has passed the end of a session: no row joins it but
// late ones.
func (c *sessionChanges) ended(end int64) bool {
	return c.reached == ir.MaxMicros || c.reached != ir.MinMicros && end < int64(c.reached)
}

// give gives the sessions at hand that wanted says are to be out, and takes back the
// others that were.
func (c *sessionChanges) give(a *SessionAgg, wanted func(i int, n int32) bool, out vexec.Emitter) error {
	most := max(1, a.emit.maxRows/2)
	for lo := 0; lo < len(c.touched); lo += most {
		hi := min(lo+most, len(c.touched))
		if err := c.giveSome(a, lo, hi, wanted, out); err != nil {
			return err
		}
	}
	return nil
}

func (c *sessionChanges) giveSome(a *SessionAgg, lo, hi int, wanted func(i int, n int32) bool, out vexec.Emitter) error {
	c.results(a, c.touched[lo:hi], func(n int32) (int64, int64) { return a.sessions.At(n).Start, a.sessions.End(n) })
	c.from, c.to, c.kinds, c.toKinds = c.from[:0], c.to[:0], c.kinds[:0], c.toKinds[:0]
	var bad []vexec.RowFate
	for i, n := range c.touched[lo:hi] {
		is := wanted(lo+i, n)
		at := slices.IndexFunc(c.fates, func(f vexec.RowFate) bool { return f.Row == int32(i) })
		if is && at >= 0 {
			if is = false; !c.wrong[n] {
				bad = append(bad, c.fates[at])
			}
		}
		c.wrong[n] = at >= 0
		c.change(a, int32(i), n, c.oldAt[lo+i], is)
	}
	if len(bad) > 0 {
		a.emit.lost += int64(len(bad))
		if err := out.Reject(&c.part, bad); err != nil {
			return err
		}
	}
	return c.send(out)
}

// change lists the rows that change what is out of session n, row i of part, to what it is.
func (c *sessionChanges) change(a *SessionAgg, i, n, old int32, is bool) {
	was, end := c.shown[n], a.sessions.End(n)
	now := shownSession{is, a.sessions.At(n).Start, end}
	switch {
	case old >= 0 && is && was == now:
		if c.same(old, i) {
			return
		}
		c.take(old, vexec.UpdateBefore)
		c.add(i, vexec.UpdateAfter)
		return
	case old >= 0:
		c.take(old, vexec.Delete)
	case was.out: // it is out, and stays so
		return
	}
	if is {
		c.add(i, vexec.Insert)
	} else {
		now = shownSession{}
		if a.sessions.At(n).Open && c.op.Emit == ir.Corrected && !c.queued[n] && !c.ended(end) {
			c.queued[n] = true
			heap.Push(&c.ends, ending{end, n})
		}
	}
	if c.shown[n] != now {
		c.shown[n] = now
		a.note(n)
	}
}

func (c *sessionChanges) take(row int32, k vexec.RowKind) {
	c.from, c.kinds = append(c.from, row), append(c.kinds, k)
}

func (c *sessionChanges) add(row int32, k vexec.RowKind) {
	c.to, c.toKinds = append(c.to, row), append(c.toKinds, k)
}

// same reports whether a result is what it was.
func (c *sessionChanges) same(old, now int32) bool {
	for i := range c.part.Cols {
		if !vexec.SameAt(&c.old.Cols[i], int(old), &c.part.Cols[i], int(now)) {
			return false
		}
	}
	return true
}

// send emits the old rows that are taken and then the new ones, in one batch.
func (c *sessionChanges) send(out vexec.Emitter) error {
	if len(c.from)+len(c.to) == 0 {
		return nil
	}
	c.out.Reset(c.op.Out)
	if len(c.from) > 0 {
		vexec.AppendRows(&c.out, &c.old, c.from)
	}
	if len(c.to) > 0 {
		vexec.AppendRows(&c.out, &c.part, c.to)
	}
	c.kinds = append(c.kinds, c.toKinds...)
	c.out.Part, c.out.Kind = -1, c.kinds
	return out.Emit(&c.out)
}

// advance gives the sessions that the watermark has passed, and forgets those that have
// closed.
func (c *sessionChanges) advance(a *SessionAgg, wm ir.Micros, out vexec.Emitter) error {
	c.reached = max(c.reached, wm)
	c.touched = c.touched[:0]
	clear(c.seen)
	clear(c.merged)
	for len(c.ends) > 0 && c.ended(c.ends[0].end) {
		e := heap.Pop(&c.ends).(ending)
		end := a.sessions.End(e.n)
		switch c.queued[e.n] = false; {
		case !a.sessions.At(e.n).Open || c.shown[e.n].out:
		case c.ended(end):
			c.touch(e.n)
		default: // it has grown since
			c.queued[e.n] = true
			heap.Push(&c.ends, ending{end, e.n})
		}
	}
	slices.Sort(c.touched)
	c.oldAt = append(c.oldAt[:0], slices.Repeat([]int32{-1}, len(c.touched))...)
	if err := c.give(a, func(_ int, n int32) bool { return a.filled[n] }, out); err != nil {
		return err
	}
	a.closeUpTo(wm)
	for _, n := range a.sessions.TakeClosed() {
		c.shown[n] = shownSession{}
		a.forget(n)
	}
	return nil
}

// renumber puts the sessions where their ends are looked for, after they have come from a
// checkpoint or got other numbers.
func (c *sessionChanges) renumber(a *SessionAgg) {
	n := min(len(c.shown), a.sessions.Len())
	c.shown, c.queued, c.wrong = c.shown[:n], c.queued[:n], c.wrong[:n]
	clear(c.queued)
	c.ends = c.ends[:0]
	if c.op.Emit != ir.Corrected {
		return
	}
	for n := range int32(len(c.shown)) {
		if !c.shown[n].out && a.sessions.At(n).Open {
			c.queued[n] = true
			c.ends = append(c.ends, ending{a.sessions.End(n), n})
		}
	}
	heap.Init(&c.ends)
}

// ending is a session that is not out.
type ending struct {
	end int64
	n   int32
}

type endingQueue []ending

func (q endingQueue) Len() int           { return len(q) }
func (q endingQueue) Less(i, j int) bool { return q[i].end < q[j].end }
func (q endingQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *endingQueue) Push(x any)        { *q = append(*q, x.(ending)) }
func (q *endingQueue) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}
