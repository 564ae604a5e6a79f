package ops

import (
	"errors"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
)

// Seal implements vexec.Stateful. It takes time for each session that has changed.
func (a *SessionAgg) Seal(uint64) error {
	if a.log.begin() {
		a.changes = a.changes[:0]
		for n := range a.sealed {
			a.sealed[n], a.changed[n] = 0, true
			a.changes = append(a.changes, int32(n))
		}
	}
	var ids []uint32
	seg := &batchSegment{}
	for _, n := range a.changes {
		a.changed[n] = false
		x := a.sessions.At(n)
		if !x.Open {
			continue
		}
		a.log.drop(a.group[x.Key], a.sealed[n])
		a.sealed[n] = a.log.number()
		if ids = append(ids, uint32(n)); len(ids) == mergeRows {
			seg.add(a.stateOf(ids))
			ids = ids[:0]
		}
	}
	if len(ids) > 0 {
		seg.add(a.stateOf(ids))
	}
	a.changes = a.changes[:0]
	a.log.end(seg, seg.rows)
	return nil
}

// stateOf is sessions as rows of state.
func (a *SessionAgg) stateOf(ids []uint32) *vexec.Batch {
	b := &a.batch
	b.Reset(a.row)
	b.Rows = len(ids)
	for c := range sessionHead {
		b.Cols[c].Reset(a.row.Cols[c].Type, len(ids))
	}
	keys := make([]uint32, len(ids))
	for i, n := range ids {
		x := a.sessions.At(int32(n))
		keys[i] = x.Key
		b.Cols[sessionID].Int64s()[i] = a.sealed[n]
		b.Cols[sessionSeq].Int64s()[i] = int64(x.Seq)
		b.Cols[sessionStart].Int64s()[i] = x.Start
		b.Cols[sessionLast].Int64s()[i] = x.Last
		if a.filled[n] {
			vexec.SetBit(b.Cols[sessionFilled].Data, i)
		}
		a.sealShown(b, i, len(ids), n)
	}
	a.keys.Keys(keys, b.Cols[sessionHead:sessionHead+len(a.cols)])
	a.accs.State(ids, b.Cols[sessionHead+len(a.cols):])
	return b
}

// sealShown writes whether session n is out, in row i of len rows.
func (a *SessionAgg) sealShown(b *vexec.Batch, i, rows int, n uint32) {
	start, end := &b.Cols[sessionShownStart], &b.Cols[sessionShownEnd]
	if a.changing == nil || !a.changing.shown[n].out {
		start.SetNull(i, rows)
		end.SetNull(i, rows)
		return
	}
	start.Int64s()[i], end.Int64s()[i] = a.changing.shown[n].start, a.changing.shown[n].end
}

// sweep makes new tables of the sessions that are open and their keys, when most are not.
// Where there is no memory for that the old ones stay.
func (a *SessionAgg) sweep() error {
	if !a.crowded() {
		return nil
	}
	return a.sweepNow()
}

// Tick implements vexec.Timed.
func (a *SessionAgg) Tick(now ir.Micros, _ vexec.Emitter) error {
	if !a.isDue(now) {
		return nil
	}
	return a.sweepNow()
}

func (a *SessionAgg) sweepNow() error {
	keys, accs, err := a.copyLive()
	var full *vexec.MemoryError
	if errors.As(err, &full) {
		return nil
	} else if err != nil {
		return err
	}
	n := 0
	a.changes = a.changes[:0]
	for old := range a.sealed {
		if a.sessions.At(int32(old)).Open {
			a.sealed[n], a.changed[n], a.filled[n] = a.sealed[old], a.changed[old], a.filled[old]
			if a.changing != nil {
				a.changing.shown[n], a.changing.wrong[n] = a.changing.shown[old], a.changing.wrong[old]
			}
			if a.changed[n] {
				a.changes = append(a.changes, int32(n))
			}
			n++
		}
	}
	a.sealed, a.changed, a.filled = a.sealed[:n], a.changed[:n], a.filled[:n]
	a.swept(keys)
	if a.changing != nil {
		a.changing.renumber(a)
	}
	a.accs.Release()
	a.accs = accs
	return nil
}

// copyLive copies the keys and the cells of the open sessions, in the order of their numbers.
func (a *SessionAgg) copyLive() (*moved, *agg.Set, error) {
	accs, err := agg.NewSet(a.op.Aggs, a.mem)
	if err != nil {
		return nil, nil, err
	}
	m, err := a.keyGroups.sweep()
	if err != nil {
		return nil, nil, err
	}
	fail := func(err error) (*moved, *agg.Set, error) {
		m.release()
		accs.Release()
		return nil, nil, err
	}
	if err := accs.Grow(a.sessions.Live()); err != nil {
		return fail(err)
	}
	var cells, keys, to []uint32
	copied := 0
	flush := func() error {
		if err := m.keep(keys); err != nil {
			return err
		}
		a.accs.State(cells, a.state)
		accs.Merge(a.state, to, nil, len(cells))
		cells, keys, to = cells[:0], keys[:0], to[:0]
		return accs.Grow(a.sessions.Live()) // what Merge has taken
	}
	for n := range int32(a.sessions.Len()) {
		x := a.sessions.At(n)
		if !x.Open {
			continue
		}
		cells, keys, to = append(cells, uint32(n)), append(keys, x.Key), append(to, uint32(copied))
		if copied++; len(cells) == mergeRows {
			if err := flush(); err != nil {
				return fail(err)
			}
		}
	}
	if err := flush(); err != nil {
		return fail(err)
	}
	return m, accs, nil
}
