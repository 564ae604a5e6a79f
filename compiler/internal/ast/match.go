package ast

// MatchRecognize is input MATCH_RECOGNIZE (...) alias.
type MatchRecognize struct {
	Place
	OpAt      Place     // of the word MATCH_RECOGNIZE
	Input     TableExpr // never a Join
	Partition []Expr
	OrderBy   []*OrderItem
	Measures  []*Measure
	AllRows   bool   // ALL ROWS PER MATCH; else ONE ROW PER MATCH
	Unmatched string // behind ALL ROWS: "", SHOW EMPTY MATCHES, OMIT EMPTY MATCHES or WITH UNMATCHED ROWS
	Skip      *Skip  // nil: not said
	Pattern   Pattern
	Within    Expr // nil: no bound
	Subsets   []*Subset
	Defines   []*Define
	Alias     *Alias // nil: none
}

// Measure is expr AS name of MEASURES.
type Measure struct {
	Place
	Expr Expr
	Name Ident
}

// SkipKind is where the search goes on behind a match.
type SkipKind string

// The kinds of AFTER MATCH SKIP.
const (
	SkipPastLastRow SkipKind = "PAST LAST ROW"
	SkipToNextRow   SkipKind = "TO NEXT ROW"
	SkipToFirst     SkipKind = "TO FIRST"
	SkipToLast      SkipKind = "TO LAST"
)

// Skip is AFTER MATCH SKIP ... . TO v is TO LAST v.
type Skip struct {
	Place
	Kind SkipKind
	Var  *Ident // of SkipToFirst and SkipToLast
}

// Subset is name = (vars) of SUBSET.
type Subset struct {
	Place
	Name Ident
	Vars []Ident
}

// Define is name AS condition of DEFINE.
type Define struct {
	Place
	Name Ident
	Cond Expr
}

// Pattern is a part of a row pattern. Parentheses leave no node behind, but () is
// a PatternEmpty.
type Pattern interface {
	Node
	isPattern()
}

// PatternVar is one row of a variable.
type PatternVar struct {
	Place
	Name Ident
}

// PatternSeq is parts one behind the other: at least two.
type PatternSeq struct {
	Place
	Items []Pattern
}

// PatternAlt is a | b, the first being preferred: at least two.
type PatternAlt struct {
	Place
	Items []Pattern
}

// PatternRepeat is x with a quantifier: ? is {0,1}, * is {0,}, + is {1,}.
type PatternRepeat struct {
	Place
	X         Pattern
	Min, Max  int  // Max is Unbounded for no limit
	Reluctant bool // as few as possible
}

// Unbounded is the Max of a PatternRepeat without a limit.
const Unbounded = -1

// PatternExclude is {- x -}: matched, but not among the rows that come out.
type PatternExclude struct {
	Place
	X Pattern
}

// PatternAnchor is ^ or $: the first or the last row of the partition.
type PatternAnchor struct {
	Place
	End bool // $
}

// PatternPermute is PERMUTE(a, b): all orders of its parts, the first preferred.
type PatternPermute struct {
	Place
	Items []Pattern
}

// PatternEmpty is (): the match without rows.
type PatternEmpty struct{ Place }

func (*PatternVar) isPattern()     {}
func (*PatternSeq) isPattern()     {}
func (*PatternAlt) isPattern()     {}
func (*PatternRepeat) isPattern()  {}
func (*PatternExclude) isPattern() {}
func (*PatternAnchor) isPattern()  {}
func (*PatternPermute) isPattern() {}
func (*PatternEmpty) isPattern()   {}

func (*MatchRecognize) isTableExpr() {}
