package compiler

import (
	"fmt"
	"io"
	"slices"

	"github.com/helios-stream/helios/compiler/internal/diag"
)

// Diagnostics is what is wrong with query files, or likely wrong, in order of
// place. As an error it is its messages, a line each.
type Diagnostics = diag.List

// Diagnostic is one of Diagnostics.
type Diagnostic = diag.Diagnostic

// Render prints diagnostics with their places, the source lines with the places
// marked, and what would fix them.
func Render(w io.Writer, d Diagnostics, files []File, colour bool) error {
	return diag.Render(w, d, sourcesOf(files), colour)
}

// ExplainCode returns the explanation of a code such as "H0101" and whether there is one.
func ExplainCode(code string) (string, bool) {
	c, ok := diag.ExplainCode(code)
	if !ok {
		return "", false
	}
	text := c.Code + ": " + c.Title + "\n\n" + c.Explain + "\n"
	if e, ok := diag.ExampleOf(code); ok {
		if e.Setup {
			text += "\nGiven\n\n" + indent(diag.ExampleSetup)
		}
		text += "\nWrong:\n\n" + indent(e.Wrong) + "\nRight:\n\n" + indent(e.Right)
	}
	return text, true
}

// Example is a wrong query file of a code, and the same mended.
type Example = diag.Example

// ExampleOf returns the example of a code, whole files, and whether it has one.
func ExampleOf(code string) (Example, bool) {
	e, ok := diag.ExampleOf(code)
	if ok && e.Setup {
		e = Example{Wrong: diag.ExampleSetup + "\n" + e.Wrong, Right: diag.ExampleSetup + "\n" + e.Right}
	}
	return e, ok
}

// DidYouMean returns the candidate that name was likely meant to be, or "".
func DidYouMean(name string, candidates []string) string { return diag.DidYouMean(name, candidates) }

// weigh makes errors of the warnings that the options make errors of, and leaves out
// those that they silence.
func weigh(errs Diagnostics, o Options) Diagnostics {
	for i := range errs {
		if o.StrictState && errs[i].Code == diag.UnboundedState {
			errs[i].Severity = diag.Error
		}
	}
	return slices.DeleteFunc(errs, func(d Diagnostic) bool {
		return d.Severity == diag.Warning && slices.Contains(o.NoWarn, d.Code)
	})
}

// checkNoWarn refuses codes that are not of warnings.
func checkNoWarn(codes []string) Diagnostics {
	var errs Diagnostics
	for _, c := range codes {
		switch _, known := diag.ExplainCode(c); {
		case diag.IsWarning(c):
		case known:
			errs.Add(diag.UnknownWarning, diag.Span{}, c+" is an error, not a warning, and cannot be silenced", "mend the query; 'heliosc explain "+c+"' says how")
		default:
			errs.Add(diag.UnknownWarning, diag.Span{}, fmt.Sprintf("there is no warning %q", c), "take the code that stands in the message, such as "+diag.Unused)
		}
	}
	return errs
}

// Codes lists every diagnostic code in order.
func Codes() []string {
	var out []string
	for _, c := range diag.Codes() {
		out = append(out, c.Code)
	}
	return out
}

// Code is a code of what the compiler says.
type Code struct {
	Code, Title string
	Warning     bool // the query compiles all the same
}

// CodeList lists every diagnostic code in order, with what it is about.
func CodeList() []Code {
	var out []Code
	for _, c := range diag.Codes() {
		out = append(out, Code{c.Code, c.Title, diag.IsWarning(c.Code)})
	}
	return out
}

// RenderJSON prints diagnostics for tools: a JSON object in a line each, with code,
// severity, message, file, line, col, end, hint and related places.
func RenderJSON(w io.Writer, d Diagnostics, files []File) error {
	return diag.RenderJSON(w, d, sourcesOf(files))
}
