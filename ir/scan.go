package ir

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Place returns where column i of the scan stands in a record, where it is read as it
// is: also a computed column that only gives another name. ok is false for others.
func (n *Scan) Place(i int) (p Place, ok bool) {
	c := n.Cols[i]
	if e := n.Table.Cols[c].Expr; e != nil {
		return n.Table.placeOf(e)
	}
	return Place{Col: n.Table.Ordinals()[c], Fields: n.fields(i)}, true
}

// fields are those that column i is narrowed to.
func (n *Scan) fields(i int) []int {
	if n.Fields == nil {
		return nil
	}
	return n.Fields[i]
}

// Decoded returns what the scan reads of a record, for itself, for a computed column
// or to be checked, in the table's order. No place is a part of another.
func (n *Scan) Decoded() []Place {
	out := append(make([]Place, 0, len(n.Check)+len(n.Cols)+4), n.Check...)
	ordinals := n.Table.Ordinals()
	for i, c := range n.Cols {
		if e := n.Table.Cols[c].Expr; e != nil {
			out = n.Table.addPlaces(out, e)
		} else {
			out = append(out, Place{Col: ordinals[c], Fields: n.fields(i)})
		}
	}
	return cover(out)
}

// ScanOf returns the scan that n is, or that is directly below the watermark n and
// can fix its event time, and that watermark; nil: n is neither. A scan can where it
// decodes the time as a column of its own.
func ScanOf(n Node) (*Scan, *Watermark) {
	switch x := n.(type) {
	case *Scan:
		return x, nil
	case *Watermark:
		if s, ok := x.Input.(*Scan); ok {
			// A column that is read whole is no part of another.
			if p, ok := s.Place(x.TimeCol); ok && (len(p.Fields) == 0 || slices.ContainsFunc(s.Decoded(), p.Equal)) {
				return s, x
			}
		}
	}
	return nil, nil
}

// ScanKey is what readers of a table have in common that one scan can serve: event
// time is fixed in the same way. Rows that IMPOSE_ORDER drops for one reader would
// be missing to another, and late marks differ with the lag.
type ScanKey struct {
	Table *Table
	Time  string // where the event time stands in a record; "": there is none
	Lag   int64
	Drop  bool
	Mark  bool
}

// ScanKeyOf returns the key of a scan and its watermark, which may be nil.
func ScanKeyOf(s *Scan, w *Watermark) ScanKey {
	if w == nil {
		return ScanKey{Table: s.Table}
	}
	p, _ := s.Place(w.TimeCol)
	return ScanKey{Table: s.Table, Time: fmt.Sprint(p), Lag: w.Lag, Drop: w.Drop, Mark: w.Mark}
}

// EachScan calls f for every scan below n with its watermark, if it has one.
func EachScan(n Node, f func(*Scan, *Watermark)) {
	if s, w := ScanOf(n); s != nil {
		f(s, w)
		return
	}
	if in := OnlyInput(n); in != nil {
		EachScan(in, f)
		return
	}
	for _, in := range n.Inputs() {
		EachScan(in, f)
	}
}

// Ordinals returns for each column of t its position among the physical ones; -1:
// it is computed.
func (t *Table) Ordinals() []int {
	out := make([]int, len(t.Cols))
	n := 0
	for i := range t.Cols {
		out[i] = -1
		if t.Cols[i].Expr == nil {
			out[i] = n
			n++
		}
	}
	return out
}

// ScanTerm is a condition that a column alone decides: the column compared with
// constants. A row for which it is not true is not wanted; NULL fulfils IsNull only.
//
// Values compare as they do in SQL: texts by their bytes, false before true, and of
// floats NaN equals itself and is the greatest.
type ScanTerm struct {
	Col    int // position in the scan's columns
	Op     TermOp
	T      *Type   // of the column
	Values []Value // of the column's type, none NULL: one for a comparison, any number for In, none for IsNull and NotNull
}

// Equal reports whether both say the same.
func (t *ScanTerm) Equal(o *ScanTerm) bool {
	return t.Col == o.Col && t.Op == o.Op && t.T.Equal(o.T) && reflect.DeepEqual(t.Values, o.Values)
}

// Describe is the term as a condition on a column called name.
func (t *ScanTerm) Describe(name string) string {
	parts := make([]string, len(t.Values))
	for i, v := range t.Values {
		parts[i] = literal(v, t.T)
	}
	values := strings.Join(parts, ", ")
	switch t.Op {
	case TermIn:
		return name + " IN (" + values + ")"
	case TermIsNull, TermNotNull:
		return name + " " + string(t.Op)
	}
	return name + " " + string(t.Op) + " " + values
}

// describeTerms is terms on columns of a schema, for explain; "" for none.
func describeTerms(terms []ScanTerm, s *Schema) string {
	parts := make([]string, len(terms))
	for i := range terms {
		parts[i] = terms[i].Describe(s.Cols[terms[i].Col].Name)
	}
	if len(parts) == 0 {
		return ""
	}
	return ", where " + strings.Join(parts, " and ")
}

// TermOp is the comparison of a ScanTerm.
type TermOp string

// The comparisons.
const (
	TermEqual        TermOp = "="
	TermLess         TermOp = "<"
	TermLessEqual    TermOp = "<="
	TermGreater      TermOp = ">"
	TermGreaterEqual TermOp = ">="
	TermIn           TermOp = "IN"
	TermIsNull       TermOp = "IS NULL"
	TermNotNull      TermOp = "IS NOT NULL"
)

var termOps = []string{string(TermEqual), string(TermLess), string(TermLessEqual), string(TermGreater),
	string(TermGreaterEqual), string(TermIn), string(TermIsNull), string(TermNotNull)}
