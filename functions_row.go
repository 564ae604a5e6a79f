package helios

import "github.com/helios-stream/helios/internal/udf"

// Func0 makes a function without arguments. Unless it is Volatile, it is called once.
func Func0[R any](name string, f func() R, options ...FunctionOption) Function {
	return Func0E(name, func() (R, error) { return f(), nil }, options...)
}

// Func0E is Func0 for a function that may fail.
func Func0E[R any](name string, f func() (R, error), options ...FunctionOption) Function {
	return scalar(name, &udf.Scalar[R]{Row: func() ([]udf.Argument, func(int) (R, error)) {
		return nil, func(int) (R, error) { return f() }
	}}, options)
}

// Func1 makes a function of one argument that is called for each row.
func Func1[A, R any](name string, f func(A) R, options ...FunctionOption) Function {
	return scalar(name, &udf.Scalar[R]{Row: func() ([]udf.Argument, func(int) (R, error)) {
		a := udf.NewArg[A]()
		return []udf.Argument{a}, func(i int) (R, error) { return f(a.At(i)), nil }
	}}, options, udf.TypeOf[A]())
}

// Func1E is Func1 for a function that may fail.
func Func1E[A, R any](name string, f func(A) (R, error), options ...FunctionOption) Function {
	return scalar(name, &udf.Scalar[R]{Row: func() ([]udf.Argument, func(int) (R, error)) {
		a := udf.NewArg[A]()
		return []udf.Argument{a}, func(i int) (R, error) { return f(a.At(i)) }
	}}, options, udf.TypeOf[A]())
}

// Func2 makes a function of two arguments that is called for each row.
func Func2[A, B, R any](name string, f func(A, B) R, options ...FunctionOption) Function {
	return scalar(name, &udf.Scalar[R]{Row: func() ([]udf.Argument, func(int) (R, error)) {
		a, b := udf.NewArg[A](), udf.NewArg[B]()
		return []udf.Argument{a, b}, func(i int) (R, error) { return f(a.At(i), b.At(i)), nil }
	}}, options, udf.TypeOf[A](), udf.TypeOf[B]())
}

// Func2E is Func2 for a function that may fail.
func Func2E[A, B, R any](name string, f func(A, B) (R, error), options ...FunctionOption) Function {
	return scalar(name, &udf.Scalar[R]{Row: func() ([]udf.Argument, func(int) (R, error)) {
		a, b := udf.NewArg[A](), udf.NewArg[B]()
		return []udf.Argument{a, b}, func(i int) (R, error) { return f(a.At(i), b.At(i)) }
	}}, options, udf.TypeOf[A](), udf.TypeOf[B]())
}

// Func3 makes a function of three arguments that is called for each row.
func Func3[A, B, C, R any](name string, f func(A, B, C) R, options ...FunctionOption) Function {
	return scalar(name, &udf.Scalar[R]{Row: func() ([]udf.Argument, func(int) (R, error)) {
		a, b, c := udf.NewArg[A](), udf.NewArg[B](), udf.NewArg[C]()
		return []udf.Argument{a, b, c}, func(i int) (R, error) { return f(a.At(i), b.At(i), c.At(i)), nil }
	}}, options, udf.TypeOf[A](), udf.TypeOf[B](), udf.TypeOf[C]())
}

// Func3E is Func3 for a function that may fail.
func Func3E[A, B, C, R any](name string, f func(A, B, C) (R, error), options ...FunctionOption) Function {
	return scalar(name, &udf.Scalar[R]{Row: func() ([]udf.Argument, func(int) (R, error)) {
		a, b, c := udf.NewArg[A](), udf.NewArg[B](), udf.NewArg[C]()
		return []udf.Argument{a, b, c}, func(i int) (R, error) { return f(a.At(i), b.At(i), c.At(i)) }
	}}, options, udf.TypeOf[A](), udf.TypeOf[B](), udf.TypeOf[C]())
}

// Func4 makes a function of four arguments that is called for each row.
func Func4[A, B, C, D, R any](name string, f func(A, B, C, D) R, options ...FunctionOption) Function {
	return scalar(name, &udf.Scalar[R]{Row: func() ([]udf.Argument, func(int) (R, error)) {
		a, b, c, d := udf.NewArg[A](), udf.NewArg[B](), udf.NewArg[C](), udf.NewArg[D]()
		return []udf.Argument{a, b, c, d}, func(i int) (R, error) { return f(a.At(i), b.At(i), c.At(i), d.At(i)), nil }
	}}, options, udf.TypeOf[A](), udf.TypeOf[B](), udf.TypeOf[C](), udf.TypeOf[D]())
}

// Func4E is Func4 for a function that may fail.
func Func4E[A, B, C, D, R any](name string, f func(A, B, C, D) (R, error), options ...FunctionOption) Function {
	return scalar(name, &udf.Scalar[R]{Row: func() ([]udf.Argument, func(int) (R, error)) {
		a, b, c, d := udf.NewArg[A](), udf.NewArg[B](), udf.NewArg[C](), udf.NewArg[D]()
		return []udf.Argument{a, b, c, d}, func(i int) (R, error) { return f(a.At(i), b.At(i), c.At(i), d.At(i)) }
	}}, options, udf.TypeOf[A](), udf.TypeOf[B](), udf.TypeOf[C](), udf.TypeOf[D]())
}
