package main

import (
	"bufio"
	"regexp"
	"strings"
	"testing"
	"time"
)

const sequence = "CREATE TABLE n (i BIGINT) WITH ('connector'='datagen', 'fields.i.kind'='sequence', 'fields.i.end'='30000');\n"

// The results of statements come in the order of the file, also where a later one is
// done first.
func TestOrderOfResults(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "q.sql", sequence+`SELECT i AS slow FROM n WHERE i > 29998;
SHOW MAPPINGS;
DESCRIBE n;
CREATE TABLE shown (printed BIGINT) WITH ('connector'='print');
INSERT INTO shown SELECT i FROM n WHERE i = 7;
SELECT 1 AS quick;
`)
	out, errs, code := heliosc(t, dir, "run", "-q", "q.sql")
	if code != 0 {
		t.Fatal(errs)
	}
	order := regexp.MustCompile(`(?s)^SELECT i AS slow.*29999.*\n\nSHOW MAPPINGS.*\n\nDESCRIBE n\n.*\n\nshown\n.*7\n\nSELECT 1 AS quick\n.*1\n$`)
	if !order.MatchString(out) {
		t.Errorf("out of order:\n%s", out)
	}
}

// Rows that never end do not hold up those of the statements behind them.
func TestEndlessHoldsUpNobody(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "q.sql", `CREATE TABLE n (i BIGINT) WITH ('connector'='datagen', 'rows-per-second'='50');
SELECT i FROM n;
SHOW FUNCTIONS;
`)
	c := start(t, dir, "run", "-q", "q.sql")
	stop := time.AfterFunc(3*time.Minute, func() { _ = c.Process.Kill() })
	defer stop.Stop()
	found := false
	for lines := bufio.NewScanner(c.out); !found && lines.Scan(); {
		found = strings.HasPrefix(lines.Text(), "UPPER")
	}
	if !found {
		t.Error("the rows of SHOW FUNCTIONS are not shown beside those of a SELECT that goes on")
	}
}
