package ir

import (
	"fmt"
	"slices"
)

// checkPruned checks what a table says of its connector.
func checkPruned(t *Table) error {
	physical := t.Physical()
	if err := firstError(checkColumns("pruned column", t.Prune, len(physical.Cols)),
		checkColumns("narrowed column", t.Narrow, len(physical.Cols))); err != nil {
		return err
	}
	for _, c := range t.Narrow {
		if physical.Cols[c].Type.Kind != Row {
			return fmt.Errorf("narrowed column %s is %s", physical.Cols[c].Name, physical.Cols[c].Type)
		}
	}
	return nil
}

// checkTerms checks the terms of a logical scan.
func checkTerms(n *Scan) error {
	s := n.Schema()
	for i := range n.Terms {
		if err := checkTerm(&n.Terms[i], s); err != nil {
			return err
		}
		if p, ok := n.Place(n.Terms[i].Col); !ok || !slices.Contains(n.Table.Prune, p.Col) {
			return fmt.Errorf("a term on column %s, which the connector does not prune by", s.Cols[n.Terms[i].Col].Name)
		}
	}
	return nil
}

// checkFields checks the fields that a logical scan narrows columns to.
func checkFields(n *Scan) error {
	if n.Fields == nil {
		return nil
	}
	if len(n.Fields) != len(n.Cols) {
		return fmt.Errorf("%d lists of fields for %d columns", len(n.Fields), len(n.Cols))
	}
	for i, c := range n.Cols {
		if len(n.Fields[i]) == 0 {
			continue
		}
		if n.Table.Cols[c].Expr != nil {
			return fmt.Errorf("fields of the computed column %s", n.Table.Cols[c].Name)
		}
		p, _ := n.Place(i)
		if _, err := n.Table.Read([]Place{p}); err != nil {
			return err
		}
	}
	return nil
}

func checkTerm(t *ScanTerm, in *Schema) error {
	if err := checkColumns("term on column", []int{t.Col}, len(in.Cols)); err != nil {
		return err
	}
	if c := in.Cols[t.Col]; !c.Type.Equal(t.T) {
		return fmt.Errorf("a term takes column %s for %s, it is %s", c.Name, t.T, c.Type)
	}
	least, most := 1, 1
	switch t.Op {
	case TermIn:
		least, most = 0, len(t.Values)
	case TermIsNull, TermNotNull:
		least, most = 0, 0
	case TermEqual, TermLess, TermLessEqual, TermGreater, TermGreaterEqual:
	default:
		return fmt.Errorf("unknown term %q", t.Op)
	}
	if n := len(t.Values); n < least || n > most {
		return fmt.Errorf("a term %s of %d values", t.Op, n)
	}
	for _, v := range t.Values {
		if !holds(t.T, v) {
			return fmt.Errorf("a term of %s with the value %v", t.T, v)
		}
	}
	return nil
}

// holds reports whether v is a value of a type without parts, and not NULL.
func holds(t *Type, v Value) bool {
	ok := false
	switch t.Kind {
	case Boolean:
		_, ok = v.(bool)
	case Real, Double:
		_, ok = v.(float64)
	case Decimal:
		_, ok = v.(Dec)
	case Varchar, JSON:
		_, ok = v.(string)
	case Varbinary:
		_, ok = v.([]byte)
	default:
		_, ok = v.(int64)
		ok = ok && t.Kind.Width() > 0
	}
	return ok
}
