package bind

import (
	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// countWindow binds COUNT_WINDOW: windows of so many rows of a key, in the order in which
// they come. window_start and window_end are the event times of the first and last row.
func (b *binder) countWindow(x *ast.TableFunc) *relation {
	a, ok := b.arguments(x, "COUNT_WINDOW")
	if !ok {
		return nil
	}
	r, _, _ := b.data(a)
	w := ir.Window{Kind: ir.CountRows}
	w.Size, ok = b.rowsArg(a.byArg["SIZE"], "the size of COUNT_WINDOW")
	w.Slide = w.Size
	if arg := a.byArg["SLIDE"]; arg != nil {
		slide, slideOK := b.rowsArg(arg, "the slide of COUNT_WINDOW")
		if ok && slideOK && slide > w.Size {
			b.err(diag.BadWindow, arg.Span(), "write a slide up to the size", "windows of %d rows after every %d would leave rows out", w.Size, slide)
			return nil
		}
		w.Slide, ok = slide, ok && slideOK
	}
	if r == nil || !ok || !a.keysOK {
		return nil
	}
	if r.node.Props().Updating {
		b.err(diag.BadWindow, a.at, "count the rows of a relation whose rows stay", "COUNT_WINDOW counts rows, and rows of this relation may be taken back")
		return nil
	}
	in := r.schema()
	n := &ir.WindowTVF{Input: r.node, TimeCol: r.node.Props().TimeCol, Window: w, Keys: a.keys, P: *r.node.Props(), S: &ir.Schema{}}
	n.S.Cols = append(n.S.Cols, in.Cols...)
	col := ir.Column{Type: &ir.Type{Kind: ir.Timestamp, P: 3}}
	if n.TimeCol >= 0 {
		col = in.Cols[n.TimeCol]
	}
	for _, name := range []string{"window_start", "window_end", "window_time"} {
		n.S.Cols = append(n.S.Cols, ir.Column{Name: name, Type: col.Type, NotNull: col.NotNull})
	}
	n.P.TimeCol = -1 // rows come out when there are enough, whatever their times
	n.P.WindowStart, n.P.WindowEnd, n.P.WindowTime = len(in.Cols), len(in.Cols)+1, len(in.Cols)+2
	return &relation{node: n, at: r.at}
}

// rowsArg is an argument that is a number of rows; false: reported.
func (b *binder) rowsArg(arg *ast.TableArg, what string) (int64, bool) {
	const most = 1_000_000
	hint := "write a number of rows, such as 100"
	if arg.Expr == nil {
		b.err(diag.BadArgument, arg.Span(), hint, "%s is a number of rows", what)
		return 0, false
	}
	e := (&exprBinder{b: b, scope: &scope{what: what}, noAggs: what, constant: what}).bind(arg.Expr)
	if e == nil {
		return 0, false
	}
	if !e.Type().Kind.IsInteger() {
		b.err(diag.BadWindow, arg.Span(), hint, "%s is a number of rows, not %s", what, e.Type())
		return 0, false
	}
	v, err := b.constant(e)
	if n, ok := v.(int64); err == nil && ok && n > 0 && n <= most {
		return n, true
	}
	b.err(diag.BadWindow, arg.Span(), hint, "%s is 1 to %d", what, most)
	return 0, false
}
