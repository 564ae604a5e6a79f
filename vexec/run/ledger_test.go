package run

import (
	"context"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/ops"
)

// leaky is an aggregate that loses the first row of each batch.
type leaky struct {
	vexec.Operator
	vexec.Stateful
	ops.RowCounter
}

func (l leaky) Push(port int, b *vexec.Batch, out vexec.Emitter) error {
	sel := make([]int32, 0, b.Live())
	for i := 1; i < b.Live(); i++ {
		sel = append(sel, int32(b.Row(i)))
	}
	rest := *b
	rest.Sel = sel
	return l.Operator.Push(port, &rest, out)
}

// Rows that an aggregate loses are missing in the ledger: it does not take for counted
// what is not accounted for otherwise.
func TestLedgerFindsWhatAnAggregateLoses(t *testing.T) {
	for _, gaps := range []bool{false, true} {
		w := ir.Window{Kind: ir.Hop, Size: 100, Slide: 50}
		if gaps {
			w.Slide = 150
		}
		p := hopPlan(rng(0), w)
		for seed := uint64(1); len(p.Stages) > 2; seed++ {
			p = hopPlan(rng(seed), w)
		}
		rows := randomRows(rng(3), 300, 0, true)
		wd := newWorld(&rowSource{splits: [][]row{rows}, unit: 50, batch: 20})
		s, err := Run(context.Background(), p, wd.cfg)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Balanced(); err != nil {
			t.Error(err)
		}
		whole := s.Stages[1].Ops[0]
		if whole.Grouped == 0 || (whole.Outside > 0) != gaps || whole.RowsIn != whole.Grouped+whole.Outside+whole.Late+whole.Errors {
			t.Errorf("gaps %t: %+v", gaps, whole)
		}
		wd = newWorld(wd.src)
		wd.cfg.operator = func(op ir.PhysOp, in *ir.Schema) (vexec.Operator, error) {
			x, err := testOperator(op, in)
			if _, is := op.(*ir.WindowAggOp); is && err == nil {
				x = leaky{x, x.(vexec.Stateful), x.(ops.RowCounter)}
			}
			return x, err
		}
		if s, err = Run(context.Background(), p, wd.cfg); err != nil {
			t.Fatal(err)
		}
		if err := s.Balanced(); err == nil || !strings.Contains(err.Error(), "MISSING") {
			t.Errorf("gaps %t: rows are lost and the ledger is balanced: %v", gaps, err)
		}
	}
}
