package compiler

import "github.com/helios-stream/helios/compiler/internal/parse"

// Format returns the text of a query file in the one style: keywords in upper case, a
// clause a line, indented by four, lists that do not fit on a line an item a line.
// Comments, strings and ${name} stay as they are, and so does what the file means.
// Formatting the result again changes nothing. Where the file has errors, the text is
// empty and the diagnostics say which.
func Format(name, text string) (string, Diagnostics) {
	return parse.Format(name, text)
}
