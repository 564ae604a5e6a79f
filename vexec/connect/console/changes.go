package console

import (
	"context"
	"slices"
	"strings"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// marked puts the change kind before each row, where rows change.
type marked struct {
	vexec.Sink
	schema *ir.Schema // nil: rows are only added
	kinds  vexec.Vec
}

// Marked returns a sink that gives s each row of a result that changes with a first
// column more: which change it is, +I, -U, +U or -D.
func Marked(s vexec.Sink) vexec.Sink { return &marked{Sink: s} }

// Open opens the sink below, with the column more where rows change.
func (m *marked) Open(ctx context.Context, sc *vexec.SinkContext) error {
	if sc.Changes == 0 {
		return m.Sink.Open(ctx, sc)
	}
	name := ir.ChangelogColumn
	taken := func(c ir.Column) bool { return strings.EqualFold(c.Name, name) }
	for slices.ContainsFunc(sc.Schema.Cols, taken) {
		name += "_"
	}
	wide := *sc
	m.schema = &ir.Schema{Cols: append([]ir.Column{{Name: name, Type: ir.TVarchar}}, sc.Schema.Cols...)}
	wide.Schema, wide.Changes = m.schema, 0
	return m.Sink.Open(ctx, &wide)
}

// Write writes b with the kind of each row before it.
func (m *marked) Write(ctx context.Context, b *vexec.Batch) error {
	if m.schema == nil {
		return m.Sink.Write(ctx, b)
	}
	m.kinds.Reset(ir.TVarchar, b.Rows)
	for i := range b.Rows {
		m.kinds.SetBytes(i, []byte(b.KindOf(i).String()))
	}
	wide := *b
	wide.Schema, wide.Kind = m.schema, nil
	wide.Cols = append([]vexec.Vec{m.kinds}, b.Cols...)
	return m.Sink.Write(ctx, &wide)
}
