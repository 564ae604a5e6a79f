package kernels

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// JSONPath is a compiled path into JSON text: fields, places and wildcards.
type JSONPath struct {
	lax   bool
	many  bool // a wildcard: what is found is an array
	steps []jsonStep
}

type jsonStep struct {
	name  string // a field
	index int    // a place in an array, from 0 or, negative, from the end
	kind  byte   // '.', '[' or '*'
}

// IsLax reports whether the path begins with lax: then what is missing is empty, not an error.
func (p *JSONPath) IsLax() bool { return p.lax }

// CompileJSONPath reads [lax | strict] $, with .name, ['name'], [n], .* and [*] behind it.
// Without a mode a path is strict, as in Flink.
func CompileJSONPath(text string) (*JSONPath, error) {
	p := &JSONPath{}
	rest := strings.TrimSpace(text)
	for _, mode := range []string{"lax", "strict"} {
		if len(rest) > len(mode) && strings.EqualFold(rest[:len(mode)], mode) && strings.IndexByte(" \t\n\r", rest[len(mode)]) >= 0 {
			p.lax = mode == "lax"
			rest = strings.TrimSpace(rest[len(mode):])
			break
		}
	}
	if !strings.HasPrefix(rest, "$") {
		return nil, fmt.Errorf("a path begins with $")
	}
	for rest = rest[1:]; rest != ""; {
		var err error
		if rest, err = p.step(rest); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *JSONPath) step(s string) (rest string, err error) {
	switch {
	case strings.HasPrefix(s, ".."):
		return "", fmt.Errorf("'..' is not supported; name the fields")
	case strings.HasPrefix(s, ".*"):
		return p.add(jsonStep{kind: '*'}, s[2:]), nil
	case s[0] == '.':
		n := strings.IndexAny(s[1:], ".[") + 1
		if n == 0 {
			n = len(s)
		}
		if n == 1 || strings.ContainsAny(s[1:n], "()?@ ") {
			return "", fmt.Errorf("'%s' is no field; write ['name'] for a name with marks", s)
		}
		return p.add(jsonStep{kind: '.', name: s[1:n]}, s[n:]), nil
	case s[0] != '[':
		return "", fmt.Errorf("'%s' is neither .field nor [place]", s)
	}
	inner := strings.TrimSpace(s[1:])
	if inner != "" && (inner[0] == '\'' || inner[0] == '"') {
		end := strings.IndexByte(inner[1:], inner[0])
		if end < 0 {
			return "", fmt.Errorf("a quote is not closed")
		}
		after := strings.TrimSpace(inner[end+2:])
		if !strings.HasPrefix(after, "]") {
			return "", fmt.Errorf("'[' is not closed")
		}
		return p.add(jsonStep{kind: '.', name: inner[1 : end+1]}, after[1:]), nil
	}
	end := strings.IndexByte(inner, ']')
	if end < 0 {
		return "", fmt.Errorf("'[' is not closed")
	}
	what := strings.TrimSpace(inner[:end])
	if what == "*" {
		return p.add(jsonStep{kind: '*'}, inner[end+1:]), nil
	}
	n, err := strconv.ParseInt(what, 10, 32)
	if err != nil {
		return "", fmt.Errorf("'[%s]' is not supported; there are [n], [*] and ['name']", what)
	}
	return p.add(jsonStep{kind: '[', index: int(n)}, inner[end+1:]), nil
}

func (p *JSONPath) add(s jsonStep, rest string) string {
	p.steps = append(p.steps, s)
	p.many = p.many || s.kind == '*'
	return rest
}

// Found is what a path leads to: one value, or several with a wildcard.
type Found struct {
	Many   bool
	Values [][]byte // JSON text, without white space around it
}

// Find follows the path in a JSON text that is valid (json.Valid). The values are pieces
// of doc, appended to into.
func (p *JSONPath) Find(doc []byte, into [][]byte) Found {
	f := Found{Many: p.many, Values: into}
	f.walk(trimJSON(doc), p.steps)
	return f
}

func (f *Found) walk(v []byte, steps []jsonStep) {
	if len(steps) == 0 {
		f.Values = append(f.Values, v)
		return
	}
	s := &steps[0]
	switch {
	case s.kind == '.' && v[0] == '{':
		var last []byte
		eachMember(v, func(key, val []byte) {
			if equalKey(key, s.name) {
				last = val
			}
		})
		if last != nil {
			f.walk(last, steps[1:])
		}
	case s.kind == '[' && v[0] == '[':
		n := s.index
		if n < 0 {
			eachMember(v, func(_, _ []byte) { n++ })
		}
		k := 0
		eachMember(v, func(_, val []byte) {
			if k == n && s.index >= 0 || s.index < 0 && k == n {
				f.walk(val, steps[1:])
			}
			k++
		})
	case s.kind == '*' && (v[0] == '[' || v[0] == '{'):
		eachMember(v, func(_, val []byte) { f.walk(val, steps[1:]) })
	}
}

// eachMember calls f for the members of an object, with their quoted keys, or for the
// elements of an array.
func eachMember(v []byte, f func(key, val []byte)) {
	isObject := v[0] == '{'
	for i := skipSpace(v, 1); v[i] != '}' && v[i] != ']'; {
		var key []byte
		if isObject {
			end := skipJSON(v, i)
			key = v[i:end]
			i = skipSpace(v, skipSpace(v, end)+1) // the colon
		}
		end := skipJSON(v, i)
		f(key, v[i:end:end])
		if i = skipSpace(v, end); v[i] == ',' {
			i = skipSpace(v, i+1)
		}
	}
}

func skipSpace(v []byte, i int) int {
	for i < len(v) && (v[i] == ' ' || v[i] == '\n' || v[i] == '\t' || v[i] == '\r') {
		i++
	}
	return i
}

// skipJSON is the end of the value that begins at v[i].
func skipJSON(v []byte, i int) int {
	switch v[i] {
	case '"':
		for i++; v[i] != '"'; i++ {
			if v[i] == '\\' {
				i++
			}
		}
		return i + 1
	case '{', '[':
		for depth := 0; ; i++ {
			switch v[i] {
			case '"':
				i = skipJSON(v, i) - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
	}
	for i < len(v) && strings.IndexByte(",]} \n\t\r", v[i]) < 0 {
		i++
	}
	return i
}

func trimJSON(s []byte) []byte {
	from, to := skipSpace(s, 0), len(s)
	for to > from && strings.IndexByte(" \n\t\r", s[to-1]) >= 0 {
		to--
	}
	return s[from:to:to]
}

func equalKey(quoted []byte, name string) bool {
	inner := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return string(inner) == name
	}
	var key string
	return json.Unmarshal(quoted, &key) == nil && key == name
}

// IsJSONScalar reports whether JSON text is neither an object nor an array.
func IsJSONScalar(v []byte) bool { return v[0] != '{' && v[0] != '[' }

// AppendJSONScalar appends a scalar of JSON text: a string without its quotes, all else
// as it stands.
func AppendJSONScalar(dst, v []byte) []byte {
	if v[0] != '"' {
		return append(dst, v...)
	}
	inner := v[1 : len(v)-1]
	if bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return append(dst, inner...)
	}
	var text string
	if json.Unmarshal(v, &text) != nil { // never: v is valid
		return dst
	}
	return append(dst, text...)
}

// AppendJSONCompact appends valid JSON text without the white space between its parts.
func AppendJSONCompact(dst, v []byte) []byte {
	for i := 0; i < len(v); {
		switch c := v[i]; c {
		case ' ', '\n', '\t', '\r':
			i++
		case '"':
			end := skipJSON(v, i)
			dst = append(dst, v[i:end]...)
			i = end
		default:
			dst = append(dst, c)
			i++
		}
	}
	return dst
}
