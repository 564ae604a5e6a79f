package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// withoutEnv is command without a variable of the environment.
func withoutEnv(c *exec.Cmd, name string) *exec.Cmd {
	var kept []string
	for _, e := range c.Env {
		if !strings.HasPrefix(e, name+"=") {
			kept = append(kept, e)
		}
	}
	c.Env = kept
	return c
}

// A plan can be looked at where its secrets are not known, and run from anywhere.
func TestPlans(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.ndjson", tiny)
	write(t, dir, "q.sql", strings.Replace(tinyMapping, "'t.ndjson'", "'${env:HELIOS_TEST_NAME}.ndjson'", 1)+"SELECT n FROM t;")
	t.Setenv("HELIOS_TEST_NAME", "t")
	if _, errs, code := heliosc(t, dir, "compile", "--emit", "json", "-o", "plan.json", "q.sql"); code != 0 {
		t.Fatal(errs)
	}
	text, err := os.ReadFile(dir + "/plan.json")
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "plan", string(text))
	f := func(want string, code int, known bool, stdin string, args ...string) {
		t.Helper()
		c := command(t, dir, args...)
		if !known {
			c = withoutEnv(c, "HELIOS_TEST_NAME")
		}
		c.Stdin = strings.NewReader(stdin)
		out, _ := c.CombinedOutput()
		if c.ProcessState.ExitCode() != code || !strings.Contains(string(out), want) {
			t.Errorf("%v: exit %d, want %d and %q:\n%s", args, c.ProcessState.ExitCode(), code, want, out)
		}
	}
	for _, name := range []string{"plan.json", "plan", "-"} {
		f("ok: 1 query", 0, false, string(text), "check", name)
		f("Stage 0", 0, false, string(text), "explain", name)
		f("digraph", 0, false, string(text), "compile", "--emit", "dot", name)
		f("${env:HELIOS_TEST_NAME}", 1, false, string(text), "run", name)
		f("${env:HELIOS_TEST_NAME}", 1, false, string(text), "explain", "--analyze", name)
		f("n\n1\n2\n3\n", 0, true, string(text), "run", "-q", "--format", "csv", name)
	}
	f("a plan has no syntax tree", 2, true, string(text), "compile", "--emit", "ast", "-")
	f("a plan is run alone", 2, true, "", "check", "plan", "q.sql")
	f("plan.json", 1, true, "", "check", write(t, dir, "broken.plan.json", "{"))
}
