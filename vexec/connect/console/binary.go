package console

import (
	"bufio"
	"fmt"
	"io"

	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/arrowipc"
	"github.com/helios-stream/helios/vexec/connect/format/parquet"
)

// binary writes rows in a form with a beginning and an end: an Arrow IPC stream or a
// Parquet file, for a program behind a pipe.
type binary struct {
	w     *bufio.Writer
	write func(*vexec.Batch) error
	flush func() error // writes what is held back; nil: the form is whole or nothing
	close func() error // writes the end
	abort func()
	ended bool
}

// newBinary begins the form. It has no end that a restart could go on from.
func newBinary(w io.Writer, f Format, sc *vexec.SinkContext) (*binary, error) {
	if !sc.NoRestart {
		return nil, fmt.Errorf("--format %s on stdout is one file, which cannot go on after a restart: leave --checkpoint-dir away, write json or csv, or INSERT INTO a mapping of TYPE File", f)
	}
	b := &binary{w: bufio.NewWriterSize(w, maxBuffered)}
	if f == Arrow {
		a, err := arrowipc.NewWriter(b.w, sc.Schema, arrowipc.Options{Stream: true}, sc.Memory)
		if err != nil {
			return nil, err
		}
		b.write, b.flush, b.close, b.abort = a.Write, a.Flush, a.Close, a.Abort
		return b, nil
	}
	p, err := parquet.NewWriter(b.w, sc.Schema, parquet.Options{}, sc.Memory)
	if err != nil {
		return nil, err
	}
	b.write, b.close, b.abort = p.Write, p.Close, p.Abort
	return b, nil
}

// show writes the rows of b, and those before it, as far as the form lets rows be read
// that it has no end behind.
func (b *binary) show(rows *vexec.Batch) error {
	if err := b.write(rows); err != nil || b.flush == nil {
		return err
	}
	if err := b.flush(); err != nil {
		return err
	}
	return b.w.Flush()
}

// end writes the end of the form, once.
func (b *binary) end() error {
	if b.ended {
		return nil
	}
	b.ended = true
	if err := b.close(); err != nil {
		return err
	}
	return b.w.Flush()
}

// drop frees a form that has no end: its reader sees that rows are missing.
func (b *binary) drop() error {
	if b.ended {
		return nil
	}
	b.ended = true
	b.abort()
	return b.w.Flush()
}
