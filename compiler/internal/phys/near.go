package phys

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// filterByJoins tells scans whose rows only matter to an interval join where they have a
// partner to leave out those that have none: by the keys that the join keeps of the other side,
// if none of its rows comes late, and if they are guessed to be so few that it pays. Which rows
// are left out depends on how far the other side has been read; so nothing between the scan and
// the join may fail, or count rows for what it gives.
func filterByJoins(p *ir.Plan) {
	for _, s := range p.Stages {
		if len(s.Ops) == 0 {
			continue
		}
		x, ok := s.Ops[0].(*ir.JoinOp)
		if !ok || x.Kind != ir.IntervalJoin || len(x.LeftKeys) == 0 {
			continue
		}
		for port := range 2 {
			filterByJoin(p, s, x, port)
		}
	}
}

// filterByJoin is filterByJoins for the scans of one side of a join.
func filterByJoin(p *ir.Plan, at *ir.Stage, x *ir.JoinOp, port int) {
	keys, time, lo, hi, keeps, name := x.LeftKeys, x.Time.Left, -x.Time.Hi, -x.Time.Lo, x.Type.KeepsLeft(), x.RightName
	if port == 1 {
		keys, time, lo, hi, keeps, name = x.RightKeys, x.Time.Right, x.Time.Lo, x.Time.Hi, x.Type.KeepsRight(), x.LeftName
	}
	if keeps || !portNeverLate(p, at, 1-port) || !muchFewer(p, at, 1-port) {
		return
	}
	if name == "" {
		name = []string{"its left side", "its right side"}[1-port]
	}
	for _, in := range at.In {
		from := p.StageByID(in.From)
		if in.Port != port || from.Scan == nil || from.Scan.TimeCol < 0 || from.Scan.Limit > 0 || readersOf(p, from.ID) != 1 || mayFail(from) {
			continue
		}
		f := ir.ScanFilter{LoadName: name, Near: &ir.NearKeys{Stage: at.ID, Port: 1 - port, Time: scanColumn(from, time), Lo: lo, Hi: hi}}
		for _, k := range keys {
			f.Cols = append(f.Cols, scanColumn(from, k))
		}
		if c := f.Near.Time; c >= 0 && !from.Scan.Out.Cols[c].Type.Nanos() && !slices.Contains(f.Cols, -1) {
			from.Scan.Filters = append(from.Scan.Filters, f)
		}
	}
}

// readersOf is how many stages read one.
func readersOf(p *ir.Plan, id int) (n int) {
	for _, s := range p.Stages {
		for _, in := range s.In {
			if in.From == id {
				n++
			}
		}
	}
	return n
}

// mayFail reports whether an operator of a stage may reject a row.
func mayFail(s *ir.Stage) bool {
	return slices.ContainsFunc(s.Ops, func(op ir.PhysOp) bool {
		switch x := op.(type) {
		case *ir.FilterOp:
			return ir.MayFail(x.Pred) || slices.ContainsFunc(x.Extra, ir.MayFail)
		case *ir.ProjectOp:
			return slices.ContainsFunc(x.Exprs, ir.MayFail) || slices.ContainsFunc(x.Extra, ir.MayFail)
		case *ir.LookupOp:
			return x.Cond != nil && ir.MayFail(x.Cond)
		}
		return true
	})
}

// portNeverLate reports whether no row of a side of a join comes late.
func portNeverLate(p *ir.Plan, at *ir.Stage, port int) bool {
	return !slices.ContainsFunc(at.In, func(in ir.Input) bool { return in.Port == port && !neverLate(p, p.StageByID(in.From)) })
}

// neverLate reports whether no row that leaves a stage is behind the watermark that was there
// before it.
func neverLate(p *ir.Plan, s *ir.Stage) bool {
	for _, op := range slices.Backward(s.Ops) {
		switch x := op.(type) {
		case *ir.FilterOp, *ir.ProjectOp, *ir.LookupOp, *ir.UnnestOp:
		case *ir.WatermarkOp:
			return x.Drop
		case *ir.WindowAggOp:
			return !x.Window.Keyed()
		case *ir.JoinOp:
			return x.Kind == ir.IntervalJoin && portNeverLate(p, s, 0) && portNeverLate(p, s, 1)
		default:
			return false
		}
	}
	if s.Scan != nil {
		return s.Scan.TimeCol >= 0 && s.Scan.Drop
	}
	return len(s.In) > 0 && portNeverLate(p, s, 0)
}

// muchFewer reports whether one side of a join is guessed to have at most half of the rows of the
// other: it is asked for each of these.
func muchFewer(p *ir.Plan, at *ir.Stage, port int) bool {
	rows := func(port int) (sum float64) {
		for _, in := range at.In {
			if in.Port == port {
				sum += rowsOf(p, p.StageByID(in.From))
			}
		}
		return sum
	}
	return rows(port) <= rows(1-port)/2
}

// rowsOf is about how many rows a stage gives, if each table of which nobody knows is taken for
// as large as the others, and of what a filter is asked a third is left.
func rowsOf(p *ir.Plan, s *ir.Stage) float64 {
	rows := 0.0
	switch {
	case s.Scan != nil && s.Scan.Table.Rows > 0:
		rows = float64(s.Scan.Table.Rows)
	case s.Scan != nil:
		rows = 1e6
	case s.Values != nil:
		rows = float64(len(s.Values.Rows))
	}
	for _, in := range s.In {
		if n := rowsOf(p, p.StageByID(in.From)); in.Port == 0 {
			rows += n
		} else {
			rows = max(rows, n)
		}
	}
	for _, op := range s.Ops {
		switch x := op.(type) {
		case *ir.FilterOp:
			rows /= 3
		case *ir.JoinOp:
			if x.Rows > 0 {
				rows = float64(x.Rows)
			}
		case *ir.WindowAggOp:
			rows /= 10
		}
	}
	return rows
}
