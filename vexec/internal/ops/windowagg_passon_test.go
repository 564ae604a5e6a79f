package ops

import (
	"fmt"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// The phase Partial hands on panes that rows have left behind, before a watermark passes them, but
// keeps those that each batch has rows for; nothing is counted twice or left out.
func TestPartialHandsOnPanesLeftBehind(t *testing.T) {
	const panes = 3 * maxOpen
	second := ir.Window{Kind: ir.Tumble, Size: 1_000_000, Slide: 1_000_000}
	for _, c := range []struct {
		name    string
		inOrder bool
		open    int // panes after all batches
	}{{"in order", true, maxOpen}, {"each batch in all panes", false, panes}} {
		op, err := NewWindowAgg(windowOp(second, ir.Partial, []int{1}, []ir.AggCall{call("COUNT")}), aggIn)
		if err != nil {
			t.Fatal(err)
		}
		if err := op.Open(&vexec.OpContext{Tasks: 1, MaxRows: 1024, Memory: vexec.NewBudget(0).Account("test")}); err != nil {
			t.Fatal(err)
		}
		out := &lastSum{}
		rows := int64(0)
		for i := range panes {
			var list []vtest.Row
			for k := range 10 {
				pane := i
				if !c.inOrder {
					pane = (i + k) % panes
				}
				for p := range panes {
					if !c.inOrder || p == pane {
						list = append(list, vtest.Row{"1970-01-01 00:00:" + fmt.Sprintf("%02d", p), k, "x", 1, 0.5})
					}
				}
			}
			rows += int64(len(list))
			if err := op.Push(0, vtest.Batch(aggIn, list...), out); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(op.(*partialAgg).panes.list); n > c.open || !c.inOrder && n < c.open {
			t.Errorf("%s: %d panes are open", c.name, n)
		}
		if err := op.Finish(out); err != nil {
			t.Fatal(err)
		}
		if out.sum != rows {
			t.Errorf("%s: %d rows in, %d counted", c.name, rows, out.sum)
		}
		if err := op.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// lastSum adds up the last column of what comes.
type lastSum struct{ sum int64 }

func (s *lastSum) Emit(b *vexec.Batch) error {
	for i := range b.Live() {
		row := b.Values(i)
		s.sum += row[len(row)-1].(int64)
	}
	return nil
}

func (s *lastSum) Reject(*vexec.Batch, []vexec.RowFate) error { return nil }
