package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestBenchNexmark(t *testing.T) {
	dir := t.TempDir()
	out, errs, code := heliosc(t, dir, "bench", "nexmark", "--queries", "q2,q17", "--events", "2000", "--format", "json")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != 0 || len(lines) != 2 {
		t.Fatalf("exit %d, %q\n%s", code, out, errs)
	}
	for i, line := range lines {
		var b benched
		if err := json.Unmarshal([]byte(line), &b); err != nil {
			t.Fatal(err)
		}
		if want := []string{"q2", "q17"}[i]; b.Query != want || b.Events != 2000 || b.Seconds <= 0 || b.CPU <= 0 || b.PerSec <= 0 {
			t.Errorf("%+v", b)
		}
	}
	for _, args := range [][]string{{"--queries", "q99"}, {"--events", "0"}, {"--from", "parquet"}, {"--data", "x"}} {
		if _, errs, code := heliosc(t, dir, append([]string{"bench", "nexmark"}, args...)...); code != 2 || strings.Count(errs, "\n") != 2 && strings.Count(errs, "\n") != 1 {
			t.Errorf("%v: exit %d, %q", args, code, errs)
		}
	}
}
