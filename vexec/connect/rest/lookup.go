package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"net/url"
	"sync"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/request"
)

// maxRedirects is how many redirects are followed, all of them on the same host.
const maxRedirects = 5

// errElsewhere is a redirect that is not followed.
var errElsewhere = errors.New("it points to another host, which is not asked: set 'url' to where the rows are")

// newClient returns a client that sends the headers to no other host.
func newClient(s *settings) *nethttp.Client {
	t := nethttp.DefaultTransport.(*nethttp.Transport).Clone()
	t.MaxResponseHeaderBytes = 64 << 10
	t.MaxIdleConnsPerHost, t.MaxConnsPerHost = s.times.Concurrency, s.times.Concurrency
	return &nethttp.Client{
		Transport: t,
		CheckRedirect: func(req *nethttp.Request, via []*nethttp.Request) error {
			switch first := via[0].URL; {
			case req.URL.Host != first.Host || req.URL.Scheme != first.Scheme:
				return errElsewhere
			case len(via) > maxRedirects:
				return fmt.Errorf("it points from one place to another more than %d times", maxRedirects)
			}
			return nil
		},
	}
}

// lookup asks the service.
type lookup struct {
	set    *settings
	client *nethttp.Client
	ctx    *vexec.LookupContext
	rest   []int      // columns of answers that are no keys
	keyOf  []int      // by column of answers: its place in the key; -1: none
	schema *ir.Schema // of rest
	pool   sync.Pool  // of *answer
}

// Open implements vexec.Lookup. Nothing is sent.
func (l *lookup) Open(_ context.Context, lc *vexec.LookupContext) error {
	l.ctx = lc
	l.keyOf = make([]int, len(lc.Schema.Cols))
	for c := range l.keyOf {
		l.keyOf[c] = -1
	}
	for i, c := range lc.Keys {
		l.keyOf[c] = i
	}
	for c, key := range l.keyOf {
		if key < 0 {
			l.rest = append(l.rest, c)
		}
	}
	l.schema = lc.Schema.Select(l.rest)
	return nil
}

// MaxKeys implements vexec.Lookup.
func (*lookup) MaxKeys() int { return 1 }

// Close implements vexec.Lookup.
func (l *lookup) Close() error {
	l.client.CloseIdleConnections()
	return nil
}

// Find implements vexec.Lookup. What the service says may hold what was sent to it, and errors of
// net/http and of the decoder quote it: none of them shows a secret.
func (l *lookup) Find(ctx context.Context, keys, out *vexec.Batch) error {
	err := l.find(ctx, keys, out)
	if err == nil {
		return nil
	}
	shown := l.set.secrets.Hide(err)
	var again *vexec.RetryError
	if errors.As(err, &again) {
		return &vexec.RetryError{Err: shown, After: again.After}
	}
	return shown
}

func (l *lookup) find(ctx context.Context, keys, out *vexec.Batch) error {
	target, err := l.set.url.fill(keys)
	if err != nil {
		return err
	}
	body, err := l.get(ctx, target)
	if err != nil {
		return err
	}
	a, err := l.answer()
	if err != nil {
		return err
	}
	defer l.pool.Put(a)
	if err := a.read(body, l.set.path); err != nil {
		return fmt.Errorf("the answer of %s %w", l.set.url.place(), err)
	}
	l.fill(a, keys, out)
	return nil
}

// fill puts the columns of the key beside those of an answer.
func (l *lookup) fill(a *answer, keys, out *vexec.Batch) {
	out.Rows = a.rows
	var own vexec.Batch
	if len(l.rest) > 0 {
		vexec.Compact(&own, &a.batch)
	}
	for i, c := range l.rest {
		out.Cols[c] = own.Cols[i]
	}
	for c, key := range l.keyOf {
		if key >= 0 {
			out.Cols[c] = keys.Cols[key]
			out.Cols[c].Enc = vexec.Const
		}
	}
}

// get sends a request. nil: there is nothing.
func (l *lookup) get(ctx context.Context, target string) ([]byte, error) {
	place := l.set.url.place()
	req, err := nethttp.NewRequestWithContext(ctx, nethttp.MethodGet, target, nil)
	if err != nil {
		return nil, fmt.Errorf("'url' with this key is none that %s can be asked with", place)
	}
	for k, v := range l.set.header {
		req.Header[k] = v
	}
	resp, err := l.client.Do(req)
	if err != nil {
		var inner *url.Error
		if errors.As(err, &inner) { // whose text has the URL
			err = inner.Err
		}
		err = fmt.Errorf("%s cannot be reached: %w", place, err)
		if errors.Is(err, errElsewhere) {
			return nil, err
		}
		return nil, &vexec.RetryError{Err: err}
	}
	defer resp.Body.Close()
	status := resp.StatusCode
	if status == nethttp.StatusNotFound || status == nethttp.StatusGone || status == nethttp.StatusNoContent {
		_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, request.MaxSaid)) // so that the connection is of use again
		return nil, nil
	}
	if status < 200 || status > 299 {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, request.MaxSaid))
		err := fmt.Errorf("%s answers %d%s", place, status, request.Said(text))
		if status >= 500 || status == nethttp.StatusRequestTimeout || status == nethttp.StatusTooEarly || status == nethttp.StatusTooManyRequests {
			return nil, &vexec.RetryError{Err: err, After: request.RetryAfter(resp.Header)}
		}
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, l.set.most+1))
	switch {
	case int64(len(body)) > l.set.most:
		return nil, fmt.Errorf("%s answers with more than %d bytes ('max.answer')", place, l.set.most)
	case err != nil:
		return nil, &vexec.RetryError{Err: fmt.Errorf("the answer of %s broke off: %w", place, err)}
	}
	return body, nil
}
