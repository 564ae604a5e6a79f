package compiler_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/helios-stream/helios/compiler"
	"github.com/helios-stream/helios/ir"
)

var update = flag.Bool("update", false, "rewrite the expected output of the golden files")

// golden is a file of cases:
//
//	# a comment
//	== setup
//	statements that stand before those of each case
//
//	== name of the case key=value ...
//	statements
//	----
//	expected output
//
// The keys: show=logical (the default), optimized, physical, trace (the steps of the
// optimizer and the choices of the planner) or rows (of statements that
// tell of what there is, below their titles): what to print where
// the statements compile; tasks=N; changelog=final or ops; disable=Rule,Rule or *; expect=Rule,Rule: rules
// that must fire; expect-not=Rule,Rule: that must not; D.name=value: ${name}.
type golden struct {
	head  string
	setup string
	cases []*goldenCase
}

type goldenCase struct {
	title string // the whole line
	keys  map[string]string
	sql   string
	want  string
}

func readGolden(t testing.TB, name string) *golden {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split("\n"+string(text), "\n== ")
	g := &golden{head: strings.TrimPrefix(parts[0], "\n")}
	for _, p := range parts[1:] {
		title, body, _ := strings.Cut(p, "\n")
		if strings.TrimSpace(title) == "setup" {
			g.setup = body
			continue
		}
		c := &goldenCase{title: title, keys: map[string]string{}}
		for _, word := range strings.Fields(title) {
			if k, v, ok := strings.Cut(word, "="); ok {
				c.keys[k] = v
			}
		}
		c.sql, c.want, _ = strings.Cut(body+"\n", "\n----\n")
		c.sql = strings.Trim(c.sql, "\n") + "\n"
		c.want = strings.Trim(c.want, "\n") + "\n"
		g.cases = append(g.cases, c)
	}
	return g
}

func (g *golden) write(t *testing.T, name string, got []string) {
	t.Helper()
	var b strings.Builder
	b.WriteString(strings.TrimSpace(g.head) + "\n\n== setup\n" + strings.TrimSpace(g.setup) + "\n")
	for i, c := range g.cases {
		fmt.Fprintf(&b, "\n== %s\n%s----\n%s", c.title, c.sql, got[i])
	}
	if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (c *goldenCase) options() compiler.Options {
	o := compiler.Options{Tasks: 1, Vars: map[string]string{}, Trace: c.keys["show"] == "trace"}
	if n, err := strconv.Atoi(c.keys["tasks"]); err == nil {
		o.Tasks = n
	}
	o.DisableRules, o.Changelog = list(c.keys["disable"]), compiler.Changelog(c.keys["changelog"])
	for k, v := range c.keys {
		if name, ok := strings.CutPrefix(k, "D."); ok {
			o.Vars[name] = v
		}
	}
	return o
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// run compiles a case and returns what it shows, and the result or nil.
func (c *goldenCase) run(t *testing.T, setup string) (string, *compiler.Compiled) {
	t.Helper()
	files := []compiler.File{{Name: "setup.sql", Text: setup}, {Name: "q.sql", Text: c.sql, Dir: "dir"}}
	if strings.TrimSpace(setup) == "" {
		files = files[1:]
	}
	got, diags := compiler.Compile(context.Background(), files, testEnv(), c.options())
	var b strings.Builder
	if err := compiler.Render(&b, diags, files, false); err != nil {
		t.Fatal(err)
	}
	if got == nil {
		return b.String(), nil
	}
	switch c.keys["show"] {
	case "physical":
		b.WriteString(ir.PrintPlan(got.Plan))
	case "optimized":
		b.WriteString(ir.Print(got.Optimized))
	case "trace":
		b.WriteString(got.FormatTrace())
	case "rows":
		writeRows(&b, got.Logical)
	default:
		b.WriteString(ir.Print(got.Logical))
	}
	return b.String(), got
}

// writeRows writes literal rows.
func writeRows(b *strings.Builder, l *ir.Logical) {
	for _, s := range l.Sinks {
		fmt.Fprintf(b, "%q (%s)\n", s.Title, s.Schema())
		v, ok := s.Input.(*ir.Values)
		if !ok {
			b.WriteString("    no literal rows\n")
			continue
		}
		for _, row := range v.Rows {
			b.WriteString("   ")
			for i, e := range row {
				if i > 0 {
					b.WriteString(" |")
				}
				fmt.Fprintf(b, " %v", e.(*ir.Const).V)
			}
			b.WriteByte('\n')
		}
	}
}

func testGoldens(t *testing.T, pattern string) {
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no golden files %s: %v", pattern, err)
	}
	for _, name := range names {
		g := readGolden(t, name)
		var all []string
		for _, c := range g.cases {
			got, compiled := c.run(t, g.setup)
			all = append(all, got)
			if got != c.want && !*update {
				t.Errorf("%s: %s\n--- got\n%s--- want\n%s", name, c.title, got, c.want)
			}
			c.checkRules(t, name, compiled)
		}
		if *update {
			g.write(t, name, all)
		}
	}
}

func (c *goldenCase) checkRules(t *testing.T, name string, got *compiler.Compiled) {
	t.Helper()
	for _, r := range list(c.keys["expect"]) {
		if got == nil || got.Fired[r] == 0 {
			t.Errorf("%s: %s: rule %s did not fire", name, c.title, r)
		}
	}
	for _, r := range list(c.keys["expect-not"]) {
		if got != nil && got.Fired[r] > 0 {
			t.Errorf("%s: %s: rule %s fired", name, c.title, r)
		}
	}
}

// TestBind holds what queries bind to, and what is said about wrong ones.
func TestBind(t *testing.T) { testGoldens(t, "testdata/bind/*.txt") }

// TestPlans holds optimized and physical plans, and which rules make them.
func TestPlans(t *testing.T) { testGoldens(t, "../testdata/plan/*.txt") }
