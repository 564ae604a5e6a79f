package vexec

import "github.com/helios-stream/helios/ir"

// RowKind is the change that a row of an updating relation carries.
type RowKind int8

// The change kinds.
const (
	Insert       RowKind = iota // +I
	UpdateBefore                // -U
	UpdateAfter                 // +U
	Delete                      // -D
)

// String is the kind as a changelog prints it.
func (k RowKind) String() string { return [...]string{"+I", "-U", "+U", "-D"}[k] }

// Sign is +1 for a row that comes and -1 for one that goes.
func (k RowKind) Sign() int8 {
	if k == UpdateBefore || k == Delete {
		return -1
	}
	return 1
}

// LateMark says that the physical row Row was strictly behind the watermark WM of
// its relation when it arrived. A window [s, e) of the row had closed just when
// WM >= e. Rows without a mark are behind no window's end.
type LateMark struct {
	Row int32
	WM  ir.Micros
}

// Batch is up to MaxRows live rows, lent down one chain and touched by one
// goroutine. Its columns are valid until the call that it was lent to returns.
type Batch struct {
	Schema *ir.Schema
	Cols   []Vec
	Rows   int        // physical rows in each column
	Sel    []int32    // positions of the live rows, strictly increasing; nil = all; replaced, never written through
	Kind   []RowKind  // per physical row; nil = all Insert
	Ord    []uint64   // place of each row in the order of arrival, below 1<<63; nil unless the plan asks
	Late   []LateMark // by Row, increasing; may name rows that are not live any more; nil = none
	Part   int32      // source partition that all rows came from; -1 = mixed

	offered *Batch // the batch itself, where its memory may be kept; a copy of it does not say so of its own
	kept    bool
}

// Offer lets an operator that b is lent to as it is keep its memory (Keep). It is called by
// the one owner of b, who asks Kept before the memory is used again.
func (b *Batch) Offer() { b.offered, b.kept = b, false }

// Keep reports whether the columns of b stay as they are for as long as somebody has them,
// which is so where b was offered, all of its rows are live, all columns are Flat, and their
// memory is not much larger than they are. Nobody writes to it any more. This spares operators
// that keep rows a copy of each.
func (b *Batch) Keep() bool {
	if b.offered != b || b.Sel != nil || !b.flat() || 2*b.columnBytes(true) > 3*b.columnBytes(false) {
		return false
	}
	b.kept = true
	return true
}

func (b *Batch) flat() bool {
	for c := range b.Cols {
		if b.Cols[c].Enc != Flat {
			return false
		}
	}
	return true
}

// Kept reports whether somebody keeps the memory of b since it was offered, and ends the offer.
func (b *Batch) Kept() bool {
	b.offered = nil
	return b.kept
}

// Live is the number of live rows.
func (b *Batch) Live() int {
	if b.Sel != nil {
		return len(b.Sel)
	}
	return b.Rows
}

// Row returns the physical position of live row i.
func (b *Batch) Row(i int) int {
	if b.Sel != nil {
		return int(b.Sel[i])
	}
	return i
}

// KindOf returns the change kind of the physical row i.
func (b *Batch) KindOf(i int) RowKind {
	if b.Kind == nil {
		return Insert
	}
	return b.Kind[i]
}

// Values returns the live row i as values, for printing and tests.
func (b *Batch) Values(i int) []ir.Value {
	out := make([]ir.Value, len(b.Cols))
	r := b.Row(i)
	for c := range b.Cols {
		out[c] = b.Cols[c].Value(r)
	}
	return out
}

// Reset makes b an empty batch of the schema, keeping its memory.
func (b *Batch) Reset(s *ir.Schema) {
	b.Schema, b.Rows, b.Sel, b.Kind, b.Ord, b.Late, b.Part = s, 0, nil, nil, nil, nil, -1
	b.offered, b.kept = nil, false
	b.Cols = growKids(b.Cols, len(s.Cols))
}
