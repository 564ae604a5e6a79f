package ops

// RowCounter is an operator that makes other rows of those it takes, so that its rows
// in and out say nothing of each other: it counts itself what it took in.
type RowCounter interface {
	// Counted is what has become of the rows of all Pushes that returned without an
	// error and were not rejected. Rows that Open restored may be in it.
	Counted() RowCount
}

// RowCount is what an aggregate did with rows.
type RowCount struct {
	Grouped int64 // rows, or partial groups, that were added to a group: each once, however many windows it is in
	Lost    int64 // results that it rejected, not rows that it took
	Outside int64 // rows that are in no window, as windows have gaps
	Used    int64 // of Grouped: rows behind the watermark, which a join used nonetheless
}

var (
	_ RowCounter = (*WindowAgg)(nil)
	_ RowCounter = (*AttachedAgg)(nil)
	_ RowCounter = (*GroupAgg)(nil)
	_ RowCounter = (*partialGroups)(nil)
)
