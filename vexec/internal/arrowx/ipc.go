package arrowx

import (
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Writer writes batches as an Arrow IPC stream. It does not compress: the library
// would set up an encoder for each stream, which costs more than a small one.
type Writer struct{ w *ipc.Writer }

// NewWriter returns a writer of batches of the schema s to w. A schema without
// columns has no stream form and is refused.
func NewWriter(w io.Writer, s *ir.Schema) (*Writer, error) {
	if len(s.Cols) == 0 {
		return nil, fmt.Errorf("arrow stream needs at least one column")
	}
	return &Writer{w: ipc.NewWriter(w, ipc.WithSchema(Schema(s)))}, nil
}

// Write appends the live rows of b.
func (w *Writer) Write(b *vexec.Batch) error {
	if b.Live() == 0 {
		return nil
	}
	rec := Record(b)
	defer rec.Release()
	return w.w.Write(rec)
}

// Close writes the end of the stream. It does not close the underlying writer.
func (w *Writer) Close() error { return w.w.Close() }

// ReadAll calls f with each batch of an IPC stream of the schema s, lent until f
// returns. Damage of any kind is an error, never a panic.
func ReadAll(r io.Reader, s *ir.Schema, f func(b *vexec.Batch) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("damaged arrow stream: %v", p)
		}
	}()
	rd, err := ipc.NewReader(r, ipc.WithAllocator(memory.DefaultAllocator))
	if err != nil {
		return fmt.Errorf("arrow stream: %w", err)
	}
	defer rd.Release()
	b := &vexec.Batch{}
	for rd.Next() {
		if err := Read(rd.Record(), s, b); err != nil {
			return fmt.Errorf("arrow stream: %w", err)
		}
		if err := f(b); err != nil {
			return err
		}
	}
	if err := rd.Err(); err != nil && err != io.EOF {
		return fmt.Errorf("arrow stream: %w", err)
	}
	return nil
}
