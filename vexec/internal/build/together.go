package build

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// Maker is a place of a plan that makes event time: a scan or a WatermarkOp.
type Maker struct {
	Stage    int // ir.Stage.ID
	Position int // in the stage, as heliosc explain counts: 0 is the scan
}

// Together returns the makers of event time whose rows meet in operators that wait for the
// watermark of all of them, such as a join, or windows above UNION ALL. Each group has at
// least two. Scans of one table are in one group, as a table has one event time.
func Together(p *ir.Plan) [][]Maker {
	t := &together{stages: map[int]*ir.Stage{}, readers: map[int][]*ir.Stage{}, group: map[Maker]int{}}
	for _, st := range p.Stages {
		t.stages[st.ID] = st
		for _, in := range st.In {
			if in.Mode != ir.Letters {
				t.readers[in.From] = append(t.readers[in.From], st)
			}
		}
	}
	scans := map[string]Maker{}
	for _, st := range p.Stages {
		if len(st.In) > 1 && t.waits(st) {
			t.unite(t.inputs(st))
		}
		if st.Scan == nil || st.Scan.TimeCol < 0 {
			continue
		}
		m := Maker{Stage: st.ID}
		if first, twice := scans[st.Scan.Table.Name]; twice {
			t.unite([]Maker{first, m})
		} else {
			scans[st.Scan.Table.Name] = m
		}
	}
	return t.groups()
}

type together struct {
	stages  map[int]*ir.Stage
	readers map[int][]*ir.Stage
	order   []Maker // that are in a group, as they were found
	group   map[Maker]int
}

// waits reports whether an operator waits for the event time that comes to a stage, in it or
// further on.
func (t *together) waits(st *ir.Stage) bool {
	for _, op := range st.Ops {
		switch op.(type) {
		case *ir.WatermarkOp, *ir.ProcTimeOp:
			return false // what comes next waits for another time
		}
		if waitsForTime(op) {
			return true
		}
	}
	return slices.ContainsFunc(t.readers[st.ID], t.waits)
}

// waitsForTime reports whether an operator does something when the watermark passes.
func waitsForTime(op ir.PhysOp) bool {
	switch x := op.(type) {
	case *ir.WindowAggOp:
		return x.Window.Kind != ir.CountRows
	case *ir.WindowTVFOp:
		return x.Window.Kind == ir.Session
	case *ir.JoinOp:
		return x.Kind != ir.RegularJoin
	case *ir.SortOp:
		return x.ByTime
	case *ir.OverOp:
		return x.ByTime
	case *ir.RankOp:
		return x.EndCol >= 0
	case *ir.CoarsenOp:
		return x.EndCol >= 0
	case *ir.AttachedAggOp, *ir.TemporalOp:
		return true
	}
	return false
}

// inputs are the makers of the time that comes to a stage.
func (t *together) inputs(st *ir.Stage) (out []Maker) {
	for _, in := range st.In {
		if in.Mode != ir.Letters {
			out = append(out, t.makers(t.stages[in.From])...)
		}
	}
	return out
}

// makers are those of the time of the rows that leave a stage.
func (t *together) makers(st *ir.Stage) []Maker {
	for k := len(st.Ops) - 1; k >= 0; k-- {
		switch st.Ops[k].(type) {
		case *ir.WatermarkOp:
			return []Maker{{st.ID, k + 1}}
		case *ir.ProcTimeOp:
			return nil
		}
	}
	if st.Scan != nil && st.Scan.TimeCol >= 0 {
		return []Maker{{Stage: st.ID}}
	}
	return t.inputs(st)
}

// unite makes one group of those of all makers.
func (t *together) unite(all []Maker) {
	if len(all) < 2 {
		return
	}
	to, known := t.group[all[0]]
	if !known {
		to = len(t.order)
	}
	for _, m := range all {
		from, known := t.group[m]
		if !known {
			t.order = append(t.order, m)
			t.group[m] = to
			continue
		}
		for o, g := range t.group {
			if g == from {
				t.group[o] = to
			}
		}
	}
}

func (t *together) groups() (out [][]Maker) {
	at := map[int]int{}
	for _, m := range t.order {
		i, known := at[t.group[m]]
		if !known {
			i = len(out)
			at[t.group[m]] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], m)
	}
	return slices.DeleteFunc(out, func(g []Maker) bool { return len(g) < 2 })
}
