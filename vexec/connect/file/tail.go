package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/helios-stream/helios/vexec"
)

// tail is one log: content that grows, in whichever file it stands. The follower
// keeps it while it is read and after it has ended, to know it again.
type tail struct {
	id   string
	name string  // where it was found, below the root
	mark mark    // up to what has been handed out
	was  fileKey // the file that was truncated
	raw  []byte  // the mark as JSON; nil: it has changed

	mu   sync.Mutex // guards file, which decoders read to count lines
	file *os.File   // nil: it is not being read

	reader *tailReader // nil: none

	cut   bool      // what was read is not in the file any more: it was truncated
	moved bool      // it does not grow any more, or only for a little while
	quiet time.Time // when it last grew, once it has moved
}

// tailReader reads a tail, as the split's reader.
type tailReader struct {
	live
	owner *follower
	t     *tail
	head  []byte    // of the log
	last  []byte    // before mark.At
	fresh bool      // they have changed since the mark was sealed
	size  int64     // of the file and
	mtime time.Time // its time when it was last looked at
	next  time.Time // when to look again
}

// openTail begins the tail at its mark.
func openTail(owner *follower, t *tail, scan *vexec.Scan) (*tailReader, error) {
	r := &tailReader{owner: owner, t: t}
	r.live = live{
		blocks: blocks{id: t.name, scan: scan, limits: owner.limits, format: newText(owner.formatOf(t.name), owner.set.csv)},
		in:     r, at: t.mark.At, skip: t.mark.Skip,
	}
	r.lines.file, r.eaten, t.reader = t, r.note, r
	if r.at == 0 {
		r.line = 1
		return r, nil
	}
	if t.file == nil { // it was empty when it went away
		return r, nil
	}
	r.head, r.last = make([]byte, t.mark.HeadN), make([]byte, t.mark.TailN)
	if _, err := t.file.ReadAt(r.head, 0); err != nil {
		return nil, r.broken(err)
	}
	if _, err := t.file.ReadAt(r.last, r.at-t.mark.TailN); err != nil {
		return nil, r.broken(err)
	}
	return r, r.header()
}

// header reads the header of a log that is not begun at its front.
func (r *tailReader) header() error {
	if !r.format.header {
		return nil
	}
	for n := 64 << 10; ; n *= 2 {
		head := make([]byte, n)
		got, err := r.t.file.ReadAt(head, 0)
		if err != nil && err != io.EOF {
			return r.broken(err)
		}
		if to, whole := r.format.dialect.First(head[:got]); whole {
			return r.format.takeHeader(head[:to], r.scan)
		}
		if int64(got) < int64(n) || int64(n) > r.limits.record {
			return fmt.Errorf("%s: the header cannot be found any more", r.owner.full(r.t.name))
		}
	}
}

// ReadAt implements io.ReaderAt over the file where the log stands now.
func (t *tail) ReadAt(b []byte, at int64) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file == nil {
		return 0, os.ErrClosed
	}
	return t.file.ReadAt(b, at)
}

// Claim takes what has been added.
func (r *tailReader) Claim(context.Context) (vexec.Unit, error) {
	u, err := r.claim()
	t := r.t
	if r.fresh || t.mark.Skip != r.skip {
		t.mark.seal(r.head, r.last)
		t.mark.Skip, t.raw, r.fresh = r.skip, nil, false
	}
	if errors.Is(err, io.EOF) {
		r.owner.retire(t)
	}
	return u, err
}

// note keeps what the log is recognised by.
func (r *tailReader) note(b []byte) {
	r.head, r.last = r.t.mark.note(b, r.head, r.last)
	r.fresh = true
}

// Position is where the next unit begins, and how to find that again.
func (r *tailReader) Position() vexec.Position { return r.t.position() }

func (t *tail) position() vexec.Position {
	if t.raw == nil {
		t.raw = t.mark.position()
	}
	return t.raw
}

func (r *tailReader) Close() error {
	r.t.mu.Lock()
	defer r.t.mu.Unlock()
	if r.t.file == nil {
		return nil
	}
	err := r.t.file.Close()
	r.t.file, r.t.reader = nil, nil
	return err
}

// more implements inlet.
func (r *tailReader) more(b []byte) (n int, end bool, err error) {
	t, at := r.t, r.at+int64(len(r.rest))
	switch {
	case t.file == nil:
		return 0, true, nil
	case t.cut:
		return 0, false, nil // the follower looks for what was read
	case at >= r.size:
		if end, err = r.look(at); at >= r.size || t.cut || err != nil {
			return 0, end, err
		}
	}
	n, err = t.file.ReadAt(b[:min(int64(len(b)), r.size-at)], at)
	if err != nil && err != io.EOF {
		return 0, false, r.broken(err)
	}
	info, err := t.file.Stat()
	if err != nil {
		return 0, false, r.broken(err)
	}
	if t.cut = info.Size() < at+int64(n); t.cut {
		return 0, false, nil
	}
	return n, false, nil
}

// look sees how long the file is now, every 'follow.interval', and that it still is
// what was read up to at.
func (r *tailReader) look(at int64) (end bool, err error) {
	now := time.Now()
	if now.Before(r.next) {
		return false, nil
	}
	r.next = now.Add(r.owner.set.follow)
	info, err := r.t.file.Stat()
	if err != nil {
		return false, r.broken(err)
	}
	if info.Size() != at || !info.ModTime().Equal(r.mtime) {
		if info.Size() < at || !r.same() {
			r.t.cut = true
			return false, nil
		}
		r.size, r.mtime = info.Size(), info.ModTime()
	}
	if info.Size() > at {
		r.t.hush(now)
		return false, nil
	}
	return r.t.moved && now.Sub(r.t.quiet) >= r.owner.grace, nil
}

// hush notes that the log has grown, or was moved, and may be quiet from now on.
func (t *tail) hush(now time.Time) {
	t.quiet = now
	if t.moved {
		t.mark.Quiet, t.raw = now.UnixMilli(), nil
	}
}

// goesOn takes up a log that was moved, whose file has so many bytes: one that has not
// grown since the checkpoint has been quiet for as long as that says.
func (t *tail) goesOn(now time.Time, size int64) {
	since := time.UnixMilli(t.mark.Quiet)
	if t.mark.Quiet == 0 || size != t.mark.At || since.After(now) {
		since = now
	}
	t.hush(since)
}

// same reports whether the file still has what was read of it.
func (r *tailReader) same() bool {
	m := r.t.mark
	m.seal(r.head, r.last)
	if m.At > 0 && !m.standsIn(r.t.file) {
		return false
	}
	k := min(len(r.rest), tailBytes)
	now := make([]byte, k)
	_, err := r.t.file.ReadAt(now, r.at+int64(len(r.rest)-k))
	return k == 0 || err == nil && bytes.Equal(now, r.rest[len(r.rest)-k:])
}

func (r *tailReader) broken(err error) error {
	return fmt.Errorf("cannot read %s: %w", r.owner.full(r.t.name), err)
}

// goOn reads on in another file that holds what was read.
func (t *tail) goOn(f *os.File) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_ = t.file.Close()
	t.file, t.cut, t.moved = f, false, true
	t.hush(time.Now())
	t.reader.size, t.reader.mtime = 0, time.Time{}
}

// letGo gives up a file that was truncated: what was read of it stands nowhere else.
func (t *tail) letGo() {
	t.mu.Lock()
	defer t.mu.Unlock()
	_ = t.file.Close()
	t.file, t.cut, t.moved = nil, false, true
}
