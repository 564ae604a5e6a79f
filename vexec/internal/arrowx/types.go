// Package arrowx turns batches into Arrow records and back, and reads and writes
// Arrow IPC. It is the only room of the executor that imports Arrow: v17 is frozen
// upstream, and what stands between it and us should fit in one folder.
package arrowx

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/helios-stream/helios/ir"
)

// Type returns the Arrow type of a SQL type. Every type has one.
func Type(t *ir.Type) arrow.DataType {
	switch t.Kind {
	case ir.Null:
		return arrow.Null
	case ir.Boolean:
		return arrow.FixedWidthTypes.Boolean
	case ir.TinyInt:
		return arrow.PrimitiveTypes.Int8
	case ir.SmallInt:
		return arrow.PrimitiveTypes.Int16
	case ir.Integer:
		return arrow.PrimitiveTypes.Int32
	case ir.BigInt:
		return arrow.PrimitiveTypes.Int64
	case ir.Real:
		return arrow.PrimitiveTypes.Float32
	case ir.Double:
		return arrow.PrimitiveTypes.Float64
	case ir.Decimal:
		return &arrow.Decimal128Type{Precision: int32(t.P), Scale: int32(t.S)}
	case ir.Varchar, ir.JSON:
		return arrow.BinaryTypes.StringView
	case ir.Varbinary:
		return arrow.BinaryTypes.BinaryView
	case ir.Date:
		return arrow.FixedWidthTypes.Date32
	case ir.Time:
		return arrow.FixedWidthTypes.Time64us
	case ir.Timestamp:
		return &arrow.TimestampType{Unit: unit(t)}
	case ir.TimestampLTZ:
		return &arrow.TimestampType{Unit: unit(t), TimeZone: "UTC"}
	case ir.Interval:
		return arrow.FixedWidthTypes.Duration_us
	case ir.IntervalMonth:
		return arrow.FixedWidthTypes.MonthInterval
	}
	return nestedType(t)
}

func unit(t *ir.Type) arrow.TimeUnit {
	if t.Nanos() {
		return arrow.Nanosecond
	}
	return arrow.Microsecond
}

func nestedType(t *ir.Type) arrow.DataType {
	switch t.Kind {
	case ir.Array:
		return arrow.ListOf(Type(t.Elem))
	case ir.Map:
		return arrow.MapOf(Type(t.Key), Type(t.Elem))
	case ir.Row:
		fields := make([]arrow.Field, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = arrow.Field{Name: f.Name, Type: Type(f.Type), Nullable: true}
		}
		return arrow.StructOf(fields...)
	}
	panic(fmt.Sprintf("arrowx: type %s has no Arrow form", t))
}

// Schema returns the Arrow schema of s. The SQL type of each column stands in the
// field's metadata, since several SQL types share one Arrow type.
func Schema(s *ir.Schema) *arrow.Schema {
	fields := make([]arrow.Field, len(s.Cols))
	for i, c := range s.Cols {
		fields[i] = arrow.Field{Name: c.Name, Type: Type(c.Type), Nullable: !c.NotNull,
			Metadata: arrow.NewMetadata([]string{"sql"}, []string{c.Type.String()})}
	}
	return arrow.NewSchema(fields, nil)
}
