package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestUsage holds what is said about wrong command lines: a sentence each, and exit 2.
func TestUsage(t *testing.T) {
	dir := t.TempDir()
	query := filepath.Join(dir, "q.sql")
	if err := os.WriteFile(query, []byte("SELECT 1 AS a;"), 0o644); err != nil {
		t.Fatal(err)
	}
	f := func(line, want string) {
		t.Helper()
		var args []string
		for _, a := range strings.Fields(line) {
			args = append(args, strings.ReplaceAll(a, "DIR", dir))
		}
		var out, errs bytes.Buffer
		code := execute(args, streams{out: &out, err: &errs})
		first, _, _ := strings.Cut(errs.String(), "\n")
		want = strings.ReplaceAll(want, "DIR", dir)
		if code != exitUsage || first != want && !strings.HasPrefix(first, want) || out.Len() > 0 {
			t.Errorf("%s: exit %d\n%s\nwant %s", line, code, first, want)
		}
	}
	f("", "heliosc: which command? run, check, compile, ")
	f("rnu DIR/q.sql", "heliosc: there is no command rnu; did you mean run?")
	f("DIR/q.sql", "heliosc: there is no command DIR/q.sql; did you mean heliosc run DIR/q.sql?")
	f("frobnicate", "heliosc: there is no command frobnicate; there are: run, check, ")
	f("--quiet run DIR/q.sql", "heliosc: unknown flag --quiet; flags stand behind the command, as in heliosc run --quiet")
	f("run", "heliosc: which query file? Name one, or '-' for standard input")
	f("run DIR/q.sql --fromat json", "heliosc: heliosc run has no flag --fromat; did you mean --format?")
	f("run DIR/q.sql --format jsn", "heliosc: --format jsn: it is table, json, csv, arrow or parquet; did you mean json?")
	f("run DIR/q.sql -x", "heliosc: heliosc run has no flag -x")
	f("run DIR/q.sql -D foo", "heliosc: -D foo: write -D NAME=VALUE")
	f("run DIR/q.sql --memory -5", "heliosc: --memory -5: \"-5\" is not a size such as 64MB or 2GB")
	f("run DIR/q.sql --memory", "heliosc: --memory lacks its value")
	f("run DIR/q.sql --memory --quiet", "heliosc: --memory lacks its value: --quiet is a flag; write --memory=--quiet if it is meant")
	f("run DIR/q.sql --parallelism -1", "heliosc: --parallelism -1: it is 1 to 256, or left out for the number of cores")
	f("run DIR/q.sql --batch-size x", "heliosc: --batch-size x: it is a whole number")
	f("run DIR/q.sql --checkpoint-interval 5", "heliosc: --checkpoint-interval 5: it is a span of time with its unit, such as 500ms, 5s or 1m")
	f("run DIR/qq.sql", "heliosc: DIR/qq.sql: there is no such query file; did you mean DIR/q.sql?")
	f("run DIR/other.sql", "heliosc: DIR/other.sql: there is no such query file; check the name, or write '-' ")
	f("fmt DIR/other.sql", "heliosc: DIR/other.sql: there is no such query file; ")
	f("run DIR/other.json", "heliosc: DIR/other.json: there is no such query file; ")
	f("run DIR", "heliosc: DIR is a folder, not a query file; name the files in it, such as DIR/*.sql")
	f("run DIR/q.sql --no-warn H0202", "error[H0303]: H0202 is an error, not a warning, and cannot be silenced")
	f("run DIR/q.sql --disable-rule FoldConstant", "error[H0301]: there is no optimizer rule \"FoldConstant\"")
	f("explain H02", "heliosc: there is no error code H02; ")
	f("completion tcsh", "heliosc: <shell> tcsh: it is bash, zsh or fish")
	f("completion", "heliosc: which shell? bash, zsh or fish")
}

// TestWarningFlags holds that warnings are shown, silenced and made errors of.
func TestWarningFlags(t *testing.T) {
	query := filepath.Join(t.TempDir(), "q.sql")
	if err := os.WriteFile(query, []byte("SELECT 5 / 2 AS a;"), 0o644); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]bool{"check": true, "explain": true, "run": true, "compile": true, "check --no-warn H0409": false, "check --no-warn H0401,H0409": false} {
		var out, errs bytes.Buffer
		if code := execute(append(strings.Fields(line), query), streams{out: &out, err: &errs}); code != exitDone || strings.Contains(errs.String(), "warning[H0409]: 5 / 2 is 2") != want {
			t.Errorf("%s: exit %d, warning wanted: %v\n%s", line, code, want, &errs)
		}
	}
}

// TestAliases holds what else may be written for a command.
func TestAliases(t *testing.T) {
	for line, want := range map[string]string{"help": "Usage: heliosc <command>", "help run": "Usage: heliosc run", "--version": "heliosc "} {
		var out, errs bytes.Buffer
		if code := execute(strings.Fields(line), streams{out: &out, err: &errs}); code != exitDone || !strings.HasPrefix(out.String(), want) {
			t.Errorf("%s: exit %d\n%s%s", line, code, &out, &errs)
		}
	}
}
