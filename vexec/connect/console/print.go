package console

import (
	"context"
	"fmt"
	"os"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// PrintName is the name of the connector of NewPrint.
const PrintName = "print"

type printer struct{}

// NewPrint returns the connector of TYPE Print, whose tables are shown on stdout.
// The Go API shows them where the rows of a SELECT go instead.
func NewPrint() vexec.Connector { return printer{} }

// Spec describes the connector.
func (printer) Spec() *ir.ConnectorSpec {
	return &ir.ConnectorSpec{
		Name:    PrintName,
		Aliases: []string{"console"},
		Summary: "Shows rows where those of a SELECT go: on stdout, as --format says. Stdout cannot take rows back: after a restart it may show rows again.",
		Sink:    true,
		Changes: true,
		Options: []ir.OptionSpec{
			{Name: OptionTimestamp, Aliases: []string{"show-timestamp"}, Type: ir.OptionBool, Default: "false",
				Doc: "Whether a first column shown_at says when each row was shown, in UTC; --timestamps says so for all."},
		},
		Examples: []string{
			"CREATE TABLE alerts (id BIGINT, price DOUBLE) WITH ('connector'='print')",
			"CREATE MAPPING averages (sensor VARCHAR, average DOUBLE) TYPE Console OPTIONS ('show_timestamp'='true')",
		},
	}
}

// Check takes every table.
func (printer) Check(*ir.Table, bool) error { return nil }

// Infer fails: there are no rows whose columns could be learned.
func (printer) Infer(context.Context, *ir.Table) ([]ir.Column, error) {
	return nil, fmt.Errorf("rows that are shown have the columns that you give them")
}

// Bounded is true.
func (printer) Bounded(*ir.Table) bool { return true }

// Source fails: there is nothing to read.
func (printer) Source(t *ir.Table) (vexec.Source, error) {
	return nil, fmt.Errorf("%s: what is printed cannot be read", t.Name)
}

// AsAsked returns s as the options of the Print table t ask for it, and with the kinds
// of changes where its rows change.
func AsAsked(s vexec.Sink, t *ir.Table) vexec.Sink {
	if t.Options[OptionTimestamp] == "true" {
		s = Stamped(s)
	}
	return Marked(s)
}

// Sink returns a sink that shows an aligned table on stdout.
func (printer) Sink(t *ir.Table) (vexec.Sink, error) {
	return AsAsked(New(os.Stdout, Options{Title: t.Name}), t), nil
}
