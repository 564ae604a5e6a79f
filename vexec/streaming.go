package vexec

import (
	"fmt"
	"strings"
	"time"

	"github.com/helios-stream/helios/ir"
)

// The options that every connector with unbounded sources has.
const (
	OptionIdle   = "idle.timeout"
	OptionLinger = "watermark.interval"
)

// DefaultLinger is what 'watermark.interval' is where nobody says.
const DefaultLinger = 10 * time.Millisecond

// StreamOptions describes the options that the runtime knows of every unbounded
// source. Connectors that have one put them behind their own.
func StreamOptions() []ir.OptionSpec {
	return []ir.OptionSpec{
		{Name: OptionIdle, Use: ir.UseRead, Type: ir.OptionDuration, Example: "30s",
			Doc: "Of what may not end: after so long without a row, a partition no longer holds back the watermark; it joins again with its next row, and rows behind the watermark are late then. A table all of whose partitions are idle goes on with the time of those that it is joined or united with. By default it waits for ever."},
		{Name: OptionLinger, Use: ir.UseRead, Type: ir.OptionDuration, Default: "10ms", Example: "200ms",
			Doc: "Of what may not end: how long a row may wait for others, to be worked on together with them."},
	}
}

// StreamTimes reads the options of StreamOptions. idle 0: never.
func StreamTimes(t *ir.Table) (idle, linger time.Duration, err error) {
	linger = DefaultLinger
	if idle, err = duration(t, OptionIdle, 0); err != nil {
		return 0, 0, err
	}
	linger, err = duration(t, OptionLinger, DefaultLinger)
	return idle, linger, err
}

func duration(t *ir.Table, name string, dflt time.Duration) (time.Duration, error) {
	text, given := t.Options[name]
	if !given {
		return dflt, nil
	}
	d, ok := ir.OptionSpan(text)
	if !ok {
		return 0, fmt.Errorf("'%s'='%s' is not a span of time such as 500ms or 5s", name, text)
	}
	return d, nil
}

// OptionIgnore is, behind "csv." or "json.", Flink's option for records that cannot be
// read.
const OptionIgnore = "ignore-parse-errors"

// IgnoreDoc is what OptionIgnore says.
const IgnoreDoc = "true: a field that does not parse is NULL, and a record that cannot be read at all is left out; both are counted. 'on.error' is not given beside it; what an expression fails for goes to the dead-letter file."

// IgnoresParseErrors reports whether a table's OptionIgnore is true.
func IgnoresParseErrors(t *ir.Table) bool {
	return t.Options["csv."+OptionIgnore] == "true" || t.Options["json."+OptionIgnore] == "true"
}

// RowOptions describes the options of every source that say what becomes of rows that
// cannot be processed, and of late ones. Connectors put them behind their own. fail is
// what happens with 'on.error'='fail', in words.
func RowOptions(fail string) []ir.OptionSpec {
	return []ir.OptionSpec{
		{Name: ir.OptionOnError, Use: ir.UseRead, Type: ir.OptionEnum, Default: ir.ErrorLetters, Example: "dlq:bad_rows",
			Values: []string{ir.ErrorLetters, ir.LettersTo + ir.MappingHole, ir.ErrorFail, ir.ErrorNull, ir.ErrorDrop},
			Doc: "What becomes of a record that cannot be read, and of a row that an expression fails for: dlq (it goes to the dead-letter file), dlq:<mapping> (to a mapping, whose columns are some of " +
				letterColumns() + "), fail (" + fail + "), null (a field that does not parse is NULL), drop (it is counted)."},
		{Name: ir.OptionLate, Use: ir.UseRead, Type: ir.OptionEnum, Example: "to:late_rows", Values: []string{ir.LateDiscard, ir.LateCorrect, ir.LateTo + ir.MappingHole},
			Doc: "What becomes of rows that come too late for a window, a join, OVER, ORDER BY or IMPOSE_ORDER over the table: correct (the default where 'allowed.lateness' is given), discard (else the default: they are counted), to:<mapping> (they go to a mapping, whose columns are some of the rows', by name). `SET 'late.data'` gives a file's default."},
		{Name: ir.OptionLateness, Use: ir.UseRead, Type: ir.OptionDuration, Example: "1 min",
			Doc: "How long a window over the table is kept for late rows, behind its end: a row that comes when the window has been given corrects it. By default, or with 0, not at all. `SET 'allowed.lateness'` gives a file's default."},
		{Name: ir.OptionSessionMax, Use: ir.UseRead, Type: ir.OptionInt, Example: "100000",
			Doc: "How many sessions of a SESSION over the table may be open at once, of all keys together: where one more would begin, the one that has been quiet for longest closes and comes out. By default, or with 0, any number. `SET 'session.max'` gives a file's default."},
		{Name: ir.OptionSessionCleanup, Use: ir.UseRead, Type: ir.OptionDuration, Example: "1 min",
			Doc: "How often the keys of a SESSION over the table that have no open session are swept, by the clock of the machine: their memory is then freed, also where no rows come. By default it is when most sessions in memory have closed and rows come. `SET 'session.cleanup.interval'` gives a file's default."},
		{Name: ir.OptionRows, Use: ir.UseRead, Type: ir.OptionInt, Example: "1000000",
			Doc: "About how many rows the table has, where it cannot be found out in a moment: joins are ordered by it, and nothing else depends on it."},
		{Name: ir.OptionReload, Use: ir.UseRead, Type: ir.OptionDuration, Example: "5 min",
			Doc: "How often the table is read anew where a join looks rows up in it with FOR SYSTEM_TIME AS OF: all rows are joined with the old content until the new one is read whole. By default it is read once, when the run starts."},
	}
}

func letterColumns() string {
	var names []string
	for _, c := range ir.LetterSchema.Cols {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}
