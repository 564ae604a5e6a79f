package run

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/ops"
)

// nearKeys is what an interval join keeps of a side, for scans of the other (ir.NearKeys).
type nearKeys struct {
	stage, port int
	keys        *vexec.NearKeys
}

// openNear makes what scans and joins of the plan share.
func (j *job) openNear() {
	for _, s := range j.plan.Stages {
		if s.Scan == nil {
			continue
		}
		for _, f := range s.Scan.Filters {
			if n := f.Near; n != nil && j.nearKeys(n.Stage, n.Port) == nil {
				mem := j.budget.Account(fmt.Sprintf("keys that stage %d keeps of %s", n.Stage, f.LoadName))
				j.near = append(j.near, nearKeys{n.Stage, n.Port, vexec.NewNearKeys(j.plan.StageByID(n.Stage).Tasks, n.Lo, n.Hi, mem)})
			}
		}
	}
}

// nearKeys is what a stage keeps of a port; nil: nobody wants to know.
func (j *job) nearKeys(stage, port int) *vexec.NearKeys {
	for _, n := range j.near {
		if n.stage == stage && n.port == port {
			return n.keys
		}
	}
	return nil
}

// filterNear is the filters of the scan by what joins keep.
func (s *scan) filterNear(j *job) {
	for i := range s.filters {
		f := &s.filters[i]
		if n := f.by.Near; n != nil {
			f.keys = j.nearKeys(n.Stage, n.Port).Filter(f.by.Cols, n.Time)
			s.near = append(s.near, f.keys)
		}
	}
}

// shareNear has the join of the task tell what it keeps.
func (t *task) shareNear() {
	for port := range t.near {
		keys := t.job.nearKeys(t.stage.Plan.ID, port)
		if keys == nil {
			continue
		}
		t.near[port], t.told[port], t.tells = keys, ir.MinMicros, true
		t.links[1].op.(*ops.Join).ShareKeys(port, keys, t.id)
	}
}

// tellNear tells how far the sides of the task's join have been read: what has been taken from the
// queues has been pushed.
func (t *task) tellNear() {
	if !t.tells {
		return
	}
	times := t.in.InputTimes()
	for port, keys := range t.near {
		if keys == nil {
			continue
		}
		wm := ir.MaxMicros
		for i, in := range t.stage.Plan.In {
			if in.Port == port {
				wm = min(wm, times[i])
			}
		}
		if wm > t.told[port] {
			t.told[port] = wm
			keys.Passed(t.id, wm)
		}
	}
}
