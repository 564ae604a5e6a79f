package webhook

import (
	"context"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

var ctx = context.Background()

var schema = vtest.Schema("n", ir.TBigInt, "s", ir.TVarchar)

// receiver is a server that keeps what it is sent, and answers as it is told.
type receiver struct {
	*httptest.Server
	mu      sync.Mutex
	bodies  []string
	headers []nethttp.Header
	answers []func(w nethttp.ResponseWriter) // to the next requests; then 200
	got     chan struct{}
}

func receive(t *testing.T, answers ...func(w nethttp.ResponseWriter)) *receiver {
	r := &receiver{answers: answers, got: make(chan struct{}, 100)}
	r.Server = httptest.NewServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, req *nethttp.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		r.bodies, r.headers = append(r.bodies, string(body)), append(r.headers, req.Header)
		var answer func(w nethttp.ResponseWriter)
		if len(r.answers) > 0 {
			answer, r.answers = r.answers[0], r.answers[1:]
		}
		r.mu.Unlock()
		if answer != nil {
			answer(w)
		}
		r.got <- struct{}{}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) all() (bodies []string, keys []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range r.headers {
		keys = append(keys, h.Get("Idempotency-Key"))
	}
	return append([]string(nil), r.bodies...), keys
}

func status(code int, headers ...string) func(w nethttp.ResponseWriter) {
	return func(w nethttp.ResponseWriter) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, "the disk is\nfull")
	}
}

// cut ends the connection without an answer.
func cut(w nethttp.ResponseWriter) { panic(nethttp.ErrAbortHandler) }

// patience is a connector whose waits are only noted.
type patience struct {
	connector
	waits []time.Duration
	ticks chan time.Time
}

func newPatience() *patience {
	p := &patience{ticks: make(chan time.Time)}
	p.lastTries = lastTries
	p.sleep = func(_ context.Context, d time.Duration) error {
		p.waits = append(p.waits, d)
		return nil
	}
	p.tick = func(time.Duration) (<-chan time.Time, func()) { return p.ticks, func() {} }
	return p
}

func table(url, options string) *ir.Table {
	t := &ir.Table{Name: "alerts", Connector: "webhook", Options: map[string]string{"url": url}}
	for _, c := range schema.Cols {
		t.Cols = append(t.Cols, ir.TableColumn{Column: c})
	}
	for _, o := range strings.Split(options, "| ") {
		if k, v, ok := strings.Cut(o, "="); ok {
			t.Options[k] = v
		}
	}
	return t
}

func open(t *testing.T, c *patience, url, options string, sc vexec.SinkContext) vexec.Sink {
	t.Helper()
	tab := table(url, options)
	if err := c.Check(tab, true); err != nil {
		t.Fatal(err)
	}
	s, err := c.Sink(tab)
	if err != nil {
		t.Fatal(err)
	}
	sc.Schema, sc.Run, sc.Name = schema, "run", "sink"
	if err := s.Open(ctx, &sc); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func write(t *testing.T, s vexec.Sink, numbers ...int) {
	t.Helper()
	var rows []vtest.Row
	for _, n := range numbers {
		rows = append(rows, vtest.Row{n, "x"})
	}
	if err := s.Write(ctx, vtest.BatchAs(schema, vtest.Shape{Dead: true}, rows...)); err != nil {
		t.Fatal(err)
	}
}

func line(n int) string { return fmt.Sprintf("{\"n\":%d,\"s\":\"x\"}\n", n) }

func TestDirect(t *testing.T) {
	r := receive(t)
	s := open(t, newPatience(), r.URL+"/in", "batch.rows=2| token=s3cret| headers=X-Team: a; X-Env: b", vexec.SinkContext{NoRestart: true})
	write(t, s, 1, 2, 3)
	write(t, s, 4, 5)
	if _, err := s.Prepare(ctx, 1, true); err != nil {
		t.Fatal(err)
	}
	bodies, keys := r.all()
	if want := []string{line(1) + line(2), line(3) + line(4), line(5)}; !reflect.DeepEqual(bodies, want) {
		t.Errorf("%q", bodies)
	}
	if keys[0] == keys[1] || !strings.HasSuffix(keys[2], "-2") {
		t.Errorf("keys %q", keys)
	}
	h := r.headers[0]
	if h.Get("Authorization") != "Bearer s3cret" || h.Get("X-Team") != "a" || h.Get("X-Env") != "b" || h.Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("%v", h)
	}
	if s.ExactlyOnce() {
		t.Error("it is up to the receiver")
	}
}

func TestArraysAndBytes(t *testing.T) {
	r := receive(t)
	s := open(t, newPatience(), r.URL, "format=json| batch.bytes=40", vexec.SinkContext{NoRestart: true})
	write(t, s, 1, 2, 3)
	_, _ = s.Prepare(ctx, 1, true)
	bodies, _ := r.all()
	if want := []string{"[{\"n\":1,\"s\":\"x\"},\n{\"n\":2,\"s\":\"x\"}]\n", "[{\"n\":3,\"s\":\"x\"}]\n"}; !reflect.DeepEqual(bodies, want) {
		t.Errorf("%q", bodies)
	}
	if got := r.headers[0].Get("Content-Type"); got != "application/json" {
		t.Error(got)
	}
}

func TestByTime(t *testing.T) {
	r := receive(t)
	c := newPatience()
	s := open(t, c, r.URL, "", vexec.SinkContext{NoRestart: true, Unbounded: true})
	write(t, s, 1)
	c.ticks <- time.Time{}
	<-r.got
	c.ticks <- time.Time{} // nothing to post
	write(t, s, 2)
	if bodies, _ := r.all(); len(bodies) != 1 || bodies[0] != line(1) {
		t.Errorf("%q", bodies)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	bad := receive(t, status(400))
	failing := open(t, c, bad.URL, "", vexec.SinkContext{NoRestart: true, Unbounded: true})
	write(t, failing, 1)
	c.ticks <- time.Time{}
	c.ticks <- time.Time{} // the first one has been dealt with
	if err := failing.Write(ctx, vtest.Batch(schema, vtest.Row{1, "x"})); err == nil || !strings.Contains(err.Error(), "answers 400") {
		t.Errorf("the next rows do not say what became of the last ones: %v", err)
	}
}

// The bodies of an epoch are posted when it is committed, and have the same bytes and
// keys whenever they are posted again.
func TestWithCheckpoints(t *testing.T) {
	r := receive(t)
	c := newPatience()
	s := open(t, c, r.URL, "batch.rows=2", vexec.SinkContext{Memory: vexec.NewBudget(0).Account("sink")})
	write(t, s, 1, 2, 3)
	token, err := s.Prepare(ctx, 7, false)
	if err != nil {
		t.Fatal(err)
	}
	write(t, s, 4) // of the next epoch, and lost
	if bodies, _ := r.all(); len(bodies) > 0 {
		t.Fatalf("posted before the checkpoint: %q", bodies)
	}
	if err := s.Commit(ctx, 7, token); err != nil {
		t.Fatal(err)
	}
	first, keys := r.all()
	if want := []string{line(1) + line(2), line(3)}; !reflect.DeepEqual(first, want) || keys[0] == keys[1] {
		t.Errorf("%q %q", first, keys)
	}
	open(t, c, r.URL, "", vexec.SinkContext{Epoch: 7, Token: token}) // a restart
	bodies, again := r.all()
	if !reflect.DeepEqual(bodies[2:], first) || !reflect.DeepEqual(again[2:], keys) {
		t.Errorf("after a restart %q %q", bodies[2:], again[2:])
	}
	if token, err := s.Prepare(ctx, 8, false); err != nil || token == nil {
		t.Error(token, err)
	}
	if token, err := s.Prepare(ctx, 9, true); err != nil || token != nil {
		t.Errorf("an epoch without rows: %q %v", token, err)
	}
	if err := s.Commit(ctx, 1, []byte{200}); err == nil {
		t.Error("a token that is none")
	}
}

func TestRetries(t *testing.T) {
	r := receive(t, cut, status(503), status(429, "Retry-After", "7"), status(429, "Retry-After", "86400"), status(500))
	c := newPatience()
	var told []string
	s := open(t, c, r.URL, "retry.delay=100ms| retry.max-delay=1s", vexec.SinkContext{NoRestart: true, Notify: func(text string) { told = append(told, text) }})
	write(t, s, 1)
	if _, err := s.Prepare(ctx, 1, true); err != nil {
		t.Fatal(err)
	}
	if want := []string{"alerts: " + r.URL + " answers 503: the disk is full; tried again up to 10 times", "alerts: " + r.URL + " takes rows again"}; !slices.Equal(told, want) {
		t.Errorf("%q, want %q", told, want)
	}
	bodies, keys := r.all()
	for i := range bodies {
		if bodies[i] != line(1) || keys[i] != keys[0] {
			t.Errorf("try %d: %q %s", i, bodies[i], keys[i])
		}
	}
	if len(bodies) != 6 || len(c.waits) != 5 {
		t.Fatalf("%d tries, waits %v", len(bodies), c.waits)
	}
	between := func(i int, least, most time.Duration) {
		t.Helper()
		if w := c.waits[i]; w < least || w > most {
			t.Errorf("wait %d is %s, want %s to %s", i, w, least, most)
		}
	}
	between(0, 50*time.Millisecond, 100*time.Millisecond)
	between(1, 100*time.Millisecond, 200*time.Millisecond)
	between(2, 7*time.Second, 7*time.Second)
	between(3, maxRetryAfter, maxRetryAfter)
	between(4, 500*time.Millisecond, time.Second)
}

func TestGivesUp(t *testing.T) {
	r := receive(t, status(500), status(500), status(500))
	s := open(t, newPatience(), r.URL+"/secret/path?key=s3cret", "retries=2", vexec.SinkContext{NoRestart: true})
	write(t, s, 1)
	_, err := s.Prepare(ctx, 1, true)
	if err == nil || !strings.Contains(err.Error(), r.URL+" answers 500: the disk is full; given up after 3 tries") || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
	r = receive(t, status(500))
	s = open(t, newPatience(), r.URL, "retries=0", vexec.SinkContext{NoRestart: true})
	write(t, s, 1)
	if _, err := s.Prepare(ctx, 1, true); err == nil || !strings.HasSuffix(err.Error(), "; given up after 1 try; 1 row is not posted") {
		t.Error(err)
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	s = open(t, newPatience(), gone.URL+"/s3cret", "retries=1", vexec.SinkContext{NoRestart: true})
	write(t, s, 1)
	if _, err = s.Prepare(ctx, 1, true); err == nil || !strings.Contains(err.Error(), "cannot be reached") || strings.Contains(err.Error(), "s3cret") {
		t.Error(err)
	}
}

func TestRefused(t *testing.T) {
	elsewhere := receive(t)
	r := receive(t, status(400), status(307, "Location", elsewhere.URL))
	c := newPatience()
	for _, want := range []string{"the rows are refused: " + r.URL + " answers 400: the disk is full", "redirects are not followed"} {
		s := open(t, c, r.URL, "token=s3cret", vexec.SinkContext{NoRestart: true})
		write(t, s, 1)
		if _, err := s.Prepare(ctx, 1, true); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if bodies, _ := elsewhere.all(); len(bodies) > 0 || len(c.waits) > 0 {
		t.Errorf("posted elsewhere %q, waits %v", bodies, c.waits)
	}
}

// A receiver may say what was sent to it: no error and no message has it.
func TestErrorsHideSecrets(t *testing.T) {
	for _, code := range []int{403, 500} {
		var r *receiver
		r = receive(t, slices.Repeat([]func(nethttp.ResponseWriter){func(w nethttp.ResponseWriter) {
			w.WriteHeader(code)
			fmt.Fprintf(w, "not for %s of %s", r.headers[0]["Authorization"], r.headers[0]["X-Key"])
		}}, 3)...)
		var told []string
		s := open(t, newPatience(), r.URL, "token=plantedToken| headers=X-Key: plantedKey| retries=2",
			vexec.SinkContext{NoRestart: true, Notify: func(m string) { told = append(told, m) }})
		write(t, s, 1)
		_, err := s.Prepare(ctx, 1, true)
		if err == nil || !strings.Contains(err.Error(), "not for [Bearer ***] of [***]") {
			t.Errorf("%d: %v", code, err)
		}
		if all := strings.Join(told, "\n"); strings.Contains(all, "planted") || strings.Contains(fmt.Sprint(err), "planted") {
			t.Errorf("%d: %v; told %q", code, err, all)
		}
	}
}

func TestStops(t *testing.T) {
	r := receive(t, status(500))
	c := newPatience()
	stopped, cancel := context.WithCancelCause(ctx)
	c.sleep = func(context.Context, time.Duration) error {
		cancel(errors.New("enough"))
		return context.Cause(stopped)
	}
	s := open(t, c, r.URL, "batch.rows=1", vexec.SinkContext{NoRestart: true})
	if err := s.Write(stopped, vtest.Batch(schema, vtest.Row{1, "x"})); err == nil || err.Error() != "enough; 1 row is not posted" {
		t.Error(err)
	}
}

// A run that is interrupted does not wait for a receiver that is down or slow, and says
// how many rows that leaves.
func TestInterrupted(t *testing.T) {
	quit := make(chan struct{})
	close(quit)
	f := func(url, want string) {
		t.Helper()
		c := New().(*connector)
		c.lastTries = 20 * time.Millisecond
		tab := table(url, "retry.delay=1h| retry.max-delay=1h")
		sink, err := c.Sink(tab)
		if err != nil {
			t.Fatal(err)
		}
		if err := sink.Open(ctx, &vexec.SinkContext{Schema: schema, NoRestart: true, Interrupted: quit}); err != nil {
			t.Fatal(err)
		}
		defer sink.Close()
		write(t, sink, 1, 2)
		if _, err := sink.Prepare(ctx, 1, true); err == nil || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
		token := pack([][]byte{[]byte(line(1) + line(2))})
		if err := sink.Commit(ctx, 1, token); err == nil || !strings.Contains(err.Error(), "2 rows are in the checkpoint") {
			t.Error(err)
		}
	}
	failing := receive(t, status(500), status(500))
	f(failing.URL, failing.URL+" answers 500: the disk is full; not tried any longer, as the run is to stop; 2 rows are not posted")
	end := make(chan struct{})
	hanging := httptest.NewServer(nethttp.HandlerFunc(func(nethttp.ResponseWriter, *nethttp.Request) { <-end }))
	defer hanging.Close()
	defer close(end)
	f(hanging.URL, hanging.URL+" has not answered; not tried any longer, as the run is to stop; 2 rows are not posted")
	r := receive(t, status(500))
	sink := open(t, newPatience(), r.URL, "", vexec.SinkContext{NoRestart: true, Interrupted: quit})
	write(t, sink, 1)
	if _, err := sink.Prepare(ctx, 1, true); err != nil {
		t.Errorf("no other try is made: %v", err)
	}
}

func TestChangedRows(t *testing.T) {
	s := open(t, newPatience(), "http://127.0.0.1:1", "", vexec.SinkContext{NoRestart: true})
	b := vtest.Batch(schema, vtest.Row{1, "x"})
	b.Kind = []vexec.RowKind{vexec.Delete}
	if err := s.Write(ctx, b); err == nil || !strings.Contains(err.Error(), "also changes rows (-D)") {
		t.Error(err)
	}
}

func TestWrongOptions(t *testing.T) {
	f := func(url, options, option, want string) {
		t.Helper()
		err := New().Check(table(url, options), true)
		var bad *ir.OptionError
		if !errors.As(err, &bad) || bad.Option != option || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s %s: %v", url, options, err)
		}
	}
	const fine = "https://example.org/in"
	f("example.org/s3cret", "", "url", "no URL")
	f("ftp://example.org", "", "url", "no URL")
	f("http://example.org", "token=s3cret", "url", "in the clear")
	f("http://u:s3cret@example.org", "", "url", "in the clear")
	f(fine, "token=a s3cret", "token", "a space")
	f(fine, "headers=s3cret", "headers", "Name: value")
	f(fine, "headers=X Y: s3cret", "headers", "Name: value")
	f(fine, "batch.rows=0", "batch.rows", "from 1 to")
	f(fine, "batch.bytes=2GB", "batch.bytes", "from 1 to 1 GB")
	f(fine, "timeout=0s", "timeout", "span of time")
	f(fine, "retries=1001", "retries", "from 0 to 1000")
	if err := New().Check(table("http://127.0.0.1:80/in", "token=x"), true); err != nil {
		t.Error(err)
	}
}

// With at-least-once rows do not wait for a checkpoint, and no two starts of a run give
// the same key to other rows.
func TestAtLeastOnce(t *testing.T) {
	r := receive(t)
	var all []string
	for range 2 { // both from the same checkpoint
		c := newPatience()
		s := open(t, c, r.URL, "batch.rows=2", vexec.SinkContext{Delivery: ir.AtLeastOnce, Epoch: 3})
		write(t, s, 1, 2, 3)
		c.ticks <- time.Time{}
		<-r.got
		<-r.got
		if token, err := s.Prepare(ctx, 4, false); token != nil || err != nil {
			t.Errorf("rows wait for a checkpoint: %s %v", token, err)
		}
		_ = s.Close()
	}
	_, all = r.all()
	slices.Sort(all)
	if len(slices.Compact(all)) != 4 {
		t.Errorf("keys %q", all)
	}
	held := pack([][]byte{[]byte(line(9))}) // by an exactly-once start before
	_ = open(t, newPatience(), r.URL, "", vexec.SinkContext{Delivery: ir.AtLeastOnce, Epoch: 3, Token: held})
	if bodies, _ := r.all(); bodies[len(bodies)-1] != line(9) {
		t.Errorf("rows of the checkpoint are lost: %q", bodies)
	}
}

// With at-most-once a body is sent again only where nobody can have taken it.
func TestAtMostOnce(t *testing.T) {
	f := func(want string, bodies int, answers ...func(w nethttp.ResponseWriter)) {
		t.Helper()
		r := receive(t, answers...)
		s := open(t, newPatience(), r.URL, "", vexec.SinkContext{Delivery: ir.AtMostOnce, Unbounded: true})
		write(t, s, 1)
		_, err := s.Prepare(ctx, 1, false)
		if got := fmt.Sprint(err); !strings.Contains(got, want) {
			t.Errorf("%s, want %s", got, want)
		}
		if got, _ := r.all(); len(got) != bodies {
			t.Errorf("%s: posted %d times", want, len(got))
		}
	}
	const not = "the rows may have been taken, and with at-most-once they are not sent again"
	f("<nil>", 3, status(429), status(503))
	f(not, 1, status(500))
	f(not, 1, status(409))
	f(not, 1, cut)
	f("answers 400", 1, status(400))
	gone := httptest.NewServer(nil)
	gone.Close()
	c := newPatience()
	s := open(t, c, gone.URL, "retries=3", vexec.SinkContext{Delivery: ir.AtMostOnce})
	write(t, s, 1)
	if _, err := s.Prepare(ctx, 1, false); err == nil || !strings.Contains(err.Error(), "given up after 4 tries") || len(c.waits) != 3 {
		t.Errorf("nobody was reached: %v after %d waits", err, len(c.waits))
	}
}
