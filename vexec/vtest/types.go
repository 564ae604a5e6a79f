package vtest

import (
	"math"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// EveryType returns a schema with a column of each type that a file of text can hold.
func EveryType() *ir.Schema {
	inner := &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "when", Type: ir.TTimestamp}, {Name: "list", Type: &ir.Type{Kind: ir.Array, Elem: ir.TDecimal(10, 2)}}}}
	row := &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "a b", Type: ir.TBigInt}, {Name: `q"`, Type: ir.TVarchar}, {Name: "inner", Type: inner}}}
	return Schema(
		"b", ir.TBoolean, "i8", ir.TTinyInt, "i16", ir.TSmallInt, "i32", ir.TInteger, "i64", ir.TBigInt, "f32", ir.TReal, "f64", ir.TDouble,
		"dec", ir.TDecimal(38, 10), "dec0", ir.TDecimal(5, 0), "s", ir.TVarchar, "bin", ir.TVarbinary, "day", ir.TDate, "time", ir.TTime,
		"ts0", &ir.Type{Kind: ir.Timestamp}, "ts3", &ir.Type{Kind: ir.Timestamp, P: 3}, "ts6", ir.TTimestamp, "ts9", &ir.Type{Kind: ir.Timestamp, P: 9},
		"ltz", ir.TTimestampLTZ, "span", ir.TInterval, "months", ir.TIntervalMonth, "json", ir.TJSON, "row", row,
		"list", &ir.Type{Kind: ir.Array, Elem: row}, "map", &ir.Type{Kind: ir.Map, Key: ir.TVarchar, Elem: &ir.Type{Kind: ir.Array, Elem: ir.TDouble}},
		"bynum", &ir.Type{Kind: ir.Map, Key: ir.TBigInt, Elem: ir.TVarbinary},
	)
}

// EveryRow returns rows of EveryType: usual values, NULLs, and those at the ends of
// what the types hold.
func EveryRow() []Row {
	long := strings.Repeat("long text, \"quoted\" 'too'; ü日😀\n\r\t\\", 3)
	row := Row{1, "x", Row{"2024-01-02 03:04:05.678901", Row{"1.50", nil, "-0.05"}}}
	return []Row{
		{true, 1, 2, 3, 4, 0.5, 0.25, "1.5", "7", "text", []byte("bytes"), "2024-02-29", "12:34:56.789", "2024-01-02 03:04:05", "2024-01-02 03:04:05.678",
			"2024-01-02 03:04:05.678901", "2024-01-02 03:04:05.678901234", "2024-01-02 03:04:05", int64(3_723_500_000), 14, `{"a": [1, "x"]}`,
			row, Row{row, nil, Row{nil, nil, nil}}, []ir.MapEntry{{Key: "k", Val: []ir.Value{1.5, nil}}, {Key: long, Val: nil}},
			[]ir.MapEntry{{Key: int64(-1), Val: []byte{0xFF, 0}}}},
		make(Row, 25),
		{false, math.MinInt8, math.MinInt16, math.MinInt32, int64(math.MinInt64), math.MaxFloat32, math.MaxFloat64, "-9999999999999999999999999999.9999999999", "-99999", "",
			[]byte{}, "0001-01-01", "00:00:00", "0001-01-01 00:00:00", "0001-01-01 00:00:00", "0001-01-01 00:00:00", "1678-01-01 00:00:00", "0001-01-01 00:00:00",
			int64(math.MinInt64), math.MinInt32, `"x"`, Row{nil, "", nil}, Row{}, []ir.MapEntry{}, []ir.MapEntry{}},
		{true, math.MaxInt8, math.MaxInt16, math.MaxInt32, int64(math.MaxInt64), math.SmallestNonzeroFloat32, math.SmallestNonzeroFloat64, "9999999999999999999999999999.9999999999", "99999", long,
			[]byte(long), "9999-12-31", "23:59:59.999999", "9999-12-31 23:59:59", "9999-12-31 23:59:59.999", "9999-12-31 23:59:59.999999", "2262-01-01 00:00:00.000000001",
			"9999-12-31 23:59:59.999999", int64(math.MaxInt64), math.MaxInt32, `[]`, Row{math.MaxInt64, long, Row{nil, Row{}}}, Row{nil}, []ir.MapEntry{{Key: "", Val: []ir.Value{}}}, nil},
		{nil, 0, 0, 0, 0, math.NaN(), math.Inf(-1), "0", "0", " NULL ", []byte{0}, "1970-01-01", nil, nil, nil, nil, nil, nil, int64(0), 0, `1.50`, nil, nil, nil, nil},
		{nil, -1, -1, -1, -1, math.Inf(1), math.NaN(), "-0.0000000001", "-1", "#", nil, "1969-12-31", nil, nil, nil, "1969-12-31 23:59:59.999999", nil, nil, int64(-1), -1, `true`, nil, nil, nil, nil},
	}
}
