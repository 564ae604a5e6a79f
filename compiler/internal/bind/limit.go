package bind

import (
	"math"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// limit puts the LIMIT and OFFSET of q over its rows. r is nil where those are
// poison; the clauses are still looked at.
func (b *binder) limit(q *ast.Query, r *relation) *relation {
	if q.Limit == nil && q.Offset == nil {
		return r
	}
	count, fine := int64(-1), true
	if q.Limit != nil {
		count, fine = b.rowCount(q.Limit, "LIMIT")
	}
	offset := int64(0)
	if q.Offset != nil {
		n, ok := b.rowCount(q.Offset, "OFFSET")
		offset, fine = n, fine && ok
	}
	if r == nil || !fine {
		return nil
	}
	if r.node.Props().Updating {
		b.err(diag.RowsChange, clauseSpan(q), "leave it out; --limit N ends a run after N changes", "LIMIT takes the first rows, and rows of this query change after they were given (%s)", ir.ChangesOf(r.node))
		b.relateChange(r.node)
		return nil
	}
	return &relation{node: &ir.Limit{Input: r.node, Count: count, Offset: offset}, at: r.at, declared: r.declared}
}

// rowCount is the constant number of rows behind LIMIT or OFFSET; false: reported.
func (b *binder) rowCount(e ast.Expr, clause string) (int64, bool) {
	hint := "write a number, as in " + clause + " 10"
	var column *ast.ColumnRef
	ast.Walk(e, func(x ast.Node) bool {
		if c, ok := x.(*ast.ColumnRef); ok && column == nil {
			column = c
		}
		return true
	})
	if column != nil {
		b.err(diag.BadLimit, column.Span(), hint, "%s takes a constant number of rows, and `%s` is a column", clause, column)
		return 0, false
	}
	eb := &exprBinder{b: b, scope: &scope{what: clause}, noAggs: clause}
	x := eb.bind(e)
	if x == nil {
		return 0, false
	}
	if !x.Type().Kind.IsInteger() {
		b.err(diag.BadLimit, e.Span(), hint, "%s takes a whole number of rows, and this is %s", clause, x.Type())
		return 0, false
	}
	v, err := b.constant(x)
	if err != nil {
		b.err(diag.BadLimit, e.Span(), hint, "the number of rows of %s cannot be computed: %s", clause, err)
		return 0, false
	}
	n, ok := v.(int64)
	if !ok || n < 0 || n == math.MaxInt64 {
		b.err(diag.BadLimit, e.Span(), hint, "%s %s: a number of rows is not negative", clause, ir.FormatValue(v, x.Type()))
		return 0, false
	}
	return n, true
}

// clauseSpan is where LIMIT or OFFSET stands.
func clauseSpan(q *ast.Query) diag.Span {
	if q.Limit != nil {
		return q.Limit.Span()
	}
	return q.Offset.Span()
}
