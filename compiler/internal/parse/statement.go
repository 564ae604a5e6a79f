package parse

import (
	"fmt"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
)

// statement reads one statement without its ';'.
func (p *parser) statement() ast.Statement {
	start := p.tok
	switch {
	case p.accept("CREATE"):
		return p.create(start)
	case p.accept("DROP"):
		return p.drop(start)
	case p.tok.is("INSERT"):
		return p.insert()
	case p.accepts("EXECUTE", "STATEMENT", "SET"), p.accepts("STATEMENT", "SET"):
		return p.statementSet(start)
	case p.tok.is("BEGIN") && p.peek(1).is("STATEMENT") && p.peek(2).is("SET") && p.peek(3).is(";"):
		return p.statementSetBegun(start)
	case p.tok.is("EXECUTE") && p.peek(1).is("PLAN"):
		p.unsupported(p.spanOf(start).To(p.spanOf(p.peek(1))), "EXECUTE PLAN", "heliosc run plan.json runs a plan")
	case p.accepts("EXECUTE"):
		if p.beginsQuery() || p.tok.is("INSERT") {
			return p.statement() // Flink's EXECUTE query
		}
		p.failExpected("STATEMENT SET, INSERT or a query behind EXECUTE", "STATEMENT", "INSERT")
	case p.accept("ALTER"):
		return p.alter(start)
	case p.accept("SHOW"):
		return p.show(start)
	case p.accept("DESCRIBE"), p.accept("DESC"):
		return p.describe(start)
	case p.accept("EXPLAIN"):
		return p.explain(start)
	case p.accept("SET"):
		return p.set(start)
	case p.beginsQuery():
		q := p.query()
		return &ast.QueryStmt{Place: p.from(start), Query: q}
	}
	p.failStatement()
	return nil
}

func (p *parser) drop(start *token) ast.Statement {
	d := &ast.Drop{Temporary: p.accept("TEMPORARY")}
	switch {
	case p.accept("MAPPING"):
		d.Kind = ast.KindMapping
	case p.accept("TABLE"):
		d.Kind = ast.KindTable
	case p.accept("VIEW"):
		d.Kind = ast.KindView
	case p.accept("JOB"):
		d.Kind = ast.KindJob
	case p.accept("SNAPSHOT"):
		d.Kind = ast.KindSnap
	case p.accept("FUNCTION"):
		d.Kind = ast.KindFunc
	case p.tok.is("SYSTEM") && p.peek(1).is("FUNCTION"):
		p.accepts("SYSTEM", "FUNCTION")
		d.Kind, d.System = ast.KindFunc, true
	case p.tok.is("CATALOG"), p.tok.is("DATABASE"), p.tok.is("MODEL"), p.tok.is("MATERIALIZED"), p.tok.is("DATA"), p.tok.is("INDEX"):
		p.unsupported(p.spanOf(start).To(p.here()), "DROP "+p.tok.word, "")
	default:
		p.failExpected("MAPPING, TABLE, VIEW, JOB, SNAPSHOT or FUNCTION behind DROP", "MAPPING", "TABLE", "VIEW", "JOB", "SNAPSHOT", "FUNCTION")
	}
	d.IfExists = p.accepts("IF", "EXISTS")
	d.Name = p.qualified("the name of the " + strings.ToLower(string(d.Kind)))
	if d.Kind == ast.KindJob && p.accepts("WITH", "SNAPSHOT") {
		d.Snapshot = p.qualified("the name of the snapshot")
	}
	d.Place = p.from(start)
	return d
}

func (p *parser) insert() *ast.Insert {
	start := p.expect("INSERT")
	if p.tok.is("OVERWRITE") {
		p.unsupported(p.here(), "INSERT OVERWRITE", "write INSERT INTO")
	}
	if !p.accept("INTO") {
		p.failBad()
		p.failAt(diag.Syntax, p.here(), "expected INTO behind INSERT, found "+p.found(), "write INSERT INTO")
	}
	p.accept("TABLE")
	ins := &ast.Insert{Target: p.qualified("the name of a table"), Hints: p.optHints()}
	if p.tok.is("PARTITION") {
		p.unsupported(p.here(), "INSERT INTO ... PARTITION", "select the partition's columns")
	}
	if p.tok.is("(") && !p.parenQuery(0) {
		ins.Cols = p.idents("the column list", "a column name")
	}
	if !p.beginsQuery() {
		p.failExpected("SELECT or VALUES", "SELECT", "VALUES", "WITH")
	}
	ins.Query = p.query()
	if p.tok.is("ON") && p.peek(1).is("CONFLICT") {
		p.unsupported(p.here(), "ON CONFLICT", "a mapping with a PRIMARY KEY replaces rows by their key")
	}
	ins.Place = p.from(start)
	return ins
}

// statementSet reads BEGIN insert; ... END; STATEMENT SET is already taken.
func (p *parser) statementSet(start *token) ast.Statement {
	return p.setInserts(start, p.expect("BEGIN"))
}

// statementSetBegun reads Flink's other form: BEGIN STATEMENT SET; insert; ... END.
func (p *parser) statementSetBegun(start *token) ast.Statement {
	p.accepts("BEGIN", "STATEMENT", "SET", ";")
	return p.setInserts(start, start)
}

func (p *parser) setInserts(start, begin *token) ast.Statement {
	set := &ast.StatementSet{}
	for !p.accept("END") {
		if p.accept(";") {
			continue
		}
		if p.tok.kind == tokEOF {
			p.failOpen("END to close the statement set begun", begin)
		}
		if ins := p.setInsert(); ins != nil {
			set.Inserts = append(set.Inserts, ins)
		}
	}
	set.Place = p.from(start)
	if len(set.Inserts) == 0 && len(p.errs) == 0 {
		p.failAt(diag.Syntax, set.At, "a statement set holds at least one INSERT", "")
	}
	return set
}

// setInsert reads one INSERT of a statement set; nil where it cannot be read.
func (p *parser) setInsert() (ins *ast.Insert) {
	first := p.at
	ok := p.try(func() {
		if !p.tok.is("INSERT") {
			p.failExpected("INSERT INTO or END in a statement set", "INSERT", "END")
		}
		ins = p.insert()
		if !p.tok.is("END") {
			p.endOfStatement()
		}
	})
	if ok {
		return ins
	}
	for p.tok.kind != tokEOF && !p.tok.is(";") && !(p.at > first && p.tok.lineStart && (p.tok.is("INSERT") || p.tok.is("END"))) {
		p.next()
	}
	return nil
}

// explain reads what follows EXPLAIN.
func (p *parser) explain(start *token) ast.Statement {
	e := &ast.Explain{}
	switch p.tok.word {
	case "LOGICAL", "PHYSICAL", "ANALYZE":
		e.Mode = ast.ExplainMode(p.tok.word)
		p.next()
	}
	if p.tok.is("(") && p.peek(1).is("FORMAT") {
		p.next()
		e.Format = p.explainFormat()
	}
	switch p.tok.word {
	case "ESTIMATED_COST", "CHANGELOG_MODE", "JSON_EXECUTION_PLAN", "PLAN_ADVICE":
		p.unsupported(p.here(), "EXPLAIN "+p.tok.word, "EXPLAIN shows what bounds state and how rows change; EXPLAIN (FORMAT JSON) is for tools")
	}
	p.accepts("PLAN", "FOR") // Flink's EXPLAIN PLAN FOR
	inner := p.tok
	switch {
	case p.tok.is("INSERT"):
		e.Stmt = p.insert()
	case p.accepts("EXECUTE", "STATEMENT", "SET"), p.accepts("STATEMENT", "SET"):
		e.Stmt = p.statementSet(inner)
	case p.beginsQuery():
		q := p.query()
		e.Stmt = &ast.QueryStmt{Place: p.from(inner), Query: q}
	default:
		p.failExpected("a query or an INSERT to explain", "LOGICAL", "PHYSICAL", "ANALYZE", "SELECT", "INSERT")
	}
	e.Place = p.from(start)
	return e
}

func (p *parser) explainFormat() string {
	p.expect("FORMAT")
	switch f := p.tok.word; f {
	case "TEXT", "JSON", "DOT":
		p.next()
		p.expect(")")
		return f
	}
	p.failExpected("TEXT, JSON or DOT", "TEXT", "JSON", "DOT")
	return ""
}

func (p *parser) set(start *token) ast.Statement {
	if p.tok.kind == tokEOF || p.tok.is(";") {
		p.unsupported(p.spanOf(start), "SET without a setting", "write SET 'key' = 'value'")
	}
	if p.tok.kind == tokWord {
		end := p.at
		for t := p.toks[end]; !t.is("=") && !t.is(";") && t.kind != tokEOF && !t.lineStart; t = p.toks[end] {
			end++
		}
		if end > p.at {
			name := clip(p.src[p.tok.start:p.toks[end-1].end])
			value := "..."
			if v := p.toks[min(end+1, len(p.toks)-1)]; p.toks[end].is("=") && (v.kind == tokWord || v.kind == tokNumber || v.kind == tokString) {
				value = strings.Trim(clip(p.text(&v)), "'")
			}
			p.failAt(diag.Syntax, p.here(), "expected a setting's name in single quotes, found "+p.found(), fmt.Sprintf("write SET '%s' = '%s'", name, value))
		}
	}
	s := &ast.Set{Key: p.stringLit("a setting's name")}
	p.expect("=")
	s.Value = p.stringLit("a setting's value")
	s.Place = p.from(start)
	return s
}

// options reads ('k' = 'v', ...). A part that cannot be read is skipped.
func (p *parser) options(what string) []ast.Option {
	open := p.open("(", what)
	open.role = roleOptions
	var out []ast.Option
	seen := map[string]diag.Span{}
	for !p.tok.is(")") {
		p.part(func() {
			o := p.option()
			if first, ok := seen[o.Key.S]; ok {
				p.add(diag.Diagnostic{
					Code: diag.GivenTwice, Span: o.Key.At, Message: fmt.Sprintf("the option '%s' is given twice", o.Key.S),
					Hint:    "leave one of them out",
					Related: []diag.Related{{Span: first, Message: "first given here"}},
				})
			}
			seen[o.Key.S] = o.Key.At
			out = append(out, o)
		})
		if !p.separator(what, open, p.tok.kind == tokString) {
			break
		}
	}
	p.close(")", what, open)
	return out
}

func (p *parser) option() ast.Option {
	start := p.tok
	if n := p.dottedKey(); p.tok.kind == tokWord && n > 0 && !p.placeholder(p.tok) {
		last := p.peek(n)
		name := clip(p.src[p.tok.start:last.end])
		p.failAt(diag.Syntax, p.here().To(p.spanOf(last)), "expected an option's name in single quotes, found '"+name+"'", "put it in single quotes: '"+name+"'")
	}
	o := ast.Option{Key: p.stringLit("an option's name")}
	if p.tok.is("=>") || p.tok.is("==") || p.tok.is(":") {
		p.failAt(diag.Syntax, p.here(), fmt.Sprintf("expected '=' behind the option's name, found %s", p.found()), "options are written 'name' = 'value'")
	}
	p.expect("=")
	o.Value = p.optionString("the value of '" + o.Key.S + "'")
	o.Place = p.from(start)
	return o
}

// part reads one part of a parenthesised list. After an error it skips to the
// ',' or ')' that ends the part. A ';' or the end of the file ends the statement.
func (p *parser) part(f func()) {
	first, known := p.at, len(p.errs)
	if p.try(f) {
		return
	}
	if len(p.errs) == known {
		p.broken++ // the lexer has reported it: the statement lacks something all the same
	}
	depth := 0
	for _, t := range p.toks[first:p.at] {
		switch {
		case t.is("("), t.is("["):
			depth++
		case t.is(")"), t.is("]"):
			depth--
		}
	}
	for ; ; p.next() {
		switch {
		case p.tok.kind == tokEOF, p.tok.is(";"):
			panic(bailout{})
		case p.tok.is("("), p.tok.is("["):
			depth++
		case depth == 0 && (p.tok.is(",") || p.tok.is(")")):
			return
		case p.tok.is(")"), p.tok.is("]"):
			depth--
		}
	}
}

// separator takes the ',' between two parts of a list and reports whether another
// part follows. Where the next token begins another part, a missing comma is
// reported and the list goes on.
func (p *parser) separator(what string, open *token, beginsPart bool) bool {
	if p.accept(",") {
		if p.tok.is(")") {
			p.report(diag.Syntax, p.prev.start, p.prev.end, "there is a ',' but nothing behind it in "+what, "remove the ','")
			return false
		}
		return true
	}
	if p.tok.is(")") || !beginsPart {
		return false
	}
	if p.spanHint(nil) != "" || p.brokenStringHint(nil) != "" {
		p.failOpen("',' or ')' in "+what+" opened", open)
	}
	p.report(diag.MissingComma, p.prev.end, p.prev.end, fmt.Sprintf("expected ',' before %s in %s", p.found(), what), "a comma is missing here")
	return true
}
