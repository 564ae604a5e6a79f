package ir

import "fmt"

// nestedFunctions are the functions of ARRAYs, MAPs and ROWs.
var nestedFunctions = []*Function{
	{Name: "ARRAY", Operator: true, NullSafe: true, Resolve: arrayOf, Sig: "ARRAY[a, b, ...]", Doc: "An array of values of a common type.", Example: "ARRAY[1, 2] -> [1,2]"},
	{Name: "MAP", Operator: true, NullSafe: true, CanFail: true, Resolve: mapOf, Sig: "MAP[k, v, ...]", Doc: "A map of keys and values in turn; of a key that comes twice the last counts, and a NULL key is a row error.", Example: "MAP['a', 1] -> {\"a\":1}"},
	{Name: "ROW", Operator: true, NullSafe: true, Resolve: rowOf, Sig: "ROW(a, b, ...) or (a, b, ...)", Doc: "A row of values, with the fields EXPR$0, EXPR$1 and so on.", Example: "ROW(1, 'x') -> {\"EXPR$0\":1,\"EXPR$1\":\"x\"}"},
	{Name: "ITEM", Operator: true, Resolve: itemOf, Sig: "a[i] or m[k]", Doc: "The element number i, from 1, of an array, or the value of a key of a map; NULL where there is none.", Example: "ARRAY['x', 'y'][2] -> y"},
	{Name: "CARDINALITY", Resolve: sizeOf, Sig: "CARDINALITY(a)", Doc: "Number of elements of an array or entries of a map.", Example: "CARDINALITY(ARRAY[1, NULL]) -> 2"},
	{Name: "ELEMENT", CanFail: true, Resolve: arrayTo("ELEMENT", func(e *Type) *Type { return e }), Sig: "ELEMENT(a)", Doc: "The only element of an array; NULL of an empty one, a row error where there are more.", Example: "ELEMENT(ARRAY[7]) -> 7"},
	{Name: "ARRAY_CONTAINS", NullSafe: true, Resolve: arrayWith("ARRAY_CONTAINS", TBoolean), Sig: "ARRAY_CONTAINS(a, x)", Doc: "True where x is an element of a; a NULL is found where there is one; NULL where a is.", Example: "ARRAY_CONTAINS(ARRAY[1, 2], 2) -> true"},
	{Name: "ARRAY_POSITION", Resolve: arrayWith("ARRAY_POSITION", TInteger), Sig: "ARRAY_POSITION(a, x)", Doc: "Where x first stands in a, from 1; 0 where it does not.", Example: "ARRAY_POSITION(ARRAY['x', 'y'], 'y') -> 2"},
	{Name: "ARRAY_DISTINCT", Resolve: arrayTo("ARRAY_DISTINCT", arrayType), Sig: "ARRAY_DISTINCT(a)", Doc: "The array with the first of equal elements only.", Example: "ARRAY_DISTINCT(ARRAY[1, 2, 1]) -> [1,2]"},
	{Name: "ARRAY_CONCAT", Resolve: arrays("ARRAY_CONCAT"), Sig: "ARRAY_CONCAT(a, b, ...)", Doc: "The elements of all arrays in one.", Example: "ARRAY_CONCAT(ARRAY[1], ARRAY[2, 3]) -> [1,2,3]"},
	{Name: "ARRAY_JOIN", CanFail: true, Resolve: arrayJoin, Sig: "ARRAY_JOIN(a, sep [, null])", Doc: "The texts of an array joined with sep; NULLs are left out, or stand as the text null.", Example: "ARRAY_JOIN(ARRAY['a', NULL, 'b'], '-', '?') -> a-?-b"},
	{Name: "ARRAY_SLICE", Resolve: arraySlice, Sig: "ARRAY_SLICE(a, from [, to])", Doc: "The elements from number from to number to, both included; negative numbers count from the end.", Example: "ARRAY_SLICE(ARRAY[1, 2, 3, 4], 2, -2) -> [2,3]"},
	{Name: "ARRAY_SORT", Resolve: arraySort, Sig: "ARRAY_SORT(a [, ascending [, nulls_first]])", Doc: "The elements in order: ascending, with NULLs first, unless it is said otherwise; NULLs are last where it goes down.", Example: "ARRAY_SORT(ARRAY[2, 3, 1]) -> [1,2,3]"},
	{Name: "ARRAY_REVERSE", Resolve: arrayTo("ARRAY_REVERSE", arrayType), Sig: "ARRAY_REVERSE(a)", Doc: "The elements in reverse order.", Example: "ARRAY_REVERSE(ARRAY[1, 2]) -> [2,1]"},
	{Name: "MAP_KEYS", Resolve: mapTo("MAP_KEYS", func(m *Type) *Type { return arrayType(m.Key) }), Sig: "MAP_KEYS(m)", Doc: "The keys of a map.", Example: "MAP_KEYS(MAP['a', 1]) -> [\"a\"]"},
	{Name: "MAP_VALUES", Resolve: mapTo("MAP_VALUES", func(m *Type) *Type { return arrayType(m.Elem) }), Sig: "MAP_VALUES(m)", Doc: "The values of a map, in the order of its keys.", Example: "MAP_VALUES(MAP['a', 1]) -> [1]"},
	{Name: "MAP_ENTRIES", Resolve: mapTo("MAP_ENTRIES", entriesOf), Sig: "MAP_ENTRIES(m)", Doc: "The entries of a map as rows of key and value.", Example: "MAP_ENTRIES(MAP['a', 1]) -> [{\"key\":\"a\",\"value\":1}]"},
}

func arrayType(elem *Type) *Type { return &Type{Kind: Array, Elem: elem} }

func entriesOf(m *Type) *Type {
	return arrayType(&Type{Kind: Row, Fields: []Field{{Name: "key", Type: m.Key}, {Name: "value", Type: m.Elem}}})
}

// commonOf is the common type of some arguments; of bare NULLs alone it is NULL, for the
// binder to settle.
func commonOf(name string, args []*Type, first, step int) (*Type, error) {
	t := TNull
	for i := first; i < len(args); i += step {
		c := CommonType(t, args[i])
		if c == nil {
			return nil, fmt.Errorf("%s cannot combine %s and %s (argument %d)", name, t, args[i], i+1)
		}
		t = c
	}
	return t, nil
}

func arrayOf(args []*Type) ([]*Type, *Type, error) {
	t, err := commonOf("ARRAY", args, 0, 1)
	if err != nil {
		return nil, nil, err
	}
	return same(args, t), arrayType(t), nil
}

func mapOf(args []*Type) ([]*Type, *Type, error) {
	if len(args)%2 != 0 {
		return nil, nil, fmt.Errorf("MAP takes keys and values in turn, and the last key has no value")
	}
	k, err := commonOf("MAP", args, 0, 2)
	if err != nil {
		return nil, nil, err
	}
	v, err := commonOf("MAP", args, 1, 2)
	if err != nil {
		return nil, nil, err
	}
	cast := make([]*Type, len(args))
	for i := range cast {
		if cast[i] = k; i%2 == 1 {
			cast[i] = v
		}
	}
	return cast, &Type{Kind: Map, Key: k, Elem: v}, nil
}

func rowOf(args []*Type) ([]*Type, *Type, error) {
	if err := argCount("ROW", args, 1, -1); err != nil {
		return nil, nil, err
	}
	cast, t := make([]*Type, len(args)), &Type{Kind: Row}
	for i, a := range args {
		cast[i] = a
		t.Fields = append(t.Fields, Field{Name: fmt.Sprintf("EXPR$%d", i), Type: cast[i]})
	}
	return cast, t, nil
}

func itemOf(args []*Type) ([]*Type, *Type, error) {
	if err := argCount("[]", args, 2, 2); err != nil {
		return nil, nil, err
	}
	a, i := args[0], args[1]
	switch {
	case a.Kind == Array && (i.Kind.IsInteger() || i.Kind == Null):
		return []*Type{a, TInteger}, a.Elem, nil
	case a.Kind == Array:
		return nil, nil, fmt.Errorf("the place in an ARRAY is a whole number from 1, not %s", i)
	case a.Kind == Map && CanImplicit(i, a.Key):
		return []*Type{a, a.Key}, a.Elem, nil
	case a.Kind == Map:
		return nil, nil, fmt.Errorf("the keys of %s are %s, not %s", a, a.Key, i)
	}
	return nil, nil, fmt.Errorf("%s has no elements: x[i] takes an ARRAY or a MAP", a)
}

func sizeOf(args []*Type) ([]*Type, *Type, error) {
	if err := argCount("CARDINALITY", args, 1, 1); err != nil {
		return nil, nil, err
	}
	if args[0].Kind != Array && args[0].Kind != Map {
		return nil, nil, badArg("CARDINALITY", 0, args[0], "ARRAY or MAP")
	}
	return args, TInteger, nil
}

// arrayTo takes an array; ret makes the result's type of its elements'.
func arrayTo(name string, ret func(elem *Type) *Type) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, 1, 1); err != nil {
			return nil, nil, err
		}
		if args[0].Kind != Array {
			return nil, nil, badArg(name, 0, args[0], "ARRAY")
		}
		return args, ret(args[0].Elem), nil
	}
}

// mapTo takes a map.
func mapTo(name string, ret func(m *Type) *Type) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, 1, 1); err != nil {
			return nil, nil, err
		}
		if args[0].Kind != Map {
			return nil, nil, badArg(name, 0, args[0], "MAP")
		}
		return args, ret(args[0]), nil
	}
}

// arrayWith takes an array and a value to look for.
func arrayWith(name string, ret *Type) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, 2, 2); err != nil {
			return nil, nil, err
		}
		if args[0].Kind != Array {
			return nil, nil, badArg(name, 0, args[0], "ARRAY")
		}
		t := CommonType(args[0].Elem, args[1])
		if t == nil {
			return nil, nil, badArg(name, 1, args[1], args[0].Elem.String())
		}
		return []*Type{arrayType(t), t}, ret, nil
	}
}

// arrays takes arrays of a common type.
func arrays(name string) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, 1, -1); err != nil {
			return nil, nil, err
		}
		for i, a := range args {
			if a.Kind != Array {
				return nil, nil, badArg(name, i, a, "ARRAY")
			}
		}
		t, err := commonOf(name, args, 0, 1)
		if err != nil {
			return nil, nil, err
		}
		return same(args, t), t, nil
	}
}

func arrayJoin(args []*Type) ([]*Type, *Type, error) {
	if err := argCount("ARRAY_JOIN", args, 2, 3); err != nil {
		return nil, nil, err
	}
	if args[0].Kind != Array || !CanCast(args[0].Elem, TVarchar) || args[0].Elem.Kind.IsNested() {
		return nil, nil, badArg("ARRAY_JOIN", 0, args[0], "an ARRAY of texts")
	}
	cast, ret, err := optional("ARRAY_JOIN", TVarchar, 1, TVarchar, TVarchar)(args[1:])
	return append([]*Type{arrayType(TVarchar)}, cast...), ret, err
}

func arraySlice(args []*Type) ([]*Type, *Type, error) {
	if err := argCount("ARRAY_SLICE", args, 2, 3); err != nil {
		return nil, nil, err
	}
	if args[0].Kind != Array {
		return nil, nil, badArg("ARRAY_SLICE", 0, args[0], "ARRAY")
	}
	cast, _, err := optional("ARRAY_SLICE", TInteger, 1, TInteger, TInteger)(args[1:])
	return append([]*Type{args[0]}, cast...), args[0], err
}

func arraySort(args []*Type) ([]*Type, *Type, error) {
	if err := argCount("ARRAY_SORT", args, 1, 3); err != nil {
		return nil, nil, err
	}
	if args[0].Kind != Array || args[0].Elem.Kind == Map {
		return nil, nil, badArg("ARRAY_SORT", 0, args[0], "an ARRAY of values with an order")
	}
	if len(args) == 1 {
		return args, args[0], nil
	}
	cast, _, err := optional("ARRAY_SORT", TBoolean, 1, TBoolean, TBoolean)(args[1:])
	return append([]*Type{args[0]}, cast...), args[0], err
}
