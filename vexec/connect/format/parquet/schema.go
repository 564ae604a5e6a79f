package parquet

import (
	"fmt"
	"strings"

	pq "github.com/parquet-go/parquet-go"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/format/columnfile"
)

// Check says which columns a Parquet file cannot hold.
func Check(s *ir.Schema) error {
	unwritable := func(t *ir.Type) *ir.Type {
		if nodeOf(t) == nil {
			return t
		}
		return nil
	}
	if err := columnfile.CheckWritten(kind, s, unwritable); err != nil {
		return err
	}
	for _, c := range s.Cols {
		if n := nesting(c.Type); n > maxDepth {
			return fmt.Errorf("column %s nests %d deep; a Parquet file takes up to %d", c.Name, n, maxDepth)
		}
	}
	return nil
}

// CheckBloom says which columns cannot have a bloom filter.
func CheckBloom(s *ir.Schema, names []string) error {
	for _, name := range names {
		i := s.Index(name)
		if i < 0 {
			var all []string
			for _, c := range s.Cols {
				all = append(all, c.Name)
			}
			return fmt.Errorf("'parquet.bloom-filter-columns' names %s, which is no column; there are: %s", name, strings.Join(all, ", "))
		}
		if t := s.Cols[i].Type; isNestedType(t) || t.Kind == ir.Boolean {
			return fmt.Errorf("column %s of type %s cannot have a bloom filter; leave it out of 'parquet.bloom-filter-columns'", name, t)
		}
	}
	return nil
}

// nesting is how deep a type nests.
func nesting(t *ir.Type) int {
	n := 0
	switch t.Kind {
	case ir.Row:
		for _, f := range t.Fields {
			n = max(n, nesting(f.Type))
		}
	case ir.Map:
		n = max(nesting(t.Key), nesting(t.Elem))
	case ir.Array:
		n = nesting(t.Elem)
	default:
		return 0
	}
	return n + 1
}

// appendPaths appends the paths of the leaves of a column.
func appendPaths(paths [][]string, at []string, t *ir.Type) [][]string {
	below := func(t *ir.Type, names ...string) {
		paths = appendPaths(paths, append(at[:len(at):len(at)], names...), t)
	}
	switch t.Kind {
	case ir.Row:
		for _, f := range t.Fields {
			below(f.Type, f.Name)
		}
	case ir.Array:
		below(t.Elem, "list", "element")
	case ir.Map:
		below(t.Key, "key_value", "key")
		below(t.Elem, "key_value", "value")
	default:
		return append(paths, at)
	}
	return paths
}

// nodeOf is how a column is stored; nil: it cannot be.
func nodeOf(t *ir.Type) pq.Node {
	switch t.Kind {
	case ir.Row:
		return rowNode(t)
	case ir.Array:
		return pq.List(pq.Optional(nodeOf(t.Elem)))
	case ir.Map:
		return pq.Map(nodeOf(t.Key), pq.Optional(nodeOf(t.Elem)))
	case ir.Boolean:
		return pq.Leaf(pq.BooleanType)
	case ir.TinyInt:
		return pq.Int(8)
	case ir.SmallInt:
		return pq.Int(16)
	case ir.Integer:
		return pq.Int(32)
	case ir.BigInt:
		return pq.Int(64)
	case ir.Real:
		return pq.Leaf(pq.FloatType)
	case ir.Double:
		return pq.Leaf(pq.DoubleType)
	case ir.Decimal:
		switch {
		case t.P <= 9:
			return pq.Decimal(t.S, t.P, pq.Int32Type)
		case t.P <= 18:
			return pq.Decimal(t.S, t.P, pq.Int64Type)
		}
		return pq.Decimal(t.S, t.P, pq.FixedLenByteArrayType(16))
	case ir.Varchar:
		return pq.Encoded(pq.String(), &pq.RLEDictionary)
	case ir.JSON:
		return pq.JSON()
	case ir.Varbinary:
		return pq.Leaf(pq.ByteArrayType)
	}
	return timeNode(t)
}

func timeNode(t *ir.Type) pq.Node {
	switch t.Kind {
	case ir.Date:
		return pq.Date()
	case ir.Time:
		return pq.TimeAdjusted(pq.Microsecond, false)
	case ir.Timestamp, ir.TimestampLTZ:
		unit := pq.Microsecond
		if t.Nanos() {
			unit = pq.Nanosecond
		}
		return pq.TimestampAdjusted(unit, t.Kind == ir.TimestampLTZ)
	}
	return nil
}

// group is a pq.Group whose fields keep their order.
type group struct {
	pq.Group
	fields []pq.Field
}

func (g *group) Fields() []pq.Field { return g.fields }

// fileSchema returns the file's schema. All columns may be NULL: a file must not
// depend on what a planner could prove.
func fileSchema(s *ir.Schema) *pq.Schema {
	var fields []ir.Field
	for _, c := range s.Cols {
		fields = append(fields, ir.Field{Name: c.Name, Type: c.Type})
	}
	return pq.NewSchema("rows", rowNode(&ir.Type{Kind: ir.Row, Fields: fields}))
}

func rowNode(t *ir.Type) *group {
	g := &group{Group: pq.Group{}}
	for _, f := range t.Fields {
		// A group of one field makes the field: the type is the library's own.
		one := pq.Group{f.Name: pq.Optional(nodeOf(f.Type))}
		g.Group[f.Name] = one[f.Name]
		g.fields = append(g.fields, one.Fields()[0])
	}
	return g
}
