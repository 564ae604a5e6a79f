package ir

// jsonFunctions are the functions of JSON text. Their clauses (ON EMPTY, ON ERROR,
// WRAPPER, RETURNING, ON NULL) are constant texts among the arguments, which the binder
// puts there.
var jsonFunctions = []*Function{
	{Name: "JSON_VALUE", CanFail: true, NullSafe: true, Resolve: optional("JSON_VALUE", TVarchar, 2, TVarchar, TVarchar, TVarchar, TVarchar, TVarchar), Sig: "JSON_VALUE(s, path [RETURNING type] [NULL / ERROR / DEFAULT x ON EMPTY] [NULL / ERROR / DEFAULT x ON ERROR])", Doc: "The scalar at a path of JSON text, as text or another type; NULL, by default, where there is none.", Example: "JSON_VALUE('{\"a\": [1, 2]}', '$.a[1]' RETURNING INTEGER) -> 2"},
	{Name: "JSON_QUERY", CanFail: true, Resolve: optional("JSON_QUERY", TVarchar, 2, TVarchar, TVarchar, TVarchar), Sig: "JSON_QUERY(s, path [RETURNING type] [WITHOUT / WITH CONDITIONAL / WITH UNCONDITIONAL ARRAY WRAPPER] [NULL / ERROR / EMPTY ARRAY / EMPTY OBJECT ON EMPTY] [... ON ERROR])", Doc: "The object or array at a path of JSON text, as JSON text without white space, or as an ARRAY, a MAP or a ROW.", Example: "JSON_QUERY('{\"a\": [1, 2]}', '$.a') -> [1,2]"},
	{Name: "JSON_EXISTS", CanFail: true, Resolve: optional("JSON_EXISTS", TBoolean, 2, TVarchar, TVarchar, TVarchar), Sig: "JSON_EXISTS(s, path [TRUE / FALSE / UNKNOWN / ERROR ON ERROR])", Doc: "True where JSON text has something other than null at a path.", Example: "JSON_EXISTS('{\"a\": 1}', '$.a') -> true"},
	{Name: "JSON_OBJECT", CanFail: true, NullSafe: true, Resolve: jsonTexts("JSON_OBJECT"), Sig: "JSON_OBJECT([KEY k VALUE v, ...] [NULL / ABSENT ON NULL])", Doc: "A JSON object of keys and values; a NULL is null, or left out with ABSENT ON NULL, and of a key that comes twice the last value counts.", Example: "JSON_OBJECT(KEY 'a' VALUE 1, KEY 'b' VALUE 'x') -> {\"a\":1,\"b\":\"x\"}"},
	{Name: "JSON_ARRAY", NullSafe: true, Resolve: jsonTexts("JSON_ARRAY"), Sig: "JSON_ARRAY([a, b, ...] [NULL / ABSENT ON NULL])", Doc: "A JSON array of values; NULLs are left out, or null with NULL ON NULL.", Example: "JSON_ARRAY(1, 'x', TRUE) -> [1,\"x\",true]"},
	{Name: "JSON_STRING", Resolve: anyOne("JSON_STRING", TVarchar), Sig: "JSON_STRING(x)", Doc: "A value of any type as JSON text.", Example: "JSON_STRING(ARRAY[1, 2]) -> [1,2]"},
	{Name: "IS JSON", Operator: true, Resolve: fixed("IS JSON", TBoolean, TVarchar), Sig: "s IS [NOT] JSON [VALUE]", Doc: "True where a text is JSON.", Example: "'[1]' IS JSON -> true"},
	{Name: "IS JSON OBJECT", Operator: true, Resolve: fixed("IS JSON OBJECT", TBoolean, TVarchar), Sig: "s IS [NOT] JSON OBJECT", Doc: "True where a text is a JSON object.", Example: "'[1]' IS JSON OBJECT -> false"},
	{Name: "IS JSON ARRAY", Operator: true, Resolve: fixed("IS JSON ARRAY", TBoolean, TVarchar), Sig: "s IS [NOT] JSON ARRAY", Doc: "True where a text is a JSON array.", Example: "'[1]' IS JSON ARRAY -> true"},
	{Name: "IS JSON SCALAR", Operator: true, Resolve: fixed("IS JSON SCALAR", TBoolean, TVarchar), Sig: "s IS [NOT] JSON SCALAR", Doc: "True where a text is JSON but neither an object nor an array.", Example: "'1' IS JSON SCALAR -> true"},
}

// jsonTexts takes NULL or ABSENT, for NULLs, and texts behind it.
func jsonTexts(name string) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, 1, -1); err != nil {
			return nil, nil, err
		}
		for i, a := range args {
			if !CanImplicit(a, TVarchar) {
				return nil, nil, badArg(name, i, a, "VARCHAR")
			}
		}
		if name == "JSON_OBJECT" && len(args)%2 == 0 {
			return nil, nil, argCount(name, args, len(args)+1, len(args)+1)
		}
		return same(args, TVarchar), TVarchar, nil
	}
}
