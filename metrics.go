package helios

import (
	"net/http"
	"runtime"

	"github.com/helios-stream/helios/internal/metrics"
)

// Metrics answers requests for what the run under way does: /metrics in the text format
// of Prometheus, /metrics.json, /healthz and /readyz. version is shown as the build's.
// The numbers are those of Snapshot; no secret is among them.
func (q *Query) Metrics(version string) http.Handler {
	return metrics.Handler(metrics.Build{Version: version, Go: runtime.Version()}, q.Snapshot)
}
