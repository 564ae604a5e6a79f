package expr

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// constVec returns a Const vector of v.
func constVec(v ir.Value, t *ir.Type) (vexec.Vec, error) {
	if v == nil {
		var r register
		r.setConstNull(t)
		return r.out, nil
	}
	out, err := columnOf(t, []ir.Value{v})
	out.Enc = vexec.Const
	return out, err
}

// setValue writes v to row i; false: it is not a value of the column's type.
func setValue(out *vexec.Vec, i int, v ir.Value) bool {
	switch x := v.(type) {
	case bool:
		if out.Type.Kind != ir.Boolean {
			return false
		}
		kernels.PutBit(out.Data, i, x)
	case int64:
		return setInt(out, i, x)
	case float64:
		switch out.Type.Kind {
		case ir.Real:
			out.Float32s()[i] = float32(x)
		case ir.Double:
			out.Float64s()[i] = x
		default:
			return false
		}
	case ir.Dec:
		if out.Type.Kind != ir.Decimal {
			return false
		}
		out.Decs()[i] = x
	case string:
		return setBytes(out, i, []byte(x))
	case []byte:
		return setBytes(out, i, x)
	default:
		return false
	}
	return true
}

func setInt(out *vexec.Vec, i int, x int64) bool {
	switch classOf(out.Type) {
	case int8s:
		out.Int8s()[i] = int8(x)
		return int64(int8(x)) == x
	case int16s:
		out.Int16s()[i] = int16(x)
		return int64(int16(x)) == x
	case int32s:
		out.Int32s()[i] = int32(x)
		return int64(int32(x)) == x
	case int64s:
		out.Int64s()[i] = x
		return true
	}
	return false
}

func setBytes(out *vexec.Vec, i int, s []byte) bool {
	if !out.Type.Kind.IsText() {
		return false
	}
	out.SetBytes(i, s)
	return true
}
