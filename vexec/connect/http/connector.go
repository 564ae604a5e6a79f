// Package http is the connector of rows that clients post: TYPE Http. A request is a
// body of NDJSON; it is answered when its rows are taken, and with checkpoints when
// they are durable, so that a client knows what it need not send again.
package http

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/ndjson"
)

// connector keeps the servers of the runs at hand: mappings may share an address.
type connector struct {
	listen func(addr string) (net.Listener, error)

	mu      sync.Mutex
	servers map[string]*server // by address
}

// New returns the connector of TYPE Http.
func New() vexec.Connector {
	return NewOn(func(addr string) (net.Listener, error) { return net.Listen("tcp", addr) })
}

// NewOn returns the connector with another way to get at a port, for tests that take
// any free one.
func NewOn(listen func(addr string) (net.Listener, error)) vexec.Connector {
	return &connector{listen: listen, servers: map[string]*server{}}
}

// Spec describes the connector.
func (*connector) Spec() *ir.ConnectorSpec {
	return &ir.ConnectorSpec{
		Name:    "http",
		Summary: "Rows that clients POST as NDJSON, answered when they are taken; with checkpoints, when they are durable.",
		Source:  true,
		Options: slices.Concat(options(), vexec.RowOptions("the whole request is refused with 400 and the numbers of its bad lines"), vexec.StreamOptions()),
		Examples: []string{
			"CREATE MAPPING readings (sensor VARCHAR, ts TIMESTAMP(3), value DOUBLE, WATERMARK FOR ts AS ts - INTERVAL '10' SECOND)\nTYPE Http OPTIONS ('listen'='127.0.0.1:8080', 'path'='/readings')",
		},
	}
}

func options() []ir.OptionSpec {
	return []ir.OptionSpec{
		{Name: "listen", Type: ir.OptionString, Default: "127.0.0.1:8080", Example: "0.0.0.0:8443",
			Doc: "The address and port that clients connect to; one that other machines can reach needs a 'token'. Mappings with other paths may share it."},
		{Name: "path", Type: ir.OptionString, Required: true, Example: "/readings", Doc: "Where rows are posted to."},
		{Name: "token", Type: ir.OptionString, Secret: true, Doc: "What clients must send as Authorization: Bearer; others get 401."},
		{Name: "max.body", Type: ir.OptionBytes, Default: "16MB", Doc: "The largest body, as it is sent; larger ones get 413."},
		{Name: "max.expanded", Type: ir.OptionBytes, Default: "64MB", Doc: "The largest body once gzip or zstd is taken off."},
		{Name: "buffer", Type: ir.OptionBytes, Default: "64MB", Doc: "How much may wait to be worked on; beyond it clients get 429 and try again."},
		{Name: "max.requests", Type: ir.OptionInt, Default: "1000", Doc: "How many requests may be under way at once, those included that wait for an answer."},
		{Name: "rows-per-second", Type: ir.OptionFloat, Example: "50000", Doc: "How many rows are taken in a second, on average; beyond it clients get 429. Default: no limit."},
		{Name: "timeout", Type: ir.OptionDuration, Default: "30s", Doc: "How long a client may take to send its request, or to take its answer."},
		{Name: "idempotency.keys", Type: ir.OptionInt, Default: "10000",
			Doc: "How many of the last Idempotency-Key headers are remembered, over restarts too: a request with one of them is answered as the first time and not taken again."},
		{Name: "json." + vexec.OptionIgnore, Type: ir.OptionBool, Default: "false", Excludes: ir.OptionOnError, Doc: vexec.IgnoreDoc},
		{Name: "tls.cert", Type: ir.OptionPath, Example: "server.crt", Doc: "A certificate in PEM, for https; with 'tls.key'."},
		{Name: "tls.key", Type: ir.OptionPath, Example: "server.key", Doc: "The certificate's private key in PEM."},
	}
}

// settings are a table's options, parsed.
type settings struct {
	name          string // of the table
	listen, path  string
	token         string
	failBad       bool // 'on.error'='fail'
	body          int64
	expanded      int64
	buffer        int64
	requests      int
	perSecond     float64
	timeout       time.Duration
	keys          int
	cert, certKey string
}

// Most of what the options can ask for.
const (
	maxExpanded = 1 << 30
	maxKeys     = 1_000_000
	maxRequests = 100_000
)

func settingsOf(t *ir.Table) (*settings, error) {
	s := &settings{name: t.Name, token: t.Options["token"], failBad: t.Options["on.error"] == "fail"}
	p := &parser{t: t}
	s.listen, s.path = p.text("listen"), p.text("path")
	s.body, s.expanded, s.buffer = p.size("max.body", maxExpanded), p.size("max.expanded", maxExpanded), p.size("buffer", 1<<40)
	s.requests, s.keys = p.number("max.requests", 1, maxRequests), p.number("idempotency.keys", 0, maxKeys)
	s.timeout = p.span("timeout")
	s.cert, s.certKey = p.file("tls.cert"), p.file("tls.key")
	if text, ok := t.Options["rows-per-second"]; ok {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || !(f > 0 && f <= 1e12) {
			p.bad("rows-per-second", "is a number of rows above 0; '%s' is not", text)
		}
		s.perSecond = f
	}
	if p.err == nil {
		p.address(s)
	}
	return s, p.err
}

// parser reads options, defaults where they are missing, and keeps the first error.
type parser struct {
	t   *ir.Table
	err error
}

func (p *parser) bad(option, format string, args ...any) {
	if p.err == nil {
		p.err = &ir.OptionError{Option: option, Reason: fmt.Sprintf(format, args...)}
	}
}

func (p *parser) text(name string) string {
	if v, ok := p.t.Options[name]; ok {
		return v
	}
	for _, o := range options() {
		if o.Name == name {
			return o.Default
		}
	}
	return ""
}

func (p *parser) size(name string, most int64) int64 {
	n, ok := ir.OptionSize(p.text(name))
	if !ok || n < 1 || n > most {
		p.bad(name, "is a number of bytes from 1 to %d; '%s' is not", most, p.text(name))
	}
	return n
}

func (p *parser) number(name string, least, most int) int {
	n, err := strconv.Atoi(p.text(name))
	if err != nil || n < least || n > most {
		p.bad(name, "is a number from %d to %d; '%s' is not", least, most, p.text(name))
	}
	return n
}

func (p *parser) span(name string) time.Duration {
	d, ok := ir.OptionSpan(p.text(name))
	if !ok || d <= 0 {
		p.bad(name, "is a span of time such as 30s; '%s' is not", p.text(name))
	}
	return d
}

func (p *parser) file(name string) string {
	v := p.t.Options[name]
	if v == "" || filepath.IsAbs(v) {
		return v
	}
	return filepath.Join(p.t.Dir, v)
}

// address checks where clients connect to.
func (p *parser) address(s *settings) {
	host, port, err := net.SplitHostPort(s.listen)
	if n, perr := strconv.Atoi(port); err != nil || perr != nil || n < 0 || n > 65535 {
		p.bad("listen", "is an address and a port such as 127.0.0.1:8080; '%s' is not", s.listen)
		return
	}
	switch given := p.t.Options["token"]; {
	case !isLoopback(host) && given == "":
		p.bad("listen", "can be reached from other machines: set a 'token', or listen on 127.0.0.1")
	case !strings.HasPrefix(s.path, "/") || strings.ContainsAny(s.path, "?#{} ") || s.path != cleanPath(s.path):
		p.bad("path", "is the path of a URL such as /readings; '%s' is not", s.path)
	case s.path == readyPath:
		p.bad("path", "is where the server says whether it is ready; take another one")
	case (s.cert == "") != (s.certKey == ""):
		p.bad(map[bool]string{true: "tls.key", false: "tls.cert"}[s.cert == ""], "needs the other one of 'tls.cert' and 'tls.key'")
	case s.expanded < s.body && p.t.Options["max.expanded"] != "":
		p.bad("max.expanded", "is less than 'max.body'")
	}
	s.expanded = max(s.expanded, s.body)
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// cleanPath is a path as net/http's ServeMux would have it: no dots, no double slash.
func cleanPath(p string) string {
	if c := filepath.ToSlash(filepath.Clean(p)); p != "/" && strings.HasSuffix(p, "/") {
		return c + "/"
	} else {
		return c
	}
}

// Check refuses options that make no sense and columns that JSON cannot hold.
func (*connector) Check(t *ir.Table, _ bool) error {
	if _, err := settingsOf(t); err != nil {
		return err
	}
	for _, c := range t.Physical().Cols {
		if err := ndjson.Check(&c); err != nil {
			return err
		}
	}
	return nil
}

// Infer fails: nothing has been posted yet.
func (*connector) Infer(context.Context, *ir.Table) ([]ir.Column, error) {
	return nil, fmt.Errorf("what clients will post is said by the columns")
}

// Bounded is false: there may always be another request.
func (*connector) Bounded(*ir.Table) bool { return false }

// Source returns the table's requests.
func (c *connector) Source(t *ir.Table) (vexec.Source, error) {
	s, err := settingsOf(t)
	if err != nil {
		return nil, err
	}
	return &source{c: c, set: s}, nil
}

// Sink fails: rows are only taken.
func (*connector) Sink(t *ir.Table) (vexec.Sink, error) {
	return nil, fmt.Errorf("%s: TYPE Http takes rows from clients; to post rows use TYPE Webhook", t.Name)
}

// source is the requests to one path: one split.
type source struct {
	c   *connector
	set *settings
}

func (s *source) Splits(context.Context) ([]vexec.Split, error) {
	return []vexec.Split{{ID: s.set.path}}, nil
}

func (s *source) Bounded() bool { return false }

// Open begins to take requests.
func (s *source) Open(_ context.Context, scan *vexec.Scan, _ vexec.Split, from vexec.Position) (vexec.SplitReader, error) {
	r, err := newReader(s.c, s.set, scan, from)
	if err != nil {
		return nil, err
	}
	return r, s.c.join(r)
}
