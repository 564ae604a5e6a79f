package ir

import (
	"cmp"
	"fmt"
	"slices"
)

// Place is what is read of a record: a physical column of its table, or a field in it.
type Place struct {
	Col    int   // position in Table.Physical()
	Fields []int // of the ROW, and of those in it, that lead to what is read; nil: the whole column
}

// Holds reports whether o is p or a part of it.
func (p Place) Holds(o Place) bool {
	return p.Col == o.Col && len(p.Fields) <= len(o.Fields) && slices.Equal(p.Fields, o.Fields[:len(p.Fields)])
}

// Equal reports whether both are the same.
func (p Place) Equal(o Place) bool { return p.Col == o.Col && slices.Equal(p.Fields, o.Fields) }

// ComparePlaces orders places by column and then by fields.
func ComparePlaces(a, b Place) int {
	return cmp.Or(cmp.Compare(a.Col, b.Col), slices.Compare(a.Fields, b.Fields))
}

// Cover returns the fewest places that hold all of the list, in order: no one is a
// part of another.
func Cover(list []Place) []Place {
	return cover(slices.Clone(list))
}

// cover is Cover in the place of the list.
func cover(list []Place) []Place {
	slices.SortFunc(list, ComparePlaces)
	out := list[:0]
	for _, p := range list {
		if n := len(out); n == 0 || !out[n-1].Holds(p) {
			out = append(out, p)
		}
	}
	return out
}

// Follow returns what the fields lead to in a column: called as SQL writes it.
func (c Column) Follow(fields []int) (Column, error) {
	for _, f := range fields {
		if c.Type == nil || c.Type.Kind != Row || f < 0 || f >= len(c.Type.Fields) {
			return c, fmt.Errorf("column %s is %s and has no field %d", c.Name, c.Type, f)
		}
		next := c.Type.Fields[f]
		c = Column{Name: c.Name + "." + next.Name, Type: next.Type}
	}
	return c, nil
}

// Path is the names of a physical column and of the fields in it.
func (t *Table) Path(p Place) []string {
	c := t.Physical().Cols[p.Col]
	out := []string{c.Name}
	for typ, i := c.Type, 0; i < len(p.Fields); i++ {
		f := typ.Fields[p.Fields[i]]
		out, typ = append(out, f.Name), f.Type
	}
	return out
}

// Read is the columns that a decoder of the places gives.
func (t *Table) Read(places []Place) (*Schema, error) {
	physical := t.Physical()
	out := &Schema{Cols: make([]Column, len(places))}
	for i, p := range places {
		if err := checkColumns("column", []int{p.Col}, len(physical.Cols)); err != nil {
			return nil, err
		}
		c, err := physical.Cols[p.Col].Follow(p.Fields)
		if err != nil {
			return nil, err
		}
		if len(p.Fields) > 0 && !slices.Contains(t.Narrow, p.Col) {
			return nil, fmt.Errorf("column %s is read by its fields, which the connector cannot", c.Name)
		}
		out.Cols[i] = c
	}
	return out, nil
}

// FieldChain returns the column that e reads and the fields in it that it follows;
// nil: e is something else.
func FieldChain(e Expr) (*ColRef, []int) {
	switch x := e.(type) {
	case *ColRef:
		return x, nil
	case *FieldRef:
		if ref, fields := FieldChain(x.X); ref != nil {
			return ref, append(slices.Clip(fields), x.Index)
		}
	}
	return nil, nil
}

// ReadField is the value of e that the fields lead to.
func ReadField(e Expr, fields []int) Expr {
	for _, f := range fields {
		t := e.Type().Fields[f]
		e = &FieldRef{X: e, Index: f, Name: t.Name, T: t.Type}
	}
	return e
}

// placeOf is what an expression over physical columns reads where it hands it on as
// it is, by itself if the connector can; ok is false for other expressions.
func (t *Table) placeOf(e Expr) (p Place, ok bool) {
	ref, fields := FieldChain(e)
	if ref == nil || len(fields) > 0 && !slices.Contains(t.Narrow, ref.Index) {
		return Place{}, false
	}
	return Place{Col: ref.Index, Fields: fields}, true
}

// addPlaces adds what an expression over physical columns reads.
func (t *Table) addPlaces(out []Place, e Expr) []Place {
	WalkExpr(e, func(x Expr) bool {
		p, ok := t.placeOf(x)
		if ok {
			out = append(out, p)
		}
		return !ok
	})
	return out
}
