package ir

import (
	"fmt"
	"reflect"
	"slices"
)

func checkJoin(x *Join) error {
	l, r := x.Left.Schema(), x.Right.Schema()
	if x.Kind < RegularJoin || x.Kind > ByKeyJoin {
		return fmt.Errorf("a join of kind %d", x.Kind)
	}
	return firstErrorOf(
		func() error { return checkJoined(x.Type, l, r, x.LeftKeys, x.RightKeys, x.Cond, x.Cols, x.S) },
		func() error { return checkJoinKind(x) },
		func() error { return checkProps(x) })
}

// checkJoined checks what all joins have.
func checkJoined(t JoinType, l, r *Schema, leftKeys, rightKeys []int, cond Expr, cols []int, out *Schema) error {
	if t < InnerJoin || t > AntiJoin {
		return fmt.Errorf("a join of type %d", t)
	}
	if len(leftKeys) != len(rightKeys) {
		return fmt.Errorf("%d keys on the left, %d on the right", len(leftKeys), len(rightKeys))
	}
	if err := firstError(checkColumns("left key", leftKeys, len(l.Cols)), checkColumns("right key", rightKeys, len(r.Cols))); err != nil {
		return err
	}
	for i := range leftKeys {
		a, b := l.Cols[leftKeys[i]], r.Cols[rightKeys[i]]
		if !a.Type.Equal(b.Type) {
			return fmt.Errorf("key %s is %s on the left, %s on the right", a.Name, a.Type, b.Type)
		}
	}
	pairs := PairSchema(t, l, r)
	from := pairs
	if t.LeftOnly() {
		from = l
	}
	if err := checkColumns("column", cols, len(from.Cols)); err != nil {
		return err
	}
	if !sameTypes(from.Select(cols), out) {
		return fmt.Errorf("its columns are (%s), not (%s)", from.Select(cols), out)
	}
	if cond != nil {
		return checkPredicate(cond, pairs)
	}
	return nil
}

func checkJoinKind(x *Join) error {
	l, r := x.Left.Schema(), x.Right.Schema()
	switch {
	case x.Kind != RegularJoin && (x.AtEnd || x.LeftTTL != 0 || x.RightTTL != 0), x.LeftTTL < 0, x.RightTTL < 0:
		return fmt.Errorf("a %s join at the end of its input, or one that forgets rows", x.Kind)
	case x.Kind != LookupJoin && (x.Single || x.AnyOrder || x.Reload != 0), x.Reload < 0, x.Rows < 0, x.Single && len(x.LeftKeys) > 0:
		return fmt.Errorf("a %s join with a single row, or one that is read anew", x.Kind)
	case (x.Kind == LookupJoin || x.Kind == ByKeyJoin) && (x.Type == RightJoin || x.Type == FullJoin), x.Kind == TemporalJoin && x.Type != InnerJoin && x.Type != LeftJoin:
		return fmt.Errorf("a %s %s join", x.Type, x.Kind)
	}
	switch x.Kind {
	case IntervalJoin, TemporalJoin:
		return checkTimeBound(x.Time, l, r)
	case WindowJoin:
		return checkEnds(x.LeftKeys, x.RightKeys, x.LeftEnd, x.RightEnd, l, r)
	case ByKeyJoin:
		return checkByKey(x)
	}
	return nil
}

func checkTimeBound(b *TimeBound, l, r *Schema) error {
	if b == nil || b.Lo > b.Hi || b.Lo < -MaxSpan || b.Hi > MaxSpan || b.Behind < 0 || b.Behind > MaxSpan {
		return fmt.Errorf("no bounds on time, or wrong ones")
	}
	return firstError(checkTime(l, b.Left), checkTime(r, b.Right))
}

// checkEnds checks that the ends of windows are a pair of keys.
func checkEnds(leftKeys, rightKeys []int, left, right int, l, r *Schema) error {
	for i := range leftKeys {
		if leftKeys[i] == left && rightKeys[i] == right {
			return firstError(checkTime(l, left), checkTime(r, right))
		}
	}
	return fmt.Errorf("the ends of windows are no keys")
}

func checkJoinOp(x *JoinOp) error {
	if err := checkJoined(x.Type, x.Left, x.Right, x.LeftKeys, x.RightKeys, x.Cond, x.Cols, x.Out); err != nil {
		return err
	}
	if x.Kind != RegularJoin && (x.LeftChanges || x.RightChanges || x.AtEnd || x.LeftTTL != 0 || x.RightTTL != 0) || x.LeftTTL < 0 || x.RightTTL < 0 {
		return fmt.Errorf("a %s join of rows that change, or one that forgets", x.Kind)
	}
	switch x.Kind {
	case IntervalJoin:
		return firstErrorOf(
			func() error { return checkTimeBound(x.Time, x.Left, x.Right) },
			func() error { return checkTimes(x.Times, x.Out) })
	case WindowJoin:
		return firstErrorOf(
			func() error { return checkEnds(x.LeftKeys, x.RightKeys, x.LeftEnd, x.RightEnd, x.Left, x.Right) },
			func() error { return checkTimes(x.Times, x.Out) })
	case RegularJoin:
		return nil
	}
	return fmt.Errorf("a join of kind %d of two streams", x.Kind)
}

func checkTimes(cols []int, s *Schema) error {
	for _, c := range cols {
		if err := checkTime(s, c); err != nil {
			return err
		}
	}
	return nil
}

func checkLookupOp(x *LookupOp, in *Schema, loads map[int]*Load) error {
	load := loads[x.Load]
	if load == nil || !sameTypes(load.Out, x.Build) || !slices.Equal(load.Keys, x.With) || !sameTypes(x.In, in) {
		return fmt.Errorf("it joins (%s) with load %d", in, x.Load)
	}
	if x.Type == RightJoin || x.Type == FullJoin {
		return fmt.Errorf("a %s lookup", x.Type)
	}
	return checkJoined(x.Type, x.In, x.Build, x.Keys, x.With, x.Cond, x.Cols, x.Out)
}

func checkTemporalOp(x *TemporalOp) error {
	if x.Type != InnerJoin && x.Type != LeftJoin {
		return fmt.Errorf("a %s join of versions", x.Type)
	}
	return firstErrorOf(
		func() error {
			return checkJoined(x.Type, x.Left, x.Right, x.LeftKeys, x.RightKeys, x.Cond, x.Cols, x.Out)
		},
		func() error { return firstError(checkTime(x.Left, x.LeftTime), checkTime(x.Right, x.RightTime)) })
}

// checkLoad checks a load and its plan, and returns it by its number.
func checkLoads(loads []*Load) (map[int]*Load, error) {
	out := map[int]*Load{}
	for _, l := range loads {
		if err := checkLoad(l); err != nil {
			return nil, fmt.Errorf("load %d: %w", l.ID, err)
		}
		if out[l.ID] != nil {
			return nil, fmt.Errorf("two loads %d", l.ID)
		}
		out[l.ID] = l
	}
	return out, nil
}

func checkLoad(l *Load) error {
	if l.Plan == nil || len(l.Plan.Stages) == 0 || l.Reload < 0 || l.Single && len(l.Keys) > 0 {
		return fmt.Errorf("it reads nothing, or is read anew every %d", l.Reload)
	}
	if err := ValidatePlan(l.Plan); err != nil {
		return err
	}
	last := l.Plan.Stages[len(l.Plan.Stages)-1]
	if last.Sink != nil || !sameTypes(last.Out, l.Out) {
		return fmt.Errorf("its plan gives (%s), not (%s)", last.Out, l.Out)
	}
	return checkColumns("key", l.Keys, len(l.Out.Cols))
}

// joinPorts are the sides of a stage that begins with a join of two inputs; ok is false for
// others.
func joinPorts(s *Stage) (left, right *Schema, ok bool) {
	if len(s.Ops) == 0 || len(s.In) == 0 {
		return nil, nil, false
	}
	switch x := s.Ops[0].(type) {
	case *JoinOp:
		return x.Left, x.Right, true
	case *TemporalOp:
		return x.Left, x.Right, true
	}
	return nil, nil, false
}

func sameJoin(x, y *Join) bool {
	return x.Kind == y.Kind && x.Type == y.Type && slices.Equal(x.LeftKeys, y.LeftKeys) && slices.Equal(x.RightKeys, y.RightKeys) &&
		(x.Cond == nil) == (y.Cond == nil) && (x.Cond == nil || EqualExpr(x.Cond, y.Cond)) && reflect.DeepEqual(x.Time, y.Time) &&
		x.LeftEnd == y.LeftEnd && x.RightEnd == y.RightEnd && x.Single == y.Single && x.AtEnd == y.AtEnd && x.AnyOrder == y.AnyOrder && x.Reload == y.Reload &&
		x.LeftTTL == y.LeftTTL && x.RightTTL == y.RightTTL && slices.Equal(x.Cols, y.Cols)
}

// joinKey is UpsertKey of a join: of pairs the keys of both sides, or that of one where the
// other has one row at most for each of its rows.
func joinKey(x *Join) ([]int, bool) {
	left, okLeft := UpsertKey(x.Left)
	right, okRight := UpsertKey(x.Right)
	var key []int
	width := len(x.Left.Schema().Cols)
	switch {
	case x.Type.LeftOnly() || x.Single:
		key, okRight = left, true
	case okLeft && okRight && containsAll(x.RightKeys, right) && !x.Type.KeepsRight():
		key = left
	case okLeft && okRight && containsAll(x.LeftKeys, left) && !x.Type.KeepsLeft():
		key = moved(right, width)
	default:
		key = append(slices.Clone(left), moved(right, width)...)
	}
	if !okLeft || !okRight {
		return nil, false
	}
	out := []int{}
	for _, c := range key {
		at := slices.Index(x.Cols, c)
		if at < 0 {
			return nil, false
		}
		out = append(out, at)
	}
	return out, true
}

func containsAll(list, all []int) bool {
	for _, x := range all {
		if !slices.Contains(list, x) {
			return false
		}
	}
	return true
}

func moved(cols []int, by int) []int {
	out := make([]int, len(cols))
	for i, c := range cols {
		out[i] = c + by
	}
	return out
}

// checkNearKeys checks the filters of scans by what joins of the plan keep.
func checkNearKeys(p *Plan) error {
	for _, s := range p.Stages {
		if s.Scan == nil {
			continue
		}
		for i := range s.Scan.Filters {
			if f := &s.Scan.Filters[i]; f.Near != nil {
				if err := checkNear(p, s.Scan.Out, f); err != nil {
					return fmt.Errorf("stage %d: a filter by what stage %d keeps: %w", s.ID, f.Near.Stage, err)
				}
			}
		}
	}
	return nil
}

func checkNear(p *Plan, scan *Schema, f *ScanFilter) error {
	n := f.Near
	at := stageByID(p, n.Stage)
	if at == nil || len(at.Ops) == 0 || n.Port < 0 || n.Port > 1 || n.Lo > n.Hi || n.Lo < -MaxSpan || n.Hi > MaxSpan {
		return fmt.Errorf("there is no such join, or no such bounds")
	}
	x, ok := at.Ops[0].(*JoinOp)
	if !ok || x.Kind != IntervalJoin {
		return fmt.Errorf("it is no interval join")
	}
	side, keys := x.Left, x.LeftKeys
	if n.Port == 1 {
		side, keys = x.Right, x.RightKeys
	}
	if err := firstError(checkColumns("filtered column", f.Cols, len(scan.Cols)), checkTime(scan, n.Time)); err != nil {
		return err
	}
	if scan.Cols[n.Time].Type.Nanos() || len(keys) == 0 || !sameTypes(scan.Select(f.Cols), side.Select(keys)) {
		return fmt.Errorf("(%s) is held against its keys", scan.Select(f.Cols))
	}
	return nil
}
