package ir

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxIndent bounds the blanks before a line of a deep plan.
const maxIndent = 40

// encoder writes a plan as JSON.
type encoder struct {
	b       strings.Builder
	depth   int
	flat    int // > 0: no line breaks
	numbers map[*Table]int
	order   []*Table
	err     error
}

func (e *encoder) fail(format string, args ...any) {
	if e.err == nil {
		e.err = fmt.Errorf(format, args...)
	}
	e.b.WriteString("null")
}

// item begins the i-th element of an object or array.
func (e *encoder) item(i int) {
	if i > 0 {
		e.b.WriteByte(',')
	}
	if e.flat > 0 {
		if i > 0 {
			e.b.WriteByte(' ')
		}
		return
	}
	e.b.WriteString("\n" + strings.Repeat(" ", min(e.depth, maxIndent)))
}

// group writes open, n elements and shut.
func (e *encoder) group(open, shut byte, flat bool, n int, element func(i int)) {
	e.b.WriteByte(open)
	if flat || n == 0 {
		e.flat++
		defer func() { e.flat-- }()
	}
	e.depth++
	for i := range n {
		e.item(i)
		element(i)
	}
	e.depth--
	if e.flat == 0 {
		e.b.WriteString("\n" + strings.Repeat(" ", min(e.depth, maxIndent)))
	}
	e.b.WriteByte(shut)
}

func (e *encoder) value(v reflect.Value) {
	if words, ok := jsonWords[v.Type()]; ok {
		e.word(v, words)
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		e.kinded(v)
	case reflect.Pointer:
		e.pointer(v)
	case reflect.Struct:
		e.object(v, "")
	case reflect.Slice:
		e.list(v)
	case reflect.Map:
		e.texts(v.Interface().(map[string]string))
	case reflect.String:
		e.text(v.String())
	case reflect.Bool:
		e.b.WriteString(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int64:
		e.b.WriteString(strconv.FormatInt(v.Int(), 10))
	default:
		e.fail("no JSON for a %s", v.Type())
	}
}

func (e *encoder) list(v reflect.Value) {
	if v.IsNil() {
		e.b.WriteString("null")
		return
	}
	kind := v.Type().Elem().Kind()
	e.group('[', ']', kind == reflect.Int || kind == reflect.String, v.Len(), func(i int) { e.value(v.Index(i)) })
}

func (e *encoder) word(v reflect.Value, words []string) {
	switch {
	case v.Kind() == reflect.String && slices.Contains(words, v.String()):
		e.text(v.String())
	case v.CanUint() && v.Uint() > 0 && v.Uint() < uint64(len(words)):
		e.text(words[v.Uint()])
	default:
		e.fail("%v is no %s", v, v.Type().Name())
	}
}

// kinded writes the struct that an interface holds, with its kind.
func (e *encoder) kinded(v reflect.Value) {
	if v.IsNil() || v.Elem().Kind() != reflect.Pointer || v.Elem().IsNil() {
		e.fail("an empty %s", v.Type().Name())
		return
	}
	name, ok := kindOf[v.Elem().Type().Elem()]
	if !ok {
		e.fail("no JSON for a %s", v.Elem().Type())
		return
	}
	flat := onOneLine[v.Type()]
	if flat {
		e.flat++
	}
	e.object(v.Elem().Elem(), name)
	if flat {
		e.flat--
	}
}

func (e *encoder) pointer(v reflect.Value) {
	switch {
	case v.IsNil():
		e.fail("an empty %s", v.Type().Elem().Name())
	case v.Type() == tableType:
		e.b.WriteString(strconv.Itoa(e.number(v.Interface().(*Table))))
	case v.Type() == functionType:
		e.text(v.Interface().(*Function).Contract())
	case v.Type() == typeType:
		e.typ(v.Interface().(*Type))
	case v.Type() == schemaType:
		e.columns(v.Interface().(*Schema))
	default:
		e.object(v.Elem(), "")
	}
}

// columns writes a schema as the list of its columns.
func (e *encoder) columns(s *Schema) {
	if s.Cols == nil {
		e.b.WriteString("null")
		return
	}
	e.value(reflect.ValueOf(s.Cols))
}

// object writes a struct; kind "" is not written.
func (e *encoder) object(v reflect.Value, kind string) {
	type entry struct {
		name  string
		write func()
	}
	var entries []entry
	if kind != "" {
		entries = append(entries, entry{"kind", func() { e.text(kind) }})
	}
	for _, f := range reflect.VisibleFields(v.Type()) {
		if f.Anonymous {
			continue
		}
		field := v.FieldByIndex(f.Index)
		if !leftOut(field) || field.Type() == valueType {
			entries = append(entries, entry{jsonName(f), func() { e.field(v, field) }})
		}
	}
	e.group('{', '}', onOneLine[v.Type()], len(entries), func(i int) {
		e.text(entries[i].name)
		e.b.WriteString(": ")
		entries[i].write()
	})
}

// field writes a field of v, values by the type that v gives them.
func (e *encoder) field(v, field reflect.Value) {
	switch {
	case v.Type() == constType && field.Type() == valueType:
		c := v.Interface().(Const)
		e.literal(c.V, c.T)
	case v.Type() == inListType && field.Type() == valuesType:
		in := v.Interface().(InList)
		e.literals(in.Values, in.X.Type())
	case v.Type() == termType && field.Type() == valuesType:
		term := v.Interface().(ScanTerm)
		e.literals(term.Values, term.T)
	default:
		e.value(field)
	}
}

func (e *encoder) literals(list []Value, t *Type) {
	e.group('[', ']', true, len(list), func(i int) { e.literal(list[i], t) })
}

// text writes a string; one that is not valid UTF-8 as {"base64": ...}.
func (e *encoder) text(s string) {
	if !utf8.ValidString(s) {
		fmt.Fprintf(&e.b, `{"base64": %q}`, base64.StdEncoding.EncodeToString([]byte(s)))
		return
	}
	enc := json.NewEncoder(trimmer{&e.b})
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		e.fail("%v", err)
	}
}

// trimmer drops the line break that json.Encoder puts behind a value.
type trimmer struct{ b *strings.Builder }

func (t trimmer) Write(p []byte) (int, error) {
	t.b.Write(p[:len(p)-1])
	return len(p), nil
}

func (e *encoder) texts(m map[string]string) {
	keys := sortedKeys(m)
	e.group('{', '}', true, len(keys), func(i int) {
		e.text(keys[i])
		e.b.WriteString(": ")
		e.text(m[keys[i]])
	})
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// number is the place of a table in the list of all.
func (e *encoder) number(t *Table) int {
	n, ok := e.numbers[t]
	if !ok {
		n = len(e.order)
		e.numbers[t] = n
		e.order = append(e.order, t)
	}
	return n
}

// tables writes the tables that the plan names, without their secrets.
func (e *encoder) tables(o JSONOptions) {
	e.depth = 1
	asked := map[string]bool{}
	e.group('[', ']', false, len(e.order), func(i int) {
		t := planTable{Table: *e.order[i]}
		if o.Dir != nil {
			t.Dir = o.Dir(t.Dir)
		}
		if t.Options != nil {
			t.Options = map[string]string{}
		}
		for _, k := range sortedKeys(e.order[i].Options) {
			if v := e.order[i].Options[k]; o.Secret == nil || IsReference(v) || !o.Secret(t.Connector, k) && len(SecretParts(v)) == 0 {
				t.Options[k] = v
				continue
			}
			if t.Secrets == nil {
				t.Secrets = map[string]string{}
			}
			t.Secrets[k] = secretName(t.Name+"_"+k, asked)
		}
		e.value(reflect.ValueOf(t))
	})
}

// secretName makes the name of a variable from a table's and an option's:
// ORDERS_SASL_PASSWORD. Each is given once.
func secretName(text string, asked map[string]bool) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToUpper(text))
	for unique, n := name, 2; ; unique, n = fmt.Sprintf("%s_%d", name, n), n+1 {
		if !asked[unique] {
			asked[unique] = true
			return unique
		}
	}
}
