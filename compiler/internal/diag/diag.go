// Package diag holds what the compiler tells its user: diagnostics with a
// stable code, a place in a query file, and a hint, and how they are printed.
package diag

import (
	"slices"
	"strings"
)

// Span is a part of a query file: the bytes [Start, End) of File as it was
// written, before ${...} is replaced. The zero Span is "no place".
type Span struct {
	File       string
	Start, End int
}

// To returns the span from the start of s to the end of o, which lies behind it
// in the same file.
func (s Span) To(o Span) Span { return Span{File: s.File, Start: s.Start, End: max(s.End, o.End)} }

// IsZero reports whether s is no place at all.
func (s Span) IsZero() bool { return s == Span{} }

// Severity says whether a diagnostic stops compilation.
type Severity uint8

// The severities.
const (
	Error   Severity = iota // the query does not compile
	Warning                 // it does, and something in it is likely not meant
)

// String is the severity as printed.
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Diagnostic is one thing that is wrong, or likely wrong, in a query file.
type Diagnostic struct {
	Code     string // stable: "H0123", one of Codes
	Severity Severity
	Message  string // what is wrong, one line without a full stop
	Span     Span   // where
	Hint     string // what would fix it; "" where nothing is known
	Related  []Related
}

// Related is a further place that a diagnostic speaks of.
type Related struct {
	Span    Span
	Message string
}

// List is the diagnostics of a compilation. A List is an error; return it as
// one through Err only, so that an empty List is a nil error.
type List []Diagnostic

// Add appends an error.
func (l *List) Add(code string, at Span, message, hint string) {
	*l = append(*l, Diagnostic{Code: code, Message: message, Span: at, Hint: hint})
}

// Warn appends a warning.
func (l *List) Warn(code string, at Span, message, hint string) {
	*l = append(*l, Diagnostic{Code: code, Severity: Warning, Message: message, Span: at, Hint: hint})
}

// HasErrors reports whether any of l stops compilation.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Errors counts those of l that stop compilation.
func (l List) Errors() int {
	n := 0
	for _, d := range l {
		if d.Severity == Error {
			n++
		}
	}
	return n
}

// Err returns l as an error, or nil where it holds no errors (warnings do not count).
func (l List) Err() error {
	if !l.HasErrors() {
		return nil
	}
	return l
}

// Sort puts l in order of place: files in the order of their first diagnostic,
// then by offset. Diagnostics without a place come first. Equal places keep their order.
func (l List) Sort() {
	rank := map[string]int{"": 0}
	for i := range l {
		if _, ok := rank[l[i].Span.File]; !ok {
			rank[l[i].Span.File] = len(rank)
		}
	}
	slices.SortStableFunc(l, func(a, b Diagnostic) int {
		if c := rank[a.Span.File] - rank[b.Span.File]; c != 0 {
			return c
		}
		return a.Span.Start - b.Span.Start
	})
}

// Error is the messages, a line each, without source lines. Render prints more.
func (l List) Error() string {
	var b strings.Builder
	for i := range l {
		if i > 0 {
			b.WriteByte('\n')
		}
		d := &l[i]
		if d.Span.File != "" {
			b.WriteString(d.Span.File + ": ")
		}
		b.WriteString(d.Severity.String() + "[" + d.Code + "]: " + d.Message)
		if d.Hint != "" {
			b.WriteString(" (" + d.Hint + ")")
		}
	}
	return b.String()
}
