package goldentest

import (
	"fmt"
	"slices"
	"strings"
)

// column is a column of a relation in a composed query.
type column struct {
	name string
	f    family
	// exact: its values do not depend on the order in which floats are added up, so that it
	// can be compared and grouped by.
	exact bool
}

// rel is a relation in a composed query: a table, a view, a WITH, or a sub-query.
type rel struct {
	name string // "": a sub-query
	sql  string // of a sub-query
	cols []column
	// time is the event-time column; "": none. start and end are those of a window.
	time, start, end string
	arrival          bool // its rows have an order of arrival
	updating         bool // they may be taken back
	with             bool // it is known to the statement being made only
}

func (r *rel) from() string {
	if r.name != "" {
		return r.name
	}
	return "(" + r.sql + ") AS q"
}

// data is the argument of a table function.
func (r *rel) data() string {
	if r.name != "" {
		return "TABLE " + r.name
	}
	return "(" + r.sql + ")"
}

// exactly is the columns that can be compared.
func (r *rel) exactly() []column {
	var out []column
	for _, c := range r.cols {
		if c.exact && c.f < families {
			out = append(out, c)
		}
	}
	return out
}

func (r *rel) allExact() bool {
	return !slices.ContainsFunc(r.cols, func(c column) bool { return !c.exact || c.f > families })
}

// compose makes a query of steps, each over what those before it have made.
type compose struct {
	*gen
	s     *scenario
	sql   strings.Builder
	with  []string // WITH of the statement being made
	rels  []*rel   // that a step can begin with
	names int
}

// step makes a relation of another one; nil where that does not fit.
type step func(c *compose, r *rel) *rel

// weighted is a step and how often it is taken.
type weighted struct {
	weight int
	make   step
}

// allSteps are what composed queries are made of. A new operator of the language is a line
// here: a function that makes the SQL and says what comes out.
func allSteps() []weighted {
	return []weighted{
		{5, (*compose).project},
		{3, (*compose).groupBy},
		{2, (*compose).distinct},
		{5, (*compose).windowAgg},
		{2, (*compose).windowRows},
		{2, (*compose).regroup},
		{3, (*compose).rank},
		{3, (*compose).overCalls},
		{4, (*compose).setOperation},
		{1, (*compose).limit},
		{1, (*compose).first},
		{4, (*compose).join},
		{3, (*compose).windowJoin},
		{2, (*compose).within},
		{2, (*compose).versions},
		{3, (*compose).byKey},
		{2, (*compose).manyJoins},
		{1, (*compose).partners},
		{3, (*compose).unnest},
	}
}

// composedScenario is one to three statements of up to five steps each.
func (g *gen) composedScenario() *scenario {
	s := &scenario{splits: 1, precision: 3, changes: g.chance(35)}
	if g.chance(15) {
		s.splits = 2 + g.r.IntN(2)
	}
	lag := g.r.Int64N(20) * 1_000_000
	s.rows = g.rows(g.r.IntN(100), lag, s.splits == 1, true)
	lag += s.slack()
	g.cols = tableFamilies()
	s.sharpen(g)
	s.lines = s.columns()
	if g.chance(20) {
		s.options = ", 'rows'='" + g.pick("1", "1000", "1000000") + "'"
	}
	c := &compose{gen: g, s: s}
	base := &rel{name: "t", arrival: s.splits == 1}
	for f, names := range g.cols {
		for _, n := range names {
			if !strings.ContainsAny(n, " .(") {
				base.cols = append(base.cols, column{n, f, true})
			}
		}
	}
	slices.SortFunc(base.cols, func(a, b column) int { return strings.Compare(a.name, b.name) })
	if g.chance(15) {
		fmt.Fprintf(&c.sql, "SET 'time.zone' = '%s';\n", g.pick("Europe/Berlin", "America/New_York", "+02:00"))
	}
	c.rels = []*rel{c.timed(base, lag)}
	for range 1 + g.r.IntN(2)*g.r.IntN(3) {
		c.statement()
	}
	s.sql = c.sql.String()
	return s
}

// timed gives the table event time, in one way or the other, or leaves it without.
func (c *compose) timed(base *rel, lag int64) *rel {
	interval := fmt.Sprintf("INTERVAL '%d' SECOND", lag/1_000_000)
	switch {
	case c.chance(55):
		c.s.lines += ", WATERMARK FOR ts AS ts - " + interval
		base.time = "ts"
	case c.chance(80):
		fmt.Fprintf(&c.sql, "CREATE VIEW o AS SELECT * FROM TABLE(IMPOSE_ORDER(TABLE t, DESCRIPTOR(ts), %s));\n", interval)
		o := *base
		o.name, o.time = "o", "ts"
		return &o
	}
	return base
}

// statement is one SELECT or INSERT.
func (c *compose) statement() {
	c.with = nil
	known := len(c.rels)
	r := c.steps(c.rels[c.r.IntN(len(c.rels))], 1+c.r.IntN(5))
	c.use(r)
	sel := c.list(len(r.cols), func(i int) string { return r.cols[i].name })
	if c.chance(25) {
		sel = "*"
	}
	q := fmt.Sprintf("SELECT %s FROM %s", sel, r.from())
	if c.chance(30) {
		q += " WHERE " + c.condition(r)
	}
	exact := r.exactly()
	if c.chance(15) && len(exact) > 0 && r.allExact() {
		q += " ORDER BY " + c.orderBy(r)
		if c.chance(60) {
			q += fmt.Sprintf(" LIMIT %d", c.r.IntN(20))
		}
	}
	with := ""
	if len(c.with) > 0 {
		with = "WITH " + strings.Join(c.with, ",\n") + "\n"
	}
	c.rels = slices.DeleteFunc(c.rels, func(r *rel) bool { return r.with })
	if len(c.rels) < known {
		panic("a statement takes relations away")
	}
	if sel != "*" && c.chance(15) {
		c.names++
		fmt.Fprintf(&c.sql, "CREATE MAPPING m%d (%s) TYPE Memory;\nINSERT INTO m%d\n%s%s;\n", c.names,
			c.list(len(r.cols), func(i int) string { return fmt.Sprintf("x%d %s", i, sinkTypes[r.cols[i].f]) }), c.names, with, q)
		return
	}
	c.sql.WriteString(with + q + ";\n")
}

// sinkTypes are the types of mappings that take values of a family.
var sinkTypes = map[family]string{integer: "BIGINT", double: "DOUBLE", decimal: "DECIMAL(38, 9)", text: "VARCHAR", boolean: "BOOLEAN", timestamp: "TIMESTAMP(6)",
	date: "DATE", clock: "TIME(6)", octets: "VARBINARY", instant: "TIMESTAMP_LTZ(6)", span: "INTERVAL DAY TO SECOND", months: "INTERVAL YEAR TO MONTH", json: "JSON",
	array: "ARRAY<BIGINT>", texts: "ARRAY<VARCHAR>", mapping: "MAP<VARCHAR, BIGINT>"}

// steps goes n steps on from a relation.
func (c *compose) steps(r *rel, n int) *rel {
	total, steps := 0, allSteps()
	for _, s := range steps {
		total += s.weight
	}
	for range n {
		at := c.r.IntN(total)
		for _, s := range steps {
			if at -= s.weight; at < 0 {
				c.use(r)
				if next := s.make(c, r); next != nil {
					r = c.place(next)
				}
				break
			}
		}
	}
	return r
}

// use makes the columns of a relation those of expressions.
func (c *compose) use(r *rel) {
	c.cols = map[family][]string{}
	for _, col := range r.cols {
		if col.exact {
			c.cols[col.f] = append(c.cols[col.f], col.name)
		}
	}
}

// place makes a sub-query a view, a WITH, or leaves it where it is.
func (c *compose) place(r *rel) *rel {
	n := c.r.IntN(10)
	if len(c.with) > 0 { // a view knows nothing of it
		n = max(n, 3)
	}
	switch {
	case n < 3:
		c.names++
		r.name = fmt.Sprintf("v%d", c.names)
		fmt.Fprintf(&c.sql, "CREATE VIEW %s AS %s;\n", r.name, r.sql)
	case n < 6:
		c.names++
		r.name, r.with = fmt.Sprintf("w%d", c.names), true
		c.with = append(c.with, fmt.Sprintf("%s AS (%s)", r.name, r.sql))
	default:
		return r
	}
	c.rels = append(c.rels, r)
	return r
}

// next is a relation of a SELECT over another one.
func next(sql string, cols []column) *rel { return &rel{sql: sql, cols: cols} }

// fresh is a name for a column.
func (c *compose) fresh() string {
	c.names++
	return fmt.Sprintf("c%d", c.names)
}

// condition is a condition on the columns of a relation.
func (c *compose) condition(r *rel) string {
	if exact := r.exactly(); len(exact) > 0 && c.chance(60) {
		col := exact[c.r.IntN(len(exact))]
		switch c.r.IntN(5) {
		case 0:
			return fmt.Sprintf("%s IS %sNULL", col.name, c.pick("", "NOT "))
		case 1:
			return fmt.Sprintf("%s BETWEEN %s AND %s", col.name, c.literal(col.f), c.literal(col.f))
		case 2:
			return fmt.Sprintf("%s IN (%s, %s)", col.name, c.literal(col.f), c.literal(col.f))
		}
		return fmt.Sprintf("%s %s %s", col.name, c.pick("=", "<", "<=", ">", ">=", "<>"), c.literal(col.f))
	}
	return c.where(2)
}

// literal is a leaf that is no column.
func (c *compose) literal(f family) string {
	old := c.cols
	c.cols = nil
	defer func() { c.cols = old }()
	return c.leaf(f)
}

// orderBy is an order in which no two different rows are equal.
func (c *compose) orderBy(r *rel) string {
	cols := slices.Clone(r.exactly())
	c.r.Shuffle(len(cols), func(i, j int) { cols[i], cols[j] = cols[j], cols[i] })
	return c.list(len(cols), func(i int) string { return cols[i].name + c.direction() })
}

// nestedColumns is the columns of lists and maps that can be keys, but not put in order.
func (r *rel) nestedColumns() []column {
	var out []column
	for _, c := range r.cols {
		if c.exact && c.f > families {
			out = append(out, c)
		}
	}
	return out
}

// anyFamily draws a family, at times one without an order.
func (c *compose) anyFamily() family {
	if c.chance(12) {
		return []family{array, texts, mapping}[c.r.IntN(3)]
	}
	return family(c.r.IntN(int(families)))
}

// keysOf draws up to n columns to group by.
func (c *compose) keysOf(r *rel, n int) []column {
	cols := slices.Clone(r.exactly())
	if c.chance(30) {
		cols = append(cols, r.nestedColumns()...)
	}
	c.r.Shuffle(len(cols), func(i, j int) { cols[i], cols[j] = cols[j], cols[i] })
	return cols[:min(len(cols), c.r.IntN(n+1))]
}

func names(cols []column) string {
	var out []string
	for _, c := range cols {
		out = append(out, c.name)
	}
	return strings.Join(out, ", ")
}
