package ir

import "fmt"

// Function is one scalar function, operator or aggregate: the single description
// from which the binder, the optimizer, SHOW FUNCTIONS, docs/SQL.md and
// completion read. Kernels are found by Name (vexec/internal/expr for scalars,
// vexec/internal/agg for aggregates); a test holds that each has one.
type Function struct {
	Name      string
	Aliases   []string
	Aggregate bool
	Over      bool // stands before OVER only (Catalog only): no kernel
	Operator  bool // written as an operator, not as NAME(...)
	Form      bool // the binder makes other expressions of it (Catalog only): no Resolve, no kernel
	Table     bool // stands in FROM (Catalog only): no Resolve, no kernel
	// Resolve returns the types that the arguments are cast to and the result's
	// type, or an error in the user's words. A NULL literal has kind Null and is
	// castable to anything.
	Resolve func(args []*Type) (cast []*Type, ret *Type, err error)
	// Exact is the result's type where it depends on constant arguments, out of the one that
	// Resolve gives without looking at them; nil: it never does.
	Exact func(args []Expr, t *Type) *Type
	// NullSafe functions see NULL arguments; for all others a NULL argument makes
	// the result NULL.
	NullSafe bool
	Volatile bool // not to be folded or shared
	// CanFail functions may make a row error. That the arguments together are longer than a
	// text or a list may be does not count (||): such rows are refused, and rules need not
	// look out for them.
	CanFail bool
	Sig     string    // for docs: "ABS(x NUMERIC) -> same"
	Doc     string    // one sentence
	Example string    // an expression and what it gives: "ABS(-3) -> 3"
	User    *UserFunc // a function of one's own; nil: one of the language
}

var byName = map[string]*Function{}

// LookupFunction finds a function by its upper-case name or alias; nil: none.
func LookupFunction(name string) *Function { return byName[name] }

// Functions lists all functions in the order of the registry.
func Functions() []*Function { return functions }

func init() {
	for _, f := range functions {
		for _, n := range append([]string{f.Name}, f.Aliases...) {
			if byName[n] != nil {
				panic("ir: function registered twice: " + n)
			}
			byName[n] = f
		}
	}
}

type resolver = func(args []*Type) ([]*Type, *Type, error)

func argCount(name string, args []*Type, lo, hi int) error {
	if len(args) >= lo && (hi < 0 || len(args) <= hi) {
		return nil
	}
	want := fmt.Sprint(lo)
	switch {
	case hi < 0:
		want = fmt.Sprintf("at least %d", lo)
	case hi != lo:
		want = fmt.Sprintf("%d to %d", lo, hi)
	}
	noun := "arguments"
	if want == "1" {
		noun = "argument"
	}
	return fmt.Errorf("%s takes %s %s, not %d", name, want, noun, len(args))
}

func badArg(name string, i int, t *Type, want string) error {
	return fmt.Errorf("argument %d of %s is %s; it takes %s", i+1, name, t, want)
}

// fixed resolves to the given argument types: each argument must be castable implicitly.
func fixed(name string, ret *Type, want ...*Type) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, len(want), len(want)); err != nil {
			return nil, nil, err
		}
		for i, a := range args {
			if !CanImplicit(a, want[i]) {
				return nil, nil, badArg(name, i, a, want[i].String())
			}
		}
		return want, ret, nil
	}
}

// optional is fixed with the last arguments optional.
func optional(name string, ret *Type, least int, want ...*Type) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, least, len(want)); err != nil {
			return nil, nil, err
		}
		return fixed(name, ret, want[:len(args)]...)(args)
	}
}

func same(types []*Type, t *Type) []*Type {
	out := make([]*Type, len(types))
	for i := range out {
		out[i] = t
	}
	return out
}

// common resolves to the common type of all arguments, of which there are lo to hi.
func common(name string, lo, hi int, ret func(*Type) *Type) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, lo, hi); err != nil {
			return nil, nil, err
		}
		t := args[0]
		for i, a := range args[1:] {
			c := CommonType(t, a)
			if c == nil {
				return nil, nil, fmt.Errorf("%s cannot combine %s and %s (argument %d)", name, t, a, i+2)
			}
			t = c
		}
		if t.Kind == Null {
			t = TVarchar
		}
		if t.Kind == Map && (name == "GREATEST" || name == "LEAST") {
			return nil, nil, badArg(name, 0, t, "a type with an order")
		}
		return same(args, t), ret(t), nil
	}
}

func itself(t *Type) *Type  { return t }
func isNumber(t *Type) bool { return t.Kind.IsNumeric() || t.Kind == Null }
func numeric(t *Type) *Type {
	if t.Kind == Null {
		return TBigInt
	}
	return t
}

// arith resolves + - * / %.
func arith(op string) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(op, args, 2, 2); err != nil {
			return nil, nil, err
		}
		a, b := args[0], args[1]
		if c, ret := timeArith(op, a, b); c != nil {
			return c, ret, nil
		}
		if !isNumber(a) || !isNumber(b) {
			return nil, nil, fmt.Errorf("%s %s %s is not defined", a, op, b)
		}
		a, b = numeric(a), numeric(b)
		switch {
		case a.Kind.IsFloat() || b.Kind.IsFloat():
			t := TDouble
			if a.Kind == Real && (b.Kind == Real || b.Kind.IsInteger()) || b.Kind == Real && a.Kind.IsInteger() {
				t = TReal
			}
			return []*Type{t, t}, t, nil
		case a.Kind == Decimal || b.Kind == Decimal:
			// Each side keeps its own scale: the kernel knows both and the result's.
			a, b = AsDecimal(a), AsDecimal(b)
			return []*Type{a, b}, DecimalResult(op, a, b), nil
		}
		t := wider(a, b)
		return []*Type{t, t}, t, nil
	}
}

// timeArith resolves timestamp, date and interval arithmetic; nil: not such a case.
func timeArith(op string, a, b *Type) ([]*Type, *Type) {
	isTime := func(t *Type) bool { return t.Kind.IsTimestamp() || t.Kind == Date || t.Kind == Time }
	isSpan := func(t *Type) bool { return t.Kind == Interval || t.Kind == IntervalMonth }
	plusMinus := op == "+" || op == "-"
	switch {
	case plusMinus && isTime(a) && isSpan(b) && !(a.Kind == Time && b.Kind == IntervalMonth):
		if a.Kind == Date && b.Kind == Interval {
			return []*Type{TTimestamp, b}, TTimestamp
		}
		return []*Type{a, b}, a
	case op == "+" && isSpan(a) && isTime(b):
		if b.Kind == Date && a.Kind == Interval {
			return []*Type{a, TTimestamp}, TTimestamp
		}
		return []*Type{a, b}, b
	case op == "-" && a.Kind.IsTimestamp() && b.Kind == a.Kind, op == "-" && a.Kind == Time && b.Kind == Time:
		return []*Type{a, b}, TInterval
	case op == "-" && a.Kind == Date && b.Kind == Date: // days, as in PostgreSQL
		return []*Type{a, b}, TInteger
	case op == "-" && isTime(a) && isTime(b) && a.Kind != Time && b.Kind != Time: // DATE, or one of them an instant
		t := CommonType(a, b)
		return []*Type{comparedAs(a, t), comparedAs(b, t)}, TInterval
	case plusMinus && isSpan(a) && a.Kind == b.Kind:
		return []*Type{a, b}, a
	case op == "*" && isSpan(a) && b.Kind.IsInteger():
		return []*Type{a, TBigInt}, a
	case op == "*" && isSpan(b) && a.Kind.IsInteger():
		return []*Type{TBigInt, b}, b
	case (op == "*" || op == "/") && a.Kind == Interval && b.Kind.IsNumeric():
		return []*Type{a, factor(b)}, a
	case op == "*" && b.Kind == Interval && a.Kind.IsNumeric():
		return []*Type{factor(a), b}, b
	}
	return nil, nil
}

// factor is the type in which an interval is multiplied with, or divided by, a number that may
// have a fraction.
func factor(t *Type) *Type {
	if t.Kind.IsFloat() {
		return TDouble
	}
	return AsDecimal(t)
}

// compare resolves = <> < <= > >= and IS [NOT] DISTINCT FROM.
func compare(op string) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(op, args, 2, 2); err != nil {
			return nil, nil, err
		}
		t := CommonType(args[0], args[1])
		if t == nil {
			// Text meets a time: the text is read as the time, as in Flink.
			for i, a := range args {
				if o := args[1-i]; a.Kind == Varchar && (o.Kind.IsTimestamp() || o.Kind == Date || o.Kind == Time) {
					return []*Type{o, o}, TBoolean, nil
				}
			}
			return nil, nil, fmt.Errorf("%s cannot be compared with %s", args[0], args[1])
		}
		if t.Kind == Null {
			t = TVarchar
		}
		if t.Kind == Map && len(op) <= 2 && op != "=" && op != "<>" {
			return nil, nil, fmt.Errorf("%s has no order: = and <> compare MAPs", t)
		}
		return []*Type{comparedAs(args[0], t), comparedAs(args[1], t)}, TBoolean, nil
	}
}

// numericSame takes one number and gives the same type.
func numericSame(name string) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, 1, 1); err != nil {
			return nil, nil, err
		}
		if !isNumber(args[0]) && !((name == "-" || name == "ABS") && (args[0].Kind == Interval || args[0].Kind == IntervalMonth)) {
			return nil, nil, badArg(name, 0, args[0], "a number")
		}
		t := numeric(args[0])
		return []*Type{t}, t, nil
	}
}

// rounding takes a number, and for ROUND and TRUNCATE the digits to keep.
func rounding(name string, digits bool) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		hi := 1
		if digits {
			hi = 2
		}
		if err := argCount(name, args, 1, hi); err != nil {
			return nil, nil, err
		}
		if !isNumber(args[0]) {
			return nil, nil, badArg(name, 0, args[0], "a number")
		}
		t := numeric(args[0])
		ret := t
		switch {
		case t.Kind != Decimal:
		case len(args) == 1:
			ret = rounded(t, 0, name != "TRUNCATE")
		case name == "ROUND":
			ret = TDecimal(min(MaxPrecision, t.P+1), t.S)
		}
		if len(args) == 2 {
			if !args[1].Kind.IsInteger() {
				return nil, nil, badArg(name, 1, args[1], "INTEGER")
			}
			return []*Type{t, TInteger}, ret, nil
		}
		return []*Type{t}, ret, nil
	}
}

func doubles(name string, n int) resolver {
	want := make([]*Type, n)
	for i := range want {
		want[i] = TDouble
	}
	return fixed(name, TDouble, want...)
}

// anyOne takes one argument of any type.
func anyOne(name string, ret *Type) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, 1, 1); err != nil {
			return nil, nil, err
		}
		return args, ret, nil
	}
}

// booleans takes conditions: most of them at most, or any number where most is -1.
func booleans(name string, most int) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, 1, most); err != nil {
			return nil, nil, err
		}
		for i, a := range args {
			if a.Kind != Boolean && a.Kind != Null {
				return nil, nil, badArg(name, i, a, "BOOLEAN")
			}
		}
		return same(args, TBoolean), TBoolean, nil
	}
}

// concat takes text and whatever prints as text.
func concat(name string) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, 1, -1); err != nil {
			return nil, nil, err
		}
		for i, a := range args {
			if a.Kind.IsNested() {
				return nil, nil, badArg(name, i, a, "VARCHAR")
			}
		}
		if name != "CONCAT_WS" && allBytes(args) {
			return same(args, TVarbinary), TVarbinary, nil
		}
		return same(args, TVarchar), TVarchar, nil
	}
}

// allBytes reports whether there are VARBINARYs, and nothing else but NULLs.
func allBytes(args []*Type) bool {
	bytes := 0
	for _, a := range args {
		switch a.Kind {
		case Varbinary:
			bytes++
		case Null:
		default:
			return false
		}
	}
	return bytes > 0
}

// comparedAs is what a comparison takes of a value of type a, where t is the common type: of
// times in nanoseconds and others, each keeps its own unit, as nanoseconds hold the years 1678
// to 2261 alone, and a comparison always has an answer.
func comparedAs(a, t *Type) *Type {
	switch {
	case !t.Nanos() || a.Nanos():
		return t
	case a.Kind.IsTimestamp():
		return &Type{Kind: t.Kind, P: a.P}
	case a.Kind == Date:
		return &Type{Kind: t.Kind, P: TTimestamp.P}
	}
	return t
}

// DifferentUnits reports whether two types are times of which one is in nanoseconds and the
// other in microseconds: comparisons take them as they are.
func DifferentUnits(a, b *Type) bool {
	return a.Kind.IsTimestamp() && b.Kind.IsTimestamp() && a.Nanos() != b.Nanos()
}

// nullIf resolves NULLIF(a, b), which compares.
func nullIf(args []*Type) ([]*Type, *Type, error) {
	cast, ret, err := common("NULLIF", 2, 2, itself)(args)
	if err != nil || !ret.Nanos() {
		return cast, ret, err
	}
	cast = []*Type{comparedAs(args[0], ret), comparedAs(args[1], ret)}
	return cast, cast[0], nil
}
