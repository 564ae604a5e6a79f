package http

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	nethttp "net/http"
	"strconv"
	"strings"
	"time"
)

// reply is an answer's body.
type reply map[string]any

// answer writes a reply.
func answer(w nethttp.ResponseWriter, status int, body reply) {
	text, err := json.Marshal(body)
	if err != nil {
		status, text = nethttp.StatusInternalServerError, []byte(`{"error":"the answer cannot be written"}`)
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n'))
}

// serve takes one request.
func (r *reader) serve(w nethttp.ResponseWriter, req *nethttp.Request) {
	conn := nethttp.NewResponseController(w)
	_ = conn.SetReadDeadline(time.Now().Add(r.set.timeout)) // a connection that cannot is closed by its peer
	q, repeated, err := r.take(w, req, func() { _ = conn.SetReadDeadline(time.Time{}) })
	_ = conn.SetWriteDeadline(time.Now().Add(r.set.timeout))
	var no *refusal
	switch {
	case errors.As(err, &no):
		r.decline(w, no)
	case err != nil:
		r.decline(w, refused(nethttp.StatusInternalServerError, "the rows cannot be taken: %v", err))
	case q == nil: // the client has gone
	default:
		body := reply{"rows": q.rows, "bad": q.bad}
		if repeated {
			body["repeated"] = true
		}
		answer(w, nethttp.StatusOK, body)
	}
}

func (r *reader) decline(w nethttp.ResponseWriter, no *refusal) {
	if no.after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(no.after))
	}
	switch no.status {
	case nethttp.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case nethttp.StatusMethodNotAllowed:
		w.Header().Set("Allow", nethttp.MethodPost)
	}
	body := reply{"error": no.text}
	for k, v := range no.more {
		body[k] = v
	}
	answer(w, no.status, body)
}

// maxKey is the longest Idempotency-Key.
const maxKey = 256

// take reads, decodes and waits for a request; nil without an error: its client has
// gone. complete is called once its body has been read.
func (r *reader) take(w nethttp.ResponseWriter, req *nethttp.Request, complete func()) (q *request, repeated bool, err error) {
	if err := r.admit(req); err != nil {
		return nil, false, err
	}
	select {
	case r.serving <- struct{}{}:
		defer func() { <-r.serving }()
	default:
		return nil, false, &refusal{status: nethttp.StatusTooManyRequests, after: 1, text: "too many requests are under way; send the rows again"}
	}
	key := req.Header.Get("Idempotency-Key")
	if len(key) > maxKey {
		return nil, false, refused(nethttp.StatusBadRequest, "Idempotency-Key is longer than %d bytes", maxKey)
	}
	if key != "" {
		key = keyOf(key)
	}
	if q := r.find(key); q != nil {
		_, _ = io.Copy(io.Discard, nethttp.MaxBytesReader(w, req.Body, r.set.body)) // clients read no answer before they have sent all
		complete()
		q, err := r.await(req, q, false)
		return q, true, err
	}
	if s := r.wait(); s > 0 {
		return nil, false, &refusal{status: nethttp.StatusTooManyRequests, after: s, text: "more rows come than 'rows-per-second' allows; send them again"}
	}
	b, err := r.receive(w, req, key)
	if err != nil {
		return nil, false, err
	}
	complete()
	if b.rows+b.bad == 0 {
		q := b.request
		r.free(b)
		return q, false, nil
	}
	own := b.request
	q = r.enter(b)
	if q == own {
		q, err = r.await(req, q, true)
		return q, false, err
	}
	r.free(b)
	if q == nil {
		return nil, false, stopping()
	}
	q, err = r.await(req, q, false)
	return q, true, err
}

func stopping() error {
	return &refusal{status: nethttp.StatusServiceUnavailable, after: 5, text: "the query is stopping; send the rows again"}
}

// admit looks at all of a request but its body.
func (r *reader) admit(req *nethttp.Request) error {
	switch {
	case r.set.token != "" && !r.hasToken(req):
		return refused(nethttp.StatusUnauthorized, "send the token as Authorization: Bearer")
	case r.set.token == "" && req.Header.Get("Origin") != "":
		return refused(nethttp.StatusForbidden, "web pages may not post rows without a token")
	case req.Method != nethttp.MethodPost:
		return refused(nethttp.StatusMethodNotAllowed, "rows are sent with POST")
	case r.stopping():
		return stopping()
	}
	return nil
}

// hasToken compares in a time that tells nothing of the token.
func (r *reader) hasToken(req *nethttp.Request) bool {
	scheme, given, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	a, b := sha256.Sum256([]byte(strings.TrimSpace(given))), sha256.Sum256([]byte(r.set.token))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1 && strings.EqualFold(scheme, "Bearer")
}

// maxLines is how many bad lines are named in an answer.
const maxLines = 20

// receive reads and decodes a body.
func (r *reader) receive(w nethttp.ResponseWriter, req *nethttp.Request, key string) (*body, error) {
	b, err := r.newBody()
	if err != nil {
		return nil, err
	}
	b.request = &request{key: key, done: make(chan struct{})}
	if err = r.read(b, w, req); err == nil {
		err = r.decode(b)
	}
	if err == nil && r.set.failBad && b.bad > 0 {
		no := refused(nethttp.StatusBadRequest, "%d of the lines cannot be read; no row was taken", b.bad)
		var lines []reply
		for _, f := range b.faults.Rows[:min(b.bad, maxLines)] {
			lines = append(lines, reply{"line": f.Line, "column": f.Column, "reason": f.Reason})
		}
		no.more = reply{"lines": lines}
		err = no
	}
	if err != nil {
		r.free(b)
		return nil, err
	}
	return b, nil
}

// await waits for a request's answer; own: the client is its first one.
func (r *reader) await(req *nethttp.Request, q *request, own bool) (*request, error) {
	select {
	case <-q.done:
	case <-req.Context().Done():
		if own {
			r.withdraw(q)
		}
		return nil, nil
	}
	if q.gone {
		return nil, stopping()
	}
	return q, nil
}
