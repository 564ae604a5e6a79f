package run

import (
	"context"
	"errors"
	"io"
	"strconv"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/expr"
)

// Fold computes an expression without column references, by the kernels that run
// over columns. A row error is an error with its reason. It is what the compiler
// folds constants with.
func Fold(e ir.Expr) (ir.Value, error) { return expr.EvalConst(e) }

// valuesSource makes literal rows: one split of one unit.
type valuesSource struct{ plan *ir.PhysValues }

func (s *valuesSource) Splits(context.Context) ([]vexec.Split, error) {
	return []vexec.Split{{ID: "VALUES"}}, nil
}

func (s *valuesSource) Bounded() bool { return true }

func (s *valuesSource) Open(_ context.Context, scan *vexec.Scan, _ vexec.Split, from vexec.Position) (vexec.SplitReader, error) {
	return &valuesReader{plan: s.plan, clock: scan.Clock, done: from != nil && string(from) != "0"}, nil
}

// valuesReader is at position 0, or behind all rows.
type valuesReader struct {
	plan  *ir.PhysValues
	clock vexec.Clock
	done  bool
}

func (r *valuesReader) Claim(context.Context) (vexec.Unit, error) {
	if r.done {
		return vexec.Unit{}, io.EOF
	}
	r.done = true
	return vexec.Unit{Piece: r.plan}, nil
}

func (r *valuesReader) Position() vexec.Position {
	if r.done {
		return vexec.Position(strconv.Itoa(len(r.plan.Rows)))
	}
	return vexec.Position("0")
}

func (r *valuesReader) NewDecoder() (vexec.Decoder, error) {
	return &valuesDecoder{clock: r.clock}, nil
}
func (r *valuesReader) Close() error { return nil }

type valuesDecoder struct {
	plan  *ir.PhysValues
	clock vexec.Clock
	done  bool
}

func (d *valuesDecoder) Begin(_ context.Context, u vexec.Unit) (ir.Micros, error) {
	plan, ok := u.Piece.(*ir.PhysValues)
	if !ok {
		return 0, errors.New("the unit is not of literal rows")
	}
	d.plan, d.done = plan, false
	return ir.MinMicros, nil
}

// Next computes all rows. One that fails is a bad row, by its number from 1 on.
func (d *valuesDecoder) Next(b *vexec.Batch, bad *vexec.BadRows) error {
	if d.done {
		return io.EOF
	}
	d.done = true
	none := &ir.Schema{}
	row := &vexec.Batch{Schema: d.plan.Out, Cols: make([]vexec.Vec, len(d.plan.Out.Cols)), Rows: 1}
	var errs expr.Errors
	for i, exprs := range d.plan.Rows {
		p, err := expr.Compile(exprs, none)
		if err != nil {
			return err
		}
		errs.Reset()
		p.SetClock(d.clock)
		if err := p.Eval(&vexec.Batch{Schema: none, Rows: 1}, row.Cols, &errs); err != nil {
			return err
		}
		if errs.Len() > 0 {
			bad.Add(vexec.BadRow{Split: "VALUES", Line: int64(i + 1), Reason: errs.Fates()[0].Reason})
			continue
		}
		vexec.AppendRows(b, row, nil)
	}
	return nil
}

func (d *valuesDecoder) Close() error { return nil }
