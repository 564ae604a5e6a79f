package expr

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// Take makes dst the rows idx of src, in dst's memory; what text views point into
// is shared. Constants stay constants and dictionaries keep their dictionary.
func Take(dst, src *vexec.Vec, idx []int32) {
	n := len(idx)
	if src.Enc == vexec.Const {
		*dst = *src
		return
	}
	disown(dst)
	valid := dst.Valid
	dst.Reset(src.Type, n)
	if src.Enc == vexec.Dict {
		dst.Enc, dst.Dict = vexec.Dict, src.Dict
		dst.Data = vexec.GrowBytes(dst.Data, 4*n)
		kernels.Take(dst.Codes(), src.Codes(), idx)
	} else {
		takeValues(dst, src, idx)
	}
	if src.Valid != nil {
		dst.Valid = vexec.GrowBytes(valid, kernels.BitBytes(n))
		clear(dst.Valid)
		kernels.GatherBits(dst.Valid, src.Valid, idx, nil)
	}
}

// disown forgets memory that is another's: a constant was handed on as it is.
func disown(v *vexec.Vec) {
	if v.Enc == vexec.Const {
		*v = vexec.Vec{}
	}
	for k := range v.Kids {
		disown(&v.Kids[k])
	}
}

func takeValues(dst, src *vexec.Vec, idx []int32) {
	switch src.Type.Kind {
	case ir.Row:
		for k := range dst.Kids {
			Take(&dst.Kids[k], &src.Kids[k], idx)
		}
	case ir.Array, ir.Map:
		takeLists(dst, src, idx)
	case ir.Null:
	default:
		gather(dst, src, idx, nil)
	}
}

// takeLists takes the elements of the lists one list behind the other.
func takeLists(dst, src *vexec.Vec, idx []int32) {
	var elems []int32
	dst.Offs[0] = 0
	for i, r := range idx {
		if src.Valid == nil || vexec.Bit(src.Valid, int(r)) {
			for j := src.Offs[r]; j < src.Offs[r+1]; j++ {
				elems = append(elems, j)
			}
		}
		dst.Offs[i+1] = int32(len(elems))
	}
	if len(dst.Kids) != len(src.Kids) {
		dst.Kids = make([]vexec.Vec, len(src.Kids))
	}
	for k := range src.Kids {
		Take(&dst.Kids[k], &src.Kids[k], elems)
	}
}
