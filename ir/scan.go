package ir

import (
	"reflect"
	"strings"
)

// Decoded returns the physical columns that the scan reads, for itself, for a
// computed column or to be checked, in the table's order.
func (n *Scan) Decoded() []int {
	used := make([]bool, len(n.Table.Cols))
	ordinals := n.Table.Ordinals()
	for _, c := range n.Check {
		used[c] = true
	}
	for _, c := range n.Cols {
		if e := n.Table.Cols[c].Expr; e != nil {
			UsedColumns(e, used)
		} else {
			used[ordinals[c]] = true
		}
	}
	out := []int{}
	for i, u := range used {
		if u {
			out = append(out, i)
		}
	}
	return out
}

// ScanOf returns the scan that n is, or that is directly below the watermark n and
// can fix its event time, and that watermark; nil: n is neither.
func ScanOf(n Node) (*Scan, *Watermark) {
	switch x := n.(type) {
	case *Scan:
		return x, nil
	case *Watermark:
		if s, ok := x.Input.(*Scan); ok && s.Table.Cols[s.Cols[x.TimeCol]].Expr == nil {
			return s, x
		}
	}
	return nil, nil
}

// ScanKey is what readers of a table have in common that one scan can serve: event
// time is fixed in the same way. Rows that IMPOSE_ORDER drops for one reader would
// be missing to another, and late marks differ with the lag.
type ScanKey struct {
	Table *Table
	Time  int // position in Table.Schema() of the event time; -1: none
	Lag   int64
	Drop  bool
}

// ScanKeyOf returns the key of a scan and its watermark, which may be nil.
func ScanKeyOf(s *Scan, w *Watermark) ScanKey {
	if w == nil {
		return ScanKey{Table: s.Table, Time: -1}
	}
	return ScanKey{Table: s.Table, Time: s.Cols[w.TimeCol], Lag: w.Lag, Drop: w.Drop}
}

// EachScan calls f for every scan below n with its watermark, if it has one.
func EachScan(n Node, f func(*Scan, *Watermark)) {
	if s, w := ScanOf(n); s != nil {
		f(s, w)
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
