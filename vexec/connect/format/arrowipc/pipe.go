package arrowipc

import (
	"context"
	"io"

	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/columnfile"
)

// pipe is a stream from a reader that waits, such as standard input. It hands out
// record batches as they come.
type pipe struct {
	*reader
	parts chan part
	stop  chan struct{}
	err   error // that ended it
}

// part is what has come: a message with its body, or why there are no more.
type part struct {
	m   *message
	err error
}

// OpenPipe begins to read a stream of Arrow IPC, or a file from its front, from what
// open returns. Open is called by a goroutine of the pipe's own, since it may wait; a
// Read that waits cannot be called back, and ends with the process. Columns are found
// as Open finds them, once the schema has come. Position tells how many record batches
// were claimed; a pipe cannot be opened there.
func OpenPipe(name string, open func() (io.ReadCloser, error), scan *vexec.Scan, split vexec.Split) vexec.SplitReader {
	f := &file{File: columnfile.InMemory(name, kind, nil), limits: usual, stream: true, dicts: dictionaries{}}
	p := &pipe{
		reader: &reader{file: f, scan: scan, split: split, dicts: f.dicts},
		parts:  make(chan part, 1), stop: make(chan struct{}),
	}
	go p.run(open)
	return p
}

// run passes on what comes, as it comes.
func (p *pipe) run(open func() (io.ReadCloser, error)) {
	in, err := open()
	if err != nil {
		p.send(part{err: err})
		return
	}
	defer in.Close()
	s := newInlet(in, p.file.limits)
	for {
		m, err := s.next()
		if err == io.EOF {
			err = s.rest()
		}
		if !p.send(part{m, err}) || err != nil {
			return
		}
	}
}

func (p *pipe) send(x part) bool {
	select {
	case p.parts <- x:
		return true
	case <-p.stop:
		return false
	}
}

// Claim takes the next record batch that has come whole.
func (p *pipe) Claim(context.Context) (vexec.Unit, error) {
	for p.err == nil {
		select {
		case x := <-p.parts:
			var next *piece
			if next, p.err = p.came(x); next != nil {
				return vexec.Unit{Piece: next, Bytes: next.at.meta + next.at.body}, nil
			}
		default:
			return vexec.Unit{}, vexec.ErrNothingYet
		}
	}
	return vexec.Unit{}, p.err
}

// came takes a message: the schema, and then others.
func (p *pipe) came(x part) (_ *piece, err error) {
	defer p.file.Guard(&err)
	switch {
	case x.err != nil:
		return nil, x.err
	case p.file.schema != nil:
		return p.take(x.m)
	case x.m.kind != kindSchema:
		return nil, errNoSchema
	}
	if err := p.file.takeSchema(x.m.header); err != nil {
		return nil, err
	}
	return nil, p.choose()
}

// Close ends the pipe; units that were claimed can still be decoded.
func (p *pipe) Close() error {
	close(p.stop)
	return p.reader.Close()
}
