package vtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Emitted is one row that an operator emitted.
type Emitted struct {
	Kind vexec.RowKind
	Vals []ir.Value
	Late ir.Micros // the row's mark; ir.MinMicros: none
	Part int32
}

// Rejected is one row that an operator rejected, with its values in the rejected batch.
type Rejected struct {
	Vals   []ir.Value
	Why    vexec.Fate
	Reason string
	Schema *ir.Schema // of that batch
}

// Collector is an Emitter that copies what it is given and checks each batch
// against the contract.
type Collector struct {
	Schema   *ir.Schema // of emitted batches; nil: not checked
	MaxRows  int        // most live rows that a batch may have; 0: any
	Batches  int
	Rows     []Emitted
	Rejected []Rejected
	Stop     int // > 0: Emit returns vexec.ErrDone after so many rows
}

// Emit copies the live rows of b.
func (c *Collector) Emit(b *vexec.Batch) error {
	if err := Check(b); err != nil {
		return fmt.Errorf("emitted batch: %w", err)
	}
	if c.Schema != nil && !b.Schema.Equal(c.Schema) {
		return fmt.Errorf("emitted schema (%s), want (%s)", b.Schema, c.Schema)
	}
	if c.MaxRows > 0 && b.Live() > c.MaxRows {
		return fmt.Errorf("emitted %d rows at once, at most %d are allowed", b.Live(), c.MaxRows)
	}
	c.Batches++
	for i := range b.Live() {
		r := b.Row(i)
		c.Rows = append(c.Rows, Emitted{b.KindOf(r), b.Values(i), markOf(b, r), b.Part})
	}
	if c.Stop > 0 && len(c.Rows) >= c.Stop {
		return vexec.ErrDone
	}
	return nil
}

// Reject copies the rejected rows.
func (c *Collector) Reject(b *vexec.Batch, fates []vexec.RowFate) error {
	seen := map[int32]bool{}
	for _, f := range fates {
		if f.Row < 0 || int(f.Row) >= b.Rows {
			return fmt.Errorf("rejected row %d of %d", f.Row, b.Rows)
		}
		if seen[f.Row] {
			return fmt.Errorf("rejected row %d twice", f.Row)
		}
		seen[f.Row] = true
		vals := make([]ir.Value, len(b.Cols))
		for k := range b.Cols {
			vals[k] = b.Cols[k].Value(int(f.Row))
		}
		c.Rejected = append(c.Rejected, Rejected{vals, f.Why, f.Reason, b.Schema})
	}
	return nil
}

func markOf(b *vexec.Batch, row int) ir.Micros {
	for _, m := range b.Late {
		if int(m.Row) == row {
			return m.WM
		}
	}
	return ir.MinMicros
}

// Check reports what is wrong with a batch: columns that do not fit the schema or
// are too short, a selection that is not increasing, marks out of order.
func Check(b *vexec.Batch) error {
	if len(b.Cols) != len(b.Schema.Cols) {
		return fmt.Errorf("%d columns for the schema (%s)", len(b.Cols), b.Schema)
	}
	last := int32(-1)
	for _, r := range b.Sel {
		if r <= last || int(r) >= b.Rows {
			return fmt.Errorf("selection %v of %d rows", b.Sel, b.Rows)
		}
		last = r
	}
	last = -1
	for _, m := range b.Late {
		if m.Row <= last || int(m.Row) >= b.Rows {
			return fmt.Errorf("late marks %v of %d rows", b.Late, b.Rows)
		}
		last = m.Row
	}
	if b.Kind != nil && len(b.Kind) < b.Rows || b.Ord != nil && len(b.Ord) < b.Rows {
		return fmt.Errorf("%d kinds and %d ordinals for %d rows", len(b.Kind), len(b.Ord), b.Rows)
	}
	for c := range b.Cols {
		if err := checkVec(&b.Cols[c], b.Schema.Cols[c].Type, b.Rows); err != nil {
			return fmt.Errorf("column %s: %w", b.Schema.Cols[c].Name, err)
		}
	}
	for i := range b.Live() {
		b.Values(i) // a code or a view that points nowhere panics here
	}
	return nil
}

func checkVec(v *vexec.Vec, t *ir.Type, rows int) error {
	if !v.Type.Equal(t) {
		return fmt.Errorf("the vector is %s, the schema says %s", v.Type, t)
	}
	width := t.Kind.Width()
	valid := rows
	switch v.Enc {
	case vexec.Const:
		rows, valid = 1, 1
	case vexec.Dict:
		if v.Dict == nil || v.Dict.Enc != vexec.Flat || !v.Dict.Type.Equal(t) {
			return fmt.Errorf("no Flat dictionary of %s", t)
		}
		width = 4
	}
	need := rows * width
	if t.Kind == ir.Boolean && v.Enc != vexec.Dict {
		need = (rows + 7) / 8
	}
	if len(v.Data) < need || v.Valid != nil && len(v.Valid) < (valid+7)/8 {
		return fmt.Errorf("%d bytes of data and %d of validity for %d rows of %s", len(v.Data), len(v.Valid), rows, t)
	}
	return nil
}

// Format prints a row as tests compare it: the change if it is not +I, the values
// by ir.FormatValue, and the late mark if there is one.
func (e Emitted) Format(s *ir.Schema) string {
	text := FormatRow(e.Vals, s)
	if e.Kind != vexec.Insert {
		text = e.Kind.String() + " " + text
	}
	if e.Late != ir.MinMicros {
		text += " @" + e.Late.String()
	}
	return text
}

// Fold returns what is left of changes, sorted: rows that were added and not taken back.
// An error: a row was taken back that was not there.
func Fold(rows []Emitted, s *ir.Schema) ([]string, error) {
	left := map[string]int{}
	for _, e := range rows {
		text := FormatRow(e.Vals, s)
		left[text] += int(e.Kind.Sign())
		if left[text] < 0 {
			return nil, fmt.Errorf("%s takes back a row that is not there: %s", e.Kind, text)
		}
	}
	var out []string
	for text, n := range left {
		for range n {
			out = append(out, text)
		}
	}
	slices.Sort(out)
	return out, nil
}

// FormatRow prints values of a schema, separated by " | ".
func FormatRow(vals []ir.Value, s *ir.Schema) string {
	parts := make([]string, len(vals))
	for i, v := range vals {
		parts[i] = ir.FormatValue(v, s.Cols[i].Type)
	}
	return strings.Join(parts, " | ")
}
