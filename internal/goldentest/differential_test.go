package goldentest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/helios-stream/helios/compiler"
	"github.com/helios-stream/helios/internal/refinterp"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/memory"
)

// TestDifferential runs random queries over random tables in the engine, in random
// ways, and in the reference interpreter. A failure prints its seed; to run that one
// alone: HELIOS_SEED=n go test ./internal/goldentest -run TestDifferential. For more:
// HELIOS_DIFF=10m runs new seeds for ten minutes, as -long does.
func TestDifferential(t *testing.T) {
	if one := os.Getenv("HELIOS_SEED"); one != "" {
		seed, err := strconv.ParseUint(one, 10, 64)
		if err != nil {
			t.Fatalf("HELIOS_SEED=%s is not a number", one)
		}
		runSeed(t, seed)
		return
	}
	base, cases, until := uint64(0), 600, time.Time{}
	if testing.Short() {
		cases = 100
	}
	if d := longTime(t); d > 0 {
		until = time.Now().Add(d)
		base, cases = rand.Uint64()>>16, 1<<40
	}
	refused := 0
	n := 0
	for ; n < cases && (until.IsZero() || time.Now().Before(until)); n++ {
		if !runSeed(t, base+uint64(n)) {
			refused++
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d queries, of which %d did not compile", n, refused)
	if refused*10 > n {
		t.Errorf("%d of %d random queries did not compile: the generator makes what the compiler refuses", refused, n)
	}
}

func longTime(t *testing.T) time.Duration {
	text := os.Getenv("HELIOS_DIFF")
	if text == "" && *long {
		text = "5m"
	}
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("HELIOS_DIFF=%s is not a duration", text)
	}
	return d
}

// runSeed runs one scenario; false where its query does not compile.
func runSeed(t *testing.T, seed uint64) bool {
	t.Helper()
	s := newGen(seed).scenario()
	err := s.check(seed)
	var refused compileError
	if errors.As(err, &refused) && !strings.Contains(string(refused), "internal error") {
		if os.Getenv("HELIOS_SEED") != "" {
			t.Logf("seed %d does not compile:\n%s%s\n%s", seed, s.table(), s.sql, refused)
		}
		return false
	}
	if err != nil {
		small, why := s.shrink(seed, err)
		t.Errorf("seed %d: %v\n%s%s", seed, why, small.table()+small.sql, small.print())
	}
	return true
}

// check compares the engine with the reference interpreter in one random way.
func (s *scenario) check(seed uint64) error {
	r := rand.New(rand.NewPCG(seed, 0xC4EC))
	v := variant{batch: []int{1, 2, 7, 64, 1024}[r.IntN(5)], tasks: 1 + r.IntN(4)}
	rules := compiler.Rules()
	switch r.IntN(3) {
	case 0:
		v.disable = []string{"*"}
	case 1:
		v.disable = []string{rules[r.IntN(len(rules))].Name}
	}
	v.prune = r.IntN(2) == 0
	state := ""
	if r.IntN(4) == 0 {
		v.kill = seed | 1
		if r.IntN(2) == 0 {
			v.replan = []int{1 + r.IntN(4), 1 + r.IntN(4), 1}
		}
		dir, err := os.MkdirTemp(shm(), "heliosc-diff-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		state = dir
	}
	e := newEngine(".", 0)
	if _, err := s.put(e, memory.Cut{Splits: s.splits, UnitRows: 1 + r.IntN(40), BatchRows: 1 + r.IntN(20)}); err != nil {
		return err
	}
	if s.medium != "" {
		dir, err := os.MkdirTemp(shm(), "heliosc-diff-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if e, err = s.toFiles(dir, r); err != nil {
			return fmt.Errorf("the table cannot be written to files: %w", err)
		}
	}
	e.prune = v.prune
	c, err := e.compile(s.table()+s.sql, v)
	if err != nil {
		return err
	}
	run := c
	if v.changes = s.changes; v.changes {
		if run, err = e.compile(s.table()+s.sql, v); err != nil {
			return err
		}
	}
	if err := s.compare(e, c, run, v, state); err != nil {
		return fmt.Errorf("%s: %w", v, err)
	}
	return nil
}

// put makes the rows the table t of the engine.
func (s *scenario) put(e *engine, cut memory.Cut) (*ir.Schema, error) {
	c, err := e.compile("CREATE MAPPING t ("+s.columns()+") TYPE Memory; SELECT * FROM t;", variant{tasks: 1})
	if err != nil {
		return nil, fmt.Errorf("the table of the test does not compile: %s", err)
	}
	schema := c.Logical.Sinks[0].Schema()
	src, err := memory.FromRows(schema, s.rows, cut)
	if err == nil {
		e.mem.Put("t", src)
	}
	return schema, err
}

// compare runs the plan run in the engine, and what c says in the reference interpreter.
func (s *scenario) compare(e *engine, c, run *compiled, v variant, state string) error {
	bound, err := s.reference(c.Logical)
	if err != nil {
		return err
	}
	optimized, err := s.reference(c.Optimized)
	if err != nil {
		return err
	}
	// Rules may remove row errors and never add them: without any, nothing changes.
	if len(bound.Errors) == 0 {
		if len(optimized.Errors) > 0 {
			return fmt.Errorf("the rules added row errors, such as %s: %s\n%s", optimized.Errors[0].Kind, optimized.Errors[0].Reason, ir.Print(c.Optimized))
		}
		if msg := differ(newResult(bound.Schema, bound.Rows), newResult(optimized.Schema, optimized.Rows), false); msg != "" {
			return fmt.Errorf("the optimized plan means something else: %s\n%s", msg, ir.Print(c.Optimized))
		}
	}
	out, err := e.run(run, v, state)
	if err != nil {
		return err
	}
	if msg := differ(newResult(optimized.Schema, optimized.Rows), out.selects[0], false); msg != "" {
		return fmt.Errorf("engine and reference interpreter differ: %s\n%s", msg, ir.PrintPlan(run.Plan))
	}
	if out.late >= 0 && out.late != optimized.Late {
		return fmt.Errorf("the engine counts %d late rows, the reference interpreter %d\n%s", out.late, optimized.Late, ir.PrintPlan(run.Plan))
	}
	// A WHERE leaves a row alone as soon as one of its conditions is not true, though
	// NULL AND b asks for b: errors may be fewer, never more.
	if len(out.letters) > len(optimized.Errors) && !assignsWindows(run.Plan) {
		return fmt.Errorf("the engine has %d dead letters, the reference interpreter %d\n%s", len(out.letters), len(optimized.Errors), ir.PrintPlan(run.Plan))
	}
	return nil
}

// reference runs a plan in the reference interpreter, over the splits that
// memory.FromRows makes.
func (s *scenario) reference(l *ir.Logical) (*refinterp.Result, error) {
	var table refinterp.Table
	for i := range s.splits {
		table.Splits = append(table.Splits, s.rows[i*len(s.rows)/s.splits:(i+1)*len(s.rows)/s.splits])
	}
	res, err := refinterp.Run(l, refinterp.ByName(map[string]refinterp.Table{"t": table}))
	if err != nil {
		return nil, err
	}
	return &res[0], nil
}

// shrink takes rows out as long as the scenario still fails.
func (s *scenario) shrink(seed uint64, why error) (*scenario, error) {
	best := *s
	for size := len(s.rows) / 2; size > 0; size /= 2 {
		for from := 0; from+size <= len(best.rows); {
			try := best
			try.rows = append(append([][]ir.Value{}, best.rows[:from]...), best.rows[from+size:]...)
			if err := try.check(seed); err != nil {
				best, why = try, err
			} else {
				from += size
			}
		}
	}
	return &best, why
}

// print lists the rows.
func (s *scenario) print() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows in %d splits of (%s):\n", len(s.rows), s.splits, s.columns())
	e := newEngine(".", 0)
	schema, err := s.put(e, memory.Cut{})
	if err != nil {
		return b.String()
	}
	for _, row := range newResult(schema, s.rows).rows {
		b.WriteString(strings.Join(row, " | ") + "\n")
	}
	return b.String()
}
