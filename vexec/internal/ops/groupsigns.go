package ops

import "github.com/helios-stream/helios/vexec"

// signs parts the rows of a batch into those that come and those that go.
type signs struct{ plus, minus []int32 }

// split parts the rows of sel (nil: all). Neither list is nil, which as a selection is all rows.
func (s *signs) split(b *vexec.Batch, sel []int32) (plus, minus []int32) {
	if s.plus == nil {
		s.plus, s.minus = make([]int32, 0, b.Rows), make([]int32, 0, b.Rows)
	}
	s.plus, s.minus = s.plus[:0], s.minus[:0]
	if sel == nil {
		for r, k := range b.Kind[:b.Rows] {
			s.put(int32(r), k)
		}
		return s.plus, s.minus
	}
	for _, r := range sel {
		s.put(r, b.Kind[r])
	}
	return s.plus, s.minus
}

func (s *signs) put(r int32, k vexec.RowKind) {
	if k.Sign() > 0 {
		s.plus = append(s.plus, r)
	} else {
		s.minus = append(s.minus, r)
	}
}

// addChanges adds the rows of sel (nil: all), whose groups are in ids: those that come and then
// those that go.
func (s *tables) addChanges(t *groupTable, in *aggInput, b *vexec.Batch, sel []int32) {
	if b.Kind == nil {
		t.accs.Update(in.narrow(sel, b.Rows), s.ids, sel, b.Rows)
		return
	}
	plus, minus := s.signs.split(b, sel)
	if len(plus) > 0 {
		t.accs.Update(in.narrow(plus, b.Rows), s.ids, plus, b.Rows)
	}
	if len(minus) > 0 {
		t.accs.Retract(in.narrow(minus, b.Rows), s.ids, minus, b.Rows)
	}
}
