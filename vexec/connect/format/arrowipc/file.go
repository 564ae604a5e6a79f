// Package arrowipc reads and writes Arrow IPC: files with a footer and streams. A
// record batch is a unit, and only the buffers of the columns that are wanted are
// read. The metadata is read here, and nothing that it says is believed before it
// has been held against the file's size.
package arrowipc

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/helios-stream/helios/ir"
)

const magic = "ARROW1"

// content is the bytes of a file.
type content interface {
	io.ReaderAt
	io.Closer
}

// limits are sizes that tests make small.
type limits struct {
	buffer int64 // bytes of a buffer once it is unpacked
	elems  int64 // elements of lists in a batch of rows
}

var usual = limits{buffer: 2 << 30, elems: 64 << 20}

// file is an open Arrow file or stream. It is closed when its last user lets go of it.
type file struct {
	path    string
	in      content
	size    int64
	limits  limits
	schema  *schema
	stream  bool
	start   int64   // a stream: where the first message behind the schema stands
	batches []place // a file: from the footer
	dicts   dictionaries
	users   atomic.Int32

	count sync.Once
	first []int64 // a file: rows before each record batch, once they were counted
}

// openFile opens path and reads what it says of itself.
func openFile(path string) (*file, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := in.Stat()
	if err == nil && info.IsDir() {
		err = &fileError{path, errors.New("this is a folder, not an Arrow file")}
	}
	if err != nil {
		in.Close()
		return nil, err
	}
	return newFile(path, in, info.Size(), usual)
}

// newFile reads the footer, or a stream's schema. It closes in after an error.
func newFile(path string, in content, size int64, lim limits) (_ *file, err error) {
	f := &file{path: path, in: in, size: size, limits: lim, dicts: dictionaries{}}
	defer func() {
		if err != nil {
			in.Close()
		}
	}()
	defer f.guard(&err)
	if err := f.begin(); err != nil {
		return nil, err
	}
	f.users.Store(1)
	return f, nil
}

// begin tells files from streams.
func (f *file) begin() error {
	head := make([]byte, min(8, f.size))
	if _, err := f.in.ReadAt(head, 0); err != nil && err != io.EOF {
		return err
	}
	switch {
	case len(head) < 8:
		return fmt.Errorf("not an Arrow file: it has %d bytes", f.size)
	case string(head[:6]) == magic:
		return f.readFooter()
	case string(head[:4]) == "FEA1":
		return errors.New("this is a Feather file of version 1, which is not read; write it anew as Feather 2 or Arrow")
	case binary.LittleEndian.Uint32(head) != 0xFFFFFFFF && binary.LittleEndian.Uint32(head)%8 != 0:
		return errors.New("not an Arrow file: it begins neither with ARROW1 nor with a message")
	}
	f.stream = true
	m, err := f.message(0)
	if err != nil {
		return err
	}
	if m.kind != kindSchema {
		return errors.New("not an Arrow file: it begins neither with ARROW1 nor with a schema")
	}
	f.start = m.meta + m.body
	return f.takeSchema(m.header)
}

func (f *file) takeSchema(o obj) (err error) {
	if f.schema, err = readSchema(o); err == errMeta {
		err = errors.New("the Arrow file is damaged: its schema makes no sense")
	}
	return err
}

// readFooter takes the footer of a file.
func (f *file) readFooter() error {
	var tail [10]byte
	if f.size < 8+int64(len(tail)) {
		return errNoEnd
	}
	if _, err := f.in.ReadAt(tail[:], f.size-10); err != nil {
		return err
	}
	if string(tail[4:]) != magic {
		return errNoEnd
	}
	n := int64(int32(binary.LittleEndian.Uint32(tail[:4])))
	if n < 8 || n > f.size-18 || n > maxMeta {
		return errors.New("the Arrow file is damaged: its footer is longer than the file")
	}
	raw, at := make([]byte, n), f.size-10-n
	if _, err := f.in.ReadAt(raw, at); err != nil {
		return err
	}
	foot := (&flat{b: raw}).root()
	if v := foot.i16(0, 0); v < metaV4 {
		return errors.New("the Arrow file was written by a version of Arrow before 0.8, which is not read; write it anew")
	}
	if err := f.takeSchema(foot.table(1)); err != nil {
		return err
	}
	dicts, err := blocks(foot, 2, at)
	if err != nil {
		return err
	}
	if f.batches, err = blocks(foot, 3, at); err != nil {
		return err
	}
	for _, p := range dicts {
		m, err := f.message(p.at)
		if err == nil && m.kind != kindDictionary {
			err = errors.New("the Arrow file is damaged: its footer leads to no dictionary")
		}
		if err == nil {
			f.dicts, err = f.dicts.with(f, m)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var errNoEnd = errors.New("the Arrow file is cut off: it does not end with ARROW1, as one does that was written to its end")

// blocks are the places of messages that a footer names; all stand before end.
func blocks(foot obj, n int, end int64) ([]place, error) {
	at, count := foot.vector(n, 24)
	out := make([]place, 0, count)
	for i := range count {
		p := place{at: foot.f.i64(at + 24*i), meta: int64(foot.f.i32(at + 24*i + 8)), body: foot.f.i64(at + 24*i + 16)}
		if p.at < 8 || p.meta < 8 || p.body < 0 || p.at > end || p.meta > end-p.at || p.body > end-p.at-p.meta {
			return nil, errors.New("the Arrow file is damaged: its footer leads out of the file")
		}
		out = append(out, p)
	}
	if foot.f.bad {
		return nil, errors.New("the Arrow file is damaged: its footer makes no sense")
	}
	return out, nil
}

// rowsBefore is how many rows stand before a record batch; as far as they can be counted.
func (f *file) rowsBefore(number int) int64 {
	f.count.Do(func() {
		rows := int64(0)
		for _, p := range f.batches {
			f.first = append(f.first, rows)
			if m, err := f.message(p.at); err == nil && m.kind == kindBatch {
				rows += max(m.header.i64(0), 0)
			}
		}
	})
	return f.first[number]
}

// guard is deferred around everything that trusts the file's content. All of it is
// checked; should a check be missing, a damaged file still makes an error with the
// file's name, and no panic.
func (f *file) guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the Arrow file is damaged: %v", p)
		var bug runtime.Error
		if e, ok := p.(error); ok && errors.As(e, &bug) {
			*err = fmt.Errorf("the Arrow file is damaged (%v)", e)
		}
	}
	*err = f.name(*err)
}

// name puts the file's name in front of err once.
func (f *file) name(err error) error {
	var known *fileError
	var path *os.PathError
	if err == nil || err == io.EOF || errors.As(err, &known) || errors.As(err, &path) {
		return err
	}
	return &fileError{f.path, err}
}

type fileError struct {
	path string
	err  error
}

func (e *fileError) Error() string { return e.path + ": " + e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }

func (f *file) release() error {
	if f.users.Add(-1) == 0 {
		return f.in.Close()
	}
	return nil
}

// Infer reads the columns of an Arrow file or stream. Columns whose type SQL has no
// match for are errors that name them.
func Infer(path string) (cols []ir.Column, err error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.release()
	defer f.guard(&err)
	for _, c := range f.schema.cols {
		t, err := c.typ()
		if err != nil {
			return nil, err
		}
		cols = append(cols, ir.Column{Name: c.name, Type: t, NotNull: !c.nullable})
	}
	return cols, nil
}
