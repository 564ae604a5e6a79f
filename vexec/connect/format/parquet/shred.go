package parquet

import (
	"encoding/binary"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// shredder takes the values of a column apart into its leaves: for each its values,
// and the levels that say where in lists and NULLs they stand.
type shredder struct {
	kind        ir.Kind
	kids        []*shredder
	first, last int   // leaves [first, last) of the row group
	def, rep    uint8 // levels of a node that is there; rep is that of its elements, too
	optional    bool

	// Of a leaf: where its values stand, in one step.
	at   []int32
	from *vexec.Vec // the leaf's vector
	flat *vexec.Vec // that, or its dictionary
}

// newShredder adds the leaves of a type to the row group. The levels are its parent's.
func (g *rowGroup) newShredder(t *ir.Type, def, rep uint8, optional bool) *shredder {
	s := &shredder{kind: t.Kind, first: len(g.cols), def: def, rep: rep, optional: optional}
	if optional {
		s.def++
	}
	switch t.Kind {
	case ir.Row:
		for _, f := range t.Fields {
			s.kids = append(s.kids, g.newShredder(f.Type, s.def, rep, true))
		}
	case ir.Array:
		s.rep++
		s.kids = []*shredder{g.newShredder(t.Elem, s.def+1, s.rep, true)}
	case ir.Map:
		s.rep++
		s.kids = []*shredder{g.newShredder(t.Key, s.def+1, s.rep, false), g.newShredder(t.Elem, s.def+1, s.rep, true)}
	default:
		g.cols = append(g.cols, chunk{typ: t, nested: true, maxDef: s.def, maxRep: s.rep})
	}
	s.last = len(g.cols)
	return s
}

// add takes the live rows [from, from+n) of b apart.
func (s *shredder) add(g *rowGroup, v *vexec.Vec, b *vexec.Batch, from, n int) {
	s.begin()
	for i := range n {
		s.value(g, v, b.Row(from+i), 0)
	}
	s.end(g)
}

func (s *shredder) begin() {
	s.at, s.from = s.at[:0], nil
	for _, k := range s.kids {
		k.begin()
	}
}

// end hands the values of the step to the leaves' chunks.
func (s *shredder) end(g *rowGroup) {
	for _, k := range s.kids {
		k.end(g)
	}
	if len(s.kids) == 0 && len(s.at) > 0 {
		c := &g.cols[s.first]
		if s.flat.Type.Kind.IsText() {
			c.text.begin(s.from, len(s.at))
		}
		c.add(s.from, s.flat, s.at, 0, len(s.at))
	}
}

// missing notes for all leaves of s an entry that ends at a level.
func (s *shredder) missing(g *rowGroup, rep, def uint8) {
	for i := s.first; i < s.last; i++ {
		g.cols[i].reps = append(g.cols[i].reps, rep)
		g.cols[i].defs = append(g.cols[i].defs, def)
	}
}

// value takes row i of v apart. rep is the level at which it repeats.
func (s *shredder) value(g *rowGroup, v *vexec.Vec, i int, rep uint8) {
	if v.Null(i) && s.optional {
		s.missing(g, rep, s.def-1)
		return
	}
	f, j := v.At(i)
	switch s.kind {
	case ir.Row:
		for k, kid := range s.kids {
			kid.value(g, &f.Kids[k], j, rep)
		}
	case ir.Array, ir.Map:
		from, to := int(f.Offs[j]), int(f.Offs[j+1])
		if from == to {
			s.missing(g, rep, s.def)
		}
		for e := from; e < to; e++ {
			for k, kid := range s.kids {
				kid.value(g, &f.Kids[k], e, rep)
			}
			rep = s.rep
		}
	default:
		s.missing(g, rep, s.def)
		s.from, s.flat = v, f
		s.at = append(s.at, int32(j))
	}
}

// appendLevels encodes levels as runs: those of eight and more that are alike as one,
// the others packed in groups of eight.
func appendLevels(dst []byte, levels []byte, most uint8) []byte {
	w := width(most)
	if w == 0 {
		return dst
	}
	for at := 0; at < len(levels); {
		n := alike(levels[at:])
		if n >= 8 || at+n == len(levels) {
			dst = append(binary.AppendUvarint(dst, uint64(n)<<1), levels[at])
			at += n
			continue
		}
		from := at
		for at < len(levels) && alike(levels[at:]) < 8 {
			at = min(at+8, len(levels))
		}
		dst = appendPacked(dst, levels[from:at], w)
	}
	return dst
}

// alike is how many of the first levels are the same.
func alike(levels []byte) int {
	n := 1
	for n < len(levels) && levels[n] == levels[0] {
		n++
	}
	return n
}

func appendPacked(dst []byte, levels []byte, w uint) []byte {
	groups := (len(levels) + 7) / 8
	dst = binary.AppendUvarint(dst, uint64(groups)<<1|1)
	for k := range groups {
		x := uint64(0)
		for i, l := range levels[8*k : min(8*k+8, len(levels))] {
			x |= uint64(l) << (uint(i) * w)
		}
		dst = append(dst, binary.LittleEndian.AppendUint64(nil, x)[:w]...)
	}
	return dst
}

// bloomFilter makes the filter of the chunk's values.
func (c *chunk) bloomFilter() []byte {
	seen := map[uint64]struct{}{}
	var mem [8]byte
	for _, v := range c.w4 {
		seen[xxhash64(binary.LittleEndian.AppendUint32(mem[:0], uint32(v)))] = struct{}{}
	}
	for _, v := range c.w8 {
		seen[xxhash64(binary.LittleEndian.AppendUint64(mem[:0], uint64(v)))] = struct{}{}
	}
	for i := 0; i < len(c.fixed); i += 16 {
		seen[xxhash64(c.fixed[i:i+16])] = struct{}{}
	}
	for code := range c.text.dict.keys {
		seen[xxhash64(c.text.dict.entry(int32(code)))] = struct{}{}
	}
	for rest := c.text.plain; len(rest) > 0; {
		n := 4 + binary.LittleEndian.Uint32(rest)
		seen[xxhash64(rest[4:n])] = struct{}{}
		rest = rest[n:]
	}
	filter := make([]byte, (len(seen)*bloomBits/8+bloomBlock)/bloomBlock*bloomBlock)
	for h := range seen {
		bloomAdd(filter, h)
	}
	return filter
}

// bloomBits is the bits of a filter for a value: one of a hundred values that are not
// there is taken for one that is.
const bloomBits = 10
