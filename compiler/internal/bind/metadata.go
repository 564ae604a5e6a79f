package bind

import (
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// metadata is the key of what a METADATA column asks for: its own name where FROM does
// not say another. Without a connector, which is reported elsewhere, any key is fine.
func (b *binder) metadata(c *ast.ColumnDef, spec *ir.ConnectorSpec) string {
	key, at := c.Name.Name, c.Name.Span()
	if c.Metadata.From != "" {
		key, at = c.Metadata.From, c.Metadata.Span()
	}
	if spec == nil {
		return key
	}
	i := slices.IndexFunc(spec.Metadata, func(m ir.MetadataSpec) bool { return m.Key == key })
	switch {
	case len(spec.Metadata) == 0:
		b.err(diag.BadColumn, at, "declare it without METADATA if it is a column of the rows, or leave it out", "the connector %s knows nothing of a row but its columns: `%s` cannot be METADATA", spec.Name, c.Name.Name)
	case i < 0:
		keys := metadataKeys(spec)
		b.err(diag.BadColumn, at, didYouMean(key, keys, "the keys are: "+strings.Join(keys, ", ")), "the connector %s has no metadata '%s'", spec.Name, key)
	case !c.Type.T.Equal(spec.Metadata[i].Type):
		want := spec.Metadata[i].Type.String()
		b.err(diag.BadColumn, c.Type.Span(), "declare it as "+want+", and write CAST(... AS "+c.Type.T.String()+") where it is used", "the metadata '%s' is %s: `%s` cannot be %s", key, want, c.Name.Name, c.Type.T)
	}
	return key
}

func metadataKeys(spec *ir.ConnectorSpec) []string {
	out := make([]string, len(spec.Metadata))
	for i, m := range spec.Metadata {
		out[i] = m.Key
	}
	return out
}

// asSink is the mapping as rows go into it: without its METADATA columns, which
// connectors only read. nil: one of them is not VIRTUAL, which is reported.
func (b *binder) asSink(o *object, at diag.Span) *object {
	if o.table.Metadata() == nil {
		return o
	}
	if known, asked := b.writes[o]; asked {
		return known
	}
	t := *o.table
	t.Cols = nil
	for _, c := range o.table.Cols {
		if c.Meta == "" {
			t.Cols = append(t.Cols, c)
		} else if d := metadataOf(o, c.Name); !d.Metadata.Virtual {
			b.writes[o] = nil
			b.err(diag.CannotWrite, d.Span(), "write VIRTUAL behind METADATA: rows then go in without it", "`%s` is metadata of the connector %s, which can only be read", c.Name, o.spec.Name)
			b.relate(at, "`%s` is written here", o.name)
			return nil
		}
	}
	w := *o
	w.table = &t
	b.writes[o] = &w
	return &w
}

// metadataOf is the declaration of a METADATA column; nil: name is none.
func metadataOf(o *object, name string) *ast.ColumnDef {
	if decl, ok := o.decl.(*ast.CreateMapping); ok {
		for _, c := range decl.Cols {
			if c.Name.Name == name && c.Metadata != nil {
				return c
			}
		}
	}
	return nil
}
