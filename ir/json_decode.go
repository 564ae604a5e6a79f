package ir

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
)

// decoder makes a plan from JSON. After the first error it does nothing more.
type decoder struct {
	tables []*Table
	opt    JSONOptions
	err    error
}

func (d *decoder) fail(path, format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%s: %s", path, fmt.Sprintf(format, args...))
	}
}

// into sets v from JSON; path is where that stands.
func (d *decoder) into(v reflect.Value, tree any, path string) {
	if d.err != nil {
		return
	}
	if words, ok := jsonWords[v.Type()]; ok {
		d.word(v, words, tree, path)
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		d.kinded(v, tree, path)
	case reflect.Pointer:
		d.pointer(v, tree, path)
	case reflect.Struct:
		d.object(v, tree, path, false)
	case reflect.Slice:
		d.list(v, tree, path)
	case reflect.Map:
		v.Set(reflect.ValueOf(d.texts(tree, path)))
	case reflect.String:
		v.SetString(d.text(tree, path))
	case reflect.Bool:
		b, ok := tree.(bool)
		if !ok {
			d.fail(path, "%s is not true or false", show(tree))
		}
		v.SetBool(b)
	case reflect.Int, reflect.Int64:
		v.SetInt(d.whole(tree, path))
	default:
		d.fail(path, "a %s cannot be read", v.Type())
	}
}

// show is JSON in an error.
func show(tree any) string {
	switch x := tree.(type) {
	case nil:
		return "nothing"
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case string:
		if len(x) > 40 {
			x = x[:40] + "..."
		}
		return strconv.Quote(x)
	}
	return fmt.Sprint(tree)
}

func (d *decoder) whole(tree any, path string) int64 {
	n, ok := tree.(json.Number)
	i, err := n.Int64()
	if !ok || err != nil {
		d.fail(path, "%s is not a whole number", show(tree))
	}
	return i
}

func (d *decoder) text(tree any, path string) string {
	if o, ok := tree.(map[string]any); ok && len(o) == 1 {
		if s, ok := o["base64"].(string); ok {
			raw, err := base64.StdEncoding.DecodeString(s)
			if err != nil {
				d.fail(path, "%v", err)
			}
			return string(raw)
		}
	}
	s, ok := tree.(string)
	if !ok {
		d.fail(path, "%s is not a text", show(tree))
	}
	return s
}

func (d *decoder) texts(tree any, path string) map[string]string {
	o, ok := tree.(map[string]any)
	if !ok {
		d.fail(path, "%s is not an object", show(tree))
		return nil
	}
	out := map[string]string{}
	for _, k := range sortedKeys(o) {
		out[k] = d.text(o[k], path+"."+k)
	}
	return out
}

func (d *decoder) word(v reflect.Value, words []string, tree any, path string) {
	s, _ := tree.(string)
	i := slices.Index(words, s)
	switch {
	case i < 0 || s == "":
		d.fail(path, "%s is no %s", show(tree), v.Type().Name())
	case v.Kind() == reflect.String:
		v.SetString(s)
	default:
		v.SetUint(uint64(i))
	}
}

func (d *decoder) list(v reflect.Value, tree any, path string) {
	items, ok := tree.([]any)
	if !ok {
		if tree != nil {
			d.fail(path, "%s is not a list", show(tree))
		}
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
	for i, x := range items {
		d.into(v.Index(i), x, fmt.Sprintf("%s[%d]", path, i))
	}
}

// kinded makes what "kind" says, which must fit the interface.
func (d *decoder) kinded(v reflect.Value, tree any, path string) {
	o, ok := tree.(map[string]any)
	if !ok {
		d.fail(path, "%s stands where a %s should", show(tree), v.Type().Name())
		return
	}
	name, _ := o["kind"].(string)
	t := jsonKinds[name]
	if t == nil || !reflect.PointerTo(t).Implements(v.Type()) {
		d.fail(path, "%s is no kind of %s", show(o["kind"]), v.Type().Name())
		return
	}
	made := reflect.New(t)
	d.object(made.Elem(), tree, path, true)
	v.Set(made)
}

func (d *decoder) pointer(v reflect.Value, tree any, path string) {
	switch v.Type() {
	case functionType:
		f, err := findUser(d.opt.Functions, d.text(tree, path))
		if err != nil && d.err == nil {
			d.err = err
		}
		v.Set(reflect.ValueOf(f))
	case tableType:
		n := d.whole(tree, path)
		if d.err == nil && (n < 0 || n >= int64(len(d.tables))) {
			d.fail(path, "there is no table %d", n)
		}
		if d.err == nil {
			v.Set(reflect.ValueOf(d.tables[n]))
		}
	case typeType:
		if t := d.typ(tree, path, 0); t != nil {
			v.Set(reflect.ValueOf(t))
		}
	case schemaType:
		s := &Schema{}
		if tree != nil {
			d.into(reflect.ValueOf(s).Elem().Field(0), tree, path)
		}
		v.Set(reflect.ValueOf(s))
	default:
		made := reflect.New(v.Type().Elem())
		d.object(made.Elem(), tree, path, false)
		v.Set(made)
	}
}

// object sets the fields of a struct. Unknown keys are refused, and what is missing
// unless the encoder leaves it out.
func (d *decoder) object(v reflect.Value, tree any, path string, kinded bool) {
	o, ok := tree.(map[string]any)
	if !ok {
		d.fail(path, "%s is not an object", show(tree))
		return
	}
	known := 0
	if kinded {
		known++
	}
	for _, f := range reflect.VisibleFields(v.Type()) {
		if f.Anonymous {
			continue
		}
		name := jsonName(f)
		part, given := o[name]
		if given {
			known++
		}
		d.field(v, v.FieldByIndex(f.Index), f.Name, part, given, path+"."+name)
	}
	if c, ok := v.Addr().Interface().(*Const); ok && d.err == nil {
		c.V = d.literal(o["v"], c.T, path+".v")
	}
	if known != len(o) && d.err == nil {
		d.fail(path, "it has a key that is not known among %v", sortedKeys(o))
	}
}

func (d *decoder) field(v, field reflect.Value, name string, part any, given bool, path string) {
	switch {
	case d.err != nil:
	case v.Type() == constType && field.Type() == valueType: // read behind its type
	case !given:
		pointer := field.Kind() == reflect.Pointer || field.Kind() == reflect.Interface
		if !leftOut(reflect.Zero(field.Type())) || pointer && !mayBeNil[v.Type().Name()+"."+name] {
			d.fail(path, "it is missing")
		}
	case v.Type() == inListType && field.Type() == valuesType:
		in := v.Addr().Interface().(*InList)
		in.Values = d.literals(part, in.X.Type(), path)
	case v.Type() == termType && field.Type() == valuesType:
		term := v.Addr().Interface().(*ScanTerm)
		term.Values = d.literals(part, term.T, path)
	default:
		d.into(field, part, path)
	}
}

// readTables reads the tables, and asks for what is secret in them.
func (d *decoder) readTables(tree any) {
	items, ok := tree.([]any)
	if !ok {
		d.fail("tables", "%s is not a list", show(tree))
		return
	}
	for i, x := range items {
		var t planTable
		path := fmt.Sprintf("tables[%d]", i)
		d.into(reflect.ValueOf(&t).Elem(), x, path)
		if d.err != nil {
			return
		}
		d.fillSecrets(&t, path)
		if d.opt.Dir != nil {
			t.Dir = d.opt.Dir(t.Dir)
		}
		if err := checkTable(&t.Table); err != nil && d.err == nil {
			d.fail(path, "%v", err)
		}
		d.tables = append(d.tables, &t.Table)
	}
}

func (d *decoder) fillSecrets(t *planTable, path string) {
	for _, option := range sortedKeys(t.Secrets) {
		name := t.Secrets[option]
		value, ok := "", false
		if d.opt.Reveal != nil {
			value, ok = d.opt.Reveal(name)
		}
		if !ok {
			d.fail(path, "the option '%s' of `%s` is secret and not written in plans: give it with -D %s=... or in the environment as %s",
				option, t.Name, name, name)
			return
		}
		if t.Options == nil {
			t.Options = map[string]string{}
		}
		t.Options[option] = value
	}
}
