package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/helios-stream/helios/vexec"
)

// pipe is a live text that comes from a reader which waits, such as standard input.
type pipe struct {
	live
	name   string
	chunks chan chunk
	chunk  chunk
	stop   chan struct{}
}

type chunk struct {
	data []byte
	err  error
}

// openPipe begins to read r, which the pipe does not close: a Read that waits cannot
// be called back, and ends with the process.
func openPipe(name string, r io.Reader, in input, scan *vexec.Scan, c csvSettings, l limits) *pipe {
	p := &pipe{name: name, chunks: make(chan chunk, 4), stop: make(chan struct{})}
	p.live = live{blocks: blocks{id: name, scan: scan, limits: l, format: newText(in.format, c)}, in: p, line: 1}
	go p.read(r, in.codec)
	return p
}

// read passes on what comes, as it comes.
func (p *pipe) read(r io.Reader, c codec) {
	in, err := unpackPipe(p.name, r, c)
	if err != nil {
		p.send(chunk{err: err})
		return
	}
	defer in.Close()
	for buf := make([]byte, 256<<10); ; {
		n, err := in.Read(buf)
		if (n > 0 || err != nil) && !p.send(chunk{bytes.Clone(buf[:n]), err}) || err != nil {
			return
		}
	}
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

func (p *pipe) send(c chunk) bool {
	select {
	case p.chunks <- c:
		return true
	case <-p.stop:
		return false
	}
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
	if len(p.chunk.data) == 0 {
		if p.chunk.err == io.EOF {
			return 0, true, nil
		}
		if p.chunk.err != nil {
			return 0, false, p.chunk.err
		}
		select {
		case p.chunk = <-p.chunks:
		default:
			return 0, false, nil
		}
	}
	n := copy(b, p.chunk.data)
	p.chunk.data = p.chunk.data[n:]
	return n, len(p.chunk.data) == 0 && p.chunk.err == io.EOF, nil
}

// Claim takes what has come.
func (p *pipe) Claim(context.Context) (vexec.Unit, error) { return p.claim() }

// Position is how much has been read: for people, since nobody can read it again.
func (p *pipe) Position() vexec.Position { return positionOf(p.at) }

func (p *pipe) Close() error {
	close(p.stop)
	return nil
}
