package ast

import "github.com/helios-stream/helios/ir"

// Expr is a scalar expression. Parentheses leave no node behind.
type Expr interface {
	Node
	isExpr()
}

// Literal is a constant, its value and type already known:
//
//	NULL                    nil, NULL
//	TRUE                    bool, BOOLEAN
//	12                      int64, INTEGER; BIGINT where it does not fit; then DECIMAL(p, 0)
//	0.908                   Dec, DECIMAL(4, 3): the digits as written
//	1e3                     float64, DOUBLE
//	'it''s'                 string, VARCHAR
//	DATE '2024-01-02'       int64 days, DATE
//	TIME, TIMESTAMP '...'   int64, P being the digits of the fraction as written (0 to 9);
//	                        microseconds, but nanoseconds for a TIMESTAMP with P > 6
//	INTERVAL '5' SECOND     int64 microseconds, INTERVAL
//	INTERVAL '2' MONTH      int64 months, INTERVAL MONTH
//
// A minus directly before a number is part of the literal.
type Literal struct {
	Place
	V ir.Value
	T *ir.Type // nil: the text is no such value, which is reported
	// Days says of an INTERVAL that it is written in days or weeks: a DATE moved by it is a DATE.
	Days bool
}

// ColumnRef is a column, perhaps with qualifiers or fields behind it: c, t.c,
// c.field, t.c.field. Which it is, the binder decides.
type ColumnRef struct {
	Place
	Parts []Ident // at least one
}

// String is the parts joined with dots, unquoted: for messages.
func (c *ColumnRef) String() string { return joinIdents(c.Parts) }

// Unary is -x, +x or NOT x.
type Unary struct {
	Place
	Op string // "-", "+", "NOT"
	X  Expr
}

// Binary is l op r. Op is one of AND, OR, =, <>, <, <=, >, >=, +, -, *, /, %,
// ||, IS DISTINCT FROM, IS NOT DISTINCT FROM: names of ir.Functions. != is <>.
type Binary struct {
	Place
	Op   string
	OpAt Place // of the operator itself
	L, R Expr
}

// Is is x IS [NOT] What.
type Is struct {
	Place
	X    Expr
	Not  bool
	What string // NULL, TRUE, FALSE, UNKNOWN; JSON, JSON VALUE, JSON OBJECT, JSON ARRAY, JSON SCALAR
}

// Between is x [NOT] BETWEEN [SYMMETRIC] lo AND hi.
type Between struct {
	Place
	X, Lo, Hi Expr
	Not       bool
	Symmetric bool
}

// In is x [NOT] IN (list) or x [NOT] IN (query).
type In struct {
	Place
	X     Expr
	List  []Expr // nil where Query is set
	Query *Query
	Not   bool
}

// Like is x [NOT] LIKE pattern [ESCAPE c]; with Similar, SIMILAR TO.
type Like struct {
	Place
	X, Pattern Expr
	Escape     Expr // nil: none
	Not        bool
	Similar    bool
}

// Exists is EXISTS (query). NOT EXISTS is a Unary around it.
type Exists struct {
	Place
	Query *Query
}

// Subquery is (query) as a value.
type Subquery struct {
	Place
	Query *Query
}

// Cast is CAST(x AS type) or TRY_CAST.
type Cast struct {
	Place
	X    Expr
	Type *Type
	Try  bool
}

// Case is CASE [operand] WHEN ... THEN ... [ELSE ...] END.
type Case struct {
	Place
	Operand Expr // nil: searched
	Whens   []When
	Else    Expr // nil: NULL
}

// When is WHEN cond THEN result; in a simple CASE, cond is a value to compare with,
// and More are further ones.
type When struct {
	Place
	Cond Expr
	More []Expr
	Then Expr
}

// Call is a function call. The forms with words inside are calls too:
//
//	EXTRACT(HOUR FROM t)      EXTRACT('HOUR', t)
//	SUBSTRING(s FROM a FOR b) SUBSTRING(s, a, b)
//	POSITION(a IN b)          POSITION(a, b)
//	TRIM(BOTH c FROM s)       TRIM(s, c); LEADING is LTRIM, TRAILING is RTRIM
//	TIMESTAMPDIFF(DAY, a, b)  TIMESTAMPDIFF('DAY', a, b); TIMESTAMPADD alike
//	CURRENT_TIMESTAMP         CURRENT_TIMESTAMP()
//	OVERLAY(s PLACING t FROM a FOR b) OVERLAY(s, t, a, b)
//	JSON_OBJECT(KEY k VALUE v, k: v)  JSON_OBJECT(k, v, k, v); JSON_OBJECTAGG alike
type Call struct {
	Place
	Name     Ident // as written; function names ignore case
	Args     []Expr
	Star     bool // COUNT(*)
	Distinct bool
	OrderBy  []*OrderItem // ARRAY_AGG(x ORDER BY y)
	Within   []*OrderItem // WITHIN GROUP (ORDER BY y)
	Filter   Expr         // FILTER (WHERE cond); nil: none
	Nulls    string       // IGNORE or RESPECT in front of NULLS; "": not said
	Over     *Window      // nil: none
	Rows     string       // RUNNING or FINAL before a call in MATCH_RECOGNIZE; "": not said
	JSON     *JSONClauses // behind the arguments of a JSON function; nil: none
}

// JSONClauses is what may stand behind the arguments of JSON_VALUE, JSON_QUERY,
// JSON_EXISTS, JSON_OBJECT, JSON_ARRAY and their aggregates.
type JSONClauses struct {
	Place
	Returning *Type   // nil: not said
	Wrapper   string  // WITHOUT, WITH CONDITIONAL or WITH UNCONDITIONAL; "": not said
	OnEmpty   *JSONOn // nil: not said
	OnError   *JSONOn // nil: not said
	OnNull    string  // NULL or ABSENT; "": not said
}

// JSONOn is what a JSON function gives ON EMPTY or ON ERROR.
type JSONOn struct {
	Place
	What    string // NULL, ERROR, DEFAULT, EMPTY ARRAY, EMPTY OBJECT, TRUE, FALSE, UNKNOWN
	Default Expr   // of DEFAULT
}

// Window is what stands behind OVER, or behind AS in a WINDOW clause.
type Window struct {
	Place
	Name      *Ident // of the window that this one is (OVER w) or extends (OVER (w ...)); nil: none
	Bare      bool   // OVER w: without parentheses
	Partition []Expr
	OrderBy   []*OrderItem
	Frame     *Frame // nil: the default
}

// Frame is ROWS | RANGE BETWEEN start AND end. The short form ROWS start ends at CURRENT ROW.
type Frame struct {
	Place
	Rows       bool // else RANGE
	Start, End Bound
}

// BoundKind is one end of a frame.
type BoundKind string

// The kinds of bounds.
const (
	UnboundedPreceding BoundKind = "UNBOUNDED PRECEDING"
	Preceding          BoundKind = "PRECEDING"
	CurrentRow         BoundKind = "CURRENT ROW"
	Following          BoundKind = "FOLLOWING"
	UnboundedFollowing BoundKind = "UNBOUNDED FOLLOWING"
)

// Bound is one end of a frame.
type Bound struct {
	Place
	Kind BoundKind
	N    Expr // of Preceding and Following
}

// RoundTo is FLOOR(x TO unit) or CEIL(x TO unit).
type RoundTo struct {
	Place
	Ceil bool
	X    Expr
	Unit string // upper case, singular: DAY
}

// Index is x[i].
type Index struct {
	Place
	X, I Expr
}

// FieldAccess is x.name where x is not itself a name: f(x).name, a[1].name.
type FieldAccess struct {
	Place
	X    Expr
	Name Ident
}

// RowExpr is ROW(a, b) or (a, b).
type RowExpr struct {
	Place
	Items []Expr
}

// ArrayExpr is ARRAY[a, b].
type ArrayExpr struct {
	Place
	Items []Expr
}

// MapExpr is MAP[k, v, ...].
type MapExpr struct {
	Place
	Items []Expr // keys and values in turn: an even number
}

// GroupingSets is GROUPING SETS (...), ROLLUP (...) or CUBE (...), in GROUP BY only.
type GroupingSets struct {
	Place
	Kind string   // GROUPING SETS, ROLLUP, CUBE
	Sets [][]Expr // ROLLUP and CUBE: one set for each of their elements. A nested *GroupingSets is alone in its set
}

func (*Literal) isExpr()      {}
func (*ColumnRef) isExpr()    {}
func (*Unary) isExpr()        {}
func (*Binary) isExpr()       {}
func (*Is) isExpr()           {}
func (*Between) isExpr()      {}
func (*In) isExpr()           {}
func (*Like) isExpr()         {}
func (*Exists) isExpr()       {}
func (*Subquery) isExpr()     {}
func (*Cast) isExpr()         {}
func (*Case) isExpr()         {}
func (*Call) isExpr()         {}
func (*RoundTo) isExpr()      {}
func (*Index) isExpr()        {}
func (*FieldAccess) isExpr()  {}
func (*RowExpr) isExpr()      {}
func (*ArrayExpr) isExpr()    {}
func (*MapExpr) isExpr()      {}
func (*GroupingSets) isExpr() {}
