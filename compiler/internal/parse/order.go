package parse

import (
	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
)

// clauseOrder is the hint for clauses that stand in the wrong order.
const clauseOrder = "the order is SELECT ... FROM ... WHERE ... GROUP BY ... HAVING ... ORDER BY ... LIMIT"

// standing are the clauses of a query that have been read, in their order.
func standing(s *ast.Select, q *ast.Query) []string {
	var out []string
	add := func(there bool, clause string) {
		if there {
			out = append(out, clause)
		}
	}
	if s != nil {
		add(s.From != nil, "FROM")
		add(s.Where != nil, "WHERE")
		add(len(s.GroupBy) > 0, "GROUP BY")
		add(s.Having != nil, "HAVING")
		add(s.Qualify != nil, "QUALIFY")
		add(s.Emit != nil, "EMIT")
	}
	if q != nil {
		add(len(q.OrderBy) > 0, "ORDER BY")
		add(q.Limit != nil, "LIMIT")
		add(q.Offset != nil, "OFFSET")
	}
	return out
}

// clausesInOrder are all clauses, by their first words.
var clausesInOrder = []struct{ word, name string }{
	{"FROM", "FROM"}, {"WHERE", "WHERE"}, {"GROUP", "GROUP BY"}, {"HAVING", "HAVING"}, {"QUALIFY", "QUALIFY"}, {"EMIT", "EMIT"},
	{"ORDER", "ORDER BY"}, {"LIMIT", "LIMIT"}, {"OFFSET", "OFFSET"},
}

// refuseOrder reports a clause that is next although it, or one that stands behind it,
// has been read. q is nil inside of a SELECT.
func (p *parser) refuseOrder(s *ast.Select, q *ast.Query) {
	at := -1
	for i, c := range clausesInOrder {
		if p.tok.is(c.word) && (p.tok.word == "WHERE" || p.clauseHere()) {
			at = i
		}
	}
	if at < 0 {
		return
	}
	name := clausesInOrder[at].name
	before := map[string]bool{}
	for _, c := range clausesInOrder[:at] {
		before[c.name] = true
	}
	for _, there := range standing(s, q) {
		switch {
		case there == name:
			p.failAt(diag.GivenTwice, p.here(), name+" is given twice", twice[name])
		case !before[there]:
			hint := clauseOrder
			if name == "WHERE" && there == "GROUP BY" {
				hint += "; a condition over groups is HAVING"
			}
			p.failAt(diag.Syntax, p.here(), name+" must stand before "+there, hint)
		}
	}
}

// twice is what to do with a second clause of a kind.
var twice = map[string]string{
	"FROM":     "join the tables, or separate the statements with ';'",
	"WHERE":    "join the conditions with AND",
	"GROUP BY": "name all columns in one: GROUP BY a, b",
	"HAVING":   "join the conditions with AND",
	"QUALIFY":  "join the conditions with AND",
	"EMIT":     "leave one of them out",
	"ORDER BY": "name all columns in one: ORDER BY a, b",
	"LIMIT":    "leave one of them out",
	"OFFSET":   "leave one of them out",
}

// refuseSetOp reports UNION and its like behind ORDER BY or LIMIT of a part.
func (p *parser) refuseSetOp(q *ast.Query) {
	there := standing(nil, q)
	if len(there) == 0 || p.setOpLevel() == 0 {
		return
	}
	p.failAt(diag.Syntax, p.here(), p.tok.word+" must stand before "+there[0],
		there[0]+" holds for the rows of all parts and stands last; for one part alone, put that in parentheses: (SELECT ... "+there[0]+" ...) "+p.tok.word+" ...")
}
