package vexec

import (
	"context"

	"github.com/helios-stream/helios/ir"
)

// Connector makes sources and sinks of one TYPE. Connectors are passed to the
// engine, never registered by an init function.
type Connector interface {
	// Spec describes the connector and its options; the compiler has checked a
	// table's options against it and filled in defaults before the calls below.
	Spec() *ir.ConnectorSpec
	// Check refuses a table that the options alone do not rule out: a column type
	// that the format cannot hold, for instance. nil: fine.
	Check(t *ir.Table, sink bool) error
	// Infer reads the columns of a table that declares none (Parquet). t.Partition names
	// those that PARTITIONED BY asks for; where it is empty Infer sets it to those that
	// are not in the files, if there are any.
	Infer(ctx context.Context, t *ir.Table) ([]ir.Column, error)
	// Bounded reports whether what is read of t ends.
	Bounded(t *ir.Table) bool
	Source(t *ir.Table) (Source, error)
	Sink(t *ir.Table) (Sink, error)
}

// Pruner is a Connector whose decoders can leave out rows or parts of columns.
type Pruner interface {
	// Prunes reports whether Scan.Terms on the physical column col save work, also
	// those on its fields where it Narrows.
	Prunes(t *ir.Table, col int) bool
	// Narrows reports whether Scan.Paths may go into the physical column col, which is
	// a ROW.
	Narrows(t *ir.Table, col int) bool
}

// Sized is a Connector that can tell how large a table is without reading it.
type Sized interface {
	// Size is about how many rows t has, 0 where they do not end or it cannot tell, and of
	// each physical column how many values it has at most, 0 where it cannot tell; nil: of
	// none. It takes milliseconds, and is asked when a query is compiled, for tables that
	// Check took; plans are chosen by it, and nothing else depends on it.
	Size(ctx context.Context, t *ir.Table) (rows int64, distinct []int64)
}
