package ops

import (
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// rowBuffer holds copies of rows by columns, in the order of arrival. A row's number is its
// place until the next keepOnly; its sequence stays, through restarts too.
type rowBuffer struct {
	rows vexec.Batch
	seq  []int64 // by row, increasing
	part []int32 // by row: the number of its source's partition; nil: all are of partition 0, or of none that is known
	next int64   // the sequence of the next row
	mem  *vexec.Account
	held int64 // what is reserved in mem
}

func (r *rowBuffer) open(s *ir.Schema, mem *vexec.Account) {
	r.rows.Reset(s)
	r.mem = mem
}

// add appends the rows of sel (nil: all) and returns the number of the first.
func (r *rowBuffer) add(b *vexec.Batch, sel []int32) (first int, err error) {
	first = r.rows.Rows
	vexec.AppendRows(&r.rows, b, sel)
	r.rows.Late, r.rows.Kind, r.rows.Ord, r.rows.Part = nil, nil, nil, -1
	for len(r.seq) < r.rows.Rows {
		r.seq = append(r.seq, r.next)
		r.next++
	}
	r.mark(first, max(0, b.Part))
	return first, r.account()
}

// mark says that the rows from first on are of the partition.
func (r *rowBuffer) mark(first int, part int32) {
	if r.part == nil && part == 0 {
		return
	}
	if r.part == nil {
		r.part = make([]int32, first, len(r.seq))
	}
	for len(r.part) < len(r.seq) {
		r.part = append(r.part, part)
	}
}

// partOf is the partition of a row.
func (r *rowBuffer) partOf(row int32) int32 {
	if r.part == nil {
		return 0
	}
	return r.part[row]
}

// account reserves what the rows take.
func (r *rowBuffer) account() error {
	now := r.rows.MemSize() + 8*int64(len(r.seq)) + 4*int64(len(r.part))
	if err := r.mem.Grow(now - r.held); err != nil {
		return err
	}
	r.held = now
	return nil
}

// keepOnly forgets all rows but those of keep, which is increasing and not nil: the row
// that was keep[i] is number i now.
func (r *rowBuffer) keepOnly(keep []int32) error {
	var fresh vexec.Batch
	fresh.Reset(r.rows.Schema)
	vexec.AppendRows(&fresh, &r.rows, keep)
	fresh.Part = -1
	seq, part := make([]int64, len(keep)), r.part
	for i, k := range keep {
		seq[i] = r.seq[k]
	}
	if part != nil {
		part = make([]int32, len(keep))
		for i, k := range keep {
			part[i] = r.part[k]
		}
	}
	r.rows, r.seq, r.part = fresh, seq, part
	return r.account()
}

func (r *rowBuffer) close() {
	r.rows, r.seq, r.part, r.held = vexec.Batch{}, nil, nil, 0
	r.mem.Close()
}

// seqBits is how many bits a sequence has in the state, below the row's partition.
const seqBits = 44

// seqColumn stands before a row's columns where the row is state: its sequence and partition.
var seqColumn = ir.Column{Name: "$seq", Type: ir.TBigInt, NotNull: true}

// bufferSchema is the schema of rows of s that are state.
func bufferSchema(s *ir.Schema) *ir.Schema {
	return ir.NewSchema(append([]ir.Column{seqColumn}, s.Cols...)...)
}

// sealed is an owned copy of some rows with their sequences, in parts.
func (r *rowBuffer) sealed(schema *ir.Schema, rows []int32) (parts []*vexec.Batch) {
	for lo := 0; lo < len(rows); lo += mergeRows {
		some := rows[lo:min(lo+mergeRows, len(rows))]
		seq := vexec.NewVec(ir.TBigInt, r.rows.Rows)
		for _, i := range some {
			seq.Int64s()[i] = int64(r.partOf(i))<<seqBits | r.seq[i]
		}
		view := vexec.Batch{Schema: schema, Cols: append([]vexec.Vec{seq}, r.rows.Cols...), Rows: r.rows.Rows, Part: -1}
		own := &vexec.Batch{}
		own.Reset(schema)
		vexec.AppendRows(own, &view, some)
		parts = append(parts, own)
	}
	return parts
}

// restore reads sealed rows, of which keep says which count (nil: all), and puts them into
// the order of their sequences.
func (r *rowBuffer) restore(t vexec.Table, keep func(b *vexec.Batch, row int) bool) error {
	var seq []int64
	err := t.Restored(func(b *vexec.Batch) error {
		sel := make([]int32, 0, b.Live())
		for i := range b.Live() {
			if row := b.Row(i); keep == nil || keep(b, row) {
				v, j := b.Cols[0].At(row)
				sel, seq = append(sel, int32(row)), append(seq, v.Int64s()[j])
			}
		}
		view := vexec.Batch{Schema: r.rows.Schema, Cols: b.Cols[1:], Rows: b.Rows, Part: -1}
		_, err := r.add(&view, sel)
		return err
	})
	if err != nil || len(seq) == 0 {
		return err
	}
	order := make([]int32, len(seq))
	for i := range order {
		order[i] = int32(i)
	}
	const low = 1<<seqBits - 1
	slices.SortStableFunc(order, func(a, b int32) int { return compareInts(seq[a]&low, seq[b]&low) })
	if err := r.keepOnly(order); err != nil {
		return err
	}
	r.part = nil
	for i, o := range order {
		r.seq[i] = seq[o] & low
		r.part = append(r.part, int32(seq[o]>>seqBits))
	}
	r.next = r.seq[len(r.seq)-1] + 1
	return r.account()
}

func compareInts(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
