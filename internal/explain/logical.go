package explain

import "github.com/helios-stream/helios/ir"

// Logical makes the graph of a logical plan; form is "logical" or "optimized".
func Logical(l *ir.Logical, form string) *Graph {
	g := &Graph{Form: form}
	for _, s := range l.Sinks {
		g.node(s)
	}
	return g
}

// node adds n behind its inputs and returns its number.
func (g *Graph) node(n ir.Node) int {
	box := &Box{Tasks: 1}
	for _, in := range n.Inputs() {
		box.In = append(box.In, Arrow{From: g.node(in)})
	}
	box.ID = len(g.Boxes)
	p := n.Props()
	step := &Step{Text: ir.DescribeNode(n), Columns: n.Schema().Cols, TimeCol: p.TimeCol}
	for _, in := range n.Inputs() {
		step.Same = step.Same || sameColumns(in.Schema().Cols, step.Columns) && in.Props().TimeCol == p.TimeCol
	}
	describeNode(step, n)
	box.Steps = []*Step{step}
	g.Boxes = append(g.Boxes, box)
	return box.ID
}

func describeNode(s *Step, n ir.Node) {
	p := n.Props()
	switch x := n.(type) {
	case *ir.Scan:
		s.note("rows", bounds(p.Bounded, ir.ChangesOf(n)))
		s.note("estimate", about(x.Table.Rows))
		s.note("columns", reads(x.Table, x.Decoded()))
	case *ir.Values:
		s.note("rows", bounds(true, ir.Inserts))
	case *ir.DeadLetters:
		s.note("rows", bounds(p.Bounded, ir.ChangesOf(n)))
	case *ir.Sink:
		s.note("rows", bounds(p.Bounded, ir.ChangesOf(n)))
	case *ir.Join:
		s.note("estimate", about(x.Rows))
	case *ir.Watermark:
		s.note("event time", eventTime(x.Schema().Cols[x.TimeCol].Name, x.Lag, x.Drop))
	}
	s.note("state", ir.StateOf(n).Text)
	for _, in := range n.Inputs() {
		if q := in.Props(); q.Bounded != p.Bounded || q.Updating != p.Updating {
			s.note("rows", bounds(p.Bounded, ir.ChangesOf(n)))
			return
		}
	}
}

func sameColumns(a, b []ir.Column) bool {
	return (&ir.Schema{Cols: a}).Equal(&ir.Schema{Cols: b})
}
