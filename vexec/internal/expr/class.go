package expr

import (
	"unsafe"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// class is how values are stored, whatever they mean.
type class uint8

const (
	nested class = iota
	bits
	int8s
	int16s
	int32s
	int64s
	float32s
	float64s
	decs
	texts
)

func classOf(t *ir.Type) class {
	switch t.Kind {
	case ir.Boolean:
		return bits
	case ir.TinyInt:
		return int8s
	case ir.SmallInt:
		return int16s
	case ir.Integer, ir.Date, ir.IntervalMonth:
		return int32s
	case ir.BigInt, ir.Time, ir.Timestamp, ir.TimestampLTZ, ir.Interval:
		return int64s
	case ir.Real:
		return float32s
	case ir.Double:
		return float64s
	case ir.Decimal:
		return decs
	case ir.Varchar, ir.Varbinary, ir.JSON:
		return texts
	}
	return nested
}

// getDecs is v's values as the kernels' type, which has the layout of ir.Dec.
func getDecs(v *vexec.Vec) []kernels.Dec {
	d := v.Decs()
	return unsafe.Slice((*kernels.Dec)(unsafe.Pointer(unsafe.SliceData(d))), len(d))
}

// at returns value i of a column that may be constant.
func at[T any](a []T, v *vexec.Vec, i int) T {
	if v.Enc == vexec.Const {
		i = 0
	}
	return a[i]
}

// unitsOf is how many units of a time column make a second.
func unitsOf(t *ir.Type) int64 {
	if t.Nanos() {
		return 1_000_000_000
	}
	return 1_000_000
}
