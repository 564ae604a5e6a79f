package bind

import (
	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// tInvalid is the type of a column whose expression is wrong: using it is poison.
var tInvalid = &ir.Type{Kind: ir.Invalid}

// relation is a bound query or table.
type relation struct {
	node ir.Node
	at   []diag.Span // where each column was written; nil: unknown
	// declared is where the mapping, the view or the alias stands whose rows these are; none
	// for others.
	declared diag.Span
}

func (r *relation) schema() *ir.Schema { return r.node.Schema() }

// place is where column i was written, else otherwise.
func (r *relation) place(i int, otherwise diag.Span) diag.Span {
	if i < len(r.at) && !r.at[i].IsZero() {
		return r.at[i]
	}
	return otherwise
}

// scope is the columns that expressions can name.
type scope struct {
	what string // what a message calls it: "`trades`"
	cols []scopeCol
	// joined: of several tables, whose columns may have the same names.
	joined bool
	// aliases are the items of SELECT, for GROUP BY; nil elsewhere.
	aliases map[string]ast.Expr
	hidden  map[string]aliasPlace // aliases of SELECT that cannot be used here
	hiding  string                // where that is: WHERE, HAVING
	window  *groupWindow          // that GROUP BY makes; nil: none
	at      diag.Span             // where the table, the view or the alias is declared; none for others
}

// aliasPlace is where an alias of SELECT stands, and the item that it names.
type aliasPlace struct{ alias, item, expr diag.Span }

type scopeCol struct {
	table string // alias or name of its table; "": none
	col   ir.Column
	index int
	// hidden columns are found by the name of their table alone: another one stands for them
	// after JOIN ... USING.
	hidden bool
}

func (s *scope) add(table string, c ir.Column, index int) {
	s.cols = append(s.cols, scopeCol{table: table, col: c, index: index})
}

// scopeOf is the scope of one relation in FROM.
func scopeOf(r *relation, alias string) *scope {
	s := &scope{what: "the sub-query", at: r.declared}
	if alias != "" {
		s.what = "`" + alias + "`"
	}
	for i, c := range r.schema().Cols {
		s.add(alias, c, i)
	}
	return s
}

func (s *scope) names() []string {
	out := make([]string, len(s.cols))
	for i := range s.cols {
		out[i] = s.cols[i].col.Name
	}
	return out
}

// ownNames are the names of the columns, those of several tables behind the name of theirs.
func (s *scope) ownNames() []string {
	out := s.names()
	for i, c := range s.cols {
		if s.joined && c.table != "" {
			out[i] = c.table + "." + out[i]
		}
	}
	return out
}

// of is the columns of one table.
func (s *scope) of(table string) *scope {
	out := &scope{what: s.what}
	for _, c := range s.cols {
		if c.table == table {
			out.cols = append(out.cols, c)
		}
	}
	return out
}

// find returns the columns of that name, of one table where table is not empty.
func (s *scope) find(table, name string) []*scopeCol {
	var out []*scopeCol
	for i := range s.cols {
		c := &s.cols[i]
		if c.col.Name == name && (table == "" && !c.hidden || table != "" && c.table == table) {
			out = append(out, c)
		}
	}
	return out
}

func (s *scope) hasTable(name string) bool {
	for i := range s.cols {
		if s.cols[i].table == name {
			return true
		}
	}
	return false
}

// ref is a reference to the column.
func (c *scopeCol) ref() *ir.ColRef {
	return &ir.ColRef{Index: c.index, Name: c.col.Name, T: c.col.Type}
}
