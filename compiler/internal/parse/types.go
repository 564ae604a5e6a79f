package parse

import (
	"fmt"
	"math"
	"strconv"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// plainTypes are the types without parameters, under all their names.
var plainTypes = map[string]*ir.Type{
	"BOOLEAN": ir.TBoolean, "BOOL": ir.TBoolean, "TINYINT": ir.TTinyInt, "SMALLINT": ir.TSmallInt,
	"INT": ir.TInteger, "INTEGER": ir.TInteger, "BIGINT": ir.TBigInt, "REAL": ir.TReal, "FLOAT": ir.TReal,
	"DOUBLE": ir.TDouble, "STRING": ir.TVarchar, "BYTES": ir.TVarbinary, "DATE": ir.TDate, "JSON": ir.TJSON,
}

// sizedTypes take an optional length, which is not enforced.
var sizedTypes = map[string]*ir.Type{
	"VARCHAR": ir.TVarchar, "CHAR": ir.TVarchar, "CHARACTER": ir.TVarchar, "VARBINARY": ir.TVarbinary, "BINARY": ir.TVarbinary,
}

// foreignTypes are other systems' names, with the name here.
var foreignTypes = map[string]string{
	"TEXT": "VARCHAR", "NVARCHAR": "VARCHAR", "UUID": "VARCHAR", "INT2": "SMALLINT", "INT4": "INTEGER", "INT8": "BIGINT",
	"INT64": "BIGINT", "INT32": "INTEGER", "LONG": "BIGINT", "FLOAT4": "REAL", "FLOAT8": "DOUBLE", "FLOAT64": "DOUBLE",
	"NUMBER": "DECIMAL", "MONEY": "DECIMAL(19, 4)", "UNSIGNED": "BIGINT", "SIGNED": "BIGINT", "SERIAL": "BIGINT", "BIGSERIAL": "BIGINT", "UBIGINT": "DECIMAL(20, 0)", "UINTEGER": "BIGINT", "HUGEINT": "DECIMAL(38, 0)", "BLOB": "VARBINARY", "BYTEA": "VARBINARY", "TIMESTAMPTZ": "TIMESTAMP_LTZ", "TIMESTAMP_TZ": "TIMESTAMP_LTZ",
	"DATETIME": "TIMESTAMP", "JSONB": "JSON", "STRUCT": "ROW", "LIST": "ARRAY", "OBJECT": "JSON", "BIT": "BOOLEAN",
}

// typeNames are what a misspelt type was likely meant to be.
var typeNames = []string{
	"BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT", "REAL", "FLOAT", "DOUBLE", "DECIMAL", "NUMERIC", "VARCHAR",
	"STRING", "CHAR", "VARBINARY", "BYTES", "BINARY", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_LTZ", "INTERVAL", "ARRAY", "MAP",
	"ROW", "JSON",
}

// typ reads a type.
func (p *parser) typ() *ast.Type {
	start := p.tok
	p.nested()
	t := p.baseType()
	for n := 0; p.accept("ARRAY"); n++ { // INT ARRAY is ARRAY<INT>
		if n >= maxDepth {
			p.failAt(diag.TooDeep, p.here(), fmt.Sprintf("the type is nested more than %d levels deep", maxDepth), "")
		}
		t = &ir.Type{Kind: ir.Array, Elem: t}
	}
	p.depth--
	p.markType(start)
	return &ast.Type{Place: p.from(start), T: t}
}

// markType tells the formatter which marks belong to a type.
func (p *parser) markType(start *token) {
	for i := p.at - 1; i >= 0 && p.toks[i].start >= start.start; i-- {
		switch t := &p.toks[i]; {
		case t.is("<"), t.is(">"):
			t.role, t.glue = roleAngle, true
		case t.is("("):
			t.glue = true
		}
	}
}

func (p *parser) baseType() *ir.Type {
	if p.tok.kind != tokWord {
		p.failExpected("a type")
	}
	word := p.tok.word
	if p.placeholder(p.tok) {
		p.next()
		return ir.TNull
	}
	if t := plainTypes[word]; t != nil {
		p.next()
		if word == "DOUBLE" {
			p.accept("PRECISION")
		}
		if p.tok.is("(") && p.peek(1).kind == tokNumber {
			p.failAt(diag.BadTypeParam, p.here(), word+" takes no number", "write "+word+" alone")
		}
		return t
	}
	if t := sizedTypes[word]; t != nil {
		return p.sizedType(t)
	}
	switch word {
	case "DECIMAL", "DEC", "NUMERIC":
		return p.decimalType()
	case "TIME":
		p.next()
		t := &ir.Type{Kind: ir.Time, P: p.precision(6, 6)}
		p.accepts("WITHOUT", "TIME", "ZONE")
		return t
	case "TIMESTAMP":
		return p.timestampType()
	case "TIMESTAMP_LTZ":
		p.next()
		return &ir.Type{Kind: ir.TimestampLTZ, P: p.precision(6, 9)}
	case "INTERVAL":
		return p.intervalType()
	case "ARRAY":
		return p.arrayType()
	case "MAP":
		return p.mapType()
	case "ROW":
		return p.rowType()
	}
	p.failType()
	return nil
}

func (p *parser) failType() {
	name := p.text(p.tok)
	if p.tok.is("MULTISET") || p.tok.is("RAW") || p.tok.is("VARIANT") || p.tok.is("STRUCTURED") {
		p.unsupported(p.here(), "the type "+p.tok.word, "use "+map[bool]string{true: "ARRAY", false: "JSON, VARBINARY or ROW"}[p.tok.is("MULTISET")])
	}
	if reserved[p.tok.word] {
		p.failExpected("a type")
	}
	hint := "for example BIGINT, DOUBLE, DECIMAL(10, 2), VARCHAR, BOOLEAN, TIMESTAMP(3); 'heliosc explain " + diag.UnknownType + "' lists all"
	if other := foreignTypes[p.tok.word]; other != "" {
		hint = "use " + other
	} else if near := diag.DidYouMean(p.tok.word, typeNames); near != "" {
		hint = "did you mean " + near + "?"
	}
	p.failAt(diag.UnknownType, p.here(), fmt.Sprintf("there is no type '%s'", name), hint)
}

// sizedType reads VARCHAR and its like.
func (p *parser) sizedType(t *ir.Type) *ir.Type {
	start := p.tok
	p.next()
	if start.is("CHAR") || start.is("CHARACTER") || start.is("BINARY") {
		p.accept("VARYING")
	}
	open := p.tok
	if !p.accept("(") {
		return t
	}
	n := p.wholeNumber("a length", 1, math.MaxInt32)
	p.close(")", "the length", open)
	if n < math.MaxInt32 { // VARCHAR(2147483647) is how Flink prints STRING
		p.warnAt(diag.NotEnforced, p.from(start).At, fmt.Sprintf("the length of %s(%d) is not enforced", start.word, n), fmt.Sprintf("write %s", t))
	}
	return t
}

// wholeNumber takes a number from least to most.
func (p *parser) wholeNumber(what string, least, most int) int {
	if p.placeholder(p.tok) {
		p.next()
		return 1
	}
	if p.tok.kind != tokNumber {
		p.failExpected(what)
	}
	n, err := strconv.Atoi(p.text(p.tok))
	if err != nil || n < least || n > most {
		hint := fmt.Sprintf("write %d or less", most)
		if err == nil && n < least {
			hint = fmt.Sprintf("write %d or more", least)
		}
		p.failAt(diag.BadTypeParam, p.here(), fmt.Sprintf("expected %s from %d to %d, found %s", what, least, most, clip(p.text(p.tok))), hint)
	}
	p.next()
	return n
}

// precision takes (p) where there is one.
func (p *parser) precision(otherwise, most int) int {
	open := p.tok
	if !p.accept("(") {
		return otherwise
	}
	n := p.wholeNumber("a number of digits", 0, most)
	p.close(")", "the precision", open)
	return n
}

func (p *parser) decimalType() *ir.Type {
	p.next()
	open := p.tok
	if !p.accept("(") {
		return ir.TDecimal(ir.MaxPrecision, 18)
	}
	digits, scale := p.wholeNumber("a number of digits in all", 1, ir.MaxPrecision), 0
	if p.accept(",") {
		scale = p.wholeNumber(fmt.Sprintf("a number of digits behind the point, of the %d in all,", digits), 0, digits)
	}
	p.close(")", "the parameters of DECIMAL", open)
	return ir.TDecimal(digits, scale)
}

// timestampType reads TIMESTAMP[(p)] [WITHOUT TIME ZONE | WITH [LOCAL] TIME ZONE].
func (p *parser) timestampType() *ir.Type {
	p.next()
	t := &ir.Type{Kind: ir.Timestamp, P: p.precision(6, 9)}
	switch {
	case p.accepts("WITHOUT", "TIME", "ZONE"):
	case p.accepts("WITH", "LOCAL", "TIME", "ZONE"), p.accepts("WITH", "TIME", "ZONE"):
		t.Kind = ir.TimestampLTZ
	}
	return t
}

// intervalType reads INTERVAL [unit[(p)] [TO unit[(p)]]].
func (p *parser) intervalType() *ir.Type {
	p.next()
	t := ir.TInterval
	if _, ok := unitOf(p.tok); !ok {
		return t
	}
	from := p.unit()
	if from.months {
		t = ir.TIntervalMonth
	}
	p.precision(0, 9)
	if p.accept("TO") {
		at := p.here()
		to := p.unit()
		p.precision(0, 9)
		if to.months != from.months || to.rank <= from.rank {
			p.failAt(diag.BadInterval, at, fmt.Sprintf("an interval cannot go from %s to %s", from.name, to.name), "units go from the greater to the smaller")
		}
	}
	return t
}

func (p *parser) arrayType() *ir.Type {
	p.next()
	open := p.open("<", "the element type: ARRAY<T>")
	elem := p.typ().T
	p.notNullInside()
	p.close(">", "the ARRAY type", open)
	return &ir.Type{Kind: ir.Array, Elem: elem}
}

func (p *parser) mapType() *ir.Type {
	p.next()
	open := p.open("<", "the types of key and value: MAP<K, V>")
	key := p.typ().T
	p.notNullInside()
	p.expect(",")
	elem := p.typ().T
	p.notNullInside()
	p.close(">", "the MAP type", open)
	return &ir.Type{Kind: ir.Map, Key: key, Elem: elem}
}

// rowType reads ROW<name T, ...> or ROW(name T, ...).
func (p *parser) rowType() *ir.Type {
	p.next()
	open := p.tok
	end := ">"
	switch {
	case p.accept("<"):
	case p.accept("("):
		end = ")"
	default:
		p.failExpected("'<' and the fields of the ROW type: ROW<name T, ...>")
	}
	t := &ir.Type{Kind: ir.Row}
	seen := map[string]bool{}
	for more := true; more; more = p.accept(",") {
		f := p.ident("the name of a field")
		if seen[f.Name] {
			p.failAt(diag.GivenTwice, f.At, fmt.Sprintf("there are two fields called '%s'", f.Name), "")
		}
		seen[f.Name] = true
		if !p.tok.maybeName() {
			p.failExpected(fmt.Sprintf("a type for the field '%s'", f.Name))
		}
		t.Fields = append(t.Fields, ir.Field{Name: f.Name, Type: p.typ().T})
		p.notNullInside()
		if p.accept("COMMENT") { // a type has none
			p.stringLit("a comment")
		}
	}
	p.close(end, "the ROW type", open)
	return t
}

// notNullInside takes NOT NULL or NULL of a part of a type, which is not enforced.
func (p *parser) notNullInside() {
	at := p.tok
	if p.accepts("NOT", "NULL") {
		p.warnAt(diag.NotEnforced, p.from(at).At, "NOT NULL inside of a type is not enforced", "leave it out")
		return
	}
	p.accept("NULL")
}
