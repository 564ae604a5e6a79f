package agg

import "github.com/helios-stream/helios/vexec"

// elements reads lists of a state as rows of their elements.
type elements struct {
	ids  []uint32 // by element
	rows []int32
}

// each calls f with the elements of the selected rows of some ARRAY columns whose lists
// have the same lengths: the elements of each column, the group of each element, and the
// positions of the elements, which stand below n. It is called once but where a column
// is not Flat.
func (e *elements) each(lists []vexec.Vec, ids []uint32, sel []int32, n int, f func(kids []vexec.Vec, ids []uint32, rows []int32, n int)) {
	flat := true
	for i := range lists {
		flat = flat && lists[i].Enc == vexec.Flat && lists[i].Offs[0] == lists[0].Offs[0]
	}
	kids := make([]vexec.Vec, len(lists))
	if !flat {
		e.eachRow(lists, ids, sel, n, kids, f)
		return
	}
	for i := range lists {
		kids[i] = lists[i].Kids[0]
	}
	e.rows = e.rows[:0]
	last := int32(0)
	offs := lists[0].Offs
	count := n
	if sel != nil {
		count = len(sel)
	}
	for j := range count {
		last = max(last, offs[rowAt(sel, j)+1])
	}
	e.ids = grown(e.ids, int(last))
	for j := range count {
		r := rowAt(sel, j)
		for k := offs[r]; k < offs[r+1]; k++ {
			e.ids[k] = ids[r]
			e.rows = append(e.rows, k)
		}
	}
	if len(e.rows) > 0 {
		f(kids, e.ids, e.rows, int(last))
	}
}

// eachRow is each for columns of which each row has to be found.
func (e *elements) eachRow(lists []vexec.Vec, ids []uint32, sel []int32, n int, kids []vexec.Vec, f func([]vexec.Vec, []uint32, []int32, int)) {
	if sel == nil {
		sel = (&rowScratch{}).rows(nil, n)
	}
	for _, r := range sel {
		var from, to int32
		for i := range lists {
			v, at := lists[i].At(int(r))
			from, to = v.Offs[at], v.Offs[at+1]
			kids[i] = sliceOf(&v.Kids[0], from, to)
		}
		if from == to {
			continue
		}
		e.ids, e.rows = grown(e.ids, int(to-from)), e.rows[:0]
		for k := range to - from {
			e.ids[k] = ids[r]
			e.rows = append(e.rows, k)
		}
		f(kids, e.ids, e.rows, int(to-from))
	}
}

// sliceOf is a copy of rows from to to-1 of v.
func sliceOf(v *vexec.Vec, from, to int32) vexec.Vec {
	src := vexec.Batch{Cols: []vexec.Vec{*v}, Rows: int(to)}
	dst := vexec.Batch{Cols: make([]vexec.Vec, 1)}
	rows := make([]int32, 0, to-from)
	for k := from; k < to; k++ {
		rows = append(rows, k)
	}
	vexec.AppendRows(&dst, &src, rows)
	return dst.Cols[0]
}
