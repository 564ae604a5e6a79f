package ast

// Walk calls f for n and for every node below it, parents first, in the order of
// the text as far as the tree keeps it. Where f returns false, the parts of that
// node are skipped. What holds no expression or query is not visited: Ident, Name,
// StringLit, Type, Alias, Descriptor, PrimaryKey, Metadata, Option, Hint, Skip, Subset; nor are When,
// Frame, Bound, JSONClauses and JSONOn, only their parts. A nil node is skipped.
func Walk(n Node, f func(Node) bool) {
	if n == nil || !f(n) {
		return
	}
	switch x := n.(type) {
	case *File:
		walkAll(x.Stmts, f)
	case Statement:
		walkStatement(x, f)
	case *Query:
		walkQuery(x, f)
	case QueryBody:
		walkBody(x, f)
	case TableExpr:
		walkTable(x, f)
	case Expr:
		walkExpr(x, f)
	case Pattern:
		walkPattern(x, f)
	default:
		walkPart(n, f)
	}
}

// walkAll walks each node of a slice.
func walkAll[N Node](nodes []N, f func(Node) bool) {
	for _, n := range nodes {
		Walk(n, f)
	}
}

// walkOpt walks a node that may be absent: T is a pointer, and a nil pointer in
// an interface would not be seen as nil.
func walkOpt[T any, P interface {
	*T
	Node
}](n P, f func(Node) bool) {
	if n != nil {
		Walk(n, f)
	}
}

func walkStatement(s Statement, f func(Node) bool) {
	switch x := s.(type) {
	case *CreateMapping:
		walkAll(x.Cols, f)
		walkOpt(x.Watermark, f)
	case *CreateView:
		walkOpt(x.Query, f)
	case *QueryStmt:
		walkOpt(x.Query, f)
	case *Insert:
		walkOpt(x.Query, f)
	case *StatementSet:
		walkAll(x.Inserts, f)
	case *Explain:
		Walk(x.Stmt, f)
	case *CreateJob:
		Walk(x.Stmt, f)
	}
}

func walkQuery(q *Query, f func(Node) bool) {
	walkAll(q.With, f)
	Walk(q.Body, f)
	walkAll(q.OrderBy, f)
	Walk(q.Limit, f)
	Walk(q.Offset, f)
}

func walkBody(b QueryBody, f func(Node) bool) {
	switch x := b.(type) {
	case *Select:
		walkAll(x.Items, f)
		Walk(x.From, f)
		Walk(x.Where, f)
		walkAll(x.GroupBy, f)
		Walk(x.Having, f)
		walkAll(x.Windows, f)
		Walk(x.Qualify, f)
		walkOpt(x.Emit, f)
	case *SetOp:
		Walk(x.L, f)
		Walk(x.R, f)
	case *Values:
		walkAll(x.Rows, f)
	}
}

func walkTable(t TableExpr, f func(Node) bool) {
	switch x := t.(type) {
	case *NamedTable:
		Walk(x.AsOf, f)
	case *DerivedTable:
		walkOpt(x.Query, f)
	case *TableFunc:
		walkAll(x.Args, f)
	case *Join:
		Walk(x.L, f)
		Walk(x.R, f)
		Walk(x.On, f)
	case *Unnest:
		Walk(x.Expr, f)
	case *MatchRecognize:
		walkMatch(x, f)
	}
}

func walkMatch(x *MatchRecognize, f func(Node) bool) {
	Walk(x.Input, f)
	walkAll(x.Partition, f)
	walkAll(x.OrderBy, f)
	walkAll(x.Measures, f)
	Walk(x.Pattern, f)
	Walk(x.Within, f)
	walkAll(x.Defines, f)
}

func walkPattern(p Pattern, f func(Node) bool) {
	switch x := p.(type) {
	case *PatternSeq:
		walkAll(x.Items, f)
	case *PatternAlt:
		walkAll(x.Items, f)
	case *PatternPermute:
		walkAll(x.Items, f)
	case *PatternRepeat:
		Walk(x.X, f)
	case *PatternExclude:
		Walk(x.X, f)
	}
}

func walkPart(n Node, f func(Node) bool) {
	switch x := n.(type) {
	case *ColumnDef:
		Walk(x.Computed, f)
	case *Watermark:
		Walk(x.Expr, f)
	case *CTE:
		walkOpt(x.Query, f)
	case *OrderItem:
		Walk(x.Expr, f)
	case *SelectItem:
		Walk(x.Expr, f)
	case *NamedWindow:
		walkOpt(x.Window, f)
	case *Measure:
		Walk(x.Expr, f)
	case *Define:
		Walk(x.Cond, f)
	case *Emit:
		Walk(x.Every, f)
	case *ValuesRow:
		walkAll(x.Exprs, f)
	case *TableArg:
		Walk(x.Expr, f)
		Walk(x.Table, f)
		walkAll(x.Partition, f)
		walkAll(x.OrderBy, f)
	case *Window:
		walkAll(x.Partition, f)
		walkAll(x.OrderBy, f)
		if x.Frame != nil {
			Walk(x.Frame.Start.N, f)
			Walk(x.Frame.End.N, f)
		}
	}
}

func walkExpr(e Expr, f func(Node) bool) {
	switch x := e.(type) {
	case *In:
		Walk(x.X, f)
		walkAll(x.List, f)
		walkOpt(x.Query, f)
	case *Exists:
		walkOpt(x.Query, f)
	case *Subquery:
		walkOpt(x.Query, f)
	case *Call:
		walkAll(x.Args, f)
		walkAll(x.OrderBy, f)
		walkJSON(x.JSON, f)
		walkAll(x.Within, f)
		Walk(x.Filter, f)
		walkOpt(x.Over, f)
	default:
		walkAll(Operands(e), f)
	}
}

func walkJSON(c *JSONClauses, f func(Node) bool) {
	if c == nil {
		return
	}
	for _, on := range []*JSONOn{c.OnEmpty, c.OnError} {
		if on != nil {
			Walk(on.Default, f)
		}
	}
}

// Operands returns the expressions directly below e in the order of the text,
// without those of a sub-query, of FILTER and of OVER.
func Operands(e Expr) []Expr {
	switch x := e.(type) {
	case *Unary:
		return []Expr{x.X}
	case *Binary:
		return []Expr{x.L, x.R}
	case *Is:
		return []Expr{x.X}
	case *Between:
		return []Expr{x.X, x.Lo, x.Hi}
	case *In:
		return append([]Expr{x.X}, x.List...)
	case *Like:
		return present(x.X, x.Pattern, x.Escape)
	case *Cast:
		return []Expr{x.X}
	case *Case:
		return caseOperands(x)
	case *Call:
		return x.Args
	case *RoundTo:
		return []Expr{x.X}
	case *Index:
		return []Expr{x.X, x.I}
	case *FieldAccess:
		return []Expr{x.X}
	case *RowExpr:
		return x.Items
	case *ArrayExpr:
		return x.Items
	case *MapExpr:
		return x.Items
	case *GroupingSets:
		var out []Expr
		for _, s := range x.Sets {
			out = append(out, s...)
		}
		return out
	}
	return nil
}

func caseOperands(x *Case) []Expr {
	out := present(x.Operand)
	for _, w := range x.Whens {
		out = append(append(append(out, w.Cond), w.More...), w.Then)
	}
	return append(out, present(x.Else)...)
}

func present(exprs ...Expr) []Expr {
	out := make([]Expr, 0, len(exprs))
	for _, e := range exprs {
		if e != nil {
			out = append(out, e)
		}
	}
	return out
}
