package parquet

import (
	"io"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

const (
	// groupRows and groupBytes end a row group: what DuckDB writes, and what a
	// writer may hold in memory twice.
	groupRows  = 122_880
	groupBytes = 16 << 20
	// pageRows and pageBytes of text end a page.
	pageRows  = 20_480
	pageBytes = 1 << 20
	// stepRows are taken at once: pages and row groups end between steps. With texts
	// that may be long, smallStep of them are. Both are multiples of eight.
	stepRows  = 512
	smallStep = 8
)

// Writer writes batches as one Parquet file. It is used by one goroutine. While it
// takes the rows of a row group, the one before is encoded in the background.
type Writer struct {
	enc   *encoder // the background's while there is one
	group *rowGroup
	spare *rowGroup
	ended chan error // one of the row group in the background; nil: there is none
	err   error      // the first one: the file will not be whole

	mem  *vexec.Account
	most int // rows of a row group
	rows int64
	held int64 // of group
	sent int64 // of the row group in the background

	written, encoded int64 // bytes in the file, and what they took in memory
}

// NewWriter returns a writer of a Parquet file to w. What it buffers is reserved from
// mem. Close or Abort must be called.
func NewWriter(w io.Writer, s *ir.Schema, opt Options, mem *vexec.Account) (*Writer, error) {
	enc, err := newEncoder(w, s, opt)
	if err != nil {
		return nil, err
	}
	return &Writer{enc: enc, group: newRowGroup(s), spare: newRowGroup(s), most: opt.groupRows(), mem: mem}, nil
}

// Write adds the live rows of b. An error of the file may be that of earlier rows.
func (w *Writer) Write(b *vexec.Batch) error {
	if w.err != nil {
		return w.err
	}
	n, step := b.Live(), stepOf(b)
	w.begin(b)
	for from := 0; from < n; {
		k := min(step-w.group.rows%step, n-from)
		w.group.add(b, from, k)
		w.rows += int64(k)
		from += k
		if err := w.account(); err != nil {
			return err
		}
		if w.group.rows >= w.most || w.held >= groupBytes {
			if err := w.endGroup(); err != nil {
				return err
			}
			w.begin(b)
		}
	}
	return nil
}

// Size is about how many bytes the file would have if it were closed now: those that
// are written, and as many for each of the rows that are held as those have taken, at
// first as many as they take in memory.
func (w *Writer) Size() int64 {
	taken, share := w.written, 1.0
	if raw := w.encoded; raw > 0 {
		share = float64(taken) / float64(raw)
	}
	return taken + int64(share*float64(w.held+w.sent))
}

// Rows is how many rows have been written.
func (w *Writer) Rows() int64 { return w.rows }

// begin tells the columns of text what comes.
func (w *Writer) begin(b *vexec.Batch) {
	leaf := 0
	for i, top := range w.group.tops {
		switch {
		case top != nil:
			leaf = top.last
			continue
		case b.Cols[i].Type.Kind.IsText():
			w.group.cols[leaf].text.begin(&b.Cols[i], b.Live())
		}
		leaf++
	}
}

// stepOf is how many rows of b are taken at once.
func stepOf(b *vexec.Batch) int {
	long := 0
	for i := range b.Cols {
		long += bulk(&b.Cols[i])
	}
	if long > groupBytes/4 {
		return smallStep
	}
	return stepRows
}

// bulk is the bytes of a column beyond what each row takes.
func bulk(v *vexec.Vec) (n int) {
	if v.Enc == vexec.Dict {
		v = v.Dict
	}
	for _, buf := range v.Bufs {
		n += len(buf)
	}
	for i := range v.Kids {
		n += len(v.Kids[i].Data) + bulk(&v.Kids[i])
	}
	return n
}

// account reserves what the row group holds.
func (w *Writer) account() error {
	size := w.group.size()
	if err := w.mem.Grow(size - w.held); err != nil {
		return err
	}
	w.held = size
	return nil
}

// endGroup hands the row group to the background, which must be done with the one before.
func (w *Writer) endGroup() error {
	if err := w.wait(); err != nil || w.group.rows == 0 {
		return err
	}
	g, ended := w.group, make(chan error, 1)
	w.group, w.spare = w.spare, g
	w.held, w.sent, w.ended = 0, w.held, ended
	go func() { ended <- w.enc.add(g) }()
	return nil
}

// wait waits until no row group is in the background.
func (w *Writer) wait() error {
	if w.ended != nil {
		if err := <-w.ended; w.err == nil {
			w.err = err
		}
		w.ended = nil
		w.encoded += w.sent
		w.written = w.enc.at
		w.spare.reset()
		_ = w.mem.Grow(-w.sent)
		w.sent = 0
	}
	return w.err
}

// Close writes the rest and the footer. It does not close the underlying writer.
func (w *Writer) Close() error {
	err := w.endGroup()
	if werr := w.wait(); err == nil {
		err = werr
	}
	if err == nil {
		err = w.enc.close()
		w.written = w.enc.at
	}
	w.Abort()
	return err
}

// Abort gives back what the writer holds, leaving a file that is not whole, unless
// Close has been called. Nothing is written after it.
func (w *Writer) Abort() {
	_ = w.wait()
	_ = w.mem.Grow(-w.held)
	w.held = 0
}
