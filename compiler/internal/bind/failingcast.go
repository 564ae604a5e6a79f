package bind

import (
	"strings"

	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// failingCast warns of a cast of a constant that is no value of the type: it would fail
// for each row. It stays a warning, as a CASE may keep all rows from it.
func (eb *exprBinder) failingCast(e ir.Expr, at diag.Span) {
	cast, ok := e.(*ir.Cast)
	if !ok || cast.Try || eb.b.env.Fold == nil {
		return
	}
	if c, ok := cast.X.(*ir.Const); !ok || c.V == nil {
		return
	}
	_, err := eb.b.env.Fold(&ir.Cast{X: cast.X, T: cast.T, Zone: cast.Zone})
	if err == nil {
		return
	}
	reason, _, _ := strings.Cut(err.Error(), " in CAST(")
	eb.b.warn(diag.FailingCast, at, textForm(cast.T)+"; TRY_CAST gives NULL where a value is none", "%s: each row that needs it fails", reason)
}

// textForm says how a value of a type is written as text.
func textForm(t *ir.Type) string {
	switch {
	case t.Nanos():
		return "with more than 6 digits of a second the year is from 1678 to 2261: for others, CAST all to TIMESTAMP(6)"
	case t.Kind.IsTimestamp():
		return "a time is written '2024-01-31 23:59:59'"
	case t.Kind == ir.Date:
		return "a day is written '2024-01-31'"
	case t.Kind == ir.Time:
		return "a time of the day is written '23:59:59'"
	case t.Kind == ir.Boolean:
		return "write 'true' or 'false'"
	}
	return "write a value of " + t.String()
}
