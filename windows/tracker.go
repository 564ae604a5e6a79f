package windows

import "github.com/helios-stream/helios/ir"

// Tracker follows the event time of a relation made of splits, each with an order
// of its own. The watermark of a split is the greatest time that came from it less
// the lag, the relation's the least of its splits' that have neither ended nor are
// idle. A split that has not begun holds it at MinMicros; when all have ended it is
// MaxMicros, unless there may be more splits. It never falls: a split that joins
// late, or again, begins where the relation is.
type Tracker struct {
	lag      int64
	greatest []ir.Micros
	state    []splitState
	heap     []int32 // the live splits, by their greatest times, least first
	place    []int32 // of each split in heap
	idle     int     // splits that are idle
	open     bool    // more splits may come
	low      ir.Micros
}

type splitState uint8

const (
	live splitState = iota
	idle
	ended
)

// NewTracker returns a tracker of n splits that have not begun. lag is in
// microseconds and not negative.
func NewTracker(lag int64, n int) *Tracker {
	t := &Tracker{lag: lag, low: ir.MinMicros}
	for range n {
		t.Add()
	}
	return t
}

// Add adds a split and returns its number. Where the relation has a watermark
// already, the split's own is that.
func (t *Tracker) Add() int {
	n := len(t.greatest)
	t.settle()
	t.greatest = append(t.greatest, t.joins())
	t.state = append(t.state, live)
	t.place = append(t.place, 0)
	t.push(n)
	return n
}

// KeepOpen says that more splits may come: the end of all there are is not the end.
func (t *Tracker) KeepOpen() { t.open = true }

// Splits is the number of splits.
func (t *Tracker) Splits() int { return len(t.greatest) }

// Greatest is the greatest time that came from a split; MinMicros: none yet.
func (t *Tracker) Greatest(split int) ir.Micros { return t.greatest[split] }

// IsIdle reports whether the split is idle.
func (t *Tracker) IsIdle(split int) bool { return t.state[split] == idle }

// Least is the split that holds the watermark back; -1: none does.
func (t *Tracker) Least() int {
	if len(t.heap) == 0 {
		return -1
	}
	return int(t.heap[0])
}

// Ended reports whether the split has ended.
func (t *Tracker) Ended(split int) bool { return t.state[split] == ended }

// Raise says that times up to greatest came from the split, or that its first is
// not below greatest.
func (t *Tracker) Raise(split int, greatest ir.Micros) {
	if greatest <= t.greatest[split] {
		return
	}
	t.greatest[split] = greatest
	if t.state[split] == live {
		t.down(int(t.place[split]))
	}
}

// Restore begins at a watermark that the relation had before: no split is behind it.
func (t *Tracker) Restore(wm ir.Micros) {
	t.low = max(t.low, wm)
	for i := range t.greatest {
		t.Raise(i, t.joins())
	}
}

// End says that the split has no more rows.
func (t *Tracker) End(split int) { t.leave(split, ended) }

// Idle says that the split has had no rows for long: until Wake it holds nothing back.
func (t *Tracker) Idle(split int) {
	if t.state[split] == live {
		t.leave(split, idle)
		t.idle++
	}
}

// AllIdle reports whether no split is live and one is idle, so that nothing but rows of theirs
// moves the watermark.
func (t *Tracker) AllIdle() bool { return len(t.heap) == 0 && t.idle > 0 }

// Live is the number of splits that hold the watermark back, or may.
func (t *Tracker) Live() int { return len(t.heap) }

// Follow raises the watermark of a relation without live splits: splits that wake, or
// come, begin there.
func (t *Tracker) Follow(wm ir.Micros) { t.low = max(t.low, wm) }

// Wake says that an idle split has rows again. It goes on where the relation is; rows
// behind that are late.
func (t *Tracker) Wake(split int) {
	if t.state[split] != idle {
		return
	}
	t.settle()
	t.idle--
	t.state[split] = live
	t.greatest[split] = max(t.greatest[split], t.joins())
	t.push(split)
}

// joins is the greatest time of a split whose watermark is the relation's.
func (t *Tracker) joins() ir.Micros {
	if t.low == ir.MinMicros || t.low == ir.MaxMicros {
		return t.low
	}
	return t.low.Sub(-t.lag)
}

// settle takes the watermark that the live splits have now.
func (t *Tracker) settle() {
	if len(t.heap) > 0 {
		t.low = max(t.low, lagged(t.greatest[t.heap[0]], t.lag))
	}
}

// leave takes the split out of the live ones.
func (t *Tracker) leave(split int, to splitState) {
	t.settle()
	switch t.state[split] {
	case live:
		t.remove(int(t.place[split]))
	case idle:
		t.idle--
	}
	t.state[split] = to
}

// Watermark is the relation's watermark.
func (t *Tracker) Watermark() ir.Micros {
	t.settle()
	if len(t.heap) == 0 && !t.open && t.idle == 0 {
		t.low = ir.MaxMicros
	}
	return t.low
}

// others is the least greatest time of the live splits but for one.
func (t *Tracker) others(but int) ir.Micros {
	least := ir.MaxMicros
	if len(t.heap) > 0 && int(t.heap[0]) != but {
		return t.greatest[t.heap[0]]
	}
	for _, i := range t.heap[min(1, len(t.heap)):min(3, len(t.heap))] { // below the least one
		least = min(least, t.greatest[i])
	}
	return least
}

// push, down, up and remove keep the heap in order.
func (t *Tracker) push(split int) {
	t.heap = append(t.heap, int32(split))
	t.place[split] = int32(len(t.heap) - 1)
	t.up(len(t.heap) - 1)
}

func (t *Tracker) remove(i int) {
	last := len(t.heap) - 1
	t.swap(i, last)
	t.heap = t.heap[:last]
	if i < last {
		t.down(i)
		t.up(i)
	}
}

func (t *Tracker) up(i int) {
	for i > 0 && t.less(i, (i-1)/2) {
		t.swap(i, (i-1)/2)
		i = (i - 1) / 2
	}
}

func (t *Tracker) down(i int) {
	for {
		c := 2*i + 1
		if c+1 < len(t.heap) && t.less(c+1, c) {
			c++
		}
		if c >= len(t.heap) || !t.less(c, i) {
			return
		}
		t.swap(i, c)
		i = c
	}
}

func (t *Tracker) less(i, j int) bool { return t.greatest[t.heap[i]] < t.greatest[t.heap[j]] }

func (t *Tracker) swap(i, j int) {
	t.heap[i], t.heap[j] = t.heap[j], t.heap[i]
	t.place[t.heap[i]], t.place[t.heap[j]] = int32(i), int32(j)
}

// lagged is the watermark at a greatest time. The ends of time have no lag.
func lagged(greatest ir.Micros, lag int64) ir.Micros {
	if greatest == ir.MaxMicros {
		return greatest
	}
	return greatest.Sub(lag)
}

// Cursor goes through the rows of one split in their order, from the place in time
// at which Tracker.Cursor took it. Other splits stand still meanwhile.
type Cursor struct {
	own    ir.Micros // greatest time of the split so far
	others ir.Micros // least of the other splits' greatest times
	lag    int64
}

// Cursor returns the cursor of the rows that come next from the split.
func (t *Tracker) Cursor(split int) Cursor {
	return Cursor{own: t.greatest[split], others: t.others(split), lag: t.lag}
}

// Greatest is the greatest time of the split so far.
func (c *Cursor) Greatest() ir.Micros { return c.own }

// Watermark is the relation's watermark before the next row.
func (c *Cursor) Watermark() ir.Micros { return lagged(min(c.own, c.others), c.lag) }

// SplitWatermark is the split's own watermark before the next row.
func (c *Cursor) SplitWatermark() ir.Micros { return lagged(c.own, c.lag) }

// Next takes the time of the next row.
func (c *Cursor) Next(ts ir.Micros) { c.own = max(c.own, ts) }

// FirstBehind takes times in their order as long as none is strictly behind the
// split's own watermark before it, and returns the position of the first that is,
// which it does not take; len(times) where there is none. A row can only be behind
// the relation's watermark if it is behind its split's.
func (c *Cursor) FirstBehind(times []int64) int {
	own := int64(c.own)
	wm := int64(c.SplitWatermark())
	for i, ts := range times {
		if ts > own {
			own = ts
			wm = int64(ir.Micros(own).Sub(c.lag))
		} else if ts < wm {
			c.own = ir.Micros(own)
			return i
		}
	}
	c.own = ir.Micros(own)
	return len(times)
}
