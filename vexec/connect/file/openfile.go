package file

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/helios-stream/helios/ir"
)

// openedFile is a file as it was when it was opened. Reading it notices when it
// changes underneath.
type openedFile struct {
	*os.File
	path  string
	id    string
	size  int64
	mtime time.Time
}

func openFile(t *ir.Table, in input) (*openedFile, error) {
	f, err := os.Open(in.path)
	if err != nil {
		return nil, noAccess(t, in.path, err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, noAccess(t, in.path, err)
	}
	return &openedFile{File: f, path: in.path, id: in.id, size: info.Size(), mtime: info.ModTime()}, nil
}

// fill reads len(b) bytes from off on, which the file had when it was opened.
func (f *openedFile) fill(b []byte, off int64) error {
	n, err := f.ReadAt(b, off)
	switch {
	case n == len(b):
		return nil
	case err == io.EOF:
		return fmt.Errorf("%s became shorter while it was read: it had %d bytes and now ends at byte %d", f.path, f.size, off+int64(n))
	}
	return fmt.Errorf("cannot read %s at byte %d: %w", f.path, off+int64(n), err)
}

// unchanged fails if the file is not what it was when it was opened.
func (f *openedFile) unchanged() error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", f.path, err)
	}
	if info.Size() != f.size || !info.ModTime().Equal(f.mtime) {
		return fmt.Errorf("%s was changed while it was read (it had %d bytes, now %d); read a copy, or begin anew", f.path, f.size, info.Size())
	}
	return nil
}
