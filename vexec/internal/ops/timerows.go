package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// timeRows is rows that wait for the watermark to pass a time of theirs.
type timeRows struct {
	rowBuffer
	timeQueue
}

// timeQueue is the numbers of rows that wait. Those that come in the order of time are in
// a line; others in a heap beside it.
type timeQueue struct {
	line  []timeRow
	first int // of line
	heap  timeHeap
	ready []int32
}

type timeRow struct {
	at  int64 // microseconds
	row int32
}

// timeHeap has the row of the least time first: each of four branches has none less than
// where they meet.
type timeHeap []timeRow

func (h *timeHeap) push(x timeRow) {
	*h = append(*h, x)
	s := *h
	i := len(s) - 1
	for i > 0 {
		up := (i - 1) / 4
		if s[up].at <= x.at {
			break
		}
		s[i] = s[up]
		i = up
	}
	s[i] = x
}

// pop takes out the first row.
func (h *timeHeap) pop() timeRow {
	s := *h
	first, x := s[0], s[len(s)-1]
	s = s[:len(s)-1]
	*h = s
	if len(s) == 0 {
		return first
	}
	i := 0
	for {
		least := 4*i + 1
		if least >= len(s) {
			break
		}
		for k := least + 1; k < min(4*i+5, len(s)); k++ {
			if s[k].at < s[least].at {
				least = k
			}
		}
		if s[least].at >= x.at {
			break
		}
		s[i] = s[least]
		i = least
	}
	s[i] = x
	return first
}

// wait has a row wait for the time at.
func (t *timeQueue) wait(at int64, row int32) {
	if n := len(t.line); n == t.first || t.line[n-1].at <= at {
		t.line = append(t.line, timeRow{at, row})
		return
	}
	t.heap.push(timeRow{at, row})
}

// waiting is how many rows wait.
func (t *timeQueue) waiting() int { return len(t.line) - t.first + len(t.heap) }

// least is the first time that a row waits for; ir.MaxMicros: none does.
func (t *timeQueue) least() int64 {
	at := int64(ir.MaxMicros)
	if t.first < len(t.line) {
		at = t.line[t.first].at
	}
	if len(t.heap) > 0 {
		at = min(at, t.heap[0].at)
	}
	return at
}

// pass returns the rows whose times are at most until, in no order; they do not wait any
// more.
func (t *timeQueue) pass(until int64) []int32 {
	t.ready = t.ready[:0]
	for t.first < len(t.line) && t.line[t.first].at <= until {
		t.ready = append(t.ready, t.line[t.first].row)
		t.first++
	}
	for len(t.heap) > 0 && t.heap[0].at <= until {
		t.ready = append(t.ready, t.heap.pop().row)
	}
	return t.ready
}

// trim gives the memory of rows back that were at the front of the line.
func (t *timeQueue) trim() {
	if t.first > slack && 2*t.first > len(t.line) {
		t.line, t.first = append([]timeRow(nil), t.line[t.first:]...), 0
	}
}

// renumber gives the rows that wait the numbers to[row], the line moved to its front.
func (t *timeQueue) renumber(to []int32) {
	n := copy(t.line, t.line[t.first:])
	t.line, t.first = t.line[:n], 0
	for i := range t.line {
		t.line[i].row = to[t.line[i].row]
	}
	for i := range t.heap {
		t.heap[i].row = to[t.heap[i].row]
	}
}

// waitingRows marks the rows that wait.
func (t *timeQueue) waitingRows(is []bool) {
	for _, w := range t.line[t.first:] {
		is[w.row] = true
	}
	for _, w := range t.heap {
		is[w.row] = true
	}
}

// tidy forgets the rows that do not wait any more when they are most of those held.
func (r *timeRows) tidy() error {
	if r.rows.Rows <= 2*r.waiting()+slack {
		return nil
	}
	is := make([]bool, r.rows.Rows)
	r.waitingRows(is)
	keep, to := make([]int32, 0, r.waiting()), make([]int32, len(is))
	for i, waits := range is {
		if waits {
			to[i] = int32(len(keep))
			keep = append(keep, int32(i))
		}
	}
	r.renumber(to)
	return r.keepOnly(keep)
}

// unsealed is the rows from sequence on that wait, or with all of any sequence, and the
// greatest time of them by times.
func (r *timeRows) unsealed(from int64, all bool, times []int64) (rows []int32, last int64) {
	is := make([]bool, r.rows.Rows)
	r.waitingRows(is)
	rows, last = []int32{}, int64(ir.MinMicros)
	for i, waits := range is {
		if waits && (all || r.seq[i] >= from) {
			rows, last = append(rows, int32(i)), max(last, times[i])
		}
	}
	return rows, last
}

// added is how many rows have come since the sequence from.
func (r *timeRows) added(from int64) int {
	n := len(r.seq)
	for n > 0 && r.seq[n-1] >= from {
		n--
	}
	return len(r.seq) - n
}

// timeSegments is a state table of rows that are dead once a time has passed. A segment is
// dropped with its last row; all that are left are written anew when most rows are dead.
type timeSegments struct {
	table vexec.Table
	parts []timeSegment
	rows  int
}

type timeSegment struct {
	id   vexec.SegmentID
	last int64 // the time of its last row
	rows int
}

// drop drops the segments of which no row has a time above until.
func (s *timeSegments) drop(until int64) {
	kept := s.parts[:0]
	for _, p := range s.parts {
		if p.last > until {
			kept = append(kept, p)
			continue
		}
		s.table.Drop(p.id)
		s.rows -= p.rows
	}
	s.parts = kept
}

// crowded reports whether the next rows should be all, of which there are so many.
func (s *timeSegments) crowded(living, added int) bool { return s.rows+added > 2*living+slack }

// add adds owned batches, whose last row is at the time last; with all they replace the others.
func (s *timeSegments) add(batches []*vexec.Batch, last int64, all bool) {
	s.addSegment(newRowSegment(batches), last, all)
}

// addSegment is add of a segment.
func (s *timeSegments) addSegment(seg vexec.Segment, last int64, all bool) {
	if all {
		s.dropAll()
	}
	if n := seg.Rows(); n > 0 {
		s.parts = append(s.parts, timeSegment{id: s.table.Add(seg), last: last, rows: n})
		s.rows += n
	}
}

func (s *timeSegments) dropAll() {
	for _, p := range s.parts {
		s.table.Drop(p.id)
	}
	s.parts, s.rows = s.parts[:0], 0
}

// passed is the greatest time that a watermark has passed where rows wait for their time plus
// lead.
func passed(wm ir.Micros, lead int64) int64 {
	switch {
	case wm == ir.MaxMicros:
		return int64(ir.MaxMicros)
	case int64(wm) < int64(ir.MinMicros)+lead:
		return int64(ir.MinMicros)
	}
	return int64(wm) - lead
}
