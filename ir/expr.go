package ir

import "strings"

// Expr is a typed expression over the columns of one input. The implementations
// are the pointer types of this file; switch on them exhaustively.
type Expr interface {
	Type() *Type
	String() string
	isExpr()
}

// ColRef is the value of the input's column Index.
type ColRef struct {
	Index int
	Name  string // for printing
	T     *Type
}

// Const is a literal or a folded value.
type Const struct {
	V Value
	T *Type
}

// Call is a scalar function or an operator of Functions: `+`, `<=`, `AND`,
// `IS NULL`, `UPPER`. The binder has inserted casts so that the argument types
// are just those of one signature.
type Call struct {
	Fn   string // Function.Name
	Args []Expr
	T    *Type
	User *Function // a function of one's own; nil: Fn is in the registry
	At   Pos       // where it stands in the query, for row errors
}

// Cast converts X to T; a value that cannot be converted is a row error, or NULL with Try.
// Where TIMESTAMP_LTZ meets other types, values without a zone are in Zone (SET
// 'time.zone'); "" is UTC.
type Cast struct {
	X    Expr
	T    *Type
	Try  bool
	Zone string
	At   Pos
}

// Case is a searched CASE. All results have type T. Else may be nil (NULL).
type Case struct {
	Whens []When
	Else  Expr
	T     *Type
}

// When is one WHEN cond THEN result.
type When struct{ Cond, Then Expr }

// InList is X [NOT] IN (values), the values being constants of X's type.
type InList struct {
	X      Expr
	Values []Value
	Not    bool
}

// FieldRef is r.f: field Index of a ROW.
type FieldRef struct {
	X     Expr
	Index int
	Name  string
	T     *Type
}

// Type returns the type of the value.
func (e *ColRef) Type() *Type   { return e.T }
func (e *Const) Type() *Type    { return e.T }
func (e *Call) Type() *Type     { return e.T }
func (e *Cast) Type() *Type     { return e.T }
func (e *Case) Type() *Type     { return e.T }
func (e *InList) Type() *Type   { return TBoolean }
func (e *FieldRef) Type() *Type { return e.T }

func (*ColRef) isExpr()   {}
func (*Const) isExpr()    {}
func (*Call) isExpr()     {}
func (*Cast) isExpr()     {}
func (*Case) isExpr()     {}
func (*InList) isExpr()   {}
func (*FieldRef) isExpr() {}

func (e *ColRef) String() string { return e.Name }

func (e *Const) String() string { return literal(e.V, e.T) }

func literal(v Value, t *Type) string {
	if v == nil {
		return "NULL"
	}
	switch t.Kind {
	case Varchar, JSON:
		// Names of state are made of literals, and a name is valid text.
		return "'" + strings.ReplaceAll(strings.ToValidUTF8(FormatValue(v, t), "\ufffd"), "'", "''") + "'"
	case Timestamp, TimestampLTZ, Date, Time:
		return t.Kind.String() + " '" + FormatValue(v, t) + "'"
	case Interval:
		if us, ok := v.(int64); ok {
			return "INTERVAL '" + FormatSpan(us) + "'"
		}
		return "INTERVAL '" + FormatValue(v, t) + "'"
	case IntervalMonth:
		return "INTERVAL '" + FormatValue(v, t) + "' MONTH"
	case Boolean:
		return strings.ToUpper(FormatValue(v, t))
	}
	return FormatValue(v, t)
}

func (e *Call) String() string {
	switch {
	case isInfix(e.Fn) && len(e.Args) == 2:
		return "(" + e.Args[0].String() + " " + e.Fn + " " + e.Args[1].String() + ")"
	case strings.HasPrefix(e.Fn, "IS ") && len(e.Args) == 1:
		return "(" + e.Args[0].String() + " " + e.Fn + ")"
	case e.Fn == "NOT":
		return "NOT " + e.Args[0].String()
	case e.Fn == "NEG":
		return "-" + e.Args[0].String()
	}
	parts := make([]string, len(e.Args))
	for i, a := range e.Args {
		parts[i] = a.String()
	}
	return e.Fn + "(" + strings.Join(parts, ", ") + ")"
}

func isInfix(fn string) bool {
	switch fn {
	case "+", "-", "*", "/", "%", "=", "<>", "<", "<=", ">", ">=", "AND", "OR", "||", "LIKE",
		"IS DISTINCT FROM", "IS NOT DISTINCT FROM":
		return true
	}
	return false
}

func (e *Cast) String() string {
	name := "CAST("
	if e.Try {
		name = "TRY_CAST("
	}
	zone := ""
	if e.Zone != "" {
		zone = " IN '" + e.Zone + "'"
	}
	return name + e.X.String() + " AS " + e.T.String() + zone + ")"
}

func (e *Case) String() string {
	var b strings.Builder
	b.WriteString("CASE")
	for _, w := range e.Whens {
		b.WriteString(" WHEN " + w.Cond.String() + " THEN " + w.Then.String())
	}
	if e.Else != nil {
		b.WriteString(" ELSE " + e.Else.String())
	}
	return b.String() + " END"
}

func (e *InList) String() string {
	parts := make([]string, len(e.Values))
	for i, v := range e.Values {
		parts[i] = literal(v, e.X.Type())
	}
	op := " IN ("
	if e.Not {
		op = " NOT IN ("
	}
	return e.X.String() + op + strings.Join(parts, ", ") + ")"
}

func (e *FieldRef) String() string { return e.X.String() + "." + e.Name }

// Children returns the direct parts of e, in evaluation order.
func Children(e Expr) []Expr {
	switch x := e.(type) {
	case *Call:
		return x.Args
	case *Cast:
		return []Expr{x.X}
	case *Case:
		out := make([]Expr, 0, 2*len(x.Whens)+1)
		for _, w := range x.Whens {
			out = append(out, w.Cond, w.Then)
		}
		if x.Else != nil {
			out = append(out, x.Else)
		}
		return out
	case *InList:
		return []Expr{x.X}
	case *FieldRef:
		return []Expr{x.X}
	}
	return nil
}

// WithChildren returns e with its direct parts replaced; kids is as long as Children(e).
func WithChildren(e Expr, kids []Expr) Expr {
	switch x := e.(type) {
	case *Call:
		c := *x
		c.Args = kids
		return &c
	case *Cast:
		c := *x
		c.X = kids[0]
		return &c
	case *Case:
		c := *x
		c.Whens = make([]When, len(x.Whens))
		for i := range c.Whens {
			c.Whens[i] = When{Cond: kids[2*i], Then: kids[2*i+1]}
		}
		if x.Else != nil {
			c.Else = kids[len(kids)-1]
		}
		return &c
	case *InList:
		c := *x
		c.X = kids[0]
		return &c
	case *FieldRef:
		c := *x
		c.X = kids[0]
		return &c
	}
	return e
}

// Rewrite applies f to every part of e from the leaves up and returns the result;
// parts that f returns unchanged are shared, not copied.
func Rewrite(e Expr, f func(Expr) Expr) Expr {
	kids := Children(e)
	var fresh []Expr
	for i, k := range kids {
		n := Rewrite(k, f)
		if n != k && fresh == nil {
			fresh = append(make([]Expr, 0, len(kids)), kids[:i]...)
		}
		if fresh != nil {
			fresh = append(fresh, n)
		}
	}
	if fresh != nil {
		e = WithChildren(e, fresh)
	}
	return f(e)
}

// WalkExpr calls f for e and every part below it, parents first; f returning
// false skips the parts of that expression.
func WalkExpr(e Expr, f func(Expr) bool) {
	if e == nil || !f(e) {
		return
	}
	for _, k := range Children(e) {
		WalkExpr(k, f)
	}
}

// Shift returns e with every column reference i replaced by to[i].
func Shift(e Expr, to []int) Expr {
	return Rewrite(e, func(x Expr) Expr {
		c, ok := x.(*ColRef)
		if !ok || to[c.Index] == c.Index {
			return x
		}
		return &ColRef{Index: to[c.Index], Name: c.Name, T: c.T}
	})
}
