package main

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	deliveredRows = 5000
	deliveryQuery = `CREATE MAPPING s (i BIGINT) TYPE Generator OPTIONS ('rows-per-second' = '20000', 'number-of-rows' = '5000', 'fields.i.kind' = 'sequence');
CREATE MAPPING o (i BIGINT) TYPE File OPTIONS ('path' = 'out/', 'format' = 'ndjson', 'roll.interval' = '0s');
SELECT i FROM s;
INSERT INTO o SELECT i FROM s;
`
)

// TestKillDelivery kills the process with each delivery again and again: at-least-once
// loses no row of what it prints, at-most-once prints none twice and says how many it
// may have lost, and the files hold each row once with both.
func TestKillDelivery(t *testing.T) {
	for _, delivery := range []string{"at-least-once", "at-most-once"} {
		t.Run(delivery, func(t *testing.T) {
			seed := time.Now().UnixNano()
			t.Logf("seed %d", seed)
			r := rand.New(rand.NewSource(seed))
			for kills, round := 0, 0; kills < 4 && !t.Failed(); round++ { // one who was held up prints all rows at once
				if round == 100 {
					t.Fatalf("only %d kills in %d rounds", kills, round)
				}
				kills += deliverOverKills(t, r, delivery)
			}
		})
	}
}

// deliverOverKills starts the query in a new folder until it ends by itself, checks what
// it has delivered, and returns how often it was killed.
func deliverOverKills(t *testing.T, r *rand.Rand, delivery string) (kills int) {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "q.sql", deliveryQuery)
	printed, lost := map[string]int{}, 0
	for {
		// Where a checkpoint takes longer than so many rows, it gets further in time.
		out, errs, ended := killWhilePrinting(t, dir, delivery, int64(r.Intn(6000*(8+kills)/8)))
		for line := range bytes.Lines(out) {
			if bytes.HasSuffix(line, []byte("\n")) && string(line) != "i\n" { // else the kill has cut it
				printed[string(line)]++
			}
		}
		lost += saidLost(errs)
		if ended {
			break
		}
		kills++
	}
	t.Logf("%d kills, %d rows printed, at most %d said to be lost", kills, len(printed), lost)
	checkPrinted(t, delivery, printed, lost)
	files := map[string]int{}
	names, _ := filepath.Glob(filepath.Join(dir, "out", "part-*"))
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			files[line]++
		}
	}
	for line, n := range files {
		if n != 1 {
			t.Errorf("%d times in the files: %s", n, line)
		}
	}
	if len(files) != deliveredRows {
		t.Errorf("%d rows in the files", len(files))
	}
	return kills
}

func checkPrinted(t *testing.T, delivery string, printed map[string]int, lost int) {
	t.Helper()
	missing := deliveredRows - len(printed)
	switch {
	case delivery == "at-least-once" && missing > 0:
		t.Errorf("%d rows are lost", missing)
	case missing > lost:
		t.Errorf("%d rows are lost, and only %d said to be", missing, lost)
	}
	for line, n := range printed {
		if n > 1 && delivery == "at-most-once" {
			t.Errorf("%d times: %s", n, line)
		}
	}
}

// killWhilePrinting starts the query and kills it once it has printed so many bytes.
func killWhilePrinting(t *testing.T, dir, delivery string, after int64) (out, errs []byte, ended bool) {
	t.Helper()
	c := command(t, dir, "run", "q.sql", "--delivery", delivery, "--checkpoint-dir", "state", "--checkpoint-interval", "15ms", "--format", "csv", "--quiet")
	var stderr bytes.Buffer
	c.Stderr = &stderr
	stdout, err := os.Create(filepath.Join(dir, "printed"))
	if err != nil {
		t.Fatal(err)
	}
	defer stdout.Close()
	c.Stdout = stdout
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	for waiting := true; waiting; {
		select {
		case err := <-done:
			if err != nil {
				t.Fatalf("%v\n%s", err, &stderr)
			}
			waiting, ended = false, true
		case <-time.After(time.Millisecond):
			if info, err := stdout.Stat(); err == nil && info.Size() > after {
				_ = c.Process.Kill()
				ended = <-done == nil
				waiting = false
			}
		}
	}
	out, err = os.ReadFile(stdout.Name())
	if err != nil {
		t.Fatal(err)
	}
	return out, stderr.Bytes(), ended
}

var lostText = regexp.MustCompile(`: ([0-9,]+) rows of the last checkpoint may not have been written`)

// saidLost is how many rows a restart says may be lost.
func saidLost(errs []byte) int {
	m := lostText.FindSubmatch(errs)
	if m == nil {
		return 0
	}
	n, err := strconv.Atoi(strings.ReplaceAll(string(m[1]), ",", ""))
	if err != nil {
		panic(fmt.Sprint("the number of rows: ", err))
	}
	return n
}
