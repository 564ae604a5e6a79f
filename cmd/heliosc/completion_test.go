package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// bashCompletes returns what bash offers for a command line whose last word is being typed.
func bashCompletes(t *testing.T, dir, script string, words ...string) string {
	t.Helper()
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(w)
	}
	c := exec.Command("bash", "-c", `source "$1"; COMP_WORDS=(`+strings.Join(quoted, " ")+`); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _heliosc; printf '%s\n' "${COMPREPLY[@]}"`, "bash", script)
	c.Dir = dir
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", words, err, out)
	}
	return strings.Join(slices.Sorted(slices.Values(strings.Fields(string(out)))), " ")
}

func TestBashCompletion(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("no bash on this machine")
	}
	dir := t.TempDir()
	text, errs, code := heliosc(t, dir, "completion", "bash")
	if code != 0 {
		t.Fatal(errs)
	}
	script := write(t, t.TempDir(), "heliosc.bash", text)
	if out, err := exec.Command("bash", "-n", script).CombinedOutput(); err != nil {
		t.Fatalf("bash does not take the script: %v\n%s", err, out)
	}
	for _, name := range []string{"a.sql", "b.SQL.txt", "plan.json", "notes.md"} {
		write(t, dir, name, "")
	}
	if err := os.Mkdir(filepath.Join(dir, "queries"), 0o755); err != nil {
		t.Fatal(err)
	}
	f := func(want string, words ...string) {
		t.Helper()
		if got := bashCompletes(t, dir, script, append([]string{"heliosc"}, words...)...); got != want {
			t.Errorf("%v: %q, want %q", words, got, want)
		}
	}
	f("check compile completion connector", "c")
	f("run", "ru")
	f("--checkpoint-dir --checkpoint-interval", "run", "--check")
	f("--disable-rule", "explain", "a.sql", "--dis")
	f("arrow csv json parquet table", "run", "--format", "")
	f("json", "explain", "--format", "j")
	f("dot", "explain", "--format", "=", "d")
	f("dot json svg text", "explain", "--format", "=")
	f("ast", "compile", "--emit", "a")
	f("FoldConstants", "run", "--disable-rule", "FoldC")
	f("a.sql plan.json queries", "run", "")
	f("a.sql", "run", "a")
	f("notes.md", "run", "-o", "no")
	f("queries", "run", "--checkpoint-dir", "")
	f("", "run", "--memory", "")
	f("bash fish zsh", "completion", "")
	f("H0117", "explain", "H0117")
	f("H0110 H0111 H0112 H0113 H0114 H0115 H0116 H0117 H0118", "explain", "--trace", "H011")
	f("a.sql plan.json queries", "explain", "")
	f("H0403", "run", "--no-warn", "H0403")
	f("H0403,H0116", "run", "--no-warn", "H0403,H01")
	f("H0403,H0404,H0405", "check", "a.sql", "--no-warn", "=", "H0403,H0404,H0405")
	f("", "run", "--no-warn", "H02")
	f("FoldConstants,MergeFilters", "explain", "--disable-rule", "FoldConstants,MergeF")
	f("ls show", "connector", "")
	f(strings.Join(slices.Sorted(slices.Values(connectorNames())), " "), "connector", "show", "")
	f("file", "connector", "--format", "json", "show", "f")
	f("file", "connector", "--format", "=", "json", "show", "f")
	f("", "connector", "ls", "f")
	f("path", "connector", "show", "filesystem", "pat")
	f("", "connector", "show", "print", "pa")
	f("dlq", "dl")
	f("ls replay show", "dlq", "")
	f("replay", "dlq", "r")
	f("notes.md", "dlq", "show", "n")
}

// TestCompletionScripts holds that each shell's script knows every command and flag.
func TestCompletionScripts(t *testing.T) {
	dir := t.TempDir()
	for _, shell := range []string{"bash", "zsh", "fish"} {
		text, errs, code := heliosc(t, dir, "completion", shell)
		if code != 0 {
			t.Fatalf("%s: %s", shell, errs)
		}
		for _, want := range []string{"run", "check", "compile", "explain", "completion", "version", "checkpoint-dir", "dead-letters", "disable-rule", "analyze", "svg", "optimized", "TwoPhaseAggregation"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is missing in\n%s", shell, want, text)
			}
		}
		if path, err := exec.LookPath(shell); err == nil {
			script := write(t, dir, "script."+shell, text)
			if out, err := exec.Command(path, "-n", script).CombinedOutput(); err != nil {
				t.Errorf("%s does not take its script: %v\n%s", shell, err, out)
			}
		}
	}
	if _, errs, code := heliosc(t, dir, "completion", "tcsh"); code != exitUsage || !strings.Contains(errs, "tcsh") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
