package ops

import (
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// rankWindows are the partitions of each window that has not closed, by its end.
type rankWindows struct {
	end    timeColumn
	ends   []int64 // sorted
	of     map[int64][]uint32
	has    []bool // by partition: it is in of
	known  int    // how many are
	closed ir.Micros
	noEnd  string

	lateness int64 // how long a window is open behind its end

	kept  []int32 // rows of the batch at hand whose windows are open; never nil
	fates []vexec.RowFate
}

func (w *rankWindows) init(in *ir.Schema, col int) {
	w.end, w.of, w.closed = newTimeColumn(in, col), map[int64][]uint32{}, ir.MinMicros
	w.kept = make([]int32, 0, 64)
	w.noEnd = w.end.name + " is NULL: the row has no window"
}

// split sets kept, and returns what became of the other rows. A row is late just when it
// carries a mark that has reached the window's end.
func (w *rankWindows) split(b *vexec.Batch) []vexec.RowFate {
	w.kept, w.fates = w.kept[:0], w.fates[:0]
	ends, late := w.end.read(b), b.Late
	for i := range b.Live() {
		r := int32(b.Row(i))
		if b.Cols[w.end.col].Null(int(r)) {
			w.fates = append(w.fates, vexec.RowFate{Row: r, Why: vexec.FateError, Reason: w.noEnd})
			continue
		}
		for len(late) > 0 && late[0].Row < r {
			late = late[1:]
		}
		wm := w.closed // a row without a mark is never behind it
		if len(late) > 0 && late[0].Row == r {
			wm = max(wm, late[0].WM.Sub(w.lateness))
		}
		if wm != ir.MinMicros && int64(wm) >= ends[r] {
			w.fates = append(w.fates, vexec.RowFate{Row: r, Why: vexec.FateLate})
			continue
		}
		w.kept = append(w.kept, r)
	}
	return w.fates
}

// note gives the partitions of rows, of which there are n in all, to their windows.
func (w *rankWindows) note(b *vexec.Batch, ids []uint32, n int) {
	if n == w.known {
		return
	}
	for len(w.has) < n {
		w.has = append(w.has, false)
	}
	ends := w.end.read(b)
	for i := range b.Live() {
		r := b.Row(i)
		if id := ids[r]; !w.has[id] {
			w.has[id] = true
			end := ends[r]
			if at, ok := slices.BinarySearch(w.ends, end); !ok {
				w.ends = slices.Insert(w.ends, at, end)
			}
			w.of[end] = append(w.of[end], id)
			w.known++
		}
	}
}

// close returns the partitions of windows that end up to wm, which are closed now.
func (w *rankWindows) close(wm ir.Micros) (ids []uint32) {
	for len(w.ends) > 0 && w.ends[0] <= int64(wm) {
		ids = append(ids, w.of[w.ends[0]]...)
		delete(w.of, w.ends[0])
		w.ends = w.ends[1:]
	}
	w.closed = max(w.closed, wm)
	return ids
}

// renumber gives partitions other numbers: those that have one are still there.
func (w *rankWindows) renumber(at map[uint32]uint32) {
	for end, ids := range w.of {
		kept := ids[:0]
		for _, id := range ids {
			if to, ok := at[id]; ok {
				kept = append(kept, to)
			}
		}
		w.of[end] = kept
	}
	w.has, w.known = nil, 0
	if w.of != nil {
		w.has, w.known = slices.Repeat([]bool{true}, len(at)), len(at)
	}
}
