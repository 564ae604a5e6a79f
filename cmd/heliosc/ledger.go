package main

import (
	"fmt"
	"io"

	"github.com/helios-stream/helios"
)

// printLedger shows the ledger of a run.
func printLedger(w io.Writer, s *helios.Stats) {
	width := 0
	for i := range s.Run.Ledger {
		width = max(width, len(s.Run.Ledger[i].Name))
	}
	fmt.Fprintln(w, "ledger:")
	for i := range s.Run.Ledger {
		e := &s.Run.Ledger[i]
		fmt.Fprintf(w, "  stage %-2d %-*s  %s\n", e.Stage, width, e.Name, e)
		for _, text := range e.Samples {
			fmt.Fprintf(w, "             %s\n", text)
		}
	}
}

// lostWarnings says what has become of rows and fields that could not be processed, a
// line for each way. What a run that failed had written aside since its last checkpoint is
// not shown.
func lostWarnings(s *helios.Stats, whole bool) []string {
	if s.DeadLetters > 0 && !whole {
		return []string{fmt.Sprintf("%s could not be processed before the run failed (first: %s)", plural(s.DeadLetters, "row"), s.FirstDeadLetter)}
	}
	var out []string
	for _, l := range s.Lost {
		text := ""
		switch l.Kind {
		case helios.LossFile:
			text = plural(l.Count, "row") + " went to the dead letters in " + s.DeadLetterPath
		case helios.LossMapping:
			text = plural(l.Count, "row") + " went to the dead letters in `" + l.To + "`"
		case helios.LossDropped:
			text = plural(l.Count, "row") + " could not be processed: dropped, as 'on.error'='drop' says"
		case helios.LossNulled:
			text = plural(l.Count, "field") + " did not parse and became NULL, as 'on.error'='null' says"
		}
		out = append(out, fmt.Sprintf("%s (first: %s)", text, l.First))
	}
	return out
}
