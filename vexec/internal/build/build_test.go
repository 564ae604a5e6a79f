package build

import (
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/exchange"
)

var cols = ir.NewSchema(ir.Column{Name: "ts", Type: ir.TTimestamp})

func scan(id, tasks int) *ir.Stage {
	return &ir.Stage{ID: id, Tasks: tasks, Out: cols, Scan: &ir.PhysScan{Table: &ir.Table{Name: "t"}, Out: cols, TimeCol: -1}}
}

func reads(id, tasks int, in ...ir.Input) *ir.Stage {
	s := &ir.Stage{ID: id, Tasks: tasks, In: in, Out: cols}
	if tasks == 1 {
		s.Sink = &ir.PhysSink{In: cols}
	}
	return s
}

func options() Options {
	return Options{BatchRows: 10, Budget: vexec.NewBudget(0), Queue: exchange.Limits{Rows: 10, Bytes: 100}}
}

func TestPlansThatCannotRun(t *testing.T) {
	f := func(want string, stages ...*ir.Stage) {
		t.Helper()
		_, err := Build(&ir.Plan{Stages: stages}, options())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	f("stage 2: reads stage 1, which does not come before it", reads(2, 1, ir.Input{From: 1, Mode: ir.Gather}), scan(1, 1))
	f("stage 1: has 0 tasks", scan(1, 0))
	f("stage 3: reads nothing", &ir.Stage{ID: 3, Tasks: 1})
	f("stage 1: its rows go nowhere", scan(1, 1))
	f("gather into 2 tasks", scan(1, 1), reads(2, 2, ir.Input{From: 1, Mode: ir.Gather}))
	f("unknown exchange", scan(1, 1), reads(2, 1, ir.Input{From: 1, Mode: "shuffle"}))
	f("takes rows in order from stage 2, whose 2 tasks have none", scan(1, 1),
		reads(2, 2, ir.Input{From: 1, Mode: ir.Hash}), reads(3, 1, ir.Input{From: 2, Mode: ir.GatherOrdered}))
	both := scan(2, 1)
	both.In = []ir.Input{{From: 1, Mode: ir.Gather}}
	f("reads a table and other stages at once", scan(1, 1), both)
	many := scan(1, 2)
	many.Sink = &ir.PhysSink{In: cols}
	f("a sink or literal rows in 2 tasks", many)
}

// A plan for one task has the sink in the scan's stage, one for two behind an
// exchange: both name scan and sink alike.
func TestKeysDoNotDependOnTheStage(t *testing.T) {
	sink := &ir.PhysSink{Table: &ir.Table{Name: "out"}, In: cols}
	fused := scan(1, 1)
	fused.Sink = sink
	apart := reads(2, 1, ir.Input{From: 1, Mode: ir.Gather})
	apart.Sink = sink
	f := func(stages ...*ir.Stage) string {
		g, err := Build(&ir.Plan{Stages: stages}, options())
		if err != nil {
			t.Fatal(err)
		}
		last := g.Stages[len(g.Stages)-1]
		return g.Stages[0].Key + ", " + last.SinkKey
	}
	if one, two := f(fused), f(scan(1, 2), apart); one != two || one != "scan t, sink out" {
		t.Errorf("%q and %q", one, two)
	}
}

func TestKeysAreStableOverParallelism(t *testing.T) {
	f := func(tasks int) string {
		agg := func(phase ir.AggPhase) *ir.WindowAggOp {
			return &ir.WindowAggOp{Phase: phase, In: cols, Window: ir.Window{Kind: ir.Tumble, Size: 10, Slide: 10}, Out: cols,
				Label: "totals", Layout: []ir.WindowOut{{Kind: ir.OutStart}}}
		}
		one := scan(1, tasks)
		one.Ops = []ir.PhysOp{&ir.WatermarkOp{Out: cols}}
		two := reads(2, 1, ir.Input{From: 1, Mode: ir.Gather})
		two.Ops = []ir.PhysOp{&ir.WatermarkOp{Out: cols}, agg(ir.Complete)}
		g, err := Build(&ir.Plan{Stages: []*ir.Stage{one, two, scan(3, tasks), reads(4, 1, ir.Input{From: 3, Mode: ir.Gather})}}, options())
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, s := range g.Stages {
			text += s.Key + s.SinkKey + " (" + strings.Join(s.OpKeys, ", ") + ") " + s.Origin[0].Name + "\n"
			if len(s.Tasks) != s.Plan.Tasks {
				t.Errorf("%d tasks", len(s.Tasks))
			}
		}
		return text
	}
	want := "scan t (Watermark) t\nsink client (Watermark #2, totals final) t\nscan t #2 () t\nsink client #2 () t\n"
	for _, tasks := range []int{1, 3} {
		if got := f(tasks); got != want {
			t.Errorf("%d tasks:\n%s", tasks, got)
		}
	}
}

// A plan with two phases counts late rows in the first. A plan that has only one
// finds those counts.
func TestOnePhaseKnowsTheOtherOfTwo(t *testing.T) {
	agg := func(phase ir.AggPhase, label string) *ir.WindowAggOp {
		return &ir.WindowAggOp{Phase: phase, In: cols, Window: ir.Window{Kind: ir.Tumble, Size: 10, Slide: 10}, Out: cols,
			Label: label, Layout: []ir.WindowOut{{Kind: ir.OutStart}}}
	}
	f := func(op *ir.WindowAggOp) *Stage {
		s := scan(1, 1)
		s.Ops, s.Sink = []ir.PhysOp{op}, &ir.PhysSink{In: cols}
		g, err := Build(&ir.Plan{Stages: []*ir.Stage{s}}, options())
		if err != nil {
			t.Fatal(err)
		}
		return g.Stages[0]
	}
	partial, complete := f(agg(ir.Partial, ir.PartialLabel("totals"))), f(agg(ir.Complete, "totals"))
	if complete.Partial[0] != partial.OpKeys[0] || partial.Partial[0] != "" {
		t.Errorf("the complete phase asks for %q, the partial phase is %q and asks for %q", complete.Partial[0], partial.OpKeys[0], partial.Partial[0])
	}
}
