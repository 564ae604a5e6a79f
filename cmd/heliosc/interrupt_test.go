package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

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
