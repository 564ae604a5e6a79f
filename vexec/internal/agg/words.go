package agg

import (
	"math"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// oneWord reports whether values of k have a key word: whatever is an integer
// inside, and floats, of which equal ones have one word.
func oneWord(k ir.Kind) bool {
	return k == ir.Boolean || k.Width() > 0 && k.Width() <= 8
}

// readWords writes the key words of the given rows, none of which is NULL.
func readWords(v *vexec.Vec, rows []int32, out []uint64) {
	switch v.Enc {
	case vexec.Const:
		w := keyWord(v, 0)
		for j := range rows {
			out[j] = w
		}
		return
	case vexec.Dict:
		codes := v.Codes()
		for j, r := range rows {
			out[j] = keyWord(v.Dict, int(codes[r]))
		}
		return
	}
	switch v.Type.Kind {
	case ir.TinyInt:
		gatherWords(v.Int8s(), rows, out)
	case ir.SmallInt:
		gatherWords(v.Int16s(), rows, out)
	case ir.Integer, ir.Date, ir.IntervalMonth:
		gatherWords(v.Int32s(), rows, out)
	case ir.BigInt, ir.Time, ir.Timestamp, ir.TimestampLTZ, ir.Interval:
		gatherWords(v.Int64s(), rows, out)
	default:
		for j, r := range rows {
			out[j] = keyWord(v, int(r))
		}
	}
}

func gatherWords[T kernels.Word](in []T, rows []int32, out []uint64) {
	for j, r := range rows {
		out[j] = uint64(int64(in[r]))
	}
}

// keyWord is the key word of row i of a Flat or Const vector.
func keyWord(v *vexec.Vec, i int) uint64 {
	switch v.Type.Kind {
	case ir.Boolean:
		return uint64(v.Data[i>>3] >> (i & 7) & 1)
	case ir.TinyInt:
		return uint64(int64(v.Int8s()[i]))
	case ir.SmallInt:
		return uint64(int64(v.Int16s()[i]))
	case ir.Integer, ir.Date, ir.IntervalMonth:
		return uint64(int64(v.Int32s()[i]))
	case ir.Real:
		return kernels.FloatWord(float64(v.Float32s()[i]))
	case ir.Double:
		return kernels.FloatWord(v.Float64s()[i])
	}
	return uint64(v.Int64s()[i])
}

// putWord writes a key word to row i of a Flat vector.
func putWord(v *vexec.Vec, i int, w uint64) {
	switch v.Type.Kind {
	case ir.Boolean:
		if w != 0 {
			vexec.SetBit(v.Data, i)
		}
	case ir.TinyInt:
		v.Int8s()[i] = int8(w)
	case ir.SmallInt:
		v.Int16s()[i] = int16(w)
	case ir.Integer, ir.Date, ir.IntervalMonth:
		v.Int32s()[i] = int32(w)
	case ir.Real:
		v.Float32s()[i] = float32(math.Float64frombits(w))
	case ir.Double:
		v.Float64s()[i] = math.Float64frombits(w)
	default:
		v.Int64s()[i] = int64(w)
	}
}

// rowScratch makes lists of rows.
type rowScratch struct {
	all, some, nulls []int32
}

// rows lists the physical rows of a selection.
func (s *rowScratch) rows(sel []int32, n int) []int32 {
	if sel != nil {
		return sel
	}
	for i := len(s.all); i < n; i++ {
		s.all = append(s.all, int32(i))
	}
	return s.all[:n]
}

// split parts rows into those where v has a value and those where it is NULL.
func (s *rowScratch) split(v *vexec.Vec, rows []int32) (values, nulls []int32) {
	if !v.MayBeNull() {
		return rows, nil
	}
	if s.some == nil {
		s.some = make([]int32, 0, len(rows)) // never nil, which as a selection is all rows
	}
	s.some, s.nulls = s.some[:0], s.nulls[:0]
	for _, r := range rows {
		if v.Null(int(r)) {
			s.nulls = append(s.nulls, r)
		} else {
			s.some = append(s.some, r)
		}
	}
	return s.some, s.nulls
}
