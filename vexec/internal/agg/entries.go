package agg

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// entryTable gives each distinct value of some columns in each group a number: an entry.
// The entries of a group are a list. NULL is a value.
type entryTable struct {
	types []*ir.Type
	words wording
	pairs pairTable

	word  []uint64 // by entry; of NULL 0
	group []uint32 // by entry, with nullGroup for NULL
	next  []uint32 // by entry: the next one of its group
	first []uint32 // by group; noGroup: none

	rows    rowScratch
	cols    []vexec.Vec
	entries []uint32 // by physical row
	groups  [chunkRows]uint32
	wordBuf [chunkRows]uint64
	found   [chunkRows]uint32
}

// nullGroup marks the group of an entry that is NULL.
const nullGroup = 1 << 31

// newEntryTable returns a table for the ValueArgs of a call.
func newEntryTable(c *ir.AggCall) (t entryTable, err error) {
	for _, a := range c.ValueArgs() {
		t.types = append(t.types, a.Type())
	}
	t.cols = make([]vexec.Vec, len(t.types))
	if t.words, err = newWording(t.types); err != nil {
		return t, fmt.Errorf("%s: values of type %s cannot be told apart", c, t.types[0])
	}
	return t, nil
}

// bytes is the memory of the entries.
func (t *entryTable) bytes() int64 {
	return t.pairs.bytes() + t.words.bytes() + int64(cap(t.word))*(8+4+4)
}

// forget drops all entries.
func (t *entryTable) forget() {
	t.words.reset()
	t.pairs.reset()
	t.word, t.group, t.next, t.first = t.word[:0], t.group[:0], t.next[:0], t.first[:0]
}

// find writes the entries of the rows to t.entries.
func (t *entryTable) find(args []*vexec.Vec, ids []uint32, rows []int32, n int) {
	t.entries = grown(t.entries, n)
	for i, v := range args {
		t.cols[i] = *v
	}
	values, nulls := rows, []int32(nil)
	if len(args) == 1 {
		values, nulls = t.rows.split(args[0], rows)
	}
	for len(values) > 0 {
		part := values[:min(len(values), chunkRows)]
		values = values[len(part):]
		t.words.words(t.cols, part, t.wordBuf[:])
		for j, r := range part {
			t.groups[j] = ids[r]
		}
		t.internWords(part)
	}
	for len(nulls) > 0 {
		part := nulls[:min(len(nulls), chunkRows)]
		nulls = nulls[len(part):]
		for j, r := range part {
			t.groups[j], t.wordBuf[j] = ids[r]|nullGroup, 0
		}
		t.internWords(part)
	}
}

func (t *entryTable) internWords(rows []int32) {
	t.pairs.intern(t.groups[:len(rows)], t.wordBuf[:len(rows)], t.found[:], t.addEntry)
	for j, r := range rows {
		t.entries[r] = t.found[j]
	}
}

// addEntry links a new entry to its group.
func (t *entryTable) addEntry(group uint32, word uint64) {
	e, id := uint32(len(t.word)), group&^nullGroup
	t.word, t.group = append(t.word, word), append(t.group, group)
	t.next = append(t.next, t.first[id])
	t.first[id] = e
}

// readEntries writes the values of entries to out.
func (t *entryTable) readEntries(entries []uint32, out []vexec.Vec) {
	words := make([]uint64, len(entries))
	for i, e := range entries {
		words[i] = t.word[e]
	}
	t.words.read(words, out)
	for i, e := range entries {
		if t.group[e]&nullGroup != 0 {
			out[0].SetNull(i, len(entries))
		}
	}
}
