package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	nethttp "net/http"
	"net/url"
	"time"

	"github.com/helios-stream/helios/vexec/connect/request"
)

// newClient returns a client that follows no redirect: a token goes to no other host.
func newClient(s *settings) *nethttp.Client {
	t := nethttp.DefaultTransport.(*nethttp.Transport).Clone()
	t.MaxResponseHeaderBytes = 64 << 10
	return &nethttp.Client{
		Transport:     t,
		Timeout:       s.timeout,
		CheckRedirect: func(*nethttp.Request, []*nethttp.Request) error { return nethttp.ErrUseLastResponse },
	}
}

// place is what messages call the receiver: a path may be as secret as a token.
func (s *settings) place() string { return s.url.Scheme + "://" + s.url.Host }

// lastTries is how long a body is still tried once the run is to stop.
const lastTries = 2 * time.Second

// errStopping is the cause of the end of a post that the run no longer waits for.
var errStopping = errors.New("no answer yet")

// post sends a body until it is taken. key is the same for the same rows, so that a
// receiver can tell that it has them already. Once the run is interrupted it blocks for
// no longer than lastTries.
func (s *sink) post(ctx context.Context, key string, body []byte) error {
	ctx, cancel := s.untilStopped(ctx)
	defer cancel()
	delay := s.set.delay
	last := errStopping
	for try := 0; ; try++ {
		after, err := s.try(ctx, key, body)
		err = s.set.secrets.Hide(err)
		switch {
		case err == nil:
			s.tell(false, "%s: %s takes rows again", s.set.name, s.set.place())
			return nil
		case ctx.Err() != nil:
			return s.stopped(ctx, last)
		case errors.Is(err, errFinal):
			return err
		case s.atMost && !errors.Is(err, errNotTaken):
			return fmt.Errorf("%w; the rows may have been taken, and with at-most-once they are not sent again", err)
		case try == s.set.retries:
			return fmt.Errorf("%w; given up after %s", err, tries(try+1))
		}
		last = err
		if try > 0 { // one refusal is no news
			s.tell(true, "%s: %v; tried again up to %s", s.set.name, err, times(s.set.retries))
		}
		wait := delay/2 + rand.N(delay/2+1)
		if after > wait {
			wait = min(after, maxRetryAfter)
		}
		if err := s.c.sleep(ctx, wait); err != nil {
			return s.stopped(ctx, last)
		}
		delay = min(2*delay, s.set.maxDelay)
	}
}

// tell says once that the receiver is down, and once that it is not any more.
func (s *sink) tell(down bool, format string, args ...any) {
	if s.notify != nil && s.down != down {
		s.notify(fmt.Sprintf(format, args...))
	}
	s.down = down
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// untilStopped is ctx, which also ends lastTries after the run is told to stop.
func (s *sink) untilStopped(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-s.quit:
		case <-ctx.Done():
			return
		}
		t := time.NewTimer(s.c.lastTries)
		defer t.Stop()
		select {
		case <-t.C:
			cancel(errStopping)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// stopped is the error of a post that ctx has ended; last is that of the try before.
func (s *sink) stopped(ctx context.Context, last error) error {
	switch cause := context.Cause(ctx); {
	case !errors.Is(cause, errStopping):
		return cause
	case errors.Is(last, errStopping):
		last = fmt.Errorf("%s has not answered", s.set.place())
	}
	return fmt.Errorf("%w; not tried any longer, as the run is to stop", last)
}

func tries(n int) string {
	if n == 1 {
		return "1 try"
	}
	return fmt.Sprintf("%d tries", n)
}

// maxRetryAfter is the longest that a receiver can have the sink wait.
const maxRetryAfter = 5 * time.Minute

// errFinal is in errors that another try would not mend.
var errFinal = errors.New("the rows are refused")

// errNotTaken is in errors after which nobody can have taken the rows.
var errNotTaken = errors.New("not taken")

// notTaken is an error with errNotTaken in it, which its text does not say.
type notTaken struct{ error }

func (notTaken) Is(target error) bool { return target == errNotTaken }
func (e notTaken) Unwrap() error      { return e.error }

// try sends a body. after is how long the receiver asks to wait.
func (s *sink) try(ctx context.Context, key string, body []byte) (after time.Duration, err error) {
	req, err := nethttp.NewRequestWithContext(ctx, nethttp.MethodPost, s.set.url.String(), bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("%w: 'url' cannot be used", errFinal)
	}
	for k, v := range s.set.header {
		req.Header[k] = v
	}
	req.Header.Set("Idempotency-Key", key)
	resp, err := s.client.Do(req)
	if err != nil {
		var inner *url.Error
		if errors.As(err, &inner) { // whose text has the URL
			err = inner.Err
		}
		var op *net.OpError
		if errors.As(err, &op) && op.Op == "dial" {
			err = notTaken{err}
		}
		return 0, fmt.Errorf("%s cannot be reached: %w", s.set.place(), err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, request.MaxSaid)) // the rest of the answer does not matter
	status := resp.StatusCode
	switch {
	case status >= 200 && status < 300:
		return 0, nil
	case status >= 500 || status == nethttp.StatusRequestTimeout || status == nethttp.StatusConflict || status == nethttp.StatusTooEarly || status == nethttp.StatusTooManyRequests:
		err = fmt.Errorf("%s answers %d%s", s.set.place(), status, request.Said(text))
		if status == nethttp.StatusTooManyRequests || status == nethttp.StatusServiceUnavailable || status == nethttp.StatusTooEarly {
			err = notTaken{err}
		}
		return request.RetryAfter(resp.Header), err
	case status >= 300 && status < 400:
		return 0, fmt.Errorf("%w: %s answers %d, which points elsewhere; redirects are not followed: set 'url' to where the rows belong", errFinal, s.set.place(), status)
	}
	return 0, fmt.Errorf("%w: %s answers %d%s", errFinal, s.set.place(), status, request.Said(text))
}
