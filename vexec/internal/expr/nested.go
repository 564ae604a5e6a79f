package expr

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// pickRows makes dst a Flat column of len(rows) rows: row k is the row rows[k] of
// srcs[which[k]] (which nil: of the first), or NULL where rows[k] is negative. The
// bytes of texts are shared with srcs, which have the type t or NULL.
func pickRows(dst *vexec.Vec, t *ir.Type, srcs []*vexec.Vec, which, rows []int32) {
	base := make([]*vexec.Vec, len(srcs))
	for s, v := range srcs {
		if base[s] = v; v.Enc == vexec.Dict {
			base[s] = v.Dict
		}
	}
	at := make([]int32, len(rows))
	n := len(rows)
	*dst = vexec.NewVec(t, n)
	for k, r := range rows {
		v := srcs[sourceOf(which, k)]
		if r < 0 || v.Null(int(r)) {
			at[k] = -1
			dst.SetNull(k, n)
			continue
		}
		_, j := v.At(int(r))
		at[k] = int32(j)
	}
	pickValues(dst, base, which, at)
}

func sourceOf(which []int32, k int) int32 {
	if which == nil {
		return 0
	}
	return which[k]
}

// pickValues sets the values of dst to those of base, of which none is a dictionary,
// at the rows that are not negative.
func pickValues(dst *vexec.Vec, base []*vexec.Vec, which, at []int32) {
	switch classOf(dst.Type) {
	case bits:
		for k, j := range at {
			if j >= 0 && vexec.Bit(base[sourceOf(which, k)].Data, int(j)) {
				vexec.SetBit(dst.Data, k)
			}
		}
	case int8s:
		pickFixed((*vexec.Vec).Int8s, dst, base, which, at)
	case int16s:
		pickFixed((*vexec.Vec).Int16s, dst, base, which, at)
	case int32s:
		pickFixed((*vexec.Vec).Int32s, dst, base, which, at)
	case int64s:
		pickFixed((*vexec.Vec).Int64s, dst, base, which, at)
	case float32s:
		pickFixed((*vexec.Vec).Float32s, dst, base, which, at)
	case float64s:
		pickFixed((*vexec.Vec).Float64s, dst, base, which, at)
	case decs:
		pickFixed((*vexec.Vec).Decs, dst, base, which, at)
	case texts:
		pickTexts(dst, base, which, at)
	default:
		pickNested(dst, base, which, at)
	}
}

func pickFixed[T any](get func(*vexec.Vec) []T, dst *vexec.Vec, base []*vexec.Vec, which, at []int32) {
	out := get(dst)
	from := make([][]T, len(base))
	for s, v := range base {
		if v.Type.Kind != ir.Null {
			from[s] = get(v)
		}
	}
	for k, j := range at {
		if j >= 0 {
			out[k] = from[sourceOf(which, k)][j]
		}
	}
}

func pickTexts(dst *vexec.Vec, base []*vexec.Vec, which, at []int32) {
	out := dst.Views()
	shift := make([]int32, len(base))
	for s, v := range base {
		shift[s] = int32(len(dst.Bufs))
		dst.Bufs = append(dst.Bufs, v.Bufs...)
	}
	for k, j := range at {
		if j >= 0 {
			s := sourceOf(which, k)
			out[k] = kernels.ShiftView(base[s].Views()[j], shift[s])
		}
	}
}

func pickNested(dst *vexec.Vec, base []*vexec.Vec, which, at []int32) {
	kids := func(i int) []*vexec.Vec {
		out := make([]*vexec.Vec, len(base))
		for s, v := range base {
			if out[s] = v; v.Type.Kind != ir.Null && i < len(v.Kids) {
				out[s] = &v.Kids[i]
			}
		}
		return out
	}
	switch dst.Type.Kind {
	case ir.Row:
		for i, f := range dst.Type.Fields {
			pickRows(&dst.Kids[i], f.Type, kids(i), which, at)
		}
	case ir.Array, ir.Map:
		elems, from := pickElements(dst, base, which, at)
		types := kidTypes(dst.Type)
		dst.Kids = make([]vexec.Vec, len(types))
		for i, t := range types {
			pickRows(&dst.Kids[i], t, kids(i), from, elems)
		}
	}
}

// pickElements sets the offsets of lists and returns where their elements stand.
func pickElements(dst *vexec.Vec, base []*vexec.Vec, which, at []int32) (elems, from []int32) {
	for k, j := range at {
		if j >= 0 {
			s := sourceOf(which, k)
			for e := base[s].Offs[j]; e < base[s].Offs[j+1]; e++ {
				elems = append(elems, e)
				if which != nil {
					from = append(from, s)
				}
			}
		}
		dst.Offs[k+1] = int32(len(elems))
	}
	return elems, from
}

// kidTypes are the types of the parts of an ARRAY (its elements) or a MAP (keys, values).
func kidTypes(t *ir.Type) []*ir.Type {
	if t.Kind == ir.Map {
		return []*ir.Type{t.Key, t.Elem}
	}
	return []*ir.Type{t.Elem}
}

// columnOf makes a Flat column of values.
func columnOf(t *ir.Type, vals []ir.Value) (vexec.Vec, error) {
	v := vexec.NewVec(t, len(vals))
	for i, x := range vals {
		if x == nil {
			v.SetNull(i, len(vals))
		}
	}
	switch t.Kind {
	case ir.Row:
		return v, setFields(&v, vals)
	case ir.Array, ir.Map:
		return v, setLists(&v, vals)
	}
	for i, x := range vals {
		if x != nil && !setValue(&v, i, x) {
			return v, fmt.Errorf("the constant %v (%T) is not a %s", x, x, t)
		}
	}
	return v, nil
}

func setFields(v *vexec.Vec, vals []ir.Value) error {
	for k, f := range v.Type.Fields {
		field := make([]ir.Value, len(vals))
		for i, x := range vals {
			if x == nil {
				continue
			}
			parts, ok := x.([]ir.Value)
			if !ok || len(parts) != len(v.Type.Fields) {
				return fmt.Errorf("the constant %v (%T) is not a %s", x, x, v.Type)
			}
			field[i] = parts[k]
		}
		var err error
		if v.Kids[k], err = columnOf(f.Type, field); err != nil {
			return err
		}
	}
	return nil
}

func setLists(v *vexec.Vec, vals []ir.Value) error {
	parts := make([][]ir.Value, len(kidTypes(v.Type)))
	for i, x := range vals {
		switch list := x.(type) {
		case nil:
		case []ir.Value:
			parts[0] = append(parts[0], list...)
		case []ir.MapEntry:
			for _, e := range list {
				parts[0] = append(parts[0], e.Key)
				parts[len(parts)-1] = append(parts[len(parts)-1], e.Val)
			}
		default:
			return fmt.Errorf("the constant %v (%T) is not a %s", x, x, v.Type)
		}
		v.Offs[i+1] = int32(len(parts[0]))
	}
	v.Kids = make([]vexec.Vec, len(parts))
	for k, t := range kidTypes(v.Type) {
		var err error
		if v.Kids[k], err = columnOf(t, parts[k]); err != nil {
			return err
		}
	}
	return nil
}
