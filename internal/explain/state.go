package explain

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// paneState says what bounds the state of an aggregate on panes.
func paneState(w ir.Window, keys []string) string {
	pane := w.Pane()
	if w.Size == pane {
		return fmt.Sprintf("one pane of %s%s; freed when the watermark passes window_end", span(pane), by(keys))
	}
	return fmt.Sprintf("panes of %s%s, %d to a window; each is freed when the watermark passes the end of its last window",
		span(pane), by(keys), w.Size/pane)
}

// partialState is that of the first phase of an aggregate.
func partialState(w ir.Window, keys []string) string {
	return fmt.Sprintf("groups of the panes of %s%s that are being read; handed on as the watermark passes, when memory asks, and at every checkpoint: it keeps nothing over one",
		span(w.Pane()), by(keys))
}

// attachedState is that of an aggregate over rows that carry their window.
func attachedState(keys []string) string {
	return fmt.Sprintf("the groups%s of each open window; freed when the watermark passes window_end", by(keys))
}

// unwindowedState is that of an aggregate without a window.
func unwindowedState(keys []string) string {
	if len(keys) == 0 {
		return "one group; freed when the input ends"
	}
	return fmt.Sprintf("a group for each value of %s; freed when the input ends, so it grows with the number of values", strings.Join(keys, ", "))
}

const watermarkState = "the greatest event time of each split: a few bytes"

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

// span is a span of time in words: 1 min, 36 h, 500 ms.
func span(us int64) string {
	units := []struct {
		name string
		us   int64
	}{{"day", 86_400_000_000}, {"h", 3_600_000_000}, {"min", 60_000_000}, {"s", 1_000_000}, {"ms", 1000}, {"us", 1}}
	for _, u := range units {
		if us%u.us == 0 && us != 0 {
			n := strconv.FormatInt(us/u.us, 10) + " " + u.name
			if u.name == "day" && us != u.us {
				n += "s"
			}
			return n
		}
	}
	return "0 s"
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
		text = col + ", watermark " + span(lag) + " behind the greatest seen"
	}
	if drop {
		return text + "; late rows are dropped here"
	}
	return text + "; late rows go on"
}

// reads says which of a table's columns are decoded.
func reads(n, of int) string {
	if n == of {
		return fmt.Sprintf("all %d are read", of)
	}
	return fmt.Sprintf("%d of %d are read", n, of)
}
