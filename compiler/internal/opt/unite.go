package opt

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// Two relations that do the same to the rows of one table and differ in the columns that
// they give are united: into one that gives the columns of both. Rows, their order and
// their marks are those of each; nothing that may fail for a row is computed unless both
// compute it, so that none is refused which one of them would let go on.

// united is two relations as one.
type united struct {
	node ir.Node
	a, b []int // where the columns of the one and of the other are
	// wide are the columns of the two, by whose they are, that node gives in a type that
	// holds more: only at the top.
	wideA, wideB map[int]*ir.AggCall
}

// unite returns a and b as one relation; false: they are not alike.
func unite(a, b ir.Node) (*united, bool) {
	u, ok := uniteTop(a, b)
	if !ok || len(u.wideA)+len(u.wideB) > 0 {
		return nil, false
	}
	return u, true
}

// uniteTop is unite, but that an aggregate may give sums in a type that holds more.
func uniteTop(a, b ir.Node) (*united, bool) {
	switch x := a.(type) {
	case *ir.Scan:
		if y, ok := b.(*ir.Scan); ok {
			return uniteScans(x, y)
		}
	case *ir.Values:
		if n := len(x.S.Cols); ir.SameNode(a, b) && !slices.ContainsFunc(ir.NodeExprs(a), ir.IsVolatile) {
			return &united{node: a, a: identity(n), b: identity(n)}, true
		}
	case *ir.Filter:
		if y, ok := b.(*ir.Filter); ok {
			return uniteFilters(x, y)
		}
	case *ir.Project:
		if y, ok := b.(*ir.Project); ok {
			return uniteProjects(x, y)
		}
	case *ir.Watermark:
		if y, ok := b.(*ir.Watermark); ok {
			return uniteWatermarks(x, y)
		}
	case *ir.LateRows:
		if y, ok := b.(*ir.LateRows); ok {
			return uniteLateRows(x, y)
		}
	case *ir.Limit:
		if y, ok := b.(*ir.Limit); ok && x.Count == y.Count && x.Offset == y.Offset {
			return uniteBelow(x, y)
		}
	case *ir.WindowTVF:
		if y, ok := b.(*ir.WindowTVF); ok {
			return uniteWindows(x, y)
		}
	case *ir.Expand:
		if y, ok := b.(*ir.Expand); ok {
			return uniteExpands(x, y)
		}
	case *ir.Union:
		if y, ok := b.(*ir.Union); ok {
			return uniteUnions(x, y)
		}
	case *ir.Aggregate:
		if y, ok := b.(*ir.Aggregate); ok {
			return uniteAggregates(x, y)
		}
	case *ir.WindowAgg:
		if y, ok := b.(*ir.WindowAgg); ok {
			return uniteWindowAggs(x, y)
		}
	}
	return nil, false
}

// uniteBelow unites two nodes of one input each that keep its columns and do the same.
func uniteBelow(x, y ir.Node) (*united, bool) {
	in, ok := unite(x.Inputs()[0], y.Inputs()[0])
	if !ok {
		return nil, false
	}
	return &united{node: x.WithInputs([]ir.Node{in.node}), a: in.a, b: in.b}, true
}

// uniteScans reads the columns of both, where that decodes nothing that each does not.
func uniteScans(x, y *ir.Scan) (*united, bool) {
	if x.Table != y.Table || slices.ContainsFunc(append(ir.NodeExprs(x), ir.NodeExprs(y)...), ir.IsVolatile) {
		return nil, false
	}
	c := *x
	u := &united{node: &c}
	places := append(columnPlaces(x), columnPlaces(y)...)
	slices.SortFunc(places, ir.ComparePlaces)
	places = slices.CompactFunc(places, ir.Place.Equal)
	c.Cols, c.Fields = nil, nil
	for i, p := range places {
		c.Cols = append(c.Cols, p.Col)
		if p.Fields != nil && c.Fields == nil {
			c.Fields = make([][]int, len(places))
		}
		if c.Fields != nil {
			c.Fields[i] = p.Fields
		}
	}
	u.a, u.b = findPlaces(columnPlaces(x), places), findPlaces(columnPlaces(y), places)
	if !u.failsAsBefore(func(i int) ir.Expr { return c.Table.Cols[c.Cols[i]].Expr }, len(c.Cols)) {
		return nil, false
	}
	reads := c.Decoded()
	if !slices.EqualFunc(reads, x.Decoded(), ir.Place.Equal) || !slices.EqualFunc(reads, y.Decoded(), ir.Place.Equal) {
		return nil, false
	}
	c.Terms = nil
	terms := moveTerms(y.Terms, u.b)
	for _, t := range moveTerms(x.Terms, u.a) { // what one leaves out the other may want
		if slices.ContainsFunc(terms, func(o ir.ScanTerm) bool { return o.Equal(&t) }) {
			c.Terms = append(c.Terms, t)
		}
	}
	var ok bool
	c.P, ok = u.props(x.P, y.P)
	return u, ok
}

// columnPlaces are the columns of a scan as places in the table, computed ones too.
func columnPlaces(x *ir.Scan) []ir.Place {
	out := make([]ir.Place, len(x.Cols))
	for i, c := range x.Cols {
		out[i].Col = c
		if x.Fields != nil {
			out[i].Fields = x.Fields[i]
		}
	}
	return out
}

func findPlaces(list, in []ir.Place) []int {
	out := make([]int, len(list))
	for i, p := range list {
		out[i] = slices.IndexFunc(in, p.Equal)
	}
	return out
}

// failsAsBefore reports whether all of n columns that may fail are of both; exprs are
// what they are computed by, nil: nothing.
func (u *united) failsAsBefore(exprs func(i int) ir.Expr, n int) bool {
	for i := range n {
		if slices.Contains(u.a, i) && slices.Contains(u.b, i) {
			continue
		}
		if e := exprs(i); e != nil && ir.MayFail(e) {
			return false
		}
	}
	return true
}

// props are the properties of both; false: they contradict each other.
func (u *united) props(p, q ir.Props) (ir.Props, bool) {
	p, q = moveProps(p, u.a), moveProps(q, u.b)
	for _, c := range [][2]*int{{&p.TimeCol, &q.TimeCol}, {&p.OtherTime, &q.OtherTime}, {&p.WindowStart, &q.WindowStart}, {&p.WindowEnd, &q.WindowEnd}, {&p.WindowTime, &q.WindowTime}} {
		switch {
		case *c[0] < 0:
			*c[0] = *c[1]
		case *c[1] < 0:
			*c[1] = *c[0]
		}
	}
	return p, p == q
}

func uniteFilters(x, y *ir.Filter) (*united, bool) {
	in, ok := unite(x.Input, y.Input)
	if !ok {
		return nil, false
	}
	pred := ir.Shift(x.Pred, in.a)
	if ir.IsVolatile(pred) || !ir.EqualExpr(pred, ir.Shift(y.Pred, in.b)) {
		return nil, false
	}
	return &united{node: &ir.Filter{Input: in.node, Pred: pred}, a: in.a, b: in.b}, true
}

func uniteProjects(x, y *ir.Project) (*united, bool) {
	if anyVolatile(x.Exprs) || anyVolatile(y.Exprs) {
		return nil, false
	}
	in, ok := unite(x.Input, y.Input)
	if !ok {
		return nil, false
	}
	c := *x
	u := &united{node: &c, a: identity(len(x.Exprs)), b: make([]int, len(y.Exprs))}
	c.Input, c.S = in.node, &ir.Schema{Cols: slices.Clone(x.S.Cols)}
	c.Exprs, _ = mapList(x.Exprs, func(e ir.Expr) ir.Expr { return ir.Shift(e, in.a) })
	for i, e := range y.Exprs {
		e = ir.Shift(e, in.b)
		u.b[i] = slices.IndexFunc(c.Exprs, func(o ir.Expr) bool { return ir.EqualExpr(o, e) })
		if u.b[i] < 0 {
			u.b[i] = len(c.Exprs)
			c.Exprs, c.S.Cols = append(c.Exprs, e), append(c.S.Cols, y.S.Cols[i])
		}
	}
	if !u.failsAsBefore(func(i int) ir.Expr { return c.Exprs[i] }, len(c.Exprs)) {
		return nil, false
	}
	c.P, ok = u.props(x.P, y.P)
	return u, ok
}

func uniteWatermarks(x, y *ir.Watermark) (*united, bool) {
	if x.Lag != y.Lag || x.Drop != y.Drop || x.Mark != y.Mark {
		return nil, false
	}
	in, ok := unite(x.Input, y.Input)
	if !ok || in.a[x.TimeCol] != in.b[y.TimeCol] {
		return nil, false
	}
	c := *x
	c.Input, c.TimeCol = in.node, in.a[x.TimeCol]
	u := &united{node: &c, a: in.a, b: in.b}
	c.P, ok = u.props(x.P, y.P)
	return u, ok
}

func uniteLateRows(x, y *ir.LateRows) (*united, bool) {
	if x.Rest != y.Rest || x.Beyond != y.Beyond || (x.Window == nil) != (y.Window == nil) || x.Window != nil && *x.Window != *y.Window {
		return nil, false
	}
	in, ok := unite(x.Input, y.Input)
	if !ok || in.a[x.TimeCol] != in.b[y.TimeCol] || !slices.Equal(moveCols(x.Keys, in.a), moveCols(y.Keys, in.b)) {
		return nil, false
	}
	c := *x
	c.Input, c.TimeCol, c.Keys = in.node, in.a[x.TimeCol], moveCols(x.Keys, in.a)
	return &united{node: &c, a: in.a, b: in.b}, true
}

func uniteWindows(x, y *ir.WindowTVF) (*united, bool) {
	if x.Window != y.Window {
		return nil, false
	}
	in, ok := unite(x.Input, y.Input)
	if !ok || moveCol(x.TimeCol, in.a) != moveCol(y.TimeCol, in.b) || !slices.Equal(moveCols(x.Keys, in.a), moveCols(y.Keys, in.b)) {
		return nil, false
	}
	c := *x
	cols := in.node.Schema().Cols
	c.Input, c.TimeCol, c.Keys = in.node, moveCol(x.TimeCol, in.a), moveCols(x.Keys, in.a)
	c.S = ir.NewSchema(append(slices.Clone(cols), x.S.Cols[len(x.S.Cols)-3:]...)...)
	u := &united{node: &c, a: slices.Clone(in.a), b: slices.Clone(in.b)}
	for i := range 3 {
		u.a, u.b = append(u.a, len(cols)+i), append(u.b, len(cols)+i)
	}
	c.P, ok = u.props(x.P, y.P)
	return u, ok
}

func uniteExpands(x, y *ir.Expand) (*united, bool) {
	if !slices.EqualFunc(x.Sets, y.Sets, slices.Equal) {
		return nil, false
	}
	in, ok := unite(x.Input, y.Input)
	if !ok || !slices.Equal(moveCols(x.Keys, in.a), moveCols(y.Keys, in.b)) {
		return nil, false
	}
	c, a := expandOver(x, in.node, in.a)
	_, b := expandOver(y, in.node, in.b)
	u := &united{node: c, a: a, b: b}
	c.P, ok = u.props(x.P, y.P)
	return u, ok
}

// uniteUnions unites input by input: a column of the one is that of the other where it is
// so in all inputs.
func uniteUnions(x, y *ir.Union) (*united, bool) {
	if len(x.In) != len(y.In) {
		return nil, false
	}
	in := make([]*united, len(x.In))
	for i := range x.In {
		var ok bool
		if in[i], ok = unite(x.In[i], y.In[i]); !ok {
			return nil, false
		}
	}
	c := *x
	u := &united{node: &c, a: identity(len(x.S.Cols)), b: make([]int, len(y.S.Cols))}
	c.S = &ir.Schema{Cols: slices.Clone(x.S.Cols)}
	from := make([][]int, len(in)) // by input: where the columns of c stand
	for i := range in {
		from[i] = slices.Clone(in[i].a)
	}
	for k := range y.S.Cols {
		same := func(j int) bool {
			for i := range in {
				if from[i][j] != in[i].b[k] {
					return false
				}
			}
			return true
		}
		j := 0
		for j < len(c.S.Cols) && !same(j) {
			j++
		}
		if u.b[k] = j; j == len(c.S.Cols) {
			c.S.Cols = append(c.S.Cols, y.S.Cols[k])
			for i := range in {
				from[i] = append(from[i], in[i].b[k])
			}
		}
	}
	c.In = make([]ir.Node, len(in))
	for i := range in {
		exprs := make([]ir.Expr, len(from[i]))
		for j, at := range from[i] {
			exprs[j] = columnOf(in[i].node, at)
		}
		c.In[i] = pick(in[i].node, exprs, c.S)
	}
	var ok bool
	c.P, ok = u.props(x.P, y.P)
	return u, ok
}

// pick gives expressions over n as the columns want; n itself where they are its columns.
func pick(n ir.Node, exprs []ir.Expr, want *ir.Schema) ir.Node {
	have := n.Schema()
	p := &ir.Project{Input: n, Exprs: exprs, S: want}
	back := make([]int, len(have.Cols))
	for i := range back {
		back[i] = -1
	}
	same := len(exprs) == len(have.Cols) && want.Equal(have)
	for i, e := range exprs {
		ref, isRef := e.(*ir.ColRef)
		if isRef {
			back[ref.Index] = i
		}
		same = same && isRef && ref.Index == i
	}
	if same {
		return n
	}
	p.P = moveProps(*n.Props(), back)
	return p
}
