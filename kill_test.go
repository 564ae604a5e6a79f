package helios

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/file"
	"github.com/helios-stream/helios/vexec/connect/memory"
	"github.com/helios-stream/helios/vexec/run"
)

// killed runs a query that writes to the mapping out, of TYPE Memory, once as it is
// and then under the simulator, which kills and restarts it, and compares the rows.
func killed(t *testing.T, sql string, seeds uint64, least int) {
	t.Helper()
	killedWith(t, sql, seeds, least)
}

// killedWith is killed with connectors in place of those that there are.
func killedWith(t *testing.T, sql string, seeds uint64, least int, others ...vexec.Connector) {
	t.Helper()
	compile := func(o Options) *Query {
		q, err := Compile(context.Background(), []File{{Name: "q.sql", Text: sql, Dir: t.TempDir()}}, o)
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	shown := func(store *memory.Store) []string {
		var out []string
		for _, v := range store.Values() {
			out = append(out, fmt.Sprint(v))
		}
		slices.Sort(out)
		return out
	}
	mem := memory.New()
	o := Options{Connectors: append([]vexec.Connector{mem}, others...)}
	if _, err := compile(o).Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	want := shown(mem.Store("out"))
	if len(want) < least {
		t.Fatalf("only %d rows", len(want))
	}
	kills := 0
	for seed := range seeds {
		mem := memory.New()
		o := Options{Connectors: append([]vexec.Connector{mem}, others...), CheckpointDir: fastDir(t), BatchRows: 100, Parallelism: 1 + int(seed%3)}
		q := compile(o)
		res, err := run.Simulate(q.compiled.Plan, q.config(q.compiled.Plan, nil, nil), seed, run.SimOptions{CheckpointEvery: 50, KillEvery: 100, DrainEvery: 300, MaxRestarts: 5})
		if err != nil {
			t.Fatal(err)
		}
		kills += res.Kills
		if got := shown(mem.Store("out")); !slices.Equal(got, want) {
			t.Fatalf("seed %d: %d rows, want %d", seed, len(got), len(want))
		}
	}
	if kills < int(seeds) {
		t.Errorf("only %d kills", kills)
	}
}

// fastDir is a folder in memory where there is one: checkpoints sync their files.
func fastDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "heliosc-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func TestGeneratorOverKills(t *testing.T) {
	killed(t, `
CREATE MAPPING orders (id BIGINT, item VARCHAR, price DECIMAL(8, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
TYPE Generator OPTIONS ('number-of-rows'='200000', 'fields.id.kind'='sequence', 'fields.item.length'='2', 'fields.price.null-rate'='0.1',
    'fields.ts.kind'='sequence', 'fields.ts.step'='1ms', 'fields.ts.max-past'='2s');
CREATE MAPPING out (w TIMESTAMP(3), item VARCHAR, n BIGINT, total DECIMAL(38, 2), most BIGINT) TYPE Memory;
INSERT INTO out SELECT window_start, item, COUNT(*), SUM(price), MAX(id)
FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY 1, 2;`, 12, 5000)
}

// The rate is held by the simulator's clock, which stands while nothing happens.
func TestGeneratorAtRateOverKills(t *testing.T) {
	killed(t, `
CREATE MAPPING n (i BIGINT) TYPE Generator OPTIONS ('rows-per-second'='20000', 'fields.i.kind'='sequence', 'fields.i.end'='1999');
CREATE MAPPING out (i BIGINT) TYPE Memory;
INSERT INTO out SELECT i FROM n;`, 12, 2000)
}

func TestNexmarkOverKills(t *testing.T) {
	killed(t, `
CREATE MAPPING bids (auction BIGINT, price BIGINT, dateTime TIMESTAMP(3), WATERMARK FOR dateTime AS dateTime - INTERVAL '1' SECOND)
TYPE Nexmark OPTIONS ('table'='bid', 'events'='300000');
CREATE MAPPING out (w TIMESTAMP(3), auction BIGINT, n BIGINT, total BIGINT) TYPE Memory;
INSERT INTO out SELECT window_start, auction, COUNT(*), SUM(price)
FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(dateTime), INTERVAL '5' SECOND)) GROUP BY 1, 2;`, 12, 5000)
}

// A receiver that looks at keys gets each row once, whenever the run is killed.
func TestWebhookOverKills(t *testing.T) {
	const rows = 2000
	for seed := range uint64(6) {
		var mu sync.Mutex
		bodies := map[string]string{}
		receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			body, _ := io.ReadAll(req.Body)
			mu.Lock()
			defer mu.Unlock()
			key := req.Header.Get("Idempotency-Key")
			if old, known := bodies[key]; known && old != string(body) {
				t.Errorf("key %s has two bodies", key)
			}
			bodies[key] = string(body)
		}))
		sql := fmt.Sprintf(`
CREATE MAPPING n (i BIGINT) TYPE Generator OPTIONS ('rows-per-second'='20000', 'fields.i.kind'='sequence', 'fields.i.end'='%d');
CREATE MAPPING hook (i BIGINT) TYPE Webhook OPTIONS ('url'='%s', 'batch.rows'='50');
INSERT INTO hook SELECT i FROM n WHERE MOD(i, 2) = 0;
INSERT INTO hook SELECT i FROM n WHERE MOD(i, 2) = 1;`, rows-1, receiver.URL)
		var warned []string
		q, err := Compile(context.Background(), []File{{Name: "q.sql", Text: sql}}, Options{
			CheckpointDir: fastDir(t), BatchRows: 30, Parallelism: 2, Warn: func(text string) { warned = append(warned, text) }})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := run.Simulate(q.compiled.Plan, q.config(q.compiled.Plan, nil, nil), seed, run.SimOptions{CheckpointEvery: 40, KillEvery: 100, MaxRestarts: 4}); err != nil {
			t.Fatal(err)
		}
		receiver.Close()
		seen := map[string]int{}
		for _, b := range bodies {
			for _, line := range strings.Split(strings.TrimSpace(b), "\n") {
				seen[line]++
			}
		}
		for i := range rows {
			if n := seen[fmt.Sprintf(`{"i":%d}`, i)]; n != 1 {
				t.Fatalf("seed %d: row %d came %d times", seed, i, n)
			}
		}
		if len(seen) != rows || len(warned) == 0 || !strings.Contains(warned[0], "Sink(hook) writes at least once") {
			t.Errorf("seed %d: %d rows, warnings %q", seed, len(seen), warned)
		}
	}
}

// Folders whose files roll by rows and by the simulator's time, partitioned or not: the
// run is killed and drained at any step, and each row stands in one file.
func TestRollingOverKills(t *testing.T) {
	const sql = `CREATE MAPPING orders (id BIGINT, g INTEGER) TYPE Generator
OPTIONS ('number-of-rows'='3000', 'rows-per-second'='20000', 'fields.id.kind'='sequence', 'fields.g.min'='0', 'fields.g.max'='3');
CREATE MAPPING timed (id BIGINT, g INTEGER) TYPE File OPTIONS ('path'='timed/', 'format'='parquet', 'roll.interval'='40ms');
CREATE MAPPING counted (id BIGINT, g INTEGER) TYPE File OPTIONS ('path'='counted/', 'format'='csv', 'roll.rows'='130', 'compression'='zstd');
CREATE MAPPING split (id BIGINT, g INTEGER) PARTITIONED BY (g) TYPE File OPTIONS ('path'='split/', 'format'='ndjson', 'max.open.partitions'='2', 'roll.bytes'='2 KB');
INSERT INTO timed SELECT * FROM orders;
INSERT INTO counted SELECT * FROM orders;
INSERT INTO split SELECT * FROM orders;`
	kills, timed := 0, 0
	for seed := range uint64(15) {
		dir := fastDir(t)
		o := Options{CheckpointDir: fastDir(t), BatchRows: 100, Parallelism: 1 + int(seed%3)}
		q, err := Compile(context.Background(), []File{{Name: "q.sql", Text: sql, Dir: dir}}, o)
		if err != nil {
			t.Fatal(err)
		}
		res, err := run.Simulate(q.compiled.Plan, q.config(q.compiled.Plan, nil, nil), seed, run.SimOptions{CheckpointEvery: 30, KillEvery: 60, DrainEvery: 200, MaxRestarts: 8})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		kills += res.Kills
		for _, pattern := range []string{"timed/*.parquet", "counted/*.csv.zst", "split/*/*.ndjson"} {
			names, _ := filepath.Glob(filepath.Join(dir, pattern))
			if pattern == "timed/*.parquet" {
				timed += len(names)
			}
			read, err := Compile(context.Background(), []File{{Name: "r.sql", Dir: dir,
				Text: "CREATE MAPPING r (id BIGINT) TYPE File OPTIONS ('path'='" + pattern + "'); SELECT id FROM r;"}}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			ids, rows := map[any]bool{}, 0
			for row, err := range read.Rows(context.Background()) {
				if err != nil {
					t.Fatal(err)
				}
				ids[row[0]] = true
				rows++
			}
			if rows != 3000 || len(ids) != rows {
				t.Fatalf("seed %d, %s: %d rows, %d ids in %d files", seed, pattern, rows, len(ids), len(names))
			}
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*", ".*")); len(left) > 0 {
			t.Fatalf("seed %d: left over %v", seed, left)
		}
	}
	t.Logf("%d kills, %d files by time", kills, timed)
	if kills < 50 || timed < 50 {
		t.Errorf("too little happened: %d kills, %d files by time", kills, timed)
	}
}

// Dead letters and late rows go to their mappings once, whenever the run is killed.
func TestSideOutputsOverKills(t *testing.T) {
	var input strings.Builder
	for i := range 6000 {
		at := i
		if i%97 == 96 {
			at = i - 90
		}
		switch {
		case i%50 == 7:
			fmt.Fprintf(&input, "broken %d\n", i)
		default:
			fmt.Fprintf(&input, `{"i":%d,"d":%d,"ts":"2024-01-01 %02d:%02d:%02d"}`+"\n", i, i%40, at/3600, at/60%60, at%60)
		}
	}
	path := fastDir(t) + "/t.ndjson"
	if err := os.WriteFile(path, []byte(input.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	sql := func(bad, late string) string {
		return `
CREATE MAPPING t (i BIGINT, d BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
TYPE File OPTIONS ('path'='` + path + `', 'on.error'='dlq:` + bad + `', 'late.data'='to:` + late + `');
CREATE MAPPING ` + bad + ` (line BIGINT, reason VARCHAR, raw VARCHAR) TYPE Memory;
CREATE MAPPING ` + late + ` (i BIGINT, ts TIMESTAMP(3)) TYPE Memory;
CREATE MAPPING sums (w TIMESTAMP(3), n BIGINT, s BIGINT) TYPE Memory;
INSERT INTO sums SELECT window_start, COUNT(*), SUM(1000 / d) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;`
	}
	files := file.NewWithUnits(2000)
	killedWith(t, sql("out", "late"), 6, 120+140, files)
	killedWith(t, sql("bad", "out"), 6, 50, files)
}
