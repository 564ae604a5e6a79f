package vexec

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
)

// Check panics where b breaks a rule of Batch or Vec that the next operator relies
// on. It is planted between operators in builds with the tag invariants, and is an
// empty function in all others. where names who made the batch.
func Check(b *Batch, where string) {
	if !Invariants {
		return
	}
	if err := b.validate(); err != nil {
		panic(fmt.Sprintf("invariant broken by %s: %v", where, err))
	}
}

// Poison overwrites the memory of a batch that its owner gives back, so that who
// still reads it gets nonsense. Only in builds with the tag invariants.
func Poison(b *Batch) {
	if !Invariants {
		return
	}
	for c := range b.Cols {
		poisonVec(&b.Cols[c])
	}
	for i := range b.Sel {
		b.Sel[i] = -0x24242425
	}
}

func poisonVec(v *Vec) {
	for i := range v.Data {
		v.Data[i] = 0xDB
	}
	for _, buf := range v.Bufs {
		for i := range buf {
			buf[i] = 0xDB
		}
	}
	for k := range v.Kids {
		poisonVec(&v.Kids[k])
	}
}

func (b *Batch) validate() error {
	if len(b.Cols) != len(b.Schema.Cols) {
		return fmt.Errorf("%d columns, the schema has %d", len(b.Cols), len(b.Schema.Cols))
	}
	for i, r := range b.Sel {
		if r < 0 || int(r) >= b.Rows || i > 0 && r <= b.Sel[i-1] {
			return fmt.Errorf("selection [%d] = %d of %d rows is out of range or order", i, r, b.Rows)
		}
	}
	for i, m := range b.Late {
		if m.Row < 0 || int(m.Row) >= b.Rows || i > 0 && m.Row <= b.Late[i-1].Row {
			return fmt.Errorf("late mark [%d] names row %d of %d, out of range or order", i, m.Row, b.Rows)
		}
	}
	if b.Kind != nil && len(b.Kind) != b.Rows {
		return fmt.Errorf("%d kinds for %d rows", len(b.Kind), b.Rows)
	}
	for c := range b.Cols {
		v := &b.Cols[c]
		if !v.Type.Equal(b.Schema.Cols[c].Type) {
			return fmt.Errorf("column %s is %s, the schema says %s", b.Schema.Cols[c].Name, v.Type, b.Schema.Cols[c].Type)
		}
		if err := v.validate(b); err != nil {
			return fmt.Errorf("column %s: %w", b.Schema.Cols[c].Name, err)
		}
	}
	return nil
}

func (v *Vec) validate(b *Batch) error {
	n := b.Rows
	switch v.Enc {
	case Const:
		n = min(n, 1)
	case Dict:
		return v.validateDict(b)
	}
	if v.Valid != nil && len(v.Valid) < (n+7)/8 {
		return fmt.Errorf("validity of %d bytes for %d rows", len(v.Valid), n)
	}
	if w := v.Type.Kind.Width(); len(v.Data) < n*w {
		return fmt.Errorf("%d bytes for %d rows of %d", len(v.Data), n, w)
	}
	if !IsAligned(v.Data) && len(v.Data) > 0 {
		return fmt.Errorf("values are not aligned")
	}
	if v.Type.Kind.IsText() {
		return v.validateViews(b)
	}
	if v.Type.Kind == ir.Row && len(v.Kids) != len(v.Type.Fields) {
		return fmt.Errorf("%d kids for %d fields", len(v.Kids), len(v.Type.Fields))
	}
	return nil
}

func (v *Vec) validateDict(b *Batch) error {
	if v.Dict == nil || v.Dict.Enc != Flat || len(v.Data) < 4*b.Rows {
		return fmt.Errorf("dictionary vector without a flat dictionary or with too few codes")
	}
	w := v.Type.Kind.Width()
	for i := range b.Live() {
		r := b.Row(i)
		if v.Valid != nil && !Bit(v.Valid, r) {
			continue
		}
		if c := int(v.Codes()[r]); c < 0 || w > 0 && (c+1)*w > len(v.Dict.Data) {
			return fmt.Errorf("row %d has code %d, out of range", r, c)
		}
	}
	return nil
}

func (v *Vec) validateViews(b *Batch) error {
	for i := range b.Live() {
		r := b.Row(i)
		if v.Null(r) {
			continue
		}
		_, j := v.At(r)
		x := v.Views()[j]
		if x.IsInline() {
			continue
		}
		if int(x.Buf()) >= len(v.Bufs) || int(x.Off())+x.Len() > len(v.Bufs[x.Buf()]) {
			return fmt.Errorf("row %d points outside of its buffers", r)
		}
	}
	return nil
}
