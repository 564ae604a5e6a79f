package goldentest

import (
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/compiler"
)

const goldenDir = "../../testdata/sql"

var (
	rewrite = flag.Bool("rewrite", false, "write what came out into golden files whose oracle is heliosc")
	long    = flag.Bool("long", false, "run the golden files in all combinations, and random queries for minutes")
)

func TestGolden(t *testing.T) {
	n := 0
	err := filepath.WalkDir(goldenDir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".txt") {
			return err
		}
		n++
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		t.Run(strings.TrimSuffix(strings.TrimPrefix(path, goldenDir+"/"), ".txt"), func(t *testing.T) {
			t.Parallel()
			g, err := parseGolden(path, string(text))
			if err != nil {
				t.Fatal(err)
			}
			runGolden(t, g)
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 60 {
		t.Errorf("only %d golden files were found in %s", n, goldenDir)
	}
}

func runGolden(t *testing.T, g *golden) {
	if *rewrite {
		rewriteGolden(t, g)
		return
	}
	checkReference(t, g)
	if !runVariant(t, g, variant{batch: 1024, tasks: 1}) {
		return // the simplest way first; the others would say the same
	}
	changing := g.changes()
	for i, v := range variants(g.path) {
		v.changes = changing && i%2 == 1
		if !runVariant(t, g, v) {
			return
		}
	}
}

// changes reports whether the results of a file may be asked for as changes: all that
// it says of them is what is left. Not where it counts what was rejected, as a result
// may be out of range for a while, and not where LIMIT takes the first rows.
func (g *golden) changes() bool {
	if g.rejected > 0 {
		return false
	}
	for _, s := range g.steps {
		if len(s.errors) > 0 || strings.Contains(s.sql, "LIMIT") || strings.Contains(s.sql, "FETCH") || strings.Contains(s.sql, "OFFSET") {
			return false
		}
	}
	return true
}

// variants lists how a file is run. Each file draws its own, from its name, so that
// all files together meet all combinations; -long takes all for each.
func variants(name string) []variant {
	h := fnv.New64a()
	h.Write([]byte(name))
	r := rand.New(rand.NewPCG(h.Sum64(), 1))
	rules := compiler.Rules()
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
		out = append(out, v)
	}
	return out
}

// runVariant runs all statements of a file in one way; false where they failed.
func runVariant(t *testing.T, g *golden, v variant) bool {
	t.Helper()
	dir := scratch(t)
	defer os.RemoveAll(dir)
	if err := g.write(dir); err != nil {
		t.Fatal(err)
	}
	e := newEngine(dir, v.unit)
	e.prune = v.prune
	var letters []string
	late := 0
	for i, s := range g.steps {
		out, err := e.step(s, v, fmt.Sprintf("%s/.state%d", dir, i))
		if err != nil {
			t.Errorf("%s, sql section %d: %v", v, i+1, err)
			return false
		}
		if out == nil {
			continue
		}
		letters = append(letters, out.letters...)
		if out.late < 0 {
			late = -1
		} else if late >= 0 {
			late += out.late
		}
	}
	if msg := g.checkCounts(v, late, letters); msg != "" {
		t.Errorf("%s: %s", v, msg)
		return false
	}
	return true
}

// step runs one sql section and checks its results; nil: it was not to compile.
func (e *engine) step(s *step, v variant, state string) (*outcome, error) {
	c, err := e.compile(s.sql, v)
	if len(s.errors) > 0 {
		return nil, checkError(s, err)
	}
	if err == nil {
		err = checkWarnings(s, c.Warnings)
	}
	if err != nil {
		return nil, err
	}
	out, err := e.run(c, v, state)
	if err != nil {
		return nil, err
	}
	return out, checkRows(s, out)
}

func checkError(s *step, err error) error {
	var ce compileError
	if !errors.As(err, &ce) {
		return fmt.Errorf("the statements must not compile, but: %v", err)
	}
	for _, text := range s.errors {
		if !strings.Contains(string(ce), text) {
			return fmt.Errorf("the message does not hold %q:\n%s", text, ce)
		}
	}
	return nil
}

// checkWarnings holds that the compiler warns of what the file says, and of nothing else.
func checkWarnings(s *step, got compiler.Diagnostics) error {
	text := got.Error()
	if len(got) != len(s.warns) {
		return fmt.Errorf("there are %d warnings; the section warning has %d:\n%s", len(got), len(s.warns), text)
	}
	for _, w := range s.warns {
		if !strings.Contains(text, w) {
			return fmt.Errorf("no warning holds %q:\n%s", w, text)
		}
	}
	return nil
}

func checkRows(s *step, out *outcome) error {
	selects := 0
	for _, e := range s.expect {
		if slices.Contains(out.unknown, e.name) {
			continue
		}
		got := out.inserts[e.name]
		if e.name == "" {
			if selects == len(out.selects) {
				return fmt.Errorf("there are %d SELECTs, but more rows sections", selects)
			}
			got = out.selects[selects]
			selects++
		}
		if got == nil {
			return fmt.Errorf("nothing was inserted into a memory mapping %s", e.name)
		}
		if h := got.header(); h != e.header {
			return fmt.Errorf("rows %s: the columns are\n%s, want\n%s", e.name, h, e.header)
		}
		if msg := differ(e.result(got), got, e.ordered); msg != "" {
			return fmt.Errorf("rows %s: %s", e.name, msg)
		}
	}
	if selects < len(out.selects) {
		return fmt.Errorf("there are %d SELECTs, but rows of %d only", len(out.selects), selects)
	}
	return nil
}

// result is the expectation, with the types of got, which are the same.
func (e *expect) result(got *result) *result {
	want := &result{cols: got.cols}
	for _, line := range e.rows {
		row := []string{line}
		if len(got.cols) != 1 {
			row = splitRow(line)
		}
		want.rows = append(want.rows, row)
	}
	return want
}

func (g *golden) checkCounts(v variant, late int, letters []string) string {
	if g.late >= 0 && late >= 0 && late != g.late {
		return fmt.Sprintf("want %d late rows, got %d", g.late, late)
	}
	if g.only == "rules on" && v.rulesOff() || g.only == "rules off" && !v.rulesOff() {
		return ""
	}
	if len(letters) != g.rejected {
		return fmt.Sprintf("want %d dead letters, got %d:\n%s", g.rejected, len(letters), strings.Join(letters, "\n"))
	}
	for _, text := range g.letters {
		if !strings.Contains(strings.Join(letters, "\n"), text) {
			return fmt.Sprintf("no dead letter holds %q:\n%s", text, strings.Join(letters, "\n"))
		}
	}
	return ""
}

// shm is a place for files in memory, where there is one: checkpoints sync theirs.
func shm() string {
	const place = "/dev/shm"
	if st, err := os.Stat(place); err != nil || !st.IsDir() {
		return ""
	}
	return place
}

// scratch makes a folder.
func scratch(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(shm(), "heliosc-golden-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
