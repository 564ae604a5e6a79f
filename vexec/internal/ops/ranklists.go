package ops

import "github.com/helios-stream/helios/vexec"

// rankEntry is a row in the order of its partition.
type rankEntry struct {
	prefix uint64 // of its first key (rankOrder.prefixes)
	ref    rowRef
}

// rankEntryBytes is the size of a rankEntry.
const rankEntryBytes = 16

// rankLists is a sorted list of entries for each partition. They share one slice, in blocks
// of powers of two that are used again.
type rankLists struct {
	lists []rankList
	pool  []rankEntry
	free  [32][]uint32 // blocks of 1<<i entries
	mem   *vexec.Account
	held  int64
	empty int // lists without entries
}

// rankList is n entries at off in a block of 1<<class; without entries there is no block.
type rankList struct {
	off, n uint32
	class  uint8
}

// grow makes empty lists up to number n.
func (l *rankLists) grow(n int) {
	if add := n - len(l.lists); add > 0 {
		l.lists = append(l.lists, make([]rankList, add)...)
		l.empty += add
	}
}

// of is the entries of a list, valid until the next insertion.
func (l *rankLists) of(id uint32) []rankEntry {
	x := l.lists[id]
	return l.pool[x.off : x.off+x.n]
}

// insert puts an entry at a place of a list.
func (l *rankLists) insert(id uint32, at int, e rankEntry) error {
	x := &l.lists[id]
	switch {
	case x.n == 0:
		off, err := l.block(0)
		if err != nil {
			return err
		}
		x.off, x.class = off, 0
		l.empty--
	case x.n == 1<<x.class:
		off, err := l.block(x.class + 1)
		if err != nil {
			return err
		}
		copy(l.pool[off:], l.pool[x.off:x.off+x.n])
		l.free[x.class] = append(l.free[x.class], x.off)
		x.off = off
		x.class++
	}
	x.n++
	list := l.pool[x.off : x.off+x.n]
	copy(list[at+1:], list[at:])
	list[at] = e
	return nil
}

// block returns a block of 1<<class entries.
func (l *rankLists) block(class uint8) (uint32, error) {
	if f := l.free[class]; len(f) > 0 {
		off := f[len(f)-1]
		l.free[class] = f[:len(f)-1]
		return off, nil
	}
	off, size := len(l.pool), 1<<class
	if need := off + size; need > cap(l.pool) {
		room := max(need, 2*cap(l.pool), 256)
		if err := l.mem.Grow(int64(room-cap(l.pool)) * rankEntryBytes); err != nil {
			return 0, err
		}
		l.held += int64(room-cap(l.pool)) * rankEntryBytes
		bigger := make([]rankEntry, off, room)
		copy(bigger, l.pool)
		l.pool = bigger
	}
	l.pool = l.pool[:off+size]
	return uint32(off), nil
}

// remove takes the entry at a place out of a list.
func (l *rankLists) remove(id uint32, at int) {
	list := l.of(id)
	copy(list[at:], list[at+1:])
	l.cut(id, len(list)-1)
}

// cut keeps the first n entries of a list.
func (l *rankLists) cut(id uint32, n int) {
	x := &l.lists[id]
	if x.n > 0 && n == 0 {
		l.free[x.class] = append(l.free[x.class], x.off)
		l.empty++
	}
	x.n = uint32(n)
}

// close gives the memory back.
func (l *rankLists) close() {
	_ = l.mem.Grow(-l.held)
	*l = rankLists{}
}
