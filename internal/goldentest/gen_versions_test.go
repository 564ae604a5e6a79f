package goldentest

import (
	"fmt"
	"strings"
)

// versions is a temporal join: each row with the row of another relation that was the last one
// of its key at its time. Several splits would leave open which of equal times is the last.
func (c *compose) versions(r *rel) *rel {
	other := c.rels[c.r.IntN(len(c.rels))]
	if r.time == "" || other.time == "" || r.updating || other.updating || !other.arrival || c.s.splits > 1 {
		return nil
	}
	x, y := c.sameFamily(r, other)
	if x == "" {
		return nil
	}
	c.names++
	name := fmt.Sprintf("w%d", c.names)
	c.with = append(c.with, fmt.Sprintf("%s AS (SELECT %s FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY %s ORDER BY %s DESC) AS rn FROM %s) WHERE rn = 1)",
		name, names(other.cols), y, other.time, other.from()))
	sel, out := []string{}, &rel{}
	for _, side := range []struct {
		name string
		r    *rel
	}{{"a", r}, {"b", other}} {
		for _, col := range side.r.cols {
			if c.chance(50) {
				as := c.fresh()
				sel = append(sel, side.name+"."+col.name+" AS "+as)
				out.cols = append(out.cols, column{as, col.f, col.exact})
			}
		}
	}
	if len(sel) == 0 {
		return nil
	}
	on := "a." + x + " = b." + y
	if side := c.ofSide(r, other); side != "" && c.chance(30) {
		on += " AND " + side
	}
	out.sql = fmt.Sprintf("SELECT %s FROM %s %s %s FOR SYSTEM_TIME AS OF a.%s AS b ON %s",
		strings.Join(sel, ", "), r.as("a"), c.pick("JOIN", "LEFT JOIN"), name, r.time, on)
	return out
}
