package goldentest

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/helios-stream/helios/internal/querytest"
	"github.com/helios-stream/helios/ir"
)

// TestPlansAsJSON holds that the plans of all golden files are the same after a way
// through JSON: so a plan that is loaded gives what its query gives.
func TestPlansAsJSON(t *testing.T) {
	names, err := filepath.Glob(goldenDir + "/*/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob("../../testdata/own/*.txt")
	if err != nil || len(more) == 0 {
		t.Fatal(more, err)
	}
	plans, names := 0, append(names, more...)
	read := ir.JSONOptions{Functions: ownFunctions}
	for _, name := range names {
		g, err := querytest.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := g.WriteInputs(dir); err != nil {
			t.Fatal(err)
		}
		for _, s := range g.Queries {
			for _, v := range []variant{{tasks: 3}, {tasks: 1, disable: []string{"*"}}} {
				e := newEngine(dir, 0)
				e.prune, e.define = true, g.Define
				c, err := e.compile(s.Text, v)
				if err != nil {
					continue // TestGolden says which may not compile
				}
				plans++
				for _, l := range []*ir.Logical{c.Logical, c.Optimized} {
					data, err := ir.MarshalLogical(l, ir.JSONOptions{})
					if err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					if got, _, err := ir.UnmarshalPlan(data, read); err != nil || !reflect.DeepEqual(got, l) {
						t.Errorf("%s: %v: the logical plan changes:\n%s", name, err, strings.TrimSpace(string(data)))
					}
				}
				data, err := ir.MarshalPlan(c.Plan, ir.JSONOptions{})
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if _, got, err := ir.UnmarshalPlan(data, read); err != nil || !reflect.DeepEqual(got, c.Plan) {
					t.Errorf("%s: %v: the physical plan changes:\n%s", name, err, strings.TrimSpace(string(data)))
				}
			}
		}
	}
	if plans < 100 {
		t.Errorf("only %d plans", plans)
	}
}
