package helios

import (
	"fmt"

	"github.com/helios-stream/helios/internal/udf"
	"github.com/helios-stream/helios/ir"
)

// Aggregate1 is an aggregate of one argument, with a state of type S for each group. Its
// result has to be a matter of the values alone, not of their order: rows are added in
// any order, in several states that Merge then adds up.
//
// States go to checkpoints and from task to task. S is made of numbers, texts, slices,
// maps and structs whose fields are exported, or implements encoding.BinaryMarshaler and
// BinaryUnmarshaler (or those of texts) with a pointer. A state that holds slices or maps
// may have a method Bytes() int, which says about how much they take, so that
// Options.Memory counts it.
//
// An error or a panic for a row makes the result of its group a row error.
type Aggregate1[S, A, R any] struct {
	Init func() S              // the state of no rows; nil: the zero S
	Add  func(s *S, a A) error // takes a row
	// Retract takes a row back, and is what Add undoes. It may be called before the Add of
	// the row, so that a state may be of less than no rows. nil: rows of results that change, and
	// OVER with a frame that moves, are refused at compile time.
	Retract func(s *S, a A) error
	Merge   func(into, from *S) error // adds a state up; from is not used any more
	Result  func(s *S) (R, error)     // leaves the state as it is; also asked for where there is no row
}

// Aggregate2 is Aggregate1 for two arguments.
type Aggregate2[S, A, B, R any] struct {
	Init    func() S
	Add     func(s *S, a A, b B) error
	Retract func(s *S, a A, b B) error
	Merge   func(into, from *S) error
	Result  func(s *S) (R, error)
}

// Agg1 makes an aggregate function. It goes with DISTINCT, FILTER, windows and OVER as
// those of the language do.
func Agg1[S, A, R any](name string, a Aggregate1[S, A, R], options ...FunctionOption) Function {
	rows := func() udf.Taker[S] {
		x := udf.NewArg[A]()
		t := udf.Taker[S]{Args: []udf.Argument{x}, Add: func(s *S, i int) error { return a.Add(s, x.At(i)) }}
		if a.Retract != nil {
			t.Retract = func(s *S, i int) error { return a.Retract(s, x.At(i)) }
		}
		return t
	}
	u := &udf.Aggregate[S, R]{Init: a.Init, Rows: rows, Merge: a.Merge, Result: a.Result, Retract: a.Retract != nil}
	return aggregate(name, u, a.Add != nil, options, udf.TypeOf[A]())
}

// Agg2 is Agg1 for two arguments.
func Agg2[S, A, B, R any](name string, a Aggregate2[S, A, B, R], options ...FunctionOption) Function {
	rows := func() udf.Taker[S] {
		x, y := udf.NewArg[A](), udf.NewArg[B]()
		t := udf.Taker[S]{Args: []udf.Argument{x, y}, Add: func(s *S, i int) error { return a.Add(s, x.At(i), y.At(i)) }}
		if a.Retract != nil {
			t.Retract = func(s *S, i int) error { return a.Retract(s, x.At(i), y.At(i)) }
		}
		return t
	}
	u := &udf.Aggregate[S, R]{Init: a.Init, Rows: rows, Merge: a.Merge, Result: a.Result, Retract: a.Retract != nil}
	return aggregate(name, u, a.Add != nil, options, udf.TypeOf[A](), udf.TypeOf[B]())
}

// aggregate makes an aggregate function of what computes it.
func aggregate[S, R any](name string, a *udf.Aggregate[S, R], adds bool, options []FunctionOption, args ...udf.Type) Function {
	f, err := udf.Build(name, true, a, udf.TypeOf[R](), args...)
	if err == nil {
		err = prepare(f, a, adds)
	}
	return made(f, err, options)
}

func prepare[S, R any](f *ir.Function, a *udf.Aggregate[S, R], adds bool) error {
	a.Name = f.Name
	switch {
	case !adds:
		return fmt.Errorf("function %s: Add is missing", f.Name)
	case a.Merge == nil:
		return fmt.Errorf("function %s: Merge is missing", f.Name)
	case a.Result == nil:
		return fmt.Errorf("function %s: Result is missing", f.Name)
	}
	layout, err := a.Prepare()
	if err != nil {
		return fmt.Errorf("function %s: %w", f.Name, err)
	}
	f.User.State, f.User.Retracts = layout, a.Retract
	return nil
}
