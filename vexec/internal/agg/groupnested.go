package agg

import (
	"encoding/binary"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// nestedGrouper groups by columns some of which are nested: it numbers the values of these,
// and groups by the numbers.
type nestedGrouper struct {
	types []*ir.Type
	cols  []nestedKey // by column; nil: it is not nested
	flat  Grouper     // by the numbers, and by the columns that are not nested
	keys  []vexec.Vec
	rows  rowScratch
}

// numberer numbers the values of a nested column.
type numberer interface {
	// number writes the number of each of the rows, none of which is NULL, to ids, which
	// is by row. v is Flat, of n rows.
	number(v *vexec.Vec, rows []int32, n int, ids []uint32) error
}

// nestedKey numbers the values of a nested column, new ones too.
type nestedKey interface {
	numberer
	// finder numbers values that have been numbered; others are NoGroup.
	finder() numberer
	// values makes v the column of the values of some numbers.
	values(ids []uint32, v *vexec.Vec)
	each(f func(Grouper))
}

func newNestedGrouper(types []*ir.Type, mem *vexec.Account) (Grouper, error) {
	g := &nestedGrouper{types: types, cols: make([]nestedKey, len(types)), keys: make([]vexec.Vec, len(types))}
	flat := slices.Clone(types)
	var err error
	for i, t := range types {
		switch t.Kind {
		case ir.Row:
			fields := make([]*ir.Type, len(t.Fields))
			for k, f := range t.Fields {
				fields[k] = f.Type
			}
			k := &fieldsKey{typ: t}
			k.fields, err = NewGrouper(fields, mem)
			g.cols[i] = k
		case ir.Array:
			g.cols[i], err = newListKey(t, []*ir.Type{t.Elem}, mem)
		case ir.Map:
			g.cols[i], err = newListKey(t, []*ir.Type{t.Key, t.Elem}, mem)
		default:
			continue
		}
		if err != nil {
			return nil, err
		}
		flat[i] = ir.TInteger
	}
	g.flat, err = NewGrouper(flat, mem)
	return g, err
}

func (g *nestedGrouper) Intern(keys []vexec.Vec, sel []int32, n int, ids []uint32) error {
	for i, k := range g.cols {
		if k == nil {
			g.keys[i] = keys[i]
			continue
		}
		if err := g.rows.number(k, &keys[i], &g.keys[i], sel, n); err != nil {
			return err
		}
	}
	return g.flat.Intern(g.keys, sel, n, ids)
}

// number makes out the numbers of the selected rows of v.
func (s *rowScratch) number(k numberer, v, out *vexec.Vec, sel []int32, n int) error {
	enc := v.Enc
	switch enc {
	case vexec.Const:
		one := *v
		one.Enc, v, sel, n = vexec.Flat, &one, nil, 1
	case vexec.Dict:
		dense := vexec.Batch{Cols: make([]vexec.Vec, 1)}
		vexec.AppendRows(&dense, &vexec.Batch{Cols: []vexec.Vec{*v}, Rows: n}, nil)
		v = &dense.Cols[0]
	}
	rows, nulls := s.split(v, s.rows(sel, n))
	out.Reset(ir.TInteger, n)
	for _, r := range nulls {
		out.SetNull(int(r), n)
	}
	numbers := out.Int32s()
	ids := make([]uint32, n)
	if err := k.number(v, rows, n, ids); err != nil {
		return err
	}
	for _, r := range rows {
		numbers[r] = int32(ids[r])
	}
	if enc == vexec.Const {
		out.Enc = vexec.Const
	}
	return nil
}

// Reserve implements Grouper. How many different values are nested is not known.
func (g *nestedGrouper) Reserve(groups int) { g.flat.Reserve(groups) }

func (g *nestedGrouper) Groups() int { return g.flat.Groups() }

func (g *nestedGrouper) Keys(ids []uint32, out []vexec.Vec) {
	flat := slices.Clone(out)
	for i, k := range g.cols {
		if k != nil {
			flat[i] = vexec.Vec{}
		}
	}
	g.flat.Keys(ids, flat)
	for i, k := range g.cols {
		if k == nil {
			out[i] = flat[i]
			continue
		}
		valuesByNumber(k, &flat[i], g.types[i], len(ids), &out[i])
	}
}

// valuesByNumber makes out the values of the numbers, some of which may be NULL.
func valuesByNumber(k nestedKey, numbers *vexec.Vec, t *ir.Type, n int, out *vexec.Vec) {
	ids := make([]uint32, n)
	some := false
	for i, x := range numbers.Int32s()[:n] {
		if numbers.Null(i) {
			continue // any will do, and the first is there if one is
		}
		ids[i], some = uint32(x), true
	}
	if !some {
		*out = vexec.NullVec(t, n)
		return
	}
	*out = vexec.Vec{}
	k.values(ids, out)
	for i := range n {
		if numbers.Null(i) {
			out.SetNull(i, n)
		}
	}
}

func (g *nestedGrouper) each(f func(Grouper)) {
	f(g.flat)
	for _, k := range g.cols {
		if k != nil {
			k.each(f)
		}
	}
}

func (g *nestedGrouper) Bytes() (sum int64) {
	g.each(func(k Grouper) { sum += k.Bytes() })
	return sum
}
func (g *nestedGrouper) Reset()   { g.each(Grouper.Reset) }
func (g *nestedGrouper) Release() { g.each(Grouper.Release) }

// fieldsKey numbers ROWs: groups of their fields.
type fieldsKey struct {
	typ    *ir.Type
	fields Grouper
}

func (k *fieldsKey) number(v *vexec.Vec, rows []int32, n int, ids []uint32) error {
	return k.fields.Intern(v.Kids, rows, n, ids)
}

func (k *fieldsKey) values(ids []uint32, v *vexec.Vec) {
	v.Reset(k.typ, len(ids))
	k.fields.Keys(ids, v.Kids)
}

func (k *fieldsKey) each(f func(Grouper)) { f(k.fields) }

// listKey numbers ARRAYs and MAPs: it numbers their elements or entries, and then the lists
// of these numbers. Entries of a MAP are put in the order of their keys before.
type listKey struct {
	listNumbers
	parts Grouper // the elements, or keys with values
	lists Grouper // VARBINARY: the numbers of the parts, four bytes each
}

// listNumbers is how lists are numbered, given the numbers of their parts.
type listNumbers struct {
	typ         *ir.Type
	part, whole func(keys []vexec.Vec, sel []int32, n int, ids []uint32) error
	ids         []uint32
	elems       []int32
	text        []byte
}

func newListKey(t *ir.Type, parts []*ir.Type, mem *vexec.Account) (k *listKey, err error) {
	k = &listKey{}
	if k.parts, err = NewGrouper(parts, mem); err != nil {
		return nil, err
	}
	if k.lists, err = NewGrouper([]*ir.Type{ir.TVarbinary}, mem); err != nil {
		return nil, err
	}
	k.typ, k.part, k.whole = t, k.parts.Intern, k.lists.Intern
	return k, nil
}

func (k *listNumbers) number(v *vexec.Vec, rows []int32, n int, ids []uint32) error {
	k.elems = k.elems[:0]
	last := 0
	for _, r := range rows {
		for e := v.Offs[r]; e < v.Offs[r+1]; e++ {
			k.elems = append(k.elems, e)
		}
		last = max(last, int(v.Offs[r+1]))
	}
	k.ids = grown(k.ids, last)
	if len(k.elems) > 0 {
		if err := k.part(v.Kids, k.elems, last, k.ids); err != nil {
			return err
		}
	}
	lists := vexec.NewVec(ir.TVarbinary, n)
	for _, r := range rows {
		k.text = k.text[:0]
		for _, e := range k.order(v, int(r)) {
			k.text = binary.LittleEndian.AppendUint32(k.text, k.ids[e])
		}
		lists.SetBytes(int(r), k.text)
	}
	return k.whole([]vexec.Vec{lists}, rows, n, ids)
}

// order lists the parts of row r: those of an ARRAY as they are, those of a MAP by key.
func (k *listNumbers) order(v *vexec.Vec, r int) []int32 {
	k.elems = k.elems[:0]
	for e := v.Offs[r]; e < v.Offs[r+1]; e++ {
		k.elems = append(k.elems, e)
	}
	if k.typ.Kind == ir.Map {
		slices.SortFunc(k.elems, func(a, b int32) int { return comparePart(&v.Kids[0], int(a), int(b)) })
	}
	return k.elems
}

// comparePart orders two rows of the keys of MAPs: NULL is below all else, lists and ROWs
// are ordered by the first part that differs.
func comparePart(v *vexec.Vec, a, b int) int {
	x, y := v.Null(a), v.Null(b)
	switch {
	case x && y:
		return 0
	case x:
		return -1
	case y:
		return 1
	}
	v, a, b = atBoth(v, a, b)
	switch v.Type.Kind {
	case ir.Row:
		for i := range v.Kids {
			if c := comparePart(&v.Kids[i], a, b); c != 0 {
				return c
			}
		}
		return 0
	case ir.Array:
		n, m := v.Offs[a+1]-v.Offs[a], v.Offs[b+1]-v.Offs[b]
		for i := range min(n, m) {
			if c := comparePart(&v.Kids[0], int(v.Offs[a]+i), int(v.Offs[b]+i)); c != 0 {
				return c
			}
		}
		return int(n - m)
	}
	return vexec.CompareAt(v, a, v, b)
}

// atBoth is where two rows of v have their values.
func atBoth(v *vexec.Vec, a, b int) (*vexec.Vec, int, int) {
	_, i := v.At(a)
	w, j := v.At(b)
	return w, i, j
}

func (k *listKey) values(ids []uint32, v *vexec.Vec) {
	lists := make([]vexec.Vec, 1)
	k.lists.Keys(ids, lists)
	v.Reset(k.typ, len(ids))
	k.ids = k.ids[:0]
	views, bufs := lists[0].Views(), lists[0].Bufs
	for i := range ids {
		for text := kernels.Bytes(&views[i], bufs); len(text) > 0; text = text[4:] {
			k.ids = append(k.ids, binary.LittleEndian.Uint32(text))
		}
		v.Offs[i+1] = int32(len(k.ids))
	}
	v.Kids = make([]vexec.Vec, len(partTypes(k.typ)))
	if len(k.ids) == 0 { // there may be no part at all
		for i, t := range partTypes(k.typ) {
			v.Kids[i] = vexec.NullVec(t, 0)
		}
		return
	}
	k.parts.Keys(k.ids, v.Kids)
}

// partTypes are the types of the kids of a list.
func partTypes(t *ir.Type) []*ir.Type {
	if t.Kind == ir.Map {
		return []*ir.Type{t.Key, t.Elem}
	}
	return []*ir.Type{t.Elem}
}

func (k *listKey) each(f func(Grouper)) {
	f(k.parts)
	f(k.lists)
}
