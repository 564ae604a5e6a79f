package file

import (
	"bytes"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"

	"github.com/helios-stream/helios/vexec/connect/format/lz4frame"
)

// maxWindow is the most memory that a zstd frame may ask for.
const maxWindow = 128 << 20

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
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	case codecSnappy:
		return io.NopCloser(s2.NewReader(r)), nil
	case codecLZ4:
		return io.NopCloser(lz4frame.NewReader(r)), nil
	}
	return io.NopCloser(r), nil
}

type eofReader struct{}

func (eofReader) Read([]byte) (int, error) { return 0, io.EOF }

// magics are the first bytes of compressed files.
var magics = []struct {
	codec codec
	bytes string
}{
	{codecGzip, "\x1f\x8b\x08"},
	{codecZstd, "\x28\xb5\x2f\xfd"},
	{codecLZ4, "\x04\x22\x4d\x18"},
	{codecSnappy, "\xff\x06\x00\x00sNaPpY"},
}

// magicBytes is how many bytes sniff needs.
const magicBytes = 10

// sniff says by its first bytes how a text is compressed.
func sniff(head []byte) codec {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.bytes)) {
			return m.codec
		}
	}
	return ""
}

// couldBeMagic reports whether more bytes could make head the beginning of a
// compressed text.
func couldBeMagic(head []byte) bool {
	for _, m := range magics {
		if len(head) < len(m.bytes) && m.bytes[:len(head)] == string(head) {
			return true
		}
	}
	return false
}
