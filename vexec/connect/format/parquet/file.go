// Package parquet reads and writes Parquet files a column page at a time. A row
// group is a unit; text that the file holds as a dictionary stays one.
package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"

	pq "github.com/parquet-go/parquet-go"

	"github.com/helios-stream/helios/ir"
)

// file is an open Parquet file. It is closed when its last user lets go of it:
// the split's reader or one of the decoders.
type file struct {
	path  string
	os    *os.File
	pq    *pq.File
	users atomic.Int32
}

// openFile opens path and reads the footer.
func openFile(path string) (_ *file, err error) {
	f := &file{path: path}
	defer func() {
		if err != nil && f.os != nil {
			f.os.Close()
		}
	}()
	defer f.guard(&err)
	if f.os, err = os.Open(path); err != nil {
		return nil, err
	}
	info, err := f.os.Stat()
	if err != nil {
		return nil, err
	}
	if err := checkEnds(f.os, info); err != nil {
		return nil, err
	}
	f.pq, err = pq.OpenFile(f.os, info.Size(), pq.SkipPageIndex(true), pq.SkipBloomFilters(true), pq.ReadBufferSize(64<<10))
	if err != nil {
		return nil, err
	}
	f.users.Store(1)
	return f, nil
}

// checkEnds looks at both ends of the file before anything in it is believed.
func checkEnds(r *os.File, info os.FileInfo) error {
	size := info.Size()
	var head, tail [8]byte
	if info.IsDir() {
		return errors.New("this is a folder, not a Parquet file")
	}
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
	if err == nil || errors.As(err, &known) || errors.As(err, &path) {
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
	defer f.guard(&err)
	for _, c := range f.pq.Root().Columns() {
		l, err := newLeaf(c)
		if err != nil {
			return nil, err
		}
		cols = append(cols, ir.Column{Name: l.name, Type: l.natural, NotNull: !l.optional})
	}
	return cols, nil
}
