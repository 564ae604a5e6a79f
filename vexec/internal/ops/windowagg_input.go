package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
	"github.com/helios-stream/helios/vexec/internal/expr"
)

// aggInput is the keys and the arguments of aggregates for the batch at hand.
type aggInput struct {
	keyCols []int
	from    [][]argFrom // by call and argument
	passOut []int       // by call: the filter's place in outs; -1: none
	program *expr.Program

	keys   []vexec.Vec
	rows   agg.Input
	outs   []vexec.Vec
	errs   expr.Errors
	shared vexec.Batch // the batch at hand with another selection
}

// argFrom is where an argument comes from: a column, or a place in outs.
type argFrom struct {
	at       int
	computed bool
}

// newAggInput compiles what the calls compute over rows of the schema in. The
// argument of a call with a filter is computed only where the filter is true; one that
// several calls share (ir.ValueSets) where any of them takes the row.
func newAggInput(keys []int, calls []ir.AggCall, in *ir.Schema) (*aggInput, error) {
	n := len(calls)
	a := &aggInput{keyCols: keys, keys: make([]vexec.Vec, len(keys))}
	a.rows = agg.Input{Args: make([][]*vexec.Vec, n), Pass: make([][]int32, n)}
	var exprs []ir.Expr
	compute := func(e ir.Expr) int {
		exprs = append(exprs, e)
		return len(exprs) - 1
	}
	sets := ir.ValueSets(calls)
	for i := range calls {
		pass := -1
		if calls[i].Filter != nil {
			pass = compute(calls[i].Filter)
		}
		a.passOut = append(a.passOut, pass)
		var from []argFrom
		if first := sets[i]; first >= 0 && first < i {
			from = a.from[first]
		} else {
			guard := guardOf(calls, sets, i)
			for _, e := range calls[i].ValueArgs() {
				from = append(from, argumentFrom(e, guard, compute))
			}
		}
		a.from = append(a.from, from)
		a.rows.Args[i] = make([]*vexec.Vec, len(from))
	}
	if len(exprs) == 0 {
		return a, nil
	}
	var err error
	a.program, err = expr.Compile(exprs, in)
	a.outs = make([]vexec.Vec, len(exprs))
	return a, err
}

// setClock is that of expr.Program; a is nil in the phase Final.
func (a *aggInput) setClock(c vexec.Clock) {
	if a != nil && a.program != nil {
		a.program.SetClock(c)
	}
}

// guardOf is the condition under which the arguments of call i are needed, for itself and
// the calls that share them; nil: always.
func guardOf(calls []ir.AggCall, sets []int, i int) ir.Expr {
	var guard ir.Expr
	for j := range calls {
		switch f := calls[j].Filter; {
		case j != i && (sets[i] < 0 || sets[j] != sets[i]):
		case f == nil:
			return nil
		case guard == nil:
			guard = f
		case !ir.EqualExpr(guard, f):
			guard = &ir.Call{Fn: "OR", Args: []ir.Expr{guard, f}, T: ir.TBoolean}
		}
	}
	return guard
}

func argumentFrom(e, guard ir.Expr, compute func(ir.Expr) int) argFrom {
	if x, ok := e.(*ir.ColRef); ok {
		return argFrom{at: x.Index}
	}
	if guard != nil {
		e = &ir.Case{Whens: []ir.When{{Cond: guard, Then: e}}, T: e.Type()}
	}
	return argFrom{at: compute(e), computed: true}
}

// bind takes a batch and the selection of its rows that will be added, and
// computes the arguments there. The rows that fail are in errs.
func (a *aggInput) bind(b *vexec.Batch, sel []int32) error {
	for i, c := range a.keyCols {
		a.keys[i] = b.Cols[c]
	}
	a.rows.Ord = b.Ord
	a.errs.Reset()
	if a.program != nil {
		a.shared = *b
		a.shared.Sel = sel
		if err := a.program.Eval(&a.shared, a.outs, &a.errs); err != nil {
			return err
		}
	}
	for i, from := range a.from {
		for j, f := range from {
			if f.computed {
				a.rows.Args[i][j] = &a.outs[f.at]
			} else {
				a.rows.Args[i][j] = &b.Cols[f.at]
			}
		}
	}
	return nil
}

// narrow returns what the aggregates take of the rows of sel (nil: all of n): for each
// call with a filter those that pass.
func (a *aggInput) narrow(sel []int32, n int) *agg.Input {
	for i, p := range a.passOut {
		if p >= 0 {
			a.rows.Pass[i] = whereTrue(a.rows.Pass[i], &a.outs[p], sel, n)
		}
	}
	return &a.rows
}

// whereTrue lists the rows of sel where the BOOLEAN v is true. The list is never nil.
func whereTrue(to []int32, v *vexec.Vec, sel []int32, n int) []int32 {
	if cap(to) < n || to == nil {
		to = make([]int32, n)
	}
	if v.Enc == vexec.Flat {
		if v.Valid != nil {
			sel = kernels.SelBits(v.Valid, n, sel, to[:n])
		}
		return kernels.SelBits(v.Data, n, sel, to[:n])
	}
	if sel == nil {
		sel = kernels.SelAll(n, to[:n])
	}
	to = to[:0] // what is read of sel is never behind what is written
	for _, r := range sel {
		if !v.Null(int(r)) && v.Bool(int(r)) {
			to = append(to, r)
		}
	}
	return to
}
