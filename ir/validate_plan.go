package ir

import (
	"fmt"
	"slices"
)

// ValidatePlan checks that a physical plan is well formed: that stages come after
// their inputs, that operators refer to columns that are there, by their types, and
// that schemas agree. An error is a fault of the compiler, never of a query.
func ValidatePlan(p *Plan) error {
	if err := checkDelivery(p.Delivery); err != nil {
		return err
	}
	done := map[int]*Stage{}
	loads, err := checkLoads(p.Loads)
	if err != nil {
		return err
	}
	for _, s := range p.Stages {
		if err := checkStage(s, done, loads); err != nil {
			return fmt.Errorf("stage %d: %w", s.ID, err)
		}
		if done[s.ID] != nil {
			return fmt.Errorf("two stages %d", s.ID)
		}
		done[s.ID] = s
	}
	if err := checkNearKeys(p); err != nil {
		return err
	}
	if len(p.Loads) == 0 {
		return nil
	}
	numbers := map[int]bool{}
	for _, s := range p.AllStages() {
		if numbers[s.ID] {
			return fmt.Errorf("two stages %d, one of them of a load", s.ID)
		}
		numbers[s.ID] = true
	}
	return nil
}

func checkStage(s *Stage, done map[int]*Stage, loads map[int]*Load) error {
	in, err := checkSources(s, done, loads)
	if err != nil {
		return err
	}
	for i, op := range s.Ops {
		if _, _, joins := joinPorts(&Stage{In: s.In, Ops: s.Ops[i:]}); joins && i > 0 {
			return fmt.Errorf("%s behind another operator", op.Name())
		}
		if NeedsOneTask(op) && s.Tasks != 1 {
			return fmt.Errorf("%s in %d tasks", op.Name(), s.Tasks)
		}
		if err := checkOp(op, in, loads); err != nil {
			return fmt.Errorf("%s: %w", op.Name(), err)
		}
		in = op.OutSchema()
	}
	if !sameTypes(in, s.Out) {
		return fmt.Errorf("its chain gives (%s), its Out is (%s)", in, s.Out)
	}
	if s.Sink != nil && !sameTypes(in, s.Sink.In) {
		return fmt.Errorf("its sink takes (%s), its chain gives (%s)", s.Sink.In, in)
	}
	return nil
}

// checkSources checks what a stage reads and returns its columns.
func checkSources(s *Stage, done map[int]*Stage, loads map[int]*Load) (*Schema, error) {
	kinds := 0
	var in *Schema
	var err error
	if s.Scan != nil {
		kinds++
		in = s.Scan.Out
		if err := firstError(checkScan(s.Scan), checkFilters(s.Scan, loads)); err != nil {
			return nil, err
		}
	}
	if s.Values != nil {
		kinds++
		in = s.Values.Out
		for _, row := range s.Values.Rows {
			if err := checkExprs(row, &Schema{}, in); err != nil {
				return nil, err
			}
		}
	}
	if len(s.In) > 0 {
		kinds++
	}
	for _, i := range s.In {
		from := done[i.From]
		gives := i.Schema(from)
		switch {
		case from == nil:
			return nil, fmt.Errorf("it reads stage %d, which does not come before it", i.From)
		case i.Mode == Forward && (len(s.In) != 1 || s.Tasks != from.Tasks):
			return nil, fmt.Errorf("%s from %d tasks into %d, with %d inputs", i.Mode, from.Tasks, s.Tasks, len(s.In))
		case i.Mode != Hash && i.Mode != HashOrdered && i.Mode != Forward && s.Tasks != 1:
			return nil, fmt.Errorf("%s into %d tasks", i.Mode, s.Tasks)
		}
		if in, err = checkPort(s, &i, in, gives); err != nil {
			return nil, err
		}
		if err := checkColumns("hash key", i.Keys, len(gives.Cols)); err != nil {
			return nil, err
		}
	}
	if kinds != 1 || s.Tasks < 1 || s.Tasks > maxTasks || s.Values != nil && s.Tasks != 1 {
		return nil, fmt.Errorf("%d kinds of input for %d tasks", kinds, s.Tasks)
	}
	return in, nil
}

// checkPort checks an input against the side of a join that it is for, or else against in,
// what the inputs before it give. It returns what the stage takes.
func checkPort(s *Stage, i *Input, in, gives *Schema) (*Schema, error) {
	left, right, joins := joinPorts(s)
	want := in
	switch {
	case joins && i.Port == 0:
		want = left
	case joins && i.Port == 1:
		want = right
	case i.Port != 0:
		return nil, fmt.Errorf("an input for side %d", i.Port)
	}
	if want != nil && !sameTypes(want, gives) {
		return nil, fmt.Errorf("its inputs give (%s) and (%s)", want, gives)
	}
	return gives, nil
}

func checkScan(s *PhysScan) error {
	if s.Fields != nil && len(s.Fields) != len(s.Cols) {
		return fmt.Errorf("%d lists of fields for %d columns", len(s.Fields), len(s.Cols))
	}
	if err := checkPruned(s.Table); err != nil {
		return err
	}
	places := s.Places()
	out, err := s.Table.Read(places)
	if err != nil {
		return err
	}
	if !s.Out.Equal(out) {
		return fmt.Errorf("the scan gives (%s), not its columns", s.Out)
	}
	if len(Cover(places)) != len(places) {
		return fmt.Errorf("the scan reads (%s): one is a part of another", s.Out)
	}
	if s.Limit < 0 {
		return fmt.Errorf("a limit of %d rows", s.Limit)
	}
	if s.TimeCol != -1 {
		if err := firstError(checkTime(s.Out, s.TimeCol), checkLag(s.Lag), checkMark(s.Drop, s.Mark)); err != nil {
			return err
		}
	}
	if len(s.Terms) > 0 && s.Drop {
		return fmt.Errorf("terms would hide rows from a scan that drops late ones")
	}
	for i := range s.Terms {
		if err := checkTerm(&s.Terms[i], s.Out); err != nil {
			return err
		}
		if !slices.Contains(s.Table.Prune, s.Cols[s.Terms[i].Col]) {
			return fmt.Errorf("a term on column %s, which the connector does not prune by", s.Out.Cols[s.Terms[i].Col].Name)
		}
	}
	return nil
}

// checkFilters checks that the filters of a scan are by keys of loads.
func checkFilters(s *PhysScan, loads map[int]*Load) error {
	for _, f := range s.Filters {
		if f.Near != nil {
			continue // checkNearKeys
		}
		l := loads[f.Load]
		switch {
		case s.Drop:
			return fmt.Errorf("filters would hide rows from a scan that drops late ones")
		case l == nil:
			return fmt.Errorf("a filter by load %d, which is not there", f.Load)
		case l.Reload != 0:
			return fmt.Errorf("a filter by load %d, which is read anew", f.Load)
		case len(f.Cols) == 0 || len(f.Cols) != len(l.Keys):
			return fmt.Errorf("a filter on %d columns by the %d keys of load %d", len(f.Cols), len(l.Keys), f.Load)
		}
		if err := checkColumns("filtered column", f.Cols, len(s.Out.Cols)); err != nil {
			return err
		}
		if a, b := s.Out.Select(f.Cols), l.Out.Select(l.Keys); !sameTypes(a, b) {
			return fmt.Errorf("a filter on (%s) by keys (%s)", a, b)
		}
	}
	return nil
}

func checkOp(op PhysOp, in *Schema, loads map[int]*Load) error {
	switch x := op.(type) {
	case *FilterOp:
		return firstError(checkPredicate(x.Pred, in), checkExtra(x, in))
	case *ProjectOp:
		return checkExprs(x.All(), in, x.Out)
	case *WatermarkOp:
		return firstError(checkTime(in, x.TimeCol), checkLag(x.Lag), checkMark(x.Drop, x.Mark), checkKeeps(in, x.Out))
	case *LateOp:
		return firstError(checkTime(in, x.TimeCol), checkLateWindow(x.Window, x.Beyond, x.Keys, x.Rest, in), checkKeeps(in, x.Out))
	case *LimitOp:
		return firstError(checkLimit(x.Offset), checkKeeps(in, x.Out))
	case *WindowTVFOp:
		return firstError(checkWindow(x.Window), checkWindowTime(in, x.Window, x.TimeCol), checkWindowKeys(in, x.Window, x.Keys), checkAssigns(x, in))
	case *WindowAggOp:
		return checkWindowAggOp(x, in)
	case *ProcTimeOp:
		return firstError(checkTime(in, x.TimeCol), checkKeeps(in, x.Out))
	case *OverOp:
		return checkOverOp(x, in)
	case *SortOp:
		if x.Phase == Partial && x.Keep < 0 || x.Phase != Partial && x.Phase != Complete {
			return fmt.Errorf("of phase %s, keeping %d", x.Phase, x.Keep)
		}
		return firstError(checkSort(x.Order, x.Keep, x.ByTime, x.Lead, in), checkKeeps(in, x.Out))
	case *ExpandOp:
		return checkExpand(in, x.Keys, x.Sets, x.Out)
	case *UnnestOp:
		if !sameTypes(x.In, in) {
			return fmt.Errorf("it takes (%s), not (%s)", x.In, in)
		}
		return checkUnnest(in, x.Col, x.Cols, x.Out)
	case *RepeatOp:
		return checkRepeat(in, x.Out)
	case *ChangelogOp:
		return checkChangelog(in, x.Out)
	case *JoinOp:
		return checkJoinOp(x)
	case *LookupOp:
		return checkLookupOp(x, in, loads)
	case *ByKeyOp:
		return checkByKeyOp(x, in)
	case *TemporalOp:
		return checkTemporalOp(x)
	case *CoarsenOp:
		return firstError(checkCoarsen(x.Every, x.Key, x.By, x.EndCol, x.Together, in), checkKeeps(in, x.Out))
	case *RankPartialOp:
		return checkRankPartial(x, in)
	case *RankOp:
		return checkRankOp(x, in)
	case *GroupAggOp:
		return checkGroupAggOp(x, in)
	case *AttachedAggOp:
		if !sameTypes(x.In, in) {
			return fmt.Errorf("it takes (%s), not (%s)", x.In, in)
		}
		return firstErrorOf(
			func() error { return firstError(checkTime(in, x.StartCol), checkTime(in, x.EndCol)) },
			func() error { return checkColumns("key", x.Keys, len(in.Cols)) },
			func() error { return checkAggs(x.Aggs, in) },
			func() error { return checkGroups(x.Keys, x.Aggs, in, x.Out) })
	}
	return fmt.Errorf("unknown operator %T", op)
}

// checkExtra checks that a FilterOp adds the columns that it says.
func checkExtra(x *FilterOp, in *Schema) error {
	n := len(in.Cols)
	if len(x.Out.Cols) < n {
		return fmt.Errorf("it takes (%s) and gives (%s)", in, x.Out)
	}
	return firstError(checkKeeps(in, &Schema{Cols: x.Out.Cols[:n]}), checkExprs(x.Extra, in, &Schema{Cols: x.Out.Cols[n:]}))
}

// checkAssigns checks that a WindowTVFOp adds the three columns of the window.
func checkAssigns(x *WindowTVFOp, in *Schema) error {
	n := len(in.Cols)
	if len(x.Out.Cols) != n+3 {
		return fmt.Errorf("%d columns over %d", len(x.Out.Cols), n)
	}
	for i := n; i < n+3; i++ {
		if err := checkTime(x.Out, i); err != nil {
			return err
		}
	}
	return checkKeeps(in, &Schema{Cols: x.Out.Cols[:n]})
}

func checkWindowAggOp(x *WindowAggOp, in *Schema) error {
	if err := firstErrorOf(
		func() error { return checkWindow(x.Window) },
		func() error { return checkWindowTime(x.In, x.Window, x.TimeCol) },
		func() error { return checkPhase(x) },
		func() error { return checkChangingLayout(x.Window, x.Emit, x.Layout, x.Aggs) },
		func() error { return checkColumns("key", x.Keys, len(x.In.Cols)) },
		func() error { return checkAggs(x.Aggs, x.In) }); err != nil {
		return err
	}
	takes := x.In
	if x.Phase == Final {
		takes = PartialSchema(x)
	}
	if !sameTypes(takes, in) {
		return fmt.Errorf("it takes (%s), not (%s)", takes, in)
	}
	if x.Phase == Partial {
		return checkKeeps(PartialSchema(x), x.Out)
	}
	return checkLayout(x.Layout, x.Keys, x.Aggs, x.In, x.Out)
}

func checkGroupAggOp(x *GroupAggOp, in *Schema) error {
	if err := firstErrorOf(
		func() error { return checkColumns("key", x.Keys, len(x.In.Cols)) },
		func() error { return checkTotals(x.In, x.Keys, x.Totals) },
		func() error { return checkAggs(x.Aggs, x.In) }); err != nil {
		return err
	}
	takes := x.In
	if x.Phase == Final {
		takes = GroupSchema(x)
	}
	switch {
	case !sameTypes(takes, in):
		return fmt.Errorf("it takes (%s), not (%s)", takes, in)
	case x.TTL < 0:
		return fmt.Errorf("it forgets groups after %d", x.TTL)
	case x.Phase == Partial:
		return checkKeeps(GroupSchema(x), x.Out)
	}
	return checkGroups(x.Keys, x.Results(), x.In, x.Out)
}

// checkPhase refuses two phases for windows that depend on the order of rows.
func checkPhase(x *WindowAggOp) error {
	switch {
	case x.Window.Keyed() && x.Phase != Complete:
		return fmt.Errorf("%s in the phase %s", x.Window.Kind, x.Phase)
	case x.Every < 0 || x.Every > 0 && (x.Emit != Changing || x.Window.Keyed() || x.Phase == Partial):
		return fmt.Errorf("it is asked every %d, in the phase %s, and comes out %q", x.Every, x.Phase, x.Emit)
	}
	return nil
}

func sameTypes(a, b *Schema) bool {
	if len(a.Cols) != len(b.Cols) {
		return false
	}
	for i := range a.Cols {
		if !a.Cols[i].Type.Equal(b.Cols[i].Type) {
			return false
		}
	}
	return true
}

func checkDelivery(d Delivery) error {
	if _, known := ParseDelivery(string(d)); d != "" && !known {
		return fmt.Errorf("there is no delivery %q", d)
	}
	return nil
}
