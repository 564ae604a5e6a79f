// Package heliostest runs tests of queries that are files (docs/TESTING.md) as Go tests:
//
//	func TestQueries(t *testing.T) { heliostest.Run(t, "queries/tests") }
//
// heliosc test runs the same files, and heliosc test -u writes what comes out into them.
package heliostest

import (
	"testing"

	"github.com/helios-stream/helios"
	"github.com/helios-stream/helios/internal/querytest"
)

// Run runs every file below dir that ends in .txt as a parallel sub-test called by its
// path, in all the ways that heliosc test runs it, and fails t where there is none.
// Nothing outside is read or written but bounded mappings of the query that the test has
// no rows for. It returns when the sub-tests are under way; t waits for them. Queries may
// call the given functions of one's own.
func Run(t *testing.T, dir string, functions ...helios.Function) {
	t.Helper()
	own, err := helios.CheckFunctions(functions...)
	if err != nil {
		t.Fatal(err)
	}
	cases, err := querytest.Find([]string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatalf("no tests in %s: they are files that end in %s", dir, querytest.Ending)
	}
	o := &querytest.Options{Connectors: helios.Connectors, Functions: own, Seed: 1}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			if o.RunCase(c); c.Failed() {
				t.Error("\n" + c.Text())
			}
		})
	}
}
