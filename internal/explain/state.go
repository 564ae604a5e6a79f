package explain

import (
	"fmt"
	"strings"

	"github.com/helios-stream/helios/ir"
)

func by(keys []string) string {
	if len(keys) == 0 {
		return ""
	}
	return " by " + strings.Join(keys, ", ")
}

// names are the names of columns.
func names(s *ir.Schema, cols []int) []string {
	out := make([]string, len(cols))
	for i, c := range cols {
		out[i] = s.Cols[c].Name
	}
	return out
}

// bounds is what rows of a relation do: whether they end, and whether they change.
func bounds(bounded, updating bool) string {
	text := "unbounded"
	if bounded {
		text = "bounded"
	}
	if updating {
		return text + ", updating"
	}
	return text + ", append-only"
}

// eventTime is the event time of a relation: a column, and how far the watermark is behind.
func eventTime(col string, lag int64, drop bool) string {
	text := col + ", watermark at the greatest seen"
	if lag > 0 {
		text = col + ", watermark " + ir.SpanInWords(lag) + " behind the greatest seen"
	}
	if drop {
		return text + "; late rows are dropped here"
	}
	return text + "; late rows go on"
}

// reads says which of a table's columns are decoded, and of which only fields.
func reads(t *ir.Table, places []ir.Place) string {
	physical := t.Physical().Cols
	n, last, part := 0, -1, []string{}
	for _, p := range places {
		if p.Col != last {
			n++
			if len(p.Fields) > 0 {
				part = append(part, physical[p.Col].Name)
			}
		}
		last = p.Col
	}
	text := fmt.Sprintf("%d of %d are read", n, len(physical))
	if n == len(physical) {
		text = fmt.Sprintf("all %d are read", n)
	}
	if len(part) > 0 {
		text += ", of " + strings.Join(part, " and ") + " single fields"
	}
	return text
}
