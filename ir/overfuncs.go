package ir

import "fmt"

// overFunctions stand before OVER only. Aggregates may stand there, too.
var overFunctions = []*Function{
	{Name: "ROW_NUMBER", Over: true, Resolve: rankOf("ROW_NUMBER"), Sig: "ROW_NUMBER() OVER ([PARTITION BY k, ...] [ORDER BY x, ...])", Doc: "The place of the row in its partition, from 1 on; rows that are equal in the order by arrival.", Example: "ROW_NUMBER() OVER (ORDER BY x) -> 1"},
	{Name: "RANK", Over: true, Resolve: rankOf("RANK"), Sig: "RANK() OVER ([PARTITION BY k, ...] ORDER BY x, ...)", Doc: "One more than the number of rows before it; rows that are equal in the order share it.", Example: "RANK() OVER (ORDER BY x) -> 1"},
	{Name: "DENSE_RANK", Over: true, Resolve: rankOf("DENSE_RANK"), Sig: "DENSE_RANK() OVER ([PARTITION BY k, ...] ORDER BY x, ...)", Doc: "One more than the number of different places in the order before it.", Example: "DENSE_RANK() OVER (ORDER BY x) -> 1"},
	{Name: "LAG", Over: true, Resolve: shift("LAG"), Sig: "LAG(x [, n [, otherwise]]) OVER ([PARTITION BY k, ...] ORDER BY y, ...)", Doc: "x of the row n rows before (1 by default); otherwise, or NULL, where there is none.", Example: "LAG(x, 1, 0) OVER (ORDER BY x) -> 0"},
	{Name: "LEAD", Over: true, Resolve: shift("LEAD"), Sig: "LEAD(x [, n [, otherwise]]) OVER ([PARTITION BY k, ...] ORDER BY y, ...)", Doc: "x of the row n rows behind (1 by default); otherwise, or NULL, where there is none.", Example: "LEAD(x, 1, 0) OVER (ORDER BY x) -> 0"},
	{Name: "NTH_VALUE", Over: true, Resolve: nthValue, Sig: "NTH_VALUE(x, n) OVER ([PARTITION BY k, ...] ORDER BY y, ... [frame])", Doc: "x of the row number n of the frame, from 1 on; NULL where it has fewer.", Example: "NTH_VALUE(x, 1) OVER (ORDER BY x) -> 1"},
}

// OverFunctions lists the functions that stand before OVER only.
func OverFunctions() []*Function { return overFunctions }

// LookupOver finds a function that stands before OVER only; nil: none.
func LookupOver(name string) *Function {
	for _, f := range overFunctions {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// HasFrame reports whether what a call gives depends on the frame of its window.
func HasFrame(fn string) bool { return LookupOver(fn) == nil || fn == "NTH_VALUE" }

// NeedsOrder reports whether a function has no meaning in a window without ORDER BY.
func NeedsOrder(fn string) bool {
	switch fn {
	case "RANK", "DENSE_RANK", "LAG", "LEAD":
		return true
	}
	return false
}

// IsRank reports whether a function numbers the rows of a partition, so that a condition on
// it makes a Rank.
func IsRank(fn string) bool { return fn == "ROW_NUMBER" || fn == "RANK" || fn == "DENSE_RANK" }

func rankOf(name string) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, 0, 0); err != nil {
			return nil, nil, err
		}
		return nil, TBigInt, nil
	}
}

func shift(name string) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, 1, 3); err != nil {
			return nil, nil, err
		}
		if len(args) > 1 && !args[1].Kind.IsInteger() {
			return nil, nil, badArg(name, 1, args[1], "a whole number of rows")
		}
		t := args[0]
		if len(args) == 3 {
			c := CommonType(t, args[2])
			if c == nil {
				return nil, nil, fmt.Errorf("%s cannot give %s for some rows and %s for others", name, t, args[2])
			}
			t = c
		}
		if t.Kind == Null {
			t = TVarchar
		}
		return []*Type{t, TBigInt, t}[:len(args)], t, nil
	}
}

func nthValue(args []*Type) ([]*Type, *Type, error) {
	if err := argCount("NTH_VALUE", args, 2, 2); err != nil {
		return nil, nil, err
	}
	if !args[1].Kind.IsInteger() {
		return nil, nil, badArg("NTH_VALUE", 1, args[1], "a whole number")
	}
	t := args[0]
	if t.Kind == Null {
		t = TVarchar
	}
	return []*Type{t, TBigInt}, t, nil
}
