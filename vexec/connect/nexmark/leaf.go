package nexmark

import (
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/nexmark/model"
)

// leaf takes one field of a kind of event to a vector.
type leaf struct {
	at     []int // the column, and in a ROW the field
	field  int
	typ    model.FieldType
	base   int64
	v      *vexec.Vec
	ints   []int64
	views  []vexec.View
	choice []vexec.View // of OneOf: ready-made, in fixed
	fixed  []byte
	buf    []byte // of Text: the batch's texts
}

func newLeaf(s *settings, kind model.Kind, field int) *leaf {
	l := &leaf{field: field, typ: model.Fields(kind)[field].Type, base: s.base}
	if l.typ == model.OneOf {
		for _, text := range s.model.Choices(kind, field) {
			from := len(l.fixed)
			l.fixed = append(l.fixed, text...)
			l.choice = append(l.choice, kernels.MakeView(l.fixed[from:], 0, int32(from)))
		}
	}
	return l
}

// bind has the leaf write to v; gaps says that not every row gets a value.
func (l *leaf) bind(v *vexec.Vec, gaps bool) {
	l.v = v
	if gaps {
		clear(v.Data)
	}
	switch l.typ {
	case model.Number, model.Time:
		l.ints = v.Int64s()
	default:
		l.views, l.buf = v.Views(), l.buf[:0]
	}
}

// put makes the event's field the value of row r.
func (l *leaf) put(r int, e *model.Event) {
	switch l.typ {
	case model.Number:
		l.ints[r] = int64(e.Nums[l.field])
	case model.Time:
		l.ints[r] = l.base + int64(e.Nums[l.field])*1000
	case model.OneOf:
		l.views[r] = l.choice[e.Nums[l.field]]
	default:
		text := e.Texts[l.field]
		l.views[r] = kernels.MakeView(text, 0, int32(len(l.buf)))
		l.buf = append(l.buf, text...)
	}
}

// finish hands the texts over.
func (l *leaf) finish() {
	switch l.typ {
	case model.OneOf:
		l.v.Bufs = append(l.v.Bufs[:0], l.fixed)
	case model.Text:
		l.v.Bufs = append(l.v.Bufs[:0], l.buf)
	}
}
