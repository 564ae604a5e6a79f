package diag

import "slices"

// The codes of the parser. H0001 to H0099 are about the text of a file, H0100 to
// H0199 about its grammar; from H0200 on they belong to the later stages (see
// codes_bind.go and codes_warn.go). A code never changes its meaning and is never used again.
const (
	NotUTF8          = "H0001"
	FileTooLarge     = "H0002"
	UndefinedVar     = "H0003"
	BadPlaceholder   = "H0004"
	BadCharacter     = "H0005"
	UnclosedString   = "H0006"
	UnclosedName     = "H0007"
	UnclosedComment  = "H0008"
	BadNumber        = "H0009"
	EmptyName        = "H0010"
	NoStatement      = "H0011"
	Syntax           = "H0101"
	UnknownStatement = "H0102"
	MissingSemicolon = "H0103"
	UnclosedParen    = "H0104"
	MissingComma     = "H0105"
	ReservedWord     = "H0106"
	UnknownType      = "H0107"
	BadTypeParam     = "H0108"
	BadInterval      = "H0109"
	BadTime          = "H0110"
	NumberRange      = "H0111"
	NotSupported     = "H0112"
	GivenTwice       = "H0113"
	TooDeep          = "H0114"
	KeyEnforced      = "H0115"
	NotEnforced      = "H0116"
	ForeignOperator  = "H0117"
	MissingAlias     = "H0118"
)

// Code explains one diagnostic code.
type Code struct {
	Code    string
	Title   string // a few words
	Explain string // what it means and what to do, whole sentences
}

var parseCodes = []Code{
	{NotUTF8, "not UTF-8", "A query file is UTF-8 text. Save the file again in that encoding; the place given is the first byte that does not fit."},
	{FileTooLarge, "file too large", "A query file, with its ${...} replaced, may have 4 MiB. Put data in a file of its own and read it through a mapping."},
	{UndefinedVar, "undefined ${name}", "${name} is replaced by the value given with -D name=value, else by the environment variable of that name. Neither exists."},
	{BadPlaceholder, "malformed ${...}", "${ begins a placeholder, which is ${name}: letters, digits, '_', '.' and '-', with a letter or '_' first. In values of OPTIONS there are also ${env:NAME} and ${file:PATH}, whose values are never shown. To have the text itself in a string, write '$' || '{'."},
	{BadCharacter, "unexpected character", "The character is not part of the language outside of strings, quoted names and comments."},
	{UnclosedString, "string not closed", "A string begins with ' and ends with the next ' that is not doubled. The place given is where the string begins. A quote inside a string is written ''."},
	{UnclosedName, "quoted name not closed", "A quoted name begins and ends with \" or with `. A quote of the same kind inside of it is doubled. Strings stand in single quotes."},
	{UnclosedComment, "comment not closed", "A comment that begins with /* ends with */. Comments do not nest."},
	{BadNumber, "malformed number", "A number is 12, 1.5, .5 or 1e-3, and is not directly followed by a letter. A span of time is INTERVAL '5' SECOND."},
	{EmptyName, "empty name", "A quoted name has at least one character."},
	{NoStatement, "no statement", "The file holds nothing but blanks and comments, so there is nothing to run."},
	{Syntax, "syntax error", "Something else must stand at the place given; the message says what."},
	{UnknownStatement, "unknown statement", "A statement begins with CREATE, DROP, SELECT, WITH, VALUES, INSERT, EXECUTE, STATEMENT, EXPLAIN, SET, ALTER, SHOW or DESCRIBE."},
	{MissingSemicolon, "missing ';'", "Statements are separated by semicolons. The place given is the end of the statement that lacks one."},
	{UnclosedParen, "parenthesis not closed", "The message names the parenthesis, bracket or clause that is still open and where it was opened."},
	{MissingComma, "missing ','", "The parts of a list are separated by commas."},
	{ReservedWord, "reserved word as a name", "The word has a meaning of its own where it stands. In quotes it is a name: \"order\" or `order`."},
	{UnknownType, "unknown type", "The types are BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT, REAL, DOUBLE, DECIMAL(p, s), VARCHAR, VARBINARY, DATE, TIME, TIMESTAMP(p), TIMESTAMP_LTZ(p), INTERVAL, ARRAY<T>, MAP<K, V>, ROW<name T, ...> and JSON; STRING, BYTES, INT, FLOAT, NUMERIC and others of Flink's names work too."},
	{BadTypeParam, "wrong parameter of a type", "DECIMAL(p, s) takes 1 to 38 digits, of which s (0 to p) stand behind the point. TIMESTAMP(p) and TIMESTAMP_LTZ(p) take 0 to 9 digits of the fraction of a second, TIME(p) 0 to 6."},
	{BadInterval, "malformed interval", "An interval is INTERVAL '5' SECOND, INTERVAL '1:30' MINUTE TO SECOND, INTERVAL '2 12' DAY TO HOUR, INTERVAL '1-6' YEAR TO MONTH, ... Units: YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, singular or plural. The finest step is a microsecond."},
	{BadTime, "malformed date or time", "DATE '2024-01-31', TIME '23:59:59.5', TIMESTAMP '2024-01-31 23:59:59.123': four digits of the year, two of the others, up to nine of the fraction (six for TIME)."},
	{NumberRange, "number out of range", "Whole and decimal numbers have at most 38 digits. A greater number, as a DOUBLE, is written with an exponent: 1e40."},
	{NotSupported, "not supported", "The form is understood but not supported by this version. The hint names a way around it where there is one."},
	{GivenTwice, "given twice", "The clause or name may stand there once."},
	{TooDeep, "nested too deeply", "Expressions, queries and types may be nested 256 levels deep; a chain of operators may have 10000 of them, and a FROM or a UNION 1000 parts."},
	{KeyEnforced, "PRIMARY KEY without NOT ENFORCED", "A key is not checked against the data, which lives outside of the engine. As in Flink it is therefore written PRIMARY KEY (k) NOT ENFORCED."},
	{NotEnforced, "not enforced", "The declaration is accepted so that files of other systems run unchanged, but is not checked: the length of VARCHAR(n), CHAR(n), VARBINARY(n) and BINARY(n), and NOT NULL inside of a type."},
	{ForeignOperator, "operator of another language", "The message names the SQL form: = for ==, AND for &&, OR for ||, CAST(x AS type) for x::type."},
	{MissingAlias, "misplaced alias", "The form cannot take an alias there, or needs one."},
}

// Codes lists every code in order.
func Codes() []Code {
	return slices.Concat(parseCodes, bindCodes, warnCodes)
}

// ExampleOf returns the example of a code and whether it has one.
func ExampleOf(code string) (Example, bool) {
	e, ok := examples[code]
	return e, ok
}

// ExplainCode returns the explanation of a code such as "H0101" and whether there is one.
func ExplainCode(code string) (Code, bool) {
	for _, c := range Codes() {
		if c.Code == code {
			return c, true
		}
	}
	return Code{}, false
}
