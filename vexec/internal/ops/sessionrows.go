package ops

import (
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// SessionRows is ir.WindowTVFOp for sessions: it keeps the rows of open sessions, and
// gives them with their window once it closes. Rows that are late for all sessions are
// rejected.
type SessionRows struct {
	op *ir.WindowTVFOp
	sessionKeys
	store   rowStore
	of      [][]rowRef // by session: its rows
	maxRows int
	out     vexec.Batch
	windows []int32 // session of each row of out
}

const rowsTable = "rows"

// newSessionRows returns the operator over rows of the schema in.
func newSessionRows(o *ir.WindowTVFOp, in *ir.Schema) (*SessionRows, error) {
	w := &SessionRows{op: o, store: newRowStore(in, o.Keys)}
	var err error
	w.sessionKeys, err = newSessionKeys(o.Window, in, o.TimeCol, o.Keys)
	return w, err
}

// Tables implements vexec.Stateful.
func (w *SessionRows) Tables() []vexec.TableSpec { return w.store.tables() }

// Open implements vexec.Operator. The open sessions of a key touch one another nowhere, so
// that their rows make just these again.
func (w *SessionRows) Open(oc *vexec.OpContext) error {
	w.maxRows = max(1, oc.MaxRows)
	if err := w.sessionKeys.open(oc); err != nil {
		return err
	}
	return w.store.open(oc, &w.keyGroups, w.add)
}

// add takes the rows of a batch, all of which have a session that is open.
func (w *SessionRows) add(b *vexec.Batch) error {
	if err := w.put(b); err != nil {
		return err
	}
	for len(w.of) < w.sessions.Len() {
		w.of = append(w.of, nil)
	}
	err := w.store.add(b, w.kept, func(r int32, ref rowRef) {
		n := w.session[r]
		w.of[n] = append(w.of[n], ref)
	})
	for _, m := range w.sessions.TakeMerged() {
		w.of[m.To], w.of[m.From] = append(w.of[m.To], w.of[m.From]...), nil
	}
	return err
}

// Push implements vexec.Operator.
func (w *SessionRows) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	if err := w.sweep(); err != nil {
		return err
	}
	if err := w.add(b); err != nil {
		return err
	}
	if len(w.fates) > 0 {
		if err := out.Reject(b, w.fates); err != nil {
			return err
		}
	}
	return w.emitClosed(out)
}

// sweep forgets closed sessions and rows that are gone where most are.
func (w *SessionRows) sweep() error {
	return w.sweepWhere(w.crowded(), w.store.sparse())
}

// Tick implements vexec.Timed.
func (w *SessionRows) Tick(now ir.Micros, _ vexec.Emitter) error {
	if !w.isDue(now) {
		return nil
	}
	return w.sweepWhere(true, w.store.rows > w.store.live)
}

// sweepWhere forgets closed sessions, and rows that are gone.
func (w *SessionRows) sweepWhere(sessions, rows bool) error {
	if sessions {
		m, err := w.keyGroups.sweep()
		if err != nil {
			return err
		}
		var keys []uint32
		n := 0
		for i := range w.of {
			if x := w.sessions.At(int32(i)); x.Open {
				keys = append(keys, x.Key)
				w.of[n] = w.of[i]
				n++
			}
		}
		if err := m.keep(keys); err != nil {
			m.release()
			return err
		}
		clear(w.of[n:])
		w.of = w.of[:n]
		w.swept(m)
	}
	if !rows {
		return nil
	}
	return w.rewrite()
}

// rewrite puts the rows that are left into new chunks.
func (w *SessionRows) rewrite() error {
	var all []ownedRow
	for n, refs := range w.of {
		group := w.group[w.sessions.At(int32(n)).Key]
		for _, ref := range refs {
			all = append(all, ownedRow{ref, int32(n), group})
		}
		w.of[n] = refs[:0]
	}
	return w.store.rewrite(all, func(owner int32, ref rowRef) { w.of[owner] = append(w.of[owner], ref) })
}

// Advance implements vexec.Operator: it gives the rows of sessions that end before wm.
func (w *SessionRows) Advance(wm ir.Micros, out vexec.Emitter) (ir.Micros, error) {
	wm = w.closeUpTo(wm)
	if err := w.emitClosed(out); err != nil {
		return wm, err
	}
	return handOnSessions(wm, w.op.Out.Cols[w.op.TimeCol].Type), nil
}

// emitClosed gives the rows of sessions that have been closed, those of one in the order in
// which they came.
func (w *SessionRows) emitClosed(out vexec.Emitter) error {
	closed := w.sessions.TakeClosed()
	if len(closed) == 0 {
		return nil
	}
	w.out.Reset(w.op.Out)
	w.windows = w.windows[:0]
	for _, n := range closed {
		refs := w.of[n]
		w.of[n] = nil
		slices.SortFunc(refs, compareRefs)
		for len(refs) > 0 {
			some := refs[:min(len(refs), w.maxRows-w.out.Rows)]
			refs = refs[len(some):]
			w.store.take(&w.out, some, w.group[w.sessions.At(n).Key])
			for range some {
				w.windows = append(w.windows, n)
			}
			if w.out.Rows == w.maxRows {
				if err := w.emit(out); err != nil {
					return err
				}
			}
		}
	}
	return w.emit(out)
}

// emit hands on the rows collected in out.
func (w *SessionRows) emit(out vexec.Emitter) error {
	n := w.out.Rows
	if n == 0 {
		return nil
	}
	cols := windowColumns{w.op.Out.Cols[w.op.TimeCol].Type}
	first := len(w.op.Out.Cols) - 3
	for k, kind := range []ir.WindowOutKind{ir.OutStart, ir.OutEnd, ir.OutTime} {
		v := &w.out.Cols[first+k]
		v.Reset(w.op.Out.Cols[first+k].Type, n)
		for i, s := range w.windows {
			cols.fill(v, i, kind, w.sessions.At(s).Start, w.sessions.End(s))
		}
	}
	err := out.Emit(&w.out)
	w.out.Reset(w.op.Out)
	w.windows = w.windows[:0]
	return err
}

// Seal implements vexec.Stateful.
func (w *SessionRows) Seal(uint64) error { return w.store.seal(w.rewrite) }

// Finish implements vexec.Operator: a bounded input has advanced to its end before.
func (w *SessionRows) Finish(vexec.Emitter) error { return nil }

// Close implements vexec.Operator.
func (w *SessionRows) Close() error {
	w.sessionKeys.close()
	w.store.close()
	return nil
}

var _ vexec.Stateful = (*SessionRows)(nil)
