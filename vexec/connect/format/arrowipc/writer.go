package arrowipc

import (
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/columnfile"
	"github.com/helios-stream/helios/vexec/internal/arrowx"
)

// writeRows is how many rows a record batch has that is written.
const writeRows = 64 << 10

// writeBytes ends a record batch before it has so many rows.
const writeBytes = 32 << 20

// Check says which columns an Arrow file cannot hold, or other programs do not read.
func Check(s *ir.Schema) error {
	return columnfile.CheckWritten(kind, s, func(t *ir.Type) *ir.Type {
		if t.Kind == ir.IntervalMonth {
			return t
		}
		return nil
	})
}

// Options are how a file or stream is written.
type Options struct {
	Codec  string // none, lz4, zstd; "" is none
	Stream bool   // a stream, whose rows can be read as they come; else a file
}

// Writer writes rows as Arrow IPC.
type Writer struct {
	schema *arrow.Schema
	out    interface {
		Write(arrow.Record) error
		Close() error
	}
	rows  vexec.Batch // not yet written; owned
	bytes int64       // about how many they are
	mem   *vexec.Account
	held  int64
	count *counted
}

// NewWriter returns a writer of rows of the schema to w, which it does not close. The
// memory of rows that are held back is accounted to mem, unless that is nil.
func NewWriter(w io.Writer, s *ir.Schema, opt Options, mem *vexec.Account) (*Writer, error) {
	if err := Check(s); err != nil {
		return nil, err
	}
	x := &Writer{schema: arrowx.PlainSchema(s), mem: mem, count: &counted{w: w}}
	x.rows.Reset(s)
	opts := []ipc.Option{ipc.WithSchema(x.schema)}
	switch opt.Codec {
	case "", "none":
	case "lz4":
		opts = append(opts, ipc.WithLZ4())
	case "zstd":
		opts = append(opts, ipc.WithZstd())
	default:
		return nil, fmt.Errorf("'arrow.compression' is none, lz4 or zstd, not %q", opt.Codec)
	}
	if opt.Stream {
		x.out = ipc.NewWriter(x.count, opts...)
		return x, nil
	}
	f, err := ipc.NewFileWriter(x.count, opts...)
	x.out = f
	return x, err
}

// Write adds the live rows of b.
func (w *Writer) Write(b *vexec.Batch) error {
	sel := b.Sel
	if sel == nil && b.Rows > 0 {
		sel = make([]int32, b.Rows)
		for i := range sel {
			sel[i] = int32(i)
		}
	}
	for len(sel) > 0 {
		n := min(len(sel), writeRows-w.rows.Rows)
		vexec.AppendRows(&w.rows, b, sel[:n])
		sel = sel[n:]
		w.bytes = batchBytes(&w.rows)
		if w.rows.Rows == writeRows || w.bytes >= writeBytes {
			if err := w.Flush(); err != nil {
				return err
			}
		}
	}
	return w.account()
}

func (w *Writer) account() error {
	if w.mem == nil || w.bytes == w.held {
		return nil
	}
	if err := w.mem.Grow(w.bytes - w.held); err != nil {
		return err
	}
	w.held = w.bytes
	return nil
}

// Flush writes the rows that are held back as a record batch.
func (w *Writer) Flush() error {
	if w.rows.Rows == 0 {
		return nil
	}
	rec, err := arrowx.PlainRecord(&w.rows, w.schema)
	if err != nil {
		return err
	}
	defer rec.Release()
	if err := w.out.Write(rec); err != nil {
		return err
	}
	w.rows.Reset(w.rows.Schema)
	w.bytes = 0
	return w.account()
}

// Size is about how many bytes there would be, if the writer were closed now.
func (w *Writer) Size() int64 { return w.count.at + w.bytes }

// Close writes the rest and the end of the file or stream.
func (w *Writer) Close() error {
	err := w.Flush()
	if err == nil {
		err = w.out.Close()
	}
	w.Abort()
	return err
}

// Abort gives back the memory of rows that are not written.
func (w *Writer) Abort() {
	w.rows, w.bytes = vexec.Batch{Schema: w.rows.Schema}, 0
	_ = w.account()
}

// counted is a writer that knows how far it has come, which is all that the library
// wants to seek for.
type counted struct {
	w  io.Writer
	at int64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.at += int64(n)
	return n, err
}

// Seek tells the place, and moves nowhere.
func (c *counted) Seek(by int64, whence int) (int64, error) {
	if by != 0 || whence != io.SeekCurrent {
		return 0, errors.New("what is written cannot be gone back in")
	}
	return c.at, nil
}

// batchBytes is about how much memory the rows take.
func batchBytes(b *vexec.Batch) (n int64) {
	for i := range b.Cols {
		n += vecBytes(&b.Cols[i])
	}
	return n
}

func vecBytes(v *vexec.Vec) int64 {
	n := int64(len(v.Data)) + int64(len(v.Valid)) + 4*int64(len(v.Offs))
	for _, b := range v.Bufs {
		n += int64(len(b))
	}
	for i := range v.Kids {
		n += vecBytes(&v.Kids[i])
	}
	return n
}
