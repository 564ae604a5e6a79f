package bind

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/compiler/internal/parse"
	"github.com/helios-stream/helios/ir"
)

func (b *binder) createMapping(x *ast.CreateMapping) {
	name, ok := b.simpleName(x.Name)
	if !ok {
		return
	}
	o := &object{name: name, kind: ast.KindMapping, at: x.Name.Span(), decl: declared(x)}
	if x.Table {
		o.kind = ast.KindTable
	}
	if !b.declare(o, x.OrReplace, x.IfNotExists) {
		return
	}
	before := len(*b.errs)
	t := &ir.Table{Name: name, Dir: b.dir, Pos: b.sources.Pos(x.Name.Span())}
	o.spec = b.connector(x, t)
	if o.spec != nil {
		o.options = b.options(x, o.spec, t)
	}
	b.columns(x, t, o.spec)
	if len(x.Cols) == 0 && len(*b.errs) == before {
		b.inferColumns(x, t)
	}
	if len(x.Cols) == 0 && len(t.Cols) == 0 {
		return // reported, or never to be known: nothing to check the rest against
	}
	b.watermarkClause(x, t)
	b.keys(x, t)
	if !(*b.errs)[before:].HasErrors() {
		o.table = t
	}
}

// columns declares the physical columns and then the computed ones, which may use
// any of the former.
func (b *binder) columns(x *ast.CreateMapping, t *ir.Table, spec *ir.ConnectorSpec) {
	seen := map[string]diag.Span{}
	for _, c := range x.Cols {
		if first, twice := seen[c.Name.Name]; twice {
			b.err(diag.AlreadyExists, c.Name.Span(), "", "column `%s` is declared twice", c.Name.Name)
			b.relate(first, "first here")
			continue
		}
		seen[c.Name.Name] = c.Name.Span()
		col := ir.TableColumn{Column: ir.Column{Name: c.Name.Name, Type: tInvalid, NotNull: c.NotNull}}
		if c.Type != nil {
			col.Type = c.Type.T
		}
		if c.Metadata != nil {
			col.Meta = b.metadata(c, spec)
		}
		t.Cols = append(t.Cols, col)
	}
	b.computedColumns(x, t)
	if len(x.Cols) > 0 && len(t.Physical().Cols) == 0 {
		b.err(diag.BadColumn, x.Name.Span(), "declare at least one column with a type", "`%s` has computed columns only", t.Name)
	}
}

func (b *binder) computedColumns(x *ast.CreateMapping, t *ir.Table) {
	physical := &scope{what: "mapping `" + t.Name + "`"}
	isComputed := map[string]bool{}
	n := 0
	for _, c := range x.Cols {
		if c.Computed != nil {
			isComputed[c.Name.Name] = true
		} else if c.Type != nil {
			physical.add("", ir.Column{Name: c.Name.Name, Type: c.Type.T, NotNull: c.NotNull}, n)
			n++
		}
	}
	for _, c := range x.Cols {
		at := slices.IndexFunc(t.Cols, func(tc ir.TableColumn) bool { return tc.Name == c.Name.Name })
		if c.Computed == nil || t.Cols[at].Expr != nil {
			continue
		}
		// Until it is known, any expression keeps it from counting as physical.
		t.Cols[at].Expr = &ir.Const{T: tInvalid}
		eb := &exprBinder{b: b, scope: physical, noAggs: "a computed column", computed: isComputed}
		if e := eb.bind(c.Computed); e != nil {
			e = settleNull(e)
			t.Cols[at].Expr, t.Cols[at].Type = e, e.Type()
		}
	}
}

// inferColumns asks the source of a mapping that declares no columns.
func (b *binder) inferColumns(x *ast.CreateMapping, t *ir.Table) {
	if b.env.Infer == nil {
		b.err(diag.CannotInfer, x.Name.Span(), "declare the columns: CREATE MAPPING "+t.Name+" (id BIGINT, ...)", "`%s` declares no columns", t.Name)
		return
	}
	for _, id := range x.Partition {
		t.Partition = append(t.Partition, id.Name)
	}
	cols, err := b.env.Infer(b.ctx, t)
	if could := (*ir.InferError)(nil); errors.As(err, &could) {
		b.err(diag.CannotInfer, x.Name.Span(),
			fmt.Sprintf("set '%s'='%s', or declare the columns. The first rows fit: CREATE MAPPING %s (%s) ...", could.Option, could.Value, t.Name, parse.PrintColumns(could.Cols)),
			"`%s` declares no columns: %s", t.Name, could.Reason)
		return
	}
	if err != nil {
		b.err(diag.CannotInfer, x.Name.Span(), "mend what is said of the source, or declare the columns: CREATE MAPPING "+t.Name+" (id BIGINT, ...)",
			"`%s` declares no columns, and they cannot be learned from its source: %s", t.Name, strings.TrimPrefix(err.Error(), t.Name+": "))
		return
	}
	for _, c := range cols {
		t.Cols = append(t.Cols, ir.TableColumn{Column: c})
	}
}

// keys takes PRIMARY KEY and PARTITIONED BY.
func (b *binder) keys(x *ast.CreateMapping, t *ir.Table) {
	if x.Key != nil {
		t.Key = b.columnNames(x.Key.Cols, t)
	}
	if x.Partition != nil || len(x.Cols) > 0 { // else the source has said them
		t.Partition = b.columnNames(x.Partition, t)
	}
}

func (b *binder) columnNames(ids []ast.Ident, t *ir.Table) []string {
	var out []string
	for _, id := range ids {
		if i := t.Schema().Index(id.Name); i < 0 {
			b.err(diag.UnknownColumn, id.Span(), didYouMean(id.Name, columnNames(t.Schema()), ""), "`%s` has no column `%s`", t.Name, id.Name)
		} else if t.Cols[i].Expr != nil {
			b.err(diag.BadColumn, id.Span(), "", "`%s` is a computed column and is not stored", id.Name)
		} else if t.Cols[i].Meta != "" {
			b.err(diag.BadColumn, id.Span(), "", "`%s` is a METADATA column and is not stored", id.Name)
		} else {
			out = append(out, id.Name)
		}
	}
	return out
}

func columnNames(s *ir.Schema) []string {
	out := make([]string, len(s.Cols))
	for i, c := range s.Cols {
		out[i] = c.Name
	}
	return out
}

func sorted(list []string) []string {
	sort.Strings(list)
	return list
}
