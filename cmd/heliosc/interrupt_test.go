package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Without checkpoints an interrupted run leaves a single output file as it was, and
// nothing beside it.
func TestInterruptLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.ndjson", strings.Repeat(tiny, 200_000))
	write(t, dir, "q.sql", strings.Replace(tinyMapping, ", WATERMARK FOR ts AS ts - INTERVAL '5' SECOND", "", 1)+
		"CREATE MAPPING o (k VARCHAR, n BIGINT) TYPE File OPTIONS ('path' = 'old.ndjson');\nINSERT INTO o SELECT k, n FROM t;\n")
	for try := 0; !interruptedWhileWriting(t, dir); try++ {
		if try == 20 {
			t.Fatal("the run always ended before the signal came")
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, "old.ndjson")); err != nil || string(text) != "{}\n" {
		t.Errorf("the old file holds %d bytes, %v", len(text), err)
	}
	if _, err := os.Stat(filepath.Join(dir, ".old.ndjson.heliosc")); err == nil {
		t.Error("what was written aside is left behind")
	}
}

// interruptedWhileWriting runs q.sql over an old.ndjson and interrupts it once it
// writes aside; false: it had ended before.
func interruptedWhileWriting(t *testing.T, dir string) bool {
	t.Helper()
	write(t, dir, "old.ndjson", "{}\n")
	c := command(t, dir, "run", "q.sql", "--batch-size", "16")
	waitThenInterrupt(t, c, filepath.Join(dir, ".old.ndjson.heliosc"))
	return c.ProcessState.ExitCode() == exitInterrupted
}

// Ctrl-C takes a last checkpoint and exits with 130; the same command goes on from
// there to the rows of an undisturbed run.
func TestInterrupt(t *testing.T) {
	base := t.TempDir()
	input := filepath.Join(base, "trades.ndjson")
	killInput(t, input, 1)
	calm := newFolder(t, base, "calm", killQuery)
	if out, errs, code := heliosc(t, calm, killArgs(input, 2)...); code != exitDone {
		t.Fatalf("undisturbed run: exit %d\n%s%s", code, out, errs)
	}
	dir := ""
	for try := 0; ; try++ {
		dir = newFolder(t, base, fmt.Sprint("stopped", try), killQuery)
		code, errs := interruptAfterCheckpoint(t, dir, input)
		if code == exitDone && try < 20 {
			continue // it had ended before the signal came
		}
		if code != exitInterrupted || !strings.Contains(errs, "interrupted; the same command goes on from state") {
			t.Fatalf("exit %d\n%s", code, errs)
		}
		break
	}
	if out, errs, code := heliosc(t, dir, killArgs(input, 1)...); code != exitDone {
		t.Fatalf("second run: exit %d\n%s%s", code, out, errs)
	}
	if got, want := killResults(t, dir), killResults(t, calm); !slices.Equal(got, want) {
		t.Errorf("the results differ: %s", firstDifference(got, want))
	}
}

// interruptAfterCheckpoint runs the query of the kill test and interrupts it once
// it has taken a checkpoint.
func interruptAfterCheckpoint(t *testing.T, dir, input string) (code int, stderr string) {
	t.Helper()
	c := command(t, dir, killArgs(input, 2)...)
	var errs bytes.Buffer
	c.Stderr = &errs
	waitThenInterrupt(t, c, filepath.Join(dir, "state", "checkpoint-*"))
	return c.ProcessState.ExitCode(), errs.String()
}

// waitThenInterrupt starts c, interrupts it when a file of the pattern is there, and
// waits for its end, which may come before.
func waitThenInterrupt(t *testing.T, c *exec.Cmd, pattern string) {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	for !exists(pattern) {
		select {
		case <-ended:
			return
		case <-time.After(time.Millisecond):
		}
	}
	_ = c.Process.Signal(os.Interrupt) // fails where it has just ended
	<-ended
}

func exists(pattern string) bool {
	found, err := filepath.Glob(pattern)
	return err == nil && len(found) > 0
}
