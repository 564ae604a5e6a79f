package bind

import (
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// lookedUp reports whether a mapping that the connector took is looked up by key, and notes by
// which columns; ok is false where it stands in a place that would read it as a whole, or is
// declared with what such a table cannot have.
func (b *binder) lookedUp(o *object, n *ast.Name) (yes, ok bool) {
	if o.spec == nil || !o.spec.ByKey || b.env.LookupKey == nil {
		return false, true
	}
	t, at := o.table, n.Span()
	t.ByKey = b.env.LookupKey(t)
	computed := slices.ContainsFunc(t.Cols, func(c ir.TableColumn) bool { return c.Expr != nil })
	switch {
	case b.rightSide != n:
		b.err(diag.CannotRead, at, "join rows with it that have the key: FROM s JOIN "+t.Name+" ON "+t.Name+"."+t.ByKey[0]+" = s.... It stands on the right of JOIN, LEFT JOIN, LEFT SEMI JOIN or LEFT ANTI JOIN",
			"`%s` is looked up by %s: it gives rows for given values alone, and cannot be read as a whole", t.Name, columnList(t.ByKey))
	case t.Watermark != nil:
		b.err(diag.CannotRead, at, "leave out its WATERMARK", "`%s` is looked up by key as rows come, so that it has no event time", t.Name)
	case computed:
		b.err(diag.CannotRead, at, "leave them out, and compute them in the SELECT", "`%s` is looked up by key, and has computed columns", t.Name)
	default:
		return true, true
	}
	b.relate(o.at, "`%s` is created here", t.Name)
	return true, false
}

// columnList is names for a message: `a` and `b`.
func columnList(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "`" + n + "`"
	}
	if n := len(quoted); n > 1 {
		return strings.Join(quoted[:n-1], ", ") + " and " + quoted[n-1]
	}
	return quoted[0]
}

// byKey makes the join with a table that is looked up by key; nil: reported.
func (j *joining) byKey(t *ir.Table) ir.Node {
	switch {
	case j.typ == ir.RightJoin || j.typ == ir.FullJoin:
		j.b.err(diag.BadArgument, j.at, "write JOIN or LEFT JOIN", "a %s JOIN gives rows of `%s` that nothing asks for, and it is looked up by %s alone", strings.ToUpper(j.typ.String()), t.Name, columnList(t.ByKey))
		return nil
	case j.left.Props().Updating:
		j.b.err(diag.BadArgument, j.at, "join first, and aggregate then; or look up results that come out once, such as those of windows",
			"rows of the left side change: an answer of `%s` may be another when they are taken back, so that they would not match", t.Name)
		j.b.relateChange(j.left)
		return nil
	}
	n := &ir.Join{LeftEnd: -1, RightEnd: -1, Kind: ir.ByKeyJoin}
	keys, rest, missing := j.keysOf(t)
	if len(missing) > 0 {
		example := make([]string, len(missing))
		for i, name := range missing {
			example[i] = t.Name + "." + name + " = ..."
			if c := j.right.Schema(); c.Index(name) >= 0 {
				example[i] += " (" + c.Cols[c.Index(name)].Type.String() + ")"
			}
		}
		j.b.err(diag.BadArgument, j.at, "add it to ON: "+strings.Join(example, " AND "),
			"`%s` is looked up by %s, and no condition says what %s is equal to", t.Name, columnList(t.ByKey), columnList(missing))
		return nil
	}
	j.build(n, keys, rest)
	return n
}

// keysOf are the values that the columns of a table's key are to have, the other conditions, and
// the columns that no condition gives a value.
func (j *joining) keysOf(t *ir.Table) (keys []keyPair, rest []ir.Expr, missing []string) {
	s := j.right.Schema()
	found := make([]*keyPair, len(t.ByKey))
	for _, c := range j.conds {
		k, exact := j.keyOf(c)
		at := -1
		if k != nil {
			at = slices.Index(t.ByKey, s.Cols[k.right.(*ir.ColRef).Index].Name)
		}
		if at < 0 || found[at] != nil {
			rest = append(rest, c)
			continue
		}
		found[at] = k
		if !exact {
			rest = append(rest, c)
		}
	}
	for i, k := range found {
		if k == nil {
			missing = append(missing, t.ByKey[i])
			continue
		}
		keys = append(keys, *k)
	}
	return keys, rest, missing
}

// keyOf is the value that a condition gives a column of the right side; nil: it gives none. A
// value of another type is converted, to NULL where it has no equal, and where that may give
// a value that is not equal exact is false: the condition itself is to be asked, too.
func (j *joining) keyOf(c ir.Expr) (k *keyPair, exact bool) {
	call, ok := c.(*ir.Call)
	if !ok || call.Fn != "=" || ir.IsVolatile(c) {
		return nil, false
	}
	width := j.width()
	for i, side := range call.Args {
		col := columnOf(side)
		value := call.Args[1-i]
		if col == nil || col.Index < width || !ir.RefersOnly(value, func(i int) bool { return i < width }) {
			continue
		}
		right := &ir.ColRef{Index: col.Index - width, Name: col.Name, T: col.T}
		if side == ir.Expr(col) && value.Type().Equal(col.T) {
			return &keyPair{value, right}, true
		}
		return &keyPair{&ir.Cast{X: value, T: col.T, Try: true, Zone: j.b.zone}, right}, false
	}
	return nil, false
}

// saysKey reports whether t is an inner join with a table that is looked up by key, and c, over
// the columns of both sides, says which constant a column of its key is equal to: of another table
// such a condition would be one for a filter.
func (t *joinTree) saysKey(c ir.Expr) bool {
	if t.right == nil || t.right.rel == nil || t.kind != ast.JoinInner && t.kind != ast.JoinCross {
		return false
	}
	table := ir.ByKeyTable(t.right.rel.node)
	call, ok := c.(*ir.Call)
	if table == nil || !ok || call.Fn != "=" || ir.IsVolatile(c) {
		return false
	}
	for i, side := range call.Args {
		col := columnOf(side)
		if col != nil && col.Index >= t.left.width && slices.Contains(table.ByKey, col.Name) && ir.RefersOnly(call.Args[1-i], func(int) bool { return false }) {
			return true
		}
	}
	return false
}

// columnOf is the column that an expression is, or converts without a loss: each of its values is
// another one then, so that one alone fulfils an equality. nil: it is something else.
func columnOf(e ir.Expr) *ir.ColRef {
	switch x := e.(type) {
	case *ir.ColRef:
		return x
	case *ir.Cast:
		if keepsApart(x.X.Type(), x.T) {
			return columnOf(x.X)
		}
	}
	return nil
}

// keepsApart reports whether different values of from are different ones of to.
func keepsApart(from, to *ir.Type) bool {
	f, t := from.Kind, to.Kind
	switch {
	case from.Equal(to):
		return true
	case f.IsInteger() && t.IsInteger():
		return f <= t
	case f.IsInteger() && t == ir.Real:
		return f <= ir.SmallInt
	case f.IsInteger() && t == ir.Double:
		return f <= ir.Integer
	case f == ir.Real:
		return t == ir.Double
	case (f.IsInteger() || f == ir.Decimal) && t == ir.Decimal:
		d := ir.AsDecimal(from)
		return to.S >= d.S && to.P-to.S >= d.P-d.S
	case f == ir.Date:
		return t == ir.Timestamp || t == ir.Varchar
	case f == t && (f == ir.Timestamp || f == ir.TimestampLTZ || f == ir.Time):
		return from.P <= to.P
	}
	return t == ir.Varchar && (f.IsInteger() || f == ir.Decimal || f == ir.Boolean)
}
