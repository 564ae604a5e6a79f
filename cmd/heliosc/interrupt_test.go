package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
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
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	for {
		select {
		case <-ended:
			return false
		default:
		}
		if _, err := os.Stat(filepath.Join(dir, ".old.ndjson.heliosc")); err == nil {
			break
		}
	}
	_ = c.Process.Signal(os.Interrupt) // fails where it has just ended
	<-ended
	return c.ProcessState.ExitCode() == exitInterrupted
}

// Ctrl-C takes a last checkpoint and exits with 130; the same command goes on from
// there to the rows of an undisturbed run.
func TestInterrupt(t *testing.T) {
	base := t.TempDir()
	input := filepath.Join(base, "trades.ndjson")
	killInput(t, input, 1)
	calm := newFolder(t, base, "calm")
	if out, errs, code := heliosc(t, calm, killArgs(input, 2)...); code != exitDone {
		t.Fatalf("undisturbed run: exit %d\n%s%s", code, out, errs)
	}
	dir := newFolder(t, base, "stopped")
	c := command(t, dir, killArgs(input, 2)...)
	var errs bytes.Buffer
	c.Stderr = &errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = c.Wait(); close(ended) }()
	for !exists(filepath.Join(dir, "state", "checkpoint-*")) {
		select {
		case <-ended:
			t.Fatalf("it ended before it was interrupted: %s", errs.String())
		default:
		}
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	<-ended
	if code := c.ProcessState.ExitCode(); code != exitInterrupted || !strings.Contains(errs.String(), "interrupted; the same command goes on from state") {
		t.Fatalf("exit %d\n%s", code, errs.String())
	}
	if out, errs, code := heliosc(t, dir, killArgs(input, 1)...); code != exitDone {
		t.Fatalf("second run: exit %d\n%s%s", code, out, errs)
	}
	if got, want := killResults(t, dir), killResults(t, calm); !slices.Equal(got, want) {
		t.Errorf("the results differ: %s", firstDifference(got, want))
	}
}

func exists(pattern string) bool {
	found, err := filepath.Glob(pattern)
	return err == nil && len(found) > 0
}
