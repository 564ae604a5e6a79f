package explain

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/run"
)

// EventTimes is where the event time of a run stands: what holds it back, which windows and
// joins wait for it, and what to do.
type EventTimes struct {
	Relations []run.TimeNow
	Windows   []run.WindowsNow
	Joins     []run.JoinNow
}

// EventTimesOf takes them from a run; nil: there is nothing to say.
func EventTimesOf(s *run.Snapshot) *EventTimes {
	if s == nil {
		return nil
	}
	return &EventTimes{s.Times, s.Windows, s.Joins}
}

// What is odd: a time further ahead of the clock than the clocks of two machines are
// apart, and rows that come while event time stands still.
const (
	farAhead  = 5 * time.Minute
	nearHour  = 2 * time.Minute
	manyStale = 1000
	longQuiet = time.Second
)

// Text shows it as text.
func (t *EventTimes) Text() string {
	var b strings.Builder
	if len(t.Relations) == 0 {
		return "Event time: none. No relation of the query has a watermark.\n"
	}
	for i := range t.Relations {
		r := &t.Relations[i]
		fmt.Fprintf(&b, "Event time of %s\n", placeOf(r.Name, r.Stage, r.Position))
		for _, line := range timeLines(r) {
			b.WriteString("  " + line + "\n")
		}
		for _, line := range Advice(r) {
			b.WriteString("  ! " + line + "\n")
		}
	}
	if len(t.Windows) > 0 {
		b.WriteString("Windows that wait\n")
	}
	for i := range t.Windows {
		b.WriteString("  " + windowLine(&t.Windows[i]) + "\n")
	}
	t.joins(&b)
	return b.String()
}

func placeOf(name string, stage, position int) string {
	if position > 0 {
		return fmt.Sprintf("%s (operator %d of stage %d)", name, position, stage)
	}
	return fmt.Sprintf("%s (stage %d)", name, stage)
}

func timeLines(r *run.TimeNow) (out []string) {
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	switch {
	case r.Watermark == ir.MaxMicros:
		add("watermark   the input has ended: nothing waits any more")
	case r.Watermark == ir.MinMicros:
		add("watermark   none yet")
	default:
		text := ""
		if r.Moved != 0 {
			text = fmt.Sprintf(", since %s ago", ago(r.Now, r.Moved))
		}
		add("watermark   %s%s", at(r.Watermark), text)
	}
	if r.Newest != ir.MinMicros {
		behind := ""
		if r.Watermark != ir.MinMicros && r.Watermark != ir.MaxMicros {
			behind = fmt.Sprintf(": the watermark is %s behind it", span(r.Newest-r.Watermark))
			if r.Watermark > r.Newest { // it follows others
				behind = fmt.Sprintf(": the watermark is %s ahead of it", span(r.Watermark-r.Newest))
			}
		}
		add("newest row  %s%s", at(r.Newest), behind)
	}
	add("splits      %d read, %d idle, %d not begun, %d ended", r.Reading, r.Idling, r.Waiting, r.Ended)
	if r.Follows {
		add("follows     all splits are idle: the time is that of the tables that its rows meet")
	}
	if h := Holder(r); h != nil {
		add("held by     %s", splitLine(r, h))
	}
	if r.Slowest.Held > 0 && r.Reading+r.Waiting+r.Ended > 1 {
		add("most held   %s: for %s in all", r.Slowest.Name, round(r.Slowest.Held))
	}
	for i, s := range r.Splits {
		if i > 0 || Holder(r) == nil {
			add("            %s", splitLine(r, &s))
		}
	}
	if more := r.Reading + r.Idling + r.Waiting - len(r.Splits); more > 0 {
		add("            and %d more", more)
	}
	return out
}

// Holder is the split that holds the watermark back; nil: none does.
func Holder(r *run.TimeNow) *run.SplitNow {
	if r.Watermark == ir.MaxMicros || len(r.Splits) == 0 || r.Splits[0].State == run.SplitIdle {
		return nil
	}
	return &r.Splits[0]
}

func splitLine(r *run.TimeNow, s *run.SplitNow) string {
	text := s.Name + ", " + string(s.State)
	if s.Greatest == ir.MinMicros {
		text += ", no event time yet"
	} else {
		text += ", at " + at(s.Greatest)
	}
	if s.Heard != 0 {
		text += fmt.Sprintf(", last rows %s ago", ago(r.Now, s.Heard))
	}
	return text
}

func windowLine(w *run.WindowsNow) string {
	if w.Rows > 0 {
		return waitingRowsLine(w)
	}
	text := fmt.Sprintf("%s: %s open, the earliest ends %s", placeOf(w.Name, w.Stage, w.Position), count(int64(w.Open), "window"), at(w.End))
	if w.Watermark == ir.MinMicros {
		return text + "; no watermark has come yet"
	}
	return text + fmt.Sprintf("; the watermark there is %s and misses %s", at(w.Watermark), span(w.End-w.Watermark))
}

func waitingRowsLine(w *run.WindowsNow) string {
	wait := "row waits"
	if w.Rows > 1 {
		wait = "rows wait"
	}
	text := fmt.Sprintf("%s: %d %s, the earliest of %s", placeOf(w.Name, w.Stage, w.Position), w.Rows, wait, at(w.End))
	if w.Watermark == ir.MinMicros {
		return text + "; no watermark has come yet"
	}
	return text + fmt.Sprintf("; the watermark there is %s and has to pass that", at(w.Watermark))
}

// Advice says what is odd about the event time of a relation, and what to do.
func Advice(r *run.TimeNow) (out []string) {
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if h := Holder(r); h != nil {
		others := r.Newest != ir.MinMicros && r.Newest > max(h.Greatest, ir.MinMicros) && r.Reading+r.Idling > 1
		quiet := h.State == run.SplitReading && r.Now-h.Heard >= ir.Micros(longQuiet.Microseconds())
		switch {
		case !r.Bounded && others && quiet && r.Idle == 0 && r.Position == 0:
			add("%s %s, and all windows wait for it. If that may be so for long, set 'idle.timeout' on %s, such as '30 s': it then stops counting after so long, and its rows may be late when they come.", h.Name, quietFor(r, h), r.Name)
		case !r.Bounded && others && quiet && r.Idle > 0:
			add("%s %s, and all windows wait for it until its 'idle.timeout' (%s) has passed.", h.Name, quietFor(r, h), round(r.Idle))
		case others && h.Greatest != ir.MinMicros && h.Stale >= manyStale:
			add("%d rows of %s have come since its event time last rose: look whether its times are constant, or one of them was far ahead of the others.", h.Stale, h.Name)
		case others && h.Greatest != ir.MinMicros && !quiet && r.Newest-h.Greatest > ir.Micros(time.Minute.Microseconds()):
			add("%s is %s behind the newest row. It is read as fast as its rows come; what is written to it comes late, or there is more of it than of the others.", h.Name, span(r.Newest-h.Greatest))
		case !others && h.Stale >= manyStale:
			add("%d rows have come since the event time of %s last rose: look whether the column has the time of each row (a constant?), or one of them was far ahead of the others.", h.Stale, h.Name)
		}
	}
	ahead := time.Duration(r.Newest-r.Now) * time.Microsecond
	switch hours, whole := wholeHours(ahead); {
	case r.Newest == ir.MinMicros:
	case ahead > farAhead && whole:
		add("The newest row is %s ahead of the clock, which is UTC: its times look like local ones, and rows with right times are late now. Declare the column as TIMESTAMP_LTZ with SET 'time.zone', or write the offset into the text.", hours)
	case ahead > farAhead:
		add("The newest row is %s ahead of the clock: it has pushed the watermark, and rows with right times are late now. Look at the unit of the column (milliseconds read as seconds?), or leave such rows out with a WHERE below the watermark.", span(r.Newest-r.Now))
	case !r.Bounded && whole && -ahead > farAhead:
		add("The newest row is %s behind the clock, which is UTC: its times look like local ones. Unless that is meant, declare the column as TIMESTAMP_LTZ with SET 'time.zone', or write the offset into the text.", hours)
	}
	return out
}

func quietFor(r *run.TimeNow, s *run.SplitNow) string {
	if s.Heard == 0 {
		return "has had no rows yet"
	}
	return "has had no rows for " + ago(r.Now, s.Heard)
}

// wholeHours reports whether a distance from the clock is that of a time zone.
func wholeHours(d time.Duration) (string, bool) {
	d = d.Abs()
	near := d.Round(30 * time.Minute)
	if near < time.Hour || near > 14*time.Hour || (d-near).Abs() > nearHour {
		return "", false
	}
	return strings.TrimSuffix(near.String(), "0s"), true
}

func at(us ir.Micros) string { return ir.FormatMicros(int64(us)) }

func ago(now, then ir.Micros) string { return span(now - then) }

// span is a distance of times.
func span(us ir.Micros) string {
	d := time.Duration(max(us, 0)) * time.Microsecond
	if d >= time.Hour {
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
	return round(d)
}

// The JSON form. Times are text in UTC, spans in microseconds.
type (
	eventTimesJSON struct {
		Relations []relationJSON `json:"event_time"`
		Windows   []waitingJSON  `json:"windows"`
		Joins     []joinJSON     `json:"joins"`
	}
	relationJSON struct {
		Name      string      `json:"name"`
		Stage     int         `json:"stage"`
		Position  int         `json:"position,omitempty"`
		Watermark string      `json:"watermark,omitempty"`
		Ended     bool        `json:"input_has_ended,omitempty"`
		Newest    string      `json:"newest_row,omitempty"`
		Behind    int64       `json:"behind_newest_us,omitempty"`
		Unmoved   int64       `json:"unmoved_us,omitempty"`
		HeldBy    string      `json:"held_by,omitempty"`
		MostHeld  string      `json:"most_held_by,omitempty"`
		Reading   int         `json:"splits_read"`
		Idle      int         `json:"splits_idle"`
		Waiting   int         `json:"splits_not_begun"`
		EndedN    int         `json:"splits_ended"`
		Splits    []splitJSON `json:"splits"`
		Follows   bool        `json:"follows_others,omitempty"`
		Advice    []string    `json:"advice"`
	}
	splitJSON struct {
		Name     string `json:"name"`
		State    string `json:"state"`
		Greatest string `json:"newest_row,omitempty"`
		Quiet    int64  `json:"quiet_us,omitempty"`
		Stale    int64  `json:"rows_since_time_rose,omitempty"`
		Held     int64  `json:"held_us,omitempty"`
	}
	waitingJSON struct {
		Name      string `json:"name"`
		Stage     int    `json:"stage"`
		Position  int    `json:"position"`
		Open      int    `json:"open"`
		End       string `json:"earliest_end,omitempty"`
		Rows      int    `json:"rows,omitempty"` // that wait for their own times
		Earliest  string `json:"earliest_row,omitempty"`
		Watermark string `json:"watermark,omitempty"`
		Misses    int64  `json:"misses_us,omitempty"`
	}
)

// JSON shows it as JSON.
func (t *EventTimes) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(t.data(), "", "  ")
	return append(text, '\n'), err
}

func (t *EventTimes) data() *eventTimesJSON {
	out := &eventTimesJSON{Relations: []relationJSON{}, Windows: []waitingJSON{}, Joins: t.joinData()}
	for i := range t.Relations {
		r := &t.Relations[i]
		x := relationJSON{Name: r.Name, Stage: r.Stage, Position: r.Position, Ended: r.Watermark == ir.MaxMicros, Reading: r.Reading, Idle: r.Idling,
			Waiting: r.Waiting, EndedN: r.Ended, Splits: []splitJSON{}, Follows: r.Follows, Advice: slices.Concat([]string{}, Advice(r)), Watermark: known(r.Watermark), Newest: known(r.Newest)}
		if x.Watermark != "" && x.Newest != "" {
			x.Behind = int64(max(r.Newest-r.Watermark, 0))
		}
		if r.Moved != 0 {
			x.Unmoved = int64(r.Now - r.Moved)
		}
		if h := Holder(r); h != nil {
			x.HeldBy = h.Name
		}
		if r.Slowest.Held > 0 {
			x.MostHeld = r.Slowest.Name
		}
		for _, s := range r.Splits {
			j := splitJSON{Name: s.Name, State: string(s.State), Greatest: known(s.Greatest), Stale: s.Stale, Held: s.Held.Microseconds()}
			if s.Heard != 0 {
				j.Quiet = int64(r.Now - s.Heard)
			}
			x.Splits = append(x.Splits, j)
		}
		out.Relations = append(out.Relations, x)
	}
	for _, w := range t.Windows {
		x := waitingJSON{Name: w.Name, Stage: w.Stage, Position: w.Position, Open: w.Open, Watermark: known(w.Watermark)}
		if w.Rows > 0 {
			x.Rows, x.Earliest = w.Rows, at(w.End)
		} else {
			x.End = at(w.End)
		}
		if x.Watermark != "" {
			x.Misses = int64(max(w.End-w.Watermark, 0))
		}
		out.Windows = append(out.Windows, x)
	}
	return out
}

// known is a time, "" where there is none.
func known(us ir.Micros) string {
	if us == ir.MinMicros || us == ir.MaxMicros {
		return ""
	}
	return at(us)
}
