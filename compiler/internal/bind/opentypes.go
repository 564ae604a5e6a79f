package bind

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// ARRAY[], MAP[] and ROW(NULL) have parts whose type nothing says. These are NULL in the
// type, which is open until the value meets another: ARRAY<NULL> becomes ARRAY<BIGINT> in
// COALESCE(numbers, ARRAY[]). What meets nothing holds VARCHAR. Only what is written as ARRAY,
// MAP or ROW is open: bind and apply settle all else, so that no plan has an open type.

// isOpen reports whether a part of t, but not t itself, has no type yet.
func isOpen(t *ir.Type) bool {
	open := func(t *ir.Type) bool { return t != nil && (t.Kind == ir.Null || isOpen(t)) }
	return open(t.Elem) || open(t.Key) || slices.ContainsFunc(t.Fields, func(f ir.Field) bool { return open(f.Type) })
}

// closed is the type open with the parts of by in the places that have no type, and VARCHAR
// where by has none of that place.
func closed(open, by *ir.Type) *ir.Type {
	switch {
	case open == nil || by != nil && by.Kind == ir.Null:
		return open
	case open.Kind == ir.Null && by == nil:
		return ir.TVarchar
	case open.Kind == ir.Null:
		return by
	case !isOpen(open):
		return open
	}
	if by == nil || by.Kind != open.Kind || len(by.Fields) != len(open.Fields) {
		by = &ir.Type{Fields: make([]ir.Field, len(open.Fields))}
	}
	t := &ir.Type{Kind: open.Kind, Elem: closed(open.Elem, by.Elem), Key: closed(open.Key, by.Key)}
	for i, f := range open.Fields {
		t.Fields = append(t.Fields, ir.Field{Name: f.Name, Type: closed(f.Type, by.Fields[i].Type)})
	}
	return t
}

// settled gives the open parts of a value the type VARCHAR.
func settled(e ir.Expr) ir.Expr {
	if e == nil || !isOpen(e.Type()) {
		return e
	}
	return closedTo(e, closed(e.Type(), nil))
}

// settledTypes is what f takes and gives when no part of what it takes is open.
func settledTypes(f *ir.Function, want []*ir.Type, ret *ir.Type) ([]*ir.Type, *ir.Type, error) {
	if !slices.ContainsFunc(want, isOpen) {
		return want, ret, nil
	}
	types := make([]*ir.Type, len(want))
	for i, t := range want {
		types[i] = closed(t, nil)
		if t.Kind == ir.Null {
			types[i] = t
		}
	}
	return f.Resolve(types)
}

// closedTo is e as a value of t, which says more than e's own type in its open parts alone.
func closedTo(e ir.Expr, t *ir.Type) ir.Expr {
	if e.Type().Equal(t) {
		return e
	}
	switch x := e.(type) {
	case *ir.Const: // NULL
		return &ir.Const{V: x.V, T: t}
	case *ir.Cast:
		c := *x
		c.X, c.T = closedTo(x.X, closed(x.X.Type(), t)), t
		return &c
	case *ir.Call:
		return closedParts(x, t)
	}
	return &ir.Cast{X: e, T: t}
}

// closedParts is closedTo for what is written as ARRAY, MAP or ROW.
func closedParts(x *ir.Call, t *ir.Type) ir.Expr {
	if len(x.Args) == 0 {
		return &ir.Const{V: emptyOf(t), T: t}
	}
	out := *x
	out.T, out.Args = t, slices.Clone(x.Args)
	for i, a := range x.Args {
		part := t.Elem
		switch {
		case t.Kind == ir.Row:
			part = t.Fields[i].Type
		case t.Kind == ir.Map && i%2 == 0:
			part = t.Key
		}
		out.Args[i] = closedTo(a, part)
	}
	return &out
}

func emptyOf(t *ir.Type) ir.Value {
	if t.Kind == ir.Map {
		return []ir.MapEntry{}
	}
	return []ir.Value{}
}
