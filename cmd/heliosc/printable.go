package main

import (
	"fmt"
	"strings"
)

// printable is text whose control characters are escaped but for tabs and line ends:
// messages hold what stands in files, such as names of columns, and that must not act on
// the terminal.
func printable(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r < ' ' && r != '\t' && r != '\n' || r >= 0x7F && r < 0xA0 {
			fmt.Fprintf(&b, "\\x%02x", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
