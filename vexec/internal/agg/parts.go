package agg

import (
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// reverser is an acc whose rows can be taken back.
type reverser interface {
	acc
	// retract takes back rows as update took them, before or after they come.
	retract(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int)
}

// inner is the part of an aggregate of distinct values: it gives them to the aggregate
// itself.
type inner struct{ acc acc }

func (p *inner) enter(g *gather, args []*vexec.Vec, ids []uint32, rows []int32, n int, _ []uint32) {
	p.acc.update(g, args, ids, rows, n)
}

func (p *inner) leave(g *gather, args []*vexec.Vec, ids []uint32, rows []int32, n int, _ []uint32) {
	p.acc.(reverser).retract(g, args, ids, rows, n)
}

func (p *inner) grow(n int) error { return p.acc.grow(n) }
func (p *inner) final(call *ir.AggCall, ids []uint32, out *vexec.Vec, fail failed) {
	p.acc.final(call, ids, out, fail)
}
func (p *inner) moved([]uint32) {}
func (p *inner) bytes() int64   { return p.acc.bytes() }
func (p *inner) reset()         { p.acc.reset() }
func (p *inner) release()       { p.acc.release() }

// heapPart is MIN and MAX where rows are taken back: a heap of entries for each group. A
// value that has left stays in its heap until it comes to the top.
type heapPart struct {
	set   *valueSet
	at    int // which part of the set it is
	less  bool
	heaps [][]uint32 // by group
	in    []bool     // by entry: it is in a heap
	size  int        // of all heaps
	held  held
}

func (p *heapPart) before(a, b uint32) bool {
	if p.less {
		return p.set.words.less(p.set.word[a], p.set.word[b])
	}
	return p.set.words.less(p.set.word[b], p.set.word[a])
}

func (p *heapPart) enter(_ *gather, _ []*vexec.Vec, ids []uint32, rows []int32, _ int, entries []uint32) {
	for len(p.in) < len(p.set.word) {
		p.in = append(p.in, false)
	}
	for _, r := range rows {
		e := entries[r]
		if p.in[e] || p.set.group[e]&nullGroup != 0 {
			continue
		}
		p.in[e] = true
		p.size++
		h := append(p.heaps[ids[r]], e)
		siftUp(h, p.before)
		p.heaps[ids[r]] = h
	}
}

func (p *heapPart) leave(_ *gather, _ []*vexec.Vec, ids []uint32, rows []int32, _ int, _ []uint32) {
	for _, r := range rows {
		p.heaps[ids[r]] = p.clean(p.heaps[ids[r]])
	}
}

// clean takes values that have left from the top.
func (p *heapPart) clean(h []uint32) []uint32 {
	for len(h) > 0 && !p.set.live(p.at, h[0]) {
		p.in[h[0]] = false
		p.size--
		h = popTop(h, p.before)
	}
	return h
}

// moved drops the entries that are gone and gives the others their numbers.
func (p *heapPart) moved(to []uint32) {
	p.in, p.size = make([]bool, len(p.set.word)), 0
	for i, h := range p.heaps {
		h = slices.DeleteFunc(h, func(e uint32) bool { return to[e] == noGroup })
		for j, e := range h {
			h[j] = to[e]
			p.in[to[e]] = true
		}
		p.size += len(h)
		heapify(h, p.before)
		p.heaps[i] = p.clean(h)
	}
}

func (p *heapPart) grow(n int) error {
	room := cap(p.heaps)
	if n > room {
		room = max(n, 2*room, 16)
	}
	if err := p.held.set(int64(room)*24 + int64(p.size)*8 + int64(cap(p.in))); err != nil {
		return err
	}
	var uncounted held
	p.heaps, _ = growCells(p.heaps, n, 24, &uncounted, nil)
	return nil
}

func (p *heapPart) final(_ *ir.AggCall, ids []uint32, out *vexec.Vec, _ failed) {
	words := make([]uint64, len(ids))
	for i, id := range ids {
		if h := p.heaps[id]; len(h) > 0 {
			words[i] = p.set.word[h[0]]
		}
	}
	one := []vexec.Vec{*out}
	p.set.words.read(words, one)
	*out = one[0]
	nullWhere(out, ids, func(id uint32) bool { return len(p.heaps[id]) == 0 })
}

func (p *heapPart) bytes() int64 { return p.held.bytes }
func (p *heapPart) release()     { p.held.release() }
func (p *heapPart) reset()       { p.heaps, p.in, p.size = p.heaps[:0], p.in[:0], 0 }
