package bind

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// param is a parameter of a table function.
type param struct {
	name     string
	aliases  []string
	optional bool
	named    bool // it cannot be given by its place
}

var (
	dataParam = param{name: "DATA", aliases: []string{"INPUT"}}
	timeParam = param{name: "TIMECOL", aliases: []string{"TIME_COL"}}
	lagParam  = param{name: "LAG"}
	sizeParam = param{name: "SIZE", aliases: []string{"WINDOWSIZE", "WINDOW_SIZE"}}
	slideP    = param{name: "SLIDE", aliases: []string{"SLIDESIZE", "SLIDE_SIZE"}}
	stepP     = param{name: "STEP", aliases: []string{"STEPSIZE", "STEP_SIZE"}}
	maxP      = param{name: "SIZE", aliases: []string{"MAXSIZE", "MAX_SIZE", "WINDOWSIZE", "WINDOW_SIZE"}}
	gapP      = param{name: "GAP", aliases: []string{"SESSIONGAP", "SESSION_GAP"}}
	rowsP     = param{name: "SIZE", aliases: []string{"ROWS", "WINDOWSIZE", "WINDOW_SIZE"}}
	everyP    = param{name: "SLIDE", aliases: []string{"SLIDESIZE", "SLIDE_SIZE"}, optional: true}
	offsetP   = param{name: "OFFSET", optional: true}
	zoneP     = param{name: "TIME_ZONE", aliases: []string{"TIMEZONE", "ZONE"}, optional: true, named: true}
)

// tvfParams are the parameters by position.
var tvfParams = map[string][]param{
	"TUMBLE":       {dataParam, timeParam, sizeParam, offsetP, zoneP},
	"HOP":          {dataParam, timeParam, sizeParam, slideP, offsetP, zoneP},
	"CUMULATE":     {dataParam, timeParam, stepP, maxP, offsetP, zoneP},
	"SESSION":      {dataParam, timeParam, gapP},
	"COUNT_WINDOW": {dataParam, rowsP, everyP},
	"IMPOSE_ORDER": {dataParam, timeParam, lagParam},
}

// tvfArgs are the arguments of a table function by the name of their parameter.
type tvfArgs struct {
	fn    string
	at    diag.Span
	byArg map[string]*ast.TableArg
	named bool
	// keys are the columns of PARTITION BY, once the relation is bound.
	keys   []int
	keysOK bool
}

// arguments sorts the arguments; false: reported.
func (b *binder) arguments(x *ast.TableFunc, fn string) (*tvfArgs, bool) {
	params := tvfParams[fn]
	a := &tvfArgs{fn: fn, at: x.Name.Span(), byArg: map[string]*ast.TableArg{}}
	for i, arg := range x.Args {
		name := ""
		switch {
		case arg.Name != nil:
			a.named = true
			name = paramName(params, arg.Name.Name)
			if name == "" {
				b.err(diag.BadArgument, arg.Name.Span(), didYouMean(arg.Name.Name, paramNames(params), "it takes "+strings.Join(paramNames(params), ", ")),
					"%s has no argument %s", fn, arg.Name.Name)
				return nil, false
			}
		case a.named:
			b.err(diag.BadArgument, arg.Span(), "name it too", "an argument without a name follows named ones")
			return nil, false
		case i >= len(params) || params[i].named:
			b.err(diag.BadArgument, arg.Span(), usage(fn), "%s takes at most %d arguments", fn, i)
			return nil, false
		default:
			name = params[i].name
		}
		if first := a.byArg[name]; first != nil {
			b.err(diag.BadArgument, arg.Span(), "", "argument %s is given twice", name)
			b.relate(first.Span(), "first here")
			return nil, false
		}
		a.byArg[name] = arg
	}
	for _, p := range params {
		if !p.optional && a.byArg[p.name] == nil {
			b.err(diag.BadArgument, x.Name.Span(), usage(fn), "%s lacks its argument %s", fn, p.name)
			return nil, false
		}
	}
	return a, true
}

func paramName(params []param, name string) string {
	for _, p := range params {
		if strings.EqualFold(p.name, name) || slices.Contains(p.aliases, strings.ToUpper(name)) {
			return p.name
		}
	}
	return ""
}

func paramNames(params []param) []string {
	var out []string
	for _, p := range params {
		out = append(out, p.name)
	}
	return out
}

func usage(fn string) string {
	switch fn {
	case "TUMBLE":
		return "TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)"
	case "HOP":
		return "HOP(TABLE t, DESCRIPTOR(ts), SIZE => INTERVAL '5' MINUTES, SLIDE => INTERVAL '1' MINUTE)"
	case "CUMULATE":
		return "CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' HOUR, INTERVAL '1' DAY)"
	case "SESSION":
		return "SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL '30' MINUTES)"
	case "COUNT_WINDOW":
		return "COUNT_WINDOW(TABLE t PARTITION BY k, 100)"
	}
	return "IMPOSE_ORDER(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECONDS)"
}

// data binds the relation that a table function works on, and finds its time
// column by the DESCRIPTOR.
func (b *binder) data(a *tvfArgs) (r *relation, col int, at diag.Span) {
	arg := a.byArg["DATA"]
	if arg.Table == nil {
		hint := usage(a.fn)
		if c, ok := arg.Expr.(*ast.ColumnRef); ok {
			hint = "write TABLE " + c.String()
		}
		b.err(diag.BadArgument, arg.Span(), hint, "the first argument of %s is a table", a.fn)
		return nil, 0, at
	}
	if len(arg.Partition) > 0 && a.fn != "SESSION" && a.fn != "COUNT_WINDOW" {
		b.later(arg.Partition[0].Span(), "PARTITION BY in "+a.fn, "group by the column instead")
		return nil, 0, at
	}
	if len(arg.OrderBy) > 0 {
		b.later(arg.OrderBy[0].Span(), "ORDER BY in "+a.fn, "")
		return nil, 0, at
	}
	r, alias := b.from(arg.Table)
	if r != nil {
		a.keys, a.keysOK = b.partition(arg, scopeOf(r, alias), a.fn)
	}
	if a.fn == "COUNT_WINDOW" {
		return r, -1, at
	}
	d := a.byArg["TIMECOL"].Descriptor
	if d == nil {
		hint := usage(a.fn)
		if c, ok := a.byArg["TIMECOL"].Expr.(*ast.ColumnRef); ok {
			hint = "write DESCRIPTOR(" + c.String() + ")"
		}
		b.err(diag.BadArgument, a.byArg["TIMECOL"].Span(), hint, "%s names its time column with DESCRIPTOR(column)", a.fn)
		return nil, 0, at
	}
	if len(d.Cols) != 1 {
		b.err(diag.BadArgument, d.Span(), "", "DESCRIPTOR of %s names one column", a.fn)
		return nil, 0, at
	}
	if r == nil {
		return nil, 0, at
	}
	at = d.Cols[0].Span()
	c := b.column(scopeOf(r, alias), "", d.Cols[0])
	if c == nil || c.col.Type.Kind == ir.Invalid {
		return nil, 0, at
	}
	if !c.col.Type.Kind.IsTimestamp() {
		b.err(diag.NoEventTime, at, eventTimeHint(c.col.Name, c.col.Type), "event time is a TIMESTAMP, but `%s` is %s", c.col.Name, c.col.Type)
		return nil, 0, at
	}
	return processed(r, c.index), c.index, at
}

// imposeOrder binds IMPOSE_ORDER: a watermark that drops what is late.
func (b *binder) imposeOrder(x *ast.TableFunc) *relation {
	a, ok := b.arguments(x, "IMPOSE_ORDER")
	if !ok {
		return nil
	}
	r, col, at := b.data(a)
	lag, ok := b.spanArg(a, "LAG", "the lag of IMPOSE_ORDER", 0)
	if r == nil || !ok {
		return nil
	}
	if !hasSourceOrder(r.node) {
		b.later(at, "IMPOSE_ORDER over the result of an aggregate or over a filtered UNION ALL", "impose the order on the tables that it reads")
		return nil
	}
	return &relation{node: watermarkOver(r.node, col, lag, true), at: r.at}
}

// spanArg is an interval argument.
func (b *binder) spanArg(a *tvfArgs, name, what string, least int64) (int64, bool) {
	arg := a.byArg[name]
	if arg.Expr == nil {
		b.err(diag.BadArgument, arg.Span(), "write INTERVAL '5' SECOND", "%s is an INTERVAL", what)
		return 0, false
	}
	return b.span(arg.Expr, what, least)
}

// partition binds the columns of PARTITION BY; false: reported.
func (b *binder) partition(arg *ast.TableArg, s *scope, fn string) (keys []int, ok bool) {
	ok = true
	for _, e := range arg.Partition {
		x := (&exprBinder{b: b, scope: s, noAggs: "PARTITION BY"}).bind(e)
		if x == nil {
			ok = false
			continue
		}
		c, isCol := x.(*ir.ColRef)
		switch {
		case !isCol:
			b.err(diag.BadArgument, e.Span(), "compute it in a sub-query: "+fn+"(TABLE (SELECT *, ... AS k FROM ...) PARTITION BY k, ...)", "PARTITION BY of %s names columns", fn)
			ok = false
		case !b.groupable(c.T, e.Span(), "PARTITION BY"):
			ok = false
		case !slices.Contains(keys, c.Index):
			keys = append(keys, c.Index)
		}
	}
	return keys, ok
}

// boundSessions takes what the tables below n say of sessions over their rows: how many may
// be open, and how often closed ones are swept. The least counts; 0: none says anything.
func (b *binder) boundSessions(w *ir.Window, n ir.Node) {
	w.Max, w.Sweep = 0, 0
	least := func(to *int64, v int64) {
		if v > 0 && (*to == 0 || v < *to) {
			*to = v
		}
	}
	scans(n, func(s *ir.Scan) {
		least(&w.Max, min(b.optionInt(s.Table, ir.OptionSessionMax), math.MaxInt32))
		least(&w.Sweep, b.optionSpan(s.Table, ir.OptionSessionCleanup))
	})
}

// windowFunc binds TUMBLE, HOP, CUMULATE and SESSION.
func (b *binder) windowFunc(x *ast.TableFunc, fn string) *relation {
	a, ok := b.arguments(x, fn)
	if !ok {
		return nil
	}
	r, col, at := b.data(a)
	w, ok := b.window(a)
	if r == nil || !ok || !a.keysOK || !b.isEventTime(r, col, at, fn) || !b.wholeArgs(a, r.schema().Cols[col]) {
		return nil
	}
	if w.Kind == ir.Session {
		b.boundSessions(&w, r.node)
	}
	if w.Lateness, ok = b.lateness(r.node, a.at); !ok {
		return nil
	}
	if w.Zone, ok = b.windowZone(a, r.schema().Cols[col], w); !ok {
		return nil
	}
	return windowRelation(r, col, w, a.keys)
}

// windowRelation puts the windows of w behind the columns of r.
func windowRelation(r *relation, col int, w ir.Window, keys []int) *relation {
	in := r.schema()
	t := in.Cols[col].Type
	n := &ir.WindowTVF{Input: r.node, TimeCol: col, Window: w, Keys: keys, P: *r.node.Props(), S: &ir.Schema{}}
	n.P.UseTime(col)
	n.S.Cols = append(n.S.Cols, in.Cols...)
	for _, name := range []string{"window_start", "window_end", "window_time"} {
		n.S.Cols = append(n.S.Cols, ir.Column{Name: name, Type: t, NotNull: true})
	}
	n.P.WindowStart, n.P.WindowEnd, n.P.WindowTime = len(in.Cols), len(in.Cols)+1, len(in.Cols)+2
	if w.Kind == ir.Session {
		n.P.TimeCol = n.P.WindowTime // rows come out when their session closes
	}
	return &relation{node: n, at: r.at}
}

// window takes size, slide or step, and offset. Both orders of HOP's are in use: by
// position, the smaller one is the slide.
func (b *binder) window(a *tvfArgs) (ir.Window, bool) {
	if a.fn == "SESSION" {
		gap, ok := b.spanArg(a, "GAP", "the gap of SESSION", 1)
		return ir.Window{Kind: ir.Session, Size: gap, Slide: gap}, ok
	}
	size, ok := b.spanArg(a, "SIZE", "the size of a window", 1)
	w := ir.Window{Kind: ir.Tumble, Size: size, Slide: size}
	switch a.fn {
	case "CUMULATE":
		step, stepOK := b.spanArg(a, "STEP", "the step of CUMULATE", 1)
		if !ok || !stepOK || !b.isWholeSteps(a, step, size) {
			return w, false
		}
		if w.Slide = step; step < size { // else it is TUMBLE
			w.Kind = ir.Cumulate
		}
	case "HOP":
		slide, slideOK := b.spanArg(a, "SLIDE", "the slide of a window", 1)
		ok = ok && slideOK
		w.Kind, w.Slide = ir.Hop, slide
		if positional := a.byArg["SIZE"].Name == nil && a.byArg["SLIDE"].Name == nil; positional && slide > size {
			w.Size, w.Slide = slide, size
		} else if positional && slide < size && ok {
			b.hopOrder(a, size, slide)
		}
	}
	if arg := a.byArg["OFFSET"]; arg != nil {
		offset, offsetOK := b.spanArg(a, "OFFSET", "the offset of a window", math.MinInt64)
		ok = ok && offsetOK
		w.Offset = offset
	}
	if !ok {
		return w, false
	}
	return w, b.affordable(&w, a.at)
}

// affordable brings the offset into one period of the windows, and refuses windows of
// which a row is in too many.
func (b *binder) affordable(w *ir.Window, at diag.Span) bool {
	w.Offset = ((w.Offset % w.Period()) + w.Period()) % w.Period()
	if !w.Affordable() {
		larger := map[ir.WindowKind]string{ir.Hop: "slide", ir.Cumulate: "step"}[w.Kind]
		b.err(diag.BadWindow, at, "use a larger "+larger, "windows of %s every %s: a row would be in %d windows of %d panes each",
			ir.FormatSpan(w.Size), ir.FormatSpan(w.Slide), w.PerRow(), w.Panes())
		return false
	}
	return true
}

// isWholeSteps reports whether the longest window of CUMULATE is made of whole steps.
func (b *binder) isWholeSteps(a *tvfArgs, step, size int64) bool {
	if size%step == 0 {
		return true
	}
	first, second := a.byArg["STEP"], a.byArg["SIZE"]
	hint := fmt.Sprintf("write a size such as INTERVAL '%d' SECONDS", (size/step+1)*step/1_000_000)
	switch {
	case size < step && step%size == 0:
		hint = fmt.Sprintf("the step comes first: STEP => %s, SIZE => %s", b.written(second.Expr, "..."), b.written(first.Expr, "..."))
	case step%1_000_000 != 0:
		hint = "the windows grow by the step until they have the whole size"
	}
	b.err(diag.BadWindow, first.Span().To(second.Span()), hint, "the longest window of CUMULATE, %s, is not a multiple of its step, %s", ir.SpanInWords(size), ir.SpanInWords(step))
	return false
}

// hopOrder warns of arguments that Flink would take the other way round. In the other
// order there is nothing to mistake: no system takes a size less than the slide there.
func (b *binder) hopOrder(a *tvfArgs, size, slide int64) {
	first, second := a.byArg["SIZE"], a.byArg["SLIDE"]
	long, short := b.written(first.Expr, "..."), b.written(second.Expr, "...")
	b.warn(diag.HopOrder, first.Span().To(second.Span()), fmt.Sprintf("name them: SIZE => %s, SLIDE => %s", long, short),
		"these are windows of %s every %s, as Hazelcast orders the arguments; Flink would take the first for the slide",
		ir.SpanInWords(size), ir.SpanInWords(slide))
}

// isEventTime reports whether column col of r is its event time, and says how it
// can be made so where it is not.
func (b *binder) isEventTime(r *relation, col int, at diag.Span, fn string) bool {
	p, s := r.node.Props(), r.schema()
	name := s.Cols[col].Name
	switch {
	case p.IsTime(col):
		return true
	case p.Updating:
		b.changesUnderWindow(r.node, at, fn)
	case p.TimeCol >= 0:
		b.err(diag.NoEventTime, at, fmt.Sprintf("write DESCRIPTOR(%s)", s.Cols[p.TimeCol].Name),
			"%s takes the event time, which is `%s`, not `%s`", fn, s.Cols[p.TimeCol].Name, name)
	case lostInJoin(r.node):
		b.err(diag.NoEventTime, at, "bound the times of both sides in ON, such as a.ts BETWEEN b.ts - INTERVAL '10' MINUTE AND b.ts: event time then goes on, also through LEFT, RIGHT, SEMI and ANTI joins on the side whose rows all come out",
			"`%s` is no event time any more: the join below keeps all rows of both sides, and gives them whenever they find a partner", name)
	case hasWatermark(r.node):
		b.err(diag.NoEventTime, at, "select the event-time column as it is, and compute with it above the window",
			"`%s` is computed from the event time and is not event time itself", name)
	default:
		b.noEventTime(r, at, fn, name)
	}
	return false
}

// lostInJoin reports whether a join without bounds on time stands between n and what makes its
// event time.
func lostInJoin(n ir.Node) bool {
	if j, ok := n.(*ir.Join); ok && (j.Kind == ir.RegularJoin || j.P.TimeCol < 0) {
		return hasWatermark(n)
	}
	in := n.Inputs()
	return len(in) == 1 && lostInJoin(in[0])
}

func (b *binder) noEventTime(r *relation, at diag.Span, fn, col string) {
	var table *ir.Table
	scans(r.node, func(s *ir.Scan) { table = s.Table })
	if table == nil {
		b.err(diag.NoEventTime, at, "", "%s needs an event time, which these rows do not have", fn)
		return
	}
	b.err(diag.NoEventTime, at,
		fmt.Sprintf("add WATERMARK FOR %s AS %s - INTERVAL '5' SECOND to `%s`, or wrap the table: TABLE(IMPOSE_ORDER(TABLE %s, DESCRIPTOR(%s), INTERVAL '5' SECONDS))",
			col, col, table.Name, table.Name, col),
		"%s needs an event time, and nothing says how late rows of `%s` can be", fn, table.Name)
	b.relate(b.declared(table), "`%s` is created here, without a WATERMARK", table.Name)
}

// declared is the place where a table was created.
func (b *binder) declared(t *ir.Table) diag.Span {
	for _, o := range b.order {
		if o.table == t {
			return o.at
		}
	}
	for _, o := range b.variants {
		if o.table == t {
			return o.at
		}
	}
	for _, o := range b.writes {
		if o != nil && o.table == t {
			return o.at
		}
	}
	return diag.Span{}
}
