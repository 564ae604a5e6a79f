package helios_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/helios-stream/helios"
)

// slowRun is a join with a service that answers for some keys and then no more, or slowly.
type slowRun struct {
	*service
	dir   string
	text  string
	fast  atomic.Bool   // it answers for all keys
	slow  time.Duration // what it takes for an answer after the first ones; 0: for ever
	n     atomic.Int64  // requests
	stuck func()        // called at the first request without an answer, if not nil
}

const (
	slowKeys = 20_000
	answered = 500 // requests, if the service is not fast
)

func newSlowRun(t *testing.T) *slowRun {
	r := &slowRun{dir: t.TempDir()}
	r.service = newService(t, func(key string, _ int, w http.ResponseWriter, req *http.Request) {
		if n := r.n.Add(1); n > answered && !r.fast.Load() {
			if n == answered+1 && r.stuck != nil {
				r.stuck()
			}
			var after <-chan time.Time
			if r.slow > 0 {
				after = time.After(r.slow)
			}
			select {
			case <-after:
			case <-req.Context().Done():
			}
		}
		fmt.Fprintf(w, `{"name":"of %s"}`, key)
	})
	var in strings.Builder
	for i := range slowKeys {
		fmt.Fprintf(&in, "{\"n\":%d,\"k\":%d}\n", i, i+1)
	}
	if err := os.WriteFile(filepath.Join(r.dir, "e.ndjson"), []byte(in.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	r.text = "CREATE MAPPING e (n BIGINT, k BIGINT) TYPE File OPTIONS ('path'='e.ndjson');\n" + r.query(", 'lookup.concurrency'='32', 'lookup.timeout'='1 h'", "SELECT e.n, u.name FROM e JOIN u ON u.id = e.k")
	return r
}

func (r *slowRun) run(ctx context.Context, t *testing.T, o helios.Options) (*helios.Stats, []string, error) {
	t.Helper()
	o.OutputFile, o.Parallelism, o.BatchRows = filepath.Join(r.dir, "out.ndjson"), 2, 64
	q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: r.text, Dir: r.dir}}, o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := q.Run(ctx)
	if err == nil {
		if berr := s.Run.Balanced(); berr != nil {
			t.Error(berr)
		}
	}
	return s, linesOf(t, o.OutputFile), err
}

// A run whose time is over stops soon, is no failure, and gives the rows that were looked up.
func TestLookupStopsInTime(t *testing.T) {
	t.Parallel()
	inTime(t, func(d time.Duration) bool {
		r := newSlowRun(t)
		var said strings.Builder
		s, rows, err := r.run(context.Background(), t, helios.Options{For: d, Warn: func(text string) { said.WriteString(text) }})
		if err != nil || !s.Run.Stopped {
			t.Fatal(err)
		}
		if !strings.Contains(said.String(), "rows were read and not worked on: u had not answered for their keys") {
			t.Errorf("%d rows; %s", len(rows), said.String())
		}
		return len(rows) > 0
	})
}

// An interrupted run can be taken up: no row is lost, and none comes twice.
func TestLookupInterrupted(t *testing.T) {
	t.Parallel()
	r := newSlowRun(t)
	ctx, cancel := context.WithCancelCause(context.Background())
	r.stuck = func() { cancel(helios.ErrInterrupted) }
	o := helios.Options{CheckpointDir: filepath.Join(r.dir, "state")}
	if _, _, err := r.run(ctx, t, o); !errors.Is(err, helios.ErrInterrupted) {
		t.Fatal(err)
	}
	r.fast.Store(true)
	_, rows, err := r.run(context.Background(), t, o)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, row := range rows {
		seen[row] = true
	}
	if len(rows) != slowKeys || len(seen) != slowKeys {
		t.Errorf("%d rows, %d of them different", len(rows), len(seen))
	}
}

// A query that needs few rows asks for few keys.
func TestLookupWithALimit(t *testing.T) {
	t.Parallel()
	r := newSlowRun(t)
	r.slow = 20 * time.Millisecond // six seconds for half of them: the limit is reached before, however busy the machine is
	_, rows, err := r.run(context.Background(), t, helios.Options{Limit: 3})
	if n := r.n.Load(); err != nil || len(rows) != 3 || n > slowKeys/2 {
		t.Errorf("%v: %d rows after %d requests", err, len(rows), n)
	}
}
