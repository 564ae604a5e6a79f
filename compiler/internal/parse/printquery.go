package parse

import "github.com/helios-stream/helios/compiler/internal/ast"

func (p *printer) query(q *ast.Query) {
	if len(q.With) > 0 {
		p.text("WITH ")
		p.commas(len(q.With), func(i int) {
			p.ident(q.With[i].Name)
			if q.With[i].Cols != nil {
				p.text(" ")
				p.idents(q.With[i].Cols)
			}
			p.text(" AS ")
			p.inner(q.With[i].Query)
		})
		p.text(" ")
	}
	p.body(q.Body, 1)
	p.orderBy(" ORDER BY ", q.OrderBy)
	p.clause(" LIMIT ", q.Limit)
	p.clause(" OFFSET ", q.Offset)
}

// inner writes (query).
func (p *printer) inner(q *ast.Query) {
	p.text("(")
	p.query(q)
	p.text(")")
}

// clause writes a word and an expression where there is one.
func (p *printer) clause(word string, e ast.Expr) {
	if e != nil {
		p.text(word)
		p.expr(e, precOr)
	}
}

func (p *printer) orderBy(word string, items []*ast.OrderItem) {
	if len(items) == 0 {
		return
	}
	p.text(word)
	p.commas(len(items), func(i int) {
		o := items[i]
		p.expr(o.Expr, precOr)
		p.when(o.Desc, " DESC")
		p.when(o.Nulls == ast.NullsFirst, " NULLS FIRST")
		p.when(o.Nulls == ast.NullsLast, " NULLS LAST")
	})
}

// body writes a query body where set operations of at least the level may stand
// without parentheses: 1 UNION and EXCEPT, 2 INTERSECT, 3 none.
func (p *printer) body(b ast.QueryBody, level int) {
	switch x := b.(type) {
	case *ast.Query:
		p.inner(x)
	case *ast.Values:
		p.text("VALUES ")
		p.commas(len(x.Rows), func(i int) {
			p.text("(")
			p.exprs(x.Rows[i].Exprs)
			p.text(")")
		})
	case *ast.SetOp:
		p.setOp(x, level)
	case *ast.Select:
		p.selectBody(x)
	}
}

func (p *printer) setOp(x *ast.SetOp, level int) {
	own := 1
	if x.Op == "INTERSECT" {
		own = 2
	}
	p.when(own < level, "(")
	p.body(x.L, own)
	p.text(" ", x.Op, " ")
	p.when(x.All, "ALL ")
	p.body(x.R, own+1)
	p.when(own < level, ")")
}

func (p *printer) selectBody(s *ast.Select) {
	p.text("SELECT")
	p.hints(s.Hints)
	p.text(" ")
	p.when(s.Distinct, "DISTINCT ")
	p.commas(len(s.Items), func(i int) { p.selectItem(s.Items[i]) })
	if s.From != nil {
		p.text(" FROM ")
		p.table(s.From)
	}
	p.clause(" WHERE ", s.Where)
	if len(s.GroupBy) > 0 {
		p.text(" GROUP BY ")
		p.exprs(s.GroupBy)
	}
	p.clause(" HAVING ", s.Having)
	if len(s.Windows) > 0 {
		p.text(" WINDOW ")
		p.commas(len(s.Windows), func(i int) {
			p.ident(s.Windows[i].Name)
			p.text(" AS ")
			p.window(s.Windows[i].Window)
		})
	}
	p.clause(" QUALIFY ", s.Qualify)
	if s.Emit != nil {
		p.when(s.Emit.Partial, " EMIT PARTIAL")
		p.clause(" EMIT EVERY ", s.Emit.Every)
	}
}

func (p *printer) selectItem(x *ast.SelectItem) {
	switch {
	case x.Star && x.Table != nil:
		p.dotted(x.Table)
		p.text(".*")
	case x.Star:
		p.text("*")
	default:
		p.expr(x.Expr, precOr)
	}
	if x.Alias != nil {
		p.text(" AS ")
		p.ident(*x.Alias)
	}
}

func (p *printer) alias(a *ast.Alias) {
	if a == nil {
		return
	}
	p.text(" AS ")
	p.ident(a.Name)
	if a.Cols != nil {
		p.idents(a.Cols)
	}
}

func (p *printer) table(t ast.TableExpr) {
	switch x := t.(type) {
	case *ast.NamedTable:
		p.name(x.Name)
		p.hints(x.Hints)
		p.clause(" FOR SYSTEM_TIME AS OF ", x.AsOf)
		p.alias(x.Alias)
	case *ast.DerivedTable:
		p.when(x.Lateral, "LATERAL ")
		p.inner(x.Query)
		p.alias(x.Alias)
	case *ast.TableFunc:
		p.when(x.Lateral, "LATERAL ")
		p.tableFunc(x)
		p.alias(x.Alias)
	case *ast.Unnest:
		p.text("UNNEST(")
		p.expr(x.Expr, precOr)
		p.text(")")
		p.when(x.Ordinality, " WITH ORDINALITY")
		p.alias(x.Alias)
	case *ast.Join:
		p.join(x)
	case *ast.MatchRecognize:
		p.match(x)
	}
}

func (p *printer) join(j *ast.Join) {
	p.table(j.L)
	p.when(j.Natural, " NATURAL")
	p.text(" ", string(j.Kind), " JOIN ")
	_, nested := j.R.(*ast.Join)
	p.when(nested, "(")
	p.table(j.R)
	p.when(nested, ")")
	p.clause(" ON ", j.On)
	if j.Using != nil {
		p.text(" USING ")
		p.idents(j.Using)
	}
}

func (p *printer) tableFunc(f *ast.TableFunc) {
	p.text("TABLE(")
	p.function(f.Name)
	p.text("(")
	p.commas(len(f.Args), func(i int) { p.tableArg(f.Args[i]) })
	p.text("))")
}

func (p *printer) tableArg(a *ast.TableArg) {
	if a.Name != nil {
		p.ident(*a.Name)
		p.text(" => ")
	}
	switch {
	case a.Expr != nil:
		p.expr(a.Expr, precOr)
	case a.Descriptor != nil:
		p.text("DESCRIPTOR")
		p.idents(a.Descriptor.Cols)
	default:
		if _, named := a.Table.(*ast.NamedTable); named {
			p.text("TABLE ")
		}
		p.table(a.Table)
	}
	if a.Partition != nil {
		p.text(" PARTITION BY (")
		p.exprs(a.Partition)
		p.text(")")
	}
	p.orderBy(" ORDER BY ", a.OrderBy)
}
