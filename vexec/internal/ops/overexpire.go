package ops

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// overExpiry forgets the rows of partitions that have had none for so long that they are in
// no frame of a row that may come: where all calls are over spans of time.
type overExpiry struct {
	on    bool
	span  int64 // microseconds that the longest frame reaches back
	queue []overLast
	first int // of queue
}

// overLast is that a partition had rows when the watermark passed the time at.
type overLast struct {
	at int64 // microseconds
	id uint32
}

func (e *overExpiry) init(w *Over) {
	e.on = w.op.Streams && len(w.frames) > 0
	e.on = e.on && ir.OfSpans(w.op.Calls)
	for _, f := range w.frames {
		e.span = max(e.span, f.frame.Start.N)
	}
}

// note remembers that a partition has had rows that are out.
func (e *overExpiry) note(w *Over, id uint32) {
	p := &w.parts[id]
	if e.on && len(p.rows) > 0 {
		p.noted = w.past
		e.queue = append(e.queue, overLast{w.past, id})
	}
}

// expire takes the rows of partitions back that no row to come has in its frame.
func (w *Over) expire() error {
	e := &w.expiry
	w.active = w.active[:0]
	for e.first < len(e.queue) && e.queue[e.first].at < w.past-e.span {
		last := e.queue[e.first]
		e.first++
		if p := &w.parts[last.id]; len(p.rows) > 0 && p.noted == last.at {
			w.active = append(w.active, last.id)
		}
	}
	if 2*e.first > len(e.queue)+slack {
		e.queue, e.first = slices.Clone(e.queue[e.first:]), 0
	}
	if len(w.active) == 0 {
		return nil
	}
	for _, f := range w.frames {
		if err := f.empty(w); err != nil {
			return err
		}
	}
	for _, id := range w.active {
		p := &w.parts[id]
		if p.waits == 0 {
			w.leave(id, false)
			continue
		}
		w.held -= len(p.rows)
		p.rows, p.first = nil, p.done
		w.keep.note(w, id)
	}
	return nil
}

// empty takes all rows out of the frame of the active partitions.
func (f *overFrame) empty(w *Over) error {
	f.minus.reset()
	for _, id := range w.active {
		p := &w.parts[id]
		for place := p.lo[f.at]; f.set != nil && place < p.hi[f.at]; place++ {
			f.minus.add(p.row(place), id, place)
		}
		p.lo[f.at], p.hi[f.at] = p.done, p.done
	}
	return f.take(w, &f.minus, true)
}
