package refinterp

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
)

// ErrorKind is why a row could not be processed.
type ErrorKind string

// The kinds of row errors.
const (
	Overflow       ErrorKind = "overflow"
	DivisionByZero ErrorKind = "division by zero"
	BadCast        ErrorKind = "failed cast"
	BadArgument    ErrorKind = "bad argument"
	NullTime       ErrorKind = "NULL event time"
	NullColumn     ErrorKind = "NULL for a NOT NULL column"
)

// evalError is a row error.
type evalError struct {
	kind   ErrorKind
	reason string
}

func (e *evalError) Error() string { return string(e.kind) + ": " + e.reason }

func fail(kind ErrorKind, format string, args ...any) error {
	return &evalError{kind: kind, reason: fmt.Sprintf(format, args...)}
}

func overflow(t *ir.Type) error { return fail(Overflow, "out of the range of %s", t) }
