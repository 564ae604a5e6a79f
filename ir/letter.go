package ir

// LetterSchema is the columns of a dead letter. For a record that could not be decoded:
// where it stands and its text (raw, or raw_base64 where it is not UTF-8). For a row that
// an operator refused: the operator and the row as JSON.
var LetterSchema = NewSchema(
	Column{Name: "source", Type: TVarchar},
	Column{Name: "split", Type: TVarchar},
	Column{Name: "line", Type: TBigInt},
	Column{Name: "offset", Type: TBigInt},
	Column{Name: "column", Type: TVarchar},
	Column{Name: "operator", Type: TVarchar},
	Column{Name: "reason", Type: TVarchar, NotNull: true},
	Column{Name: "raw", Type: TVarchar},
	Column{Name: "raw_base64", Type: TVarchar},
	Column{Name: "row", Type: TJSON},
)

// The option that says what becomes of records and rows that cannot be processed, and
// its values. What stands behind LettersTo is the name of a mapping.
const (
	OptionOnError = "on.error"
	ErrorLetters  = "dlq"
	LettersTo     = "dlq:"
	ErrorFail     = "fail"
	ErrorNull     = "null"
	ErrorDrop     = "drop"
)

// The option that says what becomes of late rows, and its values. What stands behind
// LateTo is the name of a mapping.
const (
	OptionLate  = "late.data"
	LateDiscard = "discard"
	LateCorrect = "correct"
	LateTo      = "to:"
)

// The option that bounds how many sessions are open at once.
const OptionSessionMax = "session.max"

// The option that says after how long the memory of closed sessions is freed.
const OptionSessionCleanup = "session.cleanup.interval"

// The option that says how often a table that joins look rows up in is read anew.
const OptionReload = "reload.interval"

// ReadsLetters reports whether dead letters are read below n.
func ReadsLetters(n Node) bool {
	if _, ok := n.(*DeadLetters); ok {
		return true
	}
	for _, in := range n.Inputs() {
		if ReadsLetters(in) {
			return true
		}
	}
	return false
}

// MappingHole stands at the end of a value of an OptionEnum for the name of a mapping.
const MappingHole = "<mapping>"
