package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/helios-stream/helios"
)

func sortStrings(s []string) { slices.Sort(s) }

// wantKills is how often TestKill kills at least, and wantDrains how often of these
// while the run drains after an interrupt.
const (
	wantKills  = 10
	wantDrains = 3
)

// killInput writes trades with late rows, NULL keys and ties, about 60 MB: enough
// units for a run to be killed between many of its checkpoints.
func killInput(t *testing.T, path string, seed int64) {
	t.Helper()
	r := rand.New(rand.NewSource(seed))
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	pad := strings.Repeat("x", 60)
	for i := range 400_000 {
		if r.Intn(3) > 0 { // else a tie with the row before
			at = at.Add(time.Duration(r.Intn(40)) * time.Millisecond)
		}
		ts := at
		switch r.Intn(50) {
		case 0:
			ts = ts.Add(-time.Duration(r.Intn(120_000)) * time.Millisecond) // late for one window or for several
		case 1:
			ts = ts.Add(-time.Duration(r.Intn(9_000)) * time.Millisecond) // out of order
		}
		ticker := fmt.Sprintf("%q", fmt.Sprint("T", r.Intn(200)))
		if r.Intn(20) == 0 {
			ticker = "null"
		}
		fmt.Fprintf(w, `{"id":%d,"ticker":%s,"price":%d.%02d,"pad":%q,"ts":%q}`+"\n", i, ticker, r.Intn(500), r.Intn(100), pad, ts.Format("2006-01-02 15:04:05.000"))
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}

const killQuery = `CREATE MAPPING trades (id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), ts TIMESTAMP(3),
    WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) TYPE File OPTIONS ('path' = '${input}', 'format' = 'ndjson');
CREATE MAPPING totals (ws TIMESTAMP(3), ticker VARCHAR, c BIGINT, s DECIMAL(38, 2)) TYPE File OPTIONS ('path' = 'totals/', 'format' = 'parquet', 'roll.interval' = '70ms');
CREATE MAPPING hops (ws TIMESTAMP(3), ticker VARCHAR, c BIGINT, s DECIMAL(38, 2), a DECIMAL(38, 6), lo DECIMAL(10, 2), hi BIGINT)
    TYPE File OPTIONS ('path' = 'hops.ndjson', 'format' = 'ndjson');
CREATE MAPPING dear (id BIGINT, price DECIMAL(10, 2)) TYPE File OPTIONS ('path' = 'dear/', 'format' = 'ndjson', 'roll.rows' = '100', 'compression' = 'zstd');
CREATE MAPPING cheap (id BIGINT, cents INTEGER) PARTITIONED BY (cents) TYPE File OPTIONS ('path' = 'cheap/', 'format' = 'parquet', 'max.open.partitions' = '3');
INSERT INTO hops
SELECT window_start, ticker, COUNT(*), SUM(price), AVG(price), MIN(price), MAX(id)
FROM TABLE(HOP(TABLE trades, DESCRIPTOR(ts), INTERVAL '20' SECOND, INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, ticker;
INSERT INTO totals
SELECT window_start, ticker, COUNT(*) AS c, SUM(price) AS s
FROM TABLE(TUMBLE((SELECT * FROM TABLE(IMPOSE_ORDER(TABLE trades, DESCRIPTOR(ts), INTERVAL '3' SECOND))), DESCRIPTOR(ts), INTERVAL '1' MINUTE))
WHERE price > 10 GROUP BY 1, 2;
INSERT INTO dear SELECT id, price FROM trades WHERE price > 495;
INSERT INTO cheap SELECT id, CAST(price * 100 AS INTEGER) % 5 FROM trades WHERE price < 5;
`

// TestKill kills the process at random instants, starts it again, and compares what
// its sinks hold in the end with an undisturbed run's.
func TestKill(t *testing.T) {
	seed := time.Now().UnixNano()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewSource(seed))
	base := t.TempDir()
	input := filepath.Join(base, "trades.ndjson")
	killInput(t, input, seed)

	calm := newFolder(t, base, "calm", killQuery)
	begin := time.Now()
	if out, errs, code := heliosc(t, calm, killArgs(input, 2)...); code != 0 {
		t.Fatalf("undisturbed run: exit %d\n%s%s", code, out, errs)
	}
	whole := time.Since(begin)
	t.Logf("undisturbed run: %v", whole)
	want := killResults(t, calm)
	if len(want) < 1000 {
		t.Fatalf("only %d result rows", len(want))
	}

	kills, drains := 0, 0
	for round := 0; kills < wantKills || drains < wantDrains; round++ {
		dir := newFolder(t, base, fmt.Sprint("round", round), killQuery)
		n, draining := killRound(t, r, dir, whole, func(tasks int) []string { return killArgs(input, tasks) }, nil)
		t.Logf("round %d: %d kills, %d of them while it drained", round, n, draining)
		kills, drains = kills+n, drains+draining
		got := killResults(t, dir)
		if !slices.Equal(got, want) {
			t.Fatalf("after %d kills the results differ: %s", kills, firstDifference(got, want))
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
}

// killRound starts the query, with args for a number of tasks, until it ends by itself,
// and returns how often it was killed, and how often of these it had been interrupted
// before and was draining. after, if not nil, hears what each start has written.
func killRound(t *testing.T, r *rand.Rand, dir string, whole time.Duration, args func(tasks int) []string, after func(out, errs []byte)) (kills, drains int) {
	t.Helper()
	for {
		c := command(t, dir, args([]int{1, 2, 4}[r.Intn(3)])...)
		var out, errs bytes.Buffer
		c.Stdout, c.Stderr = &out, &errs
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() {
			err := c.Wait()
			if after != nil {
				after(out.Bytes(), errs.Bytes())
			}
			ended <- err
		}()
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("after %d kills: %v\n%s", kills, err, errs.String())
			}
			return kills, drains
		case <-time.After(time.Duration(r.Int63n(int64(whole) * int64(8+kills) / 8))): // where much state is read at each start, it gets further in time
		}
		drain := r.Intn(2) == 0
		if drain {
			_ = c.Process.Signal(os.Interrupt)
			time.Sleep(time.Duration(r.Intn(20_000)) * time.Microsecond)
		}
		_ = c.Process.Kill()
		<-ended
		switch code := c.ProcessState.ExitCode(); {
		case code == -1: // killed
			kills++
			if drain {
				drains++
			}
		case code == exitDone:
			return kills, drains
		case code != exitInterrupted:
			t.Fatalf("after %d kills: exit %d\n%s", kills, code, errs.String())
		}
	}
}

func killArgs(input string, tasks int) []string {
	return []string{"run", "q.sql", "-D", "input=" + input, "--quiet", "--parallelism", fmt.Sprint(tasks),
		"--checkpoint-dir", "state", "--checkpoint-interval", "10ms"}
}

func newFolder(t *testing.T, base, name, query string) string {
	t.Helper()
	dir := filepath.Join(base, name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	// OPTIONS paths start at the query file's folder: each run has a copy of its own.
	write(t, dir, "q.sql", query)
	return dir
}

// killResults is all rows of the sinks, sorted.
func killResults(t *testing.T, dir string) []string {
	t.Helper()
	return readBack(t, dir,
		`CREATE MAPPING r TYPE File OPTIONS ('path' = 'totals/*.parquet', 'format' = 'parquet'); SELECT * FROM r;`,
		`CREATE MAPPING r (ws VARCHAR, ticker VARCHAR, c BIGINT, s VARCHAR, a VARCHAR, lo VARCHAR, hi BIGINT) TYPE File OPTIONS ('path' = 'hops.ndjson', 'format' = 'ndjson'); SELECT * FROM r;`,
		`CREATE MAPPING r (id BIGINT, price VARCHAR) TYPE File OPTIONS ('path' = 'dear/*.ndjson.zst'); SELECT * FROM r;`,
		`CREATE MAPPING r (id BIGINT) TYPE File OPTIONS ('path' = 'cheap/*/*.parquet'); SELECT * FROM r;`)
}

// readBack is all rows of the queries, sorted.
func readBack(t *testing.T, dir string, queries ...string) []string {
	t.Helper()
	var out []string
	for _, sql := range queries {
		q, err := helios.Compile(context.Background(), []helios.File{{Name: "read.sql", Text: sql, Dir: dir}}, helios.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range q.Rows(context.Background()) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, fmt.Sprint(row))
		}
	}
	slices.Sort(out)
	return out
}

func firstDifference(got, want []string) string {
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			return fmt.Sprintf("%d rows of %d; missing %s", len(got), len(want), want[i])
		case i >= len(want):
			return fmt.Sprintf("%d rows instead of %d; too many: %s", len(got), len(want), got[i])
		case got[i] != want[i]:
			return fmt.Sprintf("%d rows of %d; row %d is %s, want %s", len(got), len(want), i, got[i], want[i])
		}
	}
	return "none"
}
