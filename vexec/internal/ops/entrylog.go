package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// entryLog is the state of an operator whose entries (sessions, rows that wait) change and
// go one by one. A barrier seals a row for each entry that is new or has changed; rows
// sealed before whose entries have changed or are gone are named in a second table. When
// more of them are gone than not, a barrier seals all entries anew and drops the rest. So
// what barriers write is in proportion to what has changed.
//
// The number of a row is unique among those of a key group between two restarts: after
// one, all entries are sealed anew.
type entryLog struct {
	rows, gone         vexec.Table
	rowSegs, goneSegs  []vexec.SegmentID
	next               int64
	total, dead        int     // rows in segments, and those of them that are gone
	goneSlots, goneIDs []int64 // since the last barrier
}

// fewEntries are so few that it does not pay to look whether most are gone.
const fewEntries = 256

// goneTable names the rows of the entries' table that are not state any more.
const goneTable = "gone"

var goneSchema = ir.NewSchema(
	ir.Column{Name: "$slot", Type: ir.TBigInt, NotNull: true}, // of the key group of the entry
	ir.Column{Name: "$id", Type: ir.TBigInt, NotNull: true})

func goneSpec() vexec.TableSpec {
	return vexec.TableSpec{Name: goneTable, Version: 1, Schema: goneSchema, Keys: []int{0}}
}

// sealedID names a sealed row: its key group and its number.
type sealedID struct {
	slot, id int64
}

// open returns the rows of the checkpoint that are not state.
func (l *entryLog) open(st vexec.State, rows string) (map[sealedID]bool, error) {
	l.rows, l.gone = st.Table(rows), st.Table(goneTable)
	out := map[sealedID]bool{}
	err := l.gone.Restored(func(b *vexec.Batch) error {
		for i := range b.Live() {
			r := b.Row(i)
			slot, j := b.Cols[0].At(r)
			id, k := b.Cols[1].At(r)
			out[sealedID{slot.Int64s()[j], id.Int64s()[k]}] = true
		}
		return nil
	})
	return out, err
}

// number returns the number of the next row.
func (l *entryLog) number() int64 {
	l.next++
	return l.next
}

// drop says that a sealed row is not state any more. Numbers are above 0; an entry that
// has none has not been sealed.
func (l *entryLog) drop(group uint8, id int64) {
	if id == 0 {
		return
	}
	l.goneSlots, l.goneIDs = append(l.goneSlots, slots()[group]), append(l.goneIDs, id)
	l.dead++
}

// begin begins a barrier; true: all entries are to be sealed, as if none had been.
func (l *entryLog) begin() bool {
	if 2*l.dead <= l.total+fewEntries {
		return false
	}
	for _, id := range l.rowSegs {
		l.rows.Drop(id)
	}
	for _, id := range l.goneSegs {
		l.gone.Drop(id)
	}
	*l = entryLog{rows: l.rows, gone: l.gone, next: l.next}
	return true
}

// end ends it with the rows that it seals.
func (l *entryLog) end(s vexec.Segment, rows int) {
	if rows > 0 {
		l.rowSegs = append(l.rowSegs, l.rows.Add(s))
		l.total += rows
	}
	if len(l.goneIDs) > 0 {
		l.goneSegs = append(l.goneSegs, l.gone.Add(&goneSegment{l.goneSlots, l.goneIDs}))
		l.goneSlots, l.goneIDs = nil, nil
	}
}

// goneSegment is numbers of rows.
type goneSegment struct{ slots, ids []int64 }

// Rows implements vexec.Segment.
func (s *goneSegment) Rows() int { return len(s.ids) }

// Bytes implements vexec.Segment.
func (s *goneSegment) Bytes() int64 { return int64(16 * len(s.ids)) }

// Read implements vexec.Segment.
func (s *goneSegment) Read(from, limit int, b *vexec.Batch) (int, error) {
	n := max(0, min(limit, len(s.ids)-from))
	b.Reset(goneSchema)
	b.Rows = n
	for i, x := range [][]int64{s.slots, s.ids} {
		b.Cols[i].Reset(ir.TBigInt, n)
		copy(b.Cols[i].Int64s(), x[from:from+n])
	}
	return n, nil
}

// batchSegment is rows in batches of mergeRows, the last of which may have less.
type batchSegment struct {
	batches []*vexec.Batch
	rows    int
	bytes   int64
}

// add copies the rows of a batch, of at most mergeRows, behind the others.
func (s *batchSegment) add(b *vexec.Batch) {
	own := &vexec.Batch{}
	vexec.Compact(own, b)
	s.batches = append(s.batches, own)
	s.rows += own.Rows
	s.bytes += own.MemSize()
}

// Rows implements vexec.Segment.
func (s *batchSegment) Rows() int { return s.rows }

// Bytes implements vexec.Segment.
func (s *batchSegment) Bytes() int64 { return s.bytes }

// Read implements vexec.Segment.
func (s *batchSegment) Read(from, limit int, b *vexec.Batch) (int, error) {
	if from >= s.rows {
		return 0, nil
	}
	src := s.batches[from/mergeRows]
	lo := from % mergeRows
	n := min(limit, src.Rows-lo)
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(lo + i)
	}
	b.Reset(src.Schema)
	vexec.AppendRows(b, src, rows)
	return n, nil
}
