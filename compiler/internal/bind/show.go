package bind

import (
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/compiler/internal/parse"
	"github.com/helios-stream/helios/ir"
)

// text is a row of texts; nil stands for NULL.
type textRow []any

// rows makes the rows of a statement that tells of what there is a SELECT's rows.
func (b *binder) rows(s ast.Statement, cols []ir.Column, rows []textRow) {
	v := &ir.Values{S: &ir.Schema{Cols: cols}, P: ir.NoProps}
	v.P.Bounded = true
	for _, row := range rows {
		exprs := make([]ir.Expr, len(row))
		for i, x := range row {
			exprs[i] = &ir.Const{V: x, T: cols[i].Type}
		}
		v.Rows = append(v.Rows, exprs)
	}
	b.out.Logical.Sinks = append(b.out.Logical.Sinks, &ir.Sink{Input: v, Title: b.title(s), At: b.sources.Pos(s.Span())})
}

// texts are columns of type VARCHAR, of which a '?' behind the name allows NULL.
func texts(names ...string) []ir.Column {
	out := make([]ir.Column, len(names))
	for i, n := range names {
		name, null := strings.CutSuffix(n, "?")
		out[i] = ir.Column{Name: name, Type: ir.TVarchar, NotNull: !null}
	}
	return out
}

// orNull is s, or NULL where it is empty.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// show binds SHOW: its rows are what the statements before it have made.
func (b *binder) show(x *ast.Show) {
	switch x.What {
	case "FUNCTIONS":
		b.showFunctions(x)
	case "MAPPINGS", "TABLES", "VIEWS":
		b.showObjects(x)
	case "COLUMNS":
		b.describe(x, x.Of, x.Like)
	default:
		b.later(x.Span(), "SHOW "+x.What, "")
	}
}

func (b *binder) showFunctions(x *ast.Show) {
	var rows []textRow
	for _, f := range slices.Concat(ir.Catalog(), b.env.Functions) {
		names := append([]string{f.Name}, f.Aliases...)
		if !slices.ContainsFunc(names, func(n string) bool { return kept(x.Like, n, true) }) {
			continue
		}
		rows = append(rows, textRow{f.Name, f.Kind(), f.Sig, f.Doc, f.Example, orNull(strings.Join(f.Aliases, ", "))})
	}
	b.rows(x, texts("name", "kind", "form", "description", "example", "aliases?"), rows)
}

// showObjects lists mappings, and for TABLES and VIEWS the views, by name.
func (b *binder) showObjects(x *ast.Show) {
	names := []string{}
	for name, o := range b.objects {
		isView := o.kind == ast.KindView
		if (isView && x.What != "MAPPINGS" || !isView && x.What != "VIEWS") && kept(x.Like, name, false) {
			names = append(names, name)
		}
	}
	var rows []textRow
	for _, name := range sorted(names) {
		o := b.objects[name]
		o.used = true
		row := textRow{name, string(o.kind), nil}
		if o.spec != nil {
			row[2] = o.spec.Name
		}
		rows = append(rows, row)
	}
	b.rows(x, texts("name", "kind", "connector?"), rows)
}

// kept reports whether a filter of SHOW, which may be nil, keeps a name. Names of
// functions ignore case.
func kept(f *ast.NameFilter, name string, ignoreCase bool) bool {
	if f == nil {
		return true
	}
	pattern := f.Pattern.S
	if ignoreCase || f.IgnoreCase {
		pattern, name = strings.ToUpper(pattern), strings.ToUpper(name)
	}
	return like([]rune(pattern), []rune(name)) != f.Not
}

// like reports whether s matches a pattern, in which % is any text and _ one character.
func like(pattern, s []rune) bool {
	p, i, star, from := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '%':
			star, from = p, i
			p++
		case p < len(pattern) && (pattern[p] == '_' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			from++
			p, i = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(string(pattern[p:]), "%") == ""
}

// showCreate shows the statement that made a mapping or a view, without the values of
// secret options, a row for each line.
func (b *binder) showCreate(x *ast.ShowCreate) {
	o := b.find(x.Name, b.namesHint())
	if o == nil {
		return
	}
	if (x.Kind == ast.KindView) != (o.kind == ast.KindView) {
		b.err(diag.WrongKind, x.Name.Span(), "write SHOW CREATE "+string(o.kind)+" "+o.name, "`%s` is a %s", o.name, strings.ToLower(string(o.kind)))
		b.relate(o.at, "it was created here")
		return
	}
	text := parse.PrintHiding(o.decl, b.isSecret) + ";"
	if laid, errs := parse.Format("", text); !errs.HasErrors() {
		text = laid
	}
	var rows []textRow
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		rows = append(rows, textRow{line})
	}
	b.rows(x, texts("statement"), rows)
}

// isSecret reports whether an option's name says that it is secret, or some connector
// has a secret option of this name: a hint does not say for which one it is.
func (b *binder) isSecret(option string) bool {
	if b.env.Connectors == nil || ir.IsSecretName(option) {
		return ir.IsSecretName(option)
	}
	return slices.ContainsFunc(b.env.Connectors(), func(s *ir.ConnectorSpec) bool {
		d, _ := s.Option(option)
		return d != nil && d.Secret
	})
}
