package bind

import (
	"slices"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
)

// joined is the tables of one FROM, and which of them are related to each other by a
// condition: group[i] is the same for tables that are, also by way of others.
type joined struct {
	names []string // what columns are qualified with
	at    []diag.Span
	group []int
}

// crossProduct warns where no condition of a SELECT relates two of its tables. It looks
// at the text alone: a condition with an unqualified column or a query in it may speak
// of any table, and counts as if it did.
func (b *binder) crossProduct(x *ast.Select) {
	if _, ok := x.From.(*ast.Join); !ok {
		return
	}
	j := &joined{}
	b.joinTables(j, x.From)
	if x.Where != nil {
		j.relate(x.Where)
	}
	for i := range j.names {
		if j.group[i] != j.group[0] {
			b.warn(diag.CrossProduct, j.at[i], "relate them, as in JOIN ... ON a.id = b.id; or write CROSS JOIN if this is meant",
				"no condition relates %s to %s: each row of one meets each row of the other", named(j.names[i]), named(j.names[0]))
			return
		}
	}
}

func named(table string) string {
	if table == "" {
		return "this table"
	}
	return "`" + table + "`"
}

// joinTables adds the tables of t and returns which they are.
func (b *binder) joinTables(j *joined, t ast.TableExpr) []int {
	x, ok := t.(*ast.Join)
	if !ok {
		name, dependent := tableName(t)
		i := len(j.names)
		j.names, j.at, j.group = append(j.names, name), append(j.at, t.Span()), append(j.group, i)
		if dependent && i > 0 {
			j.join([]int{0, i}) // it is made from the rows of those before
		}
		return []int{i}
	}
	l, r := b.joinTables(j, x.L), b.joinTables(j, x.R)
	meant := x.Kind == ast.JoinCross && b.sources.Text(x.OpAt.At) != ","
	if meant || x.Natural || x.Using != nil {
		j.join([]int{l[0], r[0]})
	}
	if x.On != nil {
		j.relate(x.On)
	}
	return append(l, r...)
}

// tableName is what the columns of a table are qualified with, and whether its rows
// depend on those of the tables before it.
func tableName(t ast.TableExpr) (name string, dependent bool) {
	var alias *ast.Alias
	switch x := t.(type) {
	case *ast.NamedTable:
		name, alias, dependent = x.Name.Last().Name, x.Alias, x.AsOf != nil
	case *ast.DerivedTable:
		alias, dependent = x.Alias, x.Lateral
	case *ast.TableFunc:
		alias, dependent = x.Alias, x.Lateral
	case *ast.Unnest:
		alias, dependent = x.Alias, true
	case *ast.MatchRecognize:
		alias = x.Alias
	}
	if alias != nil {
		name = alias.Name.Name
	}
	return name, dependent
}

// relate joins the tables that each part of a condition speaks of.
func (j *joined) relate(e ast.Expr) {
	if x, ok := e.(*ast.Binary); ok && x.Op == "AND" {
		j.relate(x.L)
		j.relate(x.R)
		return
	}
	var tables []int
	ast.Walk(e, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.Query:
			tables = j.all()
			return false
		case *ast.ColumnRef:
			i := slices.Index(j.names, x.Parts[0].Name)
			if i < 0 || len(x.Parts) < 2 {
				tables = j.all()
			} else {
				tables = append(tables, i)
			}
		}
		return true
	})
	j.join(tables)
}

func (j *joined) all() []int { return identity(len(j.names)) }

// join puts tables into one group.
func (j *joined) join(tables []int) {
	if len(tables) < 2 {
		return
	}
	for _, t := range tables[1:] {
		old := j.group[t]
		if old == j.group[tables[0]] {
			continue
		}
		for i := range j.group {
			if j.group[i] == old {
				j.group[i] = j.group[tables[0]]
			}
		}
	}
}
