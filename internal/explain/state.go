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

// bounds is what rows of a relation do: whether they end, and whether and how they change.
func bounds(bounded bool, changes ir.Changes) string {
	text := "unbounded"
	if bounded {
		text = "bounded"
	}
	if changes&^ir.Inserts != 0 {
		return text + ", updating (" + changes.String() + ")"
	}
	return text + ", append-only"
}

// about is how many rows there are by an estimate; "" where there is none.
func about(rows int64) string {
	if rows == 0 {
		return ""
	}
	return "about " + count(rounded(rows), "row")
}

// rounded is an estimate with the two digits that can be trusted.
func rounded(n int64) int64 {
	unit := int64(1)
	for n/unit >= 100 {
		unit *= 10
	}
	return (n + unit/2) / unit * unit
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
	whole := 0
	fields := map[int]int{} // by column: how many
	var part []int          // columns of which fields are read
	for _, p := range places {
		switch {
		case len(p.Fields) == 0:
			whole++
		case fields[p.Col] == 0:
			part = append(part, p.Col)
			fallthrough
		default:
			fields[p.Col]++
		}
	}
	of := make([]string, len(part))
	for i, c := range part {
		of[i] = count(int64(fields[c]), "field") + " of " + physical[c].Name
	}
	switch {
	case len(part) > 0 && whole == 0:
		return fmt.Sprintf("%s, of %s no other", strings.Join(of, ", "), count(int64(len(physical)), "column"))
	case len(part) > 0:
		return fmt.Sprintf("%d of %d are read, and %s", whole, len(physical), strings.Join(of, ", "))
	case whole == len(physical):
		return fmt.Sprintf("all %d are read", whole)
	}
	return fmt.Sprintf("%d of %d are read", whole, len(physical))
}
