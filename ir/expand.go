package ir

import (
	"fmt"
	"slices"
	"strings"
)

// SetColumn is the name of the column that Expand numbers its sets in.
const SetColumn = "$set"

// Expand gives each row once for each of Sets, the grouping sets of a query: the input's
// columns, then a column for each of Keys, NULL where the set leaves the key out, and then
// the number of the set, a BIGINT from 0 on. The columns of the input stay as they are:
// aggregates are of them.
type Expand struct {
	Input Node
	Keys  []int   // columns of the input
	Sets  [][]int // positions in Keys that a set has, increasing; equal sets are several
	S     *Schema
	P     Props
}

// ExpandOp is Expand.
type ExpandOp struct {
	Keys []int
	Sets [][]int
	Out  *Schema
}

func (n *Expand) Schema() *Schema           { return n.S }
func (n *Expand) Inputs() []Node            { return []Node{n.Input} }
func (n *Expand) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }
func (n *Expand) Props() *Props             { return &n.P }
func (*Expand) isNode()                     {}
func (*ExpandOp) Name() string              { return "Expand" }
func (o *ExpandOp) OutSchema() *Schema      { return o.Out }
func (*ExpandOp) isPhysOp()                 {}

// ExpandSchema is the columns of an Expand over in.
func ExpandSchema(in *Schema, keys []int) *Schema {
	s := &Schema{Cols: slices.Clone(in.Cols)}
	for _, k := range keys {
		c := in.Cols[k]
		c.NotNull = false
		s.Cols = append(s.Cols, c)
	}
	s.Cols = append(s.Cols, Column{Name: SetColumn, Type: TBigInt, NotNull: true})
	return s
}

// Totals are the numbers of the sets that leave out all keys.
func (n *Expand) Totals() []int64 {
	var out []int64
	for i, set := range n.Sets {
		if len(set) == 0 {
			out = append(out, int64(i))
		}
	}
	return out
}

// checkExpand checks the keys and sets of an Expand or ExpandOp.
func checkExpand(in *Schema, keys []int, sets [][]int, out *Schema) error {
	if err := checkColumns("key", keys, len(in.Cols)); err != nil {
		return err
	}
	if len(sets) == 0 {
		return fmt.Errorf("of no sets")
	}
	for i, set := range sets {
		for j, k := range set {
			if k < 0 || k >= len(keys) || j > 0 && k <= set[j-1] {
				return fmt.Errorf("set %d has the keys %v of %d", i, set, len(keys))
			}
		}
	}
	if want := ExpandSchema(in, keys); !sameTypes(want, out) {
		return fmt.Errorf("it gives (%s), not (%s)", out, want)
	}
	return nil
}

// checkTotals checks the totals of an aggregate whose keys are columns of in: its last key
// is then the number of a set.
func checkTotals(in *Schema, keys []int, totals []int64) error {
	if len(totals) == 0 {
		return nil
	}
	if len(keys) == 0 || in.Cols[keys[len(keys)-1]].Type.Kind != BigInt {
		return fmt.Errorf("totals without the number of a set")
	}
	return nil
}

// expandText describes an Expand or ExpandOp.
func expandText(in *Schema, keys []int, sets [][]int) string {
	parts := make([]string, len(sets))
	for i, set := range sets {
		names := make([]string, len(set))
		for j, k := range set {
			names[j] = in.Cols[keys[k]].Name
		}
		parts[i] = "(" + strings.Join(names, ", ") + ")"
	}
	return "Expand " + strings.Join(parts, ", ")
}

// groupNames are the names of the keys of groups, without the number of the set.
func groupNames(s *Schema, keys []int) []string {
	return slices.DeleteFunc(columnNames(s, keys), func(name string) bool { return name == SetColumn })
}
