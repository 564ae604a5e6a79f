package file

import (
	"os"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/csv"
	"github.com/helios-stream/helios/vexec/connect/format/ndjson"
	"github.com/helios-stream/helios/vexec/connect/format/parquet"
)

// flushBytes is how much text is collected before it is written.
const flushBytes = 256 << 10

// segment is one epoch's rows on their way into a file aside.
type segment struct {
	path   string
	file   *os.File
	bytes  int64
	text   func(dst []byte, b *vexec.Batch) []byte // NDJSON, CSV
	buf    []byte
	writer *parquet.Writer // Parquet
	mem    *vexec.Account
	held   int64
}

// newSegment makes the file at path.
func (s *sink) newSegment(path string, header bool) (*segment, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	g := &segment{path: path, file: f, mem: s.sc.Memory}
	switch s.set.format {
	case formatParquet:
		g.writer, err = parquet.NewWriter(f, s.schema, s.set.parquet, s.sc.Memory)
	case formatCSV:
		e := newCSV(s.schema, s.set.csv)
		g.text = e.Append
		if header && s.set.csv.header {
			g.buf = e.AppendHeader(g.buf)
		}
	default:
		g.text = ndjson.NewEncoder(s.schema).Append
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

func (g *segment) write(b *vexec.Batch) error {
	if g.writer != nil {
		return g.writer.Write(b)
	}
	g.buf = g.text(g.buf, b)
	if n := int64(cap(g.buf)) - g.held; n > 0 {
		if err := g.mem.Grow(n); err != nil {
			return err
		}
		g.held += n
	}
	if len(g.buf) < flushBytes {
		return nil
	}
	return g.flush()
}

func (g *segment) flush() error {
	_, err := g.file.Write(g.buf)
	g.buf = g.buf[:0]
	return err
}

// finish writes the rest and syncs the file. After an error abort must be called.
func (g *segment) finish() error {
	var err error
	if g.writer != nil {
		err = g.writer.Close()
	} else {
		err = g.flush()
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
