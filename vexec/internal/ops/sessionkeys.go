package ops

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
	"github.com/helios-stream/helios/windows"
)

// keyGroups numbers the keys of rows and knows the key group of each.
type keyGroups struct {
	cols  []int
	types []*ir.Type
	mem   *vexec.Account
	keys  agg.Grouper
	group []uint8 // by key

	vecs []vexec.Vec
	ids  []uint32 // keys of the rows at hand, by physical row
	hash []uint64

	finder agg.Finder
	found  []uint32
}

func newKeyGroups(in *ir.Schema, cols []int) (keyGroups, error) {
	k := keyGroups{cols: cols, vecs: make([]vexec.Vec, len(cols))}
	for _, c := range cols {
		k.types = append(k.types, in.Cols[c].Type)
	}
	_, err := agg.NewGrouper(k.types, nil) // what cannot be a key is refused before rows come
	return k, err
}

func (k *keyGroups) open(mem *vexec.Account) (err error) {
	k.mem = mem
	k.keys, err = agg.NewGrouper(k.types, mem)
	return err
}

// intern sets ids for the selected rows of a batch, whose key columns are cols.
func (k *keyGroups) intern(b *vexec.Batch, cols []int, sel []int32) error {
	for i, c := range cols {
		k.vecs[i] = b.Cols[c]
	}
	if len(k.ids) < b.Rows {
		k.ids, k.hash = make([]uint32, max(b.Rows, mergeRows)), make([]uint64, max(b.Rows, mergeRows))
	}
	if err := k.keys.Intern(k.vecs, sel, b.Rows, k.ids); err != nil {
		return err
	}
	known := len(k.group)
	if k.keys.Groups() == known {
		return nil
	}
	k.group = append(k.group, make([]uint8, k.keys.Groups()-known)...)
	rows := *b
	rows.Sel = sel
	vexec.HashRows(&rows, cols, k.hash)
	for i := range rows.Live() {
		r := rows.Row(i)
		if id := k.ids[r]; int(id) >= known {
			k.group[id] = uint8(vexec.KeyGroup(k.hash[r]))
		}
	}
	return nil
}

// find returns, by physical row, the ids of the selected rows of a batch, whose key columns are
// cols; agg.NoGroup for those of keys that no row was interned with.
func (k *keyGroups) find(b *vexec.Batch, cols []int, sel []int32) []uint32 {
	for i, c := range cols {
		k.vecs[i] = b.Cols[c]
	}
	if k.finder == nil {
		k.finder = k.keys.Finder()
	}
	k.found = grownTo(k.found, b.Rows)
	k.finder.Find(k.vecs, sel, b.Rows, k.found)
	return k.found
}

// moved is where the keys are that a sweep keeps.
type moved struct {
	from, to keyGroups
	at       map[uint32]uint32
}

// sweep begins to make a new table of keys.
func (k *keyGroups) sweep() (*moved, error) {
	m := &moved{from: *k, to: *k, at: map[uint32]uint32{}}
	m.to.group, m.to.finder = nil, nil
	m.to.vecs = make([]vexec.Vec, len(k.cols))
	var err error
	m.to.keys, err = agg.NewGrouper(k.types, k.mem)
	return m, err
}

// keep keeps some keys, of which some may be kept already.
func (m *moved) keep(keys []uint32) error {
	m.from.keys.Keys(keys, m.to.vecs)
	if len(m.to.ids) < len(keys) {
		m.to.ids = make([]uint32, len(keys))
	}
	if err := m.to.keys.Intern(m.to.vecs, nil, len(keys), m.to.ids); err != nil {
		return err
	}
	for i, k := range keys {
		m.at[k] = m.to.ids[i]
	}
	return nil
}

// done puts the new table in place of the old one.
func (m *moved) done(k *keyGroups) {
	m.to.group = make([]uint8, m.to.keys.Groups())
	for old, now := range m.at {
		m.to.group[now] = m.from.group[old]
	}
	k.keys.Release()
	*k = m.to
}

// release gives up what has been made.
func (m *moved) release() { m.to.keys.Release() }

// sessionKeys are the sessions of the keys of rows: what all operators with sessions do.
type sessionKeys struct {
	keyGroups
	time     timeColumn
	lateness int64 // how long sessions stay open behind their ends
	sessions *windows.Sessions
	held     int64 // bytes reserved for sessions

	every, sweptAt ir.Micros // ir.Window.Sweep, and when it was last done; 0: it is not asked for
	clock          vexec.Clock

	// Of the batch at hand:
	session []uint32 // of each row that has one, by physical row
	kept    []int32  // these rows; never nil
	fates   []vexec.RowFate
}

func newSessionKeys(w ir.Window, in *ir.Schema, timeCol int, keys []int) (sessionKeys, error) {
	if w.Size <= 0 || w.Size > windows.MaxSize {
		return sessionKeys{}, fmt.Errorf("%s: a gap of %d microseconds", w.Kind, w.Size)
	}
	groups, err := newKeyGroups(in, keys)
	return sessionKeys{keyGroups: groups, time: newTimeColumn(in, timeCol), lateness: w.Lateness,
		sessions: windows.NewSessions(w.Size, int(w.Max)), kept: make([]int32, 0, 64), every: ir.Micros(w.Sweep)}, err
}

// open makes the table of keys.
func (s *sessionKeys) open(oc *vexec.OpContext) error {
	if s.every > 0 {
		s.clock, s.sweptAt = oc.Clock, oc.Clock.Now()
	}
	return s.keyGroups.open(oc.Memory)
}

// Due implements vexec.Timed: sessions that have closed are swept when the interval is over.
func (s *sessionKeys) Due() ir.Micros {
	if s.every == 0 || s.sessions.Len() == s.sessions.Live() {
		return ir.MaxMicros
	}
	return s.sweptAt + s.every
}

// isDue reports whether the interval is over, and begins a new one.
func (s *sessionKeys) isDue(now ir.Micros) bool {
	if now < s.Due() {
		return false
	}
	s.sweptAt = now
	return true
}

// put gives the rows of a batch to their sessions.
func (s *sessionKeys) put(b *vexec.Batch) error {
	s.kept, s.fates = s.kept[:0], s.fates[:0]
	if err := s.intern(b, s.cols, b.Sel); err != nil {
		return err
	}
	if len(s.session) < b.Rows {
		s.session = make([]uint32, max(b.Rows, mergeRows))
	}
	v, times, late := &b.Cols[s.time.col], s.time.read(b), b.Late
	for i := range b.Live() {
		r := int32(b.Row(i))
		if v.Null(int(r)) {
			s.reject(r, s.time.isNull)
			continue
		}
		t := times[r]
		if t < -windows.MaxTime || t > windows.MaxTime {
			s.reject(r, s.time.isFar)
			continue
		}
		mark := ir.MinMicros
		for len(late) > 0 && late[0].Row < r {
			late = late[1:]
		}
		if len(late) > 0 && late[0].Row == r {
			mark = late[0].WM.Sub(s.lateness)
		}
		n, ok := s.sessions.Put(s.ids[r], t, mark)
		if !ok {
			s.fates = append(s.fates, vexec.RowFate{Row: r, Why: vexec.FateLate})
			continue
		}
		s.session[r] = uint32(n)
		s.kept = append(s.kept, r)
	}
	return s.reserve()
}

func (s *sessionKeys) reject(r int32, reason string) {
	s.fates = append(s.fates, vexec.RowFate{Row: r, Why: vexec.FateError, Reason: reason})
}

// closeUpTo closes the sessions that nothing can change any more, and returns the watermark that
// stands for that.
func (s *sessionKeys) closeUpTo(wm ir.Micros) ir.Micros {
	wm = windows.Behind(wm, s.lateness)
	s.sessions.Close(wm)
	return wm
}

// sessionBytes is about what a session takes beside its key and its rows.
const sessionBytes = 96

// reserve accounts for the sessions that there are.
func (s *sessionKeys) reserve() error {
	want := int64(s.sessions.Len()) * sessionBytes
	if want <= s.held {
		return nil
	}
	want += want / 8
	if err := s.mem.Grow(want - s.held); err != nil {
		return err
	}
	s.held = want
	return nil
}

// crowded reports whether so many sessions and keys are gone that a sweep pays.
func (s *sessionKeys) crowded() bool {
	return max(s.sessions.Len(), s.keys.Groups()) > 2*s.sessions.Live()+fewEntries
}

// swept gives memory back and renumbers the sessions after a sweep of their keys.
func (s *sessionKeys) swept(m *moved) {
	m.done(&s.keyGroups)
	s.sessions.Renumber(func(old uint32) uint32 { return m.at[old] })
	want := int64(s.sessions.Len()) * sessionBytes
	_ = s.mem.Grow(want - s.held) // it does not grow
	s.held = want
}

// close gives all memory back.
func (s *sessionKeys) close() {
	if s.keys != nil {
		s.keys.Release()
	}
	_ = s.mem.Grow(-s.held)
	s.held = 0
}

// windowColumns are the columns of windows, as an operator gives them for sessions.
type windowColumns struct {
	timeType *ir.Type // of the event time that windows are made of
}

// fill writes one of the window's columns of a session to row i of v.
func (w windowColumns) fill(v *vexec.Vec, i int, kind ir.WindowOutKind, start, end int64) {
	switch kind {
	case ir.OutStart:
		v.Int64s()[i] = timeAs(v.Type, start)
	case ir.OutEnd:
		v.Int64s()[i] = timeAs(v.Type, end)
	default:
		v.Int64s()[i] = lastInstant(w.timeType, v.Type, end)
	}
}

// handOnSessions is the watermark for rows of sessions that are open at wm: their ends
// are not before it, and their window_time a unit before their ends.
func handOnSessions(wm ir.Micros, t *ir.Type) ir.Micros {
	if wm == ir.MaxMicros || wm == ir.MinMicros {
		return wm
	}
	return wm.Sub(power10(6 - min(t.P, 6)))
}
