package http

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	nethttp "net/http"
	"sync"
	"time"
)

// readyPath says with 200 or 503 whether all paths of the server take rows.
const readyPath = "/readyz"

// The limits of a server that no mapping sets.
const (
	headerTimeout  = 10 * time.Second
	idleTimeout    = 60 * time.Second
	maxHeaderBytes = 64 << 10
	maxConnections = 10_000
	closeTimeout   = time.Second
)

// server is one address, which mappings may share.
type server struct {
	http          *nethttp.Server
	root          string // of its URLs: https://127.0.0.1:8443
	cert, certKey string

	mu    sync.RWMutex
	paths map[string]*reader
}

// join opens a reader's path, and the server where there is none on its address.
func (c *connector) join(r *reader) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.servers[r.set.listen]
	if s == nil {
		var err error
		if s, err = c.start(r.set); err != nil {
			return err
		}
		c.servers[r.set.listen] = s
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.cert != r.set.cert || s.certKey != r.set.certKey:
		return fmt.Errorf("%s: mappings that share %s must have the same 'tls.cert' and 'tls.key'", r.set.name, r.set.listen)
	case s.paths[r.set.path] != nil:
		return fmt.Errorf("%s: the query reads %s of %s twice, as two scans with another event time, or two mappings; give each mapping a path of its own, and read it in one way",
			r.set.name, r.set.path, r.set.listen)
	}
	s.paths[r.set.path] = r
	if r.scan.Notify != nil {
		r.scan.Notify(fmt.Sprintf("%s takes rows at %s%s", r.set.name, s.root, r.set.path))
	}
	return nil
}

func (c *connector) start(set *settings) (*server, error) {
	s := &server{cert: set.cert, certKey: set.certKey, paths: map[string]*reader{}}
	var config *tls.Config
	if set.cert != "" {
		pair, err := tls.LoadX509KeyPair(set.cert, set.certKey)
		if err != nil {
			return nil, fmt.Errorf("%s: the certificate and key of 'tls.cert' and 'tls.key' cannot be used: %w", set.name, err)
		}
		config = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	l, err := c.listen(set.listen)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot listen on %s: %w; is the port taken?", set.name, set.listen, err)
	}
	s.root = "http://" + l.Addr().String()
	if config != nil {
		s.root = "https://" + l.Addr().String()
	}
	l = &limited{Listener: l, slots: make(chan struct{}, maxConnections)}
	if config != nil {
		l = tls.NewListener(l, config)
	}
	s.http = &nethttp.Server{
		Handler: s, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes,
		ErrorLog: log.New(io.Discard, "", 0), // of clients that misbehave
	}
	go s.http.Serve(l)
	return s, nil
}

// leave closes a reader's path, and the server behind the last one. It waits a
// little for clients to take their answers.
func (c *connector) leave(r *reader) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.servers[r.set.listen]
	if s == nil || !s.remove(r) {
		return nil
	}
	delete(c.servers, r.set.listen)
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if err := s.http.Shutdown(ctx); err == nil || !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return s.http.Close()
}

// remove takes a path out and reports whether none is left.
func (s *server) remove(r *reader) (last bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.paths[r.set.path] != r {
		return false
	}
	delete(s.paths, r.set.path)
	return len(s.paths) == 0
}

// ServeHTTP hands a request to the reader of its path.
func (s *server) ServeHTTP(w nethttp.ResponseWriter, req *nethttp.Request) {
	s.mu.RLock()
	r := s.paths[req.URL.Path]
	ready := true
	for _, p := range s.paths {
		ready = ready && !p.stopping()
	}
	s.mu.RUnlock()
	switch {
	case r != nil:
		r.serve(w, req)
	case req.URL.Path == readyPath && ready:
		answer(w, nethttp.StatusOK, reply{"status": "ready"})
	case req.URL.Path == readyPath:
		answer(w, nethttp.StatusServiceUnavailable, reply{"status": "stopping"})
	default:
		answer(w, nethttp.StatusNotFound, reply{"error": "no rows are taken at this path"})
	}
}

// limited is a listener of so many connections at once.
type limited struct {
	net.Listener
	slots chan struct{}
}

func (l *limited) Accept() (net.Conn, error) {
	l.slots <- struct{}{}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &slotConn{Conn: c, free: sync.OnceFunc(func() { <-l.slots })}, nil
}

type slotConn struct {
	net.Conn
	free func()
}

func (c *slotConn) Close() error {
	defer c.free()
	return c.Conn.Close()
}
