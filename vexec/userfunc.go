package vexec

// ScalarFunc computes a scalar function of one's own: what ir.UserFunc.Impl of one is.
// Several tasks may use it at once.
type ScalarFunc interface {
	// Kernel returns what computes batches, for one goroutine.
	Kernel() ScalarKernel
}

// ScalarKernel computes a function of one's own for the rows of batches.
type ScalarKernel interface {
	// Eval computes the rows of c. It never panics: what user code throws is a failure of
	// the row.
	Eval(c *ScalarCall)
}

// ScalarCall is a function's call for the rows of a batch. It is valid until Eval returns;
// what Out then refers to is valid until the next Eval.
type ScalarCall struct {
	Args []*Vec  // each Flat with N rows, or Const
	Out  *Vec    // Flat with N rows: Eval sets those of Rows
	N    int     // physical rows
	Rows []int32 // that are wanted; nil: all. Unless the function takes NULL, no argument is NULL there
	// SetNull makes a row of Out NULL, Fail makes it a row error with a reason in the
	// user's words.
	SetNull func(row int)
	Fail    func(row int, reason string)
}

// AggregateFunc computes an aggregate of one's own: what ir.UserFunc.Impl of one is.
// Several tasks may use it at once.
type AggregateFunc interface {
	// Cells returns the states of no group, for one goroutine; Retract is called only
	// where ir.UserFunc.Retracts is set.
	Cells() AggregateCells
}

// AggregateCells is the states of an aggregate of one's own by group. Its methods never
// panic: what user code throws is a failure of the group, with which its result is a row
// error. State and Final may be called by several goroutines while nothing else is.
type AggregateCells interface {
	// Grow makes room for n groups; new ones have the state of no row.
	Grow(n int)
	// Add takes rows, whose arguments may be NULL, into the groups ids[row].
	Add(args []*Vec, ids []uint32, rows []int32, n int)
	// Retract takes rows back, before or after they came.
	Retract(args []*Vec, ids []uint32, rows []int32, n int)
	// Merge adds states as State wrote them, of physical rows, to the groups ids[row].
	Merge(state *Vec, ids []uint32, rows []int32)
	// State writes the states of groups to a VARBINARY column of len(ids) rows.
	State(ids []uint32, out *Vec)
	// Final writes the results of groups to a column of len(ids) rows. A row of which there
	// is none is given to fail with a reason, and is NULL.
	Final(ids []uint32, out *Vec, fail func(row int, reason string))
	// CellBytes is the memory of a group's state without what it refers to, Extra about
	// that of all that the states refer to, in bytes.
	CellBytes() int64
	Extra() int64
	// Reset forgets all groups and keeps the memory.
	Reset()
}
