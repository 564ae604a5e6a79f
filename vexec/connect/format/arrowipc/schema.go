package arrowipc

import (
	"errors"
	"fmt"
	"math"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/format/columnfile"
)

// The types of fields, by their numbers in the format.
const (
	typeNull            = 1
	typeInt             = 2
	typeFloat           = 3
	typeBinary          = 4
	typeUtf8            = 5
	typeBool            = 6
	typeDecimal         = 7
	typeDate            = 8
	typeTime            = 9
	typeTimestamp       = 10
	typeInterval        = 11
	typeList            = 12
	typeStruct          = 13
	typeUnion           = 14
	typeFixedBinary     = 15
	typeFixedList       = 16
	typeMap             = 17
	typeDuration        = 18
	typeLargeBinary     = 19
	typeLargeUtf8       = 20
	typeLargeList       = 21
	typeRunEndEncoded   = 22
	typeBinaryView      = 23
	typeUtf8View        = 24
	typeListView        = 25
	typeLargeListView   = 26
	intervalDayTime     = 1
	intervalMonthDayNan = 2
)

const (
	maxDepth  = 32       // of nested columns
	maxFields = 1 << 17  // of a schema, those below others included
	maxNames  = 16 << 20 // bytes of their names
)

// field is a column of the file, or a part of one.
type field struct {
	name     string
	path     string // with dots, for errors
	nullable bool
	id       int // the type's number
	bits     int // of numbers and times; bytes of FixedSizeBinary; elements of FixedSizeList
	signed   bool
	unit     int64    // parts of a second, or of a day for dates
	natural  *ir.Type // the SQL type that says the same; nil: there is none
	why      string   // where natural is nil: what the type is called
	kids     []*field
	dict     *dictOf // the values are codes of a dictionary
}

// dictOf says which dictionary a field's codes are of.
type dictOf struct {
	id    int64
	codes *field
}

// schema is a file's columns.
type schema struct {
	cols  []*field
	dicts map[int64]*field // what a dictionary's values are: the first field that has it
}

// readSchema checks and takes a schema.
func readSchema(o obj) (*schema, error) {
	if o.at == 0 {
		return nil, errMeta
	}
	if o.i16(0, 0) != 0 {
		return nil, errors.New("its numbers are big-endian, which is not read; write it on a little-endian machine")
	}
	b := &schemaBuilder{schema: &schema{dicts: map[int64]*field{}}}
	for _, k := range o.tables(1) {
		f, err := b.field(k, "", 0)
		if err != nil {
			return nil, err
		}
		b.cols = append(b.cols, f)
	}
	if o.f.bad {
		return nil, errMeta
	}
	return b.schema, nil
}

type schemaBuilder struct {
	*schema
	fields int
	names  int
	inDict bool
}

func (b *schemaBuilder) field(o obj, path string, depth int) (*field, error) {
	b.fields++
	if o.f.bad || o.at == 0 || depth > maxDepth || b.fields > maxFields || b.names > maxNames {
		return nil, errMeta
	}
	f := &field{name: o.text(0), nullable: o.u8(1, 0) != 0, id: o.u8(2, 0)}
	f.path = f.name
	if path != "" {
		f.path = path + "." + f.name
	}
	b.names += len(f.name) + len(f.path)
	dict := o.table(4)
	nested := b.inDict
	b.inDict = nested || dict.at != 0
	for _, k := range o.tables(5) {
		kid, err := b.field(k, f.path, depth+1)
		if err != nil {
			return nil, err
		}
		f.kids = append(f.kids, kid)
	}
	b.inDict = nested
	if err := f.setType(o.table(3)); err != nil {
		return nil, err
	}
	if dict.at != 0 {
		if nested {
			return nil, fmt.Errorf("column %s is a dictionary inside of a dictionary, which is not read; write it as plain values", f.path)
		}
		return f, b.encoded(f, dict)
	}
	return f, nil
}

// encoded notes that f's values are codes.
func (b *schemaBuilder) encoded(f *field, o obj) error {
	codes := &field{name: f.name, path: f.path, id: typeInt, bits: 32, signed: true, unit: 1}
	if t := o.table(1); t.at != 0 {
		codes.bits, codes.signed = t.i32(0, 0), t.u8(1, 0) != 0
	}
	if codes.bits != 8 && codes.bits != 16 && codes.bits != 32 && codes.bits != 64 {
		return errMeta
	}
	f.dict = &dictOf{id: o.i64(0), codes: codes}
	values := *f
	values.dict = nil
	if had, ok := b.dicts[f.dict.id]; ok && !had.same(&values) {
		return fmt.Errorf("column %s shares a dictionary with a column of another type: the schema is damaged", f.path)
	}
	b.dicts[f.dict.id] = &values
	return nil
}

// same reports whether values of the two fields are stored alike.
func (f *field) same(o *field) bool {
	if f.id != o.id || f.bits != o.bits || f.signed != o.signed || f.unit != o.unit || len(f.kids) != len(o.kids) {
		return false
	}
	for i := range f.kids {
		if !f.kids[i].same(o.kids[i]) {
			return false
		}
	}
	return true
}

// units are the parts of a second by their numbers in the format, with their digits.
var units = [...]struct {
	parts  int64
	digits int
}{{1, 0}, {1_000, 3}, {1_000_000, 6}, {1_000_000_000, 9}}

func (f *field) setUnit(n int) (digits int, err error) {
	if n < 0 || n >= len(units) {
		return 0, errMeta
	}
	f.unit = units[n].parts
	return units[n].digits, nil
}

// setType takes the type's own table.
func (f *field) setType(t obj) error {
	switch f.id {
	case typeNull:
		f.natural = ir.TVarchar // all of its values are NULL, and any type would do
	case typeInt:
		f.bits, f.signed = t.i32(0, 0), t.u8(1, 0) != 0
		f.natural = columnfile.IntType(f.bits, f.signed)
		if f.natural == nil {
			return errMeta
		}
	case typeFloat:
		p := t.i16(0, 0)
		if p < 0 || p > 2 {
			return errMeta
		}
		f.bits, f.natural = 16<<p, ir.TReal
		if p == 2 {
			f.natural = ir.TDouble
		}
	case typeBool:
		f.natural = ir.TBoolean
	case typeBinary, typeLargeBinary, typeBinaryView:
		f.natural = ir.TVarbinary
	case typeUtf8, typeLargeUtf8, typeUtf8View:
		f.natural = ir.TVarchar
	case typeFixedBinary:
		if f.bits = t.i32(0, 0); f.bits < 0 || f.bits > 1<<20 {
			return errMeta
		}
		f.natural = ir.TVarbinary
	case typeDecimal:
		return f.setDecimal(t)
	case typeDate, typeTime, typeTimestamp, typeInterval, typeDuration:
		return f.setTime(t)
	default:
		return f.setNested(t)
	}
	return nil
}

func (f *field) setDecimal(t obj) error {
	p, s := t.i32(0, 0), t.i32(1, 0)
	f.bits = t.i32(2, 128)
	switch f.bits {
	case 32, 64, 128:
	case 256:
		f.why = fmt.Sprintf("Decimal256(%d, %d)", p, s)
		return nil
	default:
		return errMeta
	}
	if p < 1 || p > ir.MaxPrecision || s < 0 || s > p {
		f.why = fmt.Sprintf("Decimal(%d, %d)", p, s)
		return nil
	}
	f.natural = ir.TDecimal(p, s)
	return nil
}

func (f *field) setTime(t obj) (err error) {
	switch f.id {
	case typeDate:
		f.natural, f.bits, f.unit = ir.TDate, 32, 1
		if t.i16(0, 1) == 1 {
			f.bits, f.unit = 64, 86_400_000
		}
	case typeTime:
		f.natural, f.bits = ir.TTime, t.i32(1, 32)
		if _, err = f.setUnit(t.i16(0, 1)); f.bits != 32 && f.bits != 64 {
			return errMeta
		}
	case typeTimestamp:
		f.bits = 64
		var digits int
		digits, err = f.setUnit(t.i16(0, 0))
		f.natural = &ir.Type{Kind: ir.Timestamp, P: digits}
		if t.text(1) != "" {
			f.natural = &ir.Type{Kind: ir.TimestampLTZ, P: digits}
		}
	case typeDuration:
		f.natural, f.bits = ir.TInterval, 64
		_, err = f.setUnit(t.i16(0, 1))
	case typeInterval:
		switch t.i16(0, 0) {
		case 0:
			f.natural, f.bits, f.unit = ir.TIntervalMonth, 32, 1
		case intervalDayTime:
			f.natural, f.bits = ir.TInterval, intervalDayTime // two numbers of 32 bits
		case intervalMonthDayNan:
			f.why = "Interval(MONTH_DAY_NANO)"
		default:
			return errMeta
		}
	}
	return err
}

func (f *field) setNested(t obj) error {
	kids := map[int]int{typeList: 1, typeLargeList: 1, typeListView: 1, typeLargeListView: 1, typeFixedList: 1, typeMap: 1}[f.id]
	if kids > 0 && len(f.kids) != kids {
		return errMeta
	}
	switch f.id {
	case typeFixedList:
		if f.bits = t.i32(0, 0); f.bits < 0 || f.bits > math.MaxInt32 {
			return errMeta
		}
	case typeMap:
		if e := f.kids[0]; e.id != typeStruct || len(e.kids) != 2 || e.dict != nil {
			return errMeta
		}
	case typeStruct:
		return f.setStruct()
	case typeUnion:
		f.why, f.bits = "a union", t.i16(0, 0)
		return nil
	case typeRunEndEncoded:
		f.why = "RunEndEncoded"
		return nil
	case typeList, typeLargeList, typeListView, typeLargeListView:
	default:
		return fmt.Errorf("column %s has the type number %d, which is unknown: the file is newer than this program, or damaged", f.path, f.id)
	}
	e := f.kids[0]
	if f.id == typeMap {
		k, v := e.kids[0], e.kids[1]
		if f.why = k.why + v.why; f.why == "" {
			f.natural = &ir.Type{Kind: ir.Map, Key: k.natural, Elem: v.natural}
		}
		return nil
	}
	if f.why = e.why; f.why == "" {
		f.natural = &ir.Type{Kind: ir.Array, Elem: e.natural}
	}
	return nil
}

func (f *field) setStruct() error {
	t := &ir.Type{Kind: ir.Row}
	for _, k := range f.kids {
		if k.why != "" {
			f.why = k.why
			return nil
		}
		t.Fields = append(t.Fields, ir.Field{Name: k.name, Type: k.natural})
	}
	if len(f.kids) == 0 {
		f.why = "a struct without fields"
		return nil
	}
	f.natural = t
	return nil
}

// typ is the SQL type that says the same as f.
func (f *field) typ() (*ir.Type, error) {
	if f.natural == nil {
		return nil, f.unknown()
	}
	return f.natural, nil
}

func (f *field) unknown() error {
	return columnfile.NoType(f.path, f.why)
}

// find returns the position of the column called name.
func (s *schema) find(name string) (int, error) {
	var names []string
	for i, f := range s.cols {
		if f.name == name {
			return i, nil
		}
		names = append(names, f.name)
	}
	return 0, columnfile.Missing(kind, "", name, names)
}
