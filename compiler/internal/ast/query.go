package ast

// Query is a query with what stands around its body.
type Query struct {
	Place
	With    []*CTE
	Body    QueryBody
	OrderBy []*OrderItem
	Limit   Expr // nil: all rows. FETCH FIRST n ROWS ONLY is LIMIT n
	Offset  Expr // nil: none
}

// CTE is name [(cols)] AS (query) of a WITH.
type CTE struct {
	Place
	Name  Ident
	Cols  []Ident // nil: the query's names
	Query *Query
}

// OrderItem is expr [ASC | DESC] [NULLS FIRST | LAST].
type OrderItem struct {
	Place
	Expr  Expr
	Desc  bool
	Nulls NullsOrder
}

// NullsOrder is where NULLs are sorted.
type NullsOrder uint8

// The orders of NULLs.
const (
	NullsDefault NullsOrder = iota // not said
	NullsFirst
	NullsLast
)

// QueryBody is what a Query orders and limits.
type QueryBody interface {
	Node
	isQueryBody()
}

// Select is one SELECT.
type Select struct {
	Place
	Hints    []*Hint
	Distinct bool
	Items    []*SelectItem
	From     TableExpr // nil: no FROM. a, b is a Join of kind JoinCross
	Where    Expr
	GroupBy  []Expr // *GroupingSets among them; whole-number literals are positions
	Having   Expr
	Windows  []*NamedWindow // WINDOW w AS (...), ...
	Qualify  Expr           // a condition over window functions; nil: none
	Emit     *Emit          // nil: none
}

// NamedWindow is w AS (...) of a WINDOW clause.
type NamedWindow struct {
	Place
	Name   Ident
	Window *Window
}

// SelectItem is expr [[AS] alias], *, t.* or r.*, the fields of a ROW.
type SelectItem struct {
	Place
	Star  bool
	Table []Ident // of t.* and r.*; nil for a bare *
	Expr  Expr    // nil for a star
	Alias *Ident  // nil: none
	Order bool    // not written: what the query is only ordered by, while it is bound
}

// Emit is EMIT EVERY interval or EMIT PARTIAL at the end of a SELECT.
type Emit struct {
	Place
	Every   Expr // nil for PARTIAL
	Partial bool
}

// SetOp is L UNION | INTERSECT | EXCEPT [ALL] R.
type SetOp struct {
	Place
	Op   string // UNION, INTERSECT, EXCEPT
	All  bool
	L, R QueryBody
}

// Values is VALUES (a, b), (c, d).
type Values struct {
	Place
	Rows []*ValuesRow
}

// ValuesRow is one row of VALUES.
type ValuesRow struct {
	Place
	Exprs []Expr
}

func (*Select) isQueryBody() {}
func (*SetOp) isQueryBody()  {}
func (*Values) isQueryBody() {}

// Query is its own body where it stands in parentheses: (SELECT ... LIMIT 5) UNION ...
func (*Query) isQueryBody() {}

// TableExpr is what may stand in FROM.
type TableExpr interface {
	Node
	isTableExpr()
}

// Alias is [AS] name [(cols)].
type Alias struct {
	Place
	Name Ident
	Cols []Ident // nil: unchanged
}

// NamedTable is a mapping, a view or a CTE.
type NamedTable struct {
	Place
	Name  *Name
	Hints []*Hint
	AsOf  Expr   // FOR SYSTEM_TIME AS OF expr; nil: none
	Alias *Alias // nil: none
}

// DerivedTable is [LATERAL] (query) alias.
type DerivedTable struct {
	Place
	Lateral bool
	Query   *Query
	Alias   *Alias // nil: none
}

// TableFunc is TABLE(fn(args)) alias or fn(args) alias.
type TableFunc struct {
	Place
	Lateral bool
	Name    Ident // as written; function names ignore case
	Args    []*TableArg
	Alias   *Alias // nil: none
}

// TableArg is an argument of a table function: exactly one of Expr, Table and
// Descriptor is set.
type TableArg struct {
	Place
	Name       *Ident       // of NAME => value; nil for a positional argument
	Expr       Expr         // a scalar: INTERVAL '1' MINUTE
	Table      TableExpr    // TABLE t, (query), TABLE(fn(...)); never a Join, never with an alias
	Partition  []Expr       // PARTITION BY of a Table
	OrderBy    []*OrderItem // ORDER BY of a Table
	Descriptor *Descriptor
}

// Descriptor is DESCRIPTOR(col, ...).
type Descriptor struct {
	Place
	Cols []Ident
}

// JoinKind is the kind of a join.
type JoinKind string

// The kinds of joins.
const (
	JoinInner JoinKind = "INNER"
	JoinLeft  JoinKind = "LEFT"
	JoinRight JoinKind = "RIGHT"
	JoinFull  JoinKind = "FULL"
	JoinCross JoinKind = "CROSS" // also a comma
	JoinSemi  JoinKind = "SEMI"
	JoinAnti  JoinKind = "ANTI"
)

// Join is L kind JOIN R [ON cond | USING (cols)].
type Join struct {
	Place
	Kind    JoinKind
	Natural bool
	OpAt    Place // the words between L and R, or the comma
	L, R    TableExpr
	On      Expr    // nil: none
	Using   []Ident // nil: none
}

// Unnest is UNNEST(expr) [WITH ORDINALITY] alias.
type Unnest struct {
	Place
	Expr       Expr
	Ordinality bool
	Alias      *Alias // nil: none
}

func (*NamedTable) isTableExpr()   {}
func (*DerivedTable) isTableExpr() {}
func (*TableFunc) isTableExpr()    {}
func (*Join) isTableExpr()         {}
func (*Unnest) isTableExpr()       {}
