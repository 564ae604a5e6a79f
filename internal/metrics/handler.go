package metrics

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/helios-stream/helios/vexec/run"
)

// maxRequests is how many requests are answered at once; further ones get 503.
const maxRequests = 8

// Handler answers GET /metrics, /metrics.json, /healthz (the process is there) and
// /readyz (the query reads and writes). snapshot is called for each request.
func Handler(b Build, snapshot func() *run.Snapshot) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, "text/plain; version=0.0.4; charset=utf-8", Text(Families(b, snapshot(), time.Now())))
	})
	mux.HandleFunc("GET /metrics.json", func(w http.ResponseWriter, _ *http.Request) {
		text, err := json.Marshal(Families(b, snapshot(), time.Now()))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		answer(w, http.StatusOK, "application/json", append(text, '\n'))
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, "text/plain; charset=utf-8", []byte("ok\n"))
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		switch s := snapshot(); {
		case s == nil:
			answer(w, http.StatusServiceUnavailable, "text/plain; charset=utf-8", []byte("the sources and sinks are not open yet\n"))
		case !s.Running:
			answer(w, http.StatusServiceUnavailable, "text/plain; charset=utf-8", []byte("the query has ended\n"))
		default:
			answer(w, http.StatusOK, "text/plain; charset=utf-8", []byte("ready\n"))
		}
	})
	return bounded(mux)
}

func bounded(h http.Handler) http.Handler {
	slots := make(chan struct{}, maxRequests)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
			h.ServeHTTP(w, r)
		default:
			w.Header().Set("Retry-After", "1")
			http.Error(w, "too many requests at once", http.StatusServiceUnavailable)
		}
	})
}

func answer(w http.ResponseWriter, status int, kind string, text []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(text) // a client that is gone needs no answer
}
