package file

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// checkSink refuses what cannot be written.
func checkSink(t *ir.Table) error { return fmt.Errorf("%s: files cannot be written", t.Name) }

// Sink returns the table's files as a sink.
func (connector) Sink(t *ir.Table) (vexec.Sink, error) { return nil, checkSink(t) }
