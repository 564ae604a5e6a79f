package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// joinKeep is the state of one side of a join in checkpoints. A barrier seals the rows
// that have come since the last one, and notes about rows that were sealed before:
// which were taken back, and which have a pair by now or none any more. Both go when their
// rows are freed; when most are out of date all are sealed anew.
//
// The number of a row is unique among those of a key group between two restarts: after
// one, all rows are sealed anew.
type joinKeep struct {
	on          bool // somebody will read it
	schema      *ir.Schema
	rowsName    string
	notesName   string
	rows, notes timeSegments
	fresh       []joinNote // since the last barrier
	next        int64      // number of the last row
}

// joinNote is what became of a row that has been sealed.
type joinNote struct {
	slot, id int64
	what     joinFact
	last     int64 // when the row's chunk is freed
}

type joinFact int64

const (
	factAlone joinFact = iota
	factPaired
	factGone
)

// The columns of a row of state before its own.
const (
	joinID     = 0 // BIGINT
	joinMark   = 1 // TIMESTAMP: its late mark
	joinFree   = 2 // TIMESTAMP: when it is freed, where that is not seen from the row
	joinPaired = 3 // BOOLEAN
	joinHead   = 4
)

var joinNoteSchema = ir.NewSchema(
	ir.Column{Name: "$slot", Type: ir.TBigInt, NotNull: true}, // of the key group of the row
	ir.Column{Name: "$id", Type: ir.TBigInt, NotNull: true},
	ir.Column{Name: "$is", Type: ir.TBigInt, NotNull: true})

func (k *joinKeep) init(in *ir.Schema, side string) {
	k.rowsName, k.notesName = side, side+" notes"
	k.schema = ir.NewSchema(ir.Column{Name: "$id", Type: ir.TBigInt, NotNull: true}, ir.Column{Name: "$mark", Type: ir.TTimestamp},
		ir.Column{Name: "$free", Type: ir.TTimestamp}, ir.Column{Name: "$paired", Type: ir.TBoolean, NotNull: true})
	k.schema.Cols = append(k.schema.Cols, in.Cols...)
}

func (k *joinKeep) tables(keys []int) []vexec.TableSpec {
	rows := vexec.TableSpec{Name: k.rowsName, Version: 1, Schema: k.schema}
	for _, c := range keys {
		rows.Keys = append(rows.Keys, joinHead+c)
	}
	return []vexec.TableSpec{rows, {Name: k.notesName, Version: 1, Schema: joinNoteSchema, Keys: []int{0}}}
}

func (k *joinKeep) open(oc *vexec.OpContext) {
	k.on = !oc.NoRestart
	k.rows.table, k.notes.table = oc.State.Table(k.rowsName), oc.State.Table(k.notesName)
}

// note remembers whether a row has a pair, if it has been sealed.
func (k *joinKeep) note(c *joinChunk, i uint32, group uint8, paired bool) {
	what := factAlone
	if paired {
		what = factPaired
	}
	k.say(c, i, group, what)
}

// forget remembers that a row was taken back, if it has been sealed.
func (k *joinKeep) forget(c *joinChunk, i uint32, group uint8) { k.say(c, i, group, factGone) }

func (k *joinKeep) say(c *joinChunk, i uint32, group uint8, what joinFact) {
	if k.on && c.base > 0 {
		k.fresh = append(k.fresh, joinNote{slots()[group], c.base + int64(i), what, c.last})
	}
}

// seal ends an epoch for the rows of a side.
func (s *joinRows) seal() {
	k := &s.keep
	if !k.on {
		return
	}
	added := 0
	for _, c := range s.chunks {
		if c.base == 0 {
			added += c.batch.Rows
		}
	}
	all := k.rows.rows+k.notes.rows+len(k.fresh)+added > 2*(s.rows-s.dead)+slack
	if all {
		k.fresh = nil
	}
	seg := &joinSegment{schema: k.schema}
	last := int64(ir.MinMicros)
	for _, c := range s.chunks {
		if c.base == 0 || all {
			c.full, c.base = true, k.next+1
			k.next += int64(c.batch.Rows)
			seg.add(s, c)
			last = max(last, c.last)
		}
	}
	k.rows.addSegment(seg, last, all)
	k.sealNotes(all)
}

func (k *joinKeep) sealNotes(all bool) {
	seg := &noteSegment{notes: k.fresh}
	last := int64(ir.MinMicros)
	for i := range k.fresh {
		last = max(last, k.fresh[i].last)
	}
	k.notes.addSegment(seg, last, all)
	k.fresh = nil
}

// noteSegment is notes.
type noteSegment struct{ notes []joinNote }

// Rows implements vexec.Segment.
func (s *noteSegment) Rows() int { return len(s.notes) }

// Bytes implements vexec.Segment.
func (s *noteSegment) Bytes() int64 { return int64(32 * len(s.notes)) }

// Read implements vexec.Segment.
func (s *noteSegment) Read(from, limit int, b *vexec.Batch) (int, error) {
	n := max(0, min(limit, len(s.notes)-from))
	b.Reset(joinNoteSchema)
	b.Rows = n
	for c := range b.Cols {
		b.Cols[c].Reset(ir.TBigInt, n)
	}
	for i, x := range s.notes[from : from+n] {
		b.Cols[0].Int64s()[i], b.Cols[1].Int64s()[i], b.Cols[2].Int64s()[i] = x.slot, x.id, int64(x.what)
	}
	return n, nil
}

// joinSegment is rows of chunks, with what is known of them.
type joinSegment struct {
	schema *ir.Schema
	parts  []joinPart
	rows   int
	bytes  int64
}

type joinPart struct {
	batch  *vexec.Batch
	rows   []int32
	base   int64
	marks  []ir.Micros
	paired rowBits
	free   int64
}

// add adds the rows of a chunk that were not taken back.
func (s *joinSegment) add(rows *joinRows, c *joinChunk) {
	p := joinPart{batch: c.batch, base: c.base, marks: c.marks, paired: append(rowBits(nil), c.paired...), free: c.last}
	for i := range uint32(c.batch.Rows) {
		if !c.gone.has(i) {
			p.rows = append(p.rows, int32(i))
		}
	}
	if len(p.rows) == 0 {
		return
	}
	s.parts = append(s.parts, p)
	s.rows += len(p.rows)
	s.bytes += c.bytes
}

// Rows implements vexec.Segment.
func (s *joinSegment) Rows() int { return s.rows }

// Bytes implements vexec.Segment.
func (s *joinSegment) Bytes() int64 { return s.bytes }

// Read implements vexec.Segment.
func (s *joinSegment) Read(from, limit int, b *vexec.Batch) (int, error) {
	for i := range s.parts {
		p := &s.parts[i]
		if from >= len(p.rows) {
			from -= len(p.rows)
			continue
		}
		rows := p.rows[from:min(len(p.rows), from+limit)]
		b.Reset(s.schema)
		own := *b
		own.Cols = b.Cols[joinHead:]
		vexec.AppendRows(&own, p.batch, rows)
		b.Rows = len(rows)
		p.head(b, rows)
		return len(rows), nil
	}
	return 0, nil
}

// head writes the columns before the row's own.
func (p *joinPart) head(b *vexec.Batch, rows []int32) {
	n := len(rows)
	id, mark, free, paired := &b.Cols[joinID], &b.Cols[joinMark], &b.Cols[joinFree], &b.Cols[joinPaired]
	id.Reset(ir.TBigInt, n)
	mark.Reset(ir.TTimestamp, n)
	free.Reset(ir.TTimestamp, n)
	paired.Reset(ir.TBoolean, n)
	for i, r := range rows {
		id.Int64s()[i], free.Int64s()[i] = p.base+int64(r), p.free
		if p.marks == nil || p.marks[r] == ir.MinMicros {
			mark.Int64s()[i] = 0
			mark.SetNull(i, n)
		} else {
			mark.Int64s()[i] = int64(p.marks[r])
		}
		if p.paired.has(uint32(r)) {
			vexec.SetBit(paired.Data, i)
		}
	}
}
