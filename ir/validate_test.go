package ir_test

import (
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
)

var testTable = &ir.Table{Name: "t", Connector: "file", Options: map[string]string{"password": "hunter2"}, Cols: []ir.TableColumn{
	{Column: ir.Column{Name: "a", Type: ir.TBigInt}},
	{Column: ir.Column{Name: "ts", Type: ir.TTimestamp}},
}}

func testScan() *ir.Scan { return &ir.Scan{Table: testTable, Cols: []int{0, 1}, P: ir.NoProps} }

func timed(p ir.Props, col int) ir.Props { p.TimeCol = col; return p }

// TestValidate breaks plans in one place each.
// prunedScan is testScan of a table that is pruned by its first column.
func prunedScan(t ir.ScanTerm) *ir.Scan {
	table := *testTable
	table.Prune = []int{0}
	return &ir.Scan{Table: &table, Cols: []int{0, 1}, Terms: []ir.ScanTerm{t}, P: ir.NoProps}
}

func TestValidate(t *testing.T) {
	a, ts := col(0, ir.TBigInt), col(1, ir.TTimestamp)
	oneCol := ir.NewSchema(ir.Column{Name: "x", Type: ir.TBigInt})
	minute := ir.Window{Kind: ir.Tumble, Size: 60e6, Slide: 60e6}
	count := []ir.AggCall{{Fn: "COUNT", T: ir.TBigInt, Name: "n"}}
	for _, c := range []struct {
		want string // "": well formed
		n    ir.Node
	}{
		{"", testScan()},
		{"column 2 of 2", &ir.Scan{Table: testTable, Cols: []int{2}, P: ir.NoProps}},
		{"", prunedScan(ir.ScanTerm{Col: 0, Op: ir.TermIn, T: ir.TBigInt, Values: []ir.Value{int64(1), int64(2)}})},
		{"", prunedScan(ir.ScanTerm{Col: 0, Op: ir.TermIsNull, T: ir.TBigInt})},
		{"term on column 3 of 2", prunedScan(ir.ScanTerm{Col: 3, Op: ir.TermIsNull, T: ir.TBigInt})},
		{"takes column a for DOUBLE, it is BIGINT", prunedScan(ir.ScanTerm{Col: 0, Op: ir.TermIsNull, T: ir.TDouble})},
		{"a term < of 2 values", prunedScan(ir.ScanTerm{Col: 0, Op: ir.TermLess, T: ir.TBigInt, Values: []ir.Value{int64(1), int64(2)}})},
		{"a term IS NULL of 1 values", prunedScan(ir.ScanTerm{Col: 0, Op: ir.TermIsNull, T: ir.TBigInt, Values: []ir.Value{int64(1)}})},
		{"a term of BIGINT with the value x", prunedScan(ir.ScanTerm{Col: 0, Op: ir.TermEqual, T: ir.TBigInt, Values: []ir.Value{"x"}})},
		{"a term of BIGINT with the value <nil>", prunedScan(ir.ScanTerm{Col: 0, Op: ir.TermEqual, T: ir.TBigInt, Values: []ir.Value{nil}})},
		{"unknown term", prunedScan(ir.ScanTerm{Col: 0, Op: "~", T: ir.TBigInt, Values: []ir.Value{int64(1)}})},
		{"does not prune by", prunedScan(ir.ScanTerm{Col: 1, Op: ir.TermIsNull, T: ir.TTimestamp})},
		{"pruned column 9 of 2", &ir.Scan{Table: &ir.Table{Cols: testTable.Cols, Prune: []int{9}}, P: ir.NoProps}},
		{"narrowed column a is BIGINT", &ir.Scan{Table: &ir.Table{Cols: testTable.Cols, Narrow: []int{0}}, P: ir.NoProps}},
		{"", &ir.Filter{Input: testScan(), Pred: call(">", ir.TBoolean, a, num(1))}},
		{"predicate of type BIGINT", &ir.Filter{Input: testScan(), Pred: a}},
		{"column 5 of 2", &ir.Filter{Input: testScan(), Pred: call(">", ir.TBoolean, col(5, ir.TBigInt), num(1))}},
		{"takes column b for BIGINT, it is TIMESTAMP", &ir.Filter{Input: testScan(), Pred: call(">", ir.TBoolean, col(1, ir.TBigInt), num(1))}},
		{"", &ir.Project{Input: testScan(), Exprs: []ir.Expr{a}, S: oneCol, P: ir.NoProps}},
		{"2 expressions for 1 columns", &ir.Project{Input: testScan(), Exprs: []ir.Expr{a, a}, S: oneCol, P: ir.NoProps}},
		{"column x is BIGINT, its expression TIMESTAMP", &ir.Project{Input: testScan(), Exprs: []ir.Expr{ts}, S: oneCol, P: ir.NoProps}},
		{"property names column x, which is BIGINT", &ir.Project{Input: testScan(), Exprs: []ir.Expr{a}, S: oneCol, P: timed(ir.NoProps, 0)}},
		{"property names column 4 of 1", &ir.Project{Input: testScan(), Exprs: []ir.Expr{a}, S: oneCol, P: timed(ir.NoProps, 4)}},
		{"", &ir.Watermark{Input: testScan(), TimeCol: 1, P: timed(ir.NoProps, 1)}},
		{"time column a is BIGINT", &ir.Watermark{Input: testScan(), TimeCol: 0, P: ir.NoProps}},
		{"2 columns over 2", &ir.WindowTVF{Input: testScan(), TimeCol: 1, Window: minute, S: testScan().Schema(), P: ir.NoProps}},
		{"1 columns for 1 keys and 1 aggregates", &ir.Aggregate{Input: testScan(), Keys: []int{0}, Aggs: count, StartKey: -1, EndKey: -1, S: oneCol, P: ir.NoProps}},
		{"without window columns", &ir.Aggregate{Input: testScan(), Keys: []int{1}, StartKey: 0, EndKey: -1, S: testScan().Schema().Select([]int{1}), P: ir.NoProps}},
		{"", &ir.WindowAgg{Input: testScan(), TimeCol: 1, Window: minute, Aggs: count, Out: []ir.WindowOut{{Kind: ir.OutAgg}}, S: oneCol, P: ir.NoProps}},
		{"size 60000000 and slide 1", &ir.WindowAgg{Input: testScan(), TimeCol: 1, Window: ir.Window{Kind: ir.Tumble, Size: 60e6, Slide: 1}, S: &ir.Schema{}, P: ir.NoProps}},
		{"a row would be in 1000000 windows", &ir.WindowAgg{Input: testScan(), TimeCol: 1, Window: ir.Window{Kind: ir.Hop, Size: 1e9, Slide: 1000}, S: &ir.Schema{}, P: ir.NoProps}},
		{"of 1000000007 panes", &ir.WindowAgg{Input: testScan(), TimeCol: 1, Window: ir.Window{Kind: ir.Hop, Size: 1_000_000_007, Slide: 1_000_000}, S: &ir.Schema{}, P: ir.NoProps}},
		{"a span is at most", &ir.WindowAgg{Input: testScan(), TimeCol: 1, Window: ir.Window{Kind: ir.Tumble, Size: 1 << 62, Slide: 1 << 62}, S: &ir.Schema{}, P: ir.NoProps}},
		{"the offset less than the period", &ir.WindowAgg{Input: testScan(), TimeCol: 1, Window: ir.Window{Kind: ir.Tumble, Size: 60, Slide: 60, Offset: 60}, S: &ir.Schema{}, P: ir.NoProps}},
		{"watermark -1 behind event time", &ir.Watermark{Input: testScan(), TimeCol: 1, Lag: -1, P: timed(ir.NoProps, 1)}},
		{"behind event time: it is 0 to", &ir.Watermark{Input: testScan(), TimeCol: 1, Lag: 1 << 62, P: timed(ir.NoProps, 1)}},
		{"output 0 comes from nowhere", &ir.WindowAgg{Input: testScan(), TimeCol: 1, Window: minute, Out: []ir.WindowOut{{Kind: ir.OutAgg}}, S: oneCol, P: ir.NoProps}},
		{"an input has 2 columns, not 1", &ir.Union{In: []ir.Node{testScan()}, S: oneCol, P: ir.NoProps}},
		{"1 columns into table t", &ir.Sink{Table: testTable, Input: &ir.Project{Input: testScan(), Exprs: []ir.Expr{a}, S: oneCol, P: ir.NoProps}}},
		{"column x is BIGINT, its expression VARCHAR", &ir.Values{Rows: [][]ir.Expr{{&ir.Const{V: "s", T: ir.TVarchar}}}, S: oneCol, P: ir.NoProps}},
	} {
		checkErr(t, func() string { return ir.PrintNode(c.n) }, ir.ValidateNode(c.n), c.want)
	}
}

// TestValidatePlan breaks physical plans in one place each.
func TestValidatePlan(t *testing.T) {
	s := testTable.Physical()
	scan := func() *ir.Stage {
		return &ir.Stage{Tasks: 2, Scan: &ir.PhysScan{Table: testTable, Cols: []int{0, 1}, Out: s, TimeCol: 1}, Out: s}
	}
	reader := func(tasks int, mode ir.Exchange, keys ...int) *ir.Stage {
		return &ir.Stage{ID: 1, Tasks: tasks, In: []ir.Input{{From: 0, Mode: mode, Keys: keys}}, Out: s}
	}
	with := func(st *ir.Stage, f func(*ir.Stage)) *ir.Stage { f(st); return st }
	for _, c := range []struct {
		want   string
		stages []*ir.Stage
	}{
		{"", []*ir.Stage{scan(), reader(1, ir.Gather)}},
		{"", []*ir.Stage{scan(), reader(4, ir.Hash, 0)}},
		{"gather into 2 tasks", []*ir.Stage{scan(), reader(2, ir.Gather)}},
		{"hash key 7 of 2", []*ir.Stage{scan(), reader(2, ir.Hash, 7)}},
		{"reads stage 0, which does not come before it", []*ir.Stage{reader(1, ir.Gather), scan()}},
		{"two stages 0", []*ir.Stage{scan(), scan()}},
		{"0 kinds of input", []*ir.Stage{{Tasks: 1, Out: s}}},
		{"time column a is BIGINT", []*ir.Stage{with(scan(), func(st *ir.Stage) { st.Scan.TimeCol = 0 })}},
		{"terms would hide rows", []*ir.Stage{with(scan(), func(st *ir.Stage) {
			st.Scan.Drop, st.Scan.Terms = true, []ir.ScanTerm{{Col: 0, Op: ir.TermIsNull, T: ir.TBigInt}}
		})}},
		{"does not prune by", []*ir.Stage{with(scan(), func(st *ir.Stage) {
			st.Scan.Terms = []ir.ScanTerm{{Col: 0, Op: ir.TermIsNull, T: ir.TBigInt}}
		})}},
		{"not its columns", []*ir.Stage{with(scan(), func(st *ir.Stage) { st.Scan.Cols = []int{1, 0} })}},
		{"Filter: ", []*ir.Stage{with(scan(), func(st *ir.Stage) {
			st.Ops = []ir.PhysOp{&ir.FilterOp{Pred: call(">", ir.TBoolean, col(3, ir.TBigInt), num(1)), Out: s}}
		})}},
		{"its chain gives", []*ir.Stage{with(scan(), func(st *ir.Stage) { st.Out = s.Select([]int{0}) })}},
		{"its sink takes", []*ir.Stage{with(scan(), func(st *ir.Stage) { st.Sink = &ir.PhysSink{In: s.Select([]int{0})} })}},
	} {
		p := &ir.Plan{Stages: c.stages}
		checkErr(t, func() string { return ir.PrintPlan(p) }, ir.ValidatePlan(p), c.want)
	}
}

// checkErr compares an error with what it must hold. A plan that must be well formed
// is printed, too, and shows no secret.
func checkErr(t *testing.T, text func() string, err error, want string) {
	t.Helper()
	if want != "" {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
		return
	}
	if shown := text(); err != nil || strings.Contains(shown, "hunter2") {
		t.Errorf("%v\n%s", err, shown)
	}
}
