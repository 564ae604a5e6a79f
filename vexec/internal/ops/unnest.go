package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/expr"
)

// Unnest is ir.UnnestOp: each row once for each element of a list of its. Columns of the row
// are taken several times, those of the elements from the list's own; no text is copied.
type Unnest struct {
	chainLink
	op      *ir.UnnestOp
	width   int // columns of the input
	maxRows int
	parts   int // columns of the elements, without their number

	src    []int32 // of the rows that go out: the row they are of
	elem   []int32 // and the element; -1: there is none
	first  []int32 // and the first element of the list
	at     []int32 // of a part: where it stands
	out    vexec.Batch
	cols   []vexec.Vec
	copies rowCopies
}

// noElement stands for the element of a list that has none.
const noElement = -1

// NewUnnest returns the operator over rows of the schema in.
func NewUnnest(o *ir.UnnestOp, in *ir.Schema) *Unnest {
	return &Unnest{op: o, width: len(in.Cols), parts: len(ir.UnnestParts(in.Cols[o.Col].Type)) - 1, cols: make([]vexec.Vec, len(o.Cols))}
}

// Open implements vexec.Operator.
func (u *Unnest) Open(oc *vexec.OpContext) error {
	u.maxRows = max(1, oc.MaxRows)
	return nil
}

// Push implements vexec.Operator.
func (u *Unnest) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	list := &b.Cols[u.op.Col]
	u.src, u.elem, u.first = u.src[:0], u.elem[:0], u.first[:0]
	for i := range b.Live() {
		r := b.Row(i)
		from, to := int32(noElement), int32(noElement)
		if !list.Null(r) {
			if f, k := list.At(r); f.Offs[k] < f.Offs[k+1] {
				from, to = f.Offs[k], f.Offs[k+1]
			}
		}
		if from == noElement {
			if !u.op.Outer {
				continue
			}
			to = from + 1
		}
		for e := from; e < to; e++ {
			if len(u.src) == u.maxRows {
				if err := u.give(b, out); err != nil {
					return err
				}
			}
			u.src, u.elem, u.first = append(u.src, int32(r)), append(u.elem, e), append(u.first, from)
		}
	}
	return u.give(b, out)
}

// give hands on the rows at hand.
func (u *Unnest) give(b *vexec.Batch, out vexec.Emitter) error {
	if len(u.src) == 0 {
		return nil
	}
	lists := &b.Cols[u.op.Col]
	if lists.Enc == vexec.Dict {
		lists = lists.Dict
	}
	for i, c := range u.op.Cols {
		switch part := c - u.width; {
		case part < 0:
			u.again(&u.cols[i], &b.Cols[c])
		case part == u.parts:
			u.number(&u.cols[i])
		default:
			u.part(&u.cols[i], lists, part, u.op.Out.Cols[i].Type)
		}
	}
	u.out = u.copies.of(b, u.src)
	u.out.Schema, u.out.Cols = u.op.Out, u.cols
	u.src, u.elem, u.first = u.src[:0], u.elem[:0], u.first[:0]
	return out.Emit(&u.out)
}

// again makes dst the column v of the rows; what is nested is not copied.
func (u *Unnest) again(dst, v *vexec.Vec) {
	if v.Enc != vexec.Flat || !v.Type.Kind.IsNested() {
		expr.Take(dst, v, u.src)
		return
	}
	*dst = vexec.Vec{Type: v.Type, Enc: vexec.Dict, Dict: v, Data: vexec.GrowBytes(nil, 4*len(u.src))}
	copy(dst.Codes(), u.src)
}

// number makes dst the numbers of the elements.
func (u *Unnest) number(dst *vexec.Vec) {
	dst.Reset(ir.TBigInt, len(u.elem))
	to := dst.Int64s()
	for i, e := range u.elem {
		to[i] = int64(e-u.first[i]) + 1
		if e == noElement {
			dst.SetNull(i, len(u.elem))
		}
	}
}

// part makes dst a part of the elements, of the type t.
func (u *Unnest) part(dst, lists *vexec.Vec, part int, t *ir.Type) {
	elems := &lists.Kids[0]
	if lists.Type.Kind == ir.Map {
		elems, part = &lists.Kids[part], -1
	} else if lists.Type.Elem.Kind != ir.Row {
		part = -1
	}
	none := false // some row has no such part
	u.at = u.at[:0]
	any := int32(noElement) // a place that there is
	for _, e := range u.elem {
		if e == noElement {
			u.at, none = append(u.at, noElement), true
			continue
		}
		at := e
		if part >= 0 {
			if elems.Null(int(e)) {
				u.at, none = append(u.at, noElement), true
				continue
			}
			_, k := elems.At(int(e))
			at = int32(k)
		}
		u.at, any = append(u.at, at), at
	}
	if part >= 0 {
		if elems.Enc == vexec.Dict {
			elems = elems.Dict
		}
		if len(elems.Kids) == 0 {
			any = noElement
		} else {
			elems = &elems.Kids[part]
		}
	}
	switch {
	case any == noElement:
		*dst = vexec.ConstNull(t)
	case !none:
		expr.Take(dst, elems, u.at)
	default:
		u.withNulls(dst, elems, any)
	}
}

// withNulls makes dst the elements at u.at, and NULL where there is none.
func (u *Unnest) withNulls(dst, elems *vexec.Vec, any int32) {
	n := len(u.at)
	if elems.Enc == vexec.Const {
		one := *elems
		one.Enc = vexec.Flat
		*dst = vexec.Vec{Type: elems.Type, Enc: vexec.Dict, Dict: &one, Data: vexec.GrowBytes(nil, 4*n)}
		clear(dst.Codes())
	} else {
		places := make([]int32, n)
		for i, at := range u.at {
			if places[i] = at; at == noElement {
				places[i] = any
			}
		}
		expr.Take(dst, elems, places)
	}
	for i, at := range u.at {
		if at == noElement {
			dst.SetNull(i, n)
		}
	}
}
