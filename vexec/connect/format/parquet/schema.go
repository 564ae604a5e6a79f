package parquet

import (
	"fmt"

	pq "github.com/parquet-go/parquet-go"

	"github.com/helios-stream/helios/ir"
)

// Check says which columns a Parquet file cannot hold.
func Check(s *ir.Schema) error {
	seen := map[string]bool{}
	for _, c := range s.Cols {
		if nodeOf(c.Type) == nil {
			return fmt.Errorf("column %s: a Parquet file cannot hold %s here; write it as another type, such as VARCHAR or BIGINT", c.Name, c.Type)
		}
		if seen[c.Name] {
			return fmt.Errorf("column %s stands twice; the columns of a Parquet file need names of their own", c.Name)
		}
		seen[c.Name] = true
	}
	if len(s.Cols) == 0 {
		return fmt.Errorf("a Parquet file needs at least one column")
	}
	return nil
}

// nodeOf is how a column is stored; nil: it cannot be.
func nodeOf(t *ir.Type) pq.Node {
	switch t.Kind {
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
	g := &group{Group: pq.Group{}}
	for _, c := range s.Cols {
		// A group of one field makes the field: the type is the library's own.
		one := pq.Group{c.Name: pq.Optional(nodeOf(c.Type))}
		g.Group[c.Name] = one[c.Name]
		g.fields = append(g.fields, one.Fields()[0])
	}
	return pq.NewSchema("rows", g)
}
