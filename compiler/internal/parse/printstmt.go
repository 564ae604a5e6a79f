package parse

import (
	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/ir"
)

func (p *printer) statement(s ast.Statement) {
	switch x := s.(type) {
	case *ast.CreateMapping:
		p.createMapping(x)
	case *ast.CreateView:
		p.createView(x)
	case *ast.Drop:
		p.text("DROP ")
		p.when(x.Temporary, "TEMPORARY ")
		p.when(x.System, "SYSTEM ")
		p.text(string(x.Kind), " ")
		p.when(x.IfExists, "IF EXISTS ")
		p.name(x.Name)
		if x.Snapshot != nil {
			p.text(" WITH SNAPSHOT ")
			p.name(x.Snapshot)
		}
	case *ast.QueryStmt:
		p.query(x.Query)
	case *ast.Insert:
		p.insert(x)
	case *ast.StatementSet:
		p.text("STATEMENT SET BEGIN ")
		for _, ins := range x.Inserts {
			p.insert(ins)
			p.text("; ")
		}
		p.text("END")
	case *ast.Explain:
		p.text("EXPLAIN ")
		p.when(x.Mode != "", string(x.Mode)+" ")
		p.when(x.Format != "", "(FORMAT "+x.Format+") ")
		p.statement(x.Stmt)
	case *ast.Set:
		p.text("SET ")
		p.str(x.Key.S)
		p.text(" = ")
		p.str(x.Value.S)
	default:
		p.otherStatement(s)
	}
}

func (p *printer) insert(x *ast.Insert) {
	p.text("INSERT INTO ")
	p.name(x.Target)
	p.hints(x.Hints)
	if x.Cols != nil {
		p.text(" ")
		p.idents(x.Cols)
	}
	p.text(" ")
	p.query(x.Query)
}

func (p *printer) createHead(orReplace, temporary bool, kind string, ifNotExists bool, name *ast.Name) {
	p.text("CREATE ")
	p.when(orReplace, "OR REPLACE ")
	p.when(temporary, "TEMPORARY ")
	p.text(kind, " ")
	p.when(ifNotExists, "IF NOT EXISTS ")
	p.name(name)
}

func (p *printer) createView(x *ast.CreateView) {
	p.createHead(x.OrReplace, x.Temporary, "VIEW", x.IfNotExists, x.Name)
	p.viewColumns(x)
	p.comment(x.Comment)
	p.text(" AS ")
	p.query(x.Query)
}

func (p *printer) viewColumns(x *ast.CreateView) {
	if x.Cols == nil {
		return
	}
	p.text(" (")
	p.commas(len(x.Cols), func(i int) {
		p.ident(x.Cols[i])
		if x.ColComments != nil {
			p.comment(x.ColComments[i])
		}
	})
	p.text(")")
}

func (p *printer) comment(s string) {
	if s != "" {
		p.text(" COMMENT ")
		p.str(s)
	}
}

func (p *printer) createMapping(x *ast.CreateMapping) {
	kind := "MAPPING"
	if x.Table {
		kind = "TABLE"
	}
	p.createHead(x.OrReplace, x.Temporary, kind, x.IfNotExists, x.Name)
	p.columns(x)
	p.comment(x.Comment)
	if x.Partition != nil {
		p.text(" PARTITIONED BY ")
		p.idents(x.Partition)
	}
	if x.Connector != nil {
		p.text(" TYPE ")
		p.ident(*x.Connector)
	}
	if x.Table || x.Options != nil {
		p.when(x.Table, " WITH ")
		p.when(!x.Table, " OPTIONS ")
		p.options(x.Options)
	}
}

func (p *printer) options(list []ast.Option) {
	p.text("(")
	p.commas(len(list), func(i int) { p.option(list[i]) })
	p.text(")")
}

func (p *printer) option(o ast.Option) {
	p.str(o.Key.S)
	p.text(" = ")
	switch {
	case p.hidden == nil:
		p.str(o.Value.S)
	case p.hidden(o.Key.S):
		p.str("***")
	default:
		p.str(ir.HideSecretParts(o.Value.S))
	}
}

// columns writes the column list, the watermark and the key behind the columns.
func (p *printer) columns(x *ast.CreateMapping) {
	var parts []func()
	for _, c := range x.Cols {
		parts = append(parts, func() { p.column(c) })
	}
	if x.Watermark != nil {
		parts = append(parts, func() {
			p.text("WATERMARK FOR ")
			p.ident(x.Watermark.Col)
			p.text(" AS ")
			p.expr(x.Watermark.Expr, precOr)
		})
	}
	if x.Key != nil {
		parts = append(parts, func() {
			p.text("PRIMARY KEY ")
			p.idents(x.Key.Cols)
			p.text(" NOT ENFORCED")
		})
	}
	if len(parts) == 0 {
		return
	}
	p.text(" (")
	p.commas(len(parts), func(i int) { parts[i]() })
	p.text(")")
}

func (p *printer) column(c *ast.ColumnDef) {
	p.ident(c.Name)
	p.text(" ")
	if c.Computed != nil {
		p.text("AS ")
		p.expr(c.Computed, precOr)
	} else {
		p.typ(c.Type.T)
	}
	if c.Metadata != nil {
		p.text(" METADATA")
		if c.Metadata.From != "" {
			p.text(" FROM ")
			p.str(c.Metadata.From)
		}
		p.when(c.Metadata.Virtual, " VIRTUAL")
	}
	p.when(c.NotNull, " NOT NULL")
	p.comment(c.Comment)
}
