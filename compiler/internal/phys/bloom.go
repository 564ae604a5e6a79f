package phys

import (
	"github.com/helios-stream/helios/ir"
)

// filterScan tells the scan at the bottom of a stage, whose rows are to be looked up in a load,
// to leave out those that have no partner there. It can where the keys are its columns as they
// are, and where nothing in between has to see the other rows. Whether that saves more than it
// costs shows when it runs: a filter that leaves out few rows of a unit is not asked about the
// rest of it.
func filterScan(s *ir.Stage, x *ir.Join, load *ir.Load) {
	if s.Scan == nil || s.Scan.Drop || x.Type != ir.InnerJoin && x.Type != ir.SemiJoin || len(load.Keys) == 0 || load.Reload != 0 {
		return
	}
	f := ir.ScanFilter{Load: load.ID, LoadName: load.Name}
	for i, k := range x.LeftKeys {
		c := scanColumn(s, k)
		if c < 0 || !s.Scan.Out.Cols[c].Type.Equal(load.Out.Cols[load.Keys[i]].Type) {
			return
		}
		f.Cols = append(f.Cols, c)
	}
	s.Scan.Filters = append(s.Scan.Filters, f)
}

// scanColumn is the column of the scan that column c of what leaves the chain of s is; -1:
// it is none, or an operator of the chain has to see all rows.
func scanColumn(s *ir.Stage, c int) int {
	for i := len(s.Ops) - 1; i >= 0 && c >= 0; i-- {
		switch x := s.Ops[i].(type) {
		case *ir.FilterOp:
		case *ir.ProjectOp:
			ref, is := x.Exprs[c].(*ir.ColRef)
			if !is {
				return -1
			}
			c = ref.Index
		case *ir.LookupOp: // of each row it makes some, or none
			if c = x.Cols[c]; c >= len(x.In.Cols) {
				return -1
			}
		case *ir.ByKeyOp: // likewise
			if c = x.Cols[c]; c >= len(x.In.Cols) {
				return -1
			}
		default:
			return -1
		}
	}
	return c
}
