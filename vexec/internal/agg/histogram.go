package agg

import (
	"cmp"
	"math"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// histogram is APPROX_PERCENTILE: how often each value came, rounded to bucketBits
// significant binary digits. So it is the exact percentile of the rounded values: it can
// be merged and taken back from in any order, and is at most 2^-bucketBits off.
type histogram struct {
	pairs   pairTable // of a group and a bucket
	buckets []int32   // by entry
	counts  []int64
	next    []uint32 // by entry: the next one of its group
	first   []uint32 // by group; noGroup: none
	held    held
	lists   elements
	groups  [chunkRows]uint32
	words   [chunkRows]uint64
	found   [chunkRows]uint32
}

const (
	bucketBits  = 9                   // the first of which is not stored
	bucketShift = 52 - bucketBits + 1 // the low bits that a bucket leaves out
	nanBucket   = math.MaxInt64 >> bucketShift
)

// bucketOf is the bucket of a value: buckets have the order of their values.
func bucketOf(f float64) int32 {
	switch {
	case f == 0:
		return 0 // there is one zero
	case f != f:
		return nanBucket
	}
	b := math.Float64bits(f)
	if !math.IsInf(f, 0) {
		b += 1 << (bucketShift - 1) // round half away from zero
		if math.IsInf(math.Float64frombits(b), 0) {
			b -= 1 << (bucketShift - 1)
		}
	}
	return int32(orderFloat(math.Float64frombits(b&^(1<<bucketShift-1))) >> bucketShift)
}

// bucketValue is the value that a bucket stands for.
func bucketValue(b int32) float64 {
	if b == nanBucket {
		return math.NaN()
	}
	o := int64(b) << bucketShift
	if o < 0 {
		o |= 1<<bucketShift - 1 // negative values are ordered by their inverted bits
	}
	return unorderFloat(o)
}

func (a *histogram) grow(n int) error {
	room := cap(a.first)
	if n > room {
		room = max(n, 2*room, 16)
	}
	if err := a.held.set(int64(room)*4 + a.pairs.bytes() + int64(cap(a.buckets))*(4+8+4)); err != nil {
		return err
	}
	var uncounted held
	a.first, _ = growCells(a.first, n, 4, &uncounted, noGroup)
	return nil
}

func (a *histogram) update(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	a.take(g, args[0], ids, sel, n, 1)
}

func (a *histogram) retract(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	a.take(g, args[0], ids, sel, n, -1)
}

func (a *histogram) take(g *gather, v *vexec.Vec, ids []uint32, sel []int32, n int, sign int64) {
	sel = g.values(v, sel, n)
	x, groups := g.float64s(0, v, sel, n), g.groups(ids, sel, n)
	for len(groups) > 0 {
		k := min(len(groups), chunkRows)
		for j, x := range x[:k] {
			a.words[j] = uint64(bucketOf(x))
		}
		a.pairs.intern(groups[:k], a.words[:k], a.found[:], a.addEntry)
		for _, e := range a.found[:k] {
			a.counts[e] += sign
		}
		x, groups = x[k:], groups[k:]
	}
}

func (a *histogram) addEntry(group uint32, word uint64) {
	e := uint32(len(a.buckets))
	a.buckets, a.counts = append(a.buckets, int32(word)), append(a.counts, 0)
	a.next = append(a.next, a.first[group])
	a.first[group] = e
}

func (a *histogram) merge(_ *ir.AggCall, _ *gather, state []vexec.Vec, ids []uint32, sel []int32, n int) {
	a.lists.each(state, ids, sel, n, func(kids []vexec.Vec, ids []uint32, rows []int32, _ int) {
		for len(rows) > 0 {
			part := rows[:min(len(rows), chunkRows)]
			rows = rows[len(part):]
			for j, r := range part {
				v, i := kids[0].At(int(r))
				a.groups[j], a.words[j] = ids[r], uint64(v.Int32s()[i])
			}
			a.pairs.intern(a.groups[:len(part)], a.words[:len(part)], a.found[:], a.addEntry)
			for j, r := range part {
				v, i := kids[1].At(int(r))
				a.counts[a.found[j]] += v.Int64s()[i]
			}
		}
	})
}

func (a *histogram) state(_ *ir.AggCall, ids []uint32, out []vexec.Vec) {
	var entries []uint32
	offs := make([]int32, 1, len(ids)+1)
	for _, id := range ids {
		for e := a.first[id]; e != noGroup; e = a.next[e] {
			if a.counts[e] != 0 {
				entries = append(entries, e)
			}
		}
		offs = append(offs, int32(len(entries)))
	}
	buckets, counts := listOf(&out[0], offs), listOf(&out[1], offs)
	for i, e := range entries {
		buckets.Int32s()[i], counts.Int64s()[i] = a.buckets[e], a.counts[e]
	}
}

// listOf makes lists of the given offsets in v, an ARRAY, and returns the elements, to be
// written.
func listOf(v *vexec.Vec, offs []int32) *vexec.Vec {
	copy(v.Offs, offs)
	if len(v.Kids) != 1 {
		v.Kids = make([]vexec.Vec, 1)
	}
	v.Kids[0].Reset(v.Type.Elem, int(offs[len(offs)-1]))
	return &v.Kids[0]
}

func (a *histogram) final(call *ir.AggCall, ids []uint32, out *vexec.Vec, _ failed) {
	share, _ := call.Option().(float64)
	to := out.Float64s()
	var entries []uint32
	for i, id := range ids {
		entries = entries[:0]
		total := int64(0)
		for e := a.first[id]; e != noGroup; e = a.next[e] {
			if a.counts[e] > 0 {
				entries = append(entries, e)
				total += a.counts[e]
			}
		}
		if to[i] = 0; total == 0 {
			out.SetNull(i, len(ids))
			continue
		}
		slices.SortFunc(entries, func(x, y uint32) int { return cmp.Compare(a.buckets[x], a.buckets[y]) })
		rank := rankOf(share, total)
		for _, e := range entries {
			if rank -= a.counts[e]; rank <= 0 {
				to[i] = bucketValue(a.buckets[e])
				break
			}
		}
	}
}

// rankOf is the place, from 1, of the least of n values with at least the share p of all
// at or below it.
func rankOf(p float64, n int64) int64 {
	return min(n, max(1, int64(math.Ceil(p*float64(n)))))
}

func (a *histogram) bytes() int64 { return a.held.bytes }
func (a *histogram) release()     { a.held.release() }
func (a *histogram) reset() {
	a.pairs.reset()
	a.buckets, a.counts, a.next, a.first = a.buckets[:0], a.counts[:0], a.next[:0], a.first[:0]
}
