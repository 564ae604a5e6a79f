package goldentest

import (
	"flag"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/internal/querytest"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/file"
)

const goldenDir = "../../testdata/sql"

var (
	rewrite = flag.Bool("rewrite", false, "write what came out into golden files whose oracle is heliosc")
	long    = flag.Bool("long", false, "run the golden files in all combinations, and random queries for minutes")
)

var oracles = []string{"hand", "duckdb", "postgres", "flink", "heliosc"}

func TestGolden(t *testing.T) {
	cases, err := querytest.Find([]string{goldenDir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			g, err := querytest.Read(c.Path)
			if err != nil {
				t.Fatal(err)
			}
			runGolden(t, g)
		})
	}
	if len(cases) < 60 {
		t.Errorf("only %d golden files were found in %s", len(cases), goldenDir)
	}
}

func runGolden(t *testing.T, g *querytest.File) {
	switch {
	case g.Why == "":
		t.Fatal("the line why: is missing")
	case !slices.Contains(oracles, g.Oracle):
		t.Fatalf("oracle: %q is none of %s", g.Oracle, strings.Join(oracles, ", "))
	case !g.Expects():
		t.Fatal("it expects nothing: add a section rows, changes or error")
	}
	if *rewrite {
		o := &querytest.Options{Connectors: func() []vexec.Connector { return []vexec.Connector{file.New()} }, Functions: ownFunctions, Update: true}
		for _, f := range o.Run(g).Failures {
			t.Errorf("%s:%d: %s", g.Path, f.Line, f.Text)
		}
		return
	}
	if !g.Scripted() {
		checkReference(t, g)
	}
	first := g.First()
	if !runVariant(t, g, variant{batch: first.Batch, tasks: first.Tasks, unit: first.Unit}, true) {
		return // the simplest way first; the others would say the same
	}
	changing := changes(g)
	for i, v := range variants(g) {
		v.changes = changing && i%2 == 1
		if !runVariant(t, g, v, false) {
			return
		}
	}
}

// changes reports whether the results of a file may be asked for as changes: all that
// it says of them is what is left. Not where it counts what was rejected, as a result
// may be out of range for a while, and not where LIMIT takes the first rows.
func changes(g *querytest.File) bool {
	if g.Rejected > 0 || g.Scripted() {
		return false
	}
	for _, q := range g.Queries {
		if len(q.Errors) > 0 || strings.Contains(q.Text, "LIMIT") || strings.Contains(q.Text, "FETCH") || strings.Contains(q.Text, "OFFSET") {
			return false
		}
	}
	return true
}

// variants lists how a file is run. Each file draws its own, from its name, so that
// all files together meet all combinations; -long takes all for each.
func variants(g *querytest.File) []variant {
	h := fnv.New64a()
	h.Write([]byte(g.Path))
	r := rand.New(rand.NewPCG(h.Sum64(), 1))
	allBut := func() []string { return []string{rules[r.IntN(len(rules))].Name} }
	units := []int{0, 1, 3}
	var out []variant
	for _, batch := range []int{1, 7, 1024, 65536} {
		for _, tasks := range []int{1, 2, 4} {
			ways := [][]string{nil, {"*"}, allBut()}
			if !*long {
				i := r.IntN(len(ways))
				ways = ways[i : i+1]
			}
			for _, off := range ways {
				out = append(out, variant{batch: batch, tasks: tasks, unit: units[r.IntN(3)], disable: off, prune: r.IntN(2) == 0})
			}
		}
	}
	for i := range 4 {
		v := variant{batch: []int{1, 7, 1024}[r.IntN(3)], tasks: 1 + r.IntN(4), unit: 1 + r.IntN(3), kill: r.Uint64() | 1,
			disable: [][]string{nil, {"*"}, allBut()}[r.IntN(3)], prune: r.IntN(2) == 0}
		if i > 1 {
			v.replan = []int{1 + r.IntN(4), 1 + r.IntN(4), 1}
		}
		if !g.UsesClock() { // then what comes out is a matter of when a run is killed
			out = append(out, v)
		}
	}
	return out
}

// runVariant runs all statements of a file in one way; false where they failed.
func runVariant(t *testing.T, g *querytest.File, v variant, first bool) bool {
	t.Helper()
	dir := scratch(t)
	defer os.RemoveAll(dir)
	e := newEngine(dir, v.unit)
	e.prune, e.define = v.prune, g.Define
	err := e.tests().Test(g, v.way(), first, func(o *querytest.Outcome) error { return audit(o, v) })
	if err != nil {
		t.Errorf("%s: %v", v, err)
	}
	return err == nil
}

// shm is a place for files in memory, where there is one: checkpoints sync theirs.
func shm() string { return querytest.Memory() }

// scratch makes a folder.
func scratch(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(shm(), "heliosc-golden-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Clean(dir)
}
