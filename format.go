package helios

import "github.com/helios-stream/helios/compiler"

// FormatSQL returns the text of a query file in the one style of `heliosc fmt`. Its
// meaning and its comments stay; ${name} stands for itself. A file with syntax errors
// gives a *CompileError.
func FormatSQL(f File) (string, error) {
	text, diags := compiler.Format(f.Name, f.Text)
	if diags.HasErrors() {
		return "", newQuery([]File{f}, Options{}).compileError(diags)
	}
	return text, nil
}
