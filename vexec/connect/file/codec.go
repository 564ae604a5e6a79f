package file

import (
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

// unpack returns what the compressed r holds: all members or frames, one after
// the other.
func unpack(r io.Reader, c codec) (io.ReadCloser, error) {
	switch c {
	case codecGzip:
		z, err := gzip.NewReader(r)
		if err == io.EOF { // an empty file holds nothing
			return io.NopCloser(eofReader{}), nil
		}
		return z, err
	case codecZstd:
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	case codecSnappy:
		return io.NopCloser(s2.NewReader(r)), nil
	}
	return io.NopCloser(r), nil
}

type eofReader struct{}

func (eofReader) Read([]byte) (int, error) { return 0, io.EOF }
