package agg

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// rowGrouper groups by several columns, or by one DECIMAL. A key is a row of
// words: which columns are NULL, and then each column's value: its key word, or
// the two words of a DECIMAL or of a view. Unused words are zero, so that keys
// are equal just when their words are, but for long strings.
type rowGrouper struct {
	rowEncoder
	slots saltTable
	keys  []uint64 // width words a group; long views point into bytes
	count int
	bytes arena
	held  held

	rows   rowScratch
	first  [chunkRows]saltSlot
	misses []int32
}

// rowEncoder makes the keys of rows.
type rowEncoder struct {
	cols   []rowCol
	width  int      // words of a key
	enc    []uint64 // keys of the rows at hand; long views point into their own columns
	words  [chunkRows]uint64
	hashes [chunkRows]uint64
}

// rowCol is a column of the key and the first of its words.
type rowCol struct {
	typ  *ir.Type
	at   int
	text bool
	bufs [][]byte // of the batch at hand
}

func newRowGrouper(types []*ir.Type, h held) *rowGrouper {
	g := &rowGrouper{held: h}
	g.width = (len(types) + 63) / 64
	for _, t := range types {
		g.cols = append(g.cols, rowCol{typ: t, at: g.width, text: t.Kind.IsText()})
		switch {
		case oneWord(t.Kind):
			g.width++
		case t.Kind != ir.Null:
			g.width += 2
		}
	}
	return g
}

func (g *rowGrouper) Intern(keys []vexec.Vec, sel []int32, n int, ids []uint32) error {
	rows := g.rows.rows(sel, n)
	for len(rows) > 0 {
		part := rows[:min(len(rows), chunkRows)]
		rows = rows[len(part):]
		if err := g.internPart(keys, part, ids); err != nil {
			return err
		}
	}
	return nil
}

func (g *rowGrouper) internPart(keys []vexec.Vec, rows []int32, ids []uint32) error {
	if err := g.room(); err != nil {
		return err
	}
	g.encode(keys, rows)
	// All first slots are read before a key is looked at, so that the loads overlap.
	hashes, first := g.hashes[:len(rows)], g.first[:len(rows)]
	mask := uint32(len(g.slots) - 1)
	for j, h := range hashes {
		first[j] = g.slots[salt(h)&mask]
	}
	misses := g.misses[:0]
	for j, s := range first {
		if s != 0 && s.salt() == salt(hashes[j]) && g.equal(s.id(), g.row(j), g.cols) {
			ids[rows[j]] = s.id()
		} else {
			misses = append(misses, int32(j))
		}
	}
	g.misses = misses
	for _, j := range misses {
		id, err := g.intern(g.row(int(j)), salt(g.hashes[j]))
		if err != nil {
			return err
		}
		ids[rows[j]] = id
	}
	return nil
}

// row is the key of row j of the rows at hand.
func (g *rowEncoder) row(j int) []uint64 { return g.enc[j*g.width : (j+1)*g.width] }

// encode writes the keys of the rows and their hashes, a column at a time.
func (g *rowEncoder) encode(keys []vexec.Vec, rows []int32) {
	g.enc = grown(g.enc, chunkRows*g.width)
	clear(g.enc[:len(rows)*g.width])
	for j := range rows {
		g.hashes[j] = kernels.HashSeed
	}
	for c := range g.cols {
		col, v := &g.cols[c], &keys[c]
		switch {
		case v.MayBeNull():
			g.encodeNulls(c, v, rows)
		case oneWord(col.typ.Kind):
			readWords(v, rows, g.words[:])
			for j := range rows {
				g.enc[j*g.width+col.at] = g.words[j]
				g.hashes[j] = kernels.HashAdd(g.hashes[j], g.words[j])
			}
		case col.text && v.Enc == vexec.Flat:
			col.bufs = v.Bufs
			g.encodeViews(col, v.Views(), rows)
		default:
			for j, r := range rows {
				g.hashes[j] = kernels.HashAdd(g.hashes[j], g.encodeValue(col, v, j, int(r)))
			}
		}
	}
}

// encodeViews writes strings of which none is NULL.
func (g *rowEncoder) encodeViews(col *rowCol, views []vexec.View, rows []int32) {
	at, width, enc := col.at, g.width, g.enc
	hashes := g.hashes[:len(rows)]
	for j, r := range rows {
		v := &views[r]
		to := enc[j*width+at:]
		to[0], to[1] = v.Lo, v.Hi
		hashes[j] = kernels.HashAdd(hashes[j], kernels.StringWord(v, col.bufs))
	}
}

func (g *rowEncoder) encodeNulls(c int, v *vexec.Vec, rows []int32) {
	for j, r := range rows {
		w := uint64(kernels.HashNull)
		if v.Null(int(r)) {
			g.enc[j*g.width+c/64] |= 1 << (c % 64)
		} else {
			w = g.encodeValue(&g.cols[c], v, j, int(r))
		}
		g.hashes[j] = kernels.HashAdd(g.hashes[j], w)
	}
}

// encodeValue writes one value that is not NULL to the key of row j, and returns
// its word for the hash.
func (g *rowEncoder) encodeValue(col *rowCol, v *vexec.Vec, j, r int) uint64 {
	to := g.enc[j*g.width+col.at:]
	f, i := v.At(r)
	switch {
	case col.text:
		view := &f.Views()[i]
		col.bufs = f.Bufs
		to[0], to[1] = view.Lo, view.Hi
		return kernels.StringWord(view, f.Bufs)
	case col.typ.Kind == ir.Decimal:
		d := f.Decs()[i]
		to[0], to[1] = d.Lo, uint64(d.Hi)
		return kernels.PairWord(d.Lo, uint64(d.Hi))
	}
	to[0] = keyWord(f, i)
	return to[0]
}

// equal compares the key of a group with one of the rows at hand, whose columns are cols.
func (g *rowGrouper) equal(id uint32, key []uint64, cols []rowCol) bool {
	own := g.keys[int(id)*g.width : (int(id)+1)*g.width]
	if len(g.bytes.bufs) > 0 { // there are long strings
		return g.equalText(own, key, cols)
	}
	for i, w := range own {
		if w != key[i] {
			return false
		}
	}
	return true
}

// equalText compares keys of which long strings may stand in different places.
func (g *rowGrouper) equalText(own, key []uint64, cols []rowCol) bool {
	at := 0
	for c := range cols {
		col := &cols[c]
		if !col.text {
			continue
		}
		for ; at < col.at; at++ {
			if own[at] != key[at] {
				return false
			}
		}
		a, b := viewAt(own, at), viewAt(key, at)
		if !kernels.EqualViews(&a, &b, g.bytes.bufs, col.bufs) {
			return false
		}
		at += 2
	}
	for ; at < g.width; at++ {
		if own[at] != key[at] {
			return false
		}
	}
	return true
}

func viewAt(key []uint64, at int) vexec.View { return vexec.View{Lo: key[at], Hi: key[at+1]} }

func (g *rowGrouper) intern(key []uint64, hash uint32) (uint32, error) {
	mask := uint32(len(g.slots) - 1)
	for p := hash & mask; ; p = (p + 1) & mask {
		s := g.slots[p]
		if s == 0 {
			g.slots[p] = slotOf(hash, uint32(g.count))
			g.add(key)
			return uint32(g.count - 1), g.room()
		}
		if s.salt() == hash && g.equal(s.id(), key, g.cols) {
			return s.id(), nil
		}
	}
}

// add appends a key, with copies of its long strings.
func (g *rowGrouper) add(key []uint64) {
	g.keys = append(g.keys, key...)
	own := g.keys[g.count*g.width:]
	for c := range g.cols {
		col := &g.cols[c]
		if !col.text {
			continue
		}
		if v := viewAt(own, col.at); !v.IsInline() {
			v = g.bytes.put(kernels.Bytes(&v, col.bufs), v.Lo)
			own[col.at+1] = v.Hi
		}
	}
	g.count++
}

// room keeps at least half of the slots free and room for one more key, and
// reserves what the arena has grown by.
func (g *rowGrouper) room() error {
	n := len(g.slots)
	if 2*g.count >= n {
		n = max(firstSlots, 2*n)
	}
	return g.resize(n)
}

// Reserve implements Grouper.
func (g *rowGrouper) Reserve(groups int) {
	if n := slotsFor(groups); n > len(g.slots) {
		_ = g.resize(n) // it grows later where it can
	}
}

// resize has n slots, at least as many as there are, and the keys of half as many groups.
func (g *rowGrouper) resize(n int) error {
	if err := g.held.set(int64(n)*8 + int64(n/2*g.width)*8 + g.bytes.bytes); err != nil {
		return err
	}
	if n > len(g.slots) {
		g.slots = g.slots.grow(n)
		g.keys = append(make([]uint64, 0, n/2*g.width), g.keys...)
	}
	return nil
}

func (g *rowGrouper) Groups() int { return g.count }

func (g *rowGrouper) Keys(ids []uint32, out []vexec.Vec) {
	for c := range g.cols {
		col, v := &g.cols[c], &out[c]
		v.Reset(col.typ, len(ids))
		if col.text {
			g.bytes.lend(v)
		}
		for i, id := range ids {
			own := g.keys[int(id)*g.width : (int(id)+1)*g.width]
			if own[c/64]>>(c%64)&1 != 0 {
				v.SetNull(i, len(ids))
			}
			switch {
			case col.text:
				v.Views()[i] = viewAt(own, col.at)
			case col.typ.Kind == ir.Decimal:
				v.Decs()[i] = ir.Dec{Lo: own[col.at], Hi: int64(own[col.at+1])}
			case col.typ.Kind != ir.Null:
				putWord(v, i, own[col.at])
			}
		}
	}
}

func (g *rowGrouper) Bytes() int64 { return g.held.bytes }
func (g *rowGrouper) Release()     { g.held.release() }

func (g *rowGrouper) Reset() {
	if tooLarge(len(g.slots), g.count) {
		g.slots, g.keys = nil, nil
	}
	clear(g.slots)
	g.keys, g.count = g.keys[:0], 0
	g.bytes.reset()
	_ = g.held.set(int64(len(g.slots))*8 + int64(cap(g.keys))*8 + g.bytes.bytes) // never more than before
}
