package ir

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// maxTypeDepth bounds how deep types may be nested in a plan that is read.
const maxTypeDepth = 100

// typ writes a type: as SQL names it, or nested ones as an object.
func (e *encoder) typ(t *Type) {
	switch t.Kind {
	case Array:
		e.b.WriteString(`{"kind": "ARRAY", "elem": `)
		e.part(t.Elem)
	case Map:
		e.b.WriteString(`{"kind": "MAP", "key": `)
		e.part(t.Key)
		e.b.WriteString(`, "elem": `)
		e.part(t.Elem)
	case Row:
		e.b.WriteString(`{"kind": "ROW", "fields": [`)
		for i, f := range t.Fields {
			if i > 0 {
				e.b.WriteString(", ")
			}
			e.b.WriteString(`{"name": `)
			e.text(f.Name)
			e.b.WriteString(`, "type": `)
			e.part(f.Type)
			e.b.WriteByte('}')
		}
		e.b.WriteByte(']')
	default:
		if !ScalarType(t.String()).Equal(t) {
			e.fail("%s is no type", t)
			return
		}
		e.text(t.String())
		return
	}
	e.b.WriteByte('}')
}

func (e *encoder) part(t *Type) {
	if t == nil {
		e.fail("a nested type lacks a part")
		return
	}
	e.typ(t)
}

// ScalarType reads what Type.String writes for a type without parts; nil: no such type.
func ScalarType(text string) *Type {
	name, rest, bracket := strings.Cut(text, "(")
	t := &Type{}
	for k := Null; int(k) < len(kindNames); k++ {
		if kindNames[k] == name && k != Array && k != Map && k != Row {
			t.Kind = k
		}
	}
	switch {
	case t.Kind == Invalid:
		return nil
	case t.Kind == Decimal:
		if _, err := fmt.Sscanf(rest, "%d, %d)", &t.P, &t.S); err != nil || t.P < 1 || t.P > MaxPrecision || t.S < 0 || t.S > t.P {
			return nil
		}
	case t.Kind.IsTimestamp() || t.Kind == Time:
		t.P = 6
		if bracket {
			if _, err := fmt.Sscanf(rest, "%d)", &t.P); err != nil || t.P < 0 || t.P > 9 {
				return nil
			}
		}
	}
	if t.String() != text {
		return nil
	}
	return t
}

// typ reads a type; nil after an error.
func (d *decoder) typ(tree any, path string, depth int) *Type {
	if s, ok := tree.(string); ok {
		t := ScalarType(s)
		if t == nil {
			d.fail(path, "%s is no type", show(tree))
		}
		return t
	}
	o, ok := tree.(map[string]any)
	if !ok || depth > maxTypeDepth {
		d.fail(path, "%s is no type", show(tree))
		return nil
	}
	t := &Type{}
	switch o["kind"] {
	case "ARRAY":
		t.Kind, t.Elem = Array, d.typ(o["elem"], path+".elem", depth+1)
	case "MAP":
		t.Kind = Map
		t.Key, t.Elem = d.typ(o["key"], path+".key", depth+1), d.typ(o["elem"], path+".elem", depth+1)
	case "ROW":
		t.Kind, t.Fields = Row, d.typeFields(o["fields"], path+".fields", depth+1)
	default:
		d.fail(path, "%s is no kind of type", show(o["kind"]))
	}
	if d.err != nil {
		return nil
	}
	return t
}

func (d *decoder) typeFields(tree any, path string, depth int) []Field {
	items, ok := tree.([]any)
	if !ok || len(items) == 0 {
		d.fail(path, "%s is not a list of fields", show(tree))
		return nil
	}
	var out []Field
	for _, x := range items {
		o, ok := x.(map[string]any)
		if !ok {
			d.fail(path, "%s is not a field", show(x))
			return nil
		}
		out = append(out, Field{Name: d.text(o["name"], path+".name"), Type: d.typ(o["type"], path+".type", depth)})
	}
	return out
}

// literal writes a value of type t: whole numbers and times as numbers, DECIMAL as
// its digits, VARBINARY as base64, what JSON numbers cannot be (NaN) by name.
func (e *encoder) literal(v Value, t *Type) {
	switch x := v.(type) {
	case nil:
		e.b.WriteString("null")
	case bool:
		e.b.WriteString(strconv.FormatBool(x))
	case int64:
		e.b.WriteString(strconv.FormatInt(x, 10))
	case float64:
		if text := strconv.FormatFloat(x, 'g', -1, 64); strings.ContainsAny(text, "NI") {
			e.text(text)
		} else {
			e.b.WriteString(text)
		}
	case Dec:
		e.text(x.Format(t.S))
	case string:
		e.text(x)
	case []byte:
		e.text(base64.StdEncoding.EncodeToString(x))
	case []Value:
		e.group('[', ']', true, len(x), func(i int) { e.literal(x[i], elementType(t, i)) })
	case []MapEntry:
		e.group('[', ']', true, len(x), func(i int) {
			e.b.WriteByte('[')
			e.literal(x[i].Key, t.Key)
			e.b.WriteString(", ")
			e.literal(x[i].Val, t.Elem)
			e.b.WriteByte(']')
		})
	default:
		e.fail("no JSON for a value %T", v)
	}
}

// elementType is the type of part i of an ARRAY or ROW value.
func elementType(t *Type, i int) *Type {
	if t.Kind == Row && i < len(t.Fields) {
		return t.Fields[i].Type
	}
	if t.Elem != nil {
		return t.Elem
	}
	return TNull
}

// literal reads a value of type t.
func (d *decoder) literal(tree any, t *Type, path string) Value {
	if tree == nil || d.err != nil {
		return nil
	}
	if items, ok := tree.([]any); ok {
		return d.nested(items, t, path)
	}
	var v Value
	switch x := tree.(type) {
	case bool:
		if t.Kind == Boolean {
			v = x
		}
	case json.Number:
		v = numberOf(x, t)
	default:
		v = d.textValue(tree, t, path)
	}
	if v == nil {
		d.fail(path, "%s is no %s", show(tree), t)
	}
	return v
}

// numberOf is a JSON number as a value of type t; nil: it is none.
func numberOf(n json.Number, t *Type) Value {
	if t.Kind.IsFloat() {
		if f, err := n.Float64(); err == nil {
			return f
		}
		return nil
	}
	i, err := n.Int64()
	if err != nil {
		return nil
	}
	bits := 0
	switch t.Kind {
	case TinyInt, SmallInt, Integer, BigInt, Date, Time, Timestamp, TimestampLTZ, Interval, IntervalMonth:
		bits = 8 * t.Kind.Width()
	}
	if bits == 0 || bits < 64 && (i < -1<<(bits-1) || i >= 1<<(bits-1)) {
		return nil
	}
	return i
}

// textValue is a JSON text as a value of type t; nil: it is none.
func (d *decoder) textValue(tree any, t *Type, path string) Value {
	s := d.text(tree, path)
	switch t.Kind {
	case Varchar, JSON:
		return s
	case Varbinary:
		if raw, err := base64.StdEncoding.DecodeString(s); err == nil {
			return raw
		}
	case Real, Double:
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return f
		}
	case Decimal:
		if v, ok := parseDec(s, t); ok {
			return v
		}
	}
	return nil
}

// parseDec reads what Dec.Format writes for a value of type t.
func parseDec(s string, t *Type) (Dec, bool) {
	b, ok := new(big.Int).SetString(strings.Replace(s, ".", "", 1), 10)
	if !ok || b.CmpAbs(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(t.P)), nil)) >= 0 {
		return Dec{}, false
	}
	v, ok := DecFromBig(b)
	return v, ok && v.Format(t.S) == s
}

// nested reads an ARRAY, MAP or ROW.
func (d *decoder) nested(items []any, t *Type, path string) Value {
	if t.Kind == Map {
		out := make([]MapEntry, 0, len(items))
		for _, x := range items {
			pair, ok := x.([]any)
			if !ok || len(pair) != 2 {
				d.fail(path, "%s is not a pair", show(x))
				return nil
			}
			out = append(out, MapEntry{Key: d.literal(pair[0], t.Key, path), Val: d.literal(pair[1], t.Elem, path)})
		}
		return out
	}
	if t.Kind != Array && (t.Kind != Row || len(items) != len(t.Fields)) {
		d.fail(path, "a list of %d is no %s", len(items), t)
		return nil
	}
	out := make([]Value, 0, len(items))
	for i, x := range items {
		out = append(out, d.literal(x, elementType(t, i), path))
	}
	return out
}

// literals reads the values of an IN list or a term, whose type has been read before.
func (d *decoder) literals(tree any, t *Type, path string) []Value {
	items, ok := tree.([]any)
	if !ok || t == nil {
		d.fail(path, "%s is not a list", show(tree))
		return nil
	}
	out := []Value{}
	for _, x := range items {
		out = append(out, d.literal(x, t, path))
	}
	return out
}
