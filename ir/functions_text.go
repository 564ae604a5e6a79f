package ir

// moreNumbers are the functions of numbers beyond the basic ones.
var moreNumbers = []*Function{
	{Name: "LOG", Resolve: optionalDoubles("LOG", 1, 2), Sig: "LOG(x) or LOG(base, x)", Doc: "Natural logarithm, or the one to a base.", Example: "LOG(2, 8) -> 3.0"},
	{Name: "LOG2", Resolve: doubles("LOG2", 1), Sig: "LOG2(x)", Doc: "Logarithm to the base 2.", Example: "LOG2(8) -> 3.0"},
	{Name: "SIN", Resolve: doubles("SIN", 1), Sig: "SIN(x)", Doc: "Sine of an angle in radians.", Example: "SIN(0) -> 0.0"},
	{Name: "COS", Resolve: doubles("COS", 1), Sig: "COS(x)", Doc: "Cosine of an angle in radians.", Example: "COS(0) -> 1.0"},
	{Name: "TAN", Resolve: doubles("TAN", 1), Sig: "TAN(x)", Doc: "Tangent of an angle in radians.", Example: "TAN(0) -> 0.0"},
	{Name: "COT", Resolve: doubles("COT", 1), Sig: "COT(x)", Doc: "Cotangent of an angle in radians.", Example: "ROUND(COT(1), 4) -> 0.6421"},
	{Name: "ASIN", Resolve: doubles("ASIN", 1), Sig: "ASIN(x)", Doc: "The angle whose sine is x; NaN beyond -1 and 1.", Example: "ASIN(0) -> 0.0"},
	{Name: "ACOS", Resolve: doubles("ACOS", 1), Sig: "ACOS(x)", Doc: "The angle whose cosine is x; NaN beyond -1 and 1.", Example: "ACOS(1) -> 0.0"},
	{Name: "ATAN", Resolve: doubles("ATAN", 1), Sig: "ATAN(x)", Doc: "The angle whose tangent is x.", Example: "ATAN(0) -> 0.0"},
	{Name: "ATAN2", Resolve: doubles("ATAN2", 2), Sig: "ATAN2(y, x)", Doc: "The angle of the point (x, y).", Example: "ATAN2(0, 1) -> 0.0"},
	{Name: "SINH", Resolve: doubles("SINH", 1), Sig: "SINH(x)", Doc: "Hyperbolic sine.", Example: "SINH(0) -> 0.0"},
	{Name: "COSH", Resolve: doubles("COSH", 1), Sig: "COSH(x)", Doc: "Hyperbolic cosine.", Example: "COSH(0) -> 1.0"},
	{Name: "TANH", Resolve: doubles("TANH", 1), Sig: "TANH(x)", Doc: "Hyperbolic tangent.", Example: "TANH(0) -> 0.0"},
	{Name: "DEGREES", Resolve: doubles("DEGREES", 1), Sig: "DEGREES(x)", Doc: "Radians in degrees.", Example: "DEGREES(PI()) -> 180.0"},
	{Name: "RADIANS", Resolve: doubles("RADIANS", 1), Sig: "RADIANS(x)", Doc: "Degrees in radians.", Example: "RADIANS(180) -> 3.141592653589793"},
	{Name: "PI", Resolve: doubles("PI", 0), Sig: "PI()", Doc: "The number pi.", Example: "PI() -> 3.141592653589793"},
	{Name: "E", Resolve: doubles("E", 0), Sig: "E()", Doc: "The base of the natural logarithm.", Example: "E() -> 2.718281828459045"},
}

// moreTexts are the functions of texts and bytes beyond the basic ones.
var moreTexts = []*Function{
	{Name: "SIMILAR TO", Operator: true, Resolve: optional("SIMILAR TO", TBoolean, 2, TVarchar, TVarchar, TVarchar), CanFail: true, Sig: "s SIMILAR TO pattern [ESCAPE c]", Doc: "True where the whole of s matches a pattern of SQL: % and _ as in LIKE, and |, *, +, ?, {n,m}, ( ) and [ ] as in regular expressions.", Example: "'abc' SIMILAR TO '(a|x)b_' -> true"},
	{Name: "INITCAP", Resolve: fixed("INITCAP", TVarchar, TVarchar), Sig: "INITCAP(s)", Doc: "Each word with a capital letter, the rest in lower case; a word is made of letters and digits.", Example: "INITCAP('hello wORLD') -> Hello World"},
	{Name: "LPAD", CanFail: true, Resolve: optional("LPAD", TVarchar, 2, TVarchar, TInteger, TVarchar), Sig: "LPAD(s, n [, pad])", Doc: "s filled at the start to n characters, or cut to them; NULL where n is negative or pad is empty.", Example: "LPAD('7', 3, '0') -> 007"},
	{Name: "RPAD", CanFail: true, Resolve: optional("RPAD", TVarchar, 2, TVarchar, TInteger, TVarchar), Sig: "RPAD(s, n [, pad])", Doc: "s filled at the end to n characters, or cut to them; NULL where n is negative or pad is empty.", Example: "RPAD('a', 3, '.') -> a.."},
	{Name: "REPEAT", CanFail: true, Resolve: fixed("REPEAT", TVarchar, TVarchar, TInteger), Sig: "REPEAT(s, n)", Doc: "s n times; empty where n is not positive.", Example: "REPEAT('ab', 2) -> abab"},
	{Name: "CONCAT_WS", NullSafe: true, Resolve: concat("CONCAT_WS"), Sig: "CONCAT_WS(sep, a, b, ...)", Doc: "The texts that are not NULL, joined with sep; NULL where sep is.", Example: "CONCAT_WS('-', 'a', NULL, 'b') -> a-b"},
	{Name: "SPLIT_PART", CanFail: true, Resolve: fixed("SPLIT_PART", TVarchar, TVarchar, TVarchar, TInteger), Sig: "SPLIT_PART(s, sep, n)", Doc: "The part number n, from 1 or, negative, from the end, of s split at sep; empty where there is none.", Example: "SPLIT_PART('a/b/c', '/', -1) -> c"},
	{Name: "REGEXP_LIKE", Aliases: []string{"REGEXP", "RLIKE"}, CanFail: true, Resolve: fixed("REGEXP_LIKE", TBoolean, TVarchar, TVarchar), Sig: "REGEXP_LIKE(s, regex)", Doc: "True where a part of s matches.", Example: "REGEXP_LIKE('abc123', '[0-9]+$') -> true"},
	{Name: "REGEXP_EXTRACT", CanFail: true, Resolve: optional("REGEXP_EXTRACT", TVarchar, 2, TVarchar, TVarchar, TInteger), Sig: "REGEXP_EXTRACT(s, regex [, group])", Doc: "What the group (0, the default: all) of the first match holds; NULL without a match or such a group.", Example: "REGEXP_EXTRACT('k=v', '(\\w)=(\\w)', 2) -> v"},
	{Name: "REGEXP_REPLACE", CanFail: true, Resolve: fixed("REGEXP_REPLACE", TVarchar, TVarchar, TVarchar, TVarchar), Sig: "REGEXP_REPLACE(s, regex, to)", Doc: "Every match replaced; $1 in to is the first group, \\$ a dollar sign.", Example: "REGEXP_REPLACE('2024-01', '(\\d+)-(\\d+)', '$2/$1') -> 01/2024"},
	{Name: "ASCII", Resolve: fixed("ASCII", TInteger, TVarchar), Sig: "ASCII(s)", Doc: "The code point of the first character; 0 of the empty text.", Example: "ASCII('a') -> 97"},
	{Name: "CHR", Resolve: fixed("CHR", TVarchar, TBigInt), Sig: "CHR(n)", Doc: "The character of a code point from 0 to 255 (of others the last 8 bits count); empty where n is negative.", Example: "CHR(97) -> a"},
	{Name: "TRANSLATE", Resolve: fixed("TRANSLATE", TVarchar, TVarchar, TVarchar, TVarchar), Sig: "TRANSLATE(s, from, to)", Doc: "Each character of from replaced by the one at its place in to, or removed where to has none.", Example: "TRANSLATE('12:30', ':0', '.') -> 12.3"},
	{Name: "OVERLAY", Resolve: optional("OVERLAY", TVarchar, 3, TVarchar, TVarchar, TInteger, TInteger), Sig: "OVERLAY(s PLACING t FROM start [FOR length])", Doc: "t in the place of as many characters of s from start on as it has, or as length says; s itself where start is outside of it.", Example: "OVERLAY('hello' PLACING 'XY' FROM 2) -> hXYlo"},
	{Name: "LOCATE", Resolve: optional("LOCATE", TInteger, 2, TVarchar, TVarchar, TInteger), Sig: "LOCATE(part, s [, start])", Doc: "Where part first stands in s at or behind start, from 1; 0 where it does not.", Example: "LOCATE('l', 'hello', 4) -> 4"},
	{Name: "INSTR", Aliases: []string{"STRPOS"}, Resolve: fixed("INSTR", TInteger, TVarchar, TVarchar), Sig: "INSTR(s, part)", Doc: "Where part first stands in s, from 1; 0 where it does not.", Example: "INSTR('hello', 'l') -> 3"},
	{Name: "ENDS_WITH", Aliases: []string{"ENDSWITH"}, Resolve: fixed("ENDS_WITH", TBoolean, TVarchar, TVarchar), Sig: "ENDS_WITH(s, suffix)", Doc: "True where s ends with suffix.", Example: "ENDS_WITH('hello', 'lo') -> true"},
	{Name: "MD5", Resolve: digest("MD5"), Sig: "MD5(s)", Doc: "The MD5 digest of a text or bytes, in hexadecimal digits.", Example: "MD5('') -> d41d8cd98f00b204e9800998ecf8427e"},
	{Name: "SHA1", Resolve: digest("SHA1"), Sig: "SHA1(s)", Doc: "The SHA-1 digest of a text or bytes, in hexadecimal digits.", Example: "SHA1('') -> da39a3ee5e6b4b0d3255bfef95601890afd80709"},
	{Name: "SHA224", Resolve: digest("SHA224"), Sig: "SHA224(s)", Doc: "The SHA-224 digest of a text or bytes, in hexadecimal digits.", Example: "SHA224('') -> d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f"},
	{Name: "SHA256", Resolve: digest("SHA256"), Sig: "SHA256(s)", Doc: "The SHA-256 digest of a text or bytes, in hexadecimal digits.", Example: "SHA256('') -> e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{Name: "SHA384", Resolve: digest("SHA384"), Sig: "SHA384(s)", Doc: "The SHA-384 digest of a text or bytes, in hexadecimal digits.", Example: "LEFT(SHA384(''), 8) -> 38b060a7"},
	{Name: "SHA512", Resolve: digest("SHA512"), Sig: "SHA512(s)", Doc: "The SHA-512 digest of a text or bytes, in hexadecimal digits.", Example: "LEFT(SHA512(''), 8) -> cf83e135"},
	{Name: "TO_BASE64", Resolve: digest("TO_BASE64"), Sig: "TO_BASE64(s)", Doc: "A text or bytes in base64.", Example: "TO_BASE64('hi') -> aGk="},
	{Name: "FROM_BASE64", CanFail: true, Resolve: fixed("FROM_BASE64", TVarchar, TVarchar), Sig: "FROM_BASE64(s)", Doc: "The text that s holds in base64; CAST it to VARBINARY for bytes.", Example: "FROM_BASE64('aGk=') -> hi"},
	{Name: "HEX", Resolve: hexArg, Sig: "HEX(x)", Doc: "A whole number, a text or bytes in hexadecimal digits.", Example: "HEX(255) -> FF"},
	{Name: "UNHEX", CanFail: true, Resolve: fixed("UNHEX", TVarbinary, TVarchar), Sig: "UNHEX(s)", Doc: "The bytes that s holds in hexadecimal digits.", Example: "DECODE(UNHEX('6869'), 'UTF-8') -> hi"},
	{Name: "ENCODE", CanFail: true, Resolve: fixed("ENCODE", TVarbinary, TVarchar, TVarchar), Sig: "ENCODE(s, charset)", Doc: "A text as bytes in UTF-8, US-ASCII, ISO-8859-1, UTF-16, UTF-16BE or UTF-16LE; ? is for what the charset has not.", Example: "HEX(ENCODE('é', 'ISO-8859-1')) -> E9"},
	{Name: "DECODE", CanFail: true, Resolve: fixed("DECODE", TVarchar, TVarbinary, TVarchar), Sig: "DECODE(bytes, charset)", Doc: "The text that bytes hold in a charset of ENCODE.", Example: "DECODE(x'E9', 'ISO-8859-1') -> é"},
	{Name: "UUID", Volatile: true, Resolve: fixed("UUID", TVarchar), Sig: "UUID()", Doc: "A new random UUID (version 4) for each row.", Example: "CHAR_LENGTH(UUID()) -> 36"},
	{Name: "HASH", NullSafe: true, Resolve: hashArgs, Sig: "HASH(a, b, ...)", Doc: "A number that equal arguments have in common: FNV-1a in 64 bits over the texts of the arguments, each with a byte 0 behind it, a NULL being a byte 1; -0.0 counts as 0.0.", Example: "HASH('a') -> 620337896427418084"},
}

// optionalDoubles takes lo to hi numbers.
func optionalDoubles(name string, lo, hi int) resolver {
	return optional(name, TDouble, lo, same(make([]*Type, hi), TDouble)...)
}

// digest takes a text or bytes.
func digest(name string) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, 1, 1); err != nil {
			return nil, nil, err
		}
		switch {
		case args[0].Kind == Varbinary:
			return args, TVarchar, nil
		case CanImplicit(args[0], TVarchar):
			return []*Type{TVarchar}, TVarchar, nil
		}
		return nil, nil, badArg(name, 0, args[0], "VARCHAR or VARBINARY")
	}
}

func hexArg(args []*Type) ([]*Type, *Type, error) {
	if len(args) == 1 && args[0].Kind.IsInteger() {
		return []*Type{TBigInt}, TVarchar, nil
	}
	return digest("HEX")(args)
}

// hashArgs takes values of any type, as texts; bytes as they are, and floats, since -0.0 equals 0.0.
func hashArgs(args []*Type) ([]*Type, *Type, error) {
	if err := argCount("HASH", args, 1, -1); err != nil {
		return nil, nil, err
	}
	cast := same(args, TVarchar)
	for i, a := range args {
		if a.Kind.IsFloat() || a.Kind == Varbinary {
			cast[i] = a
		}
	}
	return cast, TBigInt, nil
}
