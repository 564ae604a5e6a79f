package agg

import (
	"math"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// wording turns values of some columns into words: equal values have one word, as
// GROUP BY takes values for equal. None of the values is NULL.
type wording interface {
	// words writes the words of the given rows of the columns.
	words(cols []vexec.Vec, rows []int32, out []uint64)
	// read writes the values of the words to the columns of out. The word 0 may be asked for
	// where there is no value: it then is any.
	read(words []uint64, out []vexec.Vec)
	// less orders the values of two words of one column.
	less(a, b uint64) bool
	bytes() int64
	reset()
}

func newWording(types []*ir.Type) (wording, error) {
	if len(types) == 1 && oneWord(types[0].Kind) {
		return plainWords{types[0]}, nil
	}
	keys, err := NewGrouper(types, nil)
	return &internedWords{types: types, keys: keys}, err
}

// plainWords is the words of values that have key words.
type plainWords struct{ typ *ir.Type }

func (w plainWords) words(cols []vexec.Vec, rows []int32, out []uint64) {
	readWords(&cols[0], rows, out)
}

func (w plainWords) read(words []uint64, out []vexec.Vec) {
	v := &out[0]
	v.Reset(w.typ, len(words))
	for i, x := range words {
		putWord(v, i, x)
	}
}

func (w plainWords) less(a, b uint64) bool {
	if w.typ.Kind.IsFloat() {
		return orderFloat(math.Float64frombits(a)) < orderFloat(math.Float64frombits(b))
	}
	return int64(a) < int64(b)
}

func (w plainWords) bytes() int64 { return 0 }
func (w plainWords) reset()       {}

// internedWords keeps each value once; its word is its number.
type internedWords struct {
	types []*ir.Type
	keys  Grouper
	ids   []uint32 // scratch by physical row
}

func (w *internedWords) words(cols []vexec.Vec, rows []int32, out []uint64) {
	last := int(slices.Max(rows)) + 1
	w.ids = grown(w.ids, last)
	_ = w.keys.Intern(cols, rows, last, w.ids) // it has no account that could refuse memory
	for j, r := range rows {
		out[j] = uint64(w.ids[r])
	}
}

func (w *internedWords) read(words []uint64, out []vexec.Vec) {
	if w.keys.Groups() == 0 { // all of them are NULL
		for i := range out {
			out[i].Reset(w.types[i], len(words))
			clear(out[i].Data)
		}
		return
	}
	ids := make([]uint32, len(words))
	for i, x := range words {
		ids[i] = uint32(x)
	}
	w.keys.Keys(ids, out)
}

func (w *internedWords) less(a, b uint64) bool {
	switch g := w.keys.(type) {
	case *textGrouper:
		return string(kernels.Bytes(&g.views[a], g.bytes.bufs)) < string(kernels.Bytes(&g.views[b], g.bytes.bufs))
	case *rowGrouper: // one DECIMAL: a word of NULLs, then its two
		return decLess(g.decimal(a), g.decimal(b))
	}
	return a < b
}

// decimal is the key of a group by one DECIMAL.
func (g *rowGrouper) decimal(id uint64) ir.Dec {
	own := g.keys[int(id)*g.width:]
	return ir.Dec{Lo: own[1], Hi: int64(own[2])}
}

func (w *internedWords) bytes() int64 { return w.keys.Bytes() }
func (w *internedWords) reset()       { w.keys.Reset() }
