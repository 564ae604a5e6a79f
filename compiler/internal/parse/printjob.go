package parse

import "github.com/helios-stream/helios/compiler/internal/ast"

// otherStatement writes the statements about functions, jobs and what there is.
func (p *printer) otherStatement(s ast.Statement) {
	switch x := s.(type) {
	case *ast.CreateFunction:
		kind := "FUNCTION"
		if x.System {
			kind = "SYSTEM FUNCTION"
		}
		p.createHead(x.OrReplace, x.Temporary, kind, x.IfNotExists, x.Name)
		p.text(" AS ")
		p.str(x.As.S)
		if x.Language != nil {
			p.text(" LANGUAGE ")
			p.ident(*x.Language)
		}
	case *ast.CreateJob:
		p.createHead(false, false, "JOB", x.IfNotExists, x.Name)
		if x.Options != nil {
			p.text(" OPTIONS ")
			p.options(x.Options)
		}
		p.text(" AS ")
		p.statement(x.Stmt)
	case *ast.AlterJob:
		p.text("ALTER JOB ")
		p.name(x.Name)
		if x.Options != nil {
			p.text(" OPTIONS ")
			p.options(x.Options)
		}
		p.when(x.Action != "", " "+string(x.Action))
	case *ast.CreateSnapshot:
		p.createHead(x.OrReplace, false, "SNAPSHOT", false, x.Name)
		p.text(" FOR JOB ")
		p.name(x.Job)
	case *ast.Show:
		p.text("SHOW ", x.What)
		if x.Of != nil {
			p.text(" FROM ")
			p.name(x.Of)
		}
		p.nameFilter(x.Like)
	case *ast.ShowCreate:
		p.text("SHOW CREATE ", string(x.Kind), " ")
		p.name(x.Name)
	case *ast.Describe:
		p.text("DESCRIBE ")
		p.name(x.Name)
	}
}

func (p *printer) nameFilter(f *ast.NameFilter) {
	if f == nil {
		return
	}
	p.when(f.Not, " NOT")
	p.text(map[bool]string{false: " LIKE ", true: " ILIKE "}[f.IgnoreCase])
	p.str(f.Pattern.S)
}

// hints writes /*+ ... */ with a blank before it.
func (p *printer) hints(hints []*ast.Hint) {
	if len(hints) == 0 {
		return
	}
	p.text(" /*+ ")
	p.commas(len(hints), func(i int) { p.hint(hints[i]) })
	p.text(" */")
}

func (p *printer) hint(h *ast.Hint) {
	p.function(h.Name)
	if len(h.Args) == 0 {
		return
	}
	p.text("(")
	p.commas(len(h.Args), func(i int) {
		switch a := h.Args[i]; {
		case a.Option != nil:
			p.option(*a.Option)
		case a.Text != nil:
			p.str(a.Text.S)
		default:
			p.name(a.Table)
		}
	})
	p.text(")")
}
