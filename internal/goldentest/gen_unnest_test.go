package goldentest

import (
	"fmt"
	"slices"
	"strings"
)

// unnest gives each row once for each element of a list.
func (c *compose) unnest(r *rel) *rel {
	kinds := []struct {
		list  family
		parts []family
	}{{array, []family{integer}}, {texts, []family{text}}, {mapping, []family{text, integer}}}
	kind := kinds[c.r.IntN(len(kinds))]
	out := &rel{cols: slices.Clone(r.cols), time: r.time, start: r.start, end: r.end, arrival: r.arrival, updating: r.updating}
	var sel, parts []string
	for _, col := range r.cols {
		sel = append(sel, col.name)
	}
	add := func(f family) {
		name := c.fresh()
		parts = append(parts, name)
		out.cols = append(out.cols, column{name, f, true})
	}
	for _, f := range kind.parts {
		add(f)
	}
	ordinality := ""
	if c.chance(30) {
		ordinality = " WITH ORDINALITY"
		add(integer)
	}
	join, on := c.pick("CROSS JOIN", "CROSS JOIN LATERAL", ","), ""
	if c.chance(40) {
		join, on = "LEFT JOIN", " ON TRUE"
	}
	out.sql = fmt.Sprintf("SELECT %s FROM %s %s UNNEST(%s)%s AS u (%s)%s", strings.Join(append(sel, parts...), ", "), r.from(), join,
		c.expr(kind.list, 2), ordinality, strings.Join(parts, ", "), on)
	return out
}
