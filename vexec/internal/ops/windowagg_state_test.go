package ops

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// countingTable is a state table that reads each new segment in the background,
// as a checkpoint does, and counts the rows of segments.
type countingTable struct {
	vexec.Table
	live    map[vexec.SegmentID]int
	written int
	readers sync.WaitGroup
	t       *testing.T
}

func (c *countingTable) Add(s vexec.Segment) vexec.SegmentID {
	id := c.Table.Add(s)
	c.live[id] = s.Rows()
	c.written += s.Rows()
	c.readers.Go(func() {
		var b vexec.Batch
		rows := 0
		for {
			n, err := s.Read(rows, 100, &b)
			if err != nil {
				c.t.Error(err)
			}
			if n == 0 {
				break
			}
			rows += n
		}
		if rows != s.Rows() {
			c.t.Errorf("a segment of %d rows gives %d", s.Rows(), rows)
		}
	})
	return id
}

func (c *countingTable) Drop(id vexec.SegmentID) {
	c.Table.Drop(id)
	delete(c.live, id)
}

func (c *countingTable) rows() int {
	n := 0
	for _, r := range c.live {
		n += r
	}
	return n
}

type oneTable struct{ t vexec.Table }

func (s oneTable) Table(string) vexec.Table { return s.t }

// A window that lives for many barriers stays small: its segments are merged, and
// each group is written again a logarithmic number of times only.
func TestSegmentsAreMerged(t *testing.T) {
	const barriers, groups = 200, 50
	o := windowOp(ir.Window{Kind: ir.Tumble, Size: 1e12, Slide: 1e12}, ir.Complete, []int{1}, []ir.AggCall{call("COUNT"), call("MAX", col(aggIn, "c"))})
	op, err := NewWindowAgg(o, aggIn)
	if err != nil {
		t.Fatal(err)
	}
	mem := vexec.NewBudget(0)
	state := vtest.NewState(op.(vexec.Stateful).Tables())
	table := &countingTable{Table: state.Table(groupsTable), live: map[vexec.SegmentID]int{}, t: t}
	if err := op.Open(&vexec.OpContext{Tasks: 1, MaxRows: 1000, State: oneTable{table}, Memory: mem.Account("test")}); err != nil {
		t.Fatal(err)
	}
	out := vtest.Collector{Schema: o.Out}
	for k := range barriers {
		rows := make([]vtest.Row, groups)
		for i := range rows {
			rows[i] = vtest.Row{int64(k), i, fmt.Sprintf("a long text with number %06d", k), nil, nil}
		}
		if err := op.Push(0, vtest.Batch(aggIn, rows...), &out); err != nil {
			t.Fatal(err)
		}
		if err := op.(vexec.Stateful).Seal(uint64(k)); err != nil {
			t.Fatal(err)
		}
	}
	if n := table.rows(); n > 20*groups {
		t.Errorf("%d groups stand in %d rows of %d segments", groups, n, len(table.live))
	}
	if table.written > 5*barriers*groups {
		t.Errorf("%d rows were written for %d changed groups", table.written, barriers*groups)
	}
	if mem.Used() > 4<<20 {
		t.Errorf("%d bytes are held", mem.Used())
	}
	if _, err := op.Advance(ir.MaxMicros, &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Rows) != groups {
		t.Fatalf("%d results, want %d", len(out.Rows), groups)
	}
	for _, r := range out.Rows {
		if r.Vals[4] != int64(barriers) || r.Vals[5] != fmt.Sprintf("a long text with number %06d", barriers-1) {
			t.Fatalf("result %v", r.Vals)
		}
	}
	if len(table.live) != 0 {
		t.Errorf("%d segments outlive their window", len(table.live))
	}
	table.readers.Wait()
	if err := op.Close(); err != nil || mem.Used() != 0 {
		t.Errorf("Close: %v, %d bytes left", err, mem.Used())
	}
}

// Partial hands its groups on where there is no memory for more; no row is lost.
func TestPartialUnderMemoryPressure(t *testing.T) {
	o := windowOp(byMinute, ir.Partial, []int{1}, []ir.AggCall{call("COUNT"), call("SUM", col(aggIn, "x"))})
	op, err := NewWindowAgg(o, aggIn)
	if err != nil {
		t.Fatal(err)
	}
	mem := vexec.NewBudget(100_000)
	if err := op.Open(&vexec.OpContext{Tasks: 1, MaxRows: 500, Memory: mem.Account("WindowAgg")}); err != nil {
		t.Fatal(err)
	}
	out := vtest.Collector{Schema: o.Out, MaxRows: 500}
	const batches, size = 40, 400
	want := map[ir.Value]int64{}
	r := rand.New(rand.NewPCG(1, 2))
	for range batches {
		rows := make([]vtest.Row, size)
		for i := range rows {
			k := r.Int64N(20_000)
			rows[i] = vtest.Row{r.Int64N(120_000_000), k, nil, k, nil}
			want[k]++
		}
		if err := op.Push(0, vtest.Batch(aggIn, rows...), &out); err != nil {
			t.Fatal(err)
		}
	}
	if len(out.Rows) == 0 {
		t.Fatal("nothing was handed on before the end")
	}
	if err := op.Finish(&out); err != nil {
		t.Fatal(err)
	}
	for _, row := range out.Rows {
		want[row.Vals[2]] -= row.Vals[3].(int64)
	}
	for k, n := range want {
		if n != 0 {
			t.Errorf("key %v: %d rows are missing", k, n)
		}
	}
	if err := op.Close(); err != nil || mem.Used() != 0 {
		t.Errorf("Close: %v, %d bytes left", err, mem.Used())
	}
}

// What has state fails over the budget, with the operator's name.
func TestCompleteOverBudget(t *testing.T) {
	o := windowOp(byMinute, ir.Complete, []int{1}, []ir.AggCall{call("COUNT")})
	op, _ := NewWindowAgg(o, aggIn)
	oc := &vexec.OpContext{Tasks: 1, MaxRows: 500, Memory: vexec.NewBudget(10_000).Account("WindowAgg"), State: vtest.NewState(op.(vexec.Stateful).Tables())}
	if err := op.Open(oc); err != nil {
		t.Fatal(err)
	}
	rows := make([]vtest.Row, 5000)
	for i := range rows {
		rows[i] = vtest.Row{int64(i), i, nil, nil, nil}
	}
	err := op.Push(0, vtest.Batch(aggIn, rows...), &vtest.Collector{})
	var me *vexec.MemoryError
	if !errors.As(err, &me) || me.Owner != "WindowAgg" {
		t.Errorf("error %v", err)
	}
	if err := op.Close(); err != nil {
		t.Error(err)
	}
}
