package main

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// TestRun holds that the example does what its page says.
func TestRun(t *testing.T) {
	var out strings.Builder
	if err := run(context.Background(), "../trades", &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	slices.Sort(lines)
	want := []string{
		"books        366 trades, mean price  332.19, highest fee 29.55",
		"energy       765 trades, mean price   23.54, highest fee  8.36",
		"tools        758 trades, mean price   90.15, highest fee 17.67",
		"wine         368 trades, mean price    9.74, highest fee  1.00",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s", strings.Join(lines, "\n"))
	}
}
