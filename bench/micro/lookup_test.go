package micro

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/helios-stream/helios"
)

// BenchmarkRestLookup asks a service that takes a millisecond for two thousand keys that it has
// not been asked for before.
func BenchmarkRestLookup(b *testing.B) {
	const keys = 2000
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Millisecond)
		fmt.Fprintf(w, `{"name":"the name of %s","plan":"basic","since":"2024-01-01"}`, filepath.Base(r.URL.Path))
	}))
	defer s.Close()
	dir := b.TempDir()
	var in strings.Builder
	for i := range keys {
		fmt.Fprintf(&in, "{\"k\":%d}\n", i)
	}
	if err := os.WriteFile(filepath.Join(dir, "e.ndjson"), []byte(in.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	for _, at := range []int{1, 8, 32} {
		b.Run(fmt.Sprintf("concurrency=%d", at), func(b *testing.B) {
			text := "CREATE MAPPING e (k BIGINT) TYPE File OPTIONS ('path'='e.ndjson');\n" +
				"CREATE MAPPING u (id BIGINT, name VARCHAR, plan VARCHAR, since DATE) TYPE Rest OPTIONS ('url'='" + s.URL + fmt.Sprintf("/u/{id}', 'lookup.concurrency'='%d');\n", at) +
				"SELECT e.k, u.name, u.plan, u.since FROM e JOIN u ON u.id = e.k"
			q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: text, Dir: dir}}, helios.Options{})
			if err != nil {
				b.Fatal(err)
			}
			n := 0
			for b.Loop() {
				stats, err := q.Run(context.Background())
				if err != nil || stats.RowsOut != keys {
					b.Fatalf("%v, %+v", err, stats)
				}
				n += keys
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "keys/s")
		})
	}
}
