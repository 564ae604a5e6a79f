package http

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// maxUnitRows is about how many rows one unit has that is made of small requests.
const maxUnitRows = 1 << 16

// reader takes the requests to one path. A request is decoded while its client
// waits, stands in line until a task claims it, and is answered then, or when the
// checkpoint that holds it is written.
type reader struct {
	c       *connector
	set     *settings
	scan    *vexec.Scan
	pool    sync.Pool     // of *body
	cores   chan struct{} // requests that are decoded now
	serving chan struct{} // requests under way

	mu       sync.Mutex
	line     []*body             // decoded and not claimed
	held     int64               // bytes of bodies that are read, wait or are worked on
	claimed  uint64              // how many requests have been claimed: the position
	pending  []*request          // claimed and not answered, in that order
	keys     map[string]*request // by key: all that are known
	known    []*request          // claimed ones with a key, the oldest first
	tokens   float64             // rows that may come now
	refilled ir.Micros
	drained  bool
}

// request is what becomes of a request. rows and bad are set before it stands in line.
type request struct {
	key  string // "": none
	seq  uint64 // its number, once it is claimed
	rows int
	bad  int
	done chan struct{} // closed when there is an answer
	gone bool          // not taken: send it again
}

// saved is a position: how many requests were claimed, and their last keys.
type saved struct {
	N    uint64     `json:"n"`
	Keys []savedKey `json:"keys,omitempty"`
}

type savedKey struct {
	Key  string `json:"k"`
	Rows int    `json:"r,omitempty"`
	Bad  int    `json:"b,omitempty"`
}

func newReader(c *connector, set *settings, scan *vexec.Scan, from vexec.Position) (*reader, error) {
	r := &reader{
		c: c, set: set, scan: scan, keys: map[string]*request{},
		cores: make(chan struct{}, runtime.GOMAXPROCS(0)), serving: make(chan struct{}, set.requests),
		tokens: set.perSecond, refilled: scan.Clock.Now(),
	}
	if _, err := r.newBody(); err != nil { // a column that JSON cannot hold
		return nil, err
	}
	if from == nil {
		return r, nil
	}
	var at saved
	if err := json.Unmarshal(from, &at); err != nil {
		return nil, fmt.Errorf("the place of %s in the checkpoint cannot be read: %w", set.path, err)
	}
	r.claimed = at.N
	done := make(chan struct{})
	close(done)
	for _, k := range at.Keys {
		r.know(&request{key: k.Key, rows: k.Rows, bad: k.Bad, done: done})
	}
	return r, nil
}

// keyOf is an Idempotency-Key as it is kept: short, whatever the client sent.
func keyOf(header string) string {
	sum := sha256.Sum256([]byte(header))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// know remembers the key of a claimed request, and forgets the oldest.
func (r *reader) know(q *request) {
	if q.key == "" || r.set.keys == 0 {
		delete(r.keys, q.key)
		return
	}
	r.keys[q.key] = q
	r.known = append(r.known, q)
	for len(r.known) > r.set.keys {
		delete(r.keys, r.known[0].key)
		r.known = r.known[1:]
	}
}

// Claim takes the requests that stand in line as one unit.
func (r *reader) Claim(context.Context) (vexec.Unit, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.line) == 0 || !r.due() {
		return vexec.Unit{}, vexec.ErrNothingYet
	}
	n, rows, bytes := 0, 0, int64(0)
	for n < len(r.line) && rows < maxUnitRows {
		rows += r.line[n].rows
		bytes += int64(len(r.line[n].data))
		n++
	}
	unit := slices.Clone(r.line[:n])
	r.line = slices.Delete(r.line, 0, n)
	for _, b := range unit {
		b.seq = r.claimed
		r.claimed++
		r.know(b.request)
		if r.scan.Durable {
			r.pending = append(r.pending, b.request)
		} else {
			close(b.done)
		}
	}
	return vexec.Unit{Piece: unit, Bytes: bytes}, nil
}

// due reports whether the line has waited for others long enough.
func (r *reader) due() bool {
	rows := 0
	for _, b := range r.line {
		rows += b.rows
	}
	return rows >= r.scan.MaxRows || r.scan.Clock.Now() >= r.line[0].came+ir.Micros(r.scan.Linger.Microseconds())
}

// Position says which requests have been claimed.
func (r *reader) Position() vexec.Position {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := saved{N: r.claimed}
	for _, q := range r.known {
		at.Keys = append(at.Keys, savedKey{q.key, q.rows, q.bad})
	}
	text, err := json.Marshal(at)
	if err != nil {
		panic(err) // numbers and plain texts
	}
	return text
}

// Durable answers the requests that the checkpoint holds.
func (r *reader) Durable(_ context.Context, pos vexec.Position) error {
	var at saved
	if err := json.Unmarshal(pos, &at); err != nil {
		return fmt.Errorf("the position of %s cannot be read: %w", r.set.path, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.pending) > 0 && r.pending[0].seq < at.N {
		close(r.pending[0].done)
		r.pending = r.pending[1:]
	}
	return nil
}

// Drain refuses what stands in line and what comes.
func (r *reader) Drain() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drain()
}

func (r *reader) drain() {
	r.drained = true
	for _, b := range r.line {
		r.refuse(b.request)
	}
	r.line = nil
}

func (r *reader) refuse(q *request) {
	q.gone = true
	delete(r.keys, q.key)
	close(q.done)
}

// Close refuses all that has no answer yet, and closes the path.
func (r *reader) Close() error {
	r.mu.Lock()
	r.drain()
	for _, q := range r.pending {
		r.refuse(q)
	}
	r.pending = nil
	r.mu.Unlock()
	return r.c.leave(r)
}

// stopping reports whether no more rows are taken.
func (r *reader) stopping() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.drained
}

// reserve takes n bytes of the buffer for a body that has mine already; false: it is
// full. A body that is alone may have any size.
func (r *reader) reserve(mine, n int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held+n > r.set.buffer && r.held > mine {
		return false
	}
	r.held += n
	return true
}

func (r *reader) release(n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held -= n
}

// wait is how many seconds a client should wait for its turn by the rate; 0: none.
func (r *reader) wait() int {
	if r.set.perSecond == 0 {
		return 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.scan.Clock.Now()
	r.tokens = min(r.set.perSecond, r.tokens+float64(now-r.refilled)/1e6*r.set.perSecond)
	r.refilled = now
	if r.tokens > 0 {
		return 0
	}
	return 1 + int(math.Min(-r.tokens/r.set.perSecond, 3600))
}

// enter puts a body in line. It returns the request whose answer is the body's: its
// own, or an earlier one with the same key; nil: the run stops.
func (r *reader) enter(b *body) *request {
	r.mu.Lock()
	defer r.mu.Unlock()
	if first := r.keys[b.key]; b.key != "" && first != nil {
		return first
	}
	if r.drained {
		return nil
	}
	if b.key != "" {
		r.keys[b.key] = b.request
	}
	r.tokens -= float64(b.rows)
	b.came = r.scan.Clock.Now()
	r.line = append(r.line, b)
	return b.request
}

// find returns the request with a key; nil: it is new.
func (r *reader) find(key string) *request {
	r.mu.Lock()
	defer r.mu.Unlock()
	if key == "" {
		return nil
	}
	return r.keys[key]
}

// withdraw takes a request out of the line whose client has gone, unless it has been
// claimed: its body may be another request's by now.
func (r *reader) withdraw(q *request) {
	r.mu.Lock()
	i := slices.IndexFunc(r.line, func(b *body) bool { return b.request == q })
	if i < 0 {
		r.mu.Unlock()
		return
	}
	b := r.line[i]
	r.line = slices.Delete(r.line, i, i+1)
	r.refuse(q)
	r.mu.Unlock()
	r.free(b)
}

var _ vexec.Acknowledger = (*reader)(nil)
