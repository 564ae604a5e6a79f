package ir

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Print shows a logical plan as text: the tree on the left, a node a line, and on
// the right the columns that each node gives, where they are not its input's. The
// event-time column is marked *TIME*. Options of tables are not shown, so that no
// secret is.
func Print(l *Logical) string {
	var p printer
	for i, s := range l.Sinks {
		if i > 0 {
			p.gap()
		}
		p.tree(s, 0)
	}
	return p.String()
}

// PrintNode is Print for one tree.
func PrintNode(n Node) string {
	var p printer
	p.tree(n, 0)
	return p.String()
}

// printer collects lines of two columns and aligns the second.
type printer struct {
	lines []Line
}

// Line is a line of text with a second column, which may be empty.
type Line struct{ Left, Right string }

// maxLeft is the widest left column that others are aligned to.
const maxLeft = 72

// Align is the lines, each with its end, with the right column aligned.
func Align(lines []Line) string {
	width := 0
	for _, l := range lines {
		if n := utf8.RuneCountInString(l.Left); l.Right != "" && n <= maxLeft {
			width = max(width, n)
		}
	}
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.Left)
		if l.Right != "" {
			pad := max(width-utf8.RuneCountInString(l.Left), 0)
			b.WriteString(strings.Repeat(" ", pad) + "  | " + l.Right)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (p *printer) add(left, right string) { p.lines = append(p.lines, Line{left, right}) }
func (p *printer) gap()                   { p.lines = append(p.lines, Line{}) }

func (p *printer) tree(n Node, depth int) {
	p.add(strings.Repeat("  ", depth)+DescribeNode(n), describeOutput(n))
	for _, in := range n.Inputs() {
		p.tree(in, depth+1)
	}
}

// String is the lines with the right column aligned.
func (p *printer) String() string { return Align(p.lines) }

// describeOutput is what n gives, or "" where that is what its input gives.
func describeOutput(n Node) string {
	out := describeSchema(n.Schema(), n.Props().TimeCol)
	for _, in := range n.Inputs() {
		if describeSchema(in.Schema(), in.Props().TimeCol) == out {
			return ""
		}
	}
	return out
}

func describeSchema(s *Schema, timeCol int) string {
	parts := make([]string, len(s.Cols))
	for i, c := range s.Cols {
		parts[i] = c.Name + " " + c.Type.String()
		if i == timeCol {
			parts[i] += " *TIME*"
		}
	}
	if len(parts) == 0 {
		return "(no columns)"
	}
	return strings.Join(parts, ", ")
}

// DescribeNode is a node as one line, without its inputs.
func DescribeNode(n Node) string {
	switch x := n.(type) {
	case *Scan:
		s := x.Schema()
		return "Scan " + x.Table.Name + " " + nameList(s) + describeTerms(x.Terms, s)
	case *Values:
		return "Values " + plural(len(x.Rows), "row")
	case *DeadLetters:
		return "DeadLetters of " + tableList(x.Tables)
	case *LateRows:
		return lateText(x.Schema(), x.TimeCol, x.Window, x.Beyond, x.Keys, x.Rest)
	case *Filter:
		return "Filter " + x.Pred.String()
	case *Project:
		return "Project " + projection(x.Exprs, x.S)
	case *Watermark:
		return "Watermark " + timeBound(x.Schema().Cols[x.TimeCol].Name, x.Lag, x.Drop) + markText(x.Mark)
	case *WindowTVF:
		return "Window " + windowText(x.Window, x.Input.Schema(), x.TimeCol) + windowKeys(x.Window, x.Input.Schema(), x.Keys)
	case *Aggregate:
		return describeAggregate(x)
	case *WindowAgg:
		return "WindowAgg " + windowText(x.Window, x.Input.Schema(), x.TimeCol) +
			keyList(x.Input.Schema(), x.Keys) + aggList(x.Aggs) + emissionText(x.Emit, x.Window.Lateness)
	case *Over:
		return overText(x.Input.Schema(), x.Partition, x.Order, x.Calls, x.TTL)
	case *Coarsen:
		return coarsenText(x.Schema(), x.Every, x.Key, x.EndCol)
	case *Rank:
		return rankText(x.Input.Schema(), x.S, x.Fn, x.Partition, x.Order, x.From, x.To, x.Number, x.AtEnd, x.TTL) + emissionText(Once, x.Lateness)
	case *Join:
		return joinText(x)
	case *Union:
		return "Union"
	case *Limit:
		return limitText(x.Count, x.Offset)
	case *ProcTime:
		return "ProcessingTime " + x.Schema().Cols[x.TimeCol].Name
	case *Sort:
		return sortText("Sort", x.Schema(), x.Order, x.Keep, x.ByTime)
	case *Expand:
		return expandText(x.Input.Schema(), x.Keys, x.Sets)
	case *Unnest:
		return unnestText(x.Input.Schema().Cols[x.Col].Name, x.Outer, x.Cols, len(x.Input.Schema().Cols), x.S)
	case *Repeat:
		return "Repeat"
	case *Changelog:
		return "Changelog"
	case *Sink:
		return describeSink(x.Table, x.Title)
	}
	return fmt.Sprintf("%T", n)
}

// tableList is the names of tables.
func tableList(tables []*Table) string {
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = t.Name
	}
	return strings.Join(names, ", ")
}

// markText says that a watermark marks what another one drops.
func markText(mark bool) string {
	if mark {
		return ", late rows are marked"
	}
	return ""
}

// lateText describes a LateRows or a LateOp.
func lateText(s *Schema, timeCol int, w *Window, beyond int64, keys []int, rest bool) string {
	text := "LateRows"
	if rest {
		text = "DropLateRows"
	}
	if beyond > 0 {
		text += " by more than " + SpanInWords(beyond)
	}
	if w != nil {
		text += " of " + windowText(*w, s, timeCol) + windowKeys(*w, s, keys) + emissionText(Once, w.Lateness)
	}
	return text
}

func describeAggregate(x *Aggregate) string {
	kind := "Aggregate"
	if x.StartKey >= 0 || x.EndKey >= 0 {
		kind = "Aggregate windowed"
	}
	return kind + groupsText(keyList(x.Input.Schema(), x.Keys)+aggList(x.Aggs), x.AtEnd, x.TTL) + emissionText(x.Emit, x.Lateness)
}

// groupsText adds to the keys and aggregates of groups when their results go out.
func groupsText(text string, atEnd bool, ttl int64) string {
	if atEnd {
		text += ", at the end of the input"
	}
	if ttl > 0 {
		text += ", forgotten " + SpanInWords(ttl) + " after their last change"
	}
	return text
}

func describeSink(t *Table, title string) string {
	switch {
	case t != nil:
		return "Sink " + t.Name + " (" + t.Connector + ")"
	case title != "":
		return "Sink to the client: " + title
	}
	return "Sink to the client"
}

func limitText(count, offset int64) string {
	text := "Limit"
	if count >= 0 {
		text += " " + strconv.FormatInt(count, 10)
	}
	if offset > 0 {
		text += " from row " + strconv.FormatInt(offset+1, 10)
	}
	return text
}

func nameList(s *Schema) string {
	names := make([]string, len(s.Cols))
	for i, c := range s.Cols {
		names[i] = c.Name
	}
	return "[" + strings.Join(names, ", ") + "]"
}

func keyList(in *Schema, keys []int) string { return " by " + nameList(in.Select(keys)) }

// aggList lists aggregates; without any, groups are their keys alone.
func aggList(aggs []AggCall) string {
	if len(aggs) == 0 {
		return ""
	}
	parts := make([]string, len(aggs))
	for i := range aggs {
		a := &aggs[i]
		parts[i] = a.String()
		if a.Name != "" && a.Name != parts[i] {
			parts[i] += " AS " + a.Name
		}
		if a.Retracts {
			parts[i] += " (takes rows back)"
		}
	}
	return ": " + strings.Join(parts, ", ")
}

func projection(exprs []Expr, s *Schema) string {
	parts := make([]string, len(exprs))
	for i, e := range exprs {
		parts[i] = e.String()
		if parts[i] != s.Cols[i].Name {
			parts[i] += " AS " + s.Cols[i].Name
		}
	}
	return strings.Join(parts, ", ")
}

func timeBound(col string, lag int64, drop bool) string {
	text := col
	if lag > 0 {
		text += " - " + FormatSpan(lag)
	}
	if drop {
		text += ", drops late rows"
	}
	return text
}

// windowKeys are the keys of windows that have some.
func windowKeys(w Window, in *Schema, keys []int) string {
	if !w.Keyed() {
		return ""
	}
	return keyList(in, keys)
}

func windowText(w Window, in *Schema, timeCol int) string {
	if w.Kind == CountRows {
		return countText(w)
	}
	text := w.Kind.String() + "(" + in.Cols[timeCol].Name + ", " + FormatSpan(w.Size)
	if w.Max > 0 {
		text += ", at most " + strconv.FormatInt(w.Max, 10)
	}
	if w.Sweep > 0 {
		text += ", swept every " + FormatSpan(w.Sweep)
	}
	if w.Kind == Hop || w.Kind == Cumulate {
		text += " every " + FormatSpan(w.Slide)
	}
	if w.Offset != 0 {
		text += " from " + FormatSpan(w.Offset)
	}
	if w.Zone != "" {
		text += " in " + w.Zone
	}
	return text + ")"
}

func countText(w Window) string {
	text := w.Kind.String() + "(" + plural(int(w.Size), "row")
	if w.Slide != w.Size {
		text += " every " + strconv.FormatInt(w.Slide, 10)
	}
	if w.Partial {
		text += ", the rest at the end"
	}
	return text + ")"
}

func plural(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return strconv.Itoa(n) + " " + word
}

// FormatSpan prints microseconds as 90s, 1m, 36h, 500ms: in the largest unit that
// needs no fraction, and no larger than days.
func FormatSpan(us int64) string {
	units := []struct {
		name string
		us   int64
	}{{"d", 86_400_000_000}, {"h", 3_600_000_000}, {"m", 60_000_000}, {"s", 1_000_000}, {"ms", 1000}}
	for _, u := range units {
		if us != 0 && us%u.us == 0 {
			return strconv.FormatInt(us/u.us, 10) + u.name
		}
	}
	if us == 0 {
		return "0s"
	}
	return strconv.FormatInt(us, 10) + "us"
}
