package ops

import (
	"errors"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
	"github.com/helios-stream/helios/vexec/internal/expr"
	"github.com/helios-stream/helios/vexec/internal/jointable"
)

// Lookup is ir.LookupOp: it joins rows with those of a table that has been read before.
//
// Where each row has one partner at most, or its own columns alone are wanted, nothing of it
// is moved: rows are selected, and columns put beside theirs (lookupone.go). Else pairs are
// made, in the order of the rows (lookuppairs.go). A pair for which the condition fails is
// rejected, and is none.
type Lookup struct {
	chainLink
	op      *ir.LookupOp
	live    *jointable.Live
	maxRows int

	filter    *expr.Filter // of Cond; nil: none
	condCols  []bool       // columns of In, and then of Build, that Cond looks at
	stopFirst bool         // one partner tells all: no other can fail
	errs      expr.Errors
	lost      int64 // pairs that it failed for

	table  *jointable.Table // that the finder is of
	finder agg.Finder
	single []vexec.Vec // columns of Build of the only row, as constants; nil: there are several

	keys    []vexec.Vec
	ids     []uint32 // by physical row: the group of its key
	refs    []uint32 // by physical row: its partner
	matched []int32
	missed  []int32
	marks   []bool // by physical row

	gather  vexec.Gatherer
	build   []vexec.Vec // columns of Build, as far as wanted: of the output
	tested  []vexec.Vec // and of the condition
	batch   vexec.Batch
	cols    []vexec.Vec
	pair    vexec.Batch // what Cond sees
	pairing pairing
}

// NewLookup returns the operator over rows of the schema in, which looks into live.
func NewLookup(o *ir.LookupOp, in *ir.Schema, live *jointable.Live) (vexec.Operator, error) {
	if live == nil {
		return nil, errors.New("there is no load " + o.LoadName)
	}
	l, err := newLookup(o, in)
	l.live = live
	return l, err
}

// newLookup returns a Lookup that is still to be told where the rows are.
func newLookup(o *ir.LookupOp, in *ir.Schema) (*Lookup, error) {
	width := len(in.Cols) + len(o.Build.Cols)
	l := &Lookup{op: o, keys: make([]vexec.Vec, len(o.Keys)), cols: make([]vexec.Vec, len(o.Cols)),
		build: make([]vexec.Vec, len(o.Build.Cols)), tested: make([]vexec.Vec, len(o.Build.Cols)), condCols: make([]bool, width)}
	if o.Cond == nil {
		return l, nil
	}
	pairs := ir.PairSchema(ir.InnerJoin, in, o.Build)
	ir.UsedColumns(o.Cond, l.condCols)
	l.stopFirst = o.Type.LeftOnly() && !ir.MayFail(o.Cond)
	l.pair = vexec.Batch{Schema: pairs, Cols: make([]vexec.Vec, width), Part: -1}
	var err error
	l.filter, err = expr.CompileFilter(o.Cond, nil, pairs)
	return l, err
}

// Open implements vexec.Operator.
func (l *Lookup) Open(oc *vexec.OpContext) error {
	l.maxRows = max(oc.MaxRows, 1)
	if l.filter != nil {
		l.filter.SetClock(oc.Clock)
	}
	return nil
}

// Counted implements RowCounter: of pairs that are rejected.
func (l *Lookup) Counted() RowCount { return RowCount{Lost: l.lost} }

// Push implements vexec.Operator. All rows of a batch see one table.
func (l *Lookup) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	if err := l.see(l.live.Table()); err != nil {
		return err
	}
	l.find(b)
	return l.join(b, out)
}

// join gives what the rows become whose groups are known.
func (l *Lookup) join(b *vexec.Batch, out vexec.Emitter) error {
	alone := l.table.Offs == nil || l.single != nil || l.filter == nil && l.op.Type.LeftOnly()
	if alone {
		return l.pushOne(b, out)
	}
	return l.pushPairs(b, out)
}

// see goes over to a table.
func (l *Lookup) see(t *jointable.Table) error {
	if t == l.table && t != nil {
		return nil
	}
	if t == nil {
		return errors.New("its table " + l.op.LoadName + " has not been read")
	}
	l.table, l.finder, l.single = t, t.Finder(), nil
	if t.Rows() == 1 {
		l.single = make([]vexec.Vec, len(l.op.Build.Cols))
		for i, c := range l.op.Build.Cols {
			var v vexec.Vec
			l.gather.Gather(&v, c.Type, t.Chunks, i, []uint32{0})
			v.Enc = vexec.Const
			l.single[i] = v
		}
	}
	return nil
}

// find sets ids for the live rows.
func (l *Lookup) find(b *vexec.Batch) {
	for i, k := range l.op.Keys {
		l.keys[i] = b.Cols[k]
	}
	l.ids = grow(l.ids, b.Rows)
	l.finder.Find(l.keys, b.Sel, b.Rows, l.ids)
}

// grow returns a slice of n elements with s's memory where that is large enough: scratch,
// whose content is unspecified.
func grow[T any](s []T, n int) []T {
	if cap(s) >= n {
		return s[:n]
	}
	return make([]T, n, max(n, 2*cap(s)))
}
