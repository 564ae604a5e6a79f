package compiler

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// Dump shows the syntax trees as text: a node a line with its place, its parts
// below it. Parts that are not there are left out. hidden says which options'
// values are not shown; of others passwords in URLs are not. nil: all is shown.
func (p *Parsed) Dump(hidden func(option string) bool) string {
	d := dumper{sources: p.sources, hidden: hidden}
	for _, in := range p.inputs {
		if in.Tree != nil {
			d.value("", reflect.ValueOf(in.Tree), 0)
		}
	}
	return d.b.String()
}

type dumper struct {
	b       strings.Builder
	sources *diag.Sources
	hidden  func(option string) bool
}

var placeType = reflect.TypeFor[ast.Place]()

func (d *dumper) line(depth int, name, text string) {
	if name != "" {
		name += ": "
	}
	d.b.WriteString(strings.Repeat("  ", depth) + name + text + "\n")
}

// value shows v under a name, unless it is not there.
func (d *dumper) value(name string, v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if t, ok := v.Interface().(*ir.Type); ok && t != nil {
			d.line(depth, name, t.String())
		} else if !v.IsNil() {
			d.value(name, v.Elem(), depth)
		}
	case reflect.Slice:
		for i := range v.Len() {
			d.value(fmt.Sprintf("%s[%d]", name, i), v.Index(i), depth)
		}
	case reflect.Struct:
		d.node(name, v, depth)
	case reflect.String:
		if v.Len() > 0 {
			d.line(depth, name, fmt.Sprintf("%q", v.String()))
		}
	case reflect.Uint8:
		if v.Uint() > 0 {
			d.line(depth, name, fmt.Sprintf("%q", rune(v.Uint())))
		}
	default:
		if !v.IsZero() {
			d.line(depth, name, fmt.Sprint(v.Interface()))
		}
	}
}

func (d *dumper) node(name string, v reflect.Value, depth int) {
	text := v.Type().Name()
	if at := v.FieldByName("Place"); at.IsValid() && at.Type() == placeType {
		p := d.sources.Pos(at.Interface().(ast.Place).At)
		text += fmt.Sprintf(" %s:%d:%d", p.File, p.Line, p.Col)
	}
	if o, ok := v.Interface().(ast.Option); ok && d.hidden != nil {
		if d.hidden(o.Key.S) {
			d.line(depth, name, fmt.Sprintf("%s %q, whose value is not shown", text, o.Key.S))
			return
		}
		o.Value.S = ir.HideSecretParts(o.Value.S)
		v = reflect.ValueOf(o)
	}
	d.line(depth, name, text)
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.Type != placeType && f.IsExported() {
			d.value(f.Name, v.Field(i), depth+1)
		}
	}
}
