package helios_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios"
)

// TestFunctionsInPlans holds that a plan as JSON names functions, and is refused where
// one is missing or another one.
func TestFunctionsInPlans(t *testing.T) {
	dir := writeLines(t, `{"id":1,"s":"ab"}`, `{"id":2,"s":"c"}`)
	twice := helios.Func1("TWICE", func(s string) string { return s + s })
	longest := helios.Agg1("LONGEST", helios.Aggregate1[string, string, string]{
		Add:    func(l *string, s string) error { *l = max(*l, s); return nil },
		Merge:  func(into, from *string) error { *into = max(*into, *from); return nil },
		Result: func(l *string) (string, error) { return *l, nil },
	})
	all := []helios.Function{twice, longest}
	q, err := compileWith(helios.Options{Functions: all, Parallelism: 2}, dir, mappingT+"SELECT LONGEST(TWICE(s)) FROM t;")
	if err != nil {
		t.Fatal(err)
	}
	for _, stage := range []helios.Stage{helios.Logical, helios.Optimized, helios.Physical} {
		data, err := q.PlanJSON(stage, dir)
		if err != nil {
			t.Fatal(err)
		}
		loaded, err := helios.LoadPlan(filepath.Join(dir, "plan.json"), data, helios.Options{Functions: all})
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range loaded.Rows(context.Background()) {
			if err != nil || row[0] != "cc" {
				t.Errorf("%v: %v %v", stage, row, err)
			}
		}
		for want, list := range map[string][]helios.Function{
			"the plan calls TWICE(VARCHAR) -> VARCHAR, a function that was registered through the Go API, and this program has none of this name": {longest},
			"this program has TWICE(VARCHAR) -> BIGINT; compile the query anew":                                                                   {longest, helios.Func1("TWICE", func(string) int64 { return 0 })},
			"this program has TWICE(VARCHAR) -> VARCHAR; takes NULL":                                                                              {longest, helios.Func1("TWICE", func(helios.Null[string]) string { return "" })},
			"the plan calls LONGEST(VARCHAR) -> VARCHAR; aggregate":                                                                               {twice},
		} {
			_, err := helios.LoadPlan(filepath.Join(dir, "plan.json"), data, helios.Options{Functions: list})
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "not a plan") {
				t.Errorf("%v: got %v\nwant %s", stage, err, want)
			}
		}
	}
}

// TestFunctionsAndCheckpoints holds that a checkpoint is not gone on with where a function
// has become another one, or an aggregate keeps another state.
func TestFunctionsAndCheckpoints(t *testing.T) {
	dir := writeLines(t, `{"id":1,"s":"ab"}`, `{"id":2,"s":"c"}`)
	type wide struct{ N, M int64 }
	run := func(f helios.Function) error {
		q, err := compileWith(helios.Options{Functions: []helios.Function{f}, CheckpointDir: filepath.Join(dir, "state")}, dir,
			mappingT+"CREATE MAPPING o (n BIGINT) TYPE File OPTIONS ('path'='out.csv');\nINSERT INTO o SELECT NOTHING_OF(id) FROM t;")
		if err != nil {
			return err
		}
		_, err = q.Run(context.Background())
		return err
	}
	if err := run(noAggregate[int64]("NOTHING_OF")); err != nil {
		t.Fatal(err)
	}
	if err := run(noAggregate[int64]("NOTHING_OF")); err != nil {
		t.Errorf("the same functions go on: %v", err)
	}
	if err := run(noAggregate[wide]("NOTHING_OF")); err == nil || !strings.Contains(err.Error(), "belongs to another query, or to this one before it was changed") {
		t.Errorf("with another state: %v", err)
	}
}
