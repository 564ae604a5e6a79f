package goldentest

import (
	"fmt"
	"slices"
	"strings"
)

// as is the relation in FROM under another name.
func (r *rel) as(name string) string {
	if r.name != "" {
		return r.name + " AS " + name
	}
	return "(" + r.sql + ") AS " + name
}

// join pairs a relation with another one, or with itself: by keys, by the distance of their
// event times, or by their windows.
func (c *compose) join(r *rel) *rel {
	other := c.rels[c.r.IntN(len(c.rels))]
	if c.chance(30) {
		other = c.steps(other, 1)
	}
	return c.joined(r, other)
}

// windowJoin pairs rows of windows with others of the same windows.
func (c *compose) windowJoin(r *rel) *rel {
	if r.start == "" {
		if r = c.windowAgg(r); r == nil || r.start == "" {
			return nil
		}
	}
	if r.name == "" {
		c.names++
		r.name, r.with = fmt.Sprintf("w%d", c.names), true
		c.with = append(c.with, fmt.Sprintf("%s AS (%s)", r.name, r.sql))
	}
	return c.joined(r, r)
}

// joined is a join of two relations.
func (c *compose) joined(r, other *rel) *rel {
	on, windowed := c.joinOn(r, other)
	if len(on) == 0 {
		return nil
	}
	kind := c.pick("JOIN", "JOIN", "INNER JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN")
	var sel []string
	out := &rel{updating: true}
	for _, side := range []struct {
		name string
		r    *rel
	}{{"a", r}, {"b", other}} {
		for _, col := range side.r.cols {
			if c.chance(40) {
				name := c.fresh()
				sel = append(sel, side.name+"."+col.name+" AS "+name)
				out.cols = append(out.cols, column{name, col.f, col.exact})
			}
		}
	}
	if len(sel) == 0 {
		return nil
	}
	between := r.time != "" && other.time != "" && !r.updating && !other.updating && strings.Contains(on[len(on)-1], "INTERVAL")
	out.updating = !between && !windowed
	if c.chance(20) {
		if side := c.ofSide(r, other); side != "" {
			on = append(on, side)
		}
	}
	out.sql = fmt.Sprintf("SELECT %s FROM %s %s %s ON %s", strings.Join(sel, ", "), r.as("a"), kind, other.as("b"), strings.Join(on, " AND "))
	if c.chance(20) {
		if side := c.ofSide(r, other); side != "" {
			out.sql += " WHERE " + side
		}
	}
	return out
}

// ofSide is a condition on one side of a join; "": none.
func (c *compose) ofSide(a, b *rel) string {
	side, of := "a", a
	if c.chance(50) {
		side, of = "b", b
	}
	exact := of.exactly()
	if len(exact) == 0 {
		return ""
	}
	col := exact[c.r.IntN(len(exact))]
	return fmt.Sprintf("%s.%s %s %s", side, col.name, c.pick("=", "<", ">=", "<>"), c.literal(col.f))
}

// joinOn is the conditions of a join; windowed where they are of equal windows.
func (c *compose) joinOn(a, b *rel) (on []string, windowed bool) {
	if a.start != "" && b.start != "" && a.end != "" && b.end != "" && c.chance(80) {
		on, windowed = []string{"a." + a.start + " = b." + b.start, "a." + a.end + " = b." + b.end}, !a.updating && !b.updating
	}
	for range 2 {
		x, y := c.sameFamily(a, b)
		if x != "" && (len(on) == 0 || c.chance(40)) {
			on = append(on, "a."+x+" = b."+y)
		}
	}
	if a.time != "" && b.time != "" && c.chance(70) {
		span := func() string { return fmt.Sprintf("INTERVAL '%d' SECOND", c.r.IntN(8)) }
		bound := c.pick(
			fmt.Sprintf("a.%s BETWEEN b.%s - %s AND b.%s + %s", a.time, b.time, span(), b.time, span()),
			fmt.Sprintf("a.%s >= b.%s AND a.%s < b.%s + %s", a.time, b.time, a.time, b.time, span()),
			fmt.Sprintf("b.%s BETWEEN a.%s AND a.%s + %s", b.time, a.time, a.time, span()))
		on = append(on, bound)
	}
	return on, windowed
}

// sameFamily is a column of each of one family; "": there is none.
func (c *compose) sameFamily(a, b *rel) (x, y string) {
	cols, others := slices.Clone(a.exactly()), slices.Clone(b.exactly())
	for _, s := range [][]column{cols, others} {
		c.r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
	}
	for _, p := range cols {
		for _, q := range others {
			if p.f == q.f && p.f != double && p.name != a.time && q.name != b.time {
				return p.name, q.name
			}
		}
	}
	return "", ""
}

// within keeps rows that another relation has, or has not.
func (c *compose) within(r *rel) *rel {
	other := c.rels[c.r.IntN(len(c.rels))]
	x, y := c.sameFamily(r, other)
	if x == "" {
		return nil
	}
	var cond, more string
	if side := c.ofSide(r, other); side != "" && c.chance(35) {
		more = " AND " + side
	}
	switch c.r.IntN(3) {
	case 0:
		cond = fmt.Sprintf("%s IN (SELECT %s FROM %s)", x, y, other.from())
	case 1:
		cond = fmt.Sprintf("EXISTS (SELECT 1 FROM %s WHERE b.%s = a.%s%s)", other.as("b"), y, x, more)
	default:
		cond = fmt.Sprintf("NOT EXISTS (SELECT 1 FROM %s WHERE b.%s = a.%s%s)", other.as("b"), y, x, more)
	}
	out := next(fmt.Sprintf("SELECT %s FROM %s WHERE %s", names(r.cols), r.as("a"), cond), r.cols)
	out.updating = true
	return out
}
