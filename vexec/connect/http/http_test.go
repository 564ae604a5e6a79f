package http

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	nethttp "net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

var ctx = context.Background()

// clock is processing time that a test moves.
type clock struct{ now atomic.Int64 }

func (c *clock) Now() ir.Micros { return ir.Micros(c.now.Load()) }

// rig is an open source and a client of it.
type rig struct {
	t      *testing.T
	c      *connector
	addr   string
	scheme string
	told   []string // by Scan.Notify
	client *nethttp.Client
	clock  clock
	r      *reader
	d      vexec.Decoder
}

func table(options string) *ir.Table {
	t := &ir.Table{Name: "n", Connector: "http", Options: map[string]string{"path": "/n"}}
	for _, c := range vtest.Schema("n", ir.TBigInt, "s", ir.TVarchar).Cols {
		t.Cols = append(t.Cols, ir.TableColumn{Column: c})
	}
	for _, o := range strings.Split(options, "; ") {
		if k, v, ok := strings.Cut(o, "="); ok {
			t.Options[k] = v
		}
	}
	return t
}

func start(t *testing.T, options string, durable bool) *rig {
	t.Helper()
	g := &rig{t: t, scheme: "http", client: &nethttp.Client{Transport: &nethttp.Transport{}}}
	g.c = NewOn(func(string) (net.Listener, error) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err == nil {
			g.addr = l.Addr().String()
		}
		return l, err
	}).(*connector)
	if err := g.open(options, durable, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		g.client.CloseIdleConnections()
		_ = g.r.Close()
	})
	return g
}

func (g *rig) open(options string, durable bool, from vexec.Position) error {
	tab := table(options)
	if err := g.c.Check(tab, false); err != nil {
		return err
	}
	src, err := g.c.Source(tab)
	if err != nil {
		return err
	}
	r, err := src.Open(ctx, &vexec.Scan{Table: tab, Schema: tab.Physical(), TimeCol: -1, MaxRows: 100, Clock: &g.clock, Durable: durable,
		Notify: func(text string) { g.told = append(g.told, text) }}, vexec.Split{}, from)
	if err != nil {
		return err
	}
	g.r = r.(*reader)
	g.d, err = r.NewDecoder()
	return err
}

// sent is an answer that is to come.
type sent struct {
	status int
	after  string
	body   map[string]any
	err    error
}

// send posts a body, with headers as pairs, and returns where the answer comes.
func (g *rig) send(body string, headers ...string) chan sent {
	out := make(chan sent, 1)
	req, _ := nethttp.NewRequest("POST", g.scheme+"://"+g.addr+"/n", strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	go func() { out <- g.do(req) }()
	return out
}

func (g *rig) do(req *nethttp.Request) (s sent) {
	resp, err := g.client.Do(req)
	if err != nil {
		return sent{err: err}
	}
	defer resp.Body.Close()
	s.status, s.after = resp.StatusCode, resp.Header.Get("Retry-After")
	s.err = json.NewDecoder(resp.Body).Decode(&s.body)
	return s
}

// want checks an answer.
func (g *rig) want(s sent, status int, text string) {
	g.t.Helper()
	if got := fmt.Sprint(s.body); s.err != nil || s.status != status || !strings.Contains(got, text) {
		g.t.Errorf("%d %s %v, want %d with %q", s.status, got, s.err, status, text)
	}
}

// inLine waits until so many requests stand in line.
func (g *rig) inLine(n int) {
	g.t.Helper()
	g.until(func() bool { return len(g.r.line) == n })
}

func (g *rig) until(cond func() bool) {
	g.t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); ; runtime.Gosched() {
		g.r.mu.Lock()
		ok := cond()
		g.r.mu.Unlock()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			g.t.Fatal("it does not come")
		}
	}
}

// claim takes what stands in line, and returns its rows and bad lines.
func (g *rig) claim() (rows [][]ir.Value, bad []vexec.BadRow) {
	g.t.Helper()
	u, err := g.r.Claim(ctx)
	if err != nil {
		g.t.Fatal(err)
	}
	if _, err := g.d.Begin(ctx, u); err != nil {
		g.t.Fatal(err)
	}
	for {
		var b vexec.Batch
		var faults vexec.BadRows
		if err := g.d.Next(&b, &faults); err == io.EOF {
			return rows, bad
		} else if err != nil {
			g.t.Fatal(err)
		}
		if err := vtest.Check(&b); err != nil {
			g.t.Fatal(err)
		}
		for i := range b.Live() {
			rows = append(rows, b.Values(i))
		}
		bad = append(bad, faults.Rows...)
	}
}

func TestAnsweredWhenTaken(t *testing.T) {
	g := start(t, "", false)
	a := g.send("{\"n\": 1, \"s\": \"one\"}\n{\"n\": 2}\n")
	g.inLine(1)
	b := g.send("{\"n\": 3}")
	g.inLine(2)
	select {
	case s := <-a:
		t.Fatalf("answered before it was taken: %v", s)
	default:
	}
	rows, bad := g.claim()
	if fmt.Sprint(rows) != "[[1 one] [2 <nil>] [3 <nil>]]" || len(bad) > 0 {
		t.Errorf("%v %v", rows, bad)
	}
	g.want(<-a, 200, "map[bad:0 rows:2]")
	g.want(<-b, 200, "map[bad:0 rows:1]")
	if _, err := g.r.Claim(ctx); !errors.Is(err, vexec.ErrNothingYet) {
		t.Error(err)
	}
	g.want(<-g.send(""), 200, "rows:0")
	if g.r.held != 0 {
		t.Errorf("%d bytes are still held", g.r.held)
	}
}

func TestAnsweredWhenDurable(t *testing.T) {
	g := start(t, "", true)
	a := g.send(`{"n": 1}`)
	g.inLine(1)
	g.claim()
	first := g.r.Position()
	b := g.send(`{"n": 2}`)
	g.inLine(1)
	g.claim()
	select {
	case s := <-a:
		t.Fatalf("answered before the checkpoint: %v", s)
	default:
	}
	if err := g.r.Durable(ctx, first); err != nil {
		t.Fatal(err)
	}
	g.want(<-a, 200, "rows:1")
	g.r.Drain()
	g.want(<-g.send(`{"n": 3}`), 503, "stopping")
	if err := g.r.Durable(ctx, g.r.Position()); err != nil {
		t.Fatal(err)
	}
	g.want(<-b, 200, "rows:1")
	if err := g.r.Durable(ctx, vexec.Position("x")); err == nil {
		t.Error("a position that is none")
	}
}

func TestStopping(t *testing.T) {
	g := start(t, "", true)
	claimed := g.send(`{"n": 1}`)
	g.inLine(1)
	g.claim()
	waiting := g.send(`{"n": 2}`)
	g.inLine(1)
	g.r.Drain()
	s := <-waiting
	g.want(s, 503, "send the rows again")
	if s.after == "" {
		t.Error("no Retry-After")
	}
	if err := g.r.Close(); err != nil { // before the checkpoint was written
		t.Error(err)
	}
	g.want(<-claimed, 503, "send the rows again")
	if s := <-g.send(`{"n": 3}`); s.err == nil {
		t.Error("the port is still open")
	}
}

// A request that is sent again with its key is answered again and not taken again,
// also behind a restart from a checkpoint that holds it.
func TestIdempotency(t *testing.T) {
	g := start(t, "idempotency.keys=2", true)
	a := g.send("{\"n\": 1}\nx\n", "Idempotency-Key", "a")
	g.inLine(1)
	again := g.send("{\"n\": 1}\nx\n", "Idempotency-Key", "a")
	g.claim()
	pos := g.r.Position()
	if err := g.r.Durable(ctx, pos); err != nil {
		t.Fatal(err)
	}
	g.want(<-a, 200, "map[bad:1 rows:1]")
	g.want(<-again, 200, "map[bad:1 repeated:true rows:1]")
	lost := g.send(`{"n": 2}`, "Idempotency-Key", "b") // claimed, and in no checkpoint
	g.inLine(1)
	g.claim()
	_ = g.r.Close()
	g.want(<-lost, 503, "again")
	if err := g.open("idempotency.keys=2", true, pos); err != nil {
		t.Fatal(err)
	}
	g.want(<-g.send("{\"n\": 1}\nx\n", "Idempotency-Key", "a"), 200, "map[bad:1 repeated:true rows:1]")
	for _, key := range []string{"b", "c"} {
		s := g.send(`{"n": 2}`, "Idempotency-Key", key)
		g.inLine(1)
		if rows, _ := g.claim(); len(rows) != 1 {
			t.Fatalf("%s: %v", key, rows)
		}
		_ = g.r.Durable(ctx, g.r.Position())
		g.want(<-s, 200, "map[bad:0 rows:1]")
	}
	s := g.send(`{"n": 1}`, "Idempotency-Key", "a") // forgotten: two others came
	g.inLine(1)
	g.claim()
	_ = g.r.Durable(ctx, g.r.Position())
	g.want(<-s, 200, "map[bad:0 rows:1]")
	g.want(<-g.send(`{"n": 1}`, "Idempotency-Key", strings.Repeat("k", 257)), 400, "longer than 256")
	if err := g.open("", true, vexec.Position("x")); err == nil {
		t.Error("a position that is none")
	}
}

func TestBadLines(t *testing.T) {
	const lines = "{\"n\": 1}\n{\"n\": \"x\"}\n\n[1]\n{\"n\": 2}"
	g := start(t, "", false)
	a := g.send(lines)
	g.inLine(1)
	rows, bad := g.claim()
	if len(rows) != 2 || len(bad) != 2 || bad[0].Line != 2 || bad[0].Split != "/n#1" || bad[0].Column != "n" || bad[1].Line != 4 || string(bad[1].Raw) != "[1]" {
		t.Errorf("%v %+v", rows, bad)
	}
	g.want(<-a, 200, "map[bad:2 rows:2]")
	strict := start(t, "on.error=fail", false)
	s := <-strict.send(lines)
	strict.want(s, 400, "2 of the lines cannot be read; no row was taken")
	if text := fmt.Sprint(s.body["lines"]); !strings.Contains(text, "line:2") || !strings.Contains(text, "column:n") || !strings.Contains(text, "line:4") {
		t.Error(text)
	}
	if len(strict.r.line) > 0 || strict.r.held != 0 {
		t.Error("a refused request is kept")
	}
}

func TestToken(t *testing.T) {
	g := start(t, "token=s3cret", false)
	g.want(<-g.send(`{"n": 1}`), 401, "Authorization: Bearer")
	g.want(<-g.send(`{"n": 1}`, "Authorization", "Bearer s3cre"), 401, "")
	g.want(<-g.send(`{"n": 1}`, "Authorization", "Basic s3cret"), 401, "")
	s := g.send(`{"n": 1}`, "Authorization", "bearer s3cret", "Origin", "https://example.org")
	g.inLine(1)
	g.claim()
	g.want(<-s, 200, "rows:1")
	open := start(t, "", false)
	open.want(<-open.send(`{"n": 1}`, "Origin", "https://example.org"), 403, "web pages")
}

func TestOtherRequests(t *testing.T) {
	g := start(t, "", false)
	f := func(method, path string, status int, text string) {
		t.Helper()
		req, _ := nethttp.NewRequest(method, "http://"+g.addr+path, nil)
		g.want(g.do(req), status, text)
	}
	f("GET", "/n", 405, "POST")
	f("POST", "/m", 404, "no rows are taken at this path")
	f("GET", "/readyz", 200, "ready")
	g.r.Drain()
	f("GET", "/readyz", 503, "stopping")
}

func zip(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return out.String()
}

func zst(t *testing.T, text string) string {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(w.EncodeAll([]byte(text), nil))
}

func TestCompressedBodies(t *testing.T) {
	g := start(t, "max.body=10KB; max.expanded=64KB", false)
	var text strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&text, "{\"n\": %d}\n", i)
	}
	for name, body := range map[string]string{"gzip": zip(t, text.String()), "zstd": zst(t, text.String())} {
		s := g.send(body, "Content-Encoding", name)
		g.inLine(1)
		if rows, bad := g.claim(); len(rows) != 2000 || len(bad) > 0 || rows[1999][0] != int64(1999) {
			t.Errorf("%s: %d rows, %d bad", name, len(rows), len(bad))
		}
		g.want(<-s, 200, "rows:2000")
	}
	bomb := strings.Repeat("{\"n\": 1}\n", 1_000_00)
	g.want(<-g.send(zip(t, bomb), "Content-Encoding", "gzip"), 413, "once it is expanded")
	g.want(<-g.send(zst(t, bomb), "Content-Encoding", "zstd"), 413, "once it is expanded")
	g.want(<-g.send(text.String()), 413, "more than 10240 bytes")
	g.want(<-g.send("{}", "Content-Encoding", "gzip"), 400, "cannot be read")
	g.want(<-g.send(zip(t, "{}")[:12], "Content-Encoding", "gzip"), 400, "cannot be read")
	g.want(<-g.send("{}", "Content-Encoding", "br"), 415, "gzip or zstd")
	if g.r.held != 0 {
		t.Errorf("%d bytes are still held", g.r.held)
	}
}

func TestFullBuffer(t *testing.T) {
	g := start(t, "buffer=40KB", false)
	a := g.send(`{"n": 1}`) // takes the least there is, 32 KB
	g.inLine(1)
	s := <-g.send(`{"n": 2}`)
	g.want(s, 429, "too many rows wait")
	if s.after != "1" {
		t.Errorf("Retry-After %q", s.after)
	}
	g.claim()
	g.want(<-a, 200, "rows:1")
	large := g.send("{\"s\": \"" + strings.Repeat("x", 100_000) + "\"}") // alone, it may be larger than the buffer
	g.inLine(1)
	if rows, _ := g.claim(); len(rows) != 1 || len(rows[0][1].(string)) != 100_000 {
		t.Error("the large row")
	}
	g.want(<-large, 200, "rows:1")
}

func TestManyRequests(t *testing.T) {
	g := start(t, "max.requests=1", false)
	a := g.send(`{"n": 1}`)
	g.inLine(1)
	g.want(<-g.send(`{"n": 2}`), 429, "too many requests")
	g.claim()
	g.want(<-a, 200, "rows:1")
}

func TestRate(t *testing.T) {
	g := start(t, "rows-per-second=2", false)
	a := g.send(strings.Repeat("{\"n\": 1}\n", 6))
	g.inLine(1)
	g.claim()
	g.want(<-a, 200, "rows:6")
	s := <-g.send(`{"n": 1}`)
	g.want(s, 429, "rows-per-second")
	if s.after != "3" {
		t.Errorf("Retry-After %s", s.after)
	}
	g.clock.now.Store(2_100_000)
	b := g.send(`{"n": 1}`)
	g.inLine(1)
	g.claim()
	g.want(<-b, 200, "rows:1")
}

// A client that does not send its body in time is told so, and holds nothing.
func TestSlowClient(t *testing.T) {
	g := start(t, "timeout=50ms", false)
	body, pipe := io.Pipe()
	defer pipe.Close()
	req, _ := nethttp.NewRequest("POST", "http://"+g.addr+"/n", body)
	out := make(chan sent, 1)
	go func() { out <- g.do(req) }()
	s := <-out
	if s.err == nil {
		g.want(s, 408, "did not come within 50ms")
	}
	g.until(func() bool { return g.r.held == 0 })
}

// A client that goes before its rows are claimed takes them with it.
func TestClientGoes(t *testing.T) {
	g := start(t, "", false)
	gone, cancel := context.WithCancel(ctx)
	req, _ := nethttp.NewRequestWithContext(gone, "POST", "http://"+g.addr+"/n", strings.NewReader(`{"n": 1}`))
	req.Header.Set("Idempotency-Key", "k")
	done := make(chan sent, 1)
	go func() { done <- g.do(req) }()
	g.inLine(1)
	cancel()
	<-done
	g.until(func() bool { return len(g.r.line) == 0 && g.r.held == 0 && len(g.r.keys) == 0 })
}

func TestSharedAddress(t *testing.T) {
	g := start(t, "", false)
	one := g.r
	if err := g.open("path=/m", false, nil); err != nil {
		t.Fatal(err)
	}
	two := g.r
	for _, path := range []string{"/m", "/readyz"} {
		req, _ := nethttp.NewRequest("GET", "http://"+g.addr+path, nil)
		if s := g.do(req); s.status != map[string]int{"/m": 405, "/readyz": 200}[path] {
			t.Errorf("%s: %d", path, s.status)
		}
	}
	if err := g.open("path=/m", false, nil); err == nil || !strings.Contains(err.Error(), "reads /m of 127.0.0.1:8080 twice") {
		t.Error(err)
	}
	g.r = one
	_ = two.Close()
	req, _ := nethttp.NewRequest("GET", "http://"+g.addr+"/m", nil)
	g.want(g.do(req), 404, "")
	_ = one.Close()
	if len(g.c.servers) != 0 {
		t.Error("the server is still there")
	}
}

func TestTLS(t *testing.T) {
	dir := t.TempDir()
	cert, key := certificate(t, dir)
	g := start(t, "tls.cert="+cert+"; tls.key="+key, false)
	g.scheme = "https"
	g.client.Transport.(*nethttp.Transport).TLSClientConfig = trust(t, cert)
	s := g.send(`{"n": 1}`)
	g.inLine(1)
	g.claim()
	g.want(<-s, 200, "rows:1")
	if err := g.open("path=/m", false, nil); err == nil || !strings.Contains(err.Error(), "must have the same 'tls.cert'") {
		t.Error(err)
	}
	_ = os.WriteFile(filepath.Join(dir, "bad"), []byte("x"), 0o600)
	if err := g.open("listen=127.0.0.1:1; tls.cert="+filepath.Join(dir, "bad")+"; tls.key="+key, false, nil); err == nil || !strings.Contains(err.Error(), "cannot be used") {
		t.Error(err)
	}
}

// The address is told once clients can connect, for each path.
func TestTellsItsAddress(t *testing.T) {
	g := start(t, "listen=127.0.0.1:0", false)
	first := g.r
	if err := g.open("listen=127.0.0.1:0; path=/m", false, nil); err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	want := []string{"n takes rows at http://" + g.addr + "/n", "n takes rows at http://" + g.addr + "/m"}
	if !slices.Equal(g.told, want) {
		t.Errorf("%q, want %q", g.told, want)
	}
}

func TestWrongOptions(t *testing.T) {
	f := func(options, option, want string) {
		t.Helper()
		err := New().Check(table(options), false)
		var bad *ir.OptionError
		if !errors.As(err, &bad) || bad.Option != option || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", options, err)
		}
	}
	f("listen=8080", "listen", "an address and a port")
	f("listen=0.0.0.0:8080", "listen", "set a 'token'")
	f("listen=:8080", "listen", "set a 'token'")
	f("path=n", "path", "path of a URL")
	f("path=/a//b", "path", "path of a URL")
	f("path=/readyz", "path", "take another one")
	f("max.body=2GB", "max.body", "from 1 to")
	f("max.body=1MB; max.expanded=1KB", "max.expanded", "less than 'max.body'")
	f("max.requests=0", "max.requests", "from 1 to")
	f("rows-per-second=0", "rows-per-second", "above 0")
	f("timeout=0s", "timeout", "span of time")
	f("tls.cert=a.pem", "tls.cert", "needs the other one")
	if err := New().Check(table("listen=0.0.0.0:80; token=x"), false); err != nil {
		t.Error(err)
	}
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	g := &rig{t: t, c: New().(*connector)}
	if err := g.open("listen="+busy.Addr().String(), false, nil); err == nil || !strings.Contains(err.Error(), "is the port taken?") {
		t.Error(err)
	}
}
