package ir

import "strings"

// AggCall is one aggregate of a GROUP BY: Fn over Args for the rows where
// Filter is true. Args are over the aggregate's input; none for COUNT(*).
type AggCall struct {
	Fn       string // Functions with Aggregate set
	Args     []Expr
	Distinct bool
	Filter   Expr // nil: all rows
	// Retracts says that rows may be taken back: the aggregate then keeps what that needs.
	// The planner sets it where the input may change.
	Retracts bool
	T        *Type
	Name     string // of the output column
	At       Pos
}

// String is the call as SQL writes it.
func (a *AggCall) String() string {
	var b strings.Builder
	b.WriteString(a.Fn + "(")
	if a.Distinct {
		b.WriteString("DISTINCT ")
	}
	if len(a.Args) == 0 {
		b.WriteString("*")
	}
	for i, x := range a.Args {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(x.String())
	}
	b.WriteString(")")
	if a.Filter != nil {
		b.WriteString(" FILTER (WHERE " + a.Filter.String() + ")")
	}
	return b.String()
}

// AggStates returns the types of the columns that hold the state of each of some calls:
// what checkpoints store and the two phases exchange.
//
//	COUNT            BIGINT
//	SUM, AVG integer DECIMAL(38,0) (a 128-bit sum), BIGINT (count of values)
//	SUM, AVG float   DOUBLE, DOUBLE (two-float sum: value and error), BIGINT;
//	                 with Retracts three more BIGINT: counts of NaN, Infinity, -Infinity
//	SUM, AVG DECIMAL DECIMAL(38,s) twice (a 256-bit sum: low and high half), BIGINT
//	MIN, MAX         the argument's type; NULL: no value yet
//
// Calls of one ValueSets share their state, which stands at the first of them: an ARRAY
// of each argument's values; then with Retracts an ARRAY<BIGINT> for each call (how often
// each value was given less how often it was taken back), or else, where there are
// several calls, an ARRAY<BIGINT> whose bits say which of them have the value.
func AggStates(calls []AggCall) [][]*Type {
	out := make([][]*Type, len(calls))
	sets := ValueSets(calls)
	for i := range calls {
		switch {
		case sets[i] < 0:
			out[i] = aggState(&calls[i])
		case sets[i] == i:
			out[i] = valuesState(calls, sets, i)
		}
	}
	return out
}

func aggState(a *AggCall) []*Type {
	switch a.Fn {
	case "COUNT":
		return []*Type{TBigInt}
	case "SUM", "AVG":
		switch t := a.Args[0].Type(); {
		case t.Kind.IsFloat() && a.Retracts:
			return []*Type{TDouble, TDouble, TBigInt, TBigInt, TBigInt, TBigInt}
		case t.Kind.IsFloat():
			return []*Type{TDouble, TDouble, TBigInt}
		case t.Kind == Decimal:
			return []*Type{TDecimal(MaxPrecision, t.S), TDecimal(MaxPrecision, t.S), TBigInt}
		default:
			return []*Type{TDecimal(MaxPrecision, 0), TBigInt}
		}
	}
	return []*Type{a.Args[0].Type()}
}

func valuesState(calls []AggCall, sets []int, first int) []*Type {
	var out []*Type
	for _, e := range calls[first].ValueArgs() {
		out = append(out, &Type{Kind: Array, Elem: e.Type()})
	}
	bits := &Type{Kind: Array, Elem: TBigInt}
	members := 0
	for _, s := range sets {
		if s == first {
			members++
		}
	}
	switch {
	case calls[first].Retracts:
		for range members {
			out = append(out, bits)
		}
	case members > 1:
		out = append(out, bits)
	}
	return out
}

// maxValueSet is the most calls that share a set of values.
const maxValueSet = 63

// ValueSets says which calls are about the distinct values of their arguments, and share
// them: for each call the first one with the same values, itself or one before it; -1 for
// calls that keep something else.
func ValueSets(calls []AggCall) []int {
	out := make([]int, len(calls))
	members := make([]int, len(calls))
	for i := range calls {
		out[i] = -1
		if !calls[i].keepsValues() {
			continue
		}
		out[i] = i
		for j := range i {
			if out[j] == j && members[j] < maxValueSet && calls[i].Retracts == calls[j].Retracts && sameExprs(calls[i].ValueArgs(), calls[j].ValueArgs()) {
				out[i] = j
				break
			}
		}
		members[out[i]]++
	}
	return out
}

// keepsValues reports whether the state of a call is the distinct values of its argument.
func (a *AggCall) keepsValues() bool {
	switch a.Fn {
	case "MIN", "MAX":
		return a.Retracts
	}
	return a.Distinct
}

// ValueArgs are the arguments whose values an aggregate takes from each row: all but the
// constants that say how.
func (a *AggCall) ValueArgs() []Expr { return a.Args }
