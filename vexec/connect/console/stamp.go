package console

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// OptionTimestamp is the option of a Print table that has Stamped show its rows.
const OptionTimestamp = "show_timestamp"

// StampColumn is the name of the column that Stamped adds. Where a column has that
// name, underscores behind it make another one.
const StampColumn = "shown_at"

// stamped puts the time before each row.
type stamped struct {
	vexec.Sink
	now    func() time.Time
	schema *ir.Schema
	times  vexec.Vec
}

// Stamped returns a sink that gives s each row with a first column more: when it was
// written, by the machine's clock in UTC.
func Stamped(s vexec.Sink) vexec.Sink { return &stamped{Sink: s, now: time.Now} }

// Open opens the sink below with the column more.
func (s *stamped) Open(ctx context.Context, sc *vexec.SinkContext) error {
	name := StampColumn
	taken := func(c ir.Column) bool { return strings.EqualFold(c.Name, name) }
	for slices.ContainsFunc(sc.Schema.Cols, taken) {
		name += "_"
	}
	wide := *sc
	s.schema = &ir.Schema{Cols: append([]ir.Column{{Name: name, Type: &ir.Type{Kind: ir.Timestamp, P: 3}}}, sc.Schema.Cols...)}
	wide.Schema = s.schema
	return s.Sink.Open(ctx, &wide)
}

// Finish tells the sink below that there are no more rows.
func (s *stamped) Finish() error {
	if f, ok := s.Sink.(vexec.Finisher); ok {
		return f.Finish()
	}
	return nil
}

// Write writes b with the time of this moment before each row.
func (s *stamped) Write(ctx context.Context, b *vexec.Batch) error {
	s.times.Reset(s.schema.Cols[0].Type, b.Rows)
	now := s.now().Truncate(time.Millisecond).UnixMicro()
	for i := range b.Rows {
		s.times.Int64s()[i] = now
	}
	wide := *b
	wide.Schema = s.schema
	wide.Cols = append([]vexec.Vec{s.times}, b.Cols...)
	return s.Sink.Write(ctx, &wide)
}
