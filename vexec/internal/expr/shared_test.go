package expr

import (
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// steps counts the calls and merges of a program: what costs, without selections.
func steps(p *Program) (calls, merges int) {
	for _, s := range p.steps {
		switch s.(type) {
		case *callStep:
			calls++
		case *mergeStep, *junctionStep:
			merges++
		}
	}
	return calls, merges
}

// TestSharedInOneProgram holds how often what is asked for several times is computed.
func TestSharedInOneProgram(t *testing.T) {
	upper := func() ir.Expr { return fn(t, "UPPER", col(2)) }
	quotient := func() ir.Expr { return fn(t, "/", int64(4), col(0)) }
	some := func() ir.Expr { return fn(t, "<>", col(0), int64(0)) }
	when := func(cond, then ir.Expr) ir.Expr {
		return &ir.Case{T: then.Type(), Whens: []ir.When{{Cond: cond, Then: then}}}
	}
	for name, c := range map[string]struct {
		exprs         []ir.Expr
		calls, merges int
	}{
		"a part of three expressions":       {[]ir.Expr{upper(), fn(t, "REVERSE", upper()), fn(t, "||", upper(), upper())}, 3, 0},
		"a cast":                            {[]ir.Expr{&ir.Cast{X: col(0), T: ir.TVarchar}, &ir.Cast{X: col(0), T: ir.TVarchar}}, 1, 0},
		"casts that fail and that do not":   {[]ir.Expr{&ir.Cast{X: col(2), T: ir.TBigInt}, &ir.Cast{X: col(2), T: ir.TBigInt, Try: true}}, 2, 0},
		"a list":                            {[]ir.Expr{&ir.InList{X: upper(), Values: []ir.Value{"A"}}, &ir.InList{X: upper(), Values: []ir.Value{"A"}}}, 2, 0},
		"other lists":                       {[]ir.Expr{&ir.InList{X: upper(), Values: []ir.Value{"A"}}, &ir.InList{X: upper(), Values: []ir.Value{"B"}}}, 3, 0},
		"a CASE":                            {[]ir.Expr{when(some(), quotient()), fn(t, "+", when(some(), quotient()), int64(1))}, 2, 1},
		"branches under the same condition": {[]ir.Expr{when(some(), quotient()), when(some(), fn(t, "+", quotient(), int64(1)))}, 2, 2},
		"branches under others":             {[]ir.Expr{when(some(), quotient()), when(fn(t, ">", col(0), int64(1)), quotient())}, 2, 2},
		"a branch and all rows":             {[]ir.Expr{when(some(), upper()), upper()}, 2, 1},
		"all rows and a branch":             {[]ir.Expr{upper(), when(some(), upper())}, 1, 1},
		"COALESCE":                          {[]ir.Expr{fn(t, "COALESCE", col(0), quotient()), fn(t, "COALESCE", col(0), quotient())}, 1, 1},
		"NULLIF":                            {[]ir.Expr{fn(t, "NULLIF", quotient(), col(1)), fn(t, "NULLIF", quotient(), col(1))}, 1, 1},
		"OR":                                {[]ir.Expr{fn(t, "OR", some(), fn(t, "LIKE", col(2), "%a")), fn(t, "OR", some(), fn(t, "LIKE", col(2), "%a"))}, 2, 1},
	} {
		p, err := Compile(c.exprs, xy)
		if err != nil {
			t.Fatal(err)
		}
		if calls, merges := steps(p); calls != c.calls || merges != c.merges {
			t.Errorf("%s: %d calls and %d merges, want %d and %d", name, calls, merges, c.calls, c.merges)
		}
	}
}

// TestFilterHandsOn holds that what a filter hands on has been computed by it, and has
// the right values at the rows that are kept.
func TestFilterHandsOn(t *testing.T) {
	quotient := fn(t, "/", int64(4), col(0))
	lower := fn(t, "LOWER", col(2))
	choice := &ir.Case{T: ir.TBigInt, Whens: []ir.When{{Cond: fn(t, ">", col(0), int64(1)), Then: quotient}}, Else: col(1)}
	rows := []vtest.Row{{0, 1, "A"}, {1, 2, "B"}, {2, 3, "B"}, {4, 2, "C"}, {nil, 1, "D"}, {1, 1, "no"}, {2, 1, nil}}
	for _, c := range []struct {
		pred  ir.Expr
		extra []ir.Expr
		calls int
		want  string
	}{
		{fn(t, "AND", fn(t, "<>", col(0), int64(0)), fn(t, ">", quotient, int64(1))), []ir.Expr{quotient}, 1, "1:4 2:2 5:4 6:2"},
		{fn(t, "AND", fn(t, "AND", fn(t, "<>", lower, "no"), fn(t, "<>", col(0), int64(0))), fn(t, ">", quotient, int64(0))),
			[]ir.Expr{quotient, lower}, 2, "1:4,b 2:2,b 3:1,c"},
		{fn(t, "NOT", fn(t, "OR", fn(t, "=", col(0), int64(0)), fn(t, "=", quotient, int64(2)))), []ir.Expr{quotient}, 1, "1:4 3:1 5:4"},
		{fn(t, ">", choice, int64(1)), []ir.Expr{choice}, 1, "1:2 2:2 6:2"},
		{fn(t, "LIKE", lower, "b%"), []ir.Expr{fn(t, "LIKE", lower, "b%"), lower}, 2, "1:true,b 2:true,b"},
	} {
		f, err := CompileFilter(c.pred, c.extra, xy)
		if err != nil {
			t.Fatal(err)
		}
		if calls, _ := steps(f.p); calls != c.calls {
			t.Errorf("%s: %d calls, want %d", c.pred, calls, c.calls)
		}
		for _, shape := range vtest.Shapes {
			b := vtest.BatchAs(xy, shape, rows...)
			var errs Errors
			out := make([]vexec.Vec, len(c.extra))
			sel, err := f.Select(b, out, &errs)
			if err != nil || errs.Len() > 0 {
				t.Fatal(err, errs.Fates())
			}
			if got := handedOn(b, rows, shape, sel, out); got != c.want {
				t.Errorf("%s %s: %s, want %s", shape, c.pred, got, c.want)
			}
		}
	}
}

// handedOn lists the rows kept, by their number in the test, with what is handed on.
func handedOn(b *vexec.Batch, rows []vtest.Row, shape vtest.Shape, sel []int32, out []vexec.Vec) string {
	all := vtest.BatchAs(xy, shape, rows...)
	var list []string
	for n := range rows {
		r := all.Row(n)
		if sel != nil && !slices.Contains(sel, int32(r)) {
			continue
		}
		var values []string
		for i := range out {
			values = append(values, ir.FormatValue(out[i].Value(r), out[i].Type))
		}
		list = append(list, ir.FormatValue(int64(n), ir.TBigInt)+":"+strings.Join(values, ","))
	}
	return strings.Join(list, " ")
}
