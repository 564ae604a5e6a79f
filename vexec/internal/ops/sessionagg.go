package ops

import (
	"errors"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
	"github.com/helios-stream/helios/vexec/internal/expr"
)

// SessionAgg is ir.WindowAggOp for sessions: aggregates by session. It takes the rows of
// a key in the order of their source. A session has a cell in accs, by its number; when it
// is merged into another its cell is added to that one's.
//
// A row with an argument that cannot be computed is in its session as others are, and in
// none of its aggregates. A session that has no other rows gives none.
type SessionAgg struct {
	op *ir.WindowAggOp
	sessionKeys
	in    *aggInput
	accs  *agg.Set
	emit  emitter
	row   *ir.Schema // of the state
	log   entryLog
	state []vexec.Vec
	batch vexec.Batch // rows of state

	changing *sessionChanges // nil: each session is given once, when it has closed

	added   RowCount
	filled  []bool  // by session: a row is in its aggregates
	sealed  []int64 // by session: the number of its sealed row; 0: none
	changed []bool  // by session: since it was sealed
	changes []int32 // sessions that have changed
}

const sessionsTable = "sessions"

// The first columns of a session's state, before its keys and states.
const (
	sessionID = iota
	sessionSeq
	sessionStart
	sessionLast
	sessionFilled
	sessionShownStart // NULL: its result is not out; else the session as it is out
	sessionShownEnd
	sessionHead
)

// newSessionAgg returns the operator over rows of the schema in.
func newSessionAgg(o *ir.WindowAggOp, in *ir.Schema) (*SessionAgg, error) {
	a := &SessionAgg{op: o, emit: emitter{out: o.Out, keys: make([]vexec.Vec, len(o.Keys)), finals: make([]vexec.Vec, len(o.Aggs))}}
	var err error
	if a.sessionKeys, err = newSessionKeys(o.Window, o.In, o.TimeCol, o.Keys); err != nil {
		return nil, err
	}
	if a.in, err = newAggInput(o.Keys, o.Aggs, in); err != nil {
		return nil, err
	}
	if a.accs, err = agg.NewSet(o.Aggs, nil); err != nil {
		return nil, err
	}
	a.row = ir.NewSchema(
		ir.Column{Name: "$id", Type: ir.TBigInt, NotNull: true},
		ir.Column{Name: "$seq", Type: ir.TBigInt, NotNull: true},
		ir.Column{Name: "$start", Type: ir.TTimestamp, NotNull: true},
		ir.Column{Name: "$last", Type: ir.TTimestamp, NotNull: true},
		ir.Column{Name: "$filled", Type: ir.TBoolean, NotNull: true},
		ir.Column{Name: "$shown_start", Type: ir.TTimestamp},
		ir.Column{Name: "$shown_end", Type: ir.TTimestamp})
	for _, k := range o.Keys {
		a.row.Cols = append(a.row.Cols, o.In.Cols[k])
	}
	for _, types := range ir.AggStates(o.Aggs) {
		for _, t := range types {
			a.row.Cols = append(a.row.Cols, ir.Column{Name: "$state", Type: t})
		}
	}
	if o.Emit != ir.Once {
		a.changing = newSessionChanges(o)
	}
	return a, nil
}

// stateKeys are the columns of a session's keys in its state.
func (a *SessionAgg) stateKeys() []int {
	cols := make([]int, len(a.cols))
	for i := range cols {
		cols[i] = sessionHead + i
	}
	return cols
}

// Tables implements vexec.Stateful.
func (a *SessionAgg) Tables() []vexec.TableSpec {
	return []vexec.TableSpec{{Name: sessionsTable, Version: 2, Schema: a.row, Keys: a.stateKeys()}, goneSpec()}
}

// Open implements vexec.Operator.
func (a *SessionAgg) Open(oc *vexec.OpContext) (err error) {
	a.in.setClock(oc.Clock)
	a.emit.maxRows = max(1, oc.MaxRows)
	if err := a.sessionKeys.open(oc); err != nil {
		return err
	}
	if a.accs, err = agg.NewSet(a.op.Aggs, oc.Memory); err != nil {
		return err
	}
	a.state = make([]vexec.Vec, a.accs.StateWidth())
	gone, err := a.log.open(oc.State, sessionsTable)
	if err != nil {
		return err
	}
	err = a.log.rows.Restored(func(b *vexec.Batch) error { return a.restore(b, gone) })
	if a.changing != nil {
		a.changing.renumber(a)
	}
	return err
}

// restore takes sessions of a checkpoint.
func (a *SessionAgg) restore(b *vexec.Batch, gone map[sealedID]bool) error {
	cols := a.stateKeys()
	if err := a.intern(b, cols, b.Sel); err != nil {
		return err
	}
	a.session = slices.Grow(a.session[:0], b.Rows)[:b.Rows]
	a.kept = a.kept[:0]
	at := func(col, r int) int64 {
		v, i := b.Cols[col].At(r)
		return v.Int64s()[i]
	}
	for i := range b.Live() {
		r := b.Row(i)
		key := a.ids[r]
		if gone[sealedID{slots()[a.group[key]], at(sessionID, r)}] {
			continue
		}
		n := a.sessions.Begin(key, at(sessionStart, r), at(sessionLast, r), uint64(at(sessionSeq, r)))
		a.session[r] = uint32(n)
		a.kept = append(a.kept, int32(r))
		a.note(n)
		a.filled[n] = b.Cols[sessionFilled].Bool(r)
		if a.changing != nil && !b.Cols[sessionShownStart].Null(r) {
			a.changing.shown[n] = shownSession{true, at(sessionShownStart, r), at(sessionShownEnd, r)}
		}
	}
	if err := errors.Join(a.reserve(), a.accs.Grow(a.sessions.Len())); err != nil {
		return err
	}
	a.accs.Merge(b.Cols[sessionHead+len(a.cols):], a.session, a.kept, b.Rows)
	return nil
}

// note remembers that a session has changed.
func (a *SessionAgg) note(n int32) {
	for len(a.changed) <= int(n) {
		a.changed, a.sealed, a.filled = append(a.changed, false), append(a.sealed, 0), append(a.filled, false)
		if a.changing != nil {
			a.changing.grow()
		}
	}
	if !a.changed[n] {
		a.changed[n] = true
		a.changes = append(a.changes, n)
	}
}

// Push implements vexec.Operator.
func (a *SessionAgg) Push(port int, b *vexec.Batch, out vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	if err := a.sweep(); err != nil {
		return err
	}
	if err := a.in.bind(b, b.Sel); err != nil {
		return expr.Halves(b, err, func(half *vexec.Batch) error { return a.Push(port, half, out) })
	}
	if err := a.put(b); err != nil {
		return err
	}
	if err := a.accs.Grow(a.sessions.Len()); err != nil {
		return err
	}
	for _, r := range a.kept {
		a.note(int32(a.session[r]))
	}
	merged := a.sessions.TakeMerged()
	if a.changing != nil {
		a.changing.before(a, merged)
	}
	a.dropBad()
	if len(a.kept) > 0 {
		a.accs.Update(a.in.narrow(a.kept, b.Rows), a.session, a.kept, b.Rows)
	}
	for _, r := range a.kept {
		a.filled[a.session[r]] = true
	}
	a.added.Grouped += int64(len(a.kept))
	for _, m := range merged {
		a.merge(m.From, m.To)
	}
	if len(a.fates) > 0 {
		if err := out.Reject(b, a.fates); err != nil {
			return err
		}
	}
	lost := a.emit.lost
	var err error
	if a.changing != nil {
		err = a.changing.after(a, out)
	} else {
		err = a.emitClosed(out)
	}
	a.added.Lost += a.emit.lost - lost
	return err
}

// dropBad takes the rows out of kept whose arguments cannot be computed.
func (a *SessionAgg) dropBad() {
	errs := &a.in.errs
	if errs.Len() == 0 {
		return
	}
	kept := a.kept
	for _, f := range errs.Fates() {
		for len(kept) > 0 && kept[0] < f.Row {
			kept = kept[1:]
		}
		if len(kept) > 0 && kept[0] == f.Row { // else it is late, and just that
			a.fates = append(a.fates, f)
		}
	}
	a.kept = errs.Without(a.kept, 0, a.kept)
}

// merge adds the cell of a session to another one's.
func (a *SessionAgg) merge(from, to int32) {
	a.note(to)
	a.note(from) // which has a place for the number of its sealed row then
	a.accs.State([]uint32{uint32(from)}, a.state)
	a.accs.Merge(a.state, []uint32{uint32(to)}, nil, 1)
	a.filled[to] = a.filled[to] || a.filled[from]
	a.forget(from)
}

// forget drops what has been sealed of a session that is no more.
func (a *SessionAgg) forget(n int32) {
	a.log.drop(a.group[a.sessions.At(n).Key], a.sealed[n])
	a.sealed[n] = 0
}

// Advance implements vexec.Operator: it emits the sessions that end before wm.
func (a *SessionAgg) Advance(wm ir.Micros, out vexec.Emitter) (ir.Micros, error) {
	if a.changing != nil {
		return wm, a.changing.advance(a, wm, out)
	}
	wm = a.closeUpTo(wm)
	if err := a.emitClosed(out); err != nil {
		return wm, err
	}
	return handOnSessions(wm, a.op.In.Cols[a.op.TimeCol].Type), nil
}

// emitClosed emits the sessions that have been closed.
func (a *SessionAgg) emitClosed(out vexec.Emitter) error {
	closed := a.sessions.TakeClosed()
	for _, n := range closed {
		a.forget(n)
	}
	closed = slices.DeleteFunc(closed, func(n int32) bool { return !a.filled[n] })
	cols := windowColumns{a.op.In.Cols[a.op.TimeCol].Type}
	for len(closed) > 0 {
		some := closed[:min(len(closed), a.emit.maxRows)]
		closed = closed[len(some):]
		cells, keys := make([]uint32, len(some)), make([]uint32, len(some))
		for i, n := range some {
			cells[i], keys[i] = uint32(n), a.sessions.At(n).Key
		}
		end := func(i int) int64 { return a.sessions.End(some[i]) }
		err := a.emit.some(a.keys, a.accs, keys, cells, end, func(i int, v *vexec.Vec) {
			switch o := a.op.Layout[i]; o.Kind {
			case ir.OutKey:
				*v = a.emit.keys[o.Index]
			case ir.OutAgg:
				*v = a.emit.finals[o.Index]
			default:
				v.Reset(a.op.Out.Cols[i].Type, len(some))
				for j, n := range some {
					cols.fill(v, j, o.Kind, a.sessions.At(n).Start, a.sessions.End(n))
				}
			}
		}, out)
		if err != nil {
			return err
		}
	}
	return nil
}

// Counted implements RowCounter.
func (a *SessionAgg) Counted() RowCount { return a.added }

// Finish implements vexec.Operator: a bounded input has advanced to its end before.
func (a *SessionAgg) Finish(vexec.Emitter) error { return nil }

// Close implements vexec.Operator.
func (a *SessionAgg) Close() error {
	a.sessionKeys.close()
	if a.accs != nil {
		a.accs.Release()
	}
	return nil
}

var _ vexec.Stateful = (*SessionAgg)(nil)
