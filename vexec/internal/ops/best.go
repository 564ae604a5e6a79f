package ops

import (
	"math"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// best finds the first n rows of an order among those that come: of rows that are equal the
// earlier ones. It holds up to twice as many.
type best struct {
	rowBuffer
	n      int64
	sorter sorter
	worst  int32 // the row that is the last of the first n as far as has been seen; -1: there are not so many yet
	passed []int32
	order  []int32
}

// spareRows is how many rows more than wanted are held at least before they are sorted.
const spareRows = 1024

func (t *best) init(keys []ir.SortKey, n int64) {
	t.n, t.worst, t.sorter.keys = n, -1, keys
	t.passed = []int32{} // never nil, which as a selection is all rows
}

// add takes the live rows of b and returns those that may be among the first n.
func (t *best) add(b *vexec.Batch) ([]int32, error) {
	t.passed = t.passed[:0]
	for i := range b.Live() {
		r := b.Row(i)
		if t.n > 0 && (t.worst < 0 || t.better(b, r)) {
			t.passed = append(t.passed, int32(r))
		}
	}
	if len(t.passed) == 0 {
		return t.passed, nil
	}
	if _, err := t.rowBuffer.add(b, t.passed); err != nil {
		return nil, err
	}
	if t.n < math.MaxInt32/2 && t.rows.Rows >= int(t.n)+max(int(t.n), spareRows) {
		return t.passed, t.cut()
	}
	return t.passed, nil
}

// better reports whether a row that comes is before the worst one.
func (t *best) better(b *vexec.Batch, r int) bool {
	c := vexec.CompareRows(t.sorter.keys, b, r, &t.rows, int(t.worst))
	return c < 0 || c == 0 && max(0, b.Part) < t.partOf(t.worst)
}

// sorted is the rows held, in the order.
func (t *best) sorted() []int32 {
	t.order = t.order[:0]
	for i := range t.rows.Rows {
		t.order = append(t.order, int32(i))
	}
	t.sorter.sortHeld(&t.rowBuffer, t.order)
	return t.order
}

// cut forgets all rows but the first n.
func (t *best) cut() error {
	order := t.sorted()
	if int64(len(order)) <= t.n {
		return nil
	}
	order = order[:t.n]
	last := order[t.n-1]
	slices.Sort(order)
	at, _ := slices.BinarySearch(order, last)
	t.worst = int32(at)
	return t.keepOnly(order)
}
