package ir

import "fmt"

// maxTasks is the most tasks that a stage can have: one for each key group.
const maxTasks = 256

// checkShape checks one expression without its parts: that its function exists for
// these types, that fields are there and results agree.
func checkShape(e Expr) error {
	switch x := e.(type) {
	case *Call:
		return checkCall(x.Fn, x.Function(), false, x.Args, x.T)
	case *Cast:
		if !CanCast(x.X.Type(), x.T) {
			return fmt.Errorf("no cast of %s to %s", x.X.Type(), x.T)
		}
	case *Case:
		return checkCase(x)
	case *FieldRef:
		t := x.X.Type()
		if t.Kind != Row || x.Index < 0 || x.Index >= len(t.Fields) || !t.Fields[x.Index].Type.Equal(x.T) {
			return fmt.Errorf("%s is no field of a %s", x.Name, t)
		}
	}
	return nil
}

func checkCall(fn string, f *Function, aggregate bool, args []Expr, t *Type) error {
	if f == nil || f.Name != fn || f.Aggregate != aggregate {
		return fmt.Errorf("no function %s", fn)
	}
	return checkResolved(f, args, t)
}

// checkResolved checks that f takes the arguments as they are, and gives t.
func checkResolved(f *Function, args []Expr, t *Type) error {
	types := make([]*Type, len(args))
	for i, a := range args {
		types[i] = a.Type()
	}
	cast, ret, err := f.Resolve(types)
	if err != nil {
		return err
	}
	for i, c := range cast {
		if i < len(types) && !c.Equal(types[i]) {
			return fmt.Errorf("%s takes a %s, its argument is %s", f.Name, c, types[i])
		}
	}
	if !ret.Equal(t) && (f.Exact == nil || !f.Exact(args, ret).Equal(t)) {
		return fmt.Errorf("%s gives %s, not %s", f.Name, ret, t)
	}
	return nil
}

func checkCase(x *Case) error {
	if len(x.Whens) == 0 {
		return fmt.Errorf("CASE without a WHEN")
	}
	for _, w := range x.Whens {
		if w.Cond.Type().Kind != Boolean || !w.Then.Type().Equal(x.T) {
			return fmt.Errorf("%s: a condition of type %s, a result of type %s in a CASE of %s", x, w.Cond.Type(), w.Then.Type(), x.T)
		}
	}
	if x.Else != nil && !x.Else.Type().Equal(x.T) {
		return fmt.Errorf("%s: an ELSE of type %s in a CASE of %s", x, x.Else.Type(), x.T)
	}
	return nil
}

// checkTable checks that a table's computed columns and event time refer to columns
// that it has.
func checkTable(t *Table) error {
	physical := t.Physical()
	for i := range t.Cols {
		e := t.Cols[i].Expr
		if e == nil {
			continue
		}
		if !e.Type().Equal(t.Cols[i].Type) {
			return fmt.Errorf("column %s is %s, its expression %s", t.Cols[i].Name, t.Cols[i].Type, e.Type())
		}
		if err := checkExpr(e, physical); err != nil {
			return err
		}
	}
	if w := t.Watermark; w != nil && (t.Schema().Index(w.Col) < 0 || checkLag(w.Lag) != nil) {
		return fmt.Errorf("watermark %d behind column %s", w.Lag, w.Col)
	}
	return nil
}

// checkPredicate checks a condition.
func checkPredicate(e Expr, in *Schema) error {
	if t := e.Type(); t.Kind != Boolean && t.Kind != Null {
		return fmt.Errorf("predicate of type %s", t)
	}
	return checkExpr(e, in)
}

// checkKeeps checks an operator that gives the columns that it takes.
func checkKeeps(in, out *Schema) error {
	if !sameTypes(in, out) {
		return fmt.Errorf("it takes (%s) and gives (%s)", in, out)
	}
	return nil
}

// checkLayout checks the columns that a windowed aggregate gives.
func checkLayout(layout []WindowOut, keys []int, aggs []AggCall, in, out *Schema) error {
	if len(layout) != len(out.Cols) {
		return fmt.Errorf("%d outputs for %d columns", len(layout), len(out.Cols))
	}
	for i, o := range layout {
		t := out.Cols[i].Type
		switch {
		case o.Kind == OutKey && o.Index >= 0 && o.Index < len(keys) && keys[o.Index] >= 0 && keys[o.Index] < len(in.Cols):
			t = in.Cols[keys[o.Index]].Type
		case o.Kind == OutAgg && o.Index >= 0 && o.Index < len(aggs):
			t = aggs[o.Index].T
		case o.Kind == OutStart || o.Kind == OutEnd || o.Kind == OutTime:
			if !t.Kind.IsTimestamp() {
				return fmt.Errorf("output %s is %s, not a time", out.Cols[i].Name, t)
			}
		default:
			return fmt.Errorf("output %d comes from nowhere", i)
		}
		if !t.Equal(out.Cols[i].Type) {
			return fmt.Errorf("output %s is %s, not %s", out.Cols[i].Name, out.Cols[i].Type, t)
		}
	}
	return nil
}

// checkGroups checks that a schema is that of keys and aggregates.
func checkGroups(keys []int, aggs []AggCall, in, out *Schema) error {
	if len(out.Cols) != len(keys)+len(aggs) {
		return fmt.Errorf("%d columns for %d keys and %d aggregates", len(out.Cols), len(keys), len(aggs))
	}
	for i, k := range keys {
		if !in.Cols[k].Type.Equal(out.Cols[i].Type) {
			return fmt.Errorf("key %s is %s, not %s", out.Cols[i].Name, in.Cols[k].Type, out.Cols[i].Type)
		}
	}
	for i := range aggs {
		if o := out.Cols[len(keys)+i]; !o.Type.Equal(aggs[i].T) {
			return fmt.Errorf("aggregate %s is %s, not %s", o.Name, aggs[i].T, o.Type)
		}
	}
	return nil
}
