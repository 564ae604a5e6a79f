package parse

// tokenKind is the family of a token.
type tokenKind uint8

const (
	tokEOF     tokenKind = iota
	tokWord              // an unquoted word: a keyword or a name
	tokQuoted            // "name" or `name`
	tokString            // 'text'
	tokBinary            // x'00FF'
	tokUnicode           // U&'\00e9'
	tokNumber            // 12, 1.5, 1e3
	tokOp                // an operator or punctuation mark, in word
	tokBad               // already reported by the lexer
	tokPoison            // a literal that the lexer has reported: its value is not known
)

// token is one word of the language. Offsets are into the text in which ${...}
// is already replaced.
type token struct {
	kind       tokenKind
	lineStart  bool // nothing but blanks before it on its line
	start, end int
	word       string // tokWord: upper case; tokOp: the operator; else ""
	role       tokenRole
	glue       bool // it stands right behind the token before it: the formatter puts no blank there
}

// tokenRole is what the parser took a token for; the formatter reads it.
type tokenRole uint8

const (
	roleKeyword tokenRole = iota // of words: a keyword. Of marks: nothing special
	roleName                     // a name
	roleFunc                     // the name of a function, a table function or a hint
	roleAngle                    // '<' or '>' of a type
	roleColumns                  // '(' of the columns of CREATE MAPPING
	roleOptions                  // '(' of options
)

// is reports whether t is the keyword or operator w (in upper case).
func (t *token) is(w string) bool {
	return t.word == w && (t.kind == tokWord || t.kind == tokOp)
}

// maybeName reports whether t can be read as a name, reserved words included.
func (t *token) maybeName() bool { return t.kind == tokWord || t.kind == tokQuoted }
