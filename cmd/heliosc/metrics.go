package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/helios-stream/helios"
)

// serveMetrics answers requests at an address until the returned function is called;
// for "" it does nothing.
func serveMetrics(io streams, addr string, quiet bool, q *helios.Query) (stop func(), err error) {
	if addr == "" {
		return func() {}, nil
	}
	at, err := metricsAddress(addr)
	if err != nil {
		return nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", at)
	if err != nil {
		return nil, fmt.Errorf("--metrics %s: the address cannot be taken: %w", addr, err)
	}
	if !quiet || strings.HasSuffix(at, ":0") { // the port that was found is nowhere else to be seen
		fmt.Fprintf(io.err, "metrics on http://%s/metrics\n", l.Addr())
	}
	s := &http.Server{
		Handler: q.Metrics(version), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second,
		WriteTimeout: 10 * time.Second, IdleTimeout: 30 * time.Second, MaxHeaderBytes: 16 << 10,
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l) // ends with Close
	}()
	return func() {
		_ = s.Close()
		<-done
	}, nil
}

// metricsAddress reads 9090, :9090 and host:9090. Without a host only this machine
// reaches it.
func metricsAddress(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil && !strings.ContainsAny(addr, ":[]") {
		host, port, err = "", addr, nil
	}
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil || port == "" {
		return "", usagef("--metrics %s: it is an address such as :9090 or 0.0.0.0:9090; :0 takes a free port", addr)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}
