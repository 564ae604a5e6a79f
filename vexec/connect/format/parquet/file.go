// Package parquet reads and writes Parquet files a column page at a time. A row
// group is a unit; text that the file holds as a dictionary stays one.
package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync/atomic"

	"github.com/helios-stream/helios/ir"
)

// file is an open Parquet file. It is closed when its last user lets go of it:
// the split's reader or one of the decoders.
type file struct {
	path     string
	os       content
	size     int64
	footerAt int64 // where the footer begins, and nothing else any more
	meta     *fileMeta
	root     *node
	leaves   []*leaf
	limits   limits
	users    atomic.Int32
}

// content is the bytes of a file.
type content interface {
	io.ReaderAt
	io.Closer
}

// openFile opens path and reads the footer.
func openFile(path string) (*file, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := in.Stat()
	if err == nil && info.IsDir() {
		err = &fileError{path, errors.New("this is a folder, not a Parquet file")}
	}
	if err != nil {
		in.Close()
		return nil, err
	}
	return newFile(path, in, info.Size(), usual)
}

// newFile reads the footer of what in has. It closes in after an error.
func newFile(path string, in content, size int64, lim limits) (_ *file, err error) {
	f := &file{path: path, os: in, limits: lim}
	defer func() {
		if err != nil {
			in.Close()
		}
	}()
	defer f.guard(&err)
	if err := checkEnds(in, size); err != nil {
		return nil, err
	}
	if err := f.readFooter(size); err != nil {
		return nil, err
	}
	f.users.Store(1)
	return f, nil
}

// maxFooter is the largest footer that is read: a million columns chunks have less.
const maxFooter = 256 << 20

// readFooter reads what the file holds and checks that it can be.
func (f *file) readFooter(size int64) error {
	var tail [8]byte
	if _, err := f.os.ReadAt(tail[:], size-8); err != nil {
		return err
	}
	n := int64(binary.LittleEndian.Uint32(tail[:4]))
	if n > maxFooter {
		return fmt.Errorf("the Parquet file's footer has %d bytes, more than can be read", n)
	}
	f.size, f.footerAt = size, size-8-n
	raw := make([]byte, n)
	if _, err := f.os.ReadAt(raw, f.footerAt); err != nil {
		return err
	}
	var err error
	if f.meta, err = readFileMeta(raw); err != nil {
		return err
	}
	if f.root, f.leaves, err = buildTree(f.meta.schema); err != nil {
		return err
	}
	for g := range f.meta.groups {
		if err := f.checkGroup(g); err != nil {
			return err
		}
	}
	return nil
}

func (f *file) checkGroup(g int) error {
	cols := f.meta.groups[g].cols
	if len(cols) != len(f.leaves) {
		return fmt.Errorf("row group %d has %d columns, the schema %d: the file is damaged", g, len(cols), len(f.leaves))
	}
	for i := range cols {
		switch c := &cols[i]; {
		case c.encrypted:
			return errors.New("columns of the Parquet file are encrypted, which cannot be read")
		case c.phys != f.leaves[i].phys:
			return fmt.Errorf("row group %d has another type in column %s than the schema: the file is damaged", g, f.leaves[i].name)
		}
	}
	return nil
}

// checkEnds looks at both ends of the file before anything in it is believed.
func checkEnds(r io.ReaderAt, size int64) error {
	var head, tail [8]byte
	if size < 12 {
		return fmt.Errorf("not a Parquet file: it has %d bytes", size)
	}
	if _, err := r.ReadAt(head[:4], 0); err != nil {
		return err
	}
	if _, err := r.ReadAt(tail[:], size-8); err != nil {
		return err
	}
	magic := string(tail[4:])
	switch {
	case string(head[:4]) == "PARE" || magic == "PARE":
		return errors.New("the Parquet file is encrypted, which cannot be read")
	case string(head[:4]) != "PAR1":
		return errors.New("not a Parquet file: it does not begin with PAR1")
	case magic != "PAR1":
		return errors.New("the Parquet file is cut off: it does not end with PAR1")
	case int64(binary.LittleEndian.Uint32(tail[:4])) > size-12:
		return errors.New("the Parquet file is damaged: its footer is longer than the file")
	}
	return nil
}

// guard is deferred around everything that trusts the file's content: a damaged
// file makes an error with the file's name, never a panic.
func (f *file) guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the Parquet file is damaged: %v", p)
		var bug runtime.Error
		if e, ok := p.(error); ok && errors.As(e, &bug) {
			*err = fmt.Errorf("the Parquet file is damaged (%v)", e)
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
		return f.os.Close()
	}
	return nil
}

// Infer reads the columns of a Parquet file. Columns whose type SQL has no match
// for are errors that name them.
func Infer(path string) (cols []ir.Column, err error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.release()
	return f.infer()
}

func (f *file) infer() (cols []ir.Column, err error) {
	defer f.guard(&err)
	for _, n := range f.root.kids {
		t, err := n.typ()
		if err != nil {
			return nil, err
		}
		cols = append(cols, ir.Column{Name: n.name, Type: t, NotNull: !n.nullable})
	}
	return cols, nil
}
