package ir

import (
	"fmt"
	"strings"
)

// AggCall is one aggregate of a GROUP BY: Fn over Args for the rows where
// Filter is true. Args are over the aggregate's input; none for COUNT(*).
type AggCall struct {
	Fn       string // Functions with Aggregate set
	Args     []Expr
	Distinct bool
	OrderBy  []AggOrder // ARRAY_AGG(x ORDER BY y): in which order the values count
	Filter   Expr       // nil: all rows
	// IgnoreNulls says that rows where the first argument is NULL do not count, for
	// aggregates for which that is not so anyway or never.
	IgnoreNulls bool
	// Retracts says that rows may be taken back: the aggregate then keeps what that needs.
	// The planner sets it where the input may change.
	Retracts bool
	T        *Type
	Name     string    // of the output column
	User     *Function // an aggregate of one's own; nil: Fn is in the registry
	At       Pos
}

// AggOrder is a key by which an aggregate orders its values.
type AggOrder struct {
	X         Expr
	Desc      bool
	NullsLast bool
}

// Exprs are the expressions of the call: the arguments, what they are ordered by, and the
// filter.
func (a *AggCall) Exprs() []Expr {
	out := append([]Expr{}, a.Args...)
	for _, o := range a.OrderBy {
		out = append(out, o.X)
	}
	if a.Filter != nil {
		out = append(out, a.Filter)
	}
	return out
}

// MapExprs returns the call with f applied to each of its expressions.
func (a AggCall) MapExprs(f func(Expr) Expr) AggCall {
	args, order := a.Args, a.OrderBy
	a.Args, a.OrderBy = nil, nil
	for _, e := range args {
		a.Args = append(a.Args, f(e))
	}
	for _, o := range order {
		o.X = f(o.X)
		a.OrderBy = append(a.OrderBy, o)
	}
	if a.Filter != nil {
		a.Filter = f(a.Filter)
	}
	return a
}

// SameAgg reports whether both compute the same of the same values, whatever they are
// called and whichever type the result has.
func SameAgg(a, b *AggCall) bool {
	if len(a.OrderBy) != len(b.OrderBy) || (a.Filter == nil) != (b.Filter == nil) || !sameExprs(a.Exprs(), b.Exprs()) {
		return false
	}
	for i, o := range a.OrderBy {
		if p := b.OrderBy[i]; o.Desc != p.Desc || o.NullsLast != p.NullsLast {
			return false
		}
	}
	return a.Fn == b.Fn && a.User == b.User && len(a.Args) == len(b.Args) && a.Distinct == b.Distinct && a.IgnoreNulls == b.IgnoreNulls &&
		a.Retracts == b.Retracts
}

// ByArrival reports whether the result depends on the order in which rows came
// (vexec.Batch.Ord): it does for some aggregates, if only where the order asked for leaves
// it open.
func (a *AggCall) ByArrival() bool {
	switch a.Fn {
	case "FIRST_VALUE", "LAST_VALUE", "MIN_BY", "MAX_BY":
		return true
	case "ARRAY_AGG", "STRING_AGG":
		return !a.Distinct
	}
	return false
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
	for i, o := range a.OrderBy {
		b.WriteString(orderLead[min(i, 1)] + o.String())
	}
	b.WriteString(")")
	if a.IgnoreNulls {
		b.WriteString(" IGNORE NULLS")
	}
	if a.Filter != nil {
		b.WriteString(" FILTER (WHERE " + a.Filter.String() + ")")
	}
	return b.String()
}

var orderLead = [...]string{" ORDER BY ", ", "}

// String is the key as SQL writes it. NULLs come first, or with DESC last, unless it says
// something else.
func (o AggOrder) String() string {
	text := o.X.String()
	if o.Desc {
		text += " DESC"
	}
	switch {
	case o.NullsLast && !o.Desc:
		text += " NULLS LAST"
	case !o.NullsLast && o.Desc:
		text += " NULLS FIRST"
	}
	return text
}

// AggStates returns the types of the columns that hold the state of each of some calls:
// what checkpoints store and the two phases exchange.
//
//	COUNT             BIGINT
//	SUM, AVG          of whole numbers and INTERVALs DECIMAL(38,0) (a 128-bit sum), BIGINT (count of values);
//	                  of DOUBLE: DOUBLE, DOUBLE (two-float sum: value and error), BIGINT,
//	                  with Retracts three more BIGINT: counts of NaN, Infinity, -Infinity;
//	                  of DECIMAL: DECIMAL(38,s) twice (a 256-bit sum: low and high half), BIGINT
//	MIN, MAX          the argument's type; NULL: no value yet
//	COUNT_IF, BOOL_*  BIGINT, BIGINT: how often true, how often not NULL
//	VAR_*, STDDEV_*   of whole numbers and DECIMAL: DECIMAL twice (the sum), three times (the sum of squares, 320 bits), BIGINT;
//	                  of DOUBLE: DOUBLE four times (two-float sums of values and squares), BIGINT, BIGINT (values that are not finite)
//	                  with Retracts ARRAY<DOUBLE> for each sum (exact: parts that do not overlap), as of the next line
//	COVAR_*, CORR     DOUBLE ten times (two-float sums of x, y, xx, yy, xy), BIGINT, BIGINT
//	APPROX_COUNT_DISTINCT  VARBINARY (a HyperLogLog sketch)
//	APPROX_PERCENTILE ARRAY<INTEGER>, ARRAY<BIGINT>: buckets and how many values each has
//	FIRST_VALUE, LAST_VALUE, MIN_BY, MAX_BY  BIGINT (the place in the order of arrival; NULL: no
//	                  row yet), then the row: the ValueArgs
//	ARRAY_AGG, STRING_AGG, and the four before with Retracts  ARRAY<BIGINT> (places; -1: a row
//	                  that was taken back before it came), then an ARRAY of each of the ValueArgs
//	of one's own      VARBINARY (what its state writes)
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
	if a.User != nil {
		return []*Type{TVarbinary}
	}
	switch a.Fn {
	case "COUNT":
		return []*Type{TBigInt}
	case "COUNT_IF", "BOOL_AND", "BOOL_OR":
		return []*Type{TBigInt, TBigInt}
	case "SUM", "AVG":
		return sumState(a.Args[0].Type(), a.Retracts)
	case "VAR_POP", "VAR_SAMP", "STDDEV_POP", "STDDEV_SAMP":
		switch float := a.Args[0].Type().Kind.IsFloat(); {
		case float && a.Retracts:
			return append(repeated(&Type{Kind: Array, Elem: TDouble}, 2), TBigInt, TBigInt)
		case float:
			return append(repeated(TDouble, 4), TBigInt, TBigInt)
		}
		return append(repeated(TDecimal(MaxPrecision, 0), 5), TBigInt)
	case "COVAR_POP", "COVAR_SAMP", "CORR":
		if a.Retracts {
			return append(repeated(&Type{Kind: Array, Elem: TDouble}, 5), TBigInt, TBigInt)
		}
		return append(repeated(TDouble, 10), TBigInt, TBigInt)
	case "APPROX_COUNT_DISTINCT":
		return []*Type{TVarbinary}
	case "APPROX_PERCENTILE":
		return []*Type{{Kind: Array, Elem: TInteger}, {Kind: Array, Elem: TBigInt}}
	case "ARRAY_AGG", "STRING_AGG", "FIRST_VALUE", "LAST_VALUE", "MIN_BY", "MAX_BY":
		return rowState(a)
	}
	return []*Type{a.Args[0].Type()}
}

func repeated(t *Type, n int) []*Type {
	out := make([]*Type, n)
	for i := range out {
		out[i] = t
	}
	return out
}

func sumState(t *Type, retracts bool) []*Type {
	switch {
	case t.Kind.IsFloat() && retracts:
		return []*Type{TDouble, TDouble, TBigInt, TBigInt, TBigInt, TBigInt}
	case t.Kind.IsFloat():
		return []*Type{TDouble, TDouble, TBigInt}
	case t.Kind == Decimal:
		return []*Type{TDecimal(MaxPrecision, t.S), TDecimal(MaxPrecision, t.S), TBigInt}
	}
	return []*Type{TDecimal(MaxPrecision, 0), TBigInt}
}

// rowState is the state of an aggregate that keeps rows: one, or lists of them.
func rowState(a *AggCall) []*Type {
	one := !a.Retracts && a.Fn != "ARRAY_AGG" && a.Fn != "STRING_AGG"
	out := []*Type{TBigInt}
	for _, e := range a.ValueArgs() {
		out = append(out, e.Type())
	}
	if !one {
		for i, t := range out {
			out[i] = &Type{Kind: Array, Elem: t}
		}
	}
	return out
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
	case "MIN", "MAX", "APPROX_COUNT_DISTINCT":
		return a.Retracts
	case "COLLECT":
		return true
	}
	return a.Distinct
}

// KeepsEach reports whether the state of a call grows with the rows that it has taken, or with
// their values; that of others is a number or a few.
func (a *AggCall) KeepsEach() bool {
	switch {
	case a.keepsValues(), a.Fn == "ARRAY_AGG", a.Fn == "STRING_AGG":
		return true
	case !a.Retracts:
		return false
	}
	switch a.Fn {
	case "COUNT", "COUNT_IF", "BOOL_AND", "BOOL_OR", "SUM", "AVG":
		return false
	case "VAR_POP", "VAR_SAMP", "STDDEV_POP", "STDDEV_SAMP":
		return a.Args[0].Type().Kind.IsFloat()
	}
	return true
}

// ValueArgs are the expressions whose values an aggregate takes from each row: the
// arguments but for constants that say how, and what they are ordered by. Distinct values
// are ordered by themselves.
func (a *AggCall) ValueArgs() []Expr {
	out := a.Args
	if a.Fn == "STRING_AGG" || a.Fn == "APPROX_PERCENTILE" {
		out = a.Args[:1]
	}
	if a.Distinct {
		return out
	}
	out = out[:len(out):len(out)]
	for _, o := range a.OrderBy {
		out = append(out, o.X)
	}
	return out
}

// Option is the constant behind the first argument: the separator of STRING_AGG, the
// share of APPROX_PERCENTILE. nil: there is none.
func (a *AggCall) Option() Value {
	if len(a.Args) < 2 {
		return nil
	}
	if c, ok := a.Args[1].(*Const); ok {
		return c.V
	}
	return nil
}

// check checks what the types of the arguments do not say.
func (a *AggCall) check() error {
	switch p, _ := a.Option().(float64); {
	case a.User != nil && a.Retracts && !a.User.User.Retracts:
		return fmt.Errorf("%s: the function cannot take rows back", a)
	case a.Fn == "STRING_AGG" && len(a.Args) == 2:
		if _, ok := a.Option().(string); !ok {
			return fmt.Errorf("%s: the separator is no constant", a)
		}
	case a.Fn == "APPROX_PERCENTILE" && (a.Option() == nil || !(p >= 0 && p <= 1)):
		return fmt.Errorf("%s: the share is no constant from 0 to 1", a)
	case a.Distinct && (len(a.OrderBy) > 1 || len(a.OrderBy) == 1 && !EqualExpr(a.OrderBy[0].X, a.Args[0])):
		return fmt.Errorf("%s: distinct values are ordered by something else", a)
	}
	return nil
}
