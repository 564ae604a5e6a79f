package ops

import (
	"sync"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// progress is how far windows have been emitted, in a state table of its own. It
// matters where windows share panes: a restored pane may have been in windows
// that went out before the checkpoint.
//
// The table has a row for each key group of the task, so that after a restart
// with another number of tasks each of them finds one. At a barrier all tasks of a
// stage have come equally far, since all have the same inputs.
type progress struct {
	table  vexec.Table
	lo, hi int // key groups of the task
	id     vexec.SegmentID
	live   bool
	sealed ir.Micros
}

var progressSchema = ir.NewSchema(
	ir.Column{Name: "$slot", Type: ir.TBigInt, NotNull: true},
	ir.Column{Name: "$closed", Type: ir.TTimestamp, NotNull: true})

func progressSpec() vexec.TableSpec {
	return vexec.TableSpec{Name: progressTable, Version: 1, Schema: progressSchema, Keys: []int{0}}
}

// open returns how far the restored state has come; MinMicros: it is new.
func (p *progress) open(oc *vexec.OpContext, t vexec.Table) (ir.Micros, error) {
	p.table = t
	p.lo, p.hi = vexec.GroupRange(oc.Task, oc.Tasks)
	closed := ir.MinMicros
	err := t.Restored(func(b *vexec.Batch) error {
		for i := range b.Live() {
			v, j := b.Cols[1].At(b.Row(i))
			closed = max(closed, ir.Micros(v.Int64s()[j]))
		}
		return nil
	})
	return closed, err
}

// seal writes how far windows have been emitted.
func (p *progress) seal(closed ir.Micros) {
	if p.live && p.sealed == closed {
		return
	}
	if p.live {
		p.table.Drop(p.id)
	}
	p.id, p.live, p.sealed = p.table.Add(&progressSegment{lo: p.lo, hi: p.hi, closed: closed}), true, closed
}

// slots gives each key group a number whose hash lies in it.
var slots = sync.OnceValue(func() [vexec.KeyGroups]int64 {
	var of [vexec.KeyGroups]int64
	var have [vexec.KeyGroups]bool
	for n, left := int64(0), vexec.KeyGroups; left > 0; n++ {
		if g := vexec.KeyGroup(kernels.HashInt(uint64(n))); !have[g] {
			of[g], have[g] = n, true
			left--
		}
	}
	return of
})

// progressSegment is a row for each key group in [lo, hi).
type progressSegment struct {
	lo, hi int
	closed ir.Micros
}

// Rows implements vexec.Segment.
func (s *progressSegment) Rows() int { return s.hi - s.lo }

// Bytes implements vexec.Segment.
func (s *progressSegment) Bytes() int64 { return 64 }

// Read implements vexec.Segment.
func (s *progressSegment) Read(from, limit int, b *vexec.Batch) (int, error) {
	n := max(0, min(limit, s.Rows()-from))
	if n == 0 {
		return 0, nil
	}
	b.Reset(progressSchema)
	b.Rows = n
	b.Cols[0].Reset(ir.TBigInt, n)
	of := slots()
	copy(b.Cols[0].Int64s(), of[s.lo+from:s.lo+from+n])
	constInt(&b.Cols[1], ir.TTimestamp, int64(s.closed))
	return n, nil
}
