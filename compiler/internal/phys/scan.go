package phys

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// scan reads the physical columns that x needs, and computes the others behind it.
// wm, if any, is the watermark that the scan fixes.
func (p *planner) scan(x *ir.Scan, wm *ir.Watermark) *rel {
	if sh := p.shared[keyOf(x, wm)]; sh != nil && sh.readers > 1 {
		return p.readShared(sh, x, wm)
	}
	s := p.newScan(x, wm, physicalTerms(x))
	return p.columns(s, s.Scan, x)
}

// newScan makes the stage that decodes what x reads.
func (p *planner) newScan(x *ir.Scan, wm *ir.Watermark, terms []ir.ScanTerm) *ir.Stage {
	decoded := x.Decoded()
	scan := &ir.PhysScan{Table: x.Table, Cols: decoded, Out: x.Table.Physical().Select(decoded), TimeCol: -1, Terms: terms}
	if wm != nil {
		time := x.Table.Ordinals()[x.Cols[wm.TimeCol]]
		scan.TimeCol = slices.Index(decoded, time)
		scan.Lag, scan.Drop = wm.Lag, wm.Drop
	}
	s := p.newStage(p.opt.Tasks)
	s.Scan, s.Out = scan, scan.Out
	return s
}

// physicalTerms are the terms of x, by the columns that it decodes.
func physicalTerms(x *ir.Scan) []ir.ScanTerm {
	decoded, ordinals := x.Decoded(), x.Table.Ordinals()
	out := slices.Clone(x.Terms)
	for i, t := range out {
		out[i].Col = slices.Index(decoded, ordinals[x.Cols[t.Col]])
	}
	return out
}

// columns makes the columns of x in s, which gets the rows of the scan.
func (p *planner) columns(s *ir.Stage, scan *ir.PhysScan, x *ir.Scan) *rel {
	at := make([]int, len(x.Table.Cols)) // of each physical column: its place in the scan
	for i, c := range scan.Cols {
		at[c] = i
	}
	r := &rel{stages: []*ir.Stage{s}, ordered: true}
	if exprs, needed := scanProjection(x, x.Table.Ordinals(), at, scan.Out); needed {
		r.add(&ir.ProjectOp{Exprs: exprs, Out: x.Schema()})
	}
	return r
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
