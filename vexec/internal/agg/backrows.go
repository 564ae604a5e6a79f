package agg

import "github.com/helios-stream/helios/vexec"

// backRows is what a rowList needs so that rows can be taken back: for each different row
// of a group (an entry) its nodes in the order in which they came. A row that is taken
// back before it comes is a node, too, until then: an entry has nodes of one kind only.
type backRows struct {
	list *rowList
	entryTable
	heads  []uint32 // by entry: its first node that lives; noGroup: none
	tails  []uint32
	after  []uint32 // by node: the next one of its entry
	isDead []bool   // by node
	dead   int
	picks  bool       // one row of a group counts
	heaps  [][]uint32 // by group, where picks: nodes
}

// takenBack is the place of a node that is a row taken back before it came.
const takenBack = ^uint64(0)

func newBackRows(a *rowList) (*backRows, error) {
	t, err := newEntryTable(a.call)
	return &backRows{list: a, entryTable: t, picks: a.call.Fn != "ARRAY_AGG" && a.call.Fn != "STRING_AGG"}, err
}

func (b *backRows) bytes(groups int) int64 {
	n := b.entryTable.bytes() + int64(cap(b.heads))*8 + int64(cap(b.after))*9 + int64(groups)*4
	if b.picks {
		n += int64(groups)*24 + int64(len(b.after))*8
	}
	return n
}

// take takes rows, or takes them back: see rowList.take.
func (b *backRows) take(args []*vexec.Vec, rows []int32, n int, ids []uint32, places []uint64, gone bool) {
	a := b.list
	b.find(args, ids, rows, n)
	for len(b.heads) < len(b.word) {
		b.heads, b.tails = append(b.heads, noGroup), append(b.tails, noGroup)
	}
	node := uint32(a.store.count())
	a.rows = a.rows[:0]
	from := node
	for _, r := range rows {
		e, place := b.entries[r], places[r]
		if gone {
			place = takenBack
		}
		if h := b.heads[e]; h != noGroup && (a.place[h] == takenBack) != (place == takenBack) {
			b.kill(e)
			continue
		}
		a.rows = append(a.rows, r)
		a.link(node, ids[r], place)
		b.after, b.isDead = append(b.after, noGroup), append(b.isDead, false)
		if b.heads[e] == noGroup {
			b.heads[e] = node
		} else {
			b.after[b.tails[e]] = node
		}
		b.tails[e] = node
		node++
	}
	a.store.add(args, a.rows, n)
	if b.picks {
		for i, r := range a.rows {
			b.push(from+uint32(i), ids[r])
		}
		for _, r := range rows {
			b.clean(ids[r])
		}
	}
}

// kill takes out the first node of an entry.
func (b *backRows) kill(e uint32) {
	h := b.heads[e]
	b.isDead[h] = true
	b.dead++
	b.heads[e] = b.after[h]
}

// push puts a new node into the heap of its group.
func (b *backRows) push(node, id uint32) {
	if b.list.place[node] == takenBack || b.isDead[node] {
		return
	}
	h := append(b.heaps[id], node)
	siftUp(h, b.before)
	b.heaps[id] = h
}

// clean takes dead nodes from the top of a heap.
func (b *backRows) clean(id uint32) {
	h := b.heaps[id]
	for len(h) > 0 && b.isDead[h[0]] {
		h = popTop(h, b.before)
	}
	b.heaps[id] = h
}

func (b *backRows) before(x, y uint32) bool {
	return b.list.order.better(b.list.node(int32(x)), b.list.node(int32(y)))
}

// top is the node that counts in a group; -1: none.
func (b *backRows) top(id uint32) int32 {
	if h := b.heaps[id]; len(h) > 0 {
		return int32(h[0])
	}
	return -1
}

func (b *backRows) reset() {
	b.forget()
	b.heads, b.tails, b.after, b.isDead, b.dead = b.heads[:0], b.tails[:0], b.after[:0], b.isDead[:0], 0
	for i := range b.heaps {
		b.heaps[i] = nil
	}
	b.heaps = b.heaps[:0]
}
