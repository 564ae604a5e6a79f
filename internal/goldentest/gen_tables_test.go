package goldentest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/memory"
)

// sideTable is a table beside t, in memory: one that is read, or one that is looked up by key.
type sideTable struct {
	name    string
	cols    []sideColumn
	keys    int    // so many columns at its front are its PRIMARY KEY; 0: it is read
	unique  bool   // no two rows have the same key
	options string // each behind a comma
	rows    [][]ir.Value
}

type sideColumn struct {
	column
	typ     *ir.Type
	notNull bool // and no row has NULL there
}

// sideTypes are the types of columns of side tables, by family.
var sideTypes = map[family][]*ir.Type{
	integer:   {ir.TBigInt, ir.TInteger, ir.TBigInt, {Kind: ir.SmallInt}, {Kind: ir.TinyInt}},
	double:    {ir.TDouble, {Kind: ir.Real}},
	decimal:   {{Kind: ir.Decimal, P: 8, S: 2}, {Kind: ir.Decimal, P: 12, S: 4}, {Kind: ir.Decimal, P: 5}},
	text:      {ir.TVarchar},
	boolean:   {ir.TBoolean},
	timestamp: {{Kind: ir.Timestamp, P: 3}, {Kind: ir.Timestamp, P: 6}, {Kind: ir.Timestamp, P: 9}, {Kind: ir.Timestamp}},
	date:      {{Kind: ir.Date}},
	clock:     {{Kind: ir.Time, P: 3}, {Kind: ir.Time, P: 6}},
	octets:    {{Kind: ir.Varbinary}},
	instant:   {{Kind: ir.TimestampLTZ, P: 3}, {Kind: ir.TimestampLTZ, P: 9}},
	span:      {{Kind: ir.Interval}},
	months:    {{Kind: ir.IntervalMonth}},
}

// schema is what the table holds.
func (t *sideTable) schema() *ir.Schema {
	s := &ir.Schema{}
	for _, c := range t.cols {
		s.Cols = append(s.Cols, ir.Column{Name: c.name, Type: c.typ})
	}
	return s
}

// declared is the statement that declares the table.
func (t *sideTable) declared() string {
	var cols, key []string
	for i, c := range t.cols {
		null := ""
		if c.notNull {
			null = " NOT NULL"
		}
		cols = append(cols, c.name+" "+c.typ.String()+null)
		if i < t.keys {
			key = append(key, c.name)
		}
	}
	kind, options := "Memory", ""
	if t.keys > 0 {
		kind = "KeyedMemory"
		cols = append(cols, "PRIMARY KEY ("+strings.Join(key, ", ")+") NOT ENFORCED")
	}
	if t.options != "" {
		options = " OPTIONS (" + t.options[2:] + ")"
	}
	return fmt.Sprintf("CREATE MAPPING %s (%s) TYPE %s%s;\n", t.name, strings.Join(cols, ", "), kind, options)
}

// rel is the table as a relation.
func (t *sideTable) rel() *rel {
	r := &rel{name: t.name}
	for _, c := range t.cols {
		r.cols = append(r.cols, c.column)
	}
	return r
}

// putSides makes the rows of the side tables those of the engine's tables.
func (s *scenario) putSides(e *engine, r *rand.Rand) error {
	for i := range s.sides {
		t := &s.sides[i]
		src, err := memory.FromRows(t.schema(), t.rows, memory.Cut{UnitRows: 1 + r.IntN(10), BatchRows: 1 + r.IntN(5)})
		if err != nil {
			return err
		}
		e.mem.Put(t.name, src)
	}
	return nil
}

// sideTable makes a table with columns of families that rs have, of which so many at the front
// are its key, and adds it to the scenario.
func (c *compose) sideTable(keys int, rs ...*rel) *sideTable {
	c.names++
	t := sideTable{name: fmt.Sprintf("s%d", c.names), keys: keys, unique: c.chance(50)}
	var known []family
	for _, r := range rs {
		for _, col := range r.exactly() {
			if col.f != boolean || c.chance(25) {
				known = append(known, col.f)
			}
		}
	}
	for range max(keys, 1) + 1 + c.r.IntN(3) {
		f := family(c.r.IntN(int(json)))
		if len(known) > 0 && c.chance(80) {
			f = known[c.r.IntN(len(known))]
		}
		types := sideTypes[f]
		if len(types) == 0 { // JSON is no key
			f, types = text, sideTypes[text]
		}
		col := sideColumn{column{c.fresh(), f, true}, types[c.r.IntN(len(types))], c.chance(30)}
		t.cols = append(t.cols, col)
	}
	seen := map[string]bool{}
	for range c.r.IntN(24) {
		row := make([]ir.Value, len(t.cols))
		for i, col := range t.cols {
			if col.notNull || !c.chance(8) {
				row[i] = c.sideValue(col.typ)
			}
		}
		if key := keyText(row[:keys]); !t.unique || keys == 0 || !seen[key] {
			seen[key] = true
			t.rows = append(t.rows, row)
		}
	}
	c.s.sides = append(c.s.sides, t)
	return &c.s.sides[len(c.s.sides)-1]
}

// Positions of columns of t.
const (
	atTime = iota
	atText
	atInteger
	_
	_
	atDouble
	atDecimal
	_
	atDate
	atReal
	_
	_
	atClock // of a wide table, as those below
	_
	_
	atSpan
	atMonths
)

// ofTable is a value that some row of t has in a column; nil where it is NULL, or there is none.
func (c *compose) ofTable(col int) ir.Value {
	if len(c.s.rows) == 0 {
		return nil
	}
	row := c.s.rows[c.r.IntN(len(c.s.rows))]
	if col > atReal && !c.s.wide {
		return nil
	}
	return row[col]
}

// sideValue draws a value of a type: mostly one that rows of t have, too, as other types have it.
func (c *compose) sideValue(t *ir.Type) ir.Value {
	switch t.Kind {
	case ir.TinyInt, ir.SmallInt, ir.Integer, ir.BigInt:
		bits := 8 << (t.Kind - ir.TinyInt)
		if v, ok := c.ofTable(atInteger + c.r.IntN(3)).(int64); ok && v>>(bits-1) == v>>63 && c.chance(60) {
			return v
		}
		return c.int(bits)
	case ir.Decimal:
		return c.sideDecimal(t)
	case ir.Varchar:
		return c.word()
	case ir.Varbinary:
		return []byte(c.word())
	case ir.Boolean:
		return c.chance(50)
	case ir.Double, ir.Real:
		if v := c.ofTable(atReal - (atReal-atDouble)*int(t.Kind-ir.Real)); v != nil {
			return v
		}
		return float64(c.r.IntN(5))
	case ir.Timestamp, ir.TimestampLTZ:
		return c.sideTime(t)
	}
	at, otherwise := atDate, 19_700+c.r.Int64N(60)
	switch t.Kind {
	case ir.Time:
		at, otherwise = atClock, c.r.Int64N(3)*43_200_000_000
	case ir.Interval:
		at, otherwise = atSpan, c.r.Int64N(3)*1_000_000
	case ir.IntervalMonth:
		at, otherwise = atMonths, c.r.Int64N(4)
	}
	if v := c.ofTable(at); v != nil {
		return v
	}
	return otherwise
}

// sideDecimal is a whole number, or one of t, as the type has it.
func (c *compose) sideDecimal(t *ir.Type) ir.Value {
	scale := int64(1)
	for range t.S {
		scale *= 10
	}
	if v, ok := c.ofTable(atDecimal).(ir.Dec); ok && t.S >= 2 && c.chance(60) {
		return ir.DecFromInt64(int64(v.Lo) * (scale / 100))
	}
	return ir.DecFromInt64((c.r.Int64N(41) - 20) * scale)
}

// sideTime is a time of t, cut to the digits of the type.
func (c *compose) sideTime(t *ir.Type) ir.Value {
	v, ok := c.ofTable(atTime).(int64)
	if !ok {
		v = 1_704_067_200_000_000
		if t.Nanos() {
			v *= 1000
		}
		return v
	}
	if c.s.precision <= 6 {
		v *= 1000
	}
	unit := int64(1)
	for range 9 - t.P {
		unit *= 10
	}
	v -= ((v % unit) + unit) % unit
	if !t.Nanos() {
		v /= 1000
	}
	return v
}
