package run

import (
	"math/rand/v2"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// rudePlans are the shapes of plans whose parts wait for each other in ways that those of
// killPlan do not. Each says what it gives in the end; nil: that depends on time.
var rudePlans = []struct {
	name string
	plan func(r *rand.Rand) *ir.Plan
	out  func(rows []row) []string // sorted
	side func(rows []row) []string
}{
	{"a load", func(r *rand.Rand) *ir.Plan { return lookupPlan(loadOf(1, "dim", few(r)), few(r)) },
		func(rows []row) []string { return joined(rows, dimRows(9, 100)) }, none},
	{"a load that is read anew", func(r *rand.Rand) *ir.Plan {
		l := loadOf(1, "dim", few(r))
		l.Reload = 1 + r.Int64N(2000)
		return lookupPlan(l, few(r))
	}, func(rows []row) []string { return joined(rows, dimRows(9, 100)) }, none},
	{"a join by key", func(r *rand.Rand) *ir.Plan { return byKeyPlan(few(r)) },
		func(rows []row) []string { return joined(rows, dimRows(9, 100)) }, none},
	{"limits in branches", func(r *rand.Rand) *ir.Plan { return branchedLimit(few(r), 100, 30) }, nil, nil},
	{"a limit behind a hash", func(*rand.Rand) *ir.Plan { return throughHash(limitTo(80)) }, nil, nil},
	{"letters to a mapping", func(r *rand.Rand) *ir.Plan { return lettersPlan(few(r)) },
		func(rows []row) []string { return sortedTexts(rows, func(n int64) bool { return n%4 != 0 }) },
		func(rows []row) []string { return sortedTexts(rows, func(n int64) bool { return n%4 == 0 }) }},
	{"a union of orders", func(r *rand.Rand) *ir.Plan { return ordersPlan(few(r), few(r)) },
		func(rows []row) []string {
			all := sortedTexts(rows, func(int64) bool { return true })
			return slices.Sorted(slices.Values(append(all, all...)))
		}, none},
	{"operators with a clock", func(r *rand.Rand) *ir.Plan { return tickingPlan(few(r)) }, nil, nil},
}

func few(r *rand.Rand) int     { return 1 + r.IntN(3) }
func none(rows []row) []string { return nil }

func sortedTexts(rows []row, is func(n int64) bool) (out []string) {
	for _, r := range rows {
		if is(r.n) {
			out = append(out, rowText(r))
		}
	}
	slices.Sort(out)
	return out
}

// byKeyPlan asks for the partners of rows.
func byKeyPlan(tasks int) *ir.Plan {
	t := tableNamed("dim", vexec.OptionConcurrency, "3", vexec.OptionRetryDelay, "1ms")
	op := &ir.ByKeyOp{Type: ir.InnerJoin, Table: t, Read: []int{0, 1, 2}, In: rowSchema, Build: rowSchema, Keys: []int{1}, With: []int{1},
		Cache: ir.Cache{Rows: 4, Bytes: 1 << 20}, Cols: []int{0, 1, 2, 5}, Out: joinedSchema}
	s := scanStage(testTable(), tasks, -1, 0, false)
	return &ir.Plan{Stages: []*ir.Stage{s,
		{ID: 2, Tasks: 2, In: []ir.Input{{From: 1, Mode: ir.Hash, Keys: []int{1}}}, Ops: []ir.PhysOp{op}, Out: joinedSchema},
		sinkStage(3, 2, ir.Gather, joinedSchema)}}
}

// lettersPlan refuses every fourth row, and writes those somewhere, too.
func lettersPlan(tasks int) *ir.Plan {
	p := &ir.Plan{Stages: []*ir.Stage{
		scanStage(testTable("on.error", ir.LettersTo+"side"), tasks, -1, 0, false, &keepOp{refuse: 4}),
		sinkStage(2, 1, ir.Gather, rowSchema),
		{ID: 3, Tasks: 1, In: []ir.Input{{From: 1, Mode: ir.Letters}}, Out: ir.LetterSchema, Sink: &ir.PhysSink{In: ir.LetterSchema, Table: tableNamed("side")}},
	}}
	return p
}

// ordersPlan brings rows in their order to several tasks and to one, which give them to one.
func ordersPlan(scans, hashes int) *ir.Plan {
	return &ir.Plan{Stages: []*ir.Stage{
		scanStage(testTable(), scans, 0, 1000, false),
		{ID: 2, Tasks: hashes, In: []ir.Input{{From: 1, Mode: ir.HashOrdered, Keys: []int{1}}}, Ops: []ir.PhysOp{&keepOp{}}, Out: rowSchema},
		{ID: 3, Tasks: 1, In: []ir.Input{{From: 1, Mode: ir.GatherOrdered}}, Out: rowSchema},
		{ID: 4, Tasks: 1, In: []ir.Input{{From: 2, Mode: ir.Gather}, {From: 3, Mode: ir.Gather}}, Out: rowSchema, Sink: &ir.PhysSink{In: rowSchema}},
	}}
}

// tickingPlan has operators that emit by the clock in a scan's tasks, in others, and in a branch.
func tickingPlan(tasks int) *ir.Plan {
	return &ir.Plan{Stages: []*ir.Stage{
		scanStage(testTable(), tasks, -1, 0, false, &tickOp{every: 700}),
		{ID: 2, Tasks: 2, In: []ir.Input{{From: 1, Mode: ir.Hash, Keys: []int{1}}}, Ops: []ir.PhysOp{&tickOp{every: 900}}, Out: rowSchema},
		{ID: 3, Tasks: 2, In: []ir.Input{{From: 2, Mode: ir.Forward}}, Ops: []ir.PhysOp{&tickOp{every: 300}}, Out: rowSchema},
		sinkStage(4, 2, ir.Gather, rowSchema),
		{ID: 5, Tasks: 1, In: []ir.Input{{From: 3, Mode: ir.Gather}}, Out: rowSchema, Ops: []ir.PhysOp{limitTo(150)}, Sink: &ir.PhysSink{In: rowSchema, Table: tableNamed("side")}},
	}}
}

// tickOp lets rows by, and emits one every so many microseconds, most of them if that is not 0.
type tickOp struct {
	ir.FilterOp
	every ir.Micros
	most  int
}

func (o *tickOp) Name() string          { return "Tick" }
func (o *tickOp) OutSchema() *ir.Schema { return rowSchema }

type ticker struct {
	keep
	op    *tickOp
	given int
	due   ir.Micros
	clock vexec.Clock
}

func (k *ticker) Open(oc *vexec.OpContext) error {
	k.clock, k.due = oc.Clock, oc.Clock.Now()+k.op.every
	return nil
}

func (k *ticker) Due() ir.Micros { return k.due }

func (k *ticker) Tick(now ir.Micros, out vexec.Emitter) error {
	if k.due = now + k.op.every; k.given+1 == k.op.most {
		k.due = ir.MaxMicros
	}
	k.given++
	ts := int64(now)
	b := &vexec.Batch{Part: -1}
	fillRows(b, []row{{ts: &ts, key: "tick", n: 1}})
	return out.Emit(b)
}

func rudeOperator(op ir.PhysOp, in *ir.Schema) (vexec.Operator, error) {
	if x, ok := op.(*tickOp); ok {
		return &ticker{keep: keep{op: &keepOp{}}, op: x}, nil
	}
	return testOperator(op, in)
}
