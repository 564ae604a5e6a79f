package helios

import (
	"net/http"
	"runtime"

	"github.com/helios-stream/helios/internal/metrics"
)

// Metrics answers requests for what the run under way does: /metrics in the text format
// of Prometheus, /metrics.json, /watermark and /watermark.json (DrawTimes), /healthz and /readyz. version is shown as the build's.
// The numbers are those of Snapshot; no secret is among them.
func (q *Query) Metrics(version string) http.Handler {
	all := metrics.Handler(metrics.Build{Version: version, Go: runtime.Version()}, q.Snapshot)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		form, known := map[string]Drawing{"/watermark": DrawText, "/watermark.json": DrawJSON}[r.URL.Path]
		if !known || r.Method != http.MethodGet {
			all.ServeHTTP(w, r)
			return
		}
		kind := "text/plain; charset=utf-8"
		if form == DrawJSON {
			kind = "application/json"
		}
		text, err := q.DrawTimes(form)
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write([]byte(text)) // a client that is gone needs no answer
	})
}
