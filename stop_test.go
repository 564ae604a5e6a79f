package helios_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/helios-stream/helios"
)

const endless = `
CREATE MAPPING s (id BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) TYPE Generator
OPTIONS ('rows-per-second'='5000', 'fields.id.kind'='sequence', 'fields.ts.kind'='sequence', 'fields.ts.start'='2024-01-01 00:00:00', 'fields.ts.step'='1s');
SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start;`

// counted runs the endless query into a folder and adds up the counts of all windows.
func counted(t *testing.T, o helios.Options) (stats *helios.Stats, sum int64, windows map[string]bool) {
	t.Helper()
	q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: endless}}, o)
	if err != nil {
		t.Fatal(err)
	}
	if stats, err = q.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(o.OutputFile), "select-1.ndjson"))
	if err != nil {
		if text, err = os.ReadFile(o.OutputFile); err != nil {
			t.Fatal(err)
		}
	}
	windows = map[string]bool{}
	for line := range strings.Lines(string(text)) {
		var r struct {
			Start string `json:"window_start"`
			N     int64
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		if windows[r.Start] {
			t.Errorf("the window of %s comes twice", r.Start)
		}
		windows[r.Start] = true
		sum += r.N
	}
	return stats, sum, windows
}

// inTime tries f with growing spans of time until it says that the span was long enough:
// what a run gets done in a while depends on the machine and on what else it does.
func inTime(t *testing.T, f func(d time.Duration) bool) {
	t.Helper()
	for d := 100 * time.Millisecond; ; d *= 4 {
		if f(d) || t.Failed() {
			return
		}
		if d > time.Minute {
			t.Fatalf("%s were too little time", d)
		}
	}
}

// A run that is stopped by the clock shows the windows that have closed; with Flush
// every row that was read is in some window.
func TestFor(t *testing.T) {
	inTime(t, func(d time.Duration) bool {
		dir := t.TempDir()
		o := helios.Options{For: d, OutputFile: filepath.Join(dir, "closed.ndjson"), Parallelism: 2}
		stats, sum, windows := counted(t, o)
		if int64(len(windows)) != stats.RowsOut {
			t.Errorf("%d windows are there, %d were written", len(windows), stats.RowsOut)
		}
		if !stats.Stopped || sum%60 != 0 || sum > stats.RowsIn || stats.RowsIn-sum > 120 {
			t.Errorf("%d rows in, %d in closed windows; %+v", stats.RowsIn, sum, stats)
		}
		closed := sum
		o.Flush, o.OutputFile = true, filepath.Join(dir, "all")+"/"
		if stats, sum, _ = counted(t, o); !stats.Stopped || sum != stats.RowsIn {
			t.Errorf("%d rows in, %d in windows; %+v", stats.RowsIn, sum, stats)
		}
		return closed > 0 && sum > 0
	})
}

// With a checkpoint folder the open windows stay there: the next run goes on, and one
// with Flush is the last.
func TestForGoesOn(t *testing.T) {
	inTime(t, func(d time.Duration) bool { return goesOn(t, d) })
}

// goesOn is TestForGoesOn with runs that last d; false: the second had no time to go on.
func goesOn(t *testing.T, d time.Duration) bool {
	t.Helper()
	dir := t.TempDir()
	q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: strings.Replace(endless, "SELECT", "CREATE MAPPING o (w TIMESTAMP(3), n BIGINT) TYPE File OPTIONS ('path'='out/', 'format'='ndjson'); INSERT INTO o SELECT", 1), Dir: dir}},
		helios.Options{For: d, CheckpointDir: filepath.Join(dir, "state")})
	if err != nil {
		t.Fatal(err)
	}
	first, err := q.Run(context.Background())
	if err != nil || !first.Stopped {
		t.Fatalf("%+v %v", first, err)
	}
	helios.SetFlush(q)
	second, err := q.Run(context.Background())
	if err != nil || second.RowsIn < first.RowsIn {
		t.Fatalf("%+v %v", second, err)
	}
	names, _ := filepath.Glob(filepath.Join(dir, "out", "*.ndjson"))
	sum, seen := int64(0), map[string]bool{}
	for _, name := range names {
		text, _ := os.ReadFile(name)
		for line := range strings.Lines(string(text)) {
			var r struct {
				W string
				N int64
			}
			if err := json.Unmarshal([]byte(line), &r); err != nil || seen[r.W] {
				t.Errorf("%v, or a window that comes twice: %s", err, line)
			}
			seen[r.W] = true
			sum += r.N
		}
	}
	if sum != second.RowsIn {
		t.Errorf("%d rows in, %d in windows", second.RowsIn, sum)
	}
	if third, err := q.Run(context.Background()); err != nil || !third.Run.Done {
		t.Errorf("the query is not over: %+v %v", third, err)
	}
	return second.RowsIn > first.RowsIn
}

// A snapshot can be taken at any time, and at the end it is what the run returns.
func TestSnapshot(t *testing.T) {
	q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: endless}},
		helios.Options{Flush: true, Parallelism: 2, CheckpointDir: t.TempDir(), CheckpointInterval: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if s := q.Snapshot(); s != nil {
		t.Errorf("before the first run there is %+v", s)
	}
	ctx, stop := context.WithCancelCause(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { // until it has seen a run in which everything moves, and then for some more
		var most int64
		for seen, begin := 0, time.Now(); seen < 100; time.Sleep(time.Millisecond) {
			s := q.Snapshot()
			if time.Since(begin) > 2*time.Minute {
				t.Errorf("after two minutes there is %+v", s)
				break
			}
			if s == nil || !s.Running {
				continue
			}
			rows := s.Stats.Stages[0].Scan.Rows
			if rows < most {
				t.Errorf("%d rows after %d", rows, most)
			}
			most = rows
			if seen > 0 || rows > 0 && s.Scans[0].Timed && s.Checkpoints.Taken > 0 && len(s.Memory) > 1 {
				seen++
			}
		}
		stop(helios.ErrInterrupted)
	})
	stats, err := q.Run(ctx)
	wg.Wait()
	if !errors.Is(err, helios.ErrInterrupted) {
		t.Fatal(err)
	}
	s := q.Snapshot()
	if s.Running || s.Stats.String() != stats.Run.String() || s.Checkpoints.Last == 0 {
		t.Errorf("at the end\n%s\nwant\n%s", s.Stats, stats.Run)
	}
}

// What fails while a run drains after an interrupt is its error, and not the interrupt:
// its rows are not where they belong.
func TestFailureWhileDraining(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	down := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		cancel(helios.ErrInterrupted)
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer down.Close()
	q, err := helios.Compile(ctx, []helios.File{{Name: "q.sql", Text: `
CREATE MAPPING w (a INTEGER) TYPE Webhook OPTIONS ('url'='` + down.URL + `', 'retries'='1000', 'retry.delay'='1h', 'retry.max-delay'='1h');
INSERT INTO w VALUES (1);`}}, helios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = q.Run(ctx)
	if err == nil || errors.Is(err, helios.ErrInterrupted) || !strings.Contains(err.Error(), "as the run is to stop; 1 row is not posted") {
		t.Errorf("%v", err)
	}
}
