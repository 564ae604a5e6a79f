package ir

import "fmt"

// aggregates is the registry of aggregates. A new one is a line here, a case in
// aggState, an acc in vexec/internal/agg, and the same in plain Go in internal/refinterp.
var aggregates = []*Function{
	{Name: "COUNT", Aggregate: true, Resolve: countArgs, Sig: "COUNT(*) or COUNT([DISTINCT] x, ...)", Doc: "Number of rows, or of those where no x is NULL.", Example: "COUNT(*) -> 3"},
	{Name: "SUM", Aggregate: true, CanFail: true, Resolve: sumAvg("SUM"), Sig: "SUM([DISTINCT] x)", Doc: "Sum of the values that are not NULL; NULL where there is none.", Example: "SUM(x) -> 6"},
	{Name: "AVG", Aggregate: true, CanFail: true, Resolve: sumAvg("AVG"), Sig: "AVG([DISTINCT] x)", Doc: "Mean of the values that are not NULL.", Example: "AVG(x) -> 2.0"},
	{Name: "MIN", Aggregate: true, Resolve: minMax("MIN"), Sig: "MIN(x)", Doc: "The least value.", Example: "MIN(x) -> 1"},
	{Name: "MAX", Aggregate: true, Resolve: minMax("MAX"), Sig: "MAX(x)", Doc: "The greatest value.", Example: "MAX(x) -> 3"},
	{Name: "COUNT_IF", Aliases: []string{"COUNTIF"}, Aggregate: true, Resolve: conditionAgg("COUNT_IF", TBigInt), Sig: "COUNT_IF(condition)", Doc: "Number of rows for which the condition is true.", Example: "COUNT_IF(x > 1) -> 2"},
	{Name: "BOOL_AND", Aliases: []string{"EVERY"}, Aggregate: true, Resolve: conditionAgg("BOOL_AND", TBoolean), Sig: "BOOL_AND(condition)", Doc: "Whether the condition is true for all rows for which it is not NULL.", Example: "BOOL_AND(x > 1) -> false"},
	{Name: "BOOL_OR", Aliases: []string{"ANY", "SOME"}, Aggregate: true, Resolve: conditionAgg("BOOL_OR", TBoolean), Sig: "BOOL_OR(condition)", Doc: "Whether the condition is true for any row.", Example: "BOOL_OR(x > 1) -> true"},
	{Name: "VAR_POP", Aggregate: true, Resolve: spread("VAR_POP", 1), Sig: "VAR_POP([DISTINCT] x)", Doc: "Variance of all values: the mean square of their distances from the mean.", Example: "VAR_POP(x) -> 0.6666666666666666"},
	{Name: "VAR_SAMP", Aliases: []string{"VARIANCE"}, Aggregate: true, Resolve: spread("VAR_SAMP", 1), Sig: "VAR_SAMP([DISTINCT] x)", Doc: "Variance estimated from a sample; NULL for fewer than two values.", Example: "VAR_SAMP(x) -> 1.0"},
	{Name: "STDDEV_POP", Aggregate: true, Resolve: spread("STDDEV_POP", 1), Sig: "STDDEV_POP([DISTINCT] x)", Doc: "Standard deviation of all values: the square root of VAR_POP.", Example: "STDDEV_POP(x * 3 - x * 2) -> 0.816496580927726"},
	{Name: "STDDEV_SAMP", Aliases: []string{"STDDEV"}, Aggregate: true, Resolve: spread("STDDEV_SAMP", 1), Sig: "STDDEV_SAMP([DISTINCT] x)", Doc: "Standard deviation estimated from a sample; NULL for fewer than two values.", Example: "STDDEV_SAMP(x) -> 1.0"},
	{Name: "COVAR_POP", Aggregate: true, Resolve: spread("COVAR_POP", 2), Sig: "COVAR_POP(y, x)", Doc: "Covariance of the pairs of which no part is NULL.", Example: "COVAR_POP(x, x * 3) -> 2.0"},
	{Name: "COVAR_SAMP", Aggregate: true, Resolve: spread("COVAR_SAMP", 2), Sig: "COVAR_SAMP(y, x)", Doc: "Covariance estimated from a sample; NULL for fewer than two pairs.", Example: "COVAR_SAMP(x, x * 2) -> 2.0"},
	{Name: "CORR", Aggregate: true, Resolve: spread("CORR", 2), Sig: "CORR(y, x)", Doc: "Correlation of the pairs of which no part is NULL, from -1 to 1; NULL where one side is the same everywhere.", Example: "CORR(x, x * -2) -> -1.0"},
	{Name: "APPROX_COUNT_DISTINCT", Aggregate: true, Resolve: approxDistinct, Sig: "APPROX_COUNT_DISTINCT(x)", Doc: "About how many distinct values there are (HyperLogLog): 0.8 % off at large numbers, nearly exact up to thousands; in a few KB a group.", Example: "APPROX_COUNT_DISTINCT(x) -> 3"},
	{Name: "APPROX_PERCENTILE", Aggregate: true, Resolve: percentile, Sig: "APPROX_PERCENTILE(x, p)", Doc: "The least value with at least the share p (0 to 1) of all at or below it, to nine binary digits: 0.2 % off at most, exact for whole numbers up to 512.", Example: "APPROX_PERCENTILE(x, 0.5) -> 2.0"},
	{Name: "FIRST_VALUE", Aggregate: true, Resolve: sameAgg("FIRST_VALUE"), Sig: "FIRST_VALUE(x [ORDER BY y, ...]) [RESPECT NULLS]", Doc: "The value that came first, or is first in the order; NULLs do not count unless RESPECT NULLS is said.", Example: "FIRST_VALUE(x) -> 1"},
	{Name: "LAST_VALUE", Aggregate: true, Resolve: sameAgg("LAST_VALUE"), Sig: "LAST_VALUE(x [ORDER BY y, ...]) [RESPECT NULLS]", Doc: "The value that came last, or is last in the order; NULLs do not count unless RESPECT NULLS is said.", Example: "LAST_VALUE(x) -> 3"},
	{Name: "MIN_BY", Aliases: []string{"ARG_MIN"}, Aggregate: true, Resolve: byAgg("MIN_BY"), Sig: "MIN_BY(x, y)", Doc: "x of the row with the least y, the one that came first of several; rows where y is NULL do not count.", Example: "MIN_BY(x, 10 - x) -> 3"},
	{Name: "MAX_BY", Aliases: []string{"ARG_MAX"}, Aggregate: true, Resolve: byAgg("MAX_BY"), Sig: "MAX_BY(x, y)", Doc: "x of the row with the greatest y, the one that came first of several; rows where y is NULL do not count.", Example: "MAX_BY(x, 10 - x) -> 1"},
	{Name: "ARRAY_AGG", Aliases: []string{"LIST"}, Aggregate: true, Resolve: listAgg("ARRAY_AGG"), Sig: "ARRAY_AGG([DISTINCT] x [ORDER BY y, ...]) [IGNORE NULLS]", Doc: "All values in the order in which they came, or in the one asked for; distinct ones ascending. NULLs are values unless IGNORE NULLS is said.", Example: "ARRAY_AGG(x ORDER BY x DESC) -> [3,2,1]"},
	{Name: "COLLECT", Aliases: []string{"DISTINCT_VALUES"}, Aggregate: true, Resolve: collectAgg, Sig: "COLLECT(x)", Doc: "The distinct values that are not NULL, ascending.", Example: "COLLECT(x / 2) -> [0,1]"},
	{Name: "STRING_AGG", Aliases: []string{"LISTAGG"}, Aggregate: true, Resolve: stringAgg, Sig: "STRING_AGG([DISTINCT] x [, separator] [ORDER BY y, ...]) or LISTAGG(x) WITHIN GROUP (ORDER BY y)", Doc: "The texts that are not NULL joined, with the separator (',' by default) between them, in the order in which they came or in the one asked for.", Example: "STRING_AGG(x, '-') -> 1-2-3"},
}

// sumAvg resolves SUM and AVG.
func sumAvg(name string) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, 1, 1); err != nil {
			return nil, nil, err
		}
		t := args[0]
		switch {
		case t.Kind == Null || t.Kind.IsInteger():
			if name == "AVG" {
				return []*Type{TBigInt}, TDouble, nil
			}
			return []*Type{TBigInt}, TBigInt, nil
		case t.Kind.IsFloat():
			return []*Type{TDouble}, TDouble, nil
		case t.Kind == Decimal && name == "AVG":
			return []*Type{t}, TDecimal(MaxPrecision, max(t.S, 6)), nil
		case t.Kind == Decimal:
			return []*Type{t}, TDecimal(MaxPrecision, t.S), nil
		case t.Kind == Interval, t.Kind == IntervalMonth && name == "SUM":
			return []*Type{t}, t, nil
		}
		return nil, nil, badArg(name, 0, t, "a number or an INTERVAL")
	}
}

func minMax(name string) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, 1, 1); err != nil {
			return nil, nil, err
		}
		t := args[0]
		if t.Kind.IsNested() {
			return nil, nil, badArg(name, 0, t, "a type with an order")
		}
		return []*Type{orText(t)}, orText(t), nil
	}
}

// orText is t, or what a bare NULL is taken for.
func orText(t *Type) *Type {
	if t.Kind == Null {
		return TVarchar
	}
	return t
}

func countArgs(args []*Type) ([]*Type, *Type, error) { return args, TBigInt, nil }

// conditionAgg resolves an aggregate of conditions.
func conditionAgg(name string, ret *Type) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, 1, 1); err != nil {
			return nil, nil, err
		}
		if k := args[0].Kind; k != Boolean && k != Null {
			return nil, nil, badArg(name, 0, args[0], "BOOLEAN, such as x > 0")
		}
		return []*Type{TBoolean}, ret, nil
	}
}

// spread resolves variances and their like. Whole numbers and DECIMALs of one argument
// are added up exactly, those of pairs as DOUBLE.
func spread(name string, n int) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, n, n); err != nil {
			return nil, nil, err
		}
		want := make([]*Type, n)
		for i, t := range args {
			switch {
			case !isNumber(t):
				return nil, nil, badArg(name, i, t, "a number")
			case n == 1 && t.Kind == Decimal:
				want[i] = t
			case n == 1 && !t.Kind.IsFloat():
				want[i] = TBigInt
			default:
				want[i] = TDouble
			}
		}
		return want, TDouble, nil
	}
}

func approxDistinct(args []*Type) ([]*Type, *Type, error) {
	if err := argCount("APPROX_COUNT_DISTINCT", args, 1, 1); err != nil {
		return nil, nil, err
	}
	return []*Type{orText(args[0])}, TBigInt, nil
}

func percentile(args []*Type) ([]*Type, *Type, error) {
	const name = "APPROX_PERCENTILE"
	if err := argCount(name, args, 2, 2); err != nil {
		return nil, nil, err
	}
	for i, t := range args {
		if !isNumber(t) {
			return nil, nil, badArg(name, i, t, "a number")
		}
	}
	return []*Type{TDouble, TDouble}, TDouble, nil
}

// sameAgg takes one value of any type and gives one of them.
func sameAgg(name string) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, 1, 1); err != nil {
			return nil, nil, err
		}
		return []*Type{orText(args[0])}, orText(args[0]), nil
	}
}

func byAgg(name string) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, 2, 2); err != nil {
			return nil, nil, err
		}
		if args[1].Kind.IsNested() {
			return nil, nil, badArg(name, 1, args[1], "a type with an order")
		}
		return []*Type{orText(args[0]), orText(args[1])}, orText(args[0]), nil
	}
}

func listAgg(name string) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, 1, 1); err != nil {
			return nil, nil, err
		}
		t := orText(args[0])
		return []*Type{t}, &Type{Kind: Array, Elem: t}, nil
	}
}

func collectAgg(args []*Type) ([]*Type, *Type, error) {
	if len(args) == 1 && args[0].Kind.IsNested() {
		return nil, nil, badArg("COLLECT", 0, args[0], "a type with an order")
	}
	return listAgg("COLLECT")(args)
}

func stringAgg(args []*Type) ([]*Type, *Type, error) {
	if err := argCount("STRING_AGG", args, 1, 2); err != nil {
		return nil, nil, err
	}
	if t := args[0]; t.Kind.IsNested() || t.Kind == Varbinary {
		return nil, nil, badArg("STRING_AGG", 0, t, "text or what prints as text")
	}
	if len(args) == 2 && args[1].Kind != Varchar {
		return nil, nil, fmt.Errorf("the separator of STRING_AGG is %s; it takes VARCHAR", args[1])
	}
	return same(args, TVarchar), TVarchar, nil
}
