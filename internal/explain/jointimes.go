package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/run"
)

// joins writes what joins keep, which side holds them up, and what to do.
func (t *EventTimes) joins(b *strings.Builder) {
	if len(t.Joins) > 0 {
		b.WriteString("Joins that wait\n")
	}
	for i := range t.Joins {
		j := &t.Joins[i]
		b.WriteString("  " + placeOf(j.Name, j.Stage, j.Position) + "\n")
		for _, line := range joinLines(j) {
			b.WriteString("    " + line + "\n")
		}
		for _, line := range t.joinAdvice(j) {
			b.WriteString("    ! " + line + "\n")
		}
	}
}

func joinLines(j *run.JoinNow) (out []string) {
	for i := range j.Sides {
		s := &j.Sides[i]
		text := fmt.Sprintf("%-11s %s", [2]string{"left side", "right side"}[i], sideName(s)+": "+count(int64(s.Rows), "row")+" kept")
		if s.Oldest != ir.MaxMicros {
			what := ", the oldest of "
			if j.Name == "Join(window)" {
				what = ", the earliest of a window that ends "
			}
			text += what + at(s.Oldest)
		}
		out = append(out, text+"; "+sideTime(s))
	}
	if h := j.Holds(); h >= 0 {
		holder, other := &j.Sides[h], &j.Sides[1-h]
		text := "held by     " + sideName(holder)
		if holder.Watermark != ir.MinMicros && other.Watermark != ir.MaxMicros {
			text += ", by " + span(other.Watermark-holder.Watermark)
		}
		out = append(out, text)
	}
	return out
}

// sideTime is how far the time of a side has come.
func sideTime(s *run.JoinSideNow) string {
	switch s.Watermark {
	case ir.MaxMicros:
		return "it has ended"
	case ir.MinMicros:
		return "no watermark has come yet"
	}
	return "the watermark is " + at(s.Watermark)
}

func sideName(s *run.JoinSideNow) string { return strings.Join(s.Tables, ", ") }

// joinAdvice says what to do where the table that holds a join back has no rows.
func (t *EventTimes) joinAdvice(j *run.JoinNow) (out []string) {
	h := j.Holds()
	if h < 0 {
		return nil
	}
	waits := j.Sides[0].Rows + j.Sides[1].Rows
	for i := range t.Relations {
		r := &t.Relations[i]
		held := Holder(r)
		if held == nil || r.Bounded || r.Position != 0 || waits == 0 || !slices.Contains(j.Sides[h].Tables, r.Name) || r.Watermark > j.Sides[h].Watermark {
			continue
		}
		if quiet := r.Now-held.Heard >= ir.Micros(longQuiet.Microseconds()); !quiet {
			continue
		}
		if r.Idle == 0 {
			out = append(out, fmt.Sprintf("%s of %s %s, and the join keeps all rows until it has. If that may be so for long, set 'idle.timeout' on %s, such as '30 s': its time then follows the other side's, and its rows may be late when they come.", held.Name, r.Name, quietFor(r, held), r.Name))
		} else {
			out = append(out, fmt.Sprintf("%s of %s %s, and the join keeps all rows until its 'idle.timeout' (%s) has passed.", held.Name, r.Name, quietFor(r, held), round(r.Idle)))
		}
	}
	return out
}

// The JSON form.
type (
	joinJSON struct {
		Name      string       `json:"name"`
		Stage     int          `json:"stage"`
		Position  int          `json:"position"`
		Watermark string       `json:"watermark,omitempty"`
		Left      joinSideJSON `json:"left"`
		Right     joinSideJSON `json:"right"`
		HeldBy    string       `json:"held_by,omitempty"` // left or right
		Advice    []string     `json:"advice"`
	}
	joinSideJSON struct {
		Tables    []string `json:"tables"`
		Rows      int      `json:"rows_kept"`
		Oldest    string   `json:"oldest,omitempty"`
		Watermark string   `json:"watermark,omitempty"`
		Ended     bool     `json:"has_ended,omitempty"`
	}
)

func (t *EventTimes) joinData() []joinJSON {
	out := []joinJSON{}
	for i := range t.Joins {
		j := &t.Joins[i]
		x := joinJSON{Name: j.Name, Stage: j.Stage, Position: j.Position, Watermark: known(j.Watermark), Left: sideData(&j.Sides[0]), Right: sideData(&j.Sides[1]), Advice: slices.Concat([]string{}, t.joinAdvice(j))}
		if h := j.Holds(); h >= 0 {
			x.HeldBy = [2]string{"left", "right"}[h]
		}
		out = append(out, x)
	}
	return out
}

func sideData(s *run.JoinSideNow) joinSideJSON {
	return joinSideJSON{Tables: s.Tables, Rows: s.Rows, Oldest: known(s.Oldest), Watermark: known(s.Watermark), Ended: s.Watermark == ir.MaxMicros}
}
