package parquet

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/format/columnfile"
)

// leaf is a column of values in the file: how it is stored and what SQL type says
// the same.
type leaf struct {
	name     string // with dots where it is nested
	index    int    // among the file's leaves
	maxDef   uint8  // definition level of a value
	maxRep   uint8
	listDef  uint8 // definition level from which on an entry is an element of the leaf's list
	phys     int32
	length   int // FIXED_LEN_BYTE_ARRAY: bytes
	unsigned bool
	uuid     bool
	half     bool     // FLOAT16
	utf8     bool     // the file promises text
	unit     int64    // stored units a second, for times; 0: no time
	natural  *ir.Type // INT96 is TIMESTAMP in microseconds; nil: there is none
	stored   string   // for errors
}

// set says what the leaf at n is.
func (l *leaf) set(r *raw, n *node) {
	l.name, l.maxDef, l.maxRep, l.listDef = n.path, n.def, n.rep, n.listDef
	l.stored = r.describe()
	if l.phys == physFixed && (l.length < 1 || l.length > maxLength) {
		return
	}
	lt := r.logical
	if lt.id == 0 {
		lt = r.fromConverted()
	}
	switch {
	case lt.id > 0:
		l.natural = l.logical(&lt)
	case lt.id == 0:
		l.natural = l.physical()
	}
}

func (l *leaf) unknown() error {
	return columnfile.NoType(l.name, l.stored)
}

// fromConverted is the logical type that the older annotation stands for; id -1:
// one that has none.
func (r *raw) fromConverted() logicalType {
	signed := func(bits int8) logicalType { return logicalType{id: logicalInt, bits: bits, signed: true} }
	switch r.converted {
	case -1:
		return logicalType{}
	case 0:
		return logicalType{id: logicalString}
	case 4:
		return logicalType{id: logicalEnum}
	case 5:
		return logicalType{id: logicalDecimal, scale: r.scale, precision: r.precision}
	case 6:
		return logicalType{id: logicalDate}
	case 7, 8:
		return logicalType{id: logicalTime, utc: true, unit: int(r.converted) - 6}
	case 9, 10:
		return logicalType{id: logicalTimestamp, utc: true, unit: int(r.converted) - 8}
	case 11, 12, 13, 14:
		return logicalType{id: logicalInt, bits: 8 << (r.converted - 11)}
	case 15, 16, 17, 18:
		return signed(8 << (r.converted - 15))
	case 19:
		return logicalType{id: logicalJSON}
	case 20:
		return logicalType{id: logicalBSON}
	}
	return logicalType{id: -1}
}

// describe is the file's own name of the type.
func (r *raw) describe() string {
	names := [...]string{"BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"}
	s := fmt.Sprintf("the unknown type %d", r.phys)
	if int(r.phys) < len(names) {
		s = names[r.phys]
	}
	if r.phys == physFixed {
		s = fmt.Sprintf("%s(%d)", s, r.length)
	}
	logical := map[int]string{logicalDecimal: "DECIMAL", logicalDate: "DATE", logicalTime: "TIME", logicalTimestamp: "TIMESTAMP",
		logicalInt: "INTEGER", logicalUUID: "UUID", logicalFloat16: "FLOAT16", logicalVariant: "VARIANT", logicalString: "STRING"}[r.logical.id]
	switch {
	case logical != "":
		s += " (" + logical + ")"
	case r.converted == 21:
		s += " (INTERVAL)"
	}
	return s
}

func (l *leaf) physical() *ir.Type {
	switch l.phys {
	case physBoolean:
		return ir.TBoolean
	case physInt32:
		return ir.TInteger
	case physInt64:
		return ir.TBigInt
	case physInt96:
		l.unit = 1_000_000_000
		return ir.TTimestamp
	case physFloat:
		return ir.TReal
	case physDouble:
		return ir.TDouble
	case physBytes, physFixed:
		return ir.TVarbinary
	}
	return nil
}

// logical is the type of an annotation; nil where it does not fit how values are stored.
func (l *leaf) logical(lt *logicalType) *ir.Type {
	bytes := l.phys == physBytes || l.phys == physFixed
	number := l.phys == physInt32 || l.phys == physInt64
	switch lt.id {
	case logicalString, logicalEnum:
		l.utf8 = bytes
		return when(bytes, ir.TVarchar)
	case logicalJSON:
		l.utf8 = bytes
		return when(bytes, ir.TJSON)
	case logicalBSON:
		return when(bytes, ir.TVarbinary)
	case logicalUUID:
		l.uuid = l.phys == physFixed && l.length == 16
		return when(l.uuid, ir.TVarchar)
	case logicalFloat16:
		l.half = l.phys == physFixed && l.length == 2
		return when(l.half, ir.TReal)
	case logicalDate:
		return when(l.phys == physInt32, ir.TDate)
	case logicalDecimal:
		if lt.precision < 1 || lt.precision > ir.MaxPrecision || lt.scale < 0 || lt.scale > lt.precision {
			return nil
		}
		return when(bytes || number, ir.TDecimal(int(lt.precision), int(lt.scale)))
	case logicalInt:
		if !number || lt.bits == 64 && l.phys != physInt64 {
			return nil
		}
		l.unsigned = !lt.signed
		return columnfile.IntType(int(lt.bits), lt.signed)
	case logicalTime:
		l.unit, _ = unitOf(lt.unit)
		return when(number, ir.TTime)
	case logicalTimestamp:
		unit, digits := unitOf(lt.unit)
		l.unit = unit
		if lt.utc {
			return when(l.phys == physInt64, &ir.Type{Kind: ir.TimestampLTZ, P: digits})
		}
		return when(l.phys == physInt64, &ir.Type{Kind: ir.Timestamp, P: digits})
	case logicalMap, logicalList, logicalVariant:
		return nil
	}
	return l.physical() // an annotation of later versions: the values are what they are
}

func when(fits bool, t *ir.Type) *ir.Type {
	if !fits {
		return nil
	}
	return t
}

// unitOf returns the units a second and the digits of the fraction.
func unitOf(unit int) (int64, int) {
	switch unit {
	case 1:
		return 1_000, 3
	case 3:
		return 1_000_000_000, 9
	}
	return 1_000_000, 6
}
