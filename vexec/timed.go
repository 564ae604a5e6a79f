package vexec

import "github.com/helios-stream/helios/ir"

// Timed is an Operator that does something by processing time: by OpContext.Clock,
// which a test moves.
type Timed interface {
	// Due is when Tick is to be called next; ir.MaxMicros: not at all. It may change
	// with every other call.
	Due() ir.Micros
	// Tick is called when the clock has reached Due, between other calls. It emits like
	// Advance.
	Tick(now ir.Micros, out Emitter) error
}
