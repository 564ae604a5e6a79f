package compiler

import (
	"io"

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
	return c.Code + ": " + c.Title + "\n\n" + c.Explain + "\n", true
}

// RenderJSON prints diagnostics for tools: a JSON object in a line each, with code,
// severity, message, file, line, col, end, hint and related places.
func RenderJSON(w io.Writer, d Diagnostics, files []File) error {
	return diag.RenderJSON(w, d, sourcesOf(files))
}
