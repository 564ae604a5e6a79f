package ops

import (
	"errors"
	"fmt"
	"math"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Sort is ir.SortOp at the end of its input: it holds all rows, or the first ones that are
// wanted, and gives them in order when the input has ended.
type Sort struct {
	op *ir.SortOp
	best
	maxRows int
	out     vexec.Batch

	schema *ir.Schema
	kept   versions
	keeps  bool  // somebody will read the state
	sealed int64 // the sequence of the first row that no checkpoint has
	seals  []int32
}

// NewSort returns the operator of any phase, by time or not, over rows of the schema in.
func NewSort(o *ir.SortOp, in *ir.Schema) vexec.Operator {
	if o.ByTime {
		return newSortByTime(o, in)
	}
	if o.Phase == ir.Partial {
		return newSortPartial(o, in)
	}
	s := &Sort{op: o, schema: bufferSchema(in)}
	n := o.Keep
	if n < 0 {
		n = math.MaxInt64
	}
	s.best.init(o.Order, n)
	return s
}

// Tables implements vexec.Stateful.
func (s *Sort) Tables() []vexec.TableSpec {
	return []vexec.TableSpec{{Name: rowsTable, Version: 1, Schema: s.schema}}
}

// Open implements vexec.Operator.
func (s *Sort) Open(oc *vexec.OpContext) error {
	s.maxRows, s.keeps = max(1, oc.MaxRows), !oc.NoRestart
	s.best.open(s.op.Out, oc.Memory)
	s.kept.table = oc.State.Table(rowsTable)
	return s.restore(s.kept.table, nil)
}

// Push implements vexec.Operator.
func (s *Sort) Push(_ int, b *vexec.Batch, _ vexec.Emitter) error {
	_, err := s.add(b)
	var full *vexec.MemoryError
	if errors.As(err, &full) {
		return fmt.Errorf("ORDER BY holds %d rows until its input ends, and that is more than fits; LIMIT n holds only the first n: %w", s.rows.Rows, err)
	}
	return err
}

// Seal implements vexec.Stateful.
func (s *Sort) Seal(uint64) error {
	if !s.keeps {
		return nil
	}
	changed := len(s.seq)
	for changed > 0 && s.seq[changed-1] >= s.sealed {
		changed--
	}
	all := s.kept.crowded(len(s.seq), len(s.seq)-changed)
	if all {
		changed = 0
	}
	s.seals = s.seals[:0]
	for r := changed; r < len(s.seq); r++ {
		s.seals = append(s.seals, int32(r))
	}
	s.kept.add(s.best.sealed(s.schema, s.seals), all)
	s.sealed = s.next
	return nil
}

// Advance implements vexec.Operator.
func (s *Sort) Advance(wm ir.Micros, _ vexec.Emitter) (ir.Micros, error) { return wm, nil }

// Finish implements vexec.Operator.
func (s *Sort) Finish(out vexec.Emitter) error {
	order := s.sorted()
	if int64(len(order)) > s.n {
		order = order[:s.n]
	}
	return emitRows(&s.rows, order, s.op.Out, &s.out, s.maxRows, out)
}

// emitRows emits rows of b in the order of the list.
func emitRows(b *vexec.Batch, rows []int32, schema *ir.Schema, scratch *vexec.Batch, maxRows int, out vexec.Emitter) error {
	for lo := 0; lo < len(rows); lo += maxRows {
		scratch.Reset(schema)
		vexec.AppendRows(scratch, b, rows[lo:min(lo+maxRows, len(rows))])
		scratch.Part = -1
		if err := out.Emit(scratch); err != nil {
			return err
		}
	}
	return nil
}

// Close implements vexec.Operator.
func (s *Sort) Close() error {
	s.best.close()
	return nil
}

// sortPartial is the phase Partial: of the rows that come it hands on those that may be among
// the first ones.
type sortPartial struct {
	chainLink
	op   *ir.SortOp
	cols []int // the columns of the order
	keys *ir.Schema
	best best
	view vexec.Batch
}

func newSortPartial(o *ir.SortOp, in *ir.Schema) *sortPartial {
	p := &sortPartial{op: o}
	order := make([]ir.SortKey, len(o.Order))
	for i, k := range o.Order {
		order[i] = ir.SortKey{Col: i, Desc: k.Desc, NullsFirst: k.NullsFirst}
		p.cols = append(p.cols, k.Col)
	}
	p.keys = in.Select(p.cols)
	p.best.init(order, o.Keep)
	return p
}

// Open implements vexec.Operator.
func (p *sortPartial) Open(oc *vexec.OpContext) error {
	p.best.open(p.keys, oc.Memory)
	return nil
}

// Push implements vexec.Operator.
func (p *sortPartial) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	p.view = vexec.Batch{Schema: p.keys, Cols: p.view.Cols[:0], Rows: b.Rows, Sel: b.Sel, Part: b.Part}
	for _, c := range p.cols {
		p.view.Cols = append(p.view.Cols, b.Cols[c])
	}
	rows, err := p.best.add(&p.view)
	if err != nil || len(rows) == 0 {
		return err
	}
	b.Sel = rows
	return out.Emit(b)
}

// Close implements vexec.Operator.
func (p *sortPartial) Close() error {
	p.best.close()
	return nil
}

var _ vexec.Stateful = (*Sort)(nil)
