// Package blackhole is the connector of rows that nobody wants: TYPE Blackhole. The
// run counts them, and they are dropped: to see how fast the rest of a query is.
package blackhole

import (
	"context"
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

type connector struct{}

// New returns the connector of TYPE Blackhole.
func New() vexec.Connector { return connector{} }

// Spec describes the connector.
func (connector) Spec() *ir.ConnectorSpec {
	return &ir.ConnectorSpec{
		Name:     "blackhole",
		Summary:  "Counts rows and drops them: to see how fast a query is without its output.",
		Sink:     true,
		Changes:  true,
		Examples: []string{"CREATE TABLE nothing (id BIGINT, price DOUBLE) WITH ('connector'='blackhole')"},
	}
}

// Check takes every table.
func (connector) Check(*ir.Table, bool) error { return nil }

// Infer fails: there are no rows whose columns could be learned.
func (connector) Infer(context.Context, *ir.Table) ([]ir.Column, error) {
	return nil, fmt.Errorf("rows that are dropped have the columns that you give them")
}

// Bounded is true.
func (connector) Bounded(*ir.Table) bool { return true }

// Source fails: there is nothing to read.
func (connector) Source(t *ir.Table) (vexec.Source, error) {
	return nil, fmt.Errorf("%s: a blackhole is only written", t.Name)
}

// Sink returns a sink that drops what it is given.
func (connector) Sink(*ir.Table) (vexec.Sink, error) { return sink{}, nil }

type sink struct{}

func (sink) Open(context.Context, *vexec.SinkContext) error { return nil }
func (sink) Write(context.Context, *vexec.Batch) error      { return nil }
func (sink) Prepare(context.Context, uint64, bool) ([]byte, error) {
	return nil, nil
}
func (sink) Commit(context.Context, uint64, []byte) error { return nil }
func (sink) Close() error                                 { return nil }

// ExactlyOnce is true: a row that is dropped twice is not there twice.
func (sink) ExactlyOnce() bool { return true }
