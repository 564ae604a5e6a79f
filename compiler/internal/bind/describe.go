package bind

import (
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/parse"
	"github.com/helios-stream/helios/ir"
)

// describe binds DESCRIBE and SHOW COLUMNS: a row for each column, in Flink's columns.
func (b *binder) describe(s ast.Statement, name *ast.Name, filter *ast.NameFilter) {
	o := b.find(name, b.namesHint())
	if o == nil {
		return
	}
	var all []textRow
	switch {
	case o.table != nil:
		all = tableColumns(o)
	case o.view != nil:
		all = viewColumns(o.view)
	default:
		return // its declaration is wrong, which is reported
	}
	rows := slices.DeleteFunc(all, func(r textRow) bool { return !kept(filter, r[0].(string), false) })
	cols := texts("name", "type", "null", "key?", "extras?", "watermark?")
	cols[2].Type = ir.TBoolean
	b.rows(s, cols, rows)
}

func tableColumns(o *object) []textRow {
	t := o.table
	decl, _ := o.decl.(*ast.CreateMapping)
	var rows []textRow
	for _, c := range t.Cols {
		row := textRow{c.Name, c.Type.String(), !c.NotNull, nil, nil, nil}
		var extras []string
		if slices.Contains(t.Key, c.Name) {
			row[3] = "PRI(" + strings.Join(t.Key, ", ") + ")"
		}
		if e := computedOf(decl, c.Name); e != nil {
			extras = append(extras, "AS "+parse.Print(e))
		}
		if m := metadataOf(o, c.Name); m != nil {
			text := "METADATA FROM '" + c.Meta + "'"
			if m.Metadata.Virtual {
				text += " VIRTUAL"
			}
			extras = append(extras, text)
		}
		if slices.Contains(t.Partition, c.Name) {
			extras = append(extras, "PARTITIONED BY")
		}
		row[4] = orNull(strings.Join(extras, ", "))
		if w := t.Watermark; w != nil && w.Col == c.Name && decl != nil {
			row[5] = parse.Print(decl.Watermark.Expr)
		}
		rows = append(rows, row)
	}
	return rows
}

// computedOf is the expression of a computed column; nil: it is none.
func computedOf(decl *ast.CreateMapping, name string) ast.Expr {
	if decl == nil {
		return nil
	}
	for _, c := range decl.Cols {
		if c.Name.Name == name {
			return c.Computed
		}
	}
	return nil
}

// viewColumns tells of a view; its event time, if it has one, comes from below.
func viewColumns(r *relation) []textRow {
	var rows []textRow
	for i, c := range r.schema().Cols {
		row := textRow{c.Name, c.Type.String(), !c.NotNull, nil, nil, nil}
		if i == r.node.Props().TimeCol {
			row[5] = "event time"
		}
		rows = append(rows, row)
	}
	return rows
}
