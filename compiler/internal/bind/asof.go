package bind

import (
	"slices"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// asOf is FOR SYSTEM_TIME AS OF time, of the right side of a join.
type asOf struct {
	time  ir.Expr // over the left side
	at    diag.Span
	table string
}

// bindAsOf binds FOR SYSTEM_TIME AS OF behind the right side of a join; false: reported.
func (b *binder) bindAsOf(t *joinTree, right ast.TableExpr) bool {
	x, ok := right.(*ast.NamedTable)
	if !ok || x.AsOf == nil {
		return true
	}
	eb := &exprBinder{b: b, scope: t.left.scope(), noAggs: "FOR SYSTEM_TIME AS OF"}
	e := eb.bind(x.AsOf)
	if e == nil {
		return false
	}
	if !e.Type().Kind.IsTimestamp() {
		b.err(diag.WrongType, x.AsOf.Span(), "name the event time of the left side, or PROCTIME()", "FOR SYSTEM_TIME AS OF takes a time, and this is %s", e.Type())
		return false
	}
	if t.kind != ast.JoinInner && t.kind != ast.JoinLeft {
		b.err(diag.BadArgument, t.at, "write JOIN or LEFT JOIN", "with FOR SYSTEM_TIME AS OF each row of the left side looks for its row of `%s`; a %s JOIN cannot do that", t.right.name, t.kind)
		return false
	}
	t.asOf = &asOf{time: e, at: x.AsOf.Span(), table: t.right.name}
	return true
}

// apply finds what FOR SYSTEM_TIME AS OF means for a join; false: reported.
func (a *asOf) apply(j *joining, n *ir.Join) bool {
	b := j.b
	col, isCol := a.time.(*ir.ColRef)
	clock := isClock(a.time) || isCol && isProcTime(j.left, col.Index)
	if v, ok := versionsOf(j.right); ok && !clock && isCol && j.left.Props().IsTime(col.Index) {
		return a.versioned(j, n, v, col.Index)
	}
	r := j.right.Props()
	if !clock && a.missesVersions(j, isCol && j.left.Props().IsTime(col.Index)) {
		return false
	}
	switch {
	case r.Bounded && !r.Updating:
		n.Kind, n.Reload = ir.LookupJoin, b.reloadEvery(j.right)
		return true
	case clock:
		b.err(diag.BadArgument, a.at, "join with a table that ends (a file), which is read first; or name the event time of the left side, and deduplicate the right side by its key in a view",
			"`%s` does not end, so that it cannot be looked up at PROCTIME()", a.table)
	case !isCol || !j.left.Props().IsTime(col.Index):
		b.err(diag.NoEventTime, a.at, "name its event-time column (WATERMARK FOR), or PROCTIME()", "FOR SYSTEM_TIME AS OF takes the event time of the left side, and this is not it")
	default:
		b.err(diag.BadArgument, a.at, "declare a PRIMARY KEY and a WATERMARK in its mapping; or use a view with the last row of each key: SELECT ... FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS n FROM t) WHERE n = 1",
			"nothing says which rows of `%s` are versions of one another: it needs a key and an event time", a.table)
	}
	return false
}

// missesVersions reports a join with versions that would be one with all of them: by a time that
// is not the event time of the left side, or behind a condition.
func (a *asOf) missesVersions(j *joining, byTime bool) bool {
	b := j.b
	_, versions := versionsOf(j.right)
	switch {
	case versions && !byTime:
		b.err(diag.NoEventTime, a.at, "name the event-time column of the left side (WATERMARK FOR), or PROCTIME()",
			"`%s` has versions, of which the one at the event time of the left side counts, and this is not its event time", a.table)
		return true
	case !versions && behindCondition(j.right):
		b.err(diag.BadArgument, a.at, "put the condition into ON, where it is asked of the version that is valid",
			"`%s` leaves out some of the versions of its rows, so that nothing says which one is valid", a.table)
		return true
	case !versions && byTime && j.right.Props().TimeCol >= 0 && j.right.Props().Bounded: // others do not compile
		b.warn(diag.NoEffect, a.at, "declare PRIMARY KEY (k) NOT ENFORCED, and each row meets the version that was valid at its time",
			"FOR SYSTEM_TIME AS OF has no effect: `%s` has no key, and each row meets all rows that fulfil ON, of all times", a.table)
	}
	return false
}

// behindCondition reports whether n is versions of which a condition leaves some out.
func behindCondition(n ir.Node) bool {
	for filtered := false; ; {
		if _, ok := versionsOf(n); ok {
			return filtered
		}
		switch x := n.(type) {
		case *ir.Filter:
			filtered, n = true, x.Input
		case *ir.Project:
			n = x.Input
		default:
			return false
		}
	}
}

// versions is a relation whose rows replace one another by key as time passes.
type versions struct {
	rows ir.Node // all versions
	keys []int
	time int
}

// versionsOf sees a table with PRIMARY KEY and WATERMARK, or the last row of each key.
func versionsOf(n ir.Node) (versions, bool) {
	switch x := n.(type) {
	case *ir.Project:
		return projectedVersions(x)
	case *ir.Rank:
		p := x.Input.Props()
		last := x.Fn == "ROW_NUMBER" && x.From == 1 && x.To == 1 && len(x.Partition) > 0 && len(x.Order) > 0 &&
			x.Order[0].Desc && !p.Updating && p.IsTime(x.Order[0].Col)
		if !last {
			return versions{}, false
		}
		v := versions{rows: x.Input, keys: x.Partition, time: x.Order[0].Col}
		if x.Number { // of each version it is 1
			v.rows = project(x.Input, append(passOn(x.Input.Schema()), &ir.Const{V: int64(1), T: ir.TBigInt}), columnNames(x.S))
		}
		return v, true
	case *ir.Watermark:
		s, ok := x.Input.(*ir.Scan)
		if !ok || len(s.Table.Key) == 0 {
			return versions{}, false
		}
		v := versions{rows: n, time: x.TimeCol}
		for _, k := range s.Table.Key {
			v.keys = append(v.keys, n.Schema().Index(k))
		}
		return v, !slices.Contains(v.keys, -1)
	}
	return versions{}, false
}

// projectedVersions passes versions on through a projection that keeps key and time.
func projectedVersions(x *ir.Project) (versions, bool) {
	v, ok := versionsOf(x.Input)
	if !ok {
		return v, false
	}
	out := versions{rows: project(v.rows, x.Exprs, columnNames(x.S))}
	to := func(col int) int {
		return slices.IndexFunc(x.Exprs, func(e ir.Expr) bool { return isColumn(e, col) })
	}
	for _, k := range v.keys {
		out.keys = append(out.keys, to(k))
	}
	out.time = to(v.time)
	return out, out.time >= 0 && !slices.Contains(out.keys, -1)
}

// versioned makes a temporal join, whose keys are those of the versions.
func (a *asOf) versioned(j *joining, n *ir.Join, v versions, time int) bool {
	j.right = v.rows
	keys, _ := j.equalities()
	for _, k := range v.keys {
		if !slices.ContainsFunc(keys, func(p keyPair) bool { return isKey(p.right, k) }) {
			name := v.rows.Schema().Cols[k].Name
			j.b.err(diag.BadArgument, a.at, "add it to ON: ... = "+a.table+"."+name, "a row of `%s` is known by its key, and ON does not say what `%s` is equal to", a.table, name)
			return false
		}
	}
	if len(keys) != len(v.keys) {
		j.moreKeys(v.keys)
	}
	n.Kind, n.Time = ir.TemporalJoin, &ir.TimeBound{Left: time, Right: v.time}
	return true
}

// isKey reports whether e is a column, or the same whole number in a wider type.
func isKey(e ir.Expr, col int) bool {
	if c, ok := e.(*ir.Cast); ok && c.T.Kind.IsInteger() && c.X.Type().Kind.IsInteger() && c.T.Kind.Width() >= c.X.Type().Kind.Width() {
		e = c.X
	}
	return isColumn(e, col)
}

// moreKeys keeps equalities with other columns than the key as conditions on the version.
func (j *joining) moreKeys(versionKeys []int) {
	width := j.width()
	for i, c := range j.conds {
		call, ok := c.(*ir.Call)
		if !ok || call.Fn != "=" {
			continue
		}
		isKey := slices.ContainsFunc(versionKeys, func(k int) bool { return isKey(call.Args[0], k+width) || isKey(call.Args[1], k+width) })
		if !isKey && crosses(c, width) {
			j.conds[i] = &ir.Call{Fn: "IS TRUE", Args: []ir.Expr{c}, T: ir.TBoolean}
		}
	}
}

// reloadEvery is how often the tables below n say that they are read anew; 0: never.
func (b *binder) reloadEvery(n ir.Node) int64 {
	least := int64(0)
	scans(n, func(s *ir.Scan) {
		if d, ok := ir.OptionSpan(s.Table.Options[ir.OptionReload]); ok && d > 0 && (least == 0 || d.Microseconds() < least) {
			least = d.Microseconds()
		}
	})
	return least
}
