package bind

import (
	"slices"
	"strconv"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// Names of columns that stand for queries in messages.
const (
	inColumn     = "IN (query)"
	existsColumn = "EXISTS (query)"
	valueColumn  = "(query)"
)

// memberColumn adds to the rows of in, which are called as s says, what tells for each of them
// whether IN (query) or EXISTS (query) is true, and enters it as the value of e. It is for those
// that do not stand alone, as a condition of WHERE: these are semi and anti joins.
//
// The rows of the query are grouped by what they are compared with, and joined by it to those of
// in: each of them has one partner or none.
func (b *binder) memberColumn(e ast.Expr, in *relation, s *scope) *relation {
	q, _ := inQueryOf(e)
	values, ok := b.inValues(q, s, "")
	if !ok {
		return nil
	}
	j := &joining{b: b, at: q.at, typ: ir.LeftJoin, left: in.node}
	items, ok := b.subRows(q, s, j)
	if !ok || !b.endsFirst(j, "IN and EXISTS inside of another condition take a query that is read to its end before the first row, and this one does not end",
		"let it stand alone or beside others with AND in WHERE; OR is a UNION ALL of queries whose conditions exclude each other") {
		return nil
	}
	keys, outer, ok := b.related(j)
	if !ok {
		return nil
	}
	m := &member{b: b, at: q.at, node: in.node, right: j.right, keys: keys}
	var is ir.Expr
	if q.exists() {
		is = m.meets(existsColumn)
	} else if is = m.isIn(q, values, items); is == nil {
		return nil
	}
	if outer != nil { // the query has no rows where it is not true
		is = &ir.Case{Whens: []ir.When{{Cond: outer, Then: is}}, Else: &ir.Const{V: false, T: ir.TBoolean}, T: ir.TBoolean}
	}
	if q.not {
		is = &ir.Call{Fn: "NOT", Args: []ir.Expr{is}, T: ir.TBoolean}
	}
	b.setMember(e, is)
	return &relation{node: m.node, at: in.at, declared: in.declared}
}

// setMember enters the value of a query that is another one for each row.
func (b *binder) setMember(e ast.Expr, value ir.Expr) {
	if b.members == nil {
		b.members = map[ast.Expr]ir.Expr{}
	}
	b.members[e] = value
}

// member is the value of a query of rows around it; nil: reported.
func (eb *exprBinder) member(e ast.Expr, what string) ir.Expr {
	value := eb.b.members[e]
	if value == nil {
		eb.b.later(e.Span(), what+" here", "put it in SELECT or WHERE of a query of its own")
		return nil
	}
	return ir.Rewrite(value, func(x ir.Expr) ir.Expr {
		if c, ok := x.(*ir.ColRef); ok {
			own := *c
			if eb.group != nil {
				eb.group.refs[&own] = e.Span()
			}
			return &own
		}
		return x
	})
}

// endsFirst refuses a right side that cannot be read before the left one.
func (b *binder) endsFirst(j *joining, message, hint string) bool {
	if p := j.right.Props(); p.Bounded && !p.Updating {
		return true
	}
	b.err(diag.BadArgument, j.at, hint, "%s", message)
	return false
}

// related sorts the conditions that relate a query to the rows around it: equalities are keys, what
// says something of the query's rows alone filters them, and what says something of the rows around
// alone is outer (nil: nothing). False: there are others, which is reported.
func (b *binder) related(j *joining) (keys []keyPair, outer ir.Expr, ok bool) {
	width := j.width()
	keys, rest := j.equalities()
	var outers []ir.Expr
	for _, c := range rest {
		switch {
		case ir.RefersOnly(c, func(i int) bool { return i < width }):
			outers = append(outers, c)
		case ir.RefersOnly(c, func(i int) bool { return i >= width }):
			j.right = &ir.Filter{Input: j.right, Pred: moveColumns(c, -width)}
		default:
			b.err(diag.NotSupported, j.at, "relate them by equalities alone; or let IN or EXISTS stand alone or beside others with AND in WHERE",
				"inside of an expression a query is related to the rows around it by equalities, and this is none: %s", clipped(c.String()))
			return nil, nil, false
		}
	}
	if len(outers) > 0 {
		outer = ir.And(outers)
	}
	return keys, outer, true
}

// member joins groups of the rows of a query to those around it.
type member struct {
	b     *binder
	at    diag.Span
	node  ir.Node // the rows around, with what has been joined to them
	right ir.Node // the rows of the query
	keys  []keyPair
}

// group joins the query's rows, grouped by the right sides of the keys, and returns the columns of
// the aggregates, which are NULL where there is no group.
func (m *member) group(keys []keyPair, aggs []ir.AggCall) []ir.Expr {
	s := m.right.Schema()
	exprs, names := passOn(s), columnNames(s)
	agg := &ir.Aggregate{AtEnd: true, StartKey: -1, EndKey: -1, Aggs: aggs, P: ir.NoProps, S: &ir.Schema{}}
	agg.P.Bounded = true
	for i, k := range keys {
		agg.Keys = append(agg.Keys, len(exprs))
		exprs, names = append(exprs, k.right), append(names, "$key"+strconv.Itoa(i))
	}
	agg.Input = project(m.right, exprs, names)
	for _, k := range agg.Keys {
		agg.S.Cols = append(agg.S.Cols, agg.Input.Schema().Cols[k])
	}
	for i := range aggs {
		agg.S.Cols = append(agg.S.Cols, aggColumn(&aggs[i]))
	}
	j := &joining{b: m.b, at: m.at, typ: ir.LeftJoin, left: m.node, right: agg, first: true, single: len(keys) == 0}
	width := j.width()
	for i, k := range keys {
		j.conds = append(j.conds, &ir.Call{Fn: "=", Args: []ir.Expr{k.left, moveColumns(column(agg, i), width)}, T: ir.TBoolean})
	}
	m.node = j.node()
	out := make([]ir.Expr, len(aggs))
	for i := range aggs {
		out[i] = column(m.node, width+len(keys)+i)
	}
	return out
}

// meets reports whether there is a row with the keys of the row around.
func (m *member) meets(name string) ir.Expr {
	n := m.group(m.keys, []ir.AggCall{{Fn: "COUNT", T: ir.TBigInt, Name: name}})[0]
	if len(m.keys) == 0 {
		return compare(">", n, 0)
	}
	return &ir.Call{Fn: "IS NOT NULL", Args: []ir.Expr{n}, T: ir.TBoolean}
}

// isIn is whether values are among those of items, over the query's rows; nil: reported.
func (m *member) isIn(q inQuery, values, items []ir.Expr) ir.Expr {
	nulls := mayBeNull(values, m.node.Schema(), items, m.right.Schema())
	if nulls && len(values) > 1 {
		m.b.err(diag.NotSupported, q.at, "let it stand alone or beside others with AND in WHERE; or ask EXISTS (SELECT 1 FROM ... WHERE u.a = t.a AND u.b = t.b), which is never NULL",
			"inside of an expression IN compares several values only where none can be NULL")
		return nil
	}
	same := &member{b: m.b, at: m.at, right: m.right, keys: slices.Clone(m.keys)}
	for i, value := range values {
		common := m.b.inCommon(q, value, items[i])
		if common == nil || !m.b.groupable(common, q.at, "IN") {
			return nil
		}
		if ir.IsVolatile(value) {
			m.b.err(diag.BadArgument, q.at, "compute it in a query in FROM, and compare its column", "the value is another one each time it is computed")
			return nil
		}
		value, item := m.b.keyAs(value, common), m.b.keyAs(items[i], common)
		if ir.RefersOnly(value, func(int) bool { return false }) { // it is the same for all rows around
			same.right = &ir.Filter{Input: same.right, Pred: &ir.Call{Fn: "=", Args: []ir.Expr{item, value}, T: ir.TBoolean}}
		} else {
			same.keys = append(same.keys, keyPair{value, item})
		}
	}
	var counts []ir.Expr
	if nulls {
		counts = m.group(m.keys, []ir.AggCall{{Fn: "COUNT", T: ir.TBigInt, Name: inColumn}, {Fn: "COUNT", Args: items, T: ir.TBigInt, Name: "$known"}})
	}
	same.node = m.node
	is := same.meets(inColumn)
	m.node = same.node
	if !nulls {
		return is
	}
	return unknownBeside(is, values[0], counts[0], counts[1])
}

// unknownBeside is IN where it is not true: neither true nor false where the value or one of the
// query's is NULL, unless the query has no rows. all and known are how many it has.
func unknownBeside(is, value, all, known ir.Expr) ir.Expr {
	no := &ir.Const{V: false, T: ir.TBoolean}
	either := func(x, y ir.Expr) ir.Expr { return &ir.Call{Fn: "OR", Args: []ir.Expr{x, y}, T: ir.TBoolean} }
	isNull := func(x ir.Expr) ir.Expr { return &ir.Call{Fn: "IS NULL", Args: []ir.Expr{x}, T: ir.TBoolean} }
	return &ir.Case{T: ir.TBoolean, Else: no, Whens: []ir.When{
		{Cond: is, Then: &ir.Const{V: true, T: ir.TBoolean}},
		{Cond: either(isNull(all), compare("=", all, 0)), Then: no},
		{Cond: either(isNull(value), &ir.Call{Fn: "<", Args: []ir.Expr{known, all}, T: ir.TBoolean}), Then: &ir.Const{T: ir.TBoolean}},
	}}
}
