package bind

import (
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/ir"
)

// laterStatement refuses a statement of the language that this version does not have.
func (b *binder) laterStatement(s ast.Statement) {
	what, hint := "this statement", ""
	switch s.(type) {
	case *ast.CreateFunction:
		what, hint = "CREATE FUNCTION", "functions of one's own are registered in Go: helios.Options.Functions"
	case *ast.CreateJob:
		what, hint = "CREATE JOB", "heliosc run FILE runs an INSERT"
	case *ast.AlterJob:
		what = "ALTER JOB"
	case *ast.CreateSnapshot:
		what = "CREATE SNAPSHOT"
	}
	b.later(s.Span(), what, hint)
}

// laterCall refuses the parts of a call that this version does not have, and
// reports whether there are any.
func (b *binder) laterCall(x *ast.Call) bool {
	switch {
	case x.JSON != nil && (ir.LookupFunction(strings.ToUpper(x.Name.Name)) == nil || x.Distinct || x.Filter != nil || len(x.OrderBy) > 0):
		b.later(x.JSON.Span(), "a clause of "+strings.ToUpper(x.Name.Name), "")
	case x.Rows != "":
		b.later(x.Span(), x.Rows+" outside of MATCH_RECOGNIZE", "")
	default:
		return false
	}
	return true
}
