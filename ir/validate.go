package ir

import (
	"fmt"
	"math"
)

// Validate checks that a logical plan is well formed: that every expression
// refers to columns that are there, by their types, and that schemas, keys and
// properties agree with what they describe. An error is a fault of the compiler,
// never of a query.
func Validate(l *Logical) error {
	if err := checkDelivery(l.Delivery); err != nil {
		return err
	}
	for _, s := range l.Sinks {
		if err := ValidateNode(s); err != nil {
			return err
		}
	}
	return nil
}

// ValidateNode is Validate for one tree.
func ValidateNode(n Node) error {
	for _, in := range n.Inputs() {
		if err := ValidateNode(in); err != nil {
			return err
		}
	}
	if err := checkNode(n); err != nil {
		return fmt.Errorf("plan node %T: %w", n, err)
	}
	return nil
}

func checkNode(n Node) error {
	switch x := n.(type) {
	case *Scan:
		return firstErrorOf(
			func() error { return checkColumns("column", x.Cols, len(x.Table.Cols)) },
			func() error { return checkPruned(x.Table) },
			func() error { return checkFields(x) },
			func() error { _, err := x.Table.Read(x.Check); return err },
			func() error { return checkTerms(x) })
	case *Values:
		for _, row := range x.Rows {
			if err := checkExprs(row, &Schema{}, x.S); err != nil {
				return err
			}
		}
	case *DeadLetters:
		if len(x.Tables) == 0 {
			return fmt.Errorf("of no table")
		}
	case *LateRows:
		return firstError(checkTime(x.Schema(), x.TimeCol), checkLateWindow(x.Window, x.Beyond, x.Keys, x.Rest, x.Schema()))
	case *Filter:
		return checkPredicate(x.Pred, x.Input.Schema())
	case *Project:
		return firstError(checkExprs(x.Exprs, x.Input.Schema(), x.S), checkProps(n))
	case *Watermark:
		return firstError(checkTime(x.Input.Schema(), x.TimeCol), checkLag(x.Lag), checkMark(x.Drop, x.Mark), checkProps(n))
	case *WindowTVF:
		in := x.Input.Schema()
		if len(x.S.Cols) != len(in.Cols)+3 {
			return fmt.Errorf("%d columns over %d", len(x.S.Cols), len(in.Cols))
		}
		return firstError(checkWindow(x.Window), checkWindowTime(in, x.Window, x.TimeCol), checkWindowKeys(in, x.Window, x.Keys), checkProps(n))
	case *Aggregate:
		return checkAggregate(x)
	case *WindowAgg:
		return checkWindowAgg(x)
	case *Over:
		return checkOver(x)
	case *Rank:
		return checkRank(x)
	case *Join:
		return checkJoin(x)
	case *Coarsen:
		return checkCoarsen(x.Every, x.Key, x.By, x.EndCol, x.Together, x.Schema())
	case *Union:
		return checkUnion(x)
	case *Limit:
		return checkLimit(x.Offset)
	case *ProcTime:
		return firstError(checkTime(x.Input.Schema(), x.TimeCol), checkProps(n))
	case *Sort:
		return firstError(checkSort(x.Order, x.Keep, x.ByTime, x.Lead, x.Schema()), checkProps(n))
	case *Expand:
		return firstError(checkExpand(x.Input.Schema(), x.Keys, x.Sets, x.S), checkProps(n))
	case *Unnest:
		return firstError(checkUnnest(x.Input.Schema(), x.Col, x.Cols, x.S), checkProps(n))
	case *Repeat:
		return firstError(checkRepeat(x.Input.Schema(), x.S), checkProps(n))
	case *Changelog:
		return firstError(checkChangelog(x.Input.Schema(), x.S), checkProps(n))
	case *Sink:
		if x.Table != nil && len(x.Table.Physical().Cols) != len(x.Schema().Cols) {
			return fmt.Errorf("%d columns into table %s", len(x.Schema().Cols), x.Table.Name)
		}
	}
	return nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// firstErrorOf is firstError for checks that need those before them to have passed.
func firstErrorOf(checks ...func() error) error {
	for _, f := range checks {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

func checkColumns(what string, cols []int, n int) error {
	for _, c := range cols {
		if c < 0 || c >= n {
			return fmt.Errorf("%s %d of %d", what, c, n)
		}
	}
	return nil
}

func checkExprs(exprs []Expr, in, out *Schema) error {
	if len(exprs) != len(out.Cols) {
		return fmt.Errorf("%d expressions for %d columns", len(exprs), len(out.Cols))
	}
	for i, e := range exprs {
		if !e.Type().Equal(out.Cols[i].Type) {
			return fmt.Errorf("column %s is %s, its expression %s", out.Cols[i].Name, out.Cols[i].Type, e.Type())
		}
		if err := checkExpr(e, in); err != nil {
			return err
		}
	}
	return nil
}

func checkExpr(e Expr, in *Schema) error {
	var bad error
	WalkExpr(e, func(x Expr) bool {
		if c, ok := x.(*ColRef); ok && bad == nil {
			switch {
			case c.Index < 0 || c.Index >= len(in.Cols):
				bad = fmt.Errorf("%s refers to column %d of %d", e, c.Index, len(in.Cols))
			case !c.T.Equal(in.Cols[c.Index].Type):
				bad = fmt.Errorf("%s takes column %s for %s, it is %s", e, c.Name, c.T, in.Cols[c.Index].Type)
			}
		}
		if bad == nil {
			bad = checkShape(x)
		}
		return bad == nil
	})
	return bad
}

func checkTime(in *Schema, col int) error {
	if err := checkColumns("time column", []int{col}, len(in.Cols)); err != nil {
		return err
	}
	if t := in.Cols[col].Type; !t.Kind.IsTimestamp() {
		return fmt.Errorf("time column %s is %s", in.Cols[col].Name, t)
	}
	return nil
}

func checkWindow(w Window) error {
	if w.Kind < Tumble || w.Kind > CountRows || w.Size <= 0 || w.Slide <= 0 ||
		w.Kind == Tumble && w.Size != w.Slide || w.Kind == Cumulate && w.Size%w.Slide != 0 || w.Kind == Session && w.Size != w.Slide {
		return fmt.Errorf("window of kind %d, size %d and slide %d", w.Kind, w.Size, w.Slide)
	}
	if w.Max < 0 || w.Sweep < 0 || w.Max+w.Sweep > 0 && w.Kind != Session || w.Partial && w.Kind != CountRows || w.Keyed() && w.Offset != 0 {
		return fmt.Errorf("window of kind %d with a bound of %d, swept after %d, partial %t, offset %d", w.Kind, w.Max, w.Sweep, w.Partial, w.Offset)
	}
	if w.Lateness < 0 || w.Lateness > MaxSpan || w.Lateness > 0 && w.Kind == CountRows {
		return fmt.Errorf("%s that is open for %d more", w.Kind, w.Lateness)
	}
	if err := checkWindowZone(w); err != nil {
		return err
	}
	if w.Size > MaxSpan || w.Slide > MaxSpan || w.Offset < 0 || w.Offset >= w.Period() {
		return fmt.Errorf("window of size %d, slide %d and offset %d: a span is at most %d, the offset less than the period", w.Size, w.Slide, w.Offset, int64(MaxSpan))
	}
	if !w.Affordable() {
		return fmt.Errorf("window of size %d and slide %d: a row would be in %d windows of %d panes each", w.Size, w.Slide, w.PerRow(), w.Panes())
	}
	return nil
}

// checkWindowZone checks the time zone of a window, of which there may be none.
func checkWindowZone(w Window) error {
	if w.Zone == "" {
		return nil
	}
	if !w.TakesZone() {
		return fmt.Errorf("%s of size %d in the time zone %s", w.Kind, w.Size, w.Zone)
	}
	_, err := Zone(w.Zone)
	return err
}

// checkLag checks how far a watermark is behind event time.
func checkLag(lag int64) error {
	if lag < 0 || lag > MaxSpan {
		return fmt.Errorf("watermark %d behind event time: it is 0 to %d", lag, int64(MaxSpan))
	}
	return nil
}

// checkChangelog checks that out is a text and then the columns of in.
func checkChangelog(in, out *Schema) error {
	if len(out.Cols) != len(in.Cols)+1 || out.Cols[0].Type.Kind != Varchar {
		return fmt.Errorf("a changelog (%s) of (%s)", out, in)
	}
	return checkKeeps(in, &Schema{Cols: out.Cols[1:]})
}

// checkRepeat checks that in is the columns of out and then a number of times.
func checkRepeat(in, out *Schema) error {
	n := len(out.Cols)
	if len(in.Cols) != n+1 || in.Cols[n].Type.Kind != BigInt {
		return fmt.Errorf("it takes (%s) and gives (%s)", in, out)
	}
	return checkKeeps(&Schema{Cols: in.Cols[:n]}, out)
}

func checkLimit(offset int64) error {
	if offset < 0 || offset == math.MaxInt64 {
		return fmt.Errorf("it passes %d rows by", offset)
	}
	return nil
}

func checkProps(n Node) error {
	p, s := n.Props(), n.Schema()
	for _, c := range []int{p.TimeCol, p.OtherTime, p.WindowStart, p.WindowEnd, p.WindowTime} {
		if c < -1 || c >= len(s.Cols) {
			return fmt.Errorf("property names column %d of %d", c, len(s.Cols))
		}
		if c >= 0 && !s.Cols[c].Type.Kind.IsTimestamp() {
			return fmt.Errorf("property names column %s, which is %s", s.Cols[c].Name, s.Cols[c].Type)
		}
	}
	return nil
}

func checkAggs(aggs []AggCall, in *Schema) error {
	for i := range aggs {
		a := &aggs[i]
		t := a.T
		if a.isWide() {
			t = TBigInt
		}
		if err := checkCall(a.Fn, a.Function(), true, a.Args, t); err != nil {
			return err
		}
		for _, e := range a.Exprs() {
			if err := checkExpr(e, in); err != nil {
				return err
			}
		}
		if a.Filter != nil {
			if err := checkPredicate(a.Filter, in); err != nil {
				return err
			}
		}
		if err := a.check(); err != nil {
			return err
		}
	}
	return nil
}

func checkAggregate(x *Aggregate) error {
	in := x.Input.Schema()
	if len(x.S.Cols) != len(x.Keys)+len(x.Aggs) {
		return fmt.Errorf("%d columns for %d keys and %d aggregates", len(x.S.Cols), len(x.Keys), len(x.Aggs))
	}
	for _, k := range []int{x.StartKey, x.EndKey} {
		if k < -1 || k >= len(x.Keys) {
			return fmt.Errorf("window key %d of %d", k, len(x.Keys))
		}
	}
	if x.TTL < 0 || x.Windowed() && (x.AtEnd || x.TTL != 0 || len(x.Totals) > 0) {
		return fmt.Errorf("a windowed aggregate at the end of its input or with totals, or one that forgets groups after %d", x.TTL)
	}
	if p := x.Input.Props(); x.StartKey+x.EndKey > -2 && (p.WindowStart < 0 || p.WindowEnd < 0) {
		return fmt.Errorf("a windowed aggregate over an input without window columns")
	}
	return firstErrorOf(
		func() error { return checkEmission(x.Emit, x.Lateness, x.Windowed(), &x.P) },
		func() error { return checkColumns("key", x.Keys, len(in.Cols)) },
		func() error { return checkTotals(in, x.Keys, x.Totals) },
		func() error { return checkAggs(x.Aggs, in) },
		func() error { return checkGroups(x.Keys, x.Aggs, in, x.S) },
		func() error { return checkProps(x) })
}

func checkWindowAgg(x *WindowAgg) error {
	in := x.Input.Schema()
	if _, named := UpsertKey(x); x.Emit != Once && (x.Window.Kind == CountRows || !named) {
		return fmt.Errorf("%s comes out %q", x.Window.Kind, x.Emit)
	}
	if err := checkChangingLayout(x.Window, x.Emit, x.Out, x.Aggs); err != nil {
		return err
	}
	return firstError(checkEmission(x.Emit, x.Window.Lateness, true, &x.P), checkColumns("key", x.Keys, len(in.Cols)), checkWindowTime(in, x.Window, x.TimeCol),
		checkWindow(x.Window), checkAggs(x.Aggs, in), checkLayout(x.Out, x.Keys, x.Aggs, in, x.S), checkProps(x))
}

// checkChangingLayout checks that windows without keys of their own that change give what names
// their groups before the aggregates, and these in their order.
func checkChangingLayout(w Window, e Emission, out []WindowOut, aggs []AggCall) error {
	if e == Once || w.Keyed() {
		return nil
	}
	n := len(out) - len(aggs)
	for i, o := range out {
		if is := o.Kind == OutAgg; is != (i >= n) || is && o.Index != i-n {
			return fmt.Errorf("%s comes out %q, and its columns are %v", w.Kind, e, out)
		}
	}
	return nil
}

func checkUnion(x *Union) error {
	for _, in := range x.In {
		s := in.Schema()
		if len(s.Cols) != len(x.S.Cols) {
			return fmt.Errorf("an input has %d columns, not %d", len(s.Cols), len(x.S.Cols))
		}
		for i := range s.Cols {
			if !s.Cols[i].Type.Equal(x.S.Cols[i].Type) {
				return fmt.Errorf("column %s is %s, not %s", s.Cols[i].Name, s.Cols[i].Type, x.S.Cols[i].Type)
			}
		}
	}
	return checkProps(x)
}

// checkMark refuses a watermark that removes late rows and marks them.
func checkMark(drop, mark bool) error {
	if drop && mark {
		return fmt.Errorf("late rows are dropped and marked")
	}
	return nil
}

// checkLateWindow checks the window of LateRows, of which there may be none.
func checkLateWindow(w *Window, beyond int64, keys []int, rest bool, in *Schema) error {
	switch {
	case beyond < 0, beyond > 0 && w != nil:
		return fmt.Errorf("late by more than %d, with a window: %t", beyond, w != nil)
	case w == nil:
		return nil
	case w.Kind == CountRows || w.Kind == Session && rest:
		return fmt.Errorf("no row is late for %s alone", w.Kind)
	}
	return firstError(checkWindow(*w), checkWindowKeys(in, *w, keys))
}

// checkWindowTime checks the time column of a window function. COUNT_WINDOW may have none.
func checkWindowTime(in *Schema, w Window, col int) error {
	if w.Kind == CountRows && col == -1 {
		return nil
	}
	return checkTime(in, col)
}

// checkWindowKeys checks the keys of windows, which only keyed ones have.
func checkWindowKeys(in *Schema, w Window, keys []int) error {
	if len(keys) > 0 && !w.Keyed() {
		return fmt.Errorf("%s with keys", w.Kind)
	}
	return checkColumns("key", keys, len(in.Cols))
}
