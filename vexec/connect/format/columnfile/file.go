// Package columnfile holds what the formats share whose files say themselves which
// columns they have (Parquet, Arrow IPC): a file whose content is not to be believed,
// the sentences that say why its columns do not fit the declared ones, and numbers as
// such files store them.
package columnfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync/atomic"
)

// Content is the bytes of a file.
type Content interface {
	io.ReaderAt
	io.Closer
}

// File is an open file that may be damaged. It is closed when its last user lets go of
// it: whoever opened it, and all that called Use. Safe for use by many goroutines.
type File struct {
	Content
	Path  string
	Size  int64  // bytes, when it was opened
	Kind  string // what it should hold: "Parquet", "Arrow"
	users atomic.Int32
}

// Open opens the file at path, for one user. Errors name the path.
func Open(path, kind string) (*File, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := in.Stat()
	if err == nil && info.IsDir() {
		err = &namedError{path, fmt.Errorf("this is a folder, not %s file", an(kind))}
	}
	if err != nil {
		in.Close()
		return nil, err
	}
	return New(path, kind, in, info.Size()), nil
}

// New returns a file of so many bytes that are in already, for one user.
func New(path, kind string, in Content, size int64) *File {
	f := &File{Content: in, Path: path, Size: size, Kind: kind}
	f.users.Store(1)
	return f
}

// InMemory returns a file that holds raw, for one user.
func InMemory(path, kind string, raw []byte) *File {
	return New(path, kind, inMemory{bytes.NewReader(raw)}, int64(len(raw)))
}

type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

// an is a word with its article.
func an(word string) string {
	for _, c := range "AEIOU" {
		if word != "" && rune(word[0]) == c {
			return "an " + word
		}
	}
	return "a " + word
}

// Use adds a user.
func (f *File) Use() { f.users.Add(1) }

// Release takes a user away, and closes the file behind the last one.
func (f *File) Release() error {
	if f.users.Add(-1) == 0 {
		return f.Close()
	}
	return nil
}

// Guard is deferred around everything that trusts the file's content. All of it is
// checked; should a check be missing, a damaged file still makes an error with the
// file's name, and no panic.
func (f *File) Guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the %s file is damaged: %v", f.Kind, p)
		var bug runtime.Error
		if e, ok := p.(error); ok && errors.As(e, &bug) {
			*err = fmt.Errorf("the %s file is damaged (%v)", f.Kind, e)
		}
	}
	*err = f.Name(*err)
}

// Name puts the file's name in front of err, unless it stands there. io.EOF stays
// what it is.
func (f *File) Name(err error) error {
	var path *os.PathError
	if err == nil || err == io.EOF || Named(err) || errors.As(err, &path) {
		return err
	}
	return &namedError{f.Path, err}
}

// Named reports whether err has a file's name in front.
func Named(err error) bool {
	var known *namedError
	return errors.As(err, &known)
}

// namedError is an error with the name of its file.
type namedError struct {
	path string
	err  error
}

func (e *namedError) Error() string { return e.path + ": " + e.err.Error() }
func (e *namedError) Unwrap() error { return e.err }
