package ir

import (
	"fmt"
	"slices"
)

// OfSpans reports whether all calls are over spans of time that end behind them: a row that is
// further back than the longest is in no frame any more.
func OfSpans(calls []OverCall) bool {
	return !slices.ContainsFunc(calls, func(c OverCall) bool {
		return c.Frame == nil || c.Frame.Rows || c.Frame.Start.Kind == UnboundedPreceding
	})
}

// overState is what an Over keeps. ends says that its input does.
func overState(keys []string, calls []OverCall, streams, ends bool, stuck string, ttl int64) State {
	if !streams {
		return State{InputState, "all rows; freed when the input ends, so it grows with the input", ""}
	}
	const freed = "; freed when the watermark has passed and no frame has them"
	text := "the rows that the watermark has not passed, and those in the frames"
	if OfSpans(calls) {
		return timedState(stuck, text+by(keys)+freed)
	}
	if slices.ContainsFunc(calls, keepsTotal) {
		text = "the rows that the watermark has not passed, those in the frames that have a start, and totals"
	}
	all := slices.IndexFunc(calls, keepsAllBefore)
	if all >= 0 {
		text += ", with all values that " + calls[all].AggCall.String() + " is made of,"
	}
	switch {
	case stuck != "":
		return timedState(stuck, text+by(keys))
	case ends:
		return State{TimedState, text + by(keys) + "; rows are freed when the watermark has passed and no frame has them, what is kept for each partition when the input ends", ""}
	case len(keys) == 0 && all < 0:
		return State{TimedState, text + "; rows are freed when the watermark has passed and no frame has them", ""}
	case len(keys) == 0:
		return State{GrowingState, text + " since the first row", bySpan}
	case ttl > 0:
		return State{TimedState, fmt.Sprintf("%s%s; rows are freed when the watermark has passed and no frame has them, a partition %s after its last row ('state.ttl')", text, by(keys), SpanInWords(ttl)), ""}
	}
	fix := "have partitions forgotten that get no more rows: SET 'state.ttl' = '1 h'"
	if !slices.ContainsFunc(calls, func(c OverCall) bool { return c.Frame == nil }) {
		fix = bySpan + "; or " + fix
	}
	return State{GrowingState, text + " of each " + joined(keys) + "; one that gets no more rows keeps its last ones", fix}
}

// bySpan is what bounds a call whose frame has no start, or one that counts rows.
const bySpan = "look back over a span of time alone: RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW"

// keepsTotal reports whether a call looks at all rows before one, of which a total is enough.
func keepsTotal(c OverCall) bool {
	if c.Frame == nil {
		return c.Fn != "LAG"
	}
	return c.Frame.Start.Kind == UnboundedPreceding && !c.KeepsEach()
}

// keepsAllBefore reports whether a call has to keep the values of all rows before one.
func keepsAllBefore(c OverCall) bool {
	return c.Frame != nil && c.Frame.Start.Kind == UnboundedPreceding && c.KeepsEach()
}
