package compiler_test

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/compiler"
	"github.com/helios-stream/helios/ir"
)

// eachGolden calls f with every query of the golden files that compiles.
func eachGolden(t testing.TB, f func(name string, l *ir.Logical, p *ir.Plan)) {
	n := 0
	for _, pattern := range []string{"testdata/bind/*.txt", "../testdata/plan/*.txt"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			g := readGolden(t, name)
			for _, c := range g.cases {
				if got := c.compileOnly(g.setup); got != nil {
					n++
					f(name+": "+c.title, got.Logical, got.Plan)
					f(name+": "+c.title, got.Optimized, got.Plan)
				}
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d golden queries compile", n)
	}
}

// compileOnly compiles a case as run does; nil: it has errors.
func (c *goldenCase) compileOnly(setup string) *compiler.Compiled {
	files := []compiler.File{{Name: "setup.sql", Text: setup}, {Name: "q.sql", Text: c.sql, Dir: "dir"}}
	if strings.TrimSpace(setup) == "" {
		files = files[1:]
	}
	got, _ := compiler.Compile(context.Background(), files, testEnv(), c.options())
	return got
}

// TestPlanJSON holds that all plans of the golden files are the same after a way
// through JSON, and that the JSON is.
func TestPlanJSON(t *testing.T) {
	eachGolden(t, func(name string, l *ir.Logical, p *ir.Plan) {
		data, err := ir.MarshalLogical(l, ir.JSONOptions{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, _, err := ir.UnmarshalPlan(data, ir.JSONOptions{})
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, data)
		}
		if !reflect.DeepEqual(got, l) {
			t.Errorf("%s: the logical plan changes:\n%s\n%s", name, ir.Print(l), ir.Print(got))
		}
		again, err := ir.MarshalLogical(got, ir.JSONOptions{})
		if err != nil || !bytes.Equal(data, again) {
			t.Errorf("%s: the JSON changes: %v\n%s\n%s", name, err, data, again)
		}
		if data, err = ir.MarshalPlan(p, ir.JSONOptions{}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_, plan, err := ir.UnmarshalPlan(data, ir.JSONOptions{})
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, data)
		}
		if !reflect.DeepEqual(plan, p) {
			t.Errorf("%s: the physical plan changes:\n%s\n%s", name, ir.PrintPlan(p), ir.PrintPlan(plan))
		}
	})
}

// TestDamagedPlanJSON breaks plans in random places: reading them gives a plan that
// prints, or an error, and never a panic.
func TestDamagedPlanJSON(t *testing.T) {
	var plans [][]byte
	eachGolden(t, func(_ string, l *ir.Logical, p *ir.Plan) {
		a, _ := ir.MarshalLogical(l, ir.JSONOptions{})
		b, _ := ir.MarshalPlan(p, ir.JSONOptions{})
		plans = append(plans, a, b)
	})
	rounds := 8000
	if testing.Short() {
		rounds = 1000
	}
	refused := 0
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		var tree any
		dec := json.NewDecoder(bytes.NewReader(plans[r.IntN(len(plans))]))
		dec.UseNumber()
		if err := dec.Decode(&tree); err != nil {
			t.Fatal(err)
		}
		for range 1 + r.IntN(3) {
			damage(r, tree)
		}
		data, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		l, p, err := ir.UnmarshalPlan(data, ir.JSONOptions{})
		switch {
		case err != nil:
			refused++
		case l != nil:
			ir.Print(l)
		default:
			ir.PrintPlan(p)
		}
	}
	if refused < rounds/2 || refused == rounds {
		t.Errorf("%d of %d damaged plans are refused", refused, rounds)
	}
}

// damage changes one value somewhere in tree, or takes it out.
func damage(r *rand.Rand, tree any) {
	for {
		var kids []any
		var put func(i int, v any)
		switch x := tree.(type) {
		case map[string]any:
			keys := slices.Sorted(maps.Keys(x))
			for _, k := range keys {
				kids = append(kids, x[k])
			}
			put = func(i int, v any) {
				if v == (drop{}) {
					delete(x, keys[i])
				} else {
					x[keys[i]] = v
				}
			}
		case []any:
			kids = x
			put = func(i int, v any) {
				if v != (drop{}) {
					x[i] = v
				}
			}
		}
		if len(kids) == 0 {
			return
		}
		i := r.IntN(len(kids))
		leaf := false
		switch x := kids[i].(type) {
		case map[string]any:
			leaf = len(x) == 0
		case []any:
			leaf = len(x) == 0
		default:
			leaf = true
		}
		if leaf || r.IntN(6) == 0 {
			values := []any{drop{}, nil, json.Number("-1"), json.Number("0"), json.Number("1"), json.Number("3"), json.Number("99999999999"), json.Number("1.5"),
				"", "x", "BIGINT", "VARCHAR", "TIMESTAMP", "SUM", "COUNT", "+", "AND", "IS NULL", "final", "hash", true, []any{}, map[string]any{}, kids[r.IntN(len(kids))]}
			put(i, values[r.IntN(len(values))])
			return
		}
		tree = kids[i]
	}
}

// drop stands for "take it out".
type drop struct{}

// FuzzUnmarshalPlan reads arbitrary text as a plan: what is taken prints, and is the
// same after another way through JSON, and can be loaded without a panic.
func FuzzUnmarshalPlan(f *testing.F) {
	eachGolden(f, func(_ string, l *ir.Logical, p *ir.Plan) {
		a, _ := ir.MarshalLogical(l, ir.JSONOptions{})
		b, _ := ir.MarshalPlan(p, ir.JSONOptions{})
		f.Add(a)
		f.Add(b)
	})
	f.Fuzz(func(t *testing.T, data []byte) {
		l, p, err := ir.UnmarshalPlan(data, ir.JSONOptions{})
		if err != nil {
			return
		}
		var again []byte
		if l != nil {
			ir.Print(l)
			again, err = ir.MarshalLogical(l, ir.JSONOptions{})
		} else {
			ir.PrintPlan(p)
			again, err = ir.MarshalPlan(p, ir.JSONOptions{})
		}
		if err != nil {
			t.Fatal(err)
		}
		l2, p2, err := ir.UnmarshalPlan(again, ir.JSONOptions{})
		if err != nil || !reflect.DeepEqual(l, l2) || !reflect.DeepEqual(p, p2) {
			t.Fatalf("%v\n%s", err, again)
		}
		// What is well formed is optimized and planned, or refused with an error.
		if c, err := compiler.Load(l, p, testEnv(), compiler.Options{Tasks: 2}); err == nil {
			ir.PrintPlan(c.Plan)
		}
	})
}
