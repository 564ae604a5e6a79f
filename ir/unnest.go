package ir

import (
	"fmt"
	"slices"
	"strings"
)

// OrdinalityColumn is what WITH ORDINALITY calls its column.
const OrdinalityColumn = "ORDINALITY"

// Unnest gives each row once for each element of the ARRAY or MAP in its column Col, in
// their order. A row whose list is NULL or has no elements is left out, or with Outer comes
// once with NULLs.
//
// Its columns are Cols: places among the columns of the input and then those of UnnestParts.
type Unnest struct {
	Input Node
	Col   int
	Outer bool
	Cols  []int
	S     *Schema
	P     Props
}

// UnnestOp is Unnest.
type UnnestOp struct {
	In    *Schema
	Col   int
	Outer bool
	Cols  []int
	Out   *Schema
}

func (n *Unnest) Schema() *Schema           { return n.S }
func (n *Unnest) Inputs() []Node            { return []Node{n.Input} }
func (n *Unnest) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }
func (n *Unnest) Props() *Props             { return &n.P }
func (*Unnest) isNode()                     {}
func (*UnnestOp) Name() string              { return "Unnest" }
func (o *UnnestOp) OutSchema() *Schema      { return o.Out }
func (*UnnestOp) isPhysOp()                 {}

// UnnestParts is the columns that the elements of a list of type t have: of an ARRAY of ROWs
// one for each field, of another ARRAY the element, of a MAP the key and the value. Behind
// them stands the number of the element, from 1 on. nil: t is no list.
func UnnestParts(t *Type) []Column {
	var out []Column
	switch {
	case t.Kind == Map:
		out = []Column{{Name: "KEY", Type: t.Key}, {Name: "VALUE", Type: t.Elem}}
	case t.Kind == Array && t.Elem.Kind == Row:
		for _, f := range t.Elem.Fields {
			out = append(out, Column{Name: f.Name, Type: f.Type})
		}
	case t.Kind == Array:
		out = []Column{{Name: "EXPR$0", Type: t.Elem}}
	default:
		return nil
	}
	return append(out, Column{Name: OrdinalityColumn, Type: TBigInt})
}

// UnnestSchema is what Cols of an Unnest over in are places among.
func UnnestSchema(in *Schema, col int) *Schema {
	return &Schema{Cols: append(slices.Clone(in.Cols), UnnestParts(in.Cols[col].Type)...)}
}

// checkUnnest checks an Unnest or UnnestOp.
func checkUnnest(in *Schema, col int, cols []int, out *Schema) error {
	if err := checkColumns("list", []int{col}, len(in.Cols)); err != nil {
		return err
	}
	if k := in.Cols[col].Type.Kind; k != Array && k != Map {
		return fmt.Errorf("of column %s, which is %s", in.Cols[col].Name, in.Cols[col].Type)
	}
	all := UnnestSchema(in, col)
	if err := checkColumns("column", cols, len(all.Cols)); err != nil {
		return err
	}
	if want := all.Select(cols); !sameTypes(want, out) {
		return fmt.Errorf("it gives (%s), not (%s)", out, want)
	}
	return nil
}

// unnestText describes an Unnest or UnnestOp whose columns out are places cols; width is how
// many columns its input has.
func unnestText(list string, outer bool, cols []int, width int, out *Schema) string {
	text := "Unnest " + list
	var parts []string
	for i, c := range cols {
		if c >= width {
			parts = append(parts, out.Cols[i].Name)
		}
	}
	if len(parts) > 0 {
		text += " as " + strings.Join(parts, ", ")
	}
	if outer {
		text += ", outer"
	}
	return text
}
