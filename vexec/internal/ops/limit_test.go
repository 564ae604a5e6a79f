package ops

import (
	"errors"
	"slices"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/state"
)

// keptRows notes the rows that are emitted.
type keptRows struct{ rows []int64 }

func (k *keptRows) Emit(b *vexec.Batch) error {
	for i := range b.Live() {
		k.rows = append(k.rows, b.Cols[0].Int64s()[b.Row(i)])
	}
	return nil
}

func (k *keptRows) Reject(*vexec.Batch, []vexec.RowFate) error {
	return errors.New("a limit rejects nothing")
}

// numbers is a batch of from, from+1, ... with the given selection.
func numbers(from, n int64, sel []int32) *vexec.Batch {
	b := &vexec.Batch{}
	b.Reset(ir.NewSchema(ir.Column{Name: "n", Type: ir.TBigInt}))
	b.Rows, b.Sel = int(n), sel
	b.Cols[0].Reset(ir.TBigInt, int(n))
	for i := range n {
		b.Cols[0].Int64s()[i] = from + i
	}
	return b
}

func TestLimitCutsBatches(t *testing.T) {
	f := func(count, offset int64, done bool, want ...int64) {
		t.Helper()
		l := NewLimit(&ir.LimitOp{Count: count, Offset: offset})
		oc := &vexec.OpContext{State: state.NewStore("Limit", l.Tables())}
		if err := l.Open(oc); err != nil {
			t.Fatal(err)
		}
		var out keptRows
		var err error
		for _, b := range []*vexec.Batch{numbers(0, 3, nil), numbers(3, 4, []int32{0, 2, 3}), numbers(7, 3, nil)} {
			if err = l.Push(0, b, &out); err != nil {
				break
			}
		}
		if errors.Is(err, vexec.ErrDone) != done || l.Done() != done || !slices.Equal(out.rows, want) {
			t.Errorf("LIMIT %d OFFSET %d gives %v, done %v, want %v, %v", count, offset, out.rows, l.Done(), want, done)
		}
	}
	f(4, 0, true, 0, 1, 2, 3)
	f(3, 2, true, 2, 3, 5)
	f(9, 0, true, 0, 1, 2, 3, 5, 6, 7, 8, 9)
	f(10, 0, false, 0, 1, 2, 3, 5, 6, 7, 8, 9)
	f(-1, 4, false, 5, 6, 7, 8, 9)
	f(2, 100, false)
	f(0, 5, true)
	f(1<<63-2, 8, false, 9)
}
