package ndjson

import (
	"strconv"

	"github.com/helios-stream/helios/vexec/connect/format/parse"
)

// Text reads JSON texts that stand by themselves, such as a field of CSV, into a
// column. It is used by one goroutine.
type Text struct {
	reader
	field *field
}

// NewText returns a reader into c. With nullBad a value that does not parse is NULL,
// the innermost. What the column's strings hold goes to side.
func NewText(c *parse.Column, nullBad bool, side *parse.Side) *Text {
	t := &Text{field: fieldOf(c.Name, c, 0, true)}
	t.nullBad, t.apart, t.side = nullBad, true, side
	return t
}

// Nulled returns how many values of the text were made NULL since the last call, and the
// path and reason of the first.
func (t *Text) Nulled() (n int64, path, reason string) {
	if n, t.nulled = t.nulled, 0; n == 0 {
		return 0, "", ""
	}
	return n, t.firstNull.path, t.firstNull.reason()
}

// Put writes the value that the text s stands for into row r. Where it is none, path
// and reason say what: of which value below the column, and why. It may hold line
// ends between its parts.
func (t *Text) Put(r int, s []byte) (path, reason string) {
	t.buf = append(t.buf[:0], s...)
	for i, c := range t.buf {
		if c == '\n' { // white space to the scanner, which takes '\n' for the end; still refused in strings
			t.buf[i] = '\r'
		}
	}
	t.buf = append(append(t.buf, '\n'), make([]byte, Padding)...)
	to, bad := t.put(t.field, t.space(0), r, 0)
	if to >= 0 {
		if to = t.space(to); t.buf[to] != '\n' {
			to = t.fail(to, "there is more text behind the value")
		}
	}
	switch {
	case to < 0:
		t.field.col.Clear(r)
		if t.why == lineEnds {
			t.why = "the text ends inside of a value"
		}
		return t.field.name, "not JSON: " + t.why + " (at byte " + strconv.Itoa(t.at+1) + " of the field)"
	case bad != nil:
		return bad.below(t.field.name).path, bad.reason()
	}
	return "", ""
}
