package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/ndjson"
)

// answer decodes answers, one after the other.
type answer struct {
	decoder *ndjson.Decoder // nil: there are no columns but those of the key
	lines   bytes.Buffer
	rows    int
	batch   vexec.Batch // of the last one, up to the next
	bad     vexec.BadRows
}

// answer is a decoder that is not in use.
func (l *lookup) answer() (*answer, error) {
	if a, ok := l.pool.Get().(*answer); ok {
		return a, nil
	}
	a := &answer{}
	if len(l.rest) == 0 {
		return a, nil
	}
	scan := &vexec.Scan{Table: l.ctx.Table, Schema: l.schema, TimeCol: -1}
	for _, c := range l.rest {
		scan.Cols = append(scan.Cols, l.ctx.Cols[c])
	}
	var err error
	a.decoder, err = ndjson.NewDecoder(scan)
	return a, err
}

// read decodes an answer. Its error follows "the answer" in a sentence.
func (a *answer) read(body []byte, path []string) error {
	a.rows = 0
	objects, err := find(bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\xEF\xBB\xBF")), path)
	if err != nil || len(objects) == 0 {
		a.batch.Rows = 0
		return a.none(err)
	}
	a.lines.Reset()
	for _, o := range objects {
		if len(o) == 0 || o[0] != '{' {
			return fmt.Errorf("is %s where a row should be, which is an object", kind(o))
		}
		if err := json.Compact(&a.lines, o); err != nil {
			return fmt.Errorf("is no JSON: %w", err)
		}
		a.lines.WriteByte('\n')
	}
	a.rows = len(objects)
	if a.decoder == nil {
		return nil
	}
	return a.decode(len(objects))
}

// none makes the batch one without rows.
func (a *answer) none(err error) error {
	if err != nil || a.decoder == nil {
		return err
	}
	a.lines.Reset()
	return a.decode(0)
}

func (a *answer) decode(rows int) error {
	n := a.lines.Len()
	a.lines.Write(make([]byte, ndjson.Padding))
	a.decoder.Decode(a.lines.Bytes(), n, 1) // 1: no mark of the encoding is looked for
	a.bad.Rows = a.bad.Rows[:0]
	if err := a.decoder.Next(&a.batch, &a.bad); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if len(a.bad.Rows) > 0 {
		b := &a.bad.Rows[0]
		if b.Column != "" {
			return fmt.Errorf("does not fit: column %s: %s", b.Column, b.Reason)
		}
		return fmt.Errorf("does not fit: %s", b.Reason)
	}
	if a.batch.Rows != rows {
		return fmt.Errorf("has %d rows, of which %d could be read", rows, a.batch.Rows)
	}
	return nil
}

// find is the objects at a path of an answer.
func find(body []byte, path []string) ([]json.RawMessage, error) {
	if len(body) == 0 {
		return nil, nil
	}
	if !json.Valid(body) {
		var any json.RawMessage
		return nil, fmt.Errorf("is no JSON: %w", json.Unmarshal(body, &any))
	}
	for i, name := range path {
		var fields map[string]json.RawMessage
		if body[0] != '{' || json.Unmarshal(body, &fields) != nil {
			return nil, fmt.Errorf("is %s at '%s', where '%s' should be ('answer.path')", kind(body), strings.Join(path[:i], "."), name)
		}
		if body = fields[name]; len(body) == 0 {
			return nil, fmt.Errorf("has no '%s' ('answer.path')", strings.Join(path[:i+1], "."))
		}
	}
	switch body[0] {
	case 'n': // null
		return nil, nil
	case '[':
		var list []json.RawMessage
		err := json.Unmarshal(body, &list)
		return list, err
	}
	return []json.RawMessage{body}, nil
}

// kind says what a JSON value is.
func kind(v []byte) string {
	if len(v) == 0 {
		return "nothing"
	}
	switch v[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a text"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}
