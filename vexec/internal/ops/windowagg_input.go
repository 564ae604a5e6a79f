package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/expr"
)

// aggInput is the keys and the arguments of aggregates for the batch at hand.
type aggInput struct {
	keyCols []int
	argCols []int // by call: a column, or one of the constants below
	argOut  []int // by call: the argument's place in outs, if it is computed
	passOut []int // by call: the filter's place in outs; -1: none
	program *expr.Program

	keys   []vexec.Vec
	args   []*vexec.Vec // by call; nil for COUNT(*)
	sels   [][]int32    // by call with a filter: the rows that pass
	outs   []vexec.Vec
	errs   expr.Errors
	shared vexec.Batch // the batch at hand with another selection
}

const (
	argNone     = -1 // COUNT(*)
	argComputed = -2
)

// newAggInput compiles what the calls compute over rows of the schema in. The
// argument of a call with a filter is computed only where the filter is true.
func newAggInput(keys []int, calls []ir.AggCall, in *ir.Schema) (*aggInput, error) {
	n := len(calls)
	a := &aggInput{keyCols: keys, keys: make([]vexec.Vec, len(keys)), args: make([]*vexec.Vec, n), sels: make([][]int32, n)}
	var exprs []ir.Expr
	compute := func(e ir.Expr) int {
		exprs = append(exprs, e)
		return len(exprs) - 1
	}
	for i := range calls {
		c := &calls[i]
		col, out, pass := argNone, -1, -1
		if c.Filter != nil {
			pass = compute(c.Filter)
		}
		if len(c.Args) > 0 {
			switch x := c.Args[0].(type) {
			case *ir.ColRef:
				col = x.Index
			default:
				if c.Filter != nil {
					x = &ir.Case{Whens: []ir.When{{Cond: c.Filter, Then: x}}, T: x.Type()}
				}
				col, out = argComputed, compute(x)
			}
		}
		a.argCols, a.argOut, a.passOut = append(a.argCols, col), append(a.argOut, out), append(a.passOut, pass)
	}
	if len(exprs) == 0 {
		return a, nil
	}
	var err error
	a.program, err = expr.Compile(exprs, in)
	a.outs = make([]vexec.Vec, len(exprs))
	return a, err
}

// bind takes a batch and the selection of its rows that will be added, and
// computes the arguments there. The rows that fail are in errs.
func (a *aggInput) bind(b *vexec.Batch, sel []int32) error {
	for i, c := range a.keyCols {
		a.keys[i] = b.Cols[c]
	}
	a.errs.Reset()
	if a.program != nil {
		a.shared = *b
		a.shared.Sel = sel
		if err := a.program.Eval(&a.shared, a.outs, &a.errs); err != nil {
			return err
		}
	}
	for i, c := range a.argCols {
		switch c {
		case argNone:
		case argComputed:
			a.args[i] = &a.outs[a.argOut[i]]
		default:
			a.args[i] = &b.Cols[c]
		}
	}
	return nil
}

// narrow returns, for each call with a filter, the rows of sel (nil: all of n) that pass.
func (a *aggInput) narrow(sel []int32, n int) [][]int32 {
	for i, p := range a.passOut {
		if p >= 0 {
			a.sels[i] = whereTrue(a.sels[i], &a.outs[p], sel, n)
		}
	}
	return a.sels
}

// whereTrue lists the rows of sel where the BOOLEAN v is true. The list is never nil.
func whereTrue(to []int32, v *vexec.Vec, sel []int32, n int) []int32 {
	if to == nil {
		to = make([]int32, 0, n)
	}
	to = to[:0]
	if sel != nil {
		for _, r := range sel {
			if !v.Null(int(r)) && v.Bool(int(r)) {
				to = append(to, r)
			}
		}
		return to
	}
	for r := range n {
		if !v.Null(r) && v.Bool(r) {
			to = append(to, int32(r))
		}
	}
	return to
}
