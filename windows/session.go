package windows

import (
	"container/heap"

	"github.com/helios-stream/helios/ir"
)

// Sessions are the open sessions of keys, which are small numbers. A session [start, end)
// is made of rows of one key, each at most gap behind the one before; its end is gap
// behind its last. Rows come in the order of their source, and decide together with
// their marks alone what the sessions are: never the watermark that has happened to
// reach the operator.
//
// A row that is behind the watermark finds the sessions closed that the watermark had
// reached the end of, and is late where it touches no open one and its own would have
// closed, too. A row that is not behind joins what it touches: so rows that are gap apart
// share a session whatever rows of other keys come between them. A session can therefore
// go out once the watermark is past its end: a row at the end may join it until then.
type Sessions struct {
	gap    int64
	max    int // most that are open at once; 0: any number
	list   []Session
	head   []int32 // by key: its earliest open session; none
	live   int
	next   uint64
	queue  sessionQueue
	closed []int32
	merged []Merge
	early  int64
}

// Session is one session. Its number in Sessions stays the same until Renumber.
type Session struct {
	Start, Last int64 // event time of its first and last row
	Key         uint32
	Seq         uint64 // sessions in the order in which they began
	Open        bool
	next        int32 // the key's next open session by start; none
}

// Merge says that the rows of the session From are those of To now.
type Merge struct{ From, To int32 }

const none = int32(-1)

// NewSessions returns the sessions of a gap in microseconds, of which at most max (0: any
// number) are open at once.
func NewSessions(gap int64, max int) *Sessions { return &Sessions{gap: gap, max: max} }

// Len is how many numbers have been given, Live how many of these sessions are open.
func (s *Sessions) Len() int  { return len(s.list) }
func (s *Sessions) Live() int { return s.live }

// Early is how many sessions were closed because of the bound on their number.
func (s *Sessions) Early() int64 { return s.early }

// At is session number n; it may be closed.
func (s *Sessions) At(n int32) *Session { return &s.list[n] }

// End is where a session ends.
func (s *Sessions) End(n int32) int64 { return s.list[n].Last + s.gap }

// Put takes a row of a key and returns the number of its session; false: it is late. mark
// is the watermark that the row is behind; MinMicros: it is behind none. What it closed and
// merged is in TakeClosed and TakeMerged.
func (s *Sessions) Put(key uint32, t int64, mark ir.Micros) (n int32, ok bool) {
	for int(key) >= len(s.head) {
		s.head = append(s.head, none)
	}
	behind := mark != ir.MinMicros
	if behind {
		s.closeOf(key, int64(mark))
	}
	at, before := s.head[key], none
	for at != none && s.list[at].Last+s.gap < t {
		at, before = s.list[at].next, at
	}
	if at != none && s.list[at].Start-s.gap <= t {
		s.extend(at, t)
		return at, true
	}
	if behind && t+s.gap <= int64(mark) {
		return none, false
	}
	if s.max > 0 && s.live >= s.max {
		s.closeOldest()
		return s.begin(key, t, t, s.nextSeq()), true // what was before may be closed now
	}
	return s.insert(before, key, t, t, s.nextSeq()), true
}

// extend adds a row to session n, which it touches, and merges it with those behind that
// it touches then.
func (s *Sessions) extend(n int32, t int64) {
	x := &s.list[n]
	x.Start = min(x.Start, t)
	if t <= x.Last {
		return
	}
	x.Last = t
	for x.next != none && s.list[x.next].Start <= x.Last+s.gap {
		y := &s.list[x.next]
		s.merged = append(s.merged, Merge{From: x.next, To: n})
		x.Last, x.Seq, x.next = max(x.Last, y.Last), min(x.Seq, y.Seq), y.next
		y.Open = false
		s.live--
	}
}

func (s *Sessions) nextSeq() uint64 {
	s.next++
	return s.next
}

// Begin opens a session that touches no other of its key: one that was there before.
func (s *Sessions) Begin(key uint32, start, last int64, seq uint64) int32 {
	for int(key) >= len(s.head) {
		s.head = append(s.head, none)
	}
	s.next = max(s.next, seq)
	return s.begin(key, start, last, seq)
}

func (s *Sessions) begin(key uint32, start, last int64, seq uint64) int32 {
	at, before := s.head[key], none
	for at != none && s.list[at].Start < start {
		at, before = s.list[at].next, at
	}
	return s.insert(before, key, start, last, seq)
}

// insert puts a new session behind another of its key; none: before all.
func (s *Sessions) insert(before int32, key uint32, start, last int64, seq uint64) int32 {
	n := int32(len(s.list))
	to := &s.head[key]
	if before != none {
		to = &s.list[before].next
	}
	x := Session{Start: start, Last: last, Key: key, Seq: seq, Open: true, next: *to}
	*to = n
	s.list = append(s.list, x)
	s.live++
	heap.Push(&s.queue, quiet{end: last + s.gap, seq: seq, n: n})
	return n
}

// closeOf closes the sessions of a key that end up to wm.
func (s *Sessions) closeOf(key uint32, wm int64) {
	to := &s.head[key]
	for n := *to; n != none; n = *to {
		x := &s.list[n]
		if x.Last+s.gap > wm {
			to = &x.next
			continue
		}
		*to = x.next
		s.end(n)
	}
}

func (s *Sessions) end(n int32) {
	s.list[n].Open = false
	s.live--
	s.closed = append(s.closed, n)
}

// unlink closes any session.
func (s *Sessions) unlink(n int32) {
	to := &s.head[s.list[n].Key]
	for *to != n {
		to = &s.list[*to].next
	}
	*to = s.list[n].next
	s.end(n)
}

// Close closes the sessions that end before wm. Those that end at it stay: a row at wm may
// still join them.
func (s *Sessions) Close(wm ir.Micros) {
	for {
		n, ok := s.first()
		if !ok || wm != ir.MaxMicros && s.End(n) >= int64(wm) {
			return
		}
		heap.Pop(&s.queue)
		s.unlink(n)
	}
}

// closeOldest closes the session that has had no row for longest, in event time.
func (s *Sessions) closeOldest() {
	if n, ok := s.first(); ok {
		heap.Pop(&s.queue)
		s.unlink(n)
		s.early++
	}
}

// FirstEnd is when the open session ends that ends first; ok is false where none is open.
func (s *Sessions) FirstEnd() (end int64, ok bool) {
	n, ok := s.first()
	if !ok {
		return 0, false
	}
	return s.End(n), true
}

// first is the open session that ends first; it stands first in the queue then.
func (s *Sessions) first() (int32, bool) {
	for len(s.queue) > 0 {
		q := &s.queue[0]
		x := &s.list[q.n]
		switch end := x.Last + s.gap; {
		case !x.Open:
			heap.Pop(&s.queue)
		case end != q.end || x.Seq != q.seq:
			q.end, q.seq = end, x.Seq
			heap.Fix(&s.queue, 0)
		default:
			return q.n, true
		}
	}
	return none, false
}

// TakeClosed and TakeMerged return what has been closed and merged since they were called
// last, in order. The slices are valid until the next row.
func (s *Sessions) TakeClosed() []int32 {
	out := s.closed
	s.closed = s.closed[:0]
	return out
}

func (s *Sessions) TakeMerged() []Merge {
	out := s.merged
	s.merged = s.merged[:0]
	return out
}

// Renumber forgets the closed sessions: open ones get the numbers from 0 on in the order
// of those they had. key returns the new number of a key.
func (s *Sessions) Renumber(key func(old uint32) uint32) {
	old := s.list
	s.list, s.head, s.queue, s.live = make([]Session, 0, s.live), nil, nil, 0
	for i := range old {
		if x := &old[i]; x.Open {
			s.Begin(key(x.Key), x.Start, x.Last, x.Seq)
		}
	}
}

// quiet is an open session in the queue, with the end that it had when it was put there.
type quiet struct {
	end int64
	seq uint64
	n   int32
}

// sessionQueue has the session first that ends first, and of those the one that began first.
type sessionQueue []quiet

func (q sessionQueue) Len() int { return len(q) }
func (q sessionQueue) Less(i, j int) bool {
	return q[i].end < q[j].end || q[i].end == q[j].end && q[i].seq < q[j].seq
}
func (q sessionQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *sessionQueue) Push(x any)   { *q = append(*q, x.(quiet)) }
func (q *sessionQueue) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}
