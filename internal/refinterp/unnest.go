package refinterp

import "github.com/helios-stream/helios/ir"

// unnest gives each row once for each element of its list.
func (r *runner) unnest(n *ir.Unnest, in []row) []row {
	s := n.Input.Schema()
	t := s.Cols[n.Col].Type
	parts := len(ir.UnnestParts(t))
	var out []row
	for _, x := range in {
		elems := elements(x.vals[n.Col], t)
		if len(elems) == 0 && n.Outer {
			elems = [][]ir.Value{make([]ir.Value, parts)}
		}
		for _, e := range elems {
			one := x.with(pick(append(append([]ir.Value{}, x.vals...), e...), n.Cols))
			one.origin = r.origin()
			out = append(out, one)
		}
	}
	return out
}

// elements is the parts of each element of a list, and its number.
func elements(v ir.Value, t *ir.Type) (out [][]ir.Value) {
	if v == nil {
		return nil
	}
	if t.Kind == ir.Map {
		for i, e := range v.([]ir.MapEntry) {
			out = append(out, []ir.Value{e.Key, e.Val, int64(i + 1)})
		}
		return out
	}
	for i, e := range v.([]ir.Value) {
		parts := []ir.Value{e}
		if t.Elem.Kind == ir.Row {
			parts = make([]ir.Value, len(t.Elem.Fields))
			if e != nil {
				copy(parts, e.([]ir.Value))
			}
		}
		out = append(out, append(parts, int64(i+1)))
	}
	return out
}
