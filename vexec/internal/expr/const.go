package expr

import (
	"fmt"

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
	if classOf(t) == nested {
		return vexec.Vec{}, fmt.Errorf("constants of type %s are not supported", t)
	}
	out := vexec.NewVec(t, 1)
	if !setValue(&out, v) {
		return vexec.Vec{}, fmt.Errorf("the constant %v (%T) is not a %s", v, v, t)
	}
	out.Enc = vexec.Const
	return out, nil
}

// setValue writes v to row 0; false: it is not a value of the column's type.
func setValue(out *vexec.Vec, v ir.Value) bool {
	switch x := v.(type) {
	case bool:
		if out.Type.Kind != ir.Boolean {
			return false
		}
		kernels.PutBit(out.Data, 0, x)
	case int64:
		return setInt(out, x)
	case float64:
		switch out.Type.Kind {
		case ir.Real:
			out.Float32s()[0] = float32(x)
		case ir.Double:
			out.Float64s()[0] = x
		default:
			return false
		}
	case ir.Dec:
		if out.Type.Kind != ir.Decimal {
			return false
		}
		out.Decs()[0] = x
	case string:
		return setBytes(out, []byte(x))
	case []byte:
		return setBytes(out, x)
	default:
		return false
	}
	return true
}

func setInt(out *vexec.Vec, x int64) bool {
	switch classOf(out.Type) {
	case int8s:
		out.Int8s()[0] = int8(x)
		return int64(int8(x)) == x
	case int16s:
		out.Int16s()[0] = int16(x)
		return int64(int16(x)) == x
	case int32s:
		out.Int32s()[0] = int32(x)
		return int64(int32(x)) == x
	case int64s:
		out.Int64s()[0] = x
		return true
	}
	return false
}

func setBytes(out *vexec.Vec, s []byte) bool {
	if !out.Type.Kind.IsText() {
		return false
	}
	out.Bufs = [][]byte{s}
	out.Views()[0] = kernels.MakeView(s, 0, 0)
	return true
}
