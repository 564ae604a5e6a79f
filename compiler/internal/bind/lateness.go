package bind

import (
	"fmt"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// lateness is how long windows over n are kept open for late rows, in microseconds: what
// 'allowed.lateness' of the tables says. at is where the window is written; false: reported.
func (b *binder) lateness(n ir.Node, at diag.Span) (us int64, ok bool) {
	var tables []*ir.Table
	scans(n, func(s *ir.Scan) { tables = append(tables, s.Table) })
	for i, t := range tables {
		own, fine := b.latenessOf(t)
		switch {
		case !fine:
			return 0, false
		case i > 0 && own != us:
			b.errOnce(diag.BadOption, b.latenessPlace(t), "give all of them the same '"+ir.OptionLateness+"'",
				"rows of `%s` and `%s` meet in one window, and are waited for differently: %s and %s", tables[0].Name, t.Name, ir.SpanInWords(us), ir.SpanInWords(own))
			return 0, false
		}
		us = own
	}
	if us > 0 && !hasLate(n) {
		if dropsLate(n) {
			b.warn(diag.NoEffect, at, "name the event time by WATERMARK FOR in the mapping, which drops nothing", "'%s' has no effect here: IMPOSE_ORDER drops late rows before they come to the window", ir.OptionLateness)
		}
		return 0, true
	}
	return us, true
}

// latenessOf is what a table, or SET, says of late rows; false: reported.
func (b *binder) latenessOf(t *ir.Table) (us int64, ok bool) {
	late, text := t.Options[ir.OptionLate], t.Options[ir.OptionLateness]
	if late == "" {
		late = b.out.Settings[ir.OptionLate]
	}
	if text == "" {
		text = b.out.Settings[ir.OptionLateness]
	}
	span, _ := ir.OptionSpan(text) // it has been checked
	switch {
	case span.Microseconds() > ir.MaxSpan:
		b.errOnce(diag.BadOption, b.latenessPlace(t), "it is how long results of windows may change", "'%s' of `%s` is longer than %s", ir.OptionLateness, t.Name, ir.FormatSpan(ir.MaxSpan))
		return 0, false
	case strings.EqualFold(late, ir.LateDiscard):
		return 0, true
	case strings.EqualFold(late, ir.LateCorrect) && span <= 0:
		at := b.optionPlace(t, ir.OptionLate)
		if set, given := b.settingAt[ir.OptionLate]; given && t.Options[ir.OptionLate] == "" {
			at = set
		}
		b.errOnce(diag.BadOption, at, fmt.Sprintf("say how long results are corrected: '%s' = '1 min'", ir.OptionLateness),
			"'%s'='%s' corrects results for late rows of `%s`, and nothing says for how long", ir.OptionLate, ir.LateCorrect, t.Name)
		return 0, false
	}
	return span.Microseconds(), true
}

// latenessPlace is where the lateness of a table is given.
func (b *binder) latenessPlace(t *ir.Table) diag.Span {
	if _, given := t.Options[ir.OptionLateness]; !given {
		if at, ok := b.settingAt[ir.OptionLateness]; ok {
			return at
		}
	}
	return b.optionPlace(t, ir.OptionLateness)
}

// dropsLate reports whether IMPOSE_ORDER drops late rows of tables below n, and no window
// stands between.
func dropsLate(n ir.Node) bool {
	switch x := n.(type) {
	case *ir.Watermark:
		return x.Drop || x.Mark
	case *ir.Filter, *ir.Project, *ir.LateRows, *ir.Union, *ir.Limit, *ir.Unnest:
	case *ir.WindowTVF:
		if x.Window.Keyed() {
			return false
		}
	default:
		return false
	}
	for _, in := range n.Inputs() {
		if dropsLate(in) {
			return true
		}
	}
	return false
}

// latenessBelow is how long the windows that rows of n carry are open behind their ends.
// Rows that come out when a window has closed are waited for by nobody any more.
func latenessBelow(n ir.Node) (us int64) {
	switch x := n.(type) {
	case *ir.WindowTVF:
		if x.Window.Keyed() {
			return 0
		}
		return max(x.Window.Lateness, latenessBelow(x.Input))
	case *ir.Filter, *ir.Project, *ir.LateRows, *ir.Union, *ir.Limit, *ir.Expand, *ir.Unnest:
		for _, in := range n.Inputs() {
			us = max(us, latenessBelow(in))
		}
	}
	return us
}
