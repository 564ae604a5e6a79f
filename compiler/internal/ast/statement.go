package ast

import "github.com/helios-stream/helios/ir"

// Statement is one statement of a file.
type Statement interface {
	Node
	isStatement()
}

// CreateMapping is CREATE MAPPING ... TYPE X OPTIONS (...) or, with Table set,
// Flink's CREATE TABLE ... WITH (...).
type CreateMapping struct {
	Place
	Table       bool // written CREATE TABLE ... WITH
	OrReplace   bool
	Temporary   bool
	IfNotExists bool
	Name        *Name
	Cols        []*ColumnDef // in order; empty: to be learned from the source
	Watermark   *Watermark   // nil: none
	Key         *PrimaryKey  // nil: none; from a constraint or from a column
	Comment     string
	Partition   []Ident // PARTITIONED BY
	Connector   *Ident  // TYPE X; nil for CREATE TABLE, which says it in the options
	Options     []Option
}

// ColumnDef is a column of CREATE MAPPING or CREATE TABLE.
type ColumnDef struct {
	Place
	Name     Ident
	Type     *Type // nil for a computed column
	NotNull  bool
	Computed Expr      // c AS expr; nil for others
	Metadata *Metadata // c TYPE METADATA ...; nil for others
	Comment  string
}

// Metadata is METADATA [FROM 'key'] [VIRTUAL] of a column.
type Metadata struct {
	Place
	From    string // "": the column's own name
	Virtual bool
}

// Watermark is WATERMARK FOR col AS expr.
type Watermark struct {
	Place
	Col  Ident
	Expr Expr // as written: ts - INTERVAL '5' SECOND, ts, ...
}

// PrimaryKey is PRIMARY KEY (cols) NOT ENFORCED.
type PrimaryKey struct {
	Place
	Cols []Ident
}

// Option is 'key' = 'value'.
type Option struct {
	Place
	Key   StringLit
	Value StringLit
}

// StringLit is a string where only a string may stand.
type StringLit struct {
	Place
	S string // without quotes, '' undone
}

// CreateView is CREATE VIEW v [(cols)] AS query.
type CreateView struct {
	Place
	OrReplace   bool
	Temporary   bool
	IfNotExists bool
	Name        *Name
	Cols        []Ident  // nil: the query's names
	ColComments []string // of Cols; "": none. nil: none at all
	Comment     string
	Query       *Query
}

// ObjectKind is what DROP removes.
type ObjectKind string

// The kinds of objects.
const (
	KindMapping ObjectKind = "MAPPING"
	KindTable   ObjectKind = "TABLE"
	KindView    ObjectKind = "VIEW"
	KindJob     ObjectKind = "JOB"
	KindFunc    ObjectKind = "FUNCTION"
	KindSnap    ObjectKind = "SNAPSHOT"
)

// Drop is DROP of an object.
type Drop struct {
	Place
	Kind      ObjectKind
	Temporary bool
	System    bool // of a function
	IfExists  bool
	Name      *Name
	Snapshot  *Name // DROP JOB j WITH SNAPSHOT s; nil: none
}

// QueryStmt is a query whose rows go to the client.
type QueryStmt struct {
	Place
	Query *Query
}

// Insert is INSERT INTO t [(cols)] query. VALUES is a query too.
type Insert struct {
	Place
	Target *Name
	Hints  []*Hint // of the target
	Cols   []Ident // nil: all, in order
	Query  *Query
}

// StatementSet is [EXECUTE] STATEMENT SET BEGIN insert; ... END.
type StatementSet struct {
	Place
	Inserts []*Insert
}

// ExplainMode is what EXPLAIN shows.
type ExplainMode string

// The modes of EXPLAIN; the empty one is EXPLAIN without a word.
const (
	ExplainDefault  ExplainMode = ""
	ExplainLogical  ExplainMode = "LOGICAL"
	ExplainPhysical ExplainMode = "PHYSICAL"
	ExplainAnalyze  ExplainMode = "ANALYZE"
)

// Explain is EXPLAIN [mode] [(FORMAT f)] statement.
type Explain struct {
	Place
	Mode   ExplainMode
	Format string    // "", TEXT, JSON or DOT
	Stmt   Statement // *QueryStmt, *Insert or *StatementSet
}

// Set is SET 'key' = 'value'.
type Set struct {
	Place
	Key   StringLit
	Value StringLit
}

// Type is a type as written.
type Type struct {
	Place
	T *ir.Type // complete, defaults filled in
}

func (*CreateMapping) isStatement() {}
func (*CreateView) isStatement()    {}
func (*Drop) isStatement()          {}
func (*QueryStmt) isStatement()     {}
func (*Insert) isStatement()        {}
func (*StatementSet) isStatement()  {}
func (*Explain) isStatement()       {}
func (*Set) isStatement()           {}
