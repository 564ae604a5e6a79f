package bind

import (
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// groupWindow is a window that GROUP BY makes, in Flink's older way: GROUP BY k,
// TUMBLE(ts, INTERVAL '1' MINUTE), with TUMBLE_START(ts, INTERVAL '1' MINUTE) and the like
// for its columns. It is bound to the same nodes as the window functions of FROM.
type groupWindow struct {
	fn     string // TUMBLE, HOP, SESSION
	window ir.Window
	col    int        // the time column
	at     diag.Span  // in GROUP BY
	cols   [3]ir.Expr // start, end and time of the window
	clock  bool       // its time is PROCTIME()
}

// groupWindowUse says how each is written.
var groupWindowUse = map[string]string{
	"TUMBLE":  "TUMBLE(ts, INTERVAL '1' MINUTE)",
	"HOP":     "HOP(ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTES), the slide before the size",
	"SESSION": "SESSION(ts, INTERVAL '1' MINUTE)",
}

// groupWindowColumn is what a function of a group window gives: 0 start, 1 end, 2 time.
func groupWindowColumn(name string) (fn string, col int, ok bool) {
	fn, what, _ := strings.Cut(name, "_")
	if groupWindowUse[fn] == "" {
		return "", 0, false
	}
	col = slices.Index([]string{"START", "END", "ROWTIME", "PROCTIME"}, what)
	return fn, min(col, 2), col >= 0
}

// isGroupWindow reports whether e makes a window of GROUP BY.
func isGroupWindow(e ast.Expr) (*ast.Call, bool) {
	c, ok := e.(*ast.Call)
	return c, ok && groupWindowUse[strings.ToUpper(c.Name.Name)] != ""
}

// windowed returns in with the columns of the window that GROUP BY makes, if it makes
// one, and notes the window in the scope; nil: reported.
func (b *binder) windowed(x *ast.Select, in *relation, s *scope) *relation {
	at := slices.IndexFunc(x.GroupBy, func(e ast.Expr) bool { _, is := isGroupWindow(e); return is })
	if at < 0 {
		return in
	}
	call, _ := isGroupWindow(x.GroupBy[at])
	eb := &exprBinder{b: b, scope: s, noAggs: "GROUP BY"}
	w, ok := eb.groupWindow(strings.ToUpper(call.Name.Name), call)
	if !ok {
		return nil
	}
	w.clock = isProcTime(in.node, w.col)
	if in = processed(in, w.col); !b.isEventTime(in, w.col, call.Args[0].Span(), w.fn) {
		return nil
	}
	if w.window.Lateness, ok = b.lateness(in.node, w.at); !ok {
		return nil
	}
	w.window.Zone = b.sessionZone(in.schema().Cols[w.col], w.window)
	var keys []int
	if w.fn == "SESSION" {
		if in, keys = b.sessionKeys(x, in, eb, at); in == nil {
			return nil
		}
		b.boundSessions(&w.window, in.node)
	}
	out := windowRelation(in, w.col, w.window, keys)
	p := out.node.Props()
	for i, c := range []int{p.WindowStart, p.WindowEnd, p.WindowTime} {
		col := out.schema().Cols[c]
		w.cols[i] = &ir.ColRef{Index: c, Name: col.Name, T: col.Type}
	}
	s.window = w
	return out
}

// sessionKeys are the columns by which sessions are kept apart: all else that is grouped
// by. Expressions become columns.
func (b *binder) sessionKeys(x *ast.Select, in *relation, eb *exprBinder, window int) (*relation, []int) {
	exprs, names := passOn(in.schema()), columnNames(in.schema())
	var keys []int
	for i, e := range x.GroupBy {
		if i == window {
			continue
		}
		if sets, ok := e.(*ast.GroupingSets); ok {
			b.err(diag.BadGrouping, sets.Span(), "write the keys of the sessions in FROM: SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL '1' MINUTE), and group by window_start, window_end, "+sets.Kind+"(...)",
				"SESSION in GROUP BY keeps apart the sessions of all else that is grouped by, and %s does not say of what", sets.Kind)
			return nil, nil
		}
		k := eb.bind(e)
		if k == nil {
			return nil, nil
		}
		if c, ok := k.(*ir.ColRef); ok {
			keys = append(keys, c.Index)
			continue
		}
		keys = append(keys, len(exprs))
		exprs, names = append(exprs, k), append(names, k.String())
	}
	if len(exprs) > len(in.schema().Cols) {
		in = &relation{node: project(in.node, exprs, names), at: in.at}
	}
	return in, keys
}

// groupWindow reads the arguments of a window of GROUP BY.
func (eb *exprBinder) groupWindow(fn string, x *ast.Call) (*groupWindow, bool) {
	w := &groupWindow{fn: fn, at: x.Span()}
	spans := len(x.Args) - 1
	most := map[string]int{"TUMBLE": 2, "HOP": 3, "SESSION": 1}[fn]
	least := map[string]int{"TUMBLE": 1, "HOP": 2, "SESSION": 1}[fn]
	if spans < least || spans > most {
		eb.b.err(diag.BadArgument, x.Span(), "write "+groupWindowUse[fn], "%s takes the time column and %s", x.Name.Name, count(least, "INTERVAL"))
		return nil, false
	}
	ref, ok := eb.bind(x.Args[0]).(*ir.ColRef)
	if !ok {
		if _, isColumn := x.Args[0].(*ast.ColumnRef); !isColumn {
			eb.b.err(diag.BadArgument, x.Args[0].Span(), "write "+groupWindowUse[fn], "the first argument of %s is the event-time column", x.Name.Name)
		}
		return nil, false
	}
	w.col = ref.Index
	var us [3]int64
	for i := range spans {
		lowest := int64(1)
		if i == least {
			lowest = -1 << 62 // an offset
		}
		if us[i], ok = eb.b.span(x.Args[i+1], "the INTERVAL of "+x.Name.Name, lowest); !ok {
			return nil, false
		}
		if eb.scope.window == nil && ref.T.Kind.IsTimestamp() && !eb.b.wholeUnits(us[i], x.Args[i+1].Span(), fn, ir.Column{Name: ref.Name, Type: ref.T}) {
			return nil, false
		}
	}
	switch fn {
	case "TUMBLE":
		w.window = ir.Window{Kind: ir.Tumble, Size: us[0], Slide: us[0], Offset: us[1]}
	case "HOP":
		w.window = ir.Window{Kind: ir.Hop, Slide: us[0], Size: us[1], Offset: us[2]}
	case "SESSION":
		w.window = ir.Window{Kind: ir.Session, Size: us[0], Slide: us[0]}
		return w, true
	}
	return w, eb.b.affordable(&w.window, x.Span())
}

// windowCall is TUMBLE_START and the like, above a GROUP BY with that window.
func (eb *exprBinder) windowCall(name string, x *ast.Call) ir.Expr {
	fn, col, ok := groupWindowColumn(name)
	made := eb.scope.window
	switch {
	case !ok: // TUMBLE and the like themselves
		eb.b.err(diag.BadArgument, x.Span(), "write "+name+"_START(...) for where it begins, and "+name+"(...) in GROUP BY", "%s makes a window in GROUP BY, and is no value", name)
		return nil
	case made == nil || made.fn != fn:
		eb.b.err(diag.BadArgument, x.Span(), "add "+fn+" of the same arguments to GROUP BY: "+groupWindowUse[fn], "%s is of a window that GROUP BY makes, and there is none of %s here", name, fn)
		return nil
	}
	own, ok := eb.groupWindow(fn, x)
	if !ok {
		return nil
	}
	own.window.Max, own.window.Sweep, own.window.Lateness, own.window.Zone = made.window.Max, made.window.Sweep, made.window.Lateness, made.window.Zone
	if own.window != made.window || own.col != made.col {
		eb.b.err(diag.BadArgument, x.Span(), "write the same arguments in both places", "%s is of another window than that of GROUP BY", name)
		eb.b.relate(made.at, "this one")
		return nil
	}
	if time, is := strings.CutPrefix(name, fn+"_"); is && col == 2 && (time == "PROCTIME") != made.clock {
		other := map[bool]string{true: "PROCTIME", false: "ROWTIME"}[made.clock]
		eb.b.err(diag.BadArgument, x.Span(), "write "+fn+"_"+other+"(...)", "%s is of windows of %s, and this one is of %s", name,
			map[bool]string{true: "event time", false: "processing time"}[made.clock], map[bool]string{true: "processing time", false: "event time"}[made.clock])
		return nil
	}
	c := *made.cols[col].(*ir.ColRef)
	return &c
}
