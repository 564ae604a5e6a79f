package ast

// CreateFunction is CREATE [TEMPORARY [SYSTEM]] FUNCTION f AS 'name' [LANGUAGE x].
type CreateFunction struct {
	Place
	OrReplace   bool
	Temporary   bool
	System      bool
	IfNotExists bool
	Name        *Name
	As          StringLit // what the function is called where it is registered
	Language    *Ident    // nil: not said
}

// CreateJob is CREATE JOB j [OPTIONS (...)] AS statement.
type CreateJob struct {
	Place
	IfNotExists bool
	Name        *Name
	Options     []Option
	Stmt        Statement // *Insert or *StatementSet
}

// JobAction is what ALTER JOB does.
type JobAction string

// The actions of ALTER JOB.
const (
	JobSuspend JobAction = "SUSPEND"
	JobResume  JobAction = "RESUME"
	JobRestart JobAction = "RESTART"
)

// AlterJob is ALTER JOB j [OPTIONS (...)] [action].
type AlterJob struct {
	Place
	Name    *Name
	Options []Option  // nil: none
	Action  JobAction // "": none, OPTIONS alone
}

// CreateSnapshot is CREATE SNAPSHOT s FOR JOB j.
type CreateSnapshot struct {
	Place
	OrReplace bool
	Name      *Name
	Job       *Name
}

// Show is SHOW What [FROM t] [[NOT] LIKE | ILIKE 'pattern'].
type Show struct {
	Place
	What string      // JOBS, SNAPSHOTS, MAPPINGS, TABLES, VIEWS, FUNCTIONS, COLUMNS
	Of   *Name       // the table of COLUMNS; nil for others
	Like *NameFilter // nil: all
}

// NameFilter is [NOT] LIKE 'pattern' or ILIKE, which ignores case.
type NameFilter struct {
	Place
	Not, IgnoreCase bool
	Pattern         StringLit
}

// ShowCreate is SHOW CREATE kind t.
type ShowCreate struct {
	Place
	Kind ObjectKind // KindMapping, KindTable or KindView
	Name *Name
}

// Describe is DESCRIBE [EXTENDED] t.
type Describe struct {
	Place
	Name *Name
}

func (*CreateFunction) isStatement() {}
func (*CreateJob) isStatement()      {}
func (*AlterJob) isStatement()       {}
func (*CreateSnapshot) isStatement() {}
func (*Show) isStatement()           {}
func (*ShowCreate) isStatement()     {}
func (*Describe) isStatement()       {}
