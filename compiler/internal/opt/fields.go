package opt

import (
	"fmt"
	"slices"

	"github.com/helios-stream/helios/ir"
)

// Reading single fields of ROWs: where a scan can narrow a column (ir.Table.Narrow),
// splitRows gives each field of it a column of its own, takes these columns up through
// the plan beside the others, and lets expressions use them. Pruning then removes the
// fields that nothing uses, and the ROW itself where only fields of it are used.

// maxFields is the most fields that the ROWs of a scan are split into; with more they
// are read as a whole.
const maxFields = 4096

// split is a relation with columns for fields of its ROWs, behind those that it had.
type split struct {
	node   ir.Node
	to     []int   // of each column before: its place now
	fields []field // the new columns
}

// field is a column that holds a field of another.
type field struct {
	col  int   // the column before that it is of
	path []int // fields that lead to it
	at   int   // its place now
}

// splitRows returns n with the fields of ROWs beside its columns, or n itself where
// no expression takes a field. It knows the nodes that binding makes.
func splitRows(n ir.Node) split {
	if !takesFields(n) {
		return asIs(n)
	}
	return splitNode(n)
}

func asIs(n ir.Node) split {
	return split{node: n, to: identity(len(n.Schema().Cols))}
}

// takesFields reports whether some expression below n takes a field of a ROW.
func takesFields(n ir.Node) bool {
	found := false
	mapExprs(n, func(e ir.Expr) ir.Expr {
		ir.WalkExpr(e, func(x ir.Expr) bool {
			_, isField := x.(*ir.FieldRef)
			found = found || isField
			return !found
		})
		return e
	})
	return found || slices.ContainsFunc(n.Inputs(), takesFields)
}

func splitNode(n ir.Node) split {
	switch x := n.(type) {
	case *ir.Scan:
		return splitScan(x)
	case *ir.Filter:
		in := splitNode(x.Input)
		in.node = &ir.Filter{Input: in.node, Pred: in.expr(x.Pred)}
		return in
	case *ir.Sort:
		in := splitNode(x.Input)
		in.node = sortOver(x, in.node, in.to)
		return in
	case *ir.Coarsen:
		in := splitNode(x.Input)
		in.node = coarsenOver(x, in.node, in.to)
		return in
	case *ir.Limit:
		in := splitNode(x.Input)
		in.node = x.WithInputs([]ir.Node{in.node})
		return in
	case *ir.ProcTime:
		in := splitNode(x.Input)
		c := *x
		c.Input, c.TimeCol, c.P = in.node, in.to[x.TimeCol], moveProps(x.P, in.to)
		in.node = &c
		return in
	case *ir.Repeat:
		in := splitNode(x.Input)
		s := asIs(x)
		s.node = x.WithInputs([]ir.Node{in.alike(nil, x.Input.Schema())})
		return s
	case *ir.Changelog:
		in := splitNode(x.Input)
		s := asIs(x)
		s.node = x.WithInputs([]ir.Node{in.alike(nil, x.Input.Schema())})
		return s
	case *ir.Project:
		return splitProject(x)
	case *ir.Watermark:
		in := splitNode(x.Input)
		c := *x
		c.Input, c.TimeCol, c.P = in.node, in.to[x.TimeCol], moveProps(x.P, in.to)
		in.node = &c
		return in
	case *ir.LateRows:
		in := splitNode(x.Input)
		c := *x
		c.Input, c.TimeCol, c.Keys = in.node, in.to[x.TimeCol], moveCols(x.Keys, in.to)
		in.node = &c
		return in
	case *ir.WindowTVF:
		return splitWindowTVF(x)
	case *ir.Over:
		return splitOver(x)
	case *ir.Rank:
		return splitRank(x)
	case *ir.Expand:
		in := splitNode(x.Input)
		out := split{fields: in.fields}
		out.node, out.to = expandOver(x, in.node, in.to)
		return out
	case *ir.Unnest:
		return splitUnnest(x)
	case *ir.Aggregate:
		return splitAggregate(x)
	case *ir.WindowAgg:
		return splitWindowAgg(x)
	case *ir.Union:
		return splitUnion(x)
	case *ir.Join:
		return splitJoin(x)
	}
	return asIs(n)
}

func splitScan(x *ir.Scan) split {
	s := asIs(x)
	c := *x
	c.Cols, c.Fields = slices.Clone(x.Cols), make([][]int, len(x.Cols))
	ordinals := x.Table.Ordinals()
	for i, col := range x.Cols {
		if !slices.Contains(x.Table.Narrow, ordinals[col]) {
			continue
		}
		for _, path := range fieldPaths(nil, nil, x.Table.Cols[col].Type) {
			s.fields = append(s.fields, field{col: i, path: path, at: len(c.Cols)})
			c.Cols, c.Fields = append(c.Cols, col), append(c.Fields, path)
		}
	}
	if n := len(s.fields); n > 0 && n <= maxFields {
		s.node = &c
		return s
	}
	return asIs(x)
}

// fieldPaths adds the ways to all fields of a ROW at a path, and of the ROWs in it.
func fieldPaths(out [][]int, at []int, t *ir.Type) [][]int {
	if t.Kind != ir.Row {
		return out
	}
	for i, f := range t.Fields {
		path := append(slices.Clip(at), i)
		out = fieldPaths(append(out, path), path, f.Type)
	}
	return out
}

func splitProject(x *ir.Project) split {
	in := splitNode(x.Input)
	c := *x
	c.Input = in.node
	c.Exprs, _ = mapList(x.Exprs, in.expr)
	out := split{node: &c, to: identity(len(x.Exprs))}
	c.S = &ir.Schema{Cols: slices.Clone(x.S.Cols)}
	for i, e := range x.Exprs {
		ref, path := ir.FieldChain(e)
		if ref == nil || e.Type().Kind != ir.Row {
			continue
		}
		for _, f := range in.fields {
			if f.col != ref.Index || len(f.path) <= len(path) || !slices.Equal(f.path[:len(path)], path) {
				continue
			}
			rest := f.path[len(path):]
			out.fields = append(out.fields, field{col: i, path: rest, at: len(c.Exprs)})
			col, _ := x.S.Cols[i].Follow(rest)
			c.Exprs, c.S.Cols = append(c.Exprs, in.column(f.at)), append(c.S.Cols, col)
		}
	}
	return out
}

func splitWindowTVF(x *ir.WindowTVF) split {
	in := splitNode(x.Input)
	width := len(in.to)
	cols := in.node.Schema().Cols
	out := split{fields: in.fields, to: slices.Clone(in.to)}
	for i := range 3 {
		out.to = append(out.to, len(cols)+i)
	}
	c := *x
	c.Input, c.TimeCol, c.Keys = in.node, moveCol(x.TimeCol, in.to), moveCols(x.Keys, in.to)
	c.S = ir.NewSchema(append(slices.Clone(cols), x.S.Cols[width:]...)...)
	c.P = moveProps(x.P, out.to)
	out.node = &c
	return out
}

func splitAggregate(x *ir.Aggregate) split {
	in := splitNode(x.Input)
	c := *x
	c.Input = in.node
	c.Keys = moveCols(x.Keys, in.to)
	c.Aggs, _ = mapAggs(x.Aggs, in.expr)
	return asIs(&c)
}

func splitWindowAgg(x *ir.WindowAgg) split {
	in := splitNode(x.Input)
	c := *x
	c.Input, c.TimeCol, c.Keys = in.node, moveCol(x.TimeCol, in.to), moveCols(x.Keys, in.to)
	c.Aggs, _ = mapAggs(x.Aggs, in.expr)
	return asIs(&c)
}

// splitUnion keeps the fields that all inputs have, in the order of the first.
func splitUnion(x *ir.Union) split {
	c := *x
	c.In = make([]ir.Node, len(x.In))
	in := make([]split, len(x.In))
	for i, k := range x.In {
		in[i] = splitNode(k)
	}
	out := asIs(x)
	c.S = &ir.Schema{Cols: slices.Clone(x.S.Cols)}
	for _, f := range in[0].fields {
		shared := !slices.ContainsFunc(in, func(s split) bool { return s.find(f.col, f.path) < 0 })
		if shared {
			out.fields = append(out.fields, field{col: f.col, path: f.path, at: len(c.S.Cols)})
			col, _ := x.S.Cols[f.col].Follow(f.path)
			c.S.Cols = append(c.S.Cols, col)
		}
	}
	for i := range in {
		c.In[i] = in[i].alike(out.fields, c.S)
	}
	out.node = &c
	return out
}

// alike returns the rows with their columns and then the given fields.
func (s *split) alike(fields []field, want *ir.Schema) ir.Node {
	have := s.node.Schema()
	p := &ir.Project{Input: s.node, S: want, P: *s.node.Props()}
	back := make([]int, len(have.Cols))
	for i := range back {
		back[i] = -1
	}
	for i, at := range s.to {
		p.Exprs, back[at] = append(p.Exprs, s.column(at)), i
	}
	for _, f := range fields {
		p.Exprs = append(p.Exprs, s.column(s.find(f.col, f.path)))
	}
	p.P = moveProps(p.P, back)
	same := len(p.Exprs) == len(have.Cols)
	for i, e := range p.Exprs {
		same = same && e.(*ir.ColRef).Index == i
	}
	if same {
		return s.node
	}
	return p
}

// find is the place of a field now; -1: it has no column.
func (s *split) find(col int, path []int) int {
	for _, f := range s.fields {
		if f.col == col && slices.Equal(f.path, path) {
			return f.at
		}
	}
	return -1
}

func (s *split) column(at int) ir.Expr {
	c := s.node.Schema().Cols[at]
	return &ir.ColRef{Index: at, Name: c.Name, T: c.Type}
}

// expr returns an expression over the relation before as one over what it is now.
func (s *split) expr(e ir.Expr) ir.Expr {
	if ref, path := ir.FieldChain(e); ref != nil {
		if len(path) == 0 {
			if s.to[ref.Index] == ref.Index {
				return e
			}
			return &ir.ColRef{Index: s.to[ref.Index], Name: ref.Name, T: ref.T}
		}
		if at := s.find(ref.Index, path); at >= 0 {
			return &ir.ColRef{Index: at, Name: fmt.Sprint(e), T: e.Type()}
		}
	}
	kids := slices.Clone(ir.Children(e))
	changed := false
	for i, k := range kids {
		kids[i] = s.expr(k)
		changed = changed || kids[i] != k
	}
	if !changed {
		return e
	}
	return ir.WithChildren(e, kids)
}
