package ndjson

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
)

// reference reads a nested value with encoding/json: bad where it is none of the type.
// Scalars go through the strict decoder of flat columns, which is tested by itself.
func reference(t *testing.T, raw json.RawMessage, typ *ir.Type, nullBad bool) (v ir.Value, bad bool) {
	t.Helper()
	if string(raw) == "null" {
		return nil, false
	}
	keep := func(v ir.Value, isBad bool) ir.Value {
		if isBad && nullBad {
			return nil
		}
		bad = bad || isBad
		return v
	}
	switch typ.Kind {
	case ir.Row:
		var fields map[string]json.RawMessage
		if json.Unmarshal(raw, &fields) != nil {
			return nil, true
		}
		out := make([]ir.Value, len(typ.Fields))
		for i, f := range typ.Fields {
			if sub, ok := fields[f.Name]; ok {
				out[i] = keep(reference(t, sub, f.Type, nullBad))
			}
		}
		return out, bad
	case ir.Array:
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			return nil, true
		}
		out := make([]ir.Value, len(list))
		for i := range list {
			out[i] = keep(reference(t, list[i], typ.Elem, nullBad))
		}
		return out, bad
	case ir.Map:
		return referenceMap(t, raw, typ, nullBad, keep, &bad)
	}
	rows, wrong := decode(t, ir.NewSchema(ir.Column{Name: "v", Type: typ}), `{"v":`+string(raw)+`}`, options{strict: true})
	if len(wrong) > 0 {
		return nil, true
	}
	return scalarText(rows[0]), false
}

// scalarText is a value that prints as the text.
type scalarText string

func (s scalarText) String() string { return string(s) }

func referenceMap(t *testing.T, raw json.RawMessage, typ *ir.Type, nullBad bool, keep func(ir.Value, bool) ir.Value, bad *bool) (ir.Value, bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return nil, true
	}
	out := []ir.MapEntry{}
	for k, sub := range fields {
		quoted, _ := json.Marshal(k)
		key, wrong := reference(t, quoted, typ.Key, false)
		if wrong {
			return nil, true
		}
		if string(typ.Key.String()) != "VARCHAR" {
			for _, e := range out {
				if e.Key == key {
					t.Skip("which of two spellings of a key comes last is not known here")
				}
			}
		}
		out = append(out, ir.MapEntry{Key: key, Val: keep(reference(t, sub, typ.Elem, nullBad))})
	}
	return out, *bad
}

// referenceAt reads the value at a path.
func referenceAt(t *testing.T, fields map[string]json.RawMessage, path []string, typ *ir.Type, nullBad bool) (ir.Value, bool) {
	raw, ok := fields[path[0]]
	switch {
	case !ok || string(raw) == "null":
		return nil, false
	case len(path) == 1:
		return reference(t, raw, typ, nullBad)
	}
	var sub map[string]json.RawMessage
	if json.Unmarshal(raw, &sub) != nil {
		return nil, true
	}
	return referenceAt(t, sub, path[1:], typ, nullBad)
}

// sameAsReference compares all ways of decoding the text with the reference.
func sameAsReference(t *testing.T, a asked, text string, nullBad bool) {
	t.Helper()
	var want []string
	bad := 0
	for _, line := range strings.Split(strings.TrimPrefix(text, "\xEF\xBB\xBF"), "\n") {
		fields, blank, ok := oracle([]byte(line))
		if blank {
			continue
		}
		vals, wrong := make([]ir.Value, len(a.schema.Cols)), !ok
		for i, c := range a.schema.Cols {
			path := []string{c.Name}
			if a.paths != nil {
				path = a.paths[i]
			}
			if ok {
				v, isBad := referenceAt(t, fields, path, c.Type, nullBad)
				if isBad && nullBad {
					v, isBad = nil, false
				}
				vals[i], wrong = v, wrong || isBad
			}
		}
		if wrong {
			bad++
			continue
		}
		want = append(want, valueText(vals))
	}
	strictRows, strictBad := decodeDeep(t, a, text, options{strict: true, nullBad: nullBad})
	if strings.Join(strictRows, "\n") != strings.Join(want, "\n") || len(strictBad) != bad {
		t.Fatalf("%q: rows\n%s\nbad %q\nwant\n%s\nand %d bad", text, strings.Join(strictRows, "\n"), strictBad, strings.Join(want, "\n"), bad)
	}
	for _, o := range []options{{nullBad: nullBad}, {nullBad: nullBad, warm: true}} {
		rows, isBad := decodeDeep(t, a, text, o)
		if strings.Join(rows, "\n") != strings.Join(want, "\n") || strings.Join(isBad, "\n") != strings.Join(strictBad, "\n") {
			t.Fatalf("%q (%+v): rows\n%s\nbad %q\nstrict\n%s\nbad %q", text, o, strings.Join(rows, "\n"), isBad, strings.Join(want, "\n"), strictBad)
		}
	}
}
