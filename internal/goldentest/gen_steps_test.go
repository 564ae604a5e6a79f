package goldentest

import (
	"fmt"
	"slices"
	"strings"
)

// The steps of composed queries.

// project computes columns of rows that a condition keeps. Event time and the columns of a
// window mostly go on.
func (c *compose) project(r *rel) *rel {
	out := &rel{arrival: r.arrival, updating: r.updating}
	var sel []string
	add := func(expr string, f family, exact bool) string {
		name := c.fresh()
		sel = append(sel, expr+" AS "+name)
		out.cols = append(out.cols, column{name, f, exact})
		return name
	}
	for _, col := range r.cols {
		switch {
		case col.name == r.time && c.chance(90):
			out.time = add(col.name, col.f, true)
		case col.name == r.start && c.chance(80):
			out.start = add(col.name, col.f, true)
		case col.name == r.end && c.chance(80):
			out.end = add(col.name, col.f, true)
		case c.chance(35):
			add(col.name, col.f, col.exact)
		}
	}
	for range 1 + c.r.IntN(3) {
		f := family(c.r.IntN(int(allFamilies)))
		if f == families {
			f = integer
		}
		add(c.expr(f, 2), f, true)
	}
	q := fmt.Sprintf("SELECT %s FROM %s", strings.Join(sel, ", "), r.from())
	if c.chance(60) {
		q += " WHERE " + c.condition(r)
	}
	out.sql = q
	return out
}

// aggs adds calls of aggregates to what is selected.
func (c *compose) aggs(r *rel, sel []string, cols []column) ([]string, []column) {
	for range 1 + c.r.IntN(3) {
		name := c.fresh()
		call, f, exact := c.typedAggregate(r.arrival && c.s.splits == 1)
		sel, cols = append(sel, call+" AS "+name), append(cols, column{name, f, exact})
	}
	return sel, cols
}

// typedAggregate is a call of an aggregate of which the family of the result is known.
func (c *compose) typedAggregate(byArrival bool) (call string, f family, exact bool) {
	filter := ""
	if c.chance(25) {
		filter = " FILTER (WHERE " + c.expr(boolean, 1) + ")"
	}
	distinct := ""
	if c.chance(25) {
		distinct = "DISTINCT "
	}
	any := family(c.r.IntN(int(families)))
	switch c.r.IntN(12) {
	case 0, 1:
		return "COUNT(*)" + filter, integer, true
	case 2:
		return fmt.Sprintf("COUNT(%s%s)%s", distinct, c.expr(c.anyFamily(), 1), filter), integer, true
	case 3:
		return fmt.Sprintf("SUM(%s%s)%s", distinct, c.expr(integer, 1), filter), integer, true
	case 4:
		return fmt.Sprintf("SUM(%s%s)%s", distinct, c.expr(decimal, 1), filter), decimal, true
	case 5:
		return fmt.Sprintf("%s(%s)%s", c.pick("MIN", "MAX"), c.expr(any, 1), filter), any, true
	case 6:
		return fmt.Sprintf("%s(%s)%s", c.pick("BOOL_AND", "BOOL_OR"), c.expr(boolean, 1), filter), boolean, true
	case 7:
		return fmt.Sprintf("%s(%s%s)%s", c.pick("AVG", "SUM", "VAR_POP", "STDDEV_SAMP"), distinct, c.expr(double, 1), filter), double, false
	case 8:
		return fmt.Sprintf("COLLECT(%s)%s", c.expr(integer, 1), filter), array, false
	case 9:
		return fmt.Sprintf("STRING_AGG(DISTINCT %s, '; ')%s", c.expr(text, 1), filter), text, true
	case 10:
		if byArrival {
			return fmt.Sprintf("%s(%s)%s", c.pick("FIRST_VALUE", "LAST_VALUE"), c.expr(any, 1), filter), any, true
		}
		return fmt.Sprintf("COUNT_IF(%s)", c.expr(boolean, 1)), integer, true
	}
	return fmt.Sprintf("APPROX_COUNT_DISTINCT(%s)%s", c.expr(any, 1), filter), integer, true
}

// grouped is an aggregate by columns of a relation, and perhaps by an expression.
func (c *compose) grouped(r *rel, from string, fixed, keys []column) *rel {
	var sel, group []string
	var cols []column
	for _, k := range append(slices.Clone(fixed), keys...) {
		name := c.fresh()
		sel, group, cols = append(sel, k.name+" AS "+name), append(group, k.name), append(cols, column{name, k.f, true})
	}
	if c.chance(20) && !strings.Contains(from, "COUNT_WINDOW") {
		name, e := c.fresh(), c.expr(text, 1)
		sel, group, cols = append(sel, e+" AS "+name), append(group, e), append(cols, column{name, text, true})
	}
	sel, cols = c.aggs(r, sel, cols)
	q := fmt.Sprintf("SELECT %s FROM %s", strings.Join(sel, ", "), from)
	switch {
	case c.chance(35):
		q += " WHERE " + c.condition(r)
	case len(fixed) > 0 && strings.HasPrefix(fixed[0].name, "window_") && !strings.HasPrefix(from, "COUNT_WINDOW") && c.chance(30):
		q += " WHERE " + c.onWindow("window_start", "window_end", "window_time")
	}
	if len(group) > 0 {
		if n := len(fixed); len(group) > n && c.chance(12) && !strings.Contains(from, "SESSION") && !strings.Contains(from, "COUNT_WINDOW") {
			sets := c.pick("ROLLUP", "CUBE", "GROUPING SETS") + " (" + strings.Join(group[n:], ", ") + ")"
			group = append(group[:n:n], sets)
		}
		q += " GROUP BY " + strings.Join(group, ", ")
		if c.chance(25) {
			call, f, _ := c.typedAggregate(false)
			if f == integer {
				q += fmt.Sprintf(" HAVING %s %s %s", call, c.pick(">", "<=", "<>"), c.pick("0", "1", "2", "-3"))
			}
		}
	}
	out := next(q, cols)
	if !c.s.changes || !c.chance(60) || strings.Contains(from, "SESSION") || strings.Contains(from, "COUNT_WINDOW") || len(group) == 0 {
		return out
	}
	out.sql += fmt.Sprintf(" EMIT EVERY INTERVAL '%d' SECOND", 1+c.r.IntN(10))
	out.updating = true
	return out
}

// groupBy is an aggregate of all rows, which changes as rows come.
func (c *compose) groupBy(r *rel) *rel {
	keys := c.keysOf(r, 2)
	if !c.chance(20) { // one column alone of a window that begins like others is none
		keys = slices.DeleteFunc(keys, func(k column) bool { return k.name == r.start || k.name == r.end })
	}
	out := c.grouped(r, r.from(), nil, keys)
	out.updating = true
	return out
}

func (c *compose) distinct(r *rel) *rel {
	keys := c.keysOf(r, 3)
	if len(keys) == 0 {
		return nil
	}
	out := next(fmt.Sprintf("SELECT DISTINCT %s FROM %s", names(keys), r.from()), keys)
	out.updating = r.updating
	return out
}

// tvf is a window function over a relation with event time; keyed says whether its
// windows depend on the rows of keys, which it names.
func (c *compose) tvf(r *rel) (from string, keys []column, keyed bool) {
	seconds := func(n int) string { return fmt.Sprintf("INTERVAL '%d' SECOND", n) }
	offset := ""
	if c.chance(25) {
		offset = ", " + seconds(c.r.IntN(30))
	}
	head, at := r.data(), "DESCRIPTOR("+r.time+")"
	by := func() string {
		if keys = c.keysOf(r, 2); len(keys) > 0 {
			return " PARTITION BY " + names(keys)
		}
		return ""
	}
	slide := 1 + c.r.IntN(15)
	switch n := c.r.IntN(10); {
	case n < 3:
		return fmt.Sprintf("TABLE(TUMBLE(%s, %s, %s%s))", head, at, seconds(1+c.r.IntN(40)), offset), nil, false
	case n < 5:
		return fmt.Sprintf("TABLE(HOP(%s, %s, %s, %s%s))", head, at, seconds(slide), seconds(slide+c.r.IntN(30)), offset), nil, false
	case n < 6:
		return fmt.Sprintf("TABLE(CUMULATE(%s, %s, %s, %s%s))", head, at, seconds(slide), seconds(slide*(1+c.r.IntN(5))), offset), nil, false
	case n < 7:
		return fmt.Sprintf("TABLE(HOP(DATA => %s, TIMECOL => %s, SLIDE => %s, SIZE => %s))", head, at, seconds(slide), seconds(1+c.r.IntN(30))), nil, false
	case n == 7 && r.arrival && c.s.splits == 1 && r.name != "":
		return fmt.Sprintf("COUNT_WINDOW(%s%s, %d, %d)", head, by(), 3+c.r.IntN(3), 1+c.r.IntN(3)), keys, true
	case r.name == "":
		return fmt.Sprintf("TABLE(TUMBLE(%s, %s, %s))", head, at, seconds(1+c.r.IntN(40))), nil, false
	}
	return fmt.Sprintf("TABLE(SESSION(%s%s, %s, %s))", head, by(), at, seconds(1+c.r.IntN(12))), keys, true
}

func (c *compose) windowed(r *rel) bool { return r.time != "" && !r.updating && r.start == "" }

// windowAgg is an aggregate by window.
func (c *compose) windowAgg(r *rel) *rel {
	if !c.windowed(r) {
		return nil
	}
	from, keys, keyed := c.tvf(r)
	if !keyed {
		keys = c.keysOf(r, 2)
	}
	fixed := []column{{"window_start", timestamp, true}, {"window_end", timestamp, true}}
	if c.chance(60) && !strings.HasPrefix(from, "COUNT_WINDOW") {
		fixed = append(fixed, column{"window_time", timestamp, true})
	}
	out := c.grouped(r, from, fixed, keys)
	if out.updating {
		return out
	}
	if len(fixed) == 3 {
		out.time = out.cols[2].name
	}
	if !strings.HasPrefix(from, "COUNT_WINDOW") {
		out.start, out.end = out.cols[0].name, out.cols[1].name
	}
	return out
}

// windowRows gives rows their windows; at times without a look at them.
func (c *compose) windowRows(r *rel) *rel {
	if !c.windowed(r) {
		return nil
	}
	from, _, keyed := c.tvf(r)
	sel, cols := []string{}, []column{}
	add := func(expr string, f family, exact bool) string {
		name := c.fresh()
		sel, cols = append(sel, expr+" AS "+name), append(cols, column{name, f, exact})
		return name
	}
	var start, end, at string
	if c.chance(85) {
		start, end, at = add("window_start", timestamp, true), add("window_end", timestamp, true), add("window_time", timestamp, true)
	} else {
		add(r.time, timestamp, true)
	}
	for _, col := range r.cols {
		if c.chance(40) {
			add(col.name, col.f, col.exact)
		}
	}
	q := fmt.Sprintf("SELECT %s FROM %s", strings.Join(sel, ", "), from)
	switch {
	case c.chance(30):
		q += " WHERE " + c.condition(r)
	case c.chance(25):
		q += " WHERE " + c.onWindow("window_start", "window_end", "window_time")
	}
	out := next(q, cols)
	out.arrival = r.arrival && !keyed
	if !strings.HasPrefix(from, "COUNT_WINDOW") {
		out.start, out.end, out.time = start, end, at
	}
	return out
}

// regroup is an aggregate by the window that rows have.
func (c *compose) regroup(r *rel) *rel {
	if r.start == "" || r.end == "" || r.updating {
		return nil
	}
	is := func(name string) column { return column{name, timestamp, true} }
	out := c.grouped(r, r.from(), []column{is(r.start), is(r.end)}, c.keysOf(r, 1))
	if out.updating {
		return out
	}
	out.start, out.end = out.cols[0].name, out.cols[1].name
	return out
}

// rank keeps the first rows of partitions.
func (c *compose) rank(r *rel) *rel {
	if !r.allExact() || len(r.cols) == 0 || c.s.splits > 1 { // with several the order of equal rows is not defined
		return nil
	}
	keys := c.keysOf(r, 2)
	windowed := r.start != "" && r.end != "" && !r.updating && c.chance(60)
	if windowed {
		keys = append([]column{{r.start, timestamp, true}, {r.end, timestamp, true}}, keys...)
	}
	by := ""
	if len(keys) > 0 {
		by = "PARTITION BY " + names(keys) + " "
	}
	exact := r.exactly()
	order := c.list(1+c.r.IntN(2), func(int) string { return exact[c.r.IntN(len(exact))].name + c.direction() })
	call := fmt.Sprintf("%s() OVER (%sORDER BY %s)", c.pick("ROW_NUMBER", "ROW_NUMBER", "RANK", "DENSE_RANK"), by, order)
	bound := c.pick("= 1", "<= 2", "< 4", "BETWEEN 2 AND 3", "= 2", "<= 10")
	cols, all := slices.Clone(r.cols), names(r.cols)
	var q string
	switch c.r.IntN(3) {
	case 0:
		q = fmt.Sprintf("SELECT %s FROM %s QUALIFY %s %s", all, r.from(), call, bound)
	case 1:
		q = fmt.Sprintf("SELECT %s FROM (SELECT *, %s AS rn FROM %s) WHERE rn %s", all, call, r.from(), bound)
	default:
		name := c.fresh()
		q = fmt.Sprintf("SELECT %s, rn AS %s FROM (SELECT *, %s AS rn FROM %s) WHERE rn %s", all, name, call, r.from(), bound)
		cols = append(cols, column{name, integer, true})
	}
	out := next(q, cols)
	if windowed {
		out.start, out.end = r.start, r.end
	}
	out.updating = !windowed
	return out
}

// overCalls adds calls with OVER.
func (c *compose) overCalls(r *rel) *rel {
	if r.updating || !r.allExact() || len(r.cols) == 0 || c.s.splits > 1 {
		return nil
	}
	exact := r.exactly()
	w := overSpec{}
	if keys := c.keysOf(r, 2); len(keys) > 0 {
		w.partition = "PARTITION BY " + names(keys) + " "
	}
	time := r.time != "" && c.chance(70)
	switch {
	case time:
		w.order, w.unit = "ORDER BY "+r.time, "INTERVAL '%d' SECOND"
	default:
		w.order = "ORDER BY " + c.list(1+c.r.IntN(2), func(int) string { return exact[c.r.IntN(len(exact))].name + c.direction() })
	}
	sel, cols := []string{}, slices.Clone(r.cols)
	for range 1 + c.r.IntN(3) {
		name := c.fresh()
		call, f, good := c.overOf(w)
		sel, cols = append(sel, call+" AS "+name), append(cols, column{name, f, good})
	}
	out := next(fmt.Sprintf("SELECT %s, %s FROM %s", names(r.cols), strings.Join(sel, ", "), r.from()), cols)
	if time {
		out.time = r.time
	}
	return out
}

// overOf is a call over the columns at hand.
func (c *compose) overOf(w overSpec) (call string, f family, exact bool) {
	over := " OVER (" + w.partition + w.order
	switch c.r.IntN(6) {
	case 0:
		return c.pick("ROW_NUMBER", "RANK", "DENSE_RANK") + "()" + over + ")", integer, true
	case 1:
		f := family(c.r.IntN(int(families)))
		return fmt.Sprintf("%s(%s%s)%s)", c.pick("LAG", "LAG", "LEAD"), c.expr(f, 1), c.pick("", ", 2", ", 0"), over), f, true
	case 2:
		f := family(c.r.IntN(int(families)))
		return fmt.Sprintf("NTH_VALUE(%s, %s)%s%s)", c.expr(f, 1), c.pick("1", "2"), over, c.frame(w)), f, true
	}
	call, f, exact = c.typedAggregate(true)
	return call + over + c.frame(w) + ")", f, exact
}

// setOperation is one over two relations, of columns of the same families.
func (c *compose) setOperation(r *rel) *rel {
	other := c.rels[c.r.IntN(len(c.rels))]
	switch {
	case c.chance(40):
		other = c.steps(other, 1)
	case c.chance(20):
		other = c.values()
	}
	c.use(other)
	var fs []family
	for range 1 + c.r.IntN(3) {
		fs = append(fs, c.anyFamily())
	}
	time := r.time != "" && other.time != "" && !r.updating && !other.updating && c.chance(50)
	part := func(x *rel) string {
		c.use(x)
		sel := []string{}
		if time {
			sel = append(sel, x.time+" AS at")
		}
		for i, f := range fs {
			e := c.expr(f, 1)
			if cols := c.cols[f]; len(cols) > 0 && c.chance(60) {
				e = cols[c.r.IntN(len(cols))]
			}
			sel = append(sel, fmt.Sprintf("%s AS u%d", e, i))
		}
		q := fmt.Sprintf("SELECT %s FROM %s", strings.Join(sel, ", "), x.from())
		if c.chance(30) {
			q += " WHERE " + c.condition(x)
		}
		return q
	}
	if c.chance(15) && !r.updating && !other.updating { // any rows are the same rows
		cond := c.condition(other)
		c.use(r)
		return next(fmt.Sprintf("SELECT 1 AS u0 FROM %s WHERE %s UNION ALL SELECT 1 AS u0 FROM %s WHERE %s LIMIT %d", r.from(), c.condition(r), other.from(), cond, c.r.IntN(80)),
			[]column{{"u0", integer, true}})
	}
	op := c.pick("UNION ALL", "UNION ALL", "UNION", "INTERSECT", "INTERSECT ALL", "EXCEPT", "EXCEPT ALL")
	out := next(part(r)+" "+op+" "+part(other), nil)
	if time {
		out.cols = append(out.cols, column{"at", timestamp, true})
	}
	for i, f := range fs {
		out.cols = append(out.cols, column{fmt.Sprintf("u%d", i), f, true})
	}
	if time && op == "UNION ALL" {
		out.time = "at"
	}
	out.updating = op != "UNION ALL" || r.updating || other.updating
	return out
}

// limit is the first rows of a source.
func (c *compose) limit(r *rel) *rel {
	if !r.arrival || r.updating || c.s.splits > 1 {
		return nil
	}
	q := fmt.Sprintf("SELECT %s FROM %s LIMIT %d%s", names(r.cols), r.from(), c.r.IntN(60), c.pick("", " OFFSET 3"))
	if c.chance(40) {
		q = fmt.Sprintf("SELECT * FROM (%s) LIMIT %d", q, c.r.IntN(60))
	}
	out := next(q, r.cols)
	out.time, out.arrival, out.start, out.end = r.time, true, r.start, r.end
	return out
}

// first is the first rows of an order.
func (c *compose) first(r *rel) *rel {
	if !r.allExact() || len(r.cols) == 0 {
		return nil
	}
	out := next(fmt.Sprintf("SELECT %s FROM %s ORDER BY %s LIMIT %d", names(r.cols), r.from(), c.orderBy(r), 1+c.r.IntN(30)), r.cols)
	out.updating = true
	return out
}

// values is literal rows.
func (c *compose) values() *rel {
	fs := []family{integer, text, family(c.r.IntN(int(families)))}
	rows := c.list(1+c.r.IntN(3), func(int) string {
		return "(" + c.list(len(fs), func(i int) string { return c.literal(fs[i]) }) + ")"
	})
	return next("SELECT a, b, c FROM (VALUES "+rows+") AS v (a, b, c)", []column{{"a", fs[0], true}, {"b", fs[1], true}, {"c", fs[2], true}})
}
