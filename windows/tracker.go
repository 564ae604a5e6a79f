package windows

import "github.com/helios-stream/helios/ir"

// Tracker follows the event time of a relation made of splits, each with an order
// of its own. The watermark of a split is the greatest time that came from it less
// the lag, the relation's the least of its splits' that have not ended. A split
// that has not begun holds it at MinMicros; when all have ended it is MaxMicros.
type Tracker struct {
	lag      int64
	greatest []ir.Micros
	ended    []bool
}

// NewTracker returns a tracker of n splits that have not begun. lag is in
// microseconds and not negative.
func NewTracker(lag int64, n int) *Tracker {
	t := &Tracker{lag: lag}
	t.Grow(n)
	return t
}

// Grow adds splits that have not begun, up to n in all.
func (t *Tracker) Grow(n int) {
	for len(t.greatest) < n {
		t.greatest = append(t.greatest, ir.MinMicros)
		t.ended = append(t.ended, false)
	}
}

// Splits is the number of splits.
func (t *Tracker) Splits() int { return len(t.greatest) }

// Greatest is the greatest time that came from a split; MinMicros: none yet.
func (t *Tracker) Greatest(split int) ir.Micros { return t.greatest[split] }

// Ended reports whether the split has ended.
func (t *Tracker) Ended(split int) bool { return t.ended[split] }

// Raise says that times up to greatest came from the split.
func (t *Tracker) Raise(split int, greatest ir.Micros) {
	t.greatest[split] = max(t.greatest[split], greatest)
}

// End says that the split has no more rows.
func (t *Tracker) End(split int) { t.ended[split] = true }

// Watermark is the relation's watermark.
func (t *Tracker) Watermark() ir.Micros {
	return lagged(t.others(-1), t.lag)
}

// others is the least greatest time of the splits that have not ended, but for one.
func (t *Tracker) others(but int) ir.Micros {
	least := ir.MaxMicros
	for i, g := range t.greatest {
		if i != but && !t.ended[i] {
			least = min(least, g)
		}
	}
	return least
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
