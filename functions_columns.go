package helios

import "github.com/helios-stream/helios/internal/udf"

// Columns1 makes a function of one argument that is called for many rows at once: f
// computes out[i] for the places i of rows.All(). At other places a holds anything, so that
// f may compute all of out where nothing can go wrong. The slices are lent until f
// returns; what they hold may be kept. Where f returns an error all the rows fail, and
// with rows.Fail one of them.
func Columns1[A, R any](name string, f func(rows *Rows, a []A, out []R) error, options ...FunctionOption) Function {
	return scalar(name, &udf.Scalar[R]{Batch: func() ([]udf.Argument, func(*Rows, []R) error) {
		a := udf.NewArg[A]()
		return []udf.Argument{a}, func(rows *Rows, out []R) error { return f(rows, a.Column(), out) }
	}}, options, udf.TypeOf[A]())
}

// Columns2 is Columns1 for two arguments.
func Columns2[A, B, R any](name string, f func(rows *Rows, a []A, b []B, out []R) error, options ...FunctionOption) Function {
	return scalar(name, &udf.Scalar[R]{Batch: func() ([]udf.Argument, func(*Rows, []R) error) {
		a, b := udf.NewArg[A](), udf.NewArg[B]()
		return []udf.Argument{a, b}, func(rows *Rows, out []R) error { return f(rows, a.Column(), b.Column(), out) }
	}}, options, udf.TypeOf[A](), udf.TypeOf[B]())
}

// Columns3 is Columns1 for three arguments.
func Columns3[A, B, C, R any](name string, f func(rows *Rows, a []A, b []B, c []C, out []R) error, options ...FunctionOption) Function {
	return scalar(name, &udf.Scalar[R]{Batch: func() ([]udf.Argument, func(*Rows, []R) error) {
		a, b, c := udf.NewArg[A](), udf.NewArg[B](), udf.NewArg[C]()
		return []udf.Argument{a, b, c}, func(rows *Rows, out []R) error { return f(rows, a.Column(), b.Column(), c.Column(), out) }
	}}, options, udf.TypeOf[A](), udf.TypeOf[B](), udf.TypeOf[C]())
}
