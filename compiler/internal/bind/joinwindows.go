package bind

import (
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// completeWindows adds the equality of the windows' ends where they begin together and are as
// long, and the other way round; and warns of windows that never are the same.
func (j *joining) completeWindows() {
	if !j.streams() || !hasTimeWindows(j.left) || !hasTimeWindows(j.right) {
		return
	}
	x, y := windowsBelow(j.left, nil), windowsBelow(j.right, nil)
	if len(x) != 1 || len(y) != 1 || !fixedSize(x[0]) || !fixedSize(y[0]) {
		return
	}
	keys, _ := j.equalities()
	l, r := j.left.Props(), j.right.Props()
	begin, end := equate(keys, l.WindowStart, r.WindowStart), equate(keys, l.WindowEnd, r.WindowEnd)
	switch {
	case x[0].Zone != y[0].Zone:
	case x[0].Size != y[0].Size && begin && end:
		j.b.warn(diag.ConstantCondition, j.at, "let both sides have windows of one size",
			"no two rows are a pair: windows of %s and of %s never begin and end together", ir.SpanInWords(x[0].Size), ir.SpanInWords(y[0].Size))
	case x[0].Size != y[0].Size:
	case begin && !end && l.WindowEnd >= 0 && r.WindowEnd >= 0:
		j.equal(l.WindowEnd, r.WindowEnd)
	case end && !begin && l.WindowStart >= 0 && r.WindowStart >= 0:
		j.equal(l.WindowStart, r.WindowStart)
	}
}

// fixedSize reports whether all windows are as long, but for days of a clock that changes.
func fixedSize(w ir.Window) bool { return w.Kind == ir.Tumble || w.Kind == ir.Hop }

// equal adds the condition that a column of the left side equals one of the right side.
func (j *joining) equal(left, right int) {
	l, r := column(j.left, left), moveColumns(column(j.right, right), j.width())
	j.conds = append(j.conds, &ir.Call{Fn: "=", Args: []ir.Expr{l, r}, T: ir.TBoolean})
}
