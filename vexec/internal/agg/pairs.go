package agg

import "github.com/helios-stream/helios/kernels"

// pairTable gives each distinct pair of a group and a word a dense number: an entry.
// It is open addressing with linear probing, and at least a third of the slots is free.
type pairTable struct {
	slots []pairSlot
	count int

	hashes [chunkRows]uint64
	misses []int32
}

type pairSlot struct {
	word  uint64
	group uint32
	entry uint32 // + 1; 0: free
}

const pairSlotBytes = 16

func pairHash(group uint32, word uint64) uint64 {
	return kernels.HashAdd(kernels.HashSeed+uint64(group)*0x9E3779B97F4A7C15, word)
}

// intern writes the entries of at most chunkRows pairs. New ones are numbered from
// count on, and given to fresh in the order of their numbers.
func (t *pairTable) intern(groups []uint32, words []uint64, entries []uint32, fresh func(group uint32, word uint64)) {
	t.room(len(words))
	mask := uint64(len(t.slots) - 1)
	misses := t.misses[:0]
	words = words[:len(groups)]
	for j, g := range groups { // first slots, so that the loads overlap
		h := pairHash(g, words[j])
		t.hashes[j] = h
		if s := &t.slots[h&mask]; s.word == words[j] && s.group == g && s.entry != 0 {
			entries[j] = s.entry - 1
		} else {
			misses = append(misses, int32(j))
		}
	}
	t.misses = misses
	for _, j := range misses {
		g, w := groups[j], words[j]
		for p := t.hashes[j] & mask; ; p = (p + 1) & mask {
			s := &t.slots[p]
			if s.entry == 0 {
				t.count++
				*s = pairSlot{word: w, group: g, entry: uint32(t.count)}
				entries[j] = uint32(t.count - 1)
				fresh(g, w)
				break
			}
			if s.word == w && s.group == g {
				entries[j] = s.entry - 1
				break
			}
		}
	}
}

// room makes room for n more pairs.
func (t *pairTable) room(n int) {
	need := len(t.slots)
	for 3*(t.count+n) >= 2*need {
		need = max(firstSlots, 2*need)
	}
	if need == len(t.slots) {
		return
	}
	old := t.slots
	t.slots = make([]pairSlot, need)
	mask := uint64(need - 1)
	for _, s := range old {
		if s.entry == 0 {
			continue
		}
		p := pairHash(s.group, s.word) & mask
		for t.slots[p].entry != 0 {
			p = (p + 1) & mask
		}
		t.slots[p] = s
	}
}

func (t *pairTable) bytes() int64 { return int64(len(t.slots)) * pairSlotBytes }

// reset forgets all pairs.
func (t *pairTable) reset() {
	if tooLarge(len(t.slots), t.count) {
		t.slots = nil
	}
	clear(t.slots)
	t.count = 0
}
