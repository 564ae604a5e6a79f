package file

import (
	"io"
	"os"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/arrowipc"
	"github.com/helios-stream/helios/vexec/connect/format/csv"
	"github.com/helios-stream/helios/vexec/connect/format/ndjson"
	"github.com/helios-stream/helios/vexec/connect/format/parquet"
)

// flushBytes is how much text is collected before it is written.
const flushBytes = 256 << 10

// segment is one epoch's rows on their way into a file aside.
type segment struct {
	path   string
	file   outputFile
	bytes  int64                                   // of text: in the file; once finished: of the file
	text   func(dst []byte, b *vexec.Batch) []byte // NDJSON, CSV
	buf    []byte
	pack   io.WriteCloser // of text, to the file
	writer binaryWriter   // Parquet, Arrow
	mem    *vexec.Account
	held   int64
}

// binaryWriter writes a format that is not text.
type binaryWriter interface {
	Write(b *vexec.Batch) error
	Size() int64
	Close() error
	Abort()
}

// newSegment makes the file at path.
func (s *sink) newSegment(path string, header bool) (*segment, error) {
	f, err := s.create(path)
	if err != nil {
		return nil, err
	}
	g := &segment{path: path, file: f, mem: s.sc.Memory}
	switch s.set.format {
	case formatParquet:
		var w *parquet.Writer
		if w, err = parquet.NewWriter(f, s.schema, s.set.parquet, s.sc.Memory); err == nil {
			g.writer = w
		}
	case formatArrow:
		var w *arrowipc.Writer
		if w, err = arrowipc.NewWriter(f, s.schema, s.set.arrow, s.sc.Memory); err == nil {
			g.writer = w
		}
	case formatCSV:
		e := newCSV(s.schema, s.set.csv)
		g.text = e.Append
		if header && s.set.csv.header {
			g.buf = e.AppendHeader(g.buf)
		}
	default:
		g.text = ndjson.NewEncoder(s.schema).Append
	}
	if err == nil && g.writer == nil {
		err = g.startPack(s.set.codec)
	}
	if err != nil {
		g.abort()
		return nil, err
	}
	return g, nil
}

func newCSV(s *ir.Schema, set csvSettings) *csv.Encoder {
	opt := csv.EncodeOptions{Delim: set.delim, Quote: set.quote, Escape: set.escape}
	if set.null != nil {
		opt.Null = *set.null
	}
	return csv.NewEncoder(s, opt)
}

func (g *segment) startPack(c codec) (err error) {
	if err := g.reserve(packBytes[c]); err != nil {
		return err
	}
	g.pack, err = packer(&countWriter{g}, c)
	return err
}

// countWriter writes to a segment's file.
type countWriter struct{ *segment }

func (w *countWriter) Write(b []byte) (int, error) {
	n, err := w.file.Write(b)
	w.bytes += int64(n)
	return n, err
}

func (g *segment) reserve(n int64) error {
	err := g.mem.Grow(n)
	if err == nil {
		g.held += n
	}
	return err
}

func (g *segment) write(b *vexec.Batch) error {
	if g.writer != nil {
		return g.writer.Write(b)
	}
	had := cap(g.buf)
	g.buf = g.text(g.buf, b)
	if n := int64(cap(g.buf) - had); n > 0 {
		if err := g.reserve(n); err != nil {
			return err
		}
	}
	if len(g.buf) < flushBytes {
		return nil
	}
	return g.flush()
}

// size is about how many bytes the file will have, if it were finished now.
func (g *segment) size() int64 {
	if g.writer != nil {
		return g.writer.Size()
	}
	return g.bytes + int64(len(g.buf))
}

func (g *segment) flush() error {
	_, err := g.pack.Write(g.buf)
	g.buf = g.buf[:0]
	return err
}

// finish writes the rest and syncs the file. After an error abort must be called.
func (g *segment) finish() error {
	var err error
	if g.writer != nil {
		err = g.writer.Close()
	} else if err = g.flush(); err == nil {
		err = g.pack.Close()
	}
	if err != nil {
		return err
	}
	if err := g.file.Sync(); err != nil {
		return err
	}
	info, err := g.file.Stat()
	if err != nil {
		return err
	}
	g.bytes = info.Size()
	g.giveBack()
	return g.file.Close()
}

func (g *segment) giveBack() {
	_ = g.mem.Grow(-g.held)
	g.held = 0
}

// abort removes the file.
func (g *segment) abort() {
	if g.writer != nil {
		g.writer.Abort()
	}
	g.giveBack()
	_ = g.file.Close()
	_ = os.Remove(g.path)
}
