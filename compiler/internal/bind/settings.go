package bind

import (
	"slices"
	"strconv"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// setting is a key of SET.
type setting struct {
	name    string
	aliases []string
	takes   string // what check accepts, in words
	check   func(v string) bool
}

// Parallelism is the setting that gives stages their number of tasks.
const Parallelism = "parallelism"

// StateTTL is the setting that says how long operators without a window keep what does
// not change.
const StateTTL = "state.ttl"

// timeZone is the setting in whose zone TIMESTAMP_LTZ is shown and meets other types.
const timeZone = "time.zone"

// MaxTasks bounds the parallelism of a query.
const MaxTasks = 256

var settings = []setting{
	{name: Parallelism, aliases: []string{"parallelism.default"}, takes: "a number from 1 to 256", check: func(v string) bool {
		n, err := strconv.Atoi(v)
		return err == nil && n >= 1 && n <= MaxTasks
	}},
	{name: StateTTL, aliases: []string{"table.exec.state.ttl"}, takes: "a span such as '1 h' or '30 min' after which a group that did not change is forgotten, or '0 s' for never", check: func(v string) bool {
		_, ok := ir.OptionSpan(v)
		return ok
	}},
	{name: timeZone, aliases: []string{"table.local-time-zone"}, takes: "a time zone: Europe/Berlin, UTC, +02:00", check: func(v string) bool {
		_, err := ir.Zone(v)
		return err == nil
	}},
	{name: "execution.runtime-mode", takes: "streaming: every query is continuous", check: func(v string) bool {
		return strings.EqualFold(v, "streaming")
	}},
	{name: ir.OptionDelivery, aliases: []string{"execution.checkpointing.mode"}, takes: "exactly-once, at-least-once or at-most-once", check: func(v string) bool {
		_, ok := ir.ParseDelivery(v)
		return ok
	}},
	{name: ir.OptionLate, takes: "correct, discard, or to:<mapping>: what becomes of late rows of tables that do not say so themselves", check: func(v string) bool {
		return v == ir.LateDiscard || v == ir.LateCorrect || strings.HasPrefix(v, ir.LateTo) && len(v) > len(ir.LateTo)
	}},
	{name: ir.OptionLateness, takes: "a span such as '1 min' for which windows of tables that do not say so themselves are kept for late rows, or '0 s' for not at all", check: func(v string) bool {
		_, ok := ir.OptionSpan(v)
		return ok
	}},
	{name: ir.OptionSessionMax, takes: "a number: how many sessions may be open at once; 0 is any number", check: func(v string) bool {
		n, err := strconv.ParseInt(v, 10, 32)
		return err == nil && n >= 0
	}},
	{name: ir.OptionSessionCleanup, takes: "a span such as '1 min': how often keys without an open session are swept, or '0 s' for when most of them have none", check: func(v string) bool {
		_, ok := ir.OptionSpan(v)
		return ok
	}},
}

// optionSpan reads an option of a table that is a span, as optionInt does: microseconds.
func (b *binder) optionSpan(t *ir.Table, name string) int64 {
	text, given := t.Options[name]
	if !given {
		text = b.out.Settings[name]
	}
	d, _ := ir.OptionSpan(text)
	return d.Microseconds()
}

// optionInt reads an option of a table that is a number, or the file's default of it; 0:
// neither is given. Both have been checked.
func (b *binder) optionInt(t *ir.Table, name string) int64 {
	text, given := t.Options[name]
	if !given {
		text = b.out.Settings[name]
	}
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}

// settingsOfFlink are settings that are said elsewhere here.
var settingsOfFlink = map[string]string{
	"execution.checkpointing.interval": "leave it out, and run with --checkpoint-interval 10s --checkpoint-dir DIR",
	"state.checkpoints.dir":            "leave it out, and run with --checkpoint-dir DIR",
	"execution.savepoint.path":         "leave it out: a run with --checkpoint-dir DIR goes on from there",
}

func (b *binder) set(x *ast.Set) {
	var names []string
	for i := range settings {
		s := &settings[i]
		for _, n := range append([]string{s.name}, s.aliases...) {
			names = append(names, n)
			if !strings.EqualFold(n, x.Key.S) {
				continue
			}
			if !s.check(x.Value.S) {
				hint := "or leave the SET out for the default"
				if near := diag.DidYouMean(x.Value.S, ir.ZoneNames()); s.name == timeZone && near != "" {
					hint = "did you mean '" + near + "'?"
				}
				b.err(diag.BadSetting, x.Value.Span(), hint, "'%s' takes %s", n, s.takes)
				return
			}
			b.out.Settings[s.name] = x.Value.S
			b.settingAt[s.name] = x.Value.Span()
			return
		}
	}
	hint := "there are: " + strings.Join(names, ", ")
	if flag, ok := settingsOfFlink[strings.ToLower(x.Key.S)]; ok {
		hint = flag
	} else if first, _, _ := strings.Cut(x.Key.S, "."); slices.Contains([]string{"table", "execution", "pipeline", "sql-client", "state", "rest", "taskmanager"}, first) {
		hint = "it is a setting of Flink; leave it out (" + hint + ")"
	}
	if near := diag.DidYouMean(x.Key.S, names); near != "" {
		hint = "did you mean '" + near + "'?"
	}
	b.err(diag.UnknownSetting, x.Key.Span(), hint, "unknown setting '%s'", x.Key.S)
}
