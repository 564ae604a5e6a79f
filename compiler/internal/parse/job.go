package parse

import "github.com/helios-stream/helios/compiler/internal/ast"

// createFunction reads [IF NOT EXISTS] f AS 'name' [LANGUAGE x].
func (p *parser) createFunction(start *token, f *ast.CreateFunction) ast.Statement {
	f.IfNotExists = p.ifNotExists()
	f.Name = p.qualified("the name of the function")
	if p.tok.is("(") {
		p.unsupported(p.here(), "a function written in SQL", "write its expression where it is used, or as a column of a view")
	}
	p.expect("AS")
	f.As = p.stringLit("the name that the function is registered by")
	if p.accept("LANGUAGE") {
		id := p.ident("a language behind LANGUAGE")
		f.Language = &id
	}
	if p.tok.is("USING") {
		p.unsupported(p.here(), "CREATE FUNCTION ... USING", "functions are written in Go and registered through the Go API")
	}
	f.Place = p.from(start)
	return f
}

// createJob reads [IF NOT EXISTS] j [OPTIONS (...)] AS statement.
func (p *parser) createJob(start *token) ast.Statement {
	j := &ast.CreateJob{IfNotExists: p.ifNotExists()}
	j.Name = p.qualified("the name of the job")
	if p.accept("OPTIONS") {
		j.Options = p.options("the options")
	}
	p.expect("AS")
	j.Stmt = p.jobStatement()
	j.Place = p.from(start)
	return j
}

// jobStatement reads what a job runs.
func (p *parser) jobStatement() ast.Statement {
	start := p.tok
	switch {
	case p.accepts("EXECUTE", "STATEMENT", "SET"), p.accepts("STATEMENT", "SET"):
		return p.statementSet(start)
	case p.tok.is("INSERT"):
		return p.insert()
	}
	p.failExpected("INSERT INTO or STATEMENT SET for the job to run", "INSERT", "STATEMENT")
	return nil
}

// alter reads JOB j SUSPEND | RESUME | RESTART; ALTER is already taken.
func (p *parser) alter(start *token) ast.Statement {
	switch p.tok.word {
	case "TABLE", "MAPPING", "VIEW", "DATABASE", "FUNCTION", "CATALOG", "MODEL", "MATERIALIZED":
		p.unsupported(p.spanOf(start).To(p.here()), "ALTER "+p.tok.word, "write CREATE OR REPLACE with what it is to be")
	}
	if !p.accept("JOB") {
		p.failExpected("JOB behind ALTER", "JOB")
	}
	a := &ast.AlterJob{Name: p.qualified("the name of the job")}
	if p.accept("OPTIONS") {
		a.Options = p.options("the options")
	}
	switch p.tok.word {
	case "SUSPEND", "RESUME", "RESTART":
		a.Action = ast.JobAction(p.tok.word)
		p.next()
	default:
		if a.Options == nil {
			p.failExpected("SUSPEND, RESUME or RESTART", "SUSPEND", "RESUME", "RESTART", "OPTIONS")
		}
	}
	a.Place = p.from(start)
	return a
}

// createSnapshot reads s FOR JOB j.
func (p *parser) createSnapshot(start *token, orReplace bool) ast.Statement {
	s := &ast.CreateSnapshot{OrReplace: orReplace, Name: p.qualified("the name of the snapshot")}
	p.expect("FOR")
	p.expect("JOB")
	s.Job = p.qualified("the name of the job")
	s.Place = p.from(start)
	return s
}
