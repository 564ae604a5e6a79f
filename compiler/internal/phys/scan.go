package phys

import "github.com/helios-stream/helios/ir"

// scan reads the physical columns that x needs, and computes the others behind it.
// wm, if any, is the watermark that the scan fixes.
func (p *planner) scan(x *ir.Scan, wm *ir.Watermark) *rel {
	decoded := decodedColumns(x)
	scan := &ir.PhysScan{Table: x.Table, Cols: decoded, Out: x.Table.Physical().Select(decoded), TimeCol: -1}
	at := make([]int, len(x.Table.Cols)) // of each physical column: its place in the scan
	for i, c := range decoded {
		at[c] = i
	}
	ordinals := physicalOrdinals(x.Table)
	if wm != nil {
		scan.TimeCol = at[ordinals[x.Cols[wm.TimeCol]]]
		scan.Lag, scan.Drop = wm.Lag, wm.Drop
	}
	s := p.newStage(p.opt.Tasks)
	s.Scan, s.Out = scan, scan.Out
	r := &rel{stages: []*ir.Stage{s}, ordered: true}
	if exprs, needed := scanProjection(x, ordinals, at, scan.Out); needed {
		r.add(&ir.ProjectOp{Exprs: exprs, Out: x.Schema()})
	}
	return r
}

// physicalOrdinals returns for each column of t its position among the physical
// ones; -1: computed.
func physicalOrdinals(t *ir.Table) []int {
	out := make([]int, len(t.Cols))
	n := 0
	for i := range t.Cols {
		out[i] = -1
		if t.Cols[i].Expr == nil {
			out[i] = n
			n++
		}
	}
	return out
}

// decodedColumns returns the physical columns that x reads, itself or for a
// computed column, in the table's order.
func decodedColumns(x *ir.Scan) []int {
	used := make([]bool, len(x.Table.Cols))
	ordinals := physicalOrdinals(x.Table)
	for _, c := range x.Cols {
		if e := x.Table.Cols[c].Expr; e != nil {
			ir.UsedColumns(e, used)
		} else {
			used[ordinals[c]] = true
		}
	}
	out := []int{}
	for i, u := range used {
		if u {
			out = append(out, i)
		}
	}
	return out
}

// scanProjection returns what makes x's columns from those of the scan; needed is
// false where they are the same.
func scanProjection(x *ir.Scan, ordinals, at []int, from *ir.Schema) (exprs []ir.Expr, needed bool) {
	needed = len(x.Cols) != len(from.Cols)
	for i, c := range x.Cols {
		if e := x.Table.Cols[c].Expr; e != nil {
			exprs = append(exprs, ir.Shift(e, at))
			needed = true
			continue
		}
		src := at[ordinals[c]]
		exprs = append(exprs, &ir.ColRef{Index: src, Name: from.Cols[src].Name, T: from.Cols[src].Type})
		needed = needed || src != i
	}
	return exprs, needed
}
