package udf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Argument is an argument of a function: its values in the batch at hand, by row.
type Argument interface {
	sqlType() *ir.Type
	takesNull() bool
	read(v *vexec.Vec, n int, rows []int32, fail failure)
}

// Arg is an argument of type T.
type Arg[T any] struct {
	col  column[T]
	vals []T
	own  []T // copies for functions over columns
}

// NewArg returns an argument of a type that CheckType takes.
func NewArg[T any]() *Arg[T] {
	c, err := newColumn[T]()
	if err != nil {
		panic("udf: " + err.Error()) // Builder has looked at the type
	}
	return &Arg[T]{col: c}
}

func (a *Arg[T]) sqlType() *ir.Type { return a.col.sqlType() }
func (a *Arg[T]) takesNull() bool   { return a.col.takesNull() }
func (a *Arg[T]) read(v *vexec.Vec, n int, rows []int32, fail failure) {
	a.vals = a.col.read(v, n, rows, fail)
}

// At is the value in row i.
func (a *Arg[T]) At(i int) T { return a.vals[i] }

// Column is the values of all rows, in memory that the caller may write.
func (a *Arg[T]) Column() []T {
	a.own = append(room(&a.own, len(a.vals))[:0], a.vals...)
	return a.own
}

// Scalar is a scalar function: what makes kernels for tasks.
type Scalar[R any] struct {
	Name string
	// Row returns the arguments, and what computes the row i from what they have read; or
	// else Batch what computes all rows at once.
	Row   func() ([]Argument, func(i int) (R, error))
	Batch func() ([]Argument, func(rows *Rows, out []R) error)
}

// Kernel returns what computes batches.
func (s *Scalar[R]) Kernel() vexec.ScalarKernel {
	k := &kernel[R]{name: s.Name}
	if s.Row != nil {
		k.args, k.row = s.Row()
	} else {
		k.args, k.batch = s.Batch()
	}
	k.result = NewArg[R]().col
	return k
}

// kernel computes a function, by row or by batch.
type kernel[R any] struct {
	name   string
	args   []Argument
	row    func(i int) (R, error)
	batch  func(rows *Rows, out []R) error
	result column[R]

	call  *vexec.ScalarCall
	bad   map[int]bool // rows that have failed
	picks []int32
	good  []int32
	rows  Rows
}

func (k *kernel[R]) Eval(c *vexec.ScalarCall) {
	k.call = c
	clear(k.bad)
	rows := k.wanted(c)
	for i, a := range k.args {
		a.read(c.Args[i], c.N, rows, k.fail)
	}
	out := k.result.place(c.Out, c.N)
	rows = k.without(c.N, rows)
	if k.row != nil {
		k.byRow(rows, out)
	} else {
		k.byBatch(rows, out)
	}
	k.result.store(c.Out, c.N, k.without(c.N, rows), out, c.SetNull, k.fail)
	k.call = nil
}

// wanted is the rows where no argument is NULL that takes none. The others are NULL.
func (k *kernel[R]) wanted(c *vexec.ScalarCall) []int32 {
	rows := c.Rows
	if !slices.ContainsFunc(k.args, Argument.takesNull) {
		return rows // the caller has left out those with a NULL
	}
	for i, a := range k.args {
		if a.takesNull() || !c.Args[i].MayBeNull() {
			continue
		}
		some := room(&k.picks, c.N)[:0]
		each(c.N, rows, func(r int) {
			if c.Args[i].Null(r) {
				c.SetNull(r)
			} else {
				some = append(some, int32(r))
			}
		})
		rows, k.picks = some, some
	}
	return rows
}

// without is rows without those that have failed.
func (k *kernel[R]) without(n int, rows []int32) []int32 {
	if len(k.bad) == 0 {
		return rows
	}
	good := room(&k.good, n)[:0]
	each(n, rows, func(i int) {
		if !k.bad[i] {
			good = append(good, int32(i))
		}
	})
	return good
}

// byRow calls the function for each row. After a panic it goes on behind the row.
func (k *kernel[R]) byRow(rows []int32, out []R) {
	n := len(out)
	if rows != nil {
		n = len(rows)
	}
	for at := 0; at < n; at++ {
		k.span(rows, out, n, &at)
	}
}

// span calls the function for rows from *at on, to the end or to one where it panics.
func (k *kernel[R]) span(rows []int32, out []R, n int, at *int) {
	defer func() {
		if x := recover(); x != nil {
			k.fail(rowOf(rows, *at), panicked(x))
		}
	}()
	for ; *at < n; *at++ {
		i := rowOf(rows, *at)
		v, err := k.row(i)
		if err != nil {
			k.fail(i, errorText(err))
			continue
		}
		out[i] = v
	}
}

func rowOf(rows []int32, at int) int {
	if rows == nil {
		return at
	}
	return int(rows[at])
}

// byBatch calls the function for all rows. Where it fails as a whole, all of them fail.
func (k *kernel[R]) byBatch(rows []int32, out []R) {
	if rows != nil && len(rows) == 0 {
		return
	}
	k.rows = Rows{n: len(out), rows: rows, fail: k.fail}
	why := k.guarded(out)
	if why != "" {
		each(len(out), rows, func(i int) { k.fail(i, why) })
	}
}

func (k *kernel[R]) guarded(out []R) (why string) {
	defer func() {
		if x := recover(); x != nil {
			why = panicked(x)
		}
	}()
	if err := k.batch(&k.rows, out); err != nil {
		return errorText(err)
	}
	return ""
}

// fail makes a row an error, with the function's name.
func (k *kernel[R]) fail(row int, reason string) {
	if k.bad[row] {
		return
	}
	if k.bad == nil {
		k.bad = map[int]bool{}
	}
	k.bad[row] = true
	k.call.Fail(row, k.name+": "+reason)
}

// maxReason is the most characters of what user code says of an error.
const maxReason = 500

func errorText(err error) string { return short(err.Error()) }

func panicked(x any) string { return short(fmt.Sprintf("the function panicked: %v", x)) }

// short is a text in one line, valid and not too long.
func short(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\ufffd")), " ")
	if r := []rune(s); len(r) > maxReason {
		s = string(r[:maxReason-3]) + "..."
	}
	return s
}

// Rows is the rows of a batch for which a function over columns is called.
type Rows struct {
	n    int
	rows []int32
	fail failure
}

// Len is the number of elements that each column has.
func (r *Rows) Len() int { return r.n }

// All yields the places of the rows whose results are wanted. At others the columns hold
// anything, and what is computed there does not matter.
func (r *Rows) All() func(yield func(i int) bool) {
	return func(yield func(i int) bool) {
		if r.rows == nil {
			for i := range r.n {
				if !yield(i) {
					return
				}
			}
			return
		}
		for _, i := range r.rows {
			if !yield(int(i)) {
				return
			}
		}
	}
}

// Fail makes the row at place i a row error. It does nothing at a place outside of the
// columns.
func (r *Rows) Fail(i int, err error) {
	if i >= 0 && i < r.n && err != nil {
		r.fail(i, errorText(err))
	}
}
