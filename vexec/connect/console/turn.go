package console

import (
	"slices"
	"sync"
	"time"
)

// Turn has sinks that share a writer take turns. The rows of a statement are held back
// until those of all statements before it in the files that end have been shown: at most
// MaxHeld bytes of text for all together; with more, rows are shown as they come from then
// on. Rows that may never end wait no longer than a second. Where rows of one table follow
// those of another, they stand under their own title again.
//
// Its zero value is ready. Sinks join when they are opened, all before any row.
type Turn struct {
	mu    sync.Mutex
	queue []*waiter // in the order of the files
	held  int       // bytes of text that wait
	free  bool      // too much waited: there is no order any more
	last  *Sink     // whose rows stand last
	timer *time.Timer
	err   error // of the timer's writing
}

// MaxHeld is the most bytes of text that wait for the statements before theirs.
const MaxHeld = 4 << 20

// grace is how long rows that may never end wait for statements before theirs.
const grace = time.Second

// waiter is a sink and what it has to say when its turn comes.
type waiter struct {
	sink  *Sink
	text  []byte
	over  bool // no more comes
	free  bool // it waits no longer
	shown bool // rows or a header are out
}

// join gives s its place.
func (t *Turn) join(s *Sink) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := len(t.queue)
	for at > 0 && t.queue[at-1].sink.opt.Ordinal > s.opt.Ordinal {
		at--
	}
	t.queue = slices.Insert(t.queue, at, &waiter{sink: s})
}

// take shows text of s, or holds it until its turn comes.
func (t *Turn) take(s *Sink, text []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := t.find(s)
	w := t.queue[i]
	w.text = append(w.text, text...)
	t.held += len(text)
	if t.held > MaxHeld {
		t.free = true
	}
	if t.timer == nil && !s.opt.Bounded && t.waits(i) {
		t.timer = time.AfterFunc(grace, t.releaseEndless)
	}
	return t.advance()
}

// hurry shows what s holds without its turn.
func (t *Turn) hurry(s *Sink) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.show(t.queue[t.find(s)])
}

// done ends the turn of s, which may never have been opened.
func (t *Turn) done(s *Sink) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := t.find(s); i >= 0 {
		t.queue[i].over = true
	}
	return t.advance()
}

// releaseEndless ends the waiting of rows that may never end.
func (t *Turn) releaseEndless() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, w := range t.queue {
		w.free = w.free || !w.sink.opt.Bounded
	}
	t.err = t.advance()
}

func (t *Turn) find(s *Sink) int {
	return slices.IndexFunc(t.queue, func(w *waiter) bool { return w.sink == s })
}

// waits reports whether the rows of the sink at i cannot be shown yet.
func (t *Turn) waits(i int) bool {
	if t.free || t.queue[i].free {
		return false
	}
	return slices.ContainsFunc(t.queue[:i], func(w *waiter) bool { return w.sink.opt.Bounded && !w.over })
}

// advance shows all that waits no longer.
func (t *Turn) advance() error {
	err := t.err
	t.err = nil
	for i, w := range t.queue {
		if err == nil && !t.waits(i) {
			err = t.show(w)
		}
	}
	return err
}

// show writes what w holds, and above it what tells it from another sink's.
func (t *Turn) show(w *waiter) error {
	if len(w.text) == 0 {
		return nil
	}
	var above []byte
	if t.last != nil && t.last != w.sink {
		above = append(above, '\n')
		if title := w.sink.opt.Title; w.shown && title != "" {
			above = append(appendVisible(above, []byte(title)), '\n')
		}
	}
	t.last, w.shown = w.sink, true
	t.held -= len(w.text)
	_, err := w.sink.w.Write(append(above, w.text...))
	w.text = w.text[:0]
	return err
}
