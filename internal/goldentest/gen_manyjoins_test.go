package goldentest

import (
	"fmt"
	"strings"
)

// manyJoins joins three to five relations, whose sizes are known or said, in an order that may
// not be the best: around one of them, one behind the other, or at random; some of the joins are
// outer ones, and some relations have conditions of their own.
func (c *compose) manyJoins(r *rel) *rel {
	if r.updating && c.s.changes {
		return nil
	}
	sides := []joinSide{{"", r}}
	rels := []*rel{r}
	for range 2 + c.r.IntN(3) {
		other := c.readTable(rels)
		sides, rels = append(sides, joinSide{"", other}), append(rels, other)
	}
	if c.chance(50) { // the stream stands elsewhere
		i := c.r.IntN(len(sides))
		sides[0], sides[i] = sides[i], sides[0]
	}
	for i := range sides {
		sides[i].name = string(rune('a' + i))
	}
	from, where, outer := c.chained(sides)
	if from == "" {
		return nil
	}
	for i := range sides {
		if c.chance(25) {
			where = append(where, c.onSides(sides[i:i+1]))
		}
	}
	if len(where) > 0 {
		from += " WHERE " + strings.Join(where, " AND ")
	}
	out := c.selected(sides, from)
	if out == nil {
		return nil
	}
	out.updating = r.updating || c.s.changes && outer
	if out.updating || sides[0].r != r {
		out.time, out.start, out.end = "", "", ""
	}
	return out
}

// chained is the FROM of sides, each joined with one before it; "" where nothing relates one to
// those. where is conditions of joins that stand in WHERE.
func (c *compose) chained(sides []joinSide) (from string, where []string, outer bool) {
	form, commas := c.r.IntN(3), c.chance(15)
	from = sides[0].r.as(sides[0].name)
	for i, s := range sides[1:] {
		on := c.related(sides[:i+1], s, form)
		if len(on) == 0 {
			return "", nil, false
		}
		if commas {
			from, where = from+", "+s.r.as(s.name), append(where, on...)
			continue
		}
		kind := "JOIN"
		if c.chance(12) {
			kind, outer = "LEFT JOIN", true
		}
		if c.chance(12) {
			on = append(on, c.onSides(sides[:i+2]))
		}
		from += fmt.Sprintf(" %s %s ON %s", kind, s.r.as(s.name), strings.Join(on, " AND "))
	}
	return from, where, outer
}

// related are equalities of a side with those before it: with the first one, the last one, or any.
func (c *compose) related(before []joinSide, s joinSide, form int) (on []string) {
	for try := range 6 {
		at := c.r.IntN(len(before))
		switch {
		case form == 0 && try < 3:
			at = 0
		case form == 1 && try < 3:
			at = len(before) - 1
		}
		x, y := c.sameFamily(before[at].r, s.r)
		if x == "" {
			continue
		}
		on = append(on, fmt.Sprintf("%s.%s = %s.%s", before[at].name, x, s.name, y))
		if !c.chance(20) {
			return on
		}
	}
	return on
}

// readTable is a table beside t without event time: one that is there, or one that has something
// in common with rs.
func (c *compose) readTable(rs []*rel) *rel {
	if c.chance(35) {
		for i := range c.s.sides {
			if t := &c.s.sides[i]; t.keys == 0 && c.chance(60) {
				return t.rel()
			}
		}
	}
	t := c.sideTable(0, rs...)
	if c.chance(65) {
		t.options = fmt.Sprintf(", 'rows'='%s'", c.pick("1", "20", "1000", "100000", "1000000000"))
	}
	r := t.rel()
	if c.chance(40) {
		c.rels = append(c.rels, r)
	}
	return r
}

// partners keeps the rows that have a partner, by a join of which no other column is used: each of
// them once, or with a side that has each partner once.
func (c *compose) partners(r *rel) *rel {
	if r.updating && c.s.changes {
		return nil
	}
	other := c.readTable([]*rel{r})
	x, y := c.sameFamily(r, other)
	keys := c.keysOf(r, 3)
	if x == "" || len(keys) == 0 {
		return nil
	}
	var sel []string
	for _, k := range keys {
		sel = append(sel, "a."+k.name)
	}
	what, with := "DISTINCT ", other.as("b")
	if c.chance(40) {
		what, with = "", fmt.Sprintf("(SELECT DISTINCT %s FROM %s) AS b", y, other.name)
	}
	out := next(fmt.Sprintf("SELECT %s%s FROM %s JOIN %s ON a.%s = b.%s", what, strings.Join(sel, ", "), r.as("a"), with, x, y), keys)
	out.updating = r.updating || c.s.changes
	return out
}
