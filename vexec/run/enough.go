package run

// enough bounds a scan (ir.PhysScan.Limit): once the units with the smallest tickets,
// without a gap, have given as many rows, those behind them are not wanted. It knows
// nothing of what was read before a restart; it may let too many units through, never
// too few. A nil one bounds nothing.
type enough struct {
	rows int64            // what is enough
	have int64            // of the units before next
	next uint64           // the first ticket whose unit has not ended
	more map[uint64]int64 // rows of units that have ended behind it
}

func newEnough(rows int64) *enough {
	if rows <= 0 {
		return nil
	}
	return &enough{rows: rows, more: map[uint64]int64{}}
}

// add notes the end of a unit.
func (e *enough) add(ticket uint64, rows int64) {
	if e == nil {
		return
	}
	e.more[ticket] = rows
	for {
		n, ended := e.more[e.next]
		if !ended || e.have >= e.rows {
			return
		}
		delete(e.more, e.next)
		e.have += n
		e.next++
	}
}

func (e *enough) reached() bool { return e != nil && e.have >= e.rows }

// unit reports whether so many rows of one unit are enough by themselves.
func (e *enough) unit(rows int64) bool { return e != nil && rows >= e.rows }
