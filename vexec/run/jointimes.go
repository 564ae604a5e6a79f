package run

import (
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/internal/ops"
)

// JoinNow is a join by time, which keeps rows until the watermark of both sides has passed
// them, its tasks taken together.
type JoinNow struct {
	Stage     int
	Position  int // in the stage, as heliosc explain counts
	Name      string
	Watermark ir.Micros      // the least that a task has got; ir.MinMicros: none
	Sides     [2]JoinSideNow // left, right
}

// JoinSideNow is one side of a join.
type JoinSideNow struct {
	Tables []string // that its rows are of
	Rows   int      // that are kept
	// Oldest is the time of the oldest of those that have not been freed; of a window join when
	// the earliest window ends. ir.MaxMicros: there are none.
	Oldest    ir.Micros
	Watermark ir.Micros // that has come from the side; ir.MinMicros: none yet; ir.MaxMicros: it has ended
}

// Holds is the side that holds the time of the join back; -1: neither does.
func (j *JoinNow) Holds() int {
	switch l, r := j.Sides[0].Watermark, j.Sides[1].Watermark; {
	case l < r:
		return 0
	case r < l:
		return 1
	}
	return -1
}

// joinNow is what a task says of a join.
type joinNow struct {
	kept [2]ops.KeptRows
	wms  [2]ir.Micros
}

// keeps is what a join of the task keeps; nil: it is none by time.
func (t *task) keeps(l *link) *joinNow {
	k, ok := l.op.(ops.Keeper)
	if !ok || t.in == nil {
		return nil
	}
	n := &joinNow{wms: [2]ir.Micros{ir.MaxMicros, ir.MaxMicros}}
	if n.kept, ok = k.Kept(); !ok {
		return nil
	}
	for i, wm := range t.in.InputTimes() {
		port := t.stage.Plan.In[i].Port
		n.wms[port] = min(n.wms[port], wm)
	}
	return n
}

// addJoin adds what a task says of the join at link i.
func (t *task) addJoin(joins []JoinNow, i int, w waitNow) []JoinNow {
	id := t.stage.Plan.ID
	at := slices.IndexFunc(joins, func(j JoinNow) bool { return j.Stage == id && j.Position == i })
	if at < 0 {
		at = len(joins)
		j := JoinNow{Stage: id, Position: i, Name: t.links[i].name, Watermark: w.wm}
		for port := range j.Sides {
			j.Sides[port] = JoinSideNow{Tables: t.job.tablesOf(t.stage.Plan, port), Oldest: ir.MaxMicros, Watermark: ir.MaxMicros}
		}
		joins = append(joins, j)
	}
	j := &joins[at]
	j.Watermark = min(j.Watermark, w.wm)
	for port := range j.Sides {
		s := &j.Sides[port]
		s.Rows += w.join.kept[port].Rows
		s.Oldest, s.Watermark = min(s.Oldest, w.join.kept[port].Oldest), min(s.Watermark, w.join.wms[port])
	}
	return joins
}

// tablesOf names the tables that rows of a port of a stage are of.
func (j *job) tablesOf(st *ir.Stage, port int) (out []string) {
	var add func(st *ir.Stage)
	add = func(st *ir.Stage) {
		if st.Scan != nil && !slices.Contains(out, st.Scan.Table.Name) {
			out = append(out, st.Scan.Table.Name)
		}
		for _, in := range st.In {
			if from := j.stageOf(in.From); from != nil && in.Mode != ir.Letters {
				add(from)
			}
		}
	}
	for _, in := range st.In {
		if from := j.stageOf(in.From); from != nil && in.Port == port && in.Mode != ir.Letters {
			add(from)
		}
	}
	return out
}

func (j *job) stageOf(id int) *ir.Stage {
	if i := slices.IndexFunc(j.plan.Stages, func(s *ir.Stage) bool { return s.ID == id }); i >= 0 {
		return j.plan.Stages[i]
	}
	return nil
}
