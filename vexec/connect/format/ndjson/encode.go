package ndjson

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/text"
)

// Encoder prints batches as NDJSON: one object a row, all columns in the order of
// the schema, NULL as null. It is used by one goroutine.
type Encoder struct {
	keys [][]byte // what stands before each value: {"a": or ,"b":
}

// NewEncoder returns an encoder of rows of the schema.
func NewEncoder(s *ir.Schema) *Encoder {
	e := &Encoder{keys: make([][]byte, len(s.Cols))}
	for i, c := range s.Cols {
		lead := byte(',')
		if i == 0 {
			lead = '{'
		}
		e.keys[i] = append(text.AppendJSONString([]byte{lead}, []byte(c.Name)), ':')
	}
	return e
}

// Append prints the live rows of b behind dst.
func (e *Encoder) Append(dst []byte, b *vexec.Batch) []byte {
	for i, n := 0, b.Live(); i < n; i++ {
		r := b.Row(i)
		for c := range b.Cols {
			dst = append(dst, e.keys[c]...)
			dst = text.AppendJSON(dst, &b.Cols[c], r)
		}
		if len(b.Cols) == 0 {
			dst = append(dst, '{')
		}
		dst = append(dst, '}', '\n')
	}
	return dst
}
