package helios

import (
	"errors"
	"fmt"
	"slices"

	"github.com/helios-stream/helios/compiler"
	"github.com/helios-stream/helios/internal/udf"
	"github.com/helios-stream/helios/ir"
)

// Function is a function of one's own for queries, made by Func1, Columns1, Agg1 and
// their like, and given in Options.Functions. It is called like those of the language,
// in any case; several of one name are told apart by the types of their arguments, which are
// widened as those of other functions are.
//
// The types of arguments and results are found when the function is made:
//
//	bool                  BOOLEAN
//	int8, int16, int32    TINYINT, SMALLINT, INTEGER
//	int64, int            BIGINT
//	float32, float64      REAL, DOUBLE
//	*big.Rat              DECIMAL(38, 18), rounded half away from zero
//	string                VARCHAR
//	[]byte                VARBINARY
//	json.RawMessage       JSON
//	time.Time             TIMESTAMP, in UTC; to microseconds
//	Instant               TIMESTAMP_LTZ; to microseconds
//	Date                  DATE
//	time.Duration         INTERVAL; to microseconds
//	[]T                   ARRAY of one of these, without NULLs
//	Null[T]               any of these, or NULL
//
// A function is strict: where an argument is NULL it is not called, and its result is
// NULL; an aggregate leaves the row out. Null[T] as an argument is given the NULL, and as
// a result gives one.
//
// Functions are called by several goroutines at once. Values that they are given are
// theirs to keep. An error, and a panic, is a row error with the function's name, and
// goes where 'on.error' says; it never ends the program.
//
// A checkpoint, and a plan as JSON, refer to functions by name and types: who goes on with
// one has to give functions of the same, and should give such as do the same.
type Function struct {
	name string
	f    *ir.Function
	err  error
}

// Name is the function's name in upper case.
func (f Function) Name() string { return f.name }

// Signature is the name with the SQL types of arguments and result, such as
// "GREET(VARCHAR, BIGINT) -> VARCHAR"; "" where Err is not nil.
func (f Function) Signature() string {
	if f.f == nil {
		return ""
	}
	return f.f.Signature()
}

// Err says why the function cannot be used: its name is taken or no name, or a Go type
// has no SQL type. Compile returns it, too.
func (f Function) Err() error { return f.err }

// FunctionOption says something of a function that Go does not.
type FunctionOption func(*ir.Function)

// Volatile says that a function may give different results for the same arguments, such
// as a random number: it is then called for each row, and its calls are not moved or
// shared. An aggregate cannot be volatile.
func Volatile(f *ir.Function) { f.Volatile = true }

// CannotFail promises that a function neither returns an error nor panics, whatever its
// arguments, and gives what its SQL type holds (such as text that is UTF-8), so that it may
// be called for rows that a condition would have left out, if that is less work. Of a
// function that takes lists it changes nothing: a list with a NULL in it fails.
func CannotFail(f *ir.Function) { f.CanFail = false }

// Describe is what SHOW FUNCTIONS says of the function, in a sentence.
func Describe(text string) FunctionOption { return func(f *ir.Function) { f.Doc = text } }

// Null is a value of type T, or NULL where Valid is false.
type Null[T any] = udf.Null[T]

// NotNull is a Null that is v.
func NotNull[T any](v T) Null[T] { return Null[T]{V: v, Valid: true} }

// Date is a DATE: days since 1970-01-01.
type Date = udf.Date

// Instant is a TIMESTAMP_LTZ.
type Instant = udf.Instant

// Rows is the rows of a batch for which a function over columns is called: All yields the
// places whose results are wanted, and Fail makes one a row error.
type Rows = udf.Rows

// made is a function, or what is wrong with it.
func made(f *ir.Function, err error, options []FunctionOption) Function {
	if err != nil {
		return Function{err: err}
	}
	for _, o := range options {
		o(f)
	}
	f.CanFail = f.CanFail || slices.ContainsFunc(f.User.Args, func(t *ir.Type) bool { return t.Kind == ir.Array })
	if f.Volatile && f.Aggregate {
		return Function{name: f.Name, err: fmt.Errorf("function %s: an aggregate cannot be volatile: its result is a matter of its rows alone", f.Name)}
	}
	return Function{name: f.Name, f: f}
}

// scalar makes a scalar function of what computes it.
func scalar[R any](name string, s *udf.Scalar[R], options []FunctionOption, args ...udf.Type) Function {
	f, err := udf.Build(name, false, s, udf.TypeOf[R](), args...)
	if err == nil {
		s.Name = f.Name
	}
	return made(f, err, options)
}

// callable reports whether a call of the name can be written.
func callable(name string) bool {
	_, diags := compiler.Parse([]File{{Text: "SELECT " + name + "(x);"}}, compiler.Options{})
	return !diags.HasErrors()
}

// CheckFunctions returns how plans describe functions, or all that is wrong with them, each
// by itself and together. Compile does it with Options.Functions.
func CheckFunctions(list ...Function) ([]*ir.Function, error) {
	var out []*ir.Function
	var errs []error
	for i, f := range list {
		switch {
		case f.err != nil:
			errs = append(errs, f.err)
		case f.f == nil:
			errs = append(errs, fmt.Errorf("function %d is empty; make it with Func1, Columns1, Agg1 and their like", i+1))
		case !callable(f.name):
			errs = append(errs, fmt.Errorf("function %s: the name is a word of the language; give it another one", f.name))
		default:
			out = append(out, f.f)
		}
	}
	if errs = append(errs, udf.Check(out)); errors.Join(errs...) != nil {
		return nil, errors.Join(errs...)
	}
	return out, nil
}
