package opt

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// pruneColumns is Prune as a rule: other rules make columns needless.
func pruneColumns(_ *Ctx, n ir.Node) (ir.Node, bool) {
	s, ok := n.(*ir.Sink)
	if !ok {
		return n, false
	}
	m := pruneSink(s, asIs(s.Input))
	return m, m != s
}

// Prune returns the plan without columns, fields of ROWs, expressions and watermarks
// that no result depends on. It is part of what a bound query means, not a choice of
// the optimizer: fields are checked and row errors made for what the query uses.
func Prune(l *ir.Logical) *ir.Logical {
	out := &ir.Logical{Sinks: make([]*ir.Sink, len(l.Sinks))}
	for i, s := range l.Sinks {
		out.Sinks[i] = pruneSink(s, splitRows(s.Input))
	}
	return out
}

// pruneSink keeps the columns of s, of what its input has been split into.
func pruneSink(s *ir.Sink, from split) *ir.Sink {
	want := s.Input.Schema()
	need := make([]bool, len(from.node.Schema().Cols))
	for _, at := range from.to {
		need[at] = true
	}
	in, to := prune(from.node, need, false)
	if in == s.Input {
		return s
	}
	c := *s
	c.Input = compact(in, moveCols(from.to, to), all(len(want.Cols)), want)
	return &c
}

// prune returns n without the columns that need leaves out, as far as it can, and
// for each column of n its new position or -1. eventTime says that watermarks are
// needed above. It returns n itself where nothing changes.
func prune(n ir.Node, need []bool, eventTime bool) (ir.Node, []int) {
	switch x := n.(type) {
	case *ir.Scan:
		return pruneScan(x, need)
	case *ir.Values:
		return pruneValues(x, need)
	case *ir.Filter:
		return pruneFilter(x, need, eventTime)
	case *ir.Project:
		return pruneProject(x, need, eventTime)
	case *ir.Watermark:
		return pruneWatermark(x, need, eventTime)
	case *ir.WindowTVF:
		return pruneWindowTVF(x, need)
	case *ir.Aggregate:
		return pruneAggregate(x, need, eventTime)
	case *ir.WindowAgg:
		return pruneWindowAgg(x, need)
	case *ir.Over:
		return pruneOver(x, need)
	case *ir.Coarsen:
		return pruneCoarsen(x, need)
	case *ir.Rank:
		return pruneRank(x, need)
	case *ir.LateRows:
		return pruneLateRows(x, need)
	case *ir.ProcTime:
		return pruneProcTime(x, need, eventTime)
	case *ir.Expand:
		return pruneExpand(x, need, eventTime)
	case *ir.Unnest:
		return pruneUnnest(x, need, eventTime)
	case *ir.Repeat:
		return pruneRepeat(x, need, eventTime)
	case *ir.Changelog:
		return pruneChangelog(x)
	case *ir.Sort:
		return pruneSort(x, need, eventTime)
	case *ir.Limit:
		in, to := prune(x.Input, need, eventTime)
		if in == x.Input {
			return x, to
		}
		return x.WithInputs([]ir.Node{in}), to
	case *ir.Union:
		return pruneUnion(x, need, eventTime)
	case *ir.Join:
		return pruneJoin(x, need, eventTime)
	}
	return n, identity(len(need))
}

func pruneScan(x *ir.Scan, need []bool) (ir.Node, []int) {
	if !slices.Contains(need, false) {
		return x, identity(len(need))
	}
	c := *x
	var to []int
	c.Cols, to = keep(x.Cols, need)
	if x.Fields != nil {
		c.Fields, _ = keep(x.Fields, need)
		if !slices.ContainsFunc(c.Fields, func(f []int) bool { return len(f) > 0 }) {
			c.Fields = nil
		}
	}
	c.Terms = moveTerms(x.Terms, to)
	c.P = moveProps(x.P, to)
	return &c, to
}

// moveTerms keeps the terms on columns that are still there.
func moveTerms(terms []ir.ScanTerm, to []int) []ir.ScanTerm {
	var out []ir.ScanTerm
	for _, t := range terms {
		if t.Col = to[t.Col]; t.Col >= 0 {
			out = append(out, t)
		}
	}
	return out
}

func pruneValues(x *ir.Values, need []bool) (ir.Node, []int) {
	if !slices.Contains(need, false) {
		return x, identity(len(need))
	}
	c := *x
	var to []int
	c.S = &ir.Schema{}
	c.S.Cols, to = keep(x.S.Cols, need)
	c.Rows = make([][]ir.Expr, len(x.Rows))
	for i, row := range x.Rows {
		c.Rows[i], _ = keep(row, need)
	}
	c.P = moveProps(x.P, to)
	return &c, to
}

func pruneFilter(x *ir.Filter, need []bool, eventTime bool) (ir.Node, []int) {
	need = slices.Clone(need)
	ir.UsedColumns(x.Pred, need)
	in, to := prune(x.Input, need, eventTime)
	if in == x.Input {
		return x, to
	}
	return &ir.Filter{Input: in, Pred: ir.Shift(x.Pred, to)}, to
}

func pruneProject(x *ir.Project, need []bool, eventTime bool) (ir.Node, []int) {
	exprs, to := keep(x.Exprs, need)
	below := make([]bool, len(x.Input.Schema().Cols))
	for _, e := range exprs {
		ir.UsedColumns(e, below)
	}
	in, inTo := prune(x.Input, below, eventTime)
	if in == x.Input && len(exprs) == len(x.Exprs) {
		return x, to
	}
	c := *x
	c.Input = in
	c.Exprs, _ = mapList(exprs, func(e ir.Expr) ir.Expr { return ir.Shift(e, inTo) })
	c.S = &ir.Schema{}
	c.S.Cols, _ = keep(x.S.Cols, need)
	c.P = propsOver(moveProps(x.P, to), in)
	return &c, to
}

// and is need with these columns needed, too.
func and(need []bool, cols ...int) []bool {
	need = slices.Clone(need)
	for _, c := range cols {
		need[c] = true
	}
	return need
}

// pruneWatermark removes a watermark that nothing above looks at. One that drops
// late rows stays.
func pruneWatermark(x *ir.Watermark, need []bool, eventTime bool) (ir.Node, []int) {
	if !x.Drop && !x.Mark && !x.Shared && !eventTime {
		return prune(x.Input, need, false)
	}
	in, to := prune(x.Input, and(need, x.TimeCol), false)
	if in == x.Input {
		return x, to
	}
	c := *x
	c.Input = in
	c.TimeCol = to[x.TimeCol]
	c.P = moveProps(x.P, to)
	return &c, to
}

// pruneProcTime removes a processing time that nothing above looks at.
func pruneProcTime(x *ir.ProcTime, need []bool, eventTime bool) (ir.Node, []int) {
	if !eventTime && !need[x.TimeCol] {
		return prune(x.Input, need, false)
	}
	in, to := prune(x.Input, and(need, x.TimeCol), false)
	if in == x.Input {
		return x, to
	}
	c := *x
	c.Input, c.TimeCol, c.P = in, to[x.TimeCol], moveProps(x.P, to)
	return &c, to
}

func pruneLateRows(x *ir.LateRows, need []bool) (ir.Node, []int) {
	in, to := prune(x.Input, and(and(need, x.TimeCol), x.Keys...), true)
	if in == x.Input {
		return x, to
	}
	c := *x
	c.Input, c.TimeCol, c.Keys = in, to[x.TimeCol], moveCols(x.Keys, to)
	return &c, to
}

func pruneWindowTVF(x *ir.WindowTVF, need []bool) (ir.Node, []int) {
	width := len(need) - 3
	below := and(need[:width], x.Keys...)
	if x.TimeCol >= 0 {
		below[x.TimeCol] = true
	}
	in, to := prune(x.Input, below, x.Window.Kind != ir.CountRows)
	if in == x.Input {
		return x, identity(len(need))
	}
	c := *x
	c.Input, c.Keys = in, moveCols(x.Keys, to)
	c.TimeCol = moveCol(x.TimeCol, to)
	inCols := in.Schema().Cols
	for i := range 3 {
		to = append(to, len(inCols)+i)
	}
	c.S = ir.NewSchema(append(slices.Clone(inCols), x.S.Cols[width:]...)...)
	c.P = moveProps(x.P, to)
	return &c, to
}

func pruneAggregate(x *ir.Aggregate, need []bool, eventTime bool) (ir.Node, []int) {
	windowed := x.StartKey >= 0 || x.EndKey >= 0
	need = slices.Clone(need)
	for i := range x.Keys {
		need[i] = true
	}
	aggs, _ := keep(x.Aggs, need[len(x.Keys):])
	below := make([]bool, len(x.Input.Schema().Cols))
	for _, k := range x.Keys {
		below[k] = true
	}
	if p := x.Input.Props(); windowed {
		below[p.WindowStart], below[p.WindowEnd] = true, true
	}
	useAggs(aggs, below)
	in, inTo := prune(x.Input, below, eventTime || windowed)
	_, to := keep(x.S.Cols, need)
	if in == x.Input && len(aggs) == len(x.Aggs) {
		return x, to
	}
	c := *x
	c.Input = in
	c.Keys = moveCols(x.Keys, inTo)
	c.Aggs, _ = mapAggs(aggs, func(e ir.Expr) ir.Expr { return ir.Shift(e, inTo) })
	c.S = &ir.Schema{}
	c.S.Cols, _ = keep(x.S.Cols, need)
	c.P = moveProps(x.P, to)
	return &c, to
}

func pruneWindowAgg(x *ir.WindowAgg, need []bool) (ir.Node, []int) {
	if key, ok := ir.UpsertKey(x); ok {
		need = and(need, key...) // rows are told apart by it
	}
	out, to := keep(x.Out, need)
	usedAggs := make([]bool, len(x.Aggs))
	for _, o := range out {
		if o.Kind == ir.OutAgg {
			usedAggs[o.Index] = true
		}
	}
	aggs, aggTo := keep(x.Aggs, usedAggs)
	below := make([]bool, len(x.Input.Schema().Cols))
	if x.TimeCol >= 0 {
		below[x.TimeCol] = true
	}
	for _, k := range x.Keys {
		below[k] = true
	}
	useAggs(aggs, below)
	in, inTo := prune(x.Input, below, x.Window.Kind != ir.CountRows)
	if in == x.Input && len(out) == len(x.Out) && len(aggs) == len(x.Aggs) {
		return x, to
	}
	for i, o := range out {
		if o.Kind == ir.OutAgg {
			out[i].Index = aggTo[o.Index]
		}
	}
	c := *x
	c.Input = in
	c.TimeCol = moveCol(x.TimeCol, inTo)
	c.Keys = moveCols(x.Keys, inTo)
	c.Aggs, _ = mapAggs(aggs, func(e ir.Expr) ir.Expr { return ir.Shift(e, inTo) })
	c.Out = out
	c.S = &ir.Schema{}
	c.S.Cols, _ = keep(x.S.Cols, need)
	c.P = moveProps(x.P, to)
	return &c, to
}

// pruneExpand keeps the columns of the sets.
func pruneExpand(x *ir.Expand, need []bool, eventTime bool) (ir.Node, []int) {
	width := len(x.Input.Schema().Cols)
	in, to := prune(x.Input, and(need[:width], x.Keys...), eventTime)
	if in == x.Input {
		return x, identity(len(need))
	}
	return expandOver(x, in, to)
}

// expandOver is x over in, which has its columns at the places to, and where its own are.
func expandOver(x *ir.Expand, in ir.Node, to []int) (*ir.Expand, []int) {
	c := *x
	c.Input, c.Keys = in, moveCols(x.Keys, to)
	c.S = ir.ExpandSchema(in.Schema(), c.Keys)
	to = slices.Clone(to)
	for i := range len(x.Keys) + 1 {
		to = append(to, len(in.Schema().Cols)+i)
	}
	c.P = propsOver(moveProps(x.P, to), in)
	return &c, to
}

// pruneRepeat keeps the number of times.
func pruneRepeat(x *ir.Repeat, need []bool, eventTime bool) (ir.Node, []int) {
	below := append(slices.Clone(need), true)
	in, to := prune(x.Input, below, eventTime)
	s := &ir.Schema{}
	s.Cols, _ = keep(x.Input.Schema().Cols, below)
	in = compact(in, to, below, s)
	_, to = keep(need, need)
	if in == x.Input {
		return x, to
	}
	c := *x
	c.Input = in
	c.S = &ir.Schema{}
	c.S.Cols, _ = keep(x.S.Cols, need)
	c.P = propsOver(moveProps(x.P, to), in)
	return &c, to
}

// pruneCoarsen keeps the key.
func pruneCoarsen(x *ir.Coarsen, need []bool) (ir.Node, []int) {
	in, to := prune(x.Input, and(need, x.Key...), false)
	if in == x.Input {
		return x, to
	}
	return coarsenOver(x, in, to), to
}

// coarsenOver is x over in, which has its columns at the places to.
func coarsenOver(x *ir.Coarsen, in ir.Node, to []int) *ir.Coarsen {
	c := *x
	c.Input, c.Key, c.By, c.EndCol = in, moveCols(x.Key, to), moveCols(x.By, to), moveCol(x.EndCol, to)
	return &c
}

func pruneSort(x *ir.Sort, need []bool, eventTime bool) (ir.Node, []int) {
	need = slices.Clone(need)
	for _, k := range x.Order {
		need[k.Col] = true
	}
	in, to := prune(x.Input, need, eventTime || x.ByTime)
	if in == x.Input {
		return x, to
	}
	return sortOver(x, in, to), to
}

// sortOver is x over in, which has its columns at the places to.
func sortOver(x *ir.Sort, in ir.Node, to []int) *ir.Sort {
	c := *x
	c.Input, c.Order = in, moveOrder(x.Order, to)
	c.P = propsOver(moveProps(x.P, to), in)
	return &c
}

// pruneChangelog keeps all columns: a change of any of them is one.
func pruneChangelog(x *ir.Changelog) (ir.Node, []int) {
	want := x.Input.Schema()
	need := all(len(want.Cols))
	in, to := prune(x.Input, need, false)
	c := *x
	if c.Input = compact(in, to, need, want); c.Input == x.Input {
		return x, identity(len(x.S.Cols))
	}
	return &c, identity(len(x.S.Cols))
}

// pruneUnion keeps the inputs alike: each gives just the needed columns.
func pruneUnion(x *ir.Union, need []bool, eventTime bool) (ir.Node, []int) {
	in := make([]ir.Node, len(x.In))
	changed := slices.Contains(need, false)
	for i, k := range x.In {
		s := ir.Schema{}
		s.Cols, _ = keep(k.Schema().Cols, need)
		m, to := prune(k, need, eventTime)
		in[i] = compact(m, to, need, &s)
		changed = changed || in[i] != k
	}
	_, to := keep(x.S.Cols, need)
	if !changed {
		return x, to
	}
	c := *x
	c.In = in
	c.S = &ir.Schema{}
	c.S.Cols, _ = keep(x.S.Cols, need)
	c.P = moveProps(x.P, to)
	for _, k := range in {
		c.P = propsOver(c.P, k)
	}
	return &c, to
}

func useAggs(aggs []ir.AggCall, used []bool) {
	for _, e := range ir.AggExprs(aggs) {
		ir.UsedColumns(e, used)
	}
}

// compact puts a projection over n, the pruned form of a relation, that gives just
// the needed columns in order; none where n does so by itself.
func compact(n ir.Node, to []int, need []bool, want *ir.Schema) ir.Node {
	have := n.Schema()
	var cols []int
	for i, ok := range need {
		if ok {
			cols = append(cols, to[i])
		}
	}
	if len(cols) == len(have.Cols) && slices.IsSorted(cols) {
		return n
	}
	p := &ir.Project{Input: n, S: want, P: *n.Props()}
	back := make([]int, len(have.Cols))
	for i := range back {
		back[i] = -1
	}
	for i, c := range cols {
		p.Exprs = append(p.Exprs, &ir.ColRef{Index: c, Name: have.Cols[c].Name, T: have.Cols[c].Type})
		back[c] = i
	}
	p.P = moveProps(p.P, back)
	return p
}

// keep returns the items that need asks for, and the new position of each item or -1.
func keep[T any](items []T, need []bool) ([]T, []int) {
	out := make([]T, 0, len(items))
	to := make([]int, len(items))
	for i, x := range items {
		to[i] = -1
		if need[i] {
			to[i] = len(out)
			out = append(out, x)
		}
	}
	return out, to
}

// moveCol is where a column is now; -1: there is none.
func moveCol(col int, to []int) int {
	if col < 0 {
		return -1
	}
	return to[col]
}

func moveCols(cols, to []int) []int {
	out := make([]int, len(cols))
	for i, c := range cols {
		out[i] = to[c]
	}
	return out
}

func moveProps(p ir.Props, to []int) ir.Props {
	for _, c := range []*int{&p.TimeCol, &p.OtherTime, &p.WindowStart, &p.WindowEnd, &p.WindowTime} {
		if *c >= 0 {
			*c = to[*c]
		}
	}
	p.Settle()
	return p
}

// propsOver takes the event time away where the input has lost its.
func propsOver(p ir.Props, in ir.Node) ir.Props {
	if in.Props().TimeCol < 0 {
		p.TimeCol, p.OtherTime = -1, -1
	}
	return p
}

func identity(n int) []int {
	to := make([]int, n)
	for i := range to {
		to[i] = i
	}
	return to
}

func all(n int) []bool {
	need := make([]bool, n)
	for i := range need {
		need[i] = true
	}
	return need
}
