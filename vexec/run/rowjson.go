package run

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// rowJSON is the physical row r of b as a JSON object, for dead letters: the columns of the
// query.
func rowJSON(b *vexec.Batch, r int) string {
	out := []byte{'{'}
	for c := range b.Cols {
		if b.Schema.Cols[c].Extra {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = appendText(out, b.Schema.Cols[c].Name)
		out = append(out, ':')
		out = appendValue(out, b.Cols[c].Value(r), b.Schema.Cols[c].Type)
	}
	return string(append(out, '}'))
}

func appendText(out []byte, s string) []byte {
	text, err := json.Marshal(s)
	if err != nil { // a string always marshals
		return strconv.AppendQuote(out, s)
	}
	return append(out, text...)
}

// appendValue appends v of type t: numbers as numbers, DECIMAL and times as text
// in SQL's form, bytes as base64.
func appendValue(out []byte, v ir.Value, t *ir.Type) []byte {
	switch x := v.(type) {
	case nil:
		return append(out, "null"...)
	case bool:
		return strconv.AppendBool(out, x)
	case int64:
		if t.Kind.IsInteger() {
			return strconv.AppendInt(out, x, 10)
		}
	case float64:
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			return strconv.AppendFloat(out, x, 'g', -1, 64)
		}
	case string:
		if t.Kind == ir.JSON && json.Valid([]byte(x)) {
			return append(out, x...)
		}
		return appendText(out, x)
	case []byte:
		return appendText(out, base64.StdEncoding.EncodeToString(x))
	case []ir.Value:
		return appendList(out, x, t)
	case []ir.MapEntry:
		return appendEntries(out, x, t)
	}
	return appendText(out, ir.FormatValue(v, t))
}

func appendList(out []byte, list []ir.Value, t *ir.Type) []byte {
	open, shut := byte('['), byte(']')
	if t.Kind == ir.Row {
		open, shut = '{', '}'
	}
	out = append(out, open)
	for i, v := range list {
		if i > 0 {
			out = append(out, ',')
		}
		elem := t.Elem
		if t.Kind == ir.Row {
			elem = t.Fields[i].Type
			out = append(appendText(out, t.Fields[i].Name), ':')
		}
		out = appendValue(out, v, elem)
	}
	return append(out, shut)
}

func appendEntries(out []byte, entries []ir.MapEntry, t *ir.Type) []byte {
	out = append(out, '{')
	for i, e := range entries {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendText(out, ir.FormatValue(e.Key, t.Key)), ':')
		out = appendValue(out, e.Val, t.Elem)
	}
	return append(out, '}')
}
