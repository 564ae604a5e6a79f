package ops

import (
	"math"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// sorter sorts rows of a batch by keys; rows that are equal in all of them by their
// partition, if it has been told, and then by their number, which says which came first.
// It compares a word a row that holds the beginning of the first key, and looks at the row
// itself only where words are equal.
type sorter struct {
	keys  []ir.SortKey
	parts []int32 // by row: its partition; nil: all have one
	words []sortWord
	spare []sortWord
}

type sortWord struct {
	word uint64
	row  int32
}

// radixRows is from how many rows on words are sorted by their bytes.
const radixRows = 2048

// sortHeld orders rows that a buffer holds.
func (s *sorter) sortHeld(r *rowBuffer, rows []int32) {
	s.parts = r.part
	s.sort(&r.rows, rows)
}

// sort orders rows, which are rows of b, in place.
func (s *sorter) sort(b *vexec.Batch, rows []int32) {
	if len(rows) == 0 {
		return
	}
	exact := s.take(b, rows)
	rest := s.keys[1:]
	if !exact {
		rest = s.keys
	}
	if len(s.words) >= radixRows {
		s.radix()
		s.settle(b, rest)
	} else {
		slices.SortFunc(s.words, func(x, y sortWord) int {
			switch {
			case x.word < y.word:
				return -1
			case x.word > y.word:
				return 1
			}
			return s.byRow(b, rest, x, y)
		})
	}
	for i, w := range s.words {
		rows[i] = w.row
	}
}

// byRow orders rows whose words are equal.
func (s *sorter) byRow(b *vexec.Batch, rest []ir.SortKey, x, y sortWord) int {
	if c := vexec.CompareRows(rest, b, int(x.row), b, int(y.row)); c != 0 {
		return c
	}
	if s.parts != nil && s.parts[x.row] != s.parts[y.row] {
		return int(s.parts[x.row] - s.parts[y.row])
	}
	return int(x.row - y.row)
}

// settle orders stretches of equal words, which stand side by side.
func (s *sorter) settle(b *vexec.Batch, rest []ir.SortKey) {
	for lo := 0; lo < len(s.words); {
		hi := lo + 1
		for hi < len(s.words) && s.words[hi].word == s.words[lo].word {
			hi++
		}
		if hi-lo > 1 {
			slices.SortFunc(s.words[lo:hi], func(x, y sortWord) int { return s.byRow(b, rest, x, y) })
		}
		lo = hi
	}
}

// radix sorts words by their bytes, the least one first; bytes that are the same in all
// words are left out.
func (s *sorter) radix() {
	if cap(s.spare) < len(s.words) {
		s.spare = make([]sortWord, len(s.words))
	}
	from, to := s.words, s.spare[:len(s.words)]
	var counts [8][256]int32
	for _, w := range from {
		for k := range counts {
			counts[k][byte(w.word>>(8*k))]++
		}
	}
	for k := range counts {
		c := &counts[k]
		if int(c[byte(from[0].word>>(8*k))]) == len(from) {
			continue
		}
		at := int32(0)
		for i := range c {
			c[i], at = at, at+c[i]
		}
		for _, w := range from {
			i := byte(w.word >> (8 * k))
			to[c[i]] = w
			c[i]++
		}
		from, to = to, from
	}
	s.words, s.spare = from, to
}

// take reads the words of the rows. exact: they say all that the first key does.
func (s *sorter) take(b *vexec.Batch, rows []int32) (exact bool) {
	if cap(s.words) < len(rows) {
		s.words = make([]sortWord, len(rows))
	}
	s.words = s.words[:len(rows)]
	key := &s.keys[0]
	v := &b.Cols[key.Col]
	nulls := v.Valid != nil || v.Enc != vexec.Flat || v.Type.Kind == ir.Null
	of, bits := wordOf(v)
	for i, r := range rows {
		w := uint64(0)
		null := nulls && v.Null(int(r))
		if !null {
			if w = of(int(r)); key.Desc {
				w = ^w
			}
		}
		if nulls {
			// One bit says where NULLs are.
			if w >>= 1; null != key.NullsFirst {
				w |= 1 << 63
			}
		}
		s.words[i] = sortWord{w, r}
	}
	if nulls {
		bits++
	}
	return bits <= 64
}

// wordOf returns a function that makes of a value that is not NULL a word in whose order
// the values are, and how many of its upper bits say all of the value: more than 64 where
// they do not.
func wordOf(v *vexec.Vec) (of func(int) uint64, bits int) {
	const sign = 1 << 63
	at := func(i int) (*vexec.Vec, int) { return v.At(i) }
	switch k := v.Type.Kind; {
	case k == ir.Null:
		return func(int) uint64 { return 0 }, 0
	case k == ir.Boolean:
		return func(i int) uint64 { f, j := at(i); return uint64(boolBit(f, j)) << 63 }, 1
	case k.IsText():
		return func(i int) uint64 { return textWord(v.Bytes(i)) }, 128
	case k == ir.Decimal:
		return func(i int) uint64 { f, j := at(i); return uint64(f.Decs()[j].Hi) ^ sign }, 128
	case k == ir.Double:
		return func(i int) uint64 { f, j := at(i); return floatWord(f.Float64s()[j]) }, 64
	case k == ir.Real:
		return func(i int) uint64 { f, j := at(i); return floatWord(float64(f.Float32s()[j])) }, 64
	}
	switch v.Type.Kind.Width() {
	case 1:
		return func(i int) uint64 { f, j := at(i); return uint64(f.Int8s()[j])<<56 ^ sign }, 8
	case 2:
		return func(i int) uint64 { f, j := at(i); return uint64(f.Int16s()[j])<<48 ^ sign }, 16
	case 4:
		return func(i int) uint64 { f, j := at(i); return uint64(f.Int32s()[j])<<32 ^ sign }, 32
	}
	if v.Enc == vexec.Flat {
		times := v.Int64s()
		return func(i int) uint64 { return uint64(times[i]) ^ sign }, 64
	}
	return func(i int) uint64 { f, j := at(i); return uint64(f.Int64s()[j]) ^ sign }, 64
}

func boolBit(v *vexec.Vec, i int) int {
	if vexec.Bit(v.Data, i) {
		return 1
	}
	return 0
}

// textWord is the first eight bytes of a text.
func textWord(text []byte) (w uint64) {
	for i := range min(8, len(text)) {
		w |= uint64(text[i]) << (56 - 8*i)
	}
	return w
}

// floatWord orders floats: 0.0 and -0.0 are one, and all NaNs are one above the others.
func floatWord(x float64) uint64 {
	const sign = 1 << 63
	switch {
	case x == 0:
		return sign
	case x != x:
		return math.MaxUint64
	}
	w := math.Float64bits(x)
	if w&sign != 0 {
		return ^w
	}
	return w | sign
}
