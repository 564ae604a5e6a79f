package agg

import "github.com/helios-stream/helios/vexec"

// arrivals gives rows their places in the order of arrival: those of Input.Ord, or else
// numbers that grow.
type arrivals struct {
	ord     []uint64 // of the batch at hand, by physical row; nil: not known
	next    uint64   // the place of its first row where ord is not known
	scratch []uint64
}

// begin takes the next batch, of n rows.
func (a *arrivals) begin(ord []uint64) { a.ord = ord }

// end goes behind the batch.
func (a *arrivals) end(n int) { a.next += uint64(n) }

// places are the places of the n rows of the batch at hand, by physical row.
func (a *arrivals) places(n int) []uint64 {
	if a.ord != nil {
		return a.ord
	}
	a.scratch = grown(a.scratch, n)
	for i := range a.scratch {
		a.scratch[i] = a.next + uint64(i)
	}
	return a.scratch
}

// placesFrom reads places of a state, of which n rows are in v; rows that come behind it
// get greater ones.
func (a *arrivals) placesFrom(v *vexec.Vec, rows []int32, n int) []uint64 {
	a.scratch = grown(a.scratch, n)
	for _, r := range rows {
		f, i := v.At(int(r))
		p := f.Int64s()[i]
		a.scratch[r] = uint64(p)
		if p >= 0 && a.next <= uint64(p) {
			a.next = uint64(p) + 1
		}
	}
	return a.scratch
}
