package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/helios-stream/helios/vexec"
)

// pipe is a live text that comes from a reader which waits, such as standard input.
type pipe struct {
	live
	name string

	front []byte // what has been taken over from the goroutine that reads
	seen  int    // how much of it has been handed on
	then  error  // what ended the reading, behind front; nil: it goes on

	mu     sync.Mutex
	room   sync.Cond // back has become shorter, or the pipe is closed
	back   []byte    // what has come since
	err    error     // what ended the reading, behind back
	closed bool
}

// aheadBytes is how much is read before somebody asks for it. A scan that
// finds nothing looks again after some milliseconds: what is waiting then is all that a
// fast writer gets rid of in this time, and his pipe itself holds just 64 KB.
const aheadBytes = 2 << 20

// openPipe begins to read r, which the pipe does not close: a Read that waits cannot
// be called back, and ends with the process.
func openPipe(name string, r io.Reader, in input, scan *vexec.Scan, c csvSettings, l limits) *pipe {
	p := &pipe{name: name}
	p.room.L = &p.mu
	p.live = live{blocks: blocks{id: name, scan: scan, limits: l, format: newText(in.format, c)}, in: p, line: 1}
	go p.read(r, in.codec)
	return p
}

// read takes in what comes, as it comes.
func (p *pipe) read(r io.Reader, c codec) {
	in, err := unpackPipe(p.name, r, c)
	if err != nil {
		p.put(nil, err)
		return
	}
	defer in.Close()
	for buf := make([]byte, 256<<10); ; {
		n, err := in.Read(buf)
		if !p.put(buf[:n], err) || err != nil {
			return
		}
	}
}

// put adds what has come, once there is room; false: nobody wants it any more.
func (p *pipe) put(b []byte, err error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.back) >= aheadBytes && !p.closed {
		p.room.Wait()
	}
	p.back, p.err = append(p.back, b...), err
	return !p.closed
}

// take takes over what has come.
func (p *pipe) take() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.front, p.back, p.seen, p.then = p.back, p.front[:0], 0, p.err
	p.room.Signal()
}

// unpackPipe returns what r holds, which may have to be waited for. Its errors, but for
// io.EOF, are in the user's words.
func unpackPipe(name string, r io.Reader, c codec) (io.ReadCloser, error) {
	if c == codecAuto {
		var err error
		head := make([]byte, magicBytes)
		n := 0
		for n < len(head) && err == nil && couldBeMagic(head[:n]) {
			var got int
			got, err = r.Read(head[n:])
			n += got
		}
		c = sniff(head[:n])
		r = io.MultiReader(bytes.NewReader(head[:n]), r)
		if err != nil {
			r = io.MultiReader(bytes.NewReader(head[:n]), failing{err})
		}
	}
	in, err := unpack(r, c)
	if err != nil {
		return nil, brokenPipe(name, err, c)
	}
	return &explained{in, name, c}, nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// explained is a reader whose errors say what they are about.
type explained struct {
	io.ReadCloser
	name  string
	codec codec
}

func (e *explained) Read(b []byte) (int, error) {
	n, err := e.ReadCloser.Read(b)
	if err != nil && err != io.EOF {
		err = brokenPipe(e.name, err, e.codec)
	}
	return n, err
}

func brokenPipe(name string, err error, c codec) error {
	switch {
	case c != "" && errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%s is cut off: what came of it does not end as %s does", name, c)
	case c != "":
		return fmt.Errorf("%s cannot be decompressed as %s: %w", name, c, err)
	}
	return fmt.Errorf("cannot read %s: %w", name, err)
}

// more implements inlet.
func (p *pipe) more(b []byte) (int, bool, error) {
	if p.seen == len(p.front) && p.then == nil {
		p.take()
	}
	n := copy(b, p.front[p.seen:])
	p.seen += n
	switch {
	case p.seen < len(p.front) || p.then == nil:
		return n, false, nil
	case p.then == io.EOF:
		return n, true, nil
	case n > 0: // the error comes next
		return n, false, nil
	}
	return 0, false, p.then
}

// Claim takes what has come.
func (p *pipe) Claim(context.Context) (vexec.Unit, error) { return p.claim() }

// Position is how much has been read: for people, since nobody can read it again.
func (p *pipe) Position() vexec.Position { return positionOf(p.at) }

func (p *pipe) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.room.Signal()
	return nil
}
