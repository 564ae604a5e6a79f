package bind

import (
	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// Explained is an EXPLAIN of a file, whose rows are still to be made: they show a
// plan, and the binder makes none.
type Explained struct {
	Sink    int         // of Result.Logical, which takes the lines
	Logical *ir.Logical // what is explained
	AsBound bool        // LOGICAL: as the query says it, not as it runs
	Analyze bool        // ANALYZE: with what a run of it did
	At      diag.Span   // of the statement that is explained
	Format  string      // text, json or dot
}

// explainColumns is what the rows of EXPLAIN hold.
var explainColumns = texts("plan")

// PlanRows are the rows of an EXPLAIN, a line each.
func PlanRows(lines []string) *ir.Values {
	v := &ir.Values{S: &ir.Schema{Cols: explainColumns}, P: ir.NoProps}
	v.P.Bounded = true
	for _, l := range lines {
		v.Rows = append(v.Rows, []ir.Expr{&ir.Const{V: l, T: ir.TVarchar}})
	}
	return v
}

// explain binds the statement of an EXPLAIN aside, as a dataflow of its own that does
// not run, and leaves a place for its plan.
func (b *binder) explain(x *ast.Explain) {
	outer := b.out
	b.out = &Result{Logical: &ir.Logical{}, Settings: outer.Settings}
	b.statement(x.Stmt)
	b.titles()
	inner := b.out.Logical
	b.out = outer
	if len(inner.Sinks) == 0 {
		return // what is wrong is reported
	}
	e := Explained{Sink: len(outer.Logical.Sinks), Logical: inner, Format: "text",
		AsBound: x.Mode == ast.ExplainLogical, Analyze: x.Mode == ast.ExplainAnalyze, At: x.Stmt.Span()}
	switch x.Format {
	case "JSON":
		e.Format = "json"
	case "DOT":
		e.Format = "dot"
	}
	b.rows(x, explainColumns, nil)
	b.out.Explained = append(b.out.Explained, e)
}
