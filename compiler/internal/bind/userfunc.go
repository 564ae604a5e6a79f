package bind

import (
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// user lists the functions of one's own of a name in upper case.
func (b *binder) user(name string) []*ir.Function {
	var out []*ir.Function
	for _, f := range b.env.Functions {
		if f.Name == name {
			out = append(out, f)
		}
	}
	return out
}

// aggregateNamed is an aggregate of a name; nil: there is none. Of several of one's own
// it is any.
func (b *binder) aggregateNamed(name string) *ir.Function {
	f := ir.LookupFunction(name)
	if list := b.user(name); len(list) > 0 {
		f = list[0]
	}
	if f == nil || !f.Aggregate {
		return nil
	}
	return f
}

// userCall binds a call of a scalar function of one's own.
func (eb *exprBinder) userCall(x *ast.Call, list []*ir.Function) ir.Expr {
	name := list[0].Name
	args, ok := eb.scalarArgs(x, name)
	if !ok {
		return nil
	}
	f := eb.pickUser(x, list, args)
	if f == nil {
		return nil
	}
	call := &ir.Call{Fn: name, T: f.User.Ret, User: f, At: eb.b.sources.Pos(x.Span())}
	for i, a := range args {
		cast := eb.b.castAt(a, f.User.Args[i], eb.b.sources.Pos(x.Args[i].Span()))
		if cast != a {
			eb.failingCast(cast, x.Args[i].Span())
		}
		call.Args = append(call.Args, cast)
	}
	return call
}

// pickUser finds which of some functions of one name a call means; nil: reported.
func (eb *exprBinder) pickUser(x *ast.Call, list []*ir.Function, args []ir.Expr) *ir.Function {
	types := make([]*ir.Type, len(args))
	for i, a := range args {
		types[i] = a.Type()
	}
	f, err := ir.PickFunction(list, types)
	if err != nil {
		hint := eb.userHint(list, types, x.Args)
		eb.b.err(diag.WrongType, x.Span(), hint, "%s", err)
		return nil
	}
	return f
}

// userHint says what there is instead of a call that fits nothing, or too much.
func (eb *exprBinder) userHint(list []*ir.Function, types []*ir.Type, parts []ast.Expr) string {
	if len(list) == 1 {
		if hint := eb.b.convertHint(list[0], types, parts, false); hint != "" {
			return hint
		}
		return "it is " + list[0].Sig
	}
	sigs := make([]string, len(list))
	for i, f := range list {
		sigs[i] = f.Sig
	}
	return "CAST the arguments to the types of one of them: " + strings.Join(sigs, "; ")
}

// takesRowsBack refuses an aggregate of one's own that cannot take rows back where rows
// that it has taken may change.
func (g *grouping) takesRowsBack(a *ir.AggCall, x *ast.Call) bool {
	in := g.in.node
	if a.User == nil || a.User.User.Retracts || !in.Props().Updating {
		return true
	}
	g.b.err(diag.RowsChange, x.Span(), "give the aggregate a Retract function, which undoes Add; or aggregate rows that stay, such as those of a window",
		"rows of this query change after they were given (%s), and %s cannot take rows back", ir.ChangesOf(in), a.Fn)
	g.b.relateChange(in)
	return false
}

// slides refuses an aggregate of one's own that cannot take rows back over a frame that
// rows leave.
func (b *binder) slides(c *overCall, x *ast.Call) bool {
	f, u := c.call.Frame, c.call.User
	if u == nil || u.User.Retracts || f == nil || f.Start.Kind == ir.UnboundedPreceding {
		return true
	}
	b.err(diag.BadFrame, x.Over.Span(), "give the aggregate a Retract function, which undoes Add; or begin the frame with UNBOUNDED PRECEDING", "rows leave this frame, and %s cannot take rows back", u.Name)
	return false
}
