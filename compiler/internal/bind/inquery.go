package bind

import (
	"slices"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// inValues binds what IN compares; false: reported.
func (b *binder) inValues(q inQuery, s *scope, where string) ([]ir.Expr, bool) {
	out, ok := (&exprBinder{b: b, scope: s, noAggs: where}).bindAll(q.xs)
	for i := range out {
		if ok {
			out[i] = settleNull(out[i])
		}
	}
	return out, ok
}

// semiJoin keeps the rows of in that IN (query) or EXISTS (query) is true of.
func (b *binder) semiJoin(x *ast.Select, in *relation, s *scope, q inQuery) *relation {
	typ := ir.SemiJoin
	if q.not {
		typ = ir.AntiJoin
	}
	values, ok := b.inValues(q, s, "WHERE")
	if !ok {
		return nil
	}
	j := &joining{b: b, at: q.at, typ: typ, left: in.node, crossed: q.exists()}
	items, ok := b.subRows(q, s, j)
	if !ok {
		return nil
	}
	var n ir.Node
	switch {
	case q.exists():
		n = j.node()
	case len(values) == 1 && b.mayMeetNull(j, q, values, items) && len(j.conds) == 0 && j.right.Props().Bounded && !j.right.Props().Updating:
		n = b.notInNulls(j, q, values[0], items[0])
	case b.membership(j, q, values, items):
		n = j.node()
	}
	if n == nil {
		return nil
	}
	return &relation{node: n, at: in.at, declared: in.declared}
}

// subRows binds the query of IN or EXISTS as the right side of j. It returns what IN compares
// with, over that side; of EXISTS it is nothing. A plain SELECT may use columns of the rows around
// it, and its conditions on them are those of the join. False: reported.
func (b *binder) subRows(q inQuery, outer *scope, j *joining) ([]ir.Expr, bool) {
	if x, ok := b.plainSelect(q.query); ok && (q.exists() || !hasStar(x)) {
		return b.correlated(x, q, outer, j)
	}
	b.around = append(b.around, outer)
	r := b.atOnce(func() *relation { return b.query(q.query) })
	b.around = b.around[:len(b.around)-1]
	if r == nil {
		return nil, false
	}
	r = b.settle(r)
	j.right = r.node
	if q.exists() {
		return nil, true
	}
	return passOn(r.schema()), b.comparesWith(q, len(r.schema().Cols))
}

// comparesWith refuses a query of more or fewer columns than IN compares.
func (b *binder) comparesWith(q inQuery, cols int) bool {
	switch n := len(q.xs); {
	case n == cols:
		return true
	case n == 1:
		b.err(diag.ColumnCount, q.query.Span(), "select the one column that is meant", "IN compares with one column, and the query gives %d", cols)
	default:
		b.err(diag.ColumnCount, q.query.Span(), "select a column for each", "IN compares %d values, and the query gives %d", n, cols)
	}
	return false
}

func hasStar(x *ast.Select) bool {
	return slices.ContainsFunc(x.Items, func(it *ast.SelectItem) bool { return it.Star })
}

// membership adds to j that values, of the left side, are or are not among those of items.
func (b *binder) membership(j *joining, q inQuery, values, items []ir.Expr) bool {
	mayMeetNull := b.mayMeetNull(j, q, values, items)
	width := j.width()
	var equal []ir.Expr
	for i, value := range values {
		common := b.inCommon(q, value, items[i])
		if common == nil {
			return false
		}
		x, y := value, moveColumns(items[i], width)
		if !mayMeetNull || !ir.DifferentUnits(x.Type(), y.Type()) { // else NULL would be one of the query's
			x, y = b.keyAs(x, common), b.keyAs(y, common)
		}
		equal = append(equal, &ir.Call{Fn: "=", Args: []ir.Expr{x, y}, T: ir.TBoolean})
	}
	if mayMeetNull {
		if keys, _ := j.equalities(); len(keys) == 0 {
			j.crossed = true
			b.warn(diag.JoinWithoutKey, q.at, "write NOT EXISTS (SELECT 1 FROM u WHERE u.a = t.a AND u.b = t.b), where NULL equals nothing; or declare the columns NOT NULL",
				"NOT IN of values that may be NULL: each row is compared with every row of the query, in one task")
		}
		equal = []ir.Expr{&ir.Call{Fn: "IS NOT FALSE", Args: []ir.Expr{ir.And(equal)}, T: ir.TBoolean}}
	}
	j.conds = append(j.conds, equal...)
	return true
}

// inCommon is the type that IN compares two values in; nil: reported.
func (b *binder) inCommon(q inQuery, value, item ir.Expr) *ir.Type {
	common := ir.CommonType(value.Type(), item.Type())
	if common == nil {
		b.err(diag.WrongType, q.at, "CAST one of them", "%s cannot be compared with %s", value.Type(), item.Type())
	}
	return common
}

// mayMeetNull reports whether NOT IN may compare with NULL, which makes it neither true nor false.
func (b *binder) mayMeetNull(j *joining, q inQuery, values, items []ir.Expr) bool {
	return q.not && mayBeNull(values, j.left.Schema(), items, j.right.Schema())
}

// mayBeNull reports whether one of the values or of the items may be NULL.
func mayBeNull(values []ir.Expr, of *ir.Schema, items []ir.Expr, in *ir.Schema) bool {
	return slices.ContainsFunc(values, func(e ir.Expr) bool { return !neverNull(e, of) }) ||
		slices.ContainsFunc(items, func(e ir.Expr) bool { return !neverNull(e, in) })
}

// notInNulls is NOT IN over a query that ends: with two counts of its rows, all and those that
// are not NULL, it is a join by key. It is true where there are no rows at all, or else none
// that is NULL or equal, and the value is not NULL.
func (b *binder) notInNulls(j *joining, q inQuery, value, item ir.Expr) ir.Node {
	agg := &ir.Aggregate{Input: project(j.right, []ir.Expr{item}, []string{"$in"}), AtEnd: true, StartKey: -1, EndKey: -1, P: ir.NoProps}
	agg.P.Bounded = true
	agg.S = &ir.Schema{}
	for i, name := range []string{"$all", "$known"} {
		call := ir.AggCall{Fn: "COUNT", T: ir.TBigInt, Name: name}
		if i == 1 {
			call.Args = []ir.Expr{column(agg.Input, 0)}
		}
		agg.Aggs = append(agg.Aggs, call)
		agg.S.Cols = append(agg.S.Cols, ir.Column{Name: name, Type: ir.TBigInt, NotNull: true})
	}
	width := j.width()
	counted := (&joining{b: b, at: j.at, typ: ir.LeftJoin, left: j.left, right: agg, single: true}).node()
	all, known := column(counted, width), column(counted, width+1)
	none := compare("=", all, 0)
	nothingNull := and(&ir.Call{Fn: "IS NOT NULL", Args: []ir.Expr{value}, T: ir.TBoolean}, &ir.Call{Fn: "=", Args: []ir.Expr{all, known}, T: ir.TBoolean})
	j.left = &ir.Filter{Input: counted, Pred: &ir.Call{Fn: "OR", Args: []ir.Expr{none, nothingNull}, T: ir.TBoolean}}
	plain := q
	plain.not = false // what NULL would do is done
	if !b.membership(j, plain, []ir.Expr{value}, []ir.Expr{item}) {
		return nil
	}
	n := j.node()
	return project(n, passOn(n.Schema())[:width], columnNames(n.Schema())[:width])
}
