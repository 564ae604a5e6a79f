package refinterp

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/helios-stream/helios/ir"
)

var jsonScalars = map[string]scalar{
	"JSON_VALUE": jsonValue, "JSON_QUERY": jsonQuery, "JSON_EXISTS": jsonExists, "JSON_OBJECT": jsonObject, "JSON_ARRAY": jsonArray,
	"JSON_STRING": func(c *ir.Call, a []ir.Value) (ir.Value, error) {
		v, t := instantsAsText(a[0], c.Args[0].Type())
		return ir.FormatJSON(v, t), nil
	},
	"IS JSON": isJSON("{[" + `"` + "tfn-0123456789"), "IS JSON OBJECT": isJSON("{"), "IS JSON ARRAY": isJSON("["),
	"IS JSON SCALAR": isJSON(`"` + "tfn-0123456789"),
}

func isJSON(first string) scalar {
	return func(_ *ir.Call, a []ir.Value) (ir.Value, error) {
		s := strings.TrimSpace(a[0].(string))
		return json.Valid([]byte(a[0].(string))) && strings.Contains(first, s[:1]), nil
	}
}

var pathStep = regexp.MustCompile(`\A(?:\.\*|\.([^.\[()?@ ]+)|\[\s*'([^']*)'\s*\]|\[\s*"([^"]*)"\s*\]|\[\s*(-?\+?\d+)\s*\]|\[\s*\*\s*\])`)

var pathMode = regexp.MustCompile(`(?is)\A(strict|lax)\s+(.+)\z`)

// followPath decodes a text and goes down a path; found is nil where nothing is there.
func followPath(s, path string) (found []json.RawMessage, many, lax bool, err error, valid bool) {
	path = strings.TrimSpace(path)
	if m := pathMode.FindStringSubmatch(path); m != nil {
		lax, path = strings.EqualFold(m[1], "lax"), m[2]
	}
	rest, ok := strings.CutPrefix(path, "$")
	if !ok {
		return nil, false, false, fail(BadArgument, "%q is no path", path), false
	}
	at := []json.RawMessage{json.RawMessage(s)}
	valid = json.Valid([]byte(s))
	for rest != "" {
		m := pathStep.FindStringSubmatch(rest)
		if m == nil || m[4] != "" && strings.Contains(m[4], "-+") {
			return nil, false, false, fail(BadArgument, "%q is no path", path), false
		}
		if m[4] != "" {
			if _, err := strconv.ParseInt(m[4], 10, 32); err != nil {
				return nil, false, false, fail(BadArgument, "%q is no path", path), false
			}
		}
		rest = rest[len(m[0]):]
		if !valid {
			continue
		}
		var next []json.RawMessage
		for _, v := range at {
			next = append(next, stepInto(v, m)...)
		}
		many = many || strings.Contains(m[0], "*") && m[1]+m[2]+m[3] == ""
		at = next
	}
	return at, many, lax, nil, valid
}

func stepInto(v json.RawMessage, m []string) []json.RawMessage {
	var list []json.RawMessage
	var keys []string
	switch trimmed := bytes.TrimSpace(v); trimmed[0] {
	case '[':
		_ = json.Unmarshal(v, &list)
	case '{':
		dec := json.NewDecoder(bytes.NewReader(v))
		_, _ = dec.Token()
		for dec.More() {
			key, _ := dec.Token()
			var val json.RawMessage
			_ = dec.Decode(&val)
			keys, list = append(keys, key.(string)), append(list, val)
		}
	}
	name := m[1] + m[2] + m[3]
	switch {
	case m[4] != "" && keys == nil:
		n, _ := strconv.Atoi(m[4])
		if n < 0 {
			n += len(list)
		}
		if n >= 0 && n < len(list) {
			return list[n : n+1]
		}
	case m[4] == "" && (name != "" || strings.ContainsAny(m[0], `'"`)):
		for i := len(keys) - 1; i >= 0; i-- {
			if keys[i] == name {
				return list[i : i+1]
			}
		}
	case m[4] == "":
		return list
	}
	return nil
}

// clause is what a call says ON EMPTY or ON ERROR.
func clause(a []ir.Value, on, otherwise string) string {
	if len(a) > 2 {
		for _, c := range strings.Split(a[2].(string), "; ") {
			if strings.HasSuffix(c, " ON "+on) {
				return strings.TrimSuffix(c, " ON "+on)
			}
		}
	}
	return otherwise
}

func isScalar(v json.RawMessage) bool {
	return !strings.ContainsAny(string(bytes.TrimSpace(v)[:1]), "[{")
}

func jsonValue(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	if a[0] == nil || a[1] == nil {
		return nil, nil
	}
	found, many, lax, err, valid := followPath(a[0].(string), a[1].(string))
	if err != nil {
		return nil, err
	}
	give := func(on string, arg int) (ir.Value, error) {
		switch clause(a, on, "NULL") {
		case "ERROR":
			return nil, fail(BadArgument, "JSON_VALUE: %s", on)
		case "DEFAULT":
			if arg < len(a) {
				return a[arg], nil
			}
		}
		return nil, nil
	}
	switch {
	case !valid:
		return give("ERROR", 4)
	case many && len(found) == 0, many && lax:
		return give("EMPTY", 3)
	case many:
		return give("ERROR", 4)
	case len(found) == 0 && lax:
		return give("EMPTY", 3)
	case len(found) == 0:
		return give("ERROR", 4)
	case strings.TrimSpace(string(found[0])) == "null", lax && !isScalar(found[0]):
		return give("EMPTY", 3)
	case !isScalar(found[0]):
		return give("ERROR", 4)
	}
	text := strings.TrimSpace(string(found[0]))
	if text[0] == '"' {
		_ = json.Unmarshal(found[0], &text)
	}
	if len(a) > 2 {
		for _, c := range strings.Split(a[2].(string), "; ") {
			if name, ok := strings.CutPrefix(c, "RETURNING "); ok {
				if t := ir.ScalarType(name); t != nil {
					if _, err := cast(text, ir.TVarchar, t); err != nil {
						return give("ERROR", 4)
					}
				}
			}
		}
	}
	return text, nil
}

func compact(v json.RawMessage) string {
	var b bytes.Buffer
	_ = json.Compact(&b, v)
	return b.String()
}

func jsonQuery(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	found, many, lax, err, valid := followPath(a[0].(string), a[1].(string))
	if err != nil {
		return nil, err
	}
	give := func(on string) (ir.Value, error) {
		switch clause(a, on, "NULL") {
		case "ERROR":
			return nil, fail(BadArgument, "JSON_QUERY: %s", on)
		case "EMPTY ARRAY":
			return "[]", nil
		case "EMPTY OBJECT":
			return "{}", nil
		}
		return nil, nil
	}
	text := ""
	switch {
	case !valid, !many && len(found) == 0 && !lax:
		return give("ERROR")
	case !many && len(found) == 0:
		return give("EMPTY")
	case many:
		var parts []string
		for _, v := range found {
			parts = append(parts, compact(v))
		}
		text = "[" + strings.Join(parts, ",") + "]"
	default:
		text = compact(found[0])
	}
	clauses := ""
	if len(a) > 2 {
		clauses = a[2].(string)
	}
	wrap := strings.Contains(clauses, "WITH UNCONDITIONAL") || strings.Contains(clauses, "WITH CONDITIONAL") && text[0] != '['
	switch {
	case text == "null":
		return give("EMPTY")
	case wrap:
		return "[" + text + "]", nil
	case text[0] != '[' && text[0] != '{' && lax:
		return give("EMPTY")
	case text[0] != '[' && text[0] != '{':
		return give("ERROR")
	}
	return text, nil
}

func jsonExists(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	found, many, lax, err, valid := followPath(a[0].(string), a[1].(string))
	if err != nil {
		return nil, err
	}
	if !valid || !many && !lax && len(found) == 0 {
		switch clause(a, "ERROR", "FALSE") {
		case "ERROR":
			return nil, fail(BadArgument, "JSON_EXISTS")
		case "UNKNOWN":
			return nil, nil
		case "TRUE":
			return true, nil
		}
		return false, nil
	}
	return len(found) > 0 && (many || strings.TrimSpace(string(found[0])) != "null"), nil
}

func jsonObject(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	var keys []ir.Value
	values := map[ir.Value]string{}
	for i := 1; i+1 < len(a); i += 2 {
		if a[i] == nil {
			return nil, fail(BadArgument, "a key is NULL")
		}
		if a[i+1] == nil && a[0] == "ABSENT" {
			continue
		}
		if _, again := values[a[i]]; !again {
			keys = append(keys, a[i])
		}
		values[a[i]] = orNull(a[i+1])
	}
	var parts []string
	for _, k := range keys {
		parts = append(parts, ir.FormatJSON(k, ir.TVarchar)+":"+values[k])
	}
	return "{" + strings.Join(parts, ",") + "}", nil
}

func jsonArray(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	var parts []string
	for _, v := range a[1:] {
		if v != nil || a[0] != "ABSENT" {
			parts = append(parts, orNull(v))
		}
	}
	return "[" + strings.Join(parts, ",") + "]", nil
}

func orNull(v ir.Value) string {
	if v == nil {
		return "null"
	}
	return v.(string)
}

// instantsAsText gives a value with texts that end in Z in the place of instants.
func instantsAsText(v ir.Value, t *ir.Type) (ir.Value, *ir.Type) {
	if !ir.HasInstant(t) {
		return v, t
	}
	part := func(v ir.Value, t *ir.Type) ir.Value { out, _ := instantsAsText(v, t); return out }
	of := func(t *ir.Type) *ir.Type { _, out := instantsAsText(nil, t); return out }
	if t.Kind == ir.TimestampLTZ {
		if v != nil {
			v = ir.FormatValue(v, t) + "Z"
		}
		return v, ir.TVarchar
	}
	shown := &ir.Type{Kind: t.Kind}
	for _, f := range t.Fields {
		shown.Fields = append(shown.Fields, ir.Field{Name: f.Name, Type: of(f.Type)})
	}
	if t.Key != nil {
		shown.Key = of(t.Key)
	}
	if t.Elem != nil {
		shown.Elem = of(t.Elem)
	}
	switch x := v.(type) {
	case []ir.MapEntry:
		out := make([]ir.MapEntry, len(x))
		for i, e := range x {
			out[i] = ir.MapEntry{Key: part(e.Key, t.Key), Val: part(e.Val, t.Elem)}
		}
		return out, shown
	case []ir.Value:
		out := make([]ir.Value, len(x))
		for i, e := range x {
			if t.Kind == ir.Row {
				out[i] = part(e, t.Fields[i].Type)
			} else {
				out[i] = part(e, t.Elem)
			}
		}
		return out, shown
	}
	return v, shown
}
