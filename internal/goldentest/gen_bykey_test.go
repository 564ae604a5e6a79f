package goldentest

import (
	"fmt"
	"strings"
)

// joinSide is a relation in a join, and what it is called there.
type joinSide struct {
	name string
	r    *rel
}

// columnsOf are the exact columns of sides, with their names in front.
func columnsOf(sides []joinSide) *rel {
	out := &rel{}
	for _, s := range sides {
		for _, col := range s.r.exactly() {
			col.name = s.name + "." + col.name
			out.cols = append(out.cols, col)
		}
	}
	return out
}

// ofFamily draws a column of a family; "": there is none.
func (c *compose) ofFamily(r *rel, f family) string {
	var found []string
	for _, col := range r.cols {
		if col.f == f {
			found = append(found, col.name)
		}
	}
	if len(found) == 0 {
		return ""
	}
	return found[c.r.IntN(len(found))]
}

// selected is a SELECT of some columns of sides, of which the first keeps its event time and
// its window. from is all behind FROM.
func (c *compose) selected(sides []joinSide, from string) *rel {
	out, sel := &rel{}, []string{}
	for i, s := range sides {
		for _, col := range s.r.cols {
			kept := i == 0 && (col.name == s.r.time || col.name == s.r.start || col.name == s.r.end)
			if !c.chance(40) && (!kept || !c.chance(80)) {
				continue
			}
			name := c.fresh()
			sel = append(sel, s.name+"."+col.name+" AS "+name)
			out.cols = append(out.cols, column{name, col.f, col.exact})
			if !kept {
				continue
			}
			switch col.name {
			case s.r.time:
				out.time = name
			case s.r.start:
				out.start = name
			case s.r.end:
				out.end = name
			}
		}
	}
	if len(sel) == 0 {
		return nil
	}
	out.sql = "SELECT " + strings.Join(sel, ", ") + " FROM " + from
	return out
}

// onSides is a condition on a column of sides.
func (c *compose) onSides(sides []joinSide) string {
	cols := columnsOf(sides).cols
	if len(cols) == 0 {
		return "TRUE"
	}
	col := cols[c.r.IntN(len(cols))]
	if c.chance(25) {
		return col.name + c.pick(" IS NULL", " IS NOT NULL")
	}
	return fmt.Sprintf("%s %s %s", col.name, c.pick("=", "<", ">=", "<>"), c.literal(col.f))
}

// byKey looks rows up by key, in one table or two, or twice in the same.
func (c *compose) byKey(r *rel) *rel {
	if r.updating && (c.s.changes || c.chance(50)) {
		return nil
	}
	var from strings.Builder
	from.WriteString(r.as("a"))
	seen, arrival := []joinSide{{"a", r}}, r.arrival
	var where []string
	var last *sideTable
	n := 1 + c.r.IntN(5)/3
	for i := range n {
		t := c.keyedTable(last, r)
		last = t
		side := joinSide{[]string{"b", "c"}[i], t.rel()}
		on := c.keyConditions(seen, side, t)
		kind := c.pick("JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "LEFT JOIN", "LEFT SEMI JOIN", "LEFT ANTI JOIN")
		asOf := ""
		if !strings.HasPrefix(kind, "LEFT ") || kind == "LEFT JOIN" {
			asOf = c.pick("", "", "", " FOR SYSTEM_TIME AS OF PROCTIME()")
		}
		if kind == "JOIN" && asOf == "" && i == n-1 && c.chance(15) { // a comma binds less than JOIN
			fmt.Fprintf(&from, ", %s AS %s", t.name, side.name)
			where = append(where, on...)
		} else {
			fmt.Fprintf(&from, " %s %s%s AS %s ON %s", kind, t.name, asOf, side.name, strings.Join(on, " AND "))
		}
		if strings.HasSuffix(kind, "JOIN") && kind != "LEFT SEMI JOIN" && kind != "LEFT ANTI JOIN" {
			seen, arrival = append(seen, side), arrival && t.unique
		}
	}
	for range c.r.IntN(3) / 2 * (1 + c.r.IntN(2)) {
		where = append(where, c.onSides(seen))
	}
	if len(where) > 0 {
		from.WriteString(" WHERE " + strings.Join(where, " AND "))
	}
	out := c.selected(seen, from.String())
	if out != nil {
		out.arrival, out.updating = arrival, r.updating
	}
	return out
}

// keyedTable is a table that is looked up by key: at times the last one again, or another one
// that is there.
func (c *compose) keyedTable(last *sideTable, r *rel) *sideTable {
	if last != nil && c.chance(35) {
		return last
	}
	if c.chance(35) {
		for i := range c.s.sides {
			if t := &c.s.sides[i]; t.keys > 0 && t != last {
				return t
			}
		}
	}
	t := c.sideTable([]int{1, 1, 1, 1, 2, 2, 3}[c.r.IntN(7)], r)
	for _, option := range []string{"'lookup.cache'='none'", fmt.Sprintf("'lookup.cache.rows'='%d'", c.r.IntN(6)), fmt.Sprintf("'lookup.cache.bytes'='%d'", 100+c.r.IntN(900)),
		"'lookup.cache.missing'='false'", "'lookup.concurrency'='1'"} {
		if c.chance(20) {
			t.options += ", " + option
		}
	}
	return t
}

// keyConditions are the conditions of a join with a table that is looked up by key.
func (c *compose) keyConditions(seen []joinSide, side joinSide, t *sideTable) (on []string) {
	left := columnsOf(seen)
	both := append(seen[:len(seen):len(seen)], side)
	equal := func(a, b string) {
		if c.chance(50) {
			a, b = b, a
		}
		on = append(on, a+" = "+b)
	}
	for _, col := range t.cols[:t.keys] {
		key := side.name + "." + col.name
		value := c.valueFor(left, col.f)
		equal(c.convertedKey(key, value, col, left))
		if c.chance(8) {
			equal(key, c.valueFor(left, col.f))
		}
	}
	if c.chance(25) {
		on = append(on, c.onSides(both))
	}
	if c.chance(20) {
		for _, col := range t.cols[t.keys:] {
			if x := c.ofFamily(left, col.f); x != "" && col.f != double {
				on = append(on, fmt.Sprintf("%s %s %s.%s", x, c.pick("=", "<", ">", "<>", "IS DISTINCT FROM"), side.name, col.name))
				break
			}
		}
	}
	if n := c.ofFamily(columnsOf(both), integer); n != "" && c.chance(6) { // fails for some pairs
		on = append(on, "12 / "+n+" < 5")
	}
	c.r.Shuffle(len(on), func(i, j int) { on[i], on[j] = on[j], on[i] })
	return on
}

// valueFor is what a key is equal to: a column of what stands before, a computed value or a constant.
func (c *compose) valueFor(left *rel, f family) string {
	if x := c.ofFamily(left, f); x != "" && c.chance(75) {
		return x
	}
	if c.chance(40) {
		c.use(left)
		return c.expr(f, 1)
	}
	return c.literal(f)
}

// convertedKey is what is compared of a key, and with what: at times the key is converted
// without a loss, or the value is of another type.
func (c *compose) convertedKey(key, value string, col sideColumn, left *rel) (k, v string) {
	number := func() string { return c.valueFor(left, integer) }
	if !c.chance(30) {
		return key, value
	}
	switch col.f {
	case integer:
		switch c.r.IntN(4) {
		case 0:
			return key, c.valueFor(left, decimal)
		case 1:
			return "CAST(" + key + " AS VARCHAR)", "CAST(" + value + " AS VARCHAR)"
		case 2:
			return "CAST(" + key + " AS DECIMAL(22, 2))", c.valueFor(left, decimal)
		}
		return "CAST(" + key + " AS BIGINT)", value
	case decimal:
		switch c.r.IntN(3) {
		case 0:
			return key, number()
		case 1:
			return "CAST(" + key + " AS VARCHAR)", "CAST(" + value + " AS VARCHAR)"
		}
		return "CAST(" + key + " AS DECIMAL(30, 8))", value
	case boolean:
		return "CAST(" + key + " AS VARCHAR)", "CAST(" + value + " AS VARCHAR)"
	case date:
		switch c.r.IntN(3) {
		case 0:
			return key, c.valueFor(left, timestamp)
		case 1:
			return "CAST(" + key + " AS VARCHAR)", "CAST(" + value + " AS VARCHAR)"
		}
		return "CAST(" + key + " AS TIMESTAMP(3))", c.valueFor(left, timestamp)
	case timestamp:
		if c.chance(50) {
			return key, c.valueFor(left, date)
		}
		return "CAST(" + key + " AS TIMESTAMP(9))", value
	case text:
		return key, "CAST(" + number() + " AS VARCHAR)"
	}
	return key, value
}
