package parquet

import (
	"fmt"
	"strings"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/helios-stream/helios/ir"
)

// leaf is a column of the file: how it is stored and what SQL type says the same.
type leaf struct {
	name     string
	index    int // among the file's leaf columns
	optional bool
	phys     pq.Kind
	length   int // FIXED_LEN_BYTE_ARRAY: bytes
	unsigned bool
	uuid     bool
	unit     int64    // stored units a second, for times; 0: no time
	natural  *ir.Type // INT96 is TIMESTAMP in microseconds
}

func newLeaf(c *pq.Column) (*leaf, error) {
	if !c.Leaf() || c.Repeated() {
		return nil, fmt.Errorf("column %s is nested in the Parquet file; only flat columns can be read: leave it out of the declared columns", c.Name())
	}
	t := c.Type()
	l := &leaf{name: c.Name(), index: c.Index(), optional: c.Optional(), phys: t.Kind()}
	if l.phys == pq.FixedLenByteArray {
		l.length = t.Length()
	}
	if c.MaxDefinitionLevel() > 1 || c.Index() < 0 {
		return nil, fmt.Errorf("column %s has a form that cannot be read", l.name)
	}
	if lt := t.LogicalType(); lt != nil && lt.Value != nil {
		l.natural = l.logical(lt)
	} else {
		l.natural = l.physical()
	}
	if l.natural == nil {
		return nil, fmt.Errorf("column %s is stored as %s, which no SQL type matches", l.name, t)
	}
	return l, nil
}

func (l *leaf) physical() *ir.Type {
	switch l.phys {
	case pq.Boolean:
		return ir.TBoolean
	case pq.Int32:
		return ir.TInteger
	case pq.Int64:
		return ir.TBigInt
	case pq.Int96:
		l.unit = 1_000_000_000
		return ir.TTimestamp
	case pq.Float:
		return ir.TReal
	case pq.Double:
		return ir.TDouble
	case pq.ByteArray, pq.FixedLenByteArray:
		return ir.TVarbinary
	}
	return nil
}

func (l *leaf) logical(lt *format.LogicalType) *ir.Type {
	switch x := lt.Value.(type) {
	case *format.StringType, *format.EnumType:
		return ir.TVarchar
	case *format.JsonType:
		return ir.TJSON
	case *format.BsonType:
		return ir.TVarbinary
	case *format.UUIDType:
		l.uuid = l.length == 16
		return ir.TVarchar
	case *format.DateType:
		return ir.TDate
	case *format.DecimalType:
		if x.Precision < 1 || x.Precision > ir.MaxPrecision || x.Scale < 0 || x.Scale > x.Precision {
			return nil
		}
		return ir.TDecimal(int(x.Precision), int(x.Scale))
	case *format.IntType:
		l.unsigned = !x.IsSigned
		return intType(x)
	case *format.TimeType:
		l.unit, _ = unitOf(x.Unit)
		return ir.TTime
	case *format.TimestampType:
		unit, digits := unitOf(x.Unit)
		l.unit = unit
		if x.IsAdjustedToUTC {
			return &ir.Type{Kind: ir.TimestampLTZ, P: digits}
		}
		return &ir.Type{Kind: ir.Timestamp, P: digits}
	}
	return nil
}

func intType(x *format.IntType) *ir.Type {
	bits := int(x.BitWidth)
	if !x.IsSigned {
		bits *= 2 // the next wider type holds every value
	}
	switch bits {
	case 8:
		return ir.TTinyInt
	case 16:
		return ir.TSmallInt
	case 32:
		return ir.TInteger
	case 64:
		return ir.TBigInt
	case 128:
		return ir.TDecimal(20, 0)
	}
	return nil
}

// unitOf returns the units a second and the digits of the fraction.
func unitOf(u format.TimeUnit) (int64, int) {
	switch u.Value.(type) {
	case *format.MilliSeconds:
		return 1_000, 3
	case *format.NanoSeconds:
		return 1_000_000_000, 9
	}
	return 1_000_000, 6
}

// findLeaf returns the column of the file called name.
func findLeaf(root *pq.Column, name string) (*leaf, error) {
	if c := root.Column(name); c != nil {
		return newLeaf(c)
	}
	var names []string
	for _, c := range root.Columns() {
		names = append(names, c.Name())
	}
	hint := ""
	if near := nearest(name, names); near != "" {
		hint = fmt.Sprintf("; did you mean %s?", near)
	}
	return nil, fmt.Errorf("the Parquet file has no column %s%s It has: %s", name, endSentence(hint), strings.Join(names, ", "))
}

func endSentence(hint string) string {
	if hint == "" {
		return "."
	}
	return hint
}

// nearest returns the name that a typing error away from name is meant, or "".
func nearest(name string, names []string) string {
	best, dist := "", max(1, len(name)/3)+1
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return n
		}
		if d := editDistance(strings.ToLower(n), strings.ToLower(name)); d < dist {
			best, dist = n, d
		}
	}
	return best
}

func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diag := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diag
			if a[i-1] != b[j-1] {
				cost = 1 + min(diag, row[j], row[j-1])
			}
			diag, row[j] = row[j], cost
		}
	}
	return row[len(b)]
}
