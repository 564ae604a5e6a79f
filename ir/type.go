package ir

import (
	"fmt"
	"slices"
	"strings"
)

// Kind is the family of a type. Its values are part of the plan format: append only.
type Kind uint8

// The kinds of the language (docs/SQL.md, Types), with their storage in a vexec.Vec.
const (
	Invalid       Kind = iota
	Null               // the type of a bare NULL; no storage
	Boolean            // packed bits
	TinyInt            // int8
	SmallInt           // int16
	Integer            // int32
	BigInt             // int64
	Real               // float32
	Double             // float64
	Decimal            // Dec: 128-bit two's complement, unscaled; P and S
	Varchar            // string view
	Varbinary          // string view
	Date               // int32 days since 1970-01-01
	Time               // int64 microseconds since midnight
	Timestamp          // int64 microseconds since 1970-01-01 00:00:00, no zone; nanoseconds where P > 6
	TimestampLTZ       // int64 like Timestamp, an instant in UTC
	Interval           // int64 microseconds (day to second)
	IntervalMonth      // int32 months (year to month)
	Array              // Offs and one kid
	Map                // Offs and two kids
	Row                // one kid a field
	JSON               // string view holding JSON text
)

var kindNames = [...]string{
	"INVALID", "NULL", "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "REAL", "DOUBLE", "DECIMAL",
	"VARCHAR", "VARBINARY", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_LTZ", "INTERVAL", "INTERVAL MONTH",
	"ARRAY", "MAP", "ROW", "JSON",
}

// String is the kind's SQL name.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("KIND(%d)", uint8(k))
}

// Type is a SQL type. Types are compared with Equal, never by pointer.
type Type struct {
	Kind   Kind
	P, S   int     // Decimal: precision and scale; Timestamp, TimestampLTZ, Time: P = digits of the fraction
	Elem   *Type   // Array: element; Map: value
	Key    *Type   // Map: key
	Fields []Field // Row
}

// Field is a named part of a Row type.
type Field struct {
	Name string
	Type *Type
}

// The types that carry no parameters, and the parametrised ones at their defaults.
var (
	TNull          = &Type{Kind: Null}
	TBoolean       = &Type{Kind: Boolean}
	TTinyInt       = &Type{Kind: TinyInt}
	TSmallInt      = &Type{Kind: SmallInt}
	TInteger       = &Type{Kind: Integer}
	TBigInt        = &Type{Kind: BigInt}
	TReal          = &Type{Kind: Real}
	TDouble        = &Type{Kind: Double}
	TVarchar       = &Type{Kind: Varchar}
	TVarbinary     = &Type{Kind: Varbinary}
	TDate          = &Type{Kind: Date}
	TTime          = &Type{Kind: Time, P: 6}
	TTimestamp     = &Type{Kind: Timestamp, P: 6}
	TTimestampLTZ  = &Type{Kind: TimestampLTZ, P: 6}
	TInterval      = &Type{Kind: Interval}
	TIntervalMonth = &Type{Kind: IntervalMonth}
	TJSON          = &Type{Kind: JSON}
)

// MaxPrecision is the greatest DECIMAL precision.
const MaxPrecision = 38

// TDecimal returns DECIMAL(p, s).
func TDecimal(p, s int) *Type { return &Type{Kind: Decimal, P: p, S: s} }

// Equal reports whether a and b are the same type, parameters and field names included.
func (t *Type) Equal(o *Type) bool {
	if t == o {
		return true
	}
	if t == nil || o == nil || t.Kind != o.Kind || t.P != o.P || t.S != o.S || len(t.Fields) != len(o.Fields) {
		return false
	}
	for i := range t.Fields {
		if t.Fields[i].Name != o.Fields[i].Name || !t.Fields[i].Type.Equal(o.Fields[i].Type) {
			return false
		}
	}
	return equalPart(t.Elem, o.Elem) && equalPart(t.Key, o.Key)
}

func equalPart(a, b *Type) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(b)
}

// String is the type as SQL writes it, with default parameters left out.
func (t *Type) String() string {
	if t == nil {
		return "INVALID"
	}
	switch t.Kind {
	case Decimal:
		return fmt.Sprintf("DECIMAL(%d, %d)", t.P, t.S)
	case Timestamp, TimestampLTZ, Time:
		if t.P == 6 {
			return t.Kind.String()
		}
		return fmt.Sprintf("%s(%d)", t.Kind, t.P)
	case Array:
		return fmt.Sprintf("ARRAY<%s>", t.Elem)
	case Map:
		return fmt.Sprintf("MAP<%s, %s>", t.Key, t.Elem)
	case Row:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = f.Name + " " + f.Type.String()
		}
		return "ROW<" + strings.Join(parts, ", ") + ">"
	}
	return t.Kind.String()
}

// IsInteger reports whether k is one of the whole-number kinds.
func (k Kind) IsInteger() bool { return k >= TinyInt && k <= BigInt }

// IsFloat reports whether k is REAL or DOUBLE.
func (k Kind) IsFloat() bool { return k == Real || k == Double }

// IsNumeric reports whether k is an integer, a float or DECIMAL.
func (k Kind) IsNumeric() bool { return k >= TinyInt && k <= Decimal }

// IsText reports whether values of k are held as string views.
func (k Kind) IsText() bool { return k == Varchar || k == Varbinary || k == JSON }

// IsNested reports whether values of k are made of others: ARRAY, MAP and ROW.
func (k Kind) IsNested() bool { return k == Array || k == Map || k == Row }

// IsTimestamp reports whether k can be an event time.
func (k Kind) IsTimestamp() bool { return k == Timestamp || k == TimestampLTZ }

// Width is the bytes that a value of k takes in Vec.Data: 0 for packed bits,
// for NULL and for nested kinds, 16 for string views and DECIMAL.
func (k Kind) Width() int {
	switch k {
	case TinyInt:
		return 1
	case SmallInt:
		return 2
	case Integer, Real, Date, IntervalMonth:
		return 4
	case BigInt, Double, Time, Timestamp, TimestampLTZ, Interval:
		return 8
	case Decimal, Varchar, Varbinary, JSON:
		return 16
	}
	return 0
}

// Nanos reports whether a timestamp type stores nanoseconds.
func (t *Type) Nanos() bool { return t.Kind.IsTimestamp() && t.P > 6 }

// Ordered reports whether values of the type can be sorted: all but those made of others.
func (t *Type) Ordered() bool {
	switch t.Kind {
	case Invalid, Array, Map, Row:
		return false
	}
	return true
}

// Groupable returns why values of the type cannot be keys of groups, in a sentence; nil: they
// can. The order of a MAP's entries does not count, so they are put in the order of their
// keys: these must have one.
func (t *Type) Groupable() error {
	switch t.Kind {
	case Invalid:
		return fmt.Errorf("there is no value to group by")
	case Array:
		return t.Elem.Groupable()
	case Row:
		for _, f := range t.Fields {
			if err := f.Type.Groupable(); err != nil {
				return err
			}
		}
	case Map:
		if t.Key.holdsMap() {
			return fmt.Errorf("values of type %s are not told apart as keys: the keys of the MAP are or hold MAPs, which have no order", t)
		}
		return t.Elem.Groupable()
	}
	return nil
}

// holdsMap reports whether t is or holds a MAP.
func (t *Type) holdsMap() bool {
	switch t.Kind {
	case Map:
		return true
	case Array:
		return t.Elem.holdsMap()
	case Row:
		return slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Type.holdsMap() })
	}
	return false
}
