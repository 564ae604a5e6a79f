package main

import (
	"os"

	"golang.org/x/term"
)

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// usualWidth is that of a terminal that does not know its own: a serial line, script.
const usualWidth = 80

// terminalWidth is the columns of the terminal that f is; 0: it is none.
func terminalWidth(f *os.File) int {
	if !isTerminal(f) {
		return 0
	}
	w, _, err := term.GetSize(int(f.Fd()))
	if err != nil || w <= 0 {
		return usualWidth
	}
	return w
}
