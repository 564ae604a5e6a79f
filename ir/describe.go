package ir

// DescribeScan is a scan as one line.
func DescribeScan(s *PhysScan) string { return describeScan(s) }

// DescribeSink is a sink as one line; t nil: to the client.
func DescribeSink(t *Table, title string) string { return describeSink(t, title) }

// DescribeInput is an incoming exchange as one line.
func DescribeInput(plan *Plan, in Input) string { return describeInput(plan, in) }

// StageByID finds a stage; nil: there is none.
func (p *Plan) StageByID(id int) *Stage { return stageByID(p, id) }

// InputOf is what the first operator of a stage takes; nil: nothing.
func (p *Plan) InputOf(s *Stage) *Schema { return stageInput(p, s) }

// Pane is the width of the panes that windows share, in microseconds: the greatest
// that divides size and slide.
func (w Window) Pane() int64 {
	a, b := w.Size, w.Slide
	for b > 0 {
		a, b = b, a%b
	}
	return a
}
