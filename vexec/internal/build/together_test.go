package build

import (
	"fmt"
	"testing"

	"github.com/helios-stream/helios/ir"
)

func TestTogether(t *testing.T) {
	scan := func(id int, table string, timed bool, ops ...ir.PhysOp) *ir.Stage {
		s := &ir.PhysScan{Table: &ir.Table{Name: table}, TimeCol: -1}
		if timed {
			s.TimeCol = 0
		}
		return &ir.Stage{ID: id, Scan: s, Ops: ops}
	}
	reads := func(id int, ops []ir.PhysOp, from ...int) *ir.Stage {
		st := &ir.Stage{ID: id, Ops: ops}
		for _, f := range from {
			st.In = append(st.In, ir.Input{From: f, Mode: ir.Hash})
		}
		return st
	}
	mark := &ir.WatermarkOp{}
	join := []ir.PhysOp{&ir.JoinOp{Kind: ir.IntervalJoin}}
	regular := []ir.PhysOp{&ir.JoinOp{Kind: ir.RegularJoin}}
	window := []ir.PhysOp{&ir.FilterOp{}, &ir.WindowAggOp{}}
	for _, c := range []struct {
		what   string
		stages []*ir.Stage
		want   string
	}{
		{"one table", []*ir.Stage{scan(0, "a", true), reads(1, window, 0)}, "[]"},
		{"a join", []*ir.Stage{scan(0, "a", true), scan(1, "b", true), reads(2, join, 0, 1)}, "[[{0 0} {1 0}]]"},
		{"nobody waits", []*ir.Stage{scan(0, "a", true), scan(1, "b", true), reads(2, regular, 0, 1)}, "[]"},
		{"windows further on wait", []*ir.Stage{scan(0, "a", true), scan(1, "b", true), reads(2, nil, 0, 1), reads(3, window, 2)}, "[[{0 0} {1 0}]]"},
		{"one joins a join", []*ir.Stage{scan(0, "a", true), scan(1, "b", true), reads(2, join, 0, 1), scan(3, "c", true), reads(4, join, 2, 3)}, "[[{0 0} {1 0} {3 0}]]"},
		{"two joins apart", []*ir.Stage{scan(0, "a", true), scan(1, "b", true), reads(2, join, 0, 1), scan(3, "c", true), scan(4, "d", true), reads(5, join, 3, 4)}, "[[{0 0} {1 0}] [{3 0} {4 0}]]"},
		{"two joins with one table", []*ir.Stage{scan(0, "a", true), scan(1, "b", true), reads(2, join, 0, 1), scan(3, "a", true), scan(4, "d", true), reads(5, join, 3, 4)}, "[[{0 0} {1 0} {3 0} {4 0}]]"},
		{"time made further up", []*ir.Stage{scan(0, "a", false), reads(1, []ir.PhysOp{mark}, 0), scan(2, "b", true), reads(3, join, 1, 2)}, "[[{1 1} {2 0}]]"},
		{"time made anew above a join", []*ir.Stage{scan(0, "a", true), scan(1, "b", true), reads(2, join, 0, 1), reads(3, []ir.PhysOp{mark}, 2), scan(4, "c", true), reads(5, join, 3, 4)}, "[[{0 0} {1 0}] [{3 1} {4 0}]]"},
		{"time made anew, and nobody waits below", []*ir.Stage{scan(0, "a", true), scan(1, "b", true), reads(2, regular, 0, 1), reads(3, append([]ir.PhysOp{mark}, window...), 2)}, "[]"},
		{"a table with itself", []*ir.Stage{scan(0, "a", true), reads(1, join, 0, 0)}, "[]"},
	} {
		if got := fmt.Sprint(Together(&ir.Plan{Stages: c.stages})); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
	letters := []*ir.Stage{scan(0, "a", true), scan(1, "b", true), reads(2, window, 0, 1)}
	letters[2].In[1].Mode = ir.Letters
	if got := Together(&ir.Plan{Stages: letters}); len(got) > 0 {
		t.Error("dead letters have no time:", got)
	}
}
