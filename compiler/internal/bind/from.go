package bind

import (
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
)

// from binds what stands in FROM; the string is what its columns are qualified
// with. A nil relation is poison.
func (b *binder) from(t ast.TableExpr) (*relation, string) {
	switch x := t.(type) {
	case *ast.NamedTable:
		b.ignoreHints(x.Hints, true)
		if x.AsOf != nil {
			b.later(x.AsOf.Span(), "FOR SYSTEM_TIME AS OF", "")
			return nil, ""
		}
		return b.aliased(b.named(x.Name, x.Hints), x.Alias, x.Name.Last().Name)
	case *ast.DerivedTable:
		r := b.query(x.Query)
		if r != nil {
			r = b.settle(r)
		}
		return b.aliased(r, x.Alias, "")
	case *ast.TableFunc:
		if x.Lateral {
			b.err(diag.NotSupported, x.Span(), "write CROSS JOIN UNNEST(list), or LATERAL (SELECT ... FROM UNNEST(list))", "there is no table function that LATERAL could give a row to")
			return nil, ""
		}
		return b.aliased(b.tableFunc(x), x.Alias, "")
	case *ast.Unnest:
		return b.unnestAlone(x)
	case *ast.MatchRecognize:
		b.later(x.OpAt.At, "MATCH_RECOGNIZE", "")
	default:
		b.later(t.Span(), "this FROM", "")
	}
	return nil, ""
}

func (b *binder) aliased(r *relation, a *ast.Alias, name string) (*relation, string) {
	if a == nil || r == nil {
		return r, name
	}
	if r = b.renamed(r, a.Cols, "`"+a.Name.Name+"`"); r == nil {
		return nil, a.Name.Name
	}
	called := *r
	called.declared = a.Name.Span()
	return &called, a.Name.Name
}

// named finds a WITH query, a view or a mapping.
func (b *binder) named(n *ast.Name, hints []*ast.Hint) *relation {
	if len(n.Parts) == 1 {
		for i := len(b.ctes) - 1; i >= 0; i-- {
			if r, ok := b.ctes[i][n.Parts[0].Name]; ok {
				if b.withOptions(&object{name: n.Parts[0].Name}, hints) == nil {
					return nil
				}
				return r
			}
		}
	}
	o := b.find(n, b.namesHint())
	if o != nil && (o.table != nil || o.kind == ast.KindView) {
		o = b.withOptions(o, hints)
	}
	switch {
	case o == nil:
		return nil
	case o.table != nil:
		return b.readTable(o, n)
	}
	return o.view
}

// tableFunc binds a function in FROM.
func (b *binder) tableFunc(x *ast.TableFunc) *relation {
	switch name := strings.ToUpper(x.Name.Name); name {
	case "TUMBLE", "HOP", "CUMULATE", "SESSION":
		return b.windowFunc(x, name)
	case "IMPOSE_ORDER":
		return b.imposeOrder(x)
	case "COUNT_WINDOW":
		return b.countWindow(x)
	default:
		otherwise := "there are: " + strings.Join(tableNames(), ", ")
		if strings.HasPrefix(name, "READ_") {
			otherwise = "a file is read through a mapping: CREATE MAPPING t (columns) TYPE File OPTIONS ('path' = '...', 'format' = '...')"
		}
		b.err(diag.UnknownFunction, x.Name.Span(), didYouMean(name, tableNames(), otherwise),
			"there is no table function %s", x.Name.Name)
	}
	return nil
}
