package goldentest

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/helios-stream/helios"
	"github.com/helios-stream/helios/internal/querytest"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// ownFunctions are functions of one's own that all queries of these tests may call, each
// with the same in plain Go for the reference interpreter.
var ownFunctions = own(
	ownScalar(helios.Func1("INITIALS", initials, helios.CannotFail, helios.Describe("The first letters of words.")),
		func(a []ir.Value) (ir.Value, error) { return initials(a[0].(string)), nil }),
	ownScalar(helios.Func1E("SAFE_ROOT", safeRoot), func(a []ir.Value) (v ir.Value, err error) {
		defer func() {
			if x := recover(); x != nil {
				err = fmt.Errorf("the function panicked: %v", x)
			}
		}()
		return safeRoot(a[0].(int64))
	}),
	ownScalar(helios.Func2("OR_ELSE", func(s helios.Null[string], other string) string {
		if s.Valid {
			return s.V
		}
		return other
	}), func(a []ir.Value) (ir.Value, error) {
		switch {
		case a[1] == nil: // which the function does not take
			return nil, nil
		case a[0] == nil:
			return a[1], nil
		}
		return a[0], nil
	}),
	ownScalar(helios.Columns2("HYPOTENUSE", func(_ *helios.Rows, x, y, out []float64) error {
		for i := range out {
			out[i] = math.Hypot(x[i], y[i])
		}
		return nil
	}, helios.CannotFail), func(a []ir.Value) (ir.Value, error) { return math.Hypot(a[0].(float64), a[1].(float64)), nil }),
	ownScalar(helios.Columns1("EVEN_HALF", func(rows *helios.Rows, x []int64, out []helios.Null[int64]) error {
		for i := range rows.All() {
			switch {
			case x[i] == 0:
				rows.Fail(i, errors.New("zero is neither"))
			case x[i]%2 == 0:
				out[i] = helios.NotNull(x[i] / 2)
			}
		}
		return nil
	}), func(a []ir.Value) (ir.Value, error) {
		switch x := a[0].(int64); {
		case x == 0:
			return nil, errors.New("zero is neither")
		case x%2 == 0:
			return x / 2, nil
		}
		return nil, nil
	}),
	ownScalar(helios.Func1("KIND_OF", func(int64) string { return "number" }), func([]ir.Value) (ir.Value, error) { return "number", nil }),
	ownScalar(helios.Func1("KIND_OF", func(float64) string { return "float" }), func([]ir.Value) (ir.Value, error) { return "float", nil }),
	ownScalar(helios.Func1("KIND_OF", func(string) string { return "text" }), func([]ir.Value) (ir.Value, error) { return "text", nil }),
	ownScalar(helios.Func1("DIGITS_OF", digitsOf), func(a []ir.Value) (ir.Value, error) {
		out := []ir.Value{}
		for _, d := range digitsOf(a[0].(int64)) {
			out = append(out, d)
		}
		return out, nil
	}),
	ownScalar(helios.Func1E("LIST_TOTAL", func(list []int64) (int64, error) {
		n := int64(0)
		for _, x := range list {
			n += x
		}
		return n, nil
	}), func(a []ir.Value) (ir.Value, error) {
		n := int64(0)
		for _, x := range a[0].([]ir.Value) {
			if x == nil {
				return nil, errors.New("an element of the list is NULL, which the function does not take")
			}
			n += x.(int64)
		}
		return n, nil
	}),
	ownScalar(helios.Func2("MOVED", func(t time.Time, by time.Duration) time.Time { return t.Add(2 * by) }),
		func(a []ir.Value) (ir.Value, error) { return a[0].(int64) + 2*a[1].(int64), nil }),
	ownAggregate(helios.Agg1("XOR_ALL", xorAll), func(rows [][]ir.Value) (ir.Value, error) {
		x := int64(0)
		for _, r := range rows {
			x ^= r[0].(int64)
		}
		if len(rows) == 0 {
			return nil, nil
		}
		return x, nil
	}),
	ownAggregate(helios.Agg2("TALLY", tally), func(rows [][]ir.Value) (ir.Value, error) {
		counts := map[string]int64{}
		for _, r := range rows {
			counts[r[0].(string)] += r[1].(int64)
		}
		return tallyText(counts), nil
	}),
	ownAggregate(helios.Agg1("SPREAD_OF", spreadOf), func(rows [][]ir.Value) (ir.Value, error) {
		if len(rows) == 0 {
			return nil, nil
		}
		least, most := int64(math.MaxInt64), int64(math.MinInt64)
		for _, r := range rows {
			x := r[0].(int64)
			if x == 666 {
				return nil, errors.New("not this one")
			}
			least, most = min(least, x), max(most, x)
		}
		return most - least, nil
	}),
)

func initials(s string) string {
	out := ""
	for _, word := range strings.Fields(s) {
		out += string([]rune(word)[:1])
	}
	return out
}

// safeRoot fails below zero, and panics at 13.
func safeRoot(n int64) (int64, error) {
	switch {
	case n < 0:
		return 0, fmt.Errorf("%d has no root", n)
	case n == 13:
		panic("thirteen")
	}
	return int64(math.Sqrt(float64(n))), nil
}

func digitsOf(n int64) []int64 {
	out := []int64{}
	for _, c := range fmt.Sprint(n) {
		if c != '-' {
			out = append(out, int64(c-'0'))
		}
	}
	return out
}

type xorState struct{ X, N int64 }

// xorAll can take rows back: XOR undoes itself.
var xorAll = helios.Aggregate1[xorState, int64, helios.Null[int64]]{
	Add:     func(s *xorState, x int64) error { s.X, s.N = s.X^x, s.N+1; return nil },
	Retract: func(s *xorState, x int64) error { s.X, s.N = s.X^x, s.N-1; return nil },
	Merge:   func(into, from *xorState) error { into.X, into.N = into.X^from.X, into.N+from.N; return nil },
	Result:  func(s *xorState) (helios.Null[int64], error) { return helios.Null[int64]{V: s.X, Valid: s.N > 0}, nil },
}

// tallyState has a map, and says what it takes.
type tallyState struct{ Counts map[string]int64 }

func (s *tallyState) Bytes() int { return 64 * len(s.Counts) }

func (s *tallyState) add(name string, n int64) {
	if s.Counts[name] += n; s.Counts[name] == 0 {
		delete(s.Counts, name)
	}
}

var tally = helios.Aggregate2[tallyState, string, int64, string]{
	Init:    func() tallyState { return tallyState{Counts: map[string]int64{}} },
	Add:     func(s *tallyState, name string, n int64) error { s.add(name, n); return nil },
	Retract: func(s *tallyState, name string, n int64) error { s.add(name, -n); return nil },
	Merge: func(into, from *tallyState) error {
		for name, n := range from.Counts {
			into.add(name, n)
		}
		return nil
	},
	Result: func(s *tallyState) (string, error) { return tallyText(s.Counts), nil },
}

func tallyText(counts map[string]int64) string {
	var parts []string
	for name, n := range counts {
		if n != 0 {
			parts = append(parts, fmt.Sprintf("%s=%d", name, n))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// spreadState is one that rows cannot be taken from.
type spreadState struct {
	Least, Most int64
	Some        bool
}

var spreadOf = helios.Aggregate1[spreadState, int64, helios.Null[int64]]{
	Add: func(s *spreadState, x int64) error {
		if x == 666 {
			return errors.New("not this one")
		}
		if !s.Some {
			s.Least, s.Most, s.Some = x, x, true
		}
		s.Least, s.Most = min(s.Least, x), max(s.Most, x)
		return nil
	},
	Merge: func(into, from *spreadState) error {
		switch {
		case !from.Some:
		case !into.Some:
			*into = *from
		default:
			into.Least, into.Most = min(into.Least, from.Least), max(into.Most, from.Most)
		}
		return nil
	},
	Result: func(s *spreadState) (helios.Null[int64], error) {
		return helios.Null[int64]{V: s.Most - s.Least, Valid: s.Some}, nil
	},
}

// plainScalar and plainAggregate are implementations with what the reference interpreter
// calls.
type plainScalar struct {
	vexec.ScalarFunc
	plain func(args []ir.Value) (ir.Value, error)
}

func (p plainScalar) Plain(args []ir.Value) (ir.Value, error) { return p.plain(args) }

type plainAggregate struct {
	vexec.AggregateFunc
	plain func(rows [][]ir.Value) (ir.Value, error)
}

func (p plainAggregate) PlainResult(rows [][]ir.Value) (ir.Value, error) { return p.plain(rows) }

type ownFunction struct {
	f    helios.Function
	wrap func(impl any) any
}

func ownScalar(f helios.Function, plain func(args []ir.Value) (ir.Value, error)) ownFunction {
	return ownFunction{f, func(impl any) any { return plainScalar{impl.(vexec.ScalarFunc), plain} }}
}

func ownAggregate(f helios.Function, plain func(rows [][]ir.Value) (ir.Value, error)) ownFunction {
	return ownFunction{f, func(impl any) any { return plainAggregate{impl.(vexec.AggregateFunc), plain} }}
}

func own(list ...ownFunction) []*ir.Function {
	var all []helios.Function
	for _, o := range list {
		all = append(all, o.f)
	}
	out, err := helios.CheckFunctions(all...)
	if err != nil {
		panic(err)
	}
	for i, f := range out {
		f.User.Impl = list[i].wrap(f.User.Impl)
	}
	return out
}

// TestOwnFunctions runs the golden files that call functions of one's own, as TestGolden
// runs the others.
func TestOwnFunctions(t *testing.T) {
	cases, err := querytest.Find([]string{"../../testdata/own"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) < 8 {
		t.Errorf("only %d files", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			g, err := querytest.Read(c.Path)
			if err != nil {
				t.Fatal(err)
			}
			runGolden(t, g)
		})
	}
}
