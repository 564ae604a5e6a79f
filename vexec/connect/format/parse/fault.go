package parse

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
)

// Fault says why a text is no value of a type; OK is no fault. Faults become
// sentences (Reason) only where a row is reported.
type Fault uint8

// The faults.
const (
	OK         Fault = iota
	Unparsed         // not the form of a value of the type
	OutOfRange       // a value, but outside of what the type holds
	Fraction         // a number with a fraction or an exponent for a whole-number type
	NoValue          // NULL, or no field at all, for a NOT NULL column
	BadBase64        // bytes that are not base64
	BadUTF8          // text that is not UTF-8
	NotObject        // something else than the object that a field is taken from
)

// Reason is the fault in the user's words; s is the text as it stands in the file.
func (f Fault) Reason(t *ir.Type, s []byte) string {
	switch f {
	case OutOfRange:
		return quoted(s) + " is out of the range of " + t.String()
	case Fraction:
		return quoted(s) + " is not a whole number, as " + t.String() + " asks"
	case NoValue:
		return "the value is missing or NULL, but the column is NOT NULL"
	case BadBase64:
		return quoted(s) + " is not base64, as " + t.String() + " asks"
	case NotObject:
		return quoted(s) + " is not an object, but a field of it is asked for"
	case BadUTF8:
		return quoted(s) + " is not valid UTF-8"
	}
	return quoted(s) + " does not parse as " + t.String()
}

// maxQuoted is the most bytes of a text that a reason shows.
const maxQuoted = 60

func quoted(s []byte) string {
	cut := ""
	if len(s) > maxQuoted {
		n := maxQuoted
		for n > maxQuoted-utf8.UTFMax && !utf8.RuneStart(s[n]) {
			n--
		}
		s, cut = s[:n], "..."
	}
	q := strconv.Quote(string(s))
	return "'" + strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`) + cut + "'"
}
