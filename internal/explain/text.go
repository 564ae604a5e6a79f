package explain

import (
	"fmt"
	"strings"
	"time"

	"github.com/helios-stream/helios/ir"
)

// Text shows the plan as text: the steps on the left and the columns that they give,
// where they change, on the right; below each step what is known of it.
func (g *Graph) Text() string {
	var t lines
	if g.Run != nil {
		t.add(0, g.Run.text())
		t.add(0, "")
	}
	if g.Form == "physical" {
		for i, b := range g.Boxes {
			if i > 0 {
				t.add(0, "")
			}
			t.stage(b)
		}
		if g.Time != nil && len(g.Time.Relations) > 0 {
			return t.String() + "\n" + g.Time.Text()
		}
		return t.String()
	}
	first := true
	for i, b := range g.Boxes {
		if !g.isRead(b.ID) {
			if !first {
				t.add(0, "")
			}
			first = false
			t.tree(g, i, 0)
		}
	}
	return t.String()
}

// isRead reports whether some box takes the rows of this one.
func (g *Graph) isRead(id int) bool {
	for _, b := range g.Boxes {
		for _, a := range b.In {
			if a.From == id {
				return true
			}
		}
	}
	return false
}

type lines struct{ list []ir.Line }

func (t *lines) add(depth int, text string) {
	t.list = append(t.list, ir.Line{Left: strings.Repeat("  ", depth) + text})
}

// tree shows a logical node above its inputs.
func (t *lines) tree(g *Graph, i, depth int) {
	b := g.Boxes[i]
	t.step(b.Steps[0], depth)
	for _, a := range b.In {
		t.tree(g, a.From, depth+1)
	}
}

func (t *lines) stage(b *Box) {
	t.add(0, b.Title)
	for _, a := range b.In {
		t.add(1, fmt.Sprintf("from stage %d, %s", a.From, a.Label))
	}
	if b.Times != nil {
		t.add(3, b.Times.text())
	}
	for _, s := range b.Steps {
		t.step(s, 1)
	}
}

func (t *lines) step(s *Step, depth int) {
	t.add(depth, s.Text)
	if !s.Same {
		t.list[len(t.list)-1].Right = columns(s)
	}
	for _, n := range s.Notes {
		t.add(depth+2, n.Key+": "+n.Text)
	}
	if s.Measured != nil {
		t.add(depth+2, "measured: "+s.Measured.text())
		if l := s.Measured.Ledger; l != "" {
			t.add(depth+2, "ledger: "+l)
		}
	}
}

func columns(s *Step) string {
	parts := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		parts[i] = c.Name + " " + c.Type.String()
		if i == s.TimeCol {
			parts[i] += " *TIME*"
		}
	}
	if len(parts) == 0 {
		return "(no columns)"
	}
	return strings.Join(parts, ", ")
}

// String is the lines with the right column aligned.
func (t *lines) String() string { return ir.Align(t.list) }

func (r *Run) text() string {
	text := fmt.Sprintf("ran in %s: starting %s, tasks %s, finishing %s; at most %s of state and queues",
		round(r.Elapsed), round(r.Starting), round(r.Running), round(r.Finishing), size(r.PeakMemory))
	if r.DeadLetters > 0 {
		text += ", " + count(r.DeadLetters, "row") + " rejected"
	}
	return text
}

func (t *Times) text() string {
	parts := []string{}
	add := func(what string, d time.Duration) {
		if d > 0 {
			parts = append(parts, what+" "+round(d))
		}
	}
	add("waiting", t.Waiting)
	add("receiving", t.Receive)
	add("sending", t.Send)
	if t.Within {
		parts = append([]string{"it runs within the tasks of the stage before it, whose time it shares"}, parts...)
		return strings.Join(parts, ", ")
	}
	head := fmt.Sprintf("%s took %s", count(int64(t.Tasks), "task"), round(t.Wall))
	if t.Tasks > 1 {
		head += " together"
	}
	text := head + ": " + strings.Join(append(parts, "the rest as below"), ", ")
	if t.Idle > 0 {
		text += "; not begun or ended " + round(t.Idle)
	}
	return text
}

func (m *Measured) text() string {
	parts := []string{count(m.RowsIn, "row") + " in"}
	add := func(n int64, text string) {
		if n > 0 {
			parts = append(parts, text)
		}
	}
	if !m.sink {
		parts = append(parts, thousands(m.RowsOut)+" out")
	}
	add(m.Filtered, thousands(m.Filtered)+" filtered")
	add(m.Pruned, thousands(m.Pruned)+" pruned")
	for _, f := range m.Filters {
		add(f.Rows, thousands(f.Rows)+" of them by the keys of "+f.Load)
	}
	add(m.LeftOut, fmt.Sprintf("%s of %s left out", thousands(m.LeftOut), count(m.Splits, "split")))
	add(m.Keys, count(m.Keys, "key"))
	add(max(m.Reads-1, 0), "read anew "+count(m.Reads-1, "time"))
	add(m.Failed, "reading it anew failed "+count(m.Failed, "time"))
	add(m.Late, thousands(m.Late)+" late")
	add(m.LateUsed, thousands(m.LateUsed)+" late and used")
	add(m.Bad, thousands(m.Bad)+" not decoded")
	add(m.Errors, thousands(m.Errors)+" rejected")
	add(m.Expired, thousands(m.Expired)+" expired")
	add(m.Batches, count(m.Batches, "batch"))
	add(m.Units, count(m.Units, "unit"))
	add(m.Bytes, size(m.Bytes))
	add(m.State, "state "+size(m.State))
	if l := m.Lookup; l != nil {
		parts = append(parts, l.String())
	}
	return strings.Join(append(parts, round(m.Time)), ", ")
}

// round shows three digits of a time.
func round(d time.Duration) string {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit).String()
}

func size(n int64) string {
	f, unit := float64(n), 0
	for f >= 1024 && unit < 4 {
		f /= 1024
		unit++
	}
	name := []string{"B", "KB", "MB", "GB", "TB"}[unit]
	if unit == 0 || f >= 100 {
		return fmt.Sprintf("%.0f %s", f, name)
	}
	return fmt.Sprintf("%.3g %s", f, name)
}

// count is "1 row", "2 batches".
func count(n int64, noun string) string {
	switch {
	case n == 1:
	case strings.HasSuffix(noun, "ch"):
		noun += "es"
	default:
		noun += "s"
	}
	return thousands(n) + " " + noun
}

func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
