package parse

import (
	"fmt"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
)

// create reads what follows CREATE.
func (p *parser) create(start *token) ast.Statement {
	orReplace := p.accepts("OR", "REPLACE")
	temporary := p.accept("TEMPORARY") || p.accept("TEMP")
	if p.tok.is("EXTERNAL") && p.peek(1).is("MAPPING") {
		p.next() // Hazelcast's word for what every mapping is
	}
	what := p.tok
	switch {
	case p.accept("MAPPING"), p.accept("TABLE"):
		m := &ast.CreateMapping{Table: what.is("TABLE"), OrReplace: orReplace, Temporary: temporary}
		return p.createMapping(start, m)
	case p.accept("VIEW"):
		return p.createView(start, &ast.CreateView{OrReplace: orReplace, Temporary: temporary})
	case p.tok.is("SYSTEM") && temporary, p.tok.is("FUNCTION"):
		f := &ast.CreateFunction{OrReplace: orReplace, Temporary: temporary, System: p.accept("SYSTEM")}
		p.expect("FUNCTION")
		return p.createFunction(start, f)
	case !orReplace && !temporary && p.accept("JOB"):
		return p.createJob(start)
	case !temporary && p.accept("SNAPSHOT"):
		return p.createSnapshot(start, orReplace)
	case p.tok.is("MATERIALIZED"):
		p.unsupported(p.spanOf(start).To(p.here()), "CREATE MATERIALIZED VIEW", "write CREATE VIEW, whose rows each query that reads it computes, or INSERT INTO a mapping")
	case p.tok.is("CATALOG"), p.tok.is("DATABASE"), p.tok.is("SCHEMA"):
		p.unsupported(p.spanOf(start).To(p.here()), "CREATE "+p.tok.word, "leave it out: names stand alone")
	case p.tok.is("MODEL"), p.tok.is("INDEX"), p.tok.is("DATA"):
		p.unsupported(p.spanOf(start).To(p.here()), "CREATE "+p.tok.word, "leave it out: a mapping names its connector and says in its options where its rows are")
	case p.tok.is("STREAM"), p.tok.is("SOURCE"), p.tok.is("SINK"), p.tok.is("EXTERNAL"):
		p.failAt(diag.UnknownStatement, p.spanOf(start).To(p.here()), "CREATE "+p.tok.word+" is not known here", "write CREATE MAPPING name (columns) TYPE ... OPTIONS (...), or CREATE TABLE name (columns) WITH ('connector' = '...', ...)")
	}
	p.failExpected("MAPPING, TABLE, VIEW, FUNCTION, JOB or SNAPSHOT behind CREATE", "MAPPING", "TABLE", "VIEW", "FUNCTION", "JOB", "SNAPSHOT", "TEMPORARY", "OR")
	return nil
}

func (p *parser) createView(start *token, v *ast.CreateView) ast.Statement {
	v.IfNotExists = p.ifNotExists()
	v.Name = p.qualified("the name of the view")
	if p.tok.is("(") {
		p.viewColumns(v)
	}
	if p.accept("COMMENT") {
		v.Comment = p.stringLit("a comment").S
	}
	if !p.accept("AS") {
		p.failExpected("AS, and a query behind it", "AS")
	}
	if !p.beginsQuery() {
		p.failExpected("a query behind AS", "SELECT", "WITH", "VALUES")
	}
	v.Query = p.query()
	v.Place = p.from(start)
	return v
}

// viewColumns reads (a [COMMENT 'text'], ...).
func (p *parser) viewColumns(v *ast.CreateView) {
	const what = "the column list"
	open := p.open("(", what)
	for more := true; more; more = p.accept(",") {
		v.Cols = append(v.Cols, p.ident("a column name"))
		comment := ""
		if p.accept("COMMENT") {
			comment = p.stringLit("a comment").S
		}
		v.ColComments = append(v.ColComments, comment)
	}
	p.close(")", what, open)
	if strings.Join(v.ColComments, "") == "" {
		v.ColComments = nil
	}
}

func (p *parser) ifNotExists() bool { return p.accepts("IF", "NOT", "EXISTS") }

func (p *parser) createMapping(start *token, m *ast.CreateMapping) ast.Statement {
	m.IfNotExists = p.ifNotExists()
	m.Name = p.qualified("the name of the " + mappingWord(m))
	if p.tok.is("(") {
		p.columns(m)
	}
	p.mappingTail(m)
	m.Place = p.from(start)
	return m
}

func mappingWord(m *ast.CreateMapping) string {
	if m.Table {
		return "table"
	}
	return "mapping"
}

// mappingTail reads the clauses behind the columns, in any order.
func (p *parser) mappingTail(m *ast.CreateMapping) {
	optionsSeen, known, first := false, len(p.errs), p.tok
	for {
		at := p.tok
		switch {
		case p.accept("TYPE"):
			p.once(m.Connector == nil, at, "TYPE")
			id := p.ident("a connector's name behind TYPE")
			m.Connector = &id
		case p.accept("OPTIONS"), p.accept("WITH"):
			p.once(!optionsSeen, at, at.word)
			p.optionsWord(m, at)
			optionsSeen = true
			m.Options = p.options("the options")
		case p.accept("COMMENT"):
			p.once(m.Comment == "", at, "COMMENT")
			m.Comment = p.stringLit("a comment").S
		case p.accepts("PARTITIONED", "BY"):
			p.once(m.Partition == nil, at, "PARTITIONED BY")
			m.Partition = p.idents("the list of partition columns", "a column name")
		case at.is("EXTERNAL"):
			p.unsupported(p.here(), "EXTERNAL NAME", "name the outside object in the options, for Kafka with 'topic'")
		case at.is("DATA") && p.peek(1).is("CONNECTION"):
			p.unsupported(p.here(), "DATA CONNECTION", "name the connector with TYPE, and the connection in its options")
		case at.is("AS"):
			p.unsupported(p.here(), "CREATE TABLE ... AS", "write CREATE VIEW ... AS, or create the table with its columns and INSERT INTO it")
		case at.is("LIKE"):
			p.unsupported(p.here(), "CREATE TABLE ... LIKE", "write the columns again")
		case at.is("DISTRIBUTED"):
			p.unsupported(p.here(), "CREATE TABLE ... DISTRIBUTED", "leave it out")
		default:
			p.mappingEnd(m, first, optionsSeen, len(p.errs) > known)
			return
		}
	}
}

// mappingEnd checks that nothing is missing where the clauses end. Where one of
// them was wrong, a missing TYPE says nothing new.
func (p *parser) mappingEnd(m *ast.CreateMapping, first *token, optionsSeen, wrong bool) {
	atEnd := p.tok.kind == tokEOF || p.tok.is(";") || p.tok.lineStart && p.beginsStatement()
	switch {
	case m.Table && !optionsSeen:
		p.failExpected("WITH ('connector' = '...', ...) behind the columns", "WITH", "PARTITIONED", "COMMENT")
	case !m.Table && m.Connector == nil && !wrong && optionsSeen && atEnd:
		p.failAt(diag.Syntax, p.spanOf(first), "expected TYPE and a connector's name before the options, found '"+p.text(first)+"'", "say where its rows are: TYPE File OPTIONS ('path' = '...')")
	case !m.Table && m.Connector == nil && !wrong:
		p.failExpected("TYPE and a connector's name, such as TYPE File", "TYPE", "OPTIONS", "PARTITIONED", "COMMENT")
	case !atEnd:
		if !m.Table && p.tok.is("(") && p.peek(1).kind == tokString && p.peek(2).is("=") {
			p.failAt(diag.Syntax, p.here(), "expected OPTIONS before the options, found '('", "write OPTIONS (...)")
		}
		p.failExpected("the end of the "+mappingWord(m), "OPTIONS", "WITH", "PARTITIONED", "COMMENT", "TYPE")
	}
}

// optionsWord refuses WITH for a mapping and OPTIONS for a table: each dialect
// has its own form, and a mix is likely a slip.
func (p *parser) optionsWord(m *ast.CreateMapping, at *token) {
	switch {
	case m.Table && at.is("OPTIONS"):
		p.errorAt(diag.Syntax, p.spanOf(at), "CREATE TABLE takes WITH (...), not OPTIONS (...)", "write WITH, or CREATE MAPPING ... TYPE ... OPTIONS")
	case !m.Table && at.is("WITH"):
		p.errorAt(diag.Syntax, p.spanOf(at), "CREATE MAPPING takes OPTIONS (...), not WITH (...)", "write OPTIONS, or CREATE TABLE ... WITH ('connector' = '...')")
	}
}

func (p *parser) once(first bool, at *token, clause string) {
	if !first {
		p.errorAt(diag.GivenTwice, p.spanOf(at), clause+" is given twice", "leave one of them out")
	}
}

// columns reads the parenthesised part of CREATE MAPPING.
func (p *parser) columns(m *ast.CreateMapping) {
	const what = "the column list"
	open := p.open("(", what)
	open.role = roleColumns
	for first := true; first || !p.tok.is(")"); first = false {
		if p.tok.is(")") {
			p.errorAt(diag.Syntax, p.here(), "the column list is empty", "leave the parentheses out to take the columns from the source")
			break
		}
		p.part(func() { p.columnPart(m) })
		if !p.separator(what, open, p.isName() && !p.beginsTail()) {
			break
		}
	}
	p.close(")", what, open)
	p.duplicateColumns(m)
}

// beginsTail reports whether a clause behind the columns is next, rather than
// one more column: then ')' is missing.
func (p *parser) beginsTail() bool {
	n := p.peek(1)
	switch p.tok.word {
	case "TYPE":
		after := p.peek(2)
		return n.kind == tokWord && plainTypes[n.word] == nil && (after.is("OPTIONS") || after.is(";") || after.kind == tokEOF)
	case "OPTIONS":
		return n.is("(")
	case "PARTITIONED":
		return n.is("BY")
	}
	return false
}

// columnPart reads a column, a watermark or a constraint.
func (p *parser) columnPart(m *ast.CreateMapping) {
	start := p.tok
	switch {
	case p.tok.is("WATERMARK") && p.peek(1).kind == tokWord && p.peek(2).is("AS"):
		p.failAt(diag.Syntax, p.spanOf(p.peek(1)), "expected FOR behind WATERMARK, found '"+p.text(p.peek(1))+"'", "write WATERMARK FOR "+p.text(p.peek(1))+" AS ...")
	case p.tok.is("WATERMARK") && p.peek(1).is("FOR"):
		w := p.watermark()
		p.once(m.Watermark == nil, start, "WATERMARK")
		m.Watermark = w
	case p.tok.is("CONSTRAINT") && p.peek(2).is("PRIMARY"):
		p.next()
		p.ident("the name of the constraint")
		p.tablePrimaryKey(m, start)
	case p.tok.is("PRIMARY") && p.peek(1).is("KEY"):
		p.tablePrimaryKey(m, start)
	default:
		m.Cols = append(m.Cols, p.column(m))
	}
}

func (p *parser) watermark() *ast.Watermark {
	start := p.expect("WATERMARK")
	p.expect("FOR")
	w := &ast.Watermark{Col: p.ident("the name of the time column")}
	if name := p.text(p.prev); !p.accept("AS") {
		p.failAt(diag.Syntax, p.here(), "expected AS behind WATERMARK FOR "+name+", found "+p.found(), "write WATERMARK FOR "+name+" AS "+name+" - INTERVAL '5' SECOND, with your lag")
	}
	w.Expr = p.expr()
	w.Place = p.from(start)
	return w
}

func (p *parser) tablePrimaryKey(m *ast.CreateMapping, start *token) {
	p.expect("PRIMARY")
	p.expect("KEY")
	cols := p.idents("the key's columns", "a column name")
	p.primaryKey(m, start, cols)
}

// primaryKey reads what follows the columns of a key.
func (p *parser) primaryKey(m *ast.CreateMapping, start *token, cols []ast.Ident) {
	if text := p.between(start, &token{start: p.prev.end}); !p.accepts("NOT", "ENFORCED") {
		p.accept("ENFORCED")
		p.errorAt(diag.KeyEnforced, p.from(start).At, "a PRIMARY KEY is not checked against the data", "write "+text+" NOT ENFORCED")
	}
	p.once(m.Key == nil, start, "PRIMARY KEY")
	m.Key = &ast.PrimaryKey{Place: p.from(start), Cols: cols}
}

// column reads name AS expr, or name TYPE with what may follow.
func (p *parser) column(m *ast.CreateMapping) *ast.ColumnDef {
	start := p.tok
	c := &ast.ColumnDef{Name: p.ident("a column name")}
	if p.accept("AS") {
		p.computed = true
		defer func() { p.computed = false }()
		c.Computed = p.expr()
	} else {
		typ := p.tok
		c.Type = p.columnType(c)
		p.refuseDigits(typ)
		p.refuseBrackets(typ)
	}
	for more := true; more; {
		more = p.columnClause(m, c)
	}
	c.Place = p.from(start)
	return c
}

func (p *parser) columnType(c *ast.ColumnDef) *ast.Type {
	p.refuseColumnForm(c)
	if !p.tok.maybeName() {
		p.failExpected(fmt.Sprintf("a type for the column '%s'", c.Name.Name))
	}
	return p.typ()
}

// columnClause reads one clause behind a column's type and reports whether there was one.
func (p *parser) columnClause(m *ast.CreateMapping, c *ast.ColumnDef) bool {
	start := p.tok
	switch {
	case c.Type != nil && p.accepts("NOT", "NULL"):
		p.once(!c.NotNull, start, "NOT NULL")
		c.NotNull = true
	case c.Type != nil && p.accept("NULL"):
	case c.Type != nil && p.accept("METADATA"):
		p.once(c.Metadata == nil, start, "METADATA")
		c.Metadata = p.metadata(start)
	case c.Type != nil && p.accepts("PRIMARY", "KEY"):
		p.primaryKey(m, start, []ast.Ident{c.Name})
	case p.accept("COMMENT"):
		p.once(c.Comment == "", start, "COMMENT")
		c.Comment = p.stringLit("a comment").S
	case p.tok.is("DEFAULT"):
		p.unsupported(p.here(), "DEFAULT for a column", "leave it out, and write COALESCE(column, value) in the query")
	case p.foreignConstraint():
		p.unsupported(p.here(), p.tok.word+" of a column", "leave it out: the data is not checked against constraints, and no values are made up")
	case p.tok.is("EXTERNAL"):
		p.unsupported(p.here(), "EXTERNAL NAME of a column", "call the column as its source does, and rename it in a view")
	default:
		return false
	}
	return true
}

// foreignConstraint reports whether a clause of other systems is next, and not one more
// column without its ','.
func (p *parser) foreignConstraint() bool {
	n := p.peek(1)
	switch p.tok.word {
	case "AUTO_INCREMENT", "AUTOINCREMENT", "IDENTITY", "UNIQUE", "GENERATED":
		return p.tok.kind == tokWord && (n.is(",") || n.is(")") || n.is("(") || n.is("NOT") || n.is("PRIMARY") || n.is("ALWAYS") || n.is("BY"))
	case "CHECK", "REFERENCES", "COLLATE":
		return p.tok.kind == tokWord
	}
	return false
}

func (p *parser) metadata(start *token) *ast.Metadata {
	m := &ast.Metadata{}
	if p.accept("FROM") {
		m.From = p.stringLit("the key of the metadata").S
	}
	m.Virtual = p.accept("VIRTUAL")
	m.Place = p.from(start)
	return m
}

// duplicateColumns reports columns of the same name.
func (p *parser) duplicateColumns(m *ast.CreateMapping) {
	first := make(map[string]diag.Span, len(m.Cols))
	for _, c := range m.Cols {
		at, ok := first[c.Name.Name]
		if !ok {
			first[c.Name.Name] = c.Name.At
			continue
		}
		p.add(diag.Diagnostic{
			Code: diag.GivenTwice, Span: c.Name.At, Message: fmt.Sprintf("there are two columns called '%s'", c.Name.Name),
			Hint:    "give one of them another name, or leave it out",
			Related: []diag.Related{{Span: at, Message: "first declared here"}},
		})
	}
}
