package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
	"github.com/helios-stream/helios/vexec/internal/jointable"
	"github.com/helios-stream/helios/vexec/internal/keycache"
)

// byKeyTable is the rows of the keys of a batch, as Lookup joins with them.
type byKeyTable struct {
	by   *ByKey
	live jointable.Table

	chunkOf map[*vexec.Batch]uint32 // places in live.Chunks
	refs    [][]uint32              // by group, where it is not one of the cache in one piece
	numbers []uint32                // by group: its number in live
	several bool                    // some key has more than one row
	fresh   int64                   // bytes of blocks that this batch made

	block   *vexec.Batch // being filled
	places  []int        // groups in it, and those that have no rows
	filled  []keycache.Answer
	rows    []uint32  // of an answer: the groups of its rows
	order   [][]int32 // of an answer: the rows of each key
	running []int32
}

// begin makes the table of what was found in the cache.
func (t *byKeyTable) begin() error {
	k := t.by
	n := len(k.firsts)
	if t.chunkOf == nil {
		t.chunkOf = map[*vexec.Batch]uint32{}
	}
	clear(t.chunkOf)
	clear(t.live.Chunks)
	t.live.Chunks = t.live.Chunks[:0]
	t.refs, t.several = grow(t.refs, n), false
	clear(t.refs)
	if err := k.mem.Grow(-t.fresh); err != nil {
		return err
	}
	t.fresh = 0
	for g := range n {
		if f := &k.found[g]; f.Hit && f.Old {
			if err := t.copy(g, f.Block, span(&t.running, int(f.First), int(f.Rows)), f.Until); err != nil {
				return err
			}
		}
	}
	t.put()
	return nil
}

// add adds the answers for a portion, which are kept in the cache.
func (t *byKeyTable) add(answers []KeyAnswers, until ir.Micros) error {
	for i := range answers {
		if err := t.take(&answers[i], until); err != nil {
			return err
		}
	}
	t.put()
	return nil
}

// span is the n numbers from first on.
func span(to *[]int32, first, n int) []int32 {
	*to = grow(*to, n)
	for i := range *to {
		(*to)[i] = int32(first + i)
	}
	return *to
}

// take copies the rows of an answer, key by key.
func (t *byKeyTable) take(a *KeyAnswers, until ir.Micros) error {
	k := t.by
	if a.Err != nil {
		return nil
	}
	t.order = grow(t.order, a.Keys)
	for i := range t.order {
		t.order[i] = t.order[i][:0]
	}
	if a.Rows != nil && a.Rows.Rows > 0 {
		cols := make([]vexec.Vec, len(k.by.With))
		for i, c := range k.by.With {
			cols[i] = a.Rows.Cols[c]
		}
		t.rows = grow(t.rows, a.Rows.Rows)
		k.groups.Finder().Find(cols, nil, a.Rows.Rows, t.rows)
		at := map[uint32]int{}
		for i := range a.Keys {
			at[uint32(k.part[a.First+i])] = i
		}
		for r, g := range t.rows {
			if i, ok := at[g]; ok { // else nobody has asked for it
				t.order[i] = append(t.order[i], int32(r))
			}
		}
	}
	for i := range a.Keys {
		if err := t.copy(int(k.part[a.First+i]), a.Rows, t.order[i], until); err != nil {
			return err
		}
	}
	return nil
}

// copy gives a group rows of from, which go to the block that is being filled.
func (t *byKeyTable) copy(g int, from *vexec.Batch, rows []int32, until ir.Micros) error {
	k := t.by
	most := k.cache.BlockRows()
	if t.block != nil && t.block.Rows+len(rows) > most || len(t.places) >= vexec.ChunkRows {
		t.put()
	}
	if len(rows) > most {
		return t.copyMany(g, from, rows)
	}
	a := keycache.Answer{Rows: int32(len(rows)), Until: until}
	if len(rows) > 0 {
		block := t.filling()
		a.First = int32(block.Rows)
		if err := t.append(block, from, rows, &t.refs[g]); err != nil {
			return err
		}
	}
	t.places, t.filled = append(t.places, g), append(t.filled, a)
	return nil
}

// copyMany gives a group more rows than the cache takes in one piece: it is not kept.
func (t *byKeyTable) copyMany(g int, from *vexec.Batch, rows []int32) error {
	for len(rows) > 0 {
		n := min(len(rows), vexec.ChunkRows)
		block := t.newBlock()
		if err := t.append(block, from, rows[:n], &t.refs[g]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// append copies rows to the end of a block, whose memory is reserved, and adds their references.
func (t *byKeyTable) append(block, from *vexec.Batch, rows []int32, refs *[]uint32) error {
	chunk := t.chunk(block)
	before := keycache.Size(block)
	first := block.Rows
	vexec.AppendRows(block, from, rows)
	for i := range rows {
		*refs = append(*refs, chunk<<vexec.ChunkBits|uint32(first+i))
	}
	if len(*refs) > 1 {
		t.several = true
	}
	more := keycache.Size(block) - before
	t.fresh += more
	if err := t.by.mem.Grow(more); err != nil {
		t.fresh -= more
		return err
	}
	return nil
}

// filling is the block that is being filled.
func (t *byKeyTable) filling() *vexec.Batch {
	if t.block == nil {
		t.block = t.newBlock()
	}
	return t.block
}

func (t *byKeyTable) newBlock() *vexec.Batch {
	b := &vexec.Batch{Part: -1}
	b.Reset(t.by.by.Build)
	return b
}

// put gives the cache a copy of the block that was filled, which has no room to grow: it takes
// the memory that it counts as.
func (t *byKeyTable) put() {
	if len(t.places) > 0 && t.by.by.Cache.Rows > 0 {
		var kept *vexec.Batch
		if t.block != nil {
			kept = t.newBlock()
			vexec.Compact(kept, t.block)
		}
		for i := range t.filled {
			if t.filled[i].Rows > 0 {
				t.filled[i].Block = kept
			}
		}
		t.by.cache.Put(&t.by.keys, t.places, t.filled, kept)
	}
	t.block, t.places = nil, t.places[:0]
	clear(t.filled)
	t.filled = t.filled[:0]
}

// chunk is the place of a block among the chunks.
func (t *byKeyTable) chunk(b *vexec.Batch) uint32 {
	at, ok := t.chunkOf[b]
	if !ok {
		at = uint32(len(t.live.Chunks))
		t.chunkOf[b] = at
		t.live.Chunks = append(t.live.Chunks, b)
	}
	return at
}

// number gives the keys that have rows numbers in the table, and the live rows of b those of
// their keys.
func (t *byKeyTable) number(b *vexec.Batch) {
	k := t.by
	n := len(k.firsts)
	t.numbers = grow(t.numbers, n)
	t.live.Refs, t.live.Offs = t.live.Refs[:0], t.live.Offs[:0]
	next := uint32(0)
	for g := range n {
		t.numbers[g] = agg.NoGroup
		at := len(t.live.Refs)
		if f := &k.found[g]; f.Hit && !f.Old {
			if f.Rows == 0 {
				continue
			}
			first := t.chunk(f.Block)<<vexec.ChunkBits | uint32(f.First)
			for i := range uint32(f.Rows) {
				t.live.Refs = append(t.live.Refs, first+i)
			}
			t.several = t.several || f.Rows > 1
		} else {
			t.live.Refs = append(t.live.Refs, t.refs[g]...)
		}
		if len(t.live.Refs) == at {
			continue
		}
		t.live.Offs = append(t.live.Offs, uint32(at))
		t.numbers[g] = next
		next++
	}
	t.live.Offs = append(t.live.Offs, uint32(len(t.live.Refs)))
	if !t.several { // groups are references then
		t.live.Offs = nil
		for g, at := range t.numbers {
			if at != agg.NoGroup {
				t.numbers[g] = t.live.Refs[at]
			}
		}
	}
	for i := range b.Live() {
		r := b.Row(i)
		if g := k.ids[r]; g != agg.NoGroup {
			k.ids[r] = t.numbers[g]
		}
	}
}
