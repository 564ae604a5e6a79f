package phys

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// scan reads the physical columns that x needs, and computes the others behind it.
// wm, if any, is the watermark that the scan fixes.
func (p *planner) scan(x *ir.Scan, wm *ir.Watermark) (*rel, error) {
	if sh := p.shared[keyOf(x, wm)]; sh != nil && sh.readers > 1 {
		return p.readShared(sh, x, wm)
	}
	s, err := p.newScan(x, wm, physicalTerms(x))
	if err != nil {
		return nil, err
	}
	return p.columns(s, s.Scan, x), nil
}

// newScan makes the stage that decodes what x reads.
func (p *planner) newScan(x *ir.Scan, wm *ir.Watermark, terms []ir.ScanTerm) (*ir.Stage, error) {
	decoded := x.Decoded()
	out, err := x.Table.Read(decoded)
	if err != nil {
		return nil, err
	}
	scan := &ir.PhysScan{Table: x.Table, Out: out, TimeCol: -1, Terms: terms}
	for i, d := range decoded {
		scan.Cols = append(scan.Cols, d.Col)
		if len(d.Fields) > 0 && scan.Fields == nil {
			scan.Fields = make([][]int, len(decoded))
		}
		if scan.Fields != nil {
			scan.Fields[i] = d.Fields
		}
	}
	if wm != nil {
		time, _ := x.Place(wm.TimeCol)
		scan.TimeCol = slices.IndexFunc(decoded, time.Equal)
		scan.Lag, scan.Drop, scan.Mark = wm.Lag, wm.Drop, wm.Mark
	}
	s := p.newStage(p.opt.Tasks)
	s.Scan, s.Out = scan, scan.Out
	return s, nil
}

// physicalTerms are the terms of x, by what it decodes: none on a field of a ROW that
// is decoded as a whole.
func physicalTerms(x *ir.Scan) []ir.ScanTerm {
	decoded := x.Decoded()
	var out []ir.ScanTerm
	for _, t := range x.Terms {
		p, _ := x.Place(t.Col)
		if t.Col = slices.IndexFunc(decoded, p.Equal); t.Col >= 0 {
			out = append(out, t)
		}
	}
	return out
}

// columns makes the columns of x in s, which gets the rows of the scan.
func (p *planner) columns(s *ir.Stage, scan *ir.PhysScan, x *ir.Scan) *rel {
	r := &rel{stages: []*ir.Stage{s}, ordered: true}
	if exprs, needed := scanProjection(x, scan); needed {
		r.add(&ir.ProjectOp{Exprs: exprs, Out: x.Schema()})
	}
	return r
}

// scanProjection returns what makes x's columns from those of the scan; needed is
// false where they are the same.
func scanProjection(x *ir.Scan, scan *ir.PhysScan) (exprs []ir.Expr, needed bool) {
	places, ordinals := scan.Places(), x.Table.Ordinals()
	needed = len(x.Cols) != len(places)
	for i, c := range x.Cols {
		var e ir.Expr
		if computed := x.Table.Cols[c].Expr; computed != nil {
			e = overPlaces(computed, places, scan.Out)
			needed = true
		} else {
			col := x.Table.Cols[c]
			ref := &ir.ColRef{Index: ordinals[c], Name: col.Name, T: col.Type}
			p, _ := x.Place(i)
			e = overPlaces(ir.ReadField(ref, p.Fields), places, scan.Out)
		}
		ref, isRef := e.(*ir.ColRef)
		needed = needed || !isRef || ref.Index != i
		exprs = append(exprs, e)
	}
	return exprs, needed
}

// overPlaces returns an expression over physical columns as one over what is decoded.
func overPlaces(e ir.Expr, places []ir.Place, out *ir.Schema) ir.Expr {
	if ref, fields := ir.FieldChain(e); ref != nil {
		want := ir.Place{Col: ref.Index, Fields: fields}
		i := slices.IndexFunc(places, func(p ir.Place) bool { return p.Holds(want) })
		if i >= 0 {
			c := &ir.ColRef{Index: i, Name: out.Cols[i].Name, T: out.Cols[i].Type}
			return ir.ReadField(c, fields[len(places[i].Fields):])
		}
	}
	kids := slices.Clone(ir.Children(e))
	for i, k := range kids {
		kids[i] = overPlaces(k, places, out)
	}
	if len(kids) == 0 {
		return e
	}
	return ir.WithChildren(e, kids)
}
