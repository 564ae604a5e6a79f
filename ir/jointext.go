package ir

import (
	"fmt"
	"strings"
)

// joinText describes a Join.
func joinText(x *Join) string {
	l, r := x.Left.Schema(), x.Right.Schema()
	text := "Join " + x.Kind.String() + " " + x.Type.String() + joinOn(l, r, x.LeftKeys, x.RightKeys)
	switch x.Kind {
	case IntervalJoin:
		text += ", " + x.Time.text(l, r, x.LeftName, x.RightName)
	case TemporalJoin:
		text += ", as of " + l.Cols[x.Time.Left].Name
	}
	text += joinIf(x.Cond)
	if x.Single {
		text += ", of one row"
	}
	if x.AtEnd {
		text += ", rows without a pair at the end of the input"
	}
	if x.Reload > 0 {
		text += ", read anew every " + SpanInWords(x.Reload)
	}
	return text + ttlText(x.LeftTTL, x.RightTTL)
}

func joinOn(l, r *Schema, leftKeys, rightKeys []int) string {
	if len(leftKeys) == 0 {
		return ""
	}
	parts := make([]string, len(leftKeys))
	for i := range parts {
		parts[i] = l.Cols[leftKeys[i]].Name + " = " + r.Cols[rightKeys[i]].Name
	}
	return " on " + strings.Join(parts, ", ")
}

func joinIf(cond Expr) string {
	if cond == nil {
		return ""
	}
	return ", if " + cond.String()
}

func ttlText(left, right int64) string {
	switch {
	case left == 0 && right == 0:
		return ""
	case left == right:
		return ", rows are forgotten after " + SpanInWords(left)
	case left == 0:
		return ", rows of the right side are forgotten after " + SpanInWords(right)
	case right == 0:
		return ", rows of the left side are forgotten after " + SpanInWords(left)
	}
	return fmt.Sprintf(", rows are forgotten after %s on the left, %s on the right", SpanInWords(left), SpanInWords(right))
}

// text is a bound on times: "b.ts - 5 s <= a.ts <= b.ts + 1 min".
func (b *TimeBound) text(l, r *Schema, left, right string) string {
	a, o := sideName(left, l.Cols[b.Left].Name), sideName(right, r.Cols[b.Right].Name)
	if b.Lo == b.Hi && b.Lo == 0 {
		return a + " = " + o + b.behind()
	}
	return plus(o, b.Lo) + " <= " + a + " <= " + plus(o, b.Hi) + b.behind()
}

// behind says how far the watermark stays behind, if that is more than the times are apart.
func (b *TimeBound) behind() string {
	if b.Behind <= max(-b.Lo, b.Hi, 0) {
		return ""
	}
	return ", event time " + SpanInWords(b.Behind) + " behind"
}

func sideName(table, col string) string {
	if table == "" {
		return col
	}
	return table + "." + col
}

func plus(col string, us int64) string {
	switch {
	case us < 0:
		return col + " - " + SpanInWords(-us)
	case us > 0:
		return col + " + " + SpanInWords(us)
	}
	return col
}

// joinOpText describes a JoinOp.
func joinOpText(x *JoinOp) string {
	text := x.Name() + " " + x.Type.String() + joinOn(x.Left, x.Right, x.LeftKeys, x.RightKeys)
	if x.Kind == IntervalJoin {
		text += ", " + x.Time.text(x.Left, x.Right, x.LeftName, x.RightName)
	}
	text += joinIf(x.Cond)
	if x.AtEnd {
		text += ", rows without a pair at the end of the input"
	}
	return text + ttlText(x.LeftTTL, x.RightTTL)
}

func lookupText(x *LookupOp) string {
	return x.Name() + " " + x.Type.String() + " with load " + fmt.Sprint(x.Load) + ", " + x.LoadName + joinOn(x.In, x.Build, x.Keys, x.With) + joinIf(x.Cond)
}

// DescribeLoad is a load as one line.
func DescribeLoad(l *Load) string {
	text := fmt.Sprintf("Load %d, %s", l.ID, l.Name)
	if len(l.Keys) > 0 {
		text += ", by " + nameList(l.Out.Select(l.Keys))
	}
	if l.Single {
		text += ", of one row"
	}
	if l.Reload > 0 {
		text += ", read anew every " + SpanInWords(l.Reload)
	}
	return text
}

// joinState is what a Join keeps.
func joinState(x *Join) State {
	l, r := x.Left.Schema(), x.Right.Schema()
	switch x.Kind {
	case IntervalJoin:
		return intervalState(StuckTime(x), x.Time, l, r, x.LeftName, x.RightName)
	case WindowJoin:
		return windowJoinState(StuckTime(x), x.LeftName, x.RightName, l, r)
	case LookupJoin:
		return State{InputState, "all rows of " + named(x.RightName, "the right side") + ", which are read first; " + rowBytes(r), ""}
	case ByKeyJoin:
		return byKeyState(byKeyName(x), CacheOf(ByKeyTable(x.Right)), r)
	case TemporalJoin:
		return temporalState(StuckTime(x), r, x.RightKeys, x.Time.Left, l)
	}
	return regularState(x.LeftName, x.RightName, l, r, x.Left.Props().Bounded && x.Right.Props().Bounded, x.LeftTTL, x.RightTTL)
}

func joinOpState(x *JoinOp) State {
	switch x.Kind {
	case IntervalJoin:
		return intervalState(x.StuckTime, x.Time, x.Left, x.Right, x.LeftName, x.RightName)
	case WindowJoin:
		return windowJoinState(x.StuckTime, x.LeftName, x.RightName, x.Left, x.Right)
	}
	return regularState(x.LeftName, x.RightName, x.Left, x.Right, x.Ends, x.LeftTTL, x.RightTTL)
}

func intervalState(stuck string, b *TimeBound, l, r *Schema, left, right string) State {
	return timedState(stuck, fmt.Sprintf("%s of %s, %s, and %s of %s, %s; freed when the watermark of both passes %s and %s",
		SpanInWords(b.KeepLeft()), named(left, "the left side"), rowBytes(l), SpanInWords(b.KeepRight()), named(right, "the right side"), rowBytes(r),
		plus(sideName(left, l.Cols[b.Left].Name), b.KeepLeft()), plus(sideName(right, r.Cols[b.Right].Name), b.KeepRight())))
}

func windowJoinState(stuck, left, right string, l, r *Schema) State {
	return timedState(stuck, fmt.Sprintf("the rows of %s, %s, and of %s, %s, in each open window; freed when the watermark of both passes window_end",
		named(left, "the left side"), rowBytes(l), named(right, "the right side"), rowBytes(r)))
}

func temporalState(stuck string, r *Schema, keys []int, time int, l *Schema) State {
	return timedState(stuck, fmt.Sprintf("the rows of the left side that the watermark has not passed, and for each value of %s the versions since then and the one before, %s; freed when the watermark passes %s",
		strings.Join(columnNames(r, keys), ", "), rowBytes(r), l.Cols[time].Name))
}

func regularState(left, right string, l, r *Schema, bounded bool, leftTTL, rightTTL int64) State {
	text := fmt.Sprintf("all rows of %s, %s, and of %s, %s", named(left, "the left side"), rowBytes(l), named(right, "the right side"), rowBytes(r))
	switch {
	case bounded:
		return State{InputState, text + "; freed when the input ends, so it grows with the input", ""}
	case leftTTL > 0 && rightTTL > 0:
		return State{TimedState, text + "; freed " + SpanInWords(max(leftTTL, rightTTL)) + " after their last change ('state.ttl')", ""}
	}
	return State{GrowingState, text + "; the input never ends and nothing frees them",
		"bound the times of both sides in ON: a.ts BETWEEN b.ts - INTERVAL '10' MINUTE AND b.ts; or join within windows; or have rows forgotten that do not change any more: SET 'state.ttl' = '1 h'"}
}

func named(name, otherwise string) string {
	if name == "" {
		return otherwise
	}
	return "`" + name + "`"
}

// rowBytes is about how many bytes a row of the schema takes where it is kept.
func rowBytes(s *Schema) string { return fmt.Sprintf("about %d bytes a row", RowBytes(s)) }

// RowBytes is about how many bytes a row of the schema takes in columns with what finds it
// by its key. A text counts as 32 bytes, a nested value as 64.
func RowBytes(s *Schema) int {
	n := 16
	for _, c := range s.Cols {
		switch w := c.Type.Kind.Width(); {
		case c.Type.Kind.IsText():
			n += 32
		case w > 0:
			n += w
		case c.Type.Kind == Boolean || c.Type.Kind == Null:
			n++
		default:
			n += 64
		}
	}
	return n
}
