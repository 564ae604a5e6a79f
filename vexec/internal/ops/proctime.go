package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// ProcTime is ir.ProcTimeOp: it writes the clock into the time column and is where
// watermarks begin, which are the clock, too. Rows of a task come one after the other, so
// none is behind a watermark that was handed on before it.
type ProcTime struct {
	op    *ir.ProcTimeOp
	unit  int64 // the column's, in microseconds
	nanos bool
	clock vexec.Clock
	now   ir.Micros // the last time that was looked at
	time  vexec.Vec
	batch vexec.Batch
}

// tickEvery is how often windows are looked at while no rows come, in microseconds.
const tickEvery = 20_000

// NewProcTime returns the operator over rows of the schema in.
func NewProcTime(o *ir.ProcTimeOp, in *ir.Schema) *ProcTime {
	t := in.Cols[o.TimeCol].Type
	p := &ProcTime{op: o, unit: 1, nanos: t.Nanos(), now: ir.MinMicros}
	for i := t.P; i < 6; i++ {
		p.unit *= 10
	}
	return p
}

// Open implements vexec.Operator. Time begins here, also for a task that gets no rows:
// windows of the others' rows wait for its watermark, too.
func (p *ProcTime) Open(oc *vexec.OpContext) error {
	p.clock = oc.Clock
	p.look()
	return nil
}

// look reads the clock, which here never goes back.
func (p *ProcTime) look() {
	now := p.clock.Now()
	p.now = max(p.now, now-ir.Micros(int64(now)%p.unit))
}

// Push implements vexec.Operator.
func (p *ProcTime) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	p.look()
	at := int64(p.now)
	if p.nanos {
		at *= 1000
	}
	p.time.Reset(p.op.Out.Cols[p.op.TimeCol].Type, 1)
	p.time.Enc = vexec.Const
	p.time.Int64s()[0] = at
	p.batch = *b
	p.batch.Cols = append(p.batch.Cols[:0:0], b.Cols...)
	p.batch.Cols[p.op.TimeCol] = p.time
	p.batch.Late = nil
	return out.Emit(&p.batch)
}

// Watermark implements TimeMaker.
func (p *ProcTime) Watermark() ir.Micros { return p.now }

// Due implements vexec.Timed: windows close also while no rows come.
func (p *ProcTime) Due() ir.Micros { return p.now + tickEvery }

// Tick implements vexec.Timed; the task hands the watermark on after it.
func (p *ProcTime) Tick(ir.Micros, vexec.Emitter) error {
	p.look()
	return nil
}

// Advance implements vexec.Operator: watermarks from above say nothing here but for the
// end of the input.
func (p *ProcTime) Advance(wm ir.Micros, _ vexec.Emitter) (ir.Micros, error) {
	if wm == ir.MaxMicros {
		return wm, nil
	}
	return min(wm, p.now), nil
}

// Finish implements vexec.Operator.
func (p *ProcTime) Finish(vexec.Emitter) error { return nil }

// Close implements vexec.Operator.
func (p *ProcTime) Close() error { return nil }

var (
	_ TimeMaker   = (*ProcTime)(nil)
	_ vexec.Timed = (*ProcTime)(nil)
)
