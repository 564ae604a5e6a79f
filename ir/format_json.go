package ir

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// FormatJSON prints v of type t as JSON on one line: numbers as numbers (DECIMAL
// exactly, NaN and infinities as strings), times and bytes (base64) as strings, ROW and
// MAP as objects, NULL as null. It is how nested values are shown.
func FormatJSON(v Value, t *Type) string {
	var b strings.Builder
	writeJSON(&b, v, t)
	return b.String()
}

func writeJSON(b *strings.Builder, v Value, t *Type) {
	switch x := v.(type) {
	case nil:
		b.WriteString("null")
	case bool, Dec:
		b.WriteString(FormatValue(v, t))
	case int64:
		if t.Kind.IsInteger() || t.Kind == IntervalMonth {
			b.WriteString(strconv.FormatInt(x, 10))
			return
		}
		quoteJSON(b, FormatValue(v, t))
	case float64:
		text := FormatValue(v, t)
		if c := text[len(text)-1]; c == 'N' || c == 'y' {
			quoteJSON(b, text)
			return
		}
		b.WriteString(text)
	case string:
		if t.Kind == JSON && json.Valid([]byte(x)) {
			b.WriteString(strings.NewReplacer("\n", " ", "\r", " ").Replace(x))
			return
		}
		quoteJSON(b, x)
	case []byte:
		quoteJSON(b, base64.StdEncoding.EncodeToString(x))
	default:
		writeNested(b, v, t)
	}
}

func writeNested(b *strings.Builder, v Value, t *Type) {
	switch x := v.(type) {
	case []MapEntry:
		for i, e := range x {
			b.WriteByte("{,"[min(i, 1)])
			key := FormatJSON(e.Key, t.Key)
			if key[0] == '"' {
				b.WriteString(key)
			} else {
				quoteJSON(b, key)
			}
			b.WriteByte(':')
			writeJSON(b, e.Val, t.Elem)
		}
		if len(x) == 0 {
			b.WriteByte('{')
		}
		b.WriteByte('}')
	case []Value:
		ends := "[]"
		if t.Kind == Row {
			ends = "{}"
		}
		b.WriteByte(ends[0])
		for i, part := range x {
			if i > 0 {
				b.WriteByte(',')
			}
			if t.Kind == Row {
				quoteJSON(b, t.Fields[i].Name)
				b.WriteByte(':')
			}
			writeJSON(b, part, elementType(t, i))
		}
		b.WriteByte(ends[1])
	}
}

// quoteJSON writes s as a JSON string; what is not UTF-8 becomes U+FFFD.
func quoteJSON(b *strings.Builder, s string) {
	const hex = "0123456789abcdef"
	b.WriteByte('"')
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			b.WriteRune(r)
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ':
			b.WriteString(`\u00`)
			b.WriteByte(hex[r>>4])
			b.WriteByte(hex[r&15])
		default:
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	b.WriteByte('"')
}
