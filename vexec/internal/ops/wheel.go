package ops

import "github.com/helios-stream/helios/ir"

// wheel finds what has not changed for a span of processing time. Each entry stands in
// it once, by the time at which it was put in or found to have changed later; times
// are rounded up to a 64th of the span.
type wheel struct {
	span  int64 // microseconds; 0: nothing is ever due
	slots []wheelSlot
}

// wheelSlot is what is looked at at one time. Slots are in the order of their times.
type wheelSlot struct {
	at  ir.Micros
	ids []uint32
}

const wheelSlots = 64

// put has id looked at when it has not changed for the span since the time given.
func (w *wheel) put(id uint32, since ir.Micros) {
	step := ir.Micros(max(1, w.span/wheelSlots))
	at := (since + ir.Micros(w.span) + step - 1) / step * step
	i := len(w.slots)
	for i > 0 && w.slots[i-1].at > at {
		i--
	}
	if i > 0 && w.slots[i-1].at == at {
		w.slots[i-1].ids = append(w.slots[i-1].ids, id)
		return
	}
	w.slots = append(w.slots, wheelSlot{})
	copy(w.slots[i+1:], w.slots[i:])
	w.slots[i] = wheelSlot{at: at, ids: []uint32{id}}
}

// due is when turn has something to look at; ir.MaxMicros: nothing.
func (w *wheel) due() ir.Micros {
	if len(w.slots) == 0 {
		return ir.MaxMicros
	}
	return w.slots[0].at
}

// turn returns what has not changed for the span, and forgets it. changed says when
// something last did; ir.MinMicros: it is not wanted any more and returned as well.
func (w *wheel) turn(now ir.Micros, changed func(id uint32) ir.Micros) (gone []uint32) {
	for len(w.slots) > 0 && w.slots[0].at <= now {
		ids := w.slots[0].ids
		w.slots = w.slots[1:]
		for _, id := range ids {
			if at := changed(id); at == ir.MinMicros || at <= now-ir.Micros(w.span) {
				gone = append(gone, id)
			} else {
				w.put(id, at)
			}
		}
	}
	return gone
}

// clear forgets everything.
func (w *wheel) clear() { w.slots = nil }
