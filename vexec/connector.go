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
	// Infer reads the columns of a table that declares none (Parquet).
	Infer(ctx context.Context, t *ir.Table) ([]ir.Column, error)
	Source(t *ir.Table) (Source, error)
	Sink(t *ir.Table) (Sink, error)
}
