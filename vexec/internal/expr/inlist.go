package expr

import (
	"fmt"
	"math"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// inList emits X [NOT] IN (values).
func (c *compiler) inList(x *ir.InList, sc *scope) (int, error) {
	arg, err := c.expr(x.X, sc)
	if err != nil {
		return 0, err
	}
	fn, err := inFn(x)
	if err != nil {
		return 0, err
	}
	s := &callStep{fn: fn, t: ir.TBoolean, args: []int{arg}, slot: sc.slot, place: where(x, ir.Pos{})}
	return c.strictCall(s, keyOf("in "+x.String(), ir.TBoolean, arg), false, sc)
}

// inFn returns the test of membership. A NULL in the list makes the outcome NULL
// for what is not found.
func inFn(x *ir.InList) (strict, error) {
	t := x.X.Type()
	has, err := memberOf(t, x.Values)
	if err != nil {
		return nil, err
	}
	null := false
	for _, v := range x.Values {
		null = null || v == nil
	}
	return func(c *call) {
		in := has(c.args[0])
		c.each(func(i int) {
			found := in(i)
			if !found && null {
				c.setNull(i)
				return
			}
			kernels.PutBit(c.out.Data, i, found != x.Not)
		})
	}, nil
}

// memberOf returns a lookup of a column's rows among the values that are not NULL.
func memberOf(t *ir.Type, values []ir.Value) (func(v *vexec.Vec) func(i int) bool, error) {
	switch cl := classOf(t); cl {
	case bits:
		set, err := setOf[bool](t, values)
		return func(v *vexec.Vec) func(int) bool {
			return func(i int) bool { return set[vexec.Bit(v.Data, i)] }
		}, err
	case int8s, int16s, int32s:
		set, err := setOf[int64](t, values)
		return func(v *vexec.Vec) func(int) bool {
			return func(i int) bool { return set[getInt(v, i)] }
		}, err
	case int64s:
		return memberInt64(t, values)
	case float32s, float64s:
		return memberFloat(t, cl, values)
	case decs:
		set, err := setOf[ir.Dec](t, values)
		return func(v *vexec.Vec) func(int) bool {
			d := v.Decs()
			return func(i int) bool { return set[d[i]] }
		}, err
	case texts:
		return memberText(t, values)
	}
	return nil, fmt.Errorf("IN is not defined for %s", t)
}

func setOf[T comparable](t *ir.Type, values []ir.Value) (map[T]bool, error) {
	set := make(map[T]bool, len(values))
	for _, v := range values {
		if v == nil {
			continue
		}
		x, ok := v.(T)
		if !ok {
			return nil, fmt.Errorf("the value %v (%T) of an IN list is not a %s", v, v, t)
		}
		set[x] = true
	}
	return set, nil
}

// shortList is how many values are compared one by one.
const shortList = 8

func memberInt64(t *ir.Type, values []ir.Value) (func(v *vexec.Vec) func(i int) bool, error) {
	set, err := setOf[int64](t, values)
	if err != nil {
		return nil, err
	}
	few := make([]int64, 0, shortList)
	for v := range set {
		if len(set) <= shortList {
			few = append(few, v)
		}
	}
	return func(v *vexec.Vec) func(int) bool {
		a := v.Int64s()
		if len(set) > shortList {
			return func(i int) bool { return set[a[i]] }
		}
		return func(i int) bool {
			for _, x := range few {
				if x == a[i] {
					return true
				}
			}
			return false
		}
	}, nil
}

// memberFloat looks for NaN apart: it equals itself here, not in a map.
func memberFloat(t *ir.Type, cl class, values []ir.Value) (func(v *vexec.Vec) func(i int) bool, error) {
	set, err := setOf[float64](t, values)
	nan := false
	for x := range set {
		nan = nan || math.IsNaN(x)
	}
	in := func(x float64) bool { return x != x && nan || set[x] }
	return func(v *vexec.Vec) func(int) bool {
		if cl == float32s {
			a := v.Float32s()
			return func(i int) bool { return in(float64(a[i])) }
		}
		a := v.Float64s()
		return func(i int) bool { return in(a[i]) }
	}, err
}

func memberText(t *ir.Type, values []ir.Value) (func(v *vexec.Vec) func(i int) bool, error) {
	set := make(map[string]bool, len(values))
	for _, v := range values {
		switch x := v.(type) {
		case nil:
		case string:
			set[x] = true
		case []byte:
			set[string(x)] = true
		default:
			return nil, fmt.Errorf("the value %v (%T) of an IN list is not a %s", v, v, t)
		}
	}
	return func(v *vexec.Vec) func(int) bool {
		views := v.Views()
		return func(i int) bool { return set[string(kernels.Bytes(&views[i], v.Bufs))] }
	}, nil
}
