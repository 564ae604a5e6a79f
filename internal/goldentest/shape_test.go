package goldentest

import (
	"fmt"
	"hash/fnv"
	"reflect"

	"github.com/helios-stream/helios/ir"
)

// shape is an optimized plan without names, constants and types, as a hash; without
// expressions what is left are its operators.
func shape(l *ir.Logical, exprs bool) uint64 {
	h := fnv.New64a()
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		if skipped[v.Type()] {
			return
		}
		switch v.Kind() {
		case reflect.Interface, reflect.Pointer:
			if v.IsNil() {
				return
			}
			if _, ok := v.Interface().(ir.Expr); ok && !exprs {
				return
			}
			walk(v.Elem())
		case reflect.Struct:
			fmt.Fprintf(h, "%s(", v.Type().Name())
			for i := range v.NumField() {
				f := v.Type().Field(i)
				switch {
				case f.Name == "Fn":
					fmt.Fprintf(h, "%s,", v.Field(i))
				case f.Type.Kind() == reflect.Bool && v.Field(i).Bool():
					fmt.Fprintf(h, "%s,", f.Name)
				case f.Type.Kind() == reflect.Uint8 && f.Type.PkgPath() != "":
					fmt.Fprintf(h, "%d,", v.Field(i).Uint())
				default:
					walk(v.Field(i))
				}
			}
			fmt.Fprint(h, ")")
		case reflect.Slice:
			if v.Type().Elem().Kind() == reflect.Int && exprs {
				fmt.Fprintf(h, "%d,", v.Len())
			}
			for i := range v.Len() {
				walk(v.Index(i))
			}
		}
	}
	walk(reflect.ValueOf(l.Sinks))
	return h.Sum64()
}

// skipped are names, constants and types, and what follows from the rest.
var skipped = map[reflect.Type]bool{
	reflect.TypeFor[ir.Value](): true, reflect.TypeFor[*ir.Schema](): true, reflect.TypeFor[*ir.Type](): true,
	reflect.TypeFor[*ir.Table](): true, reflect.TypeFor[*ir.Function](): true, reflect.TypeFor[ir.Props](): true, reflect.TypeFor[ir.Pos](): true,
}

// eachPart calls f for each value in a plan that stands at an interface, points to a
// schema, or is a struct of package ir.
func eachPart(v reflect.Value, f func(part any)) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() || v.Type() == reflect.TypeFor[*ir.Table]() || v.Type() == reflect.TypeFor[*ir.Function]() || v.Type() == reflect.TypeFor[ir.Value]() {
			return
		}
		if v.Kind() == reflect.Pointer {
			f(v.Interface())
			if v.Type() == reflect.TypeFor[*ir.Schema]() {
				return
			}
		}
		eachPart(v.Elem(), f)
	case reflect.Struct:
		if v.CanInterface() {
			f(v.Interface())
		}
		for i := range v.NumField() {
			eachPart(v.Field(i), f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachPart(v.Index(i), f)
		}
	}
}
