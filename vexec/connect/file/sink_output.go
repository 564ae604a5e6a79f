package file

import (
	"io"
	"io/fs"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

// outputFile is what the sink needs of an *os.File.
type outputFile interface {
	io.Writer
	io.Closer
	Sync() error
	Stat() (fs.FileInfo, error)
}

// create makes an empty file at path.
func (s *sink) create(path string) (outputFile, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	if s.wrap != nil {
		return s.wrap(f), nil
	}
	return f, nil
}

// endingOf is what the names of files that are written with the codec end in; "": it
// cannot be written.
func endingOf(c codec) string {
	switch c {
	case codecGzip:
		return ".gz"
	case codecZstd:
		return ".zst"
	case codecSnappy:
		return ".sz"
	}
	return ""
}

// packBytes is about what a packer holds in memory.
var packBytes = map[codec]int64{codecGzip: 1 << 20, codecZstd: 4 << 20, codecSnappy: 256 << 10}

// packer returns a writer that compresses to w. Close writes its end, so that another
// one can follow in the same file, and does not close w.
func packer(w io.Writer, c codec) (io.WriteCloser, error) {
	switch c {
	case codecGzip:
		return gzip.NewWriter(w), nil
	case codecZstd:
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(1<<20))
	case codecSnappy:
		return s2.NewWriter(w, s2.WriterSnappyCompat(), s2.WriterConcurrency(1)), nil
	}
	return nopCloser{w}, nil
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
