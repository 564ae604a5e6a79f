package refinterp

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// fromJSON reads JSON as a value of a type, as a field of NDJSON is read.
func fromJSON(text json.RawMessage, to *ir.Type) (ir.Value, error) {
	text = bytes.TrimSpace(text)
	if !json.Valid(text) {
		return nil, fail(BadCast, "%q is not JSON", text)
	}
	switch {
	case string(text) == "null":
		return nil, nil
	case to.Kind == ir.JSON:
		return string(text), nil
	case to.Kind == ir.Array && text[0] == '[':
		return arrayFromJSON(text, to)
	case to.Kind.IsNested() && to.Kind != ir.Array && text[0] == '{':
		return objectFromJSON(text, to)
	case to.Kind.IsNested() || !isScalar(text) && to.Kind != ir.Varchar:
		return nil, fail(BadCast, "%s is no %s", text, to)
	}
	return scalarFromJSON(text, to)
}

func arrayFromJSON(text json.RawMessage, to *ir.Type) (ir.Value, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, err
	}
	out := []ir.Value{}
	for _, e := range list {
		v, err := fromJSON(e, to.Elem)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// objectFromJSON is a MAP or a ROW; of a key that comes twice the last counts.
func objectFromJSON(text json.RawMessage, to *ir.Type) (ir.Value, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	_, _ = dec.Token()
	row, entries := make([]ir.Value, len(to.Fields)), []ir.MapEntry{}
	for dec.More() {
		key, _ := dec.Token()
		var part json.RawMessage
		if err := dec.Decode(&part); err != nil {
			return nil, err
		}
		if to.Kind == ir.Row {
			for i, f := range to.Fields {
				if f.Name != key.(string) {
					continue
				}
				v, err := fromJSON(part, f.Type)
				if err != nil {
					return nil, err
				}
				row[i] = v
			}
			continue
		}
		quoted, _ := json.Marshal(key)
		k, err := fromJSON(quoted, to.Key)
		if err != nil {
			return nil, err
		}
		v, err := fromJSON(part, to.Elem)
		if err != nil {
			return nil, err
		}
		entries = putEntry(entries, ir.MapEntry{Key: k, Val: v}, to.Key)
	}
	if to.Kind == ir.Row {
		return row, nil
	}
	return entries, nil
}

// putEntry adds an entry, in the place of one with the same key.
func putEntry(entries []ir.MapEntry, e ir.MapEntry, key *ir.Type) []ir.MapEntry {
	for i := range entries {
		if ir.FormatValue(entries[i].Key, key) == ir.FormatValue(e.Key, key) {
			entries[i].Val = e.Val
			return entries
		}
	}
	return append(entries, e)
}

func scalarFromJSON(raw json.RawMessage, to *ir.Type) (ir.Value, error) {
	s, isString := string(raw), raw[0] == '"'
	if isString {
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, err
		}
	}
	isBool := s == "true" || s == "false"
	bad := fail(BadCast, "%s is no %s", raw, to)
	switch {
	case to.Kind == ir.Varchar:
		return s, nil
	case to.Kind == ir.Varbinary && isString:
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return nil, bad
		}
		return b, nil
	case to.Kind.IsTimestamp() && !isString && !isBool:
		ms, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return nil, bad
		}
		return ms * 1000 * unitsPerMicro(to), nil
	case to.Kind == ir.Varbinary, !isString && isBool != (to.Kind == ir.Boolean), !isString && (to.Kind == ir.Date || to.Kind == ir.Time):
		return nil, bad
	case to.Kind.IsInteger() && strings.ContainsAny(s, ".eE"):
		return nil, bad
	}
	return castText(s, to)
}
