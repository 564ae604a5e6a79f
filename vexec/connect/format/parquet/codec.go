package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// The compressions, by their numbers in the format.
const (
	codecNone   = 0
	codecSnappy = 1
	codecGzip   = 2
	codecLZO    = 3
	codecBrotli = 4
	codecLZ4    = 5 // as Hadoop frames it
	codecZstd   = 6
	codecLZ4Raw = 7
)

// checkCodec refuses compressions that cannot be read.
func checkCodec(l *leaf, codec int32) error {
	switch {
	case codec == codecLZO:
		return fmt.Errorf("column %s is compressed with LZO, which cannot be read; write the file with zstd or snappy", l.name)
	case codec < codecNone || codec > codecLZ4Raw:
		return fmt.Errorf("column %s is compressed in a way (number %d) that cannot be read; write the file with zstd or snappy", l.name, codec)
	}
	return nil
}

// unpacker decompresses pages. It is used by one goroutine.
type unpacker struct {
	zstd   *zstd.Decoder
	gzip   *gzip.Reader
	brotli *brotli.Reader
	in     bytes.Reader
}

var errUnpacked = errors.New("it has another size than its page says")

// unpack decompresses src, which must have len(dst) bytes then, into dst.
func (u *unpacker) unpack(codec int32, dst, src []byte) error {
	if len(dst) == 0 {
		return nil // nothing: some writers compress it, some do not
	}
	n, err := 0, error(nil)
	switch codec {
	case codecSnappy:
		if n, err = s2.DecodedLen(src); err == nil && n == len(dst) {
			_, err = s2.Decode(dst, src)
		}
	case codecZstd:
		n, err = u.unpackZstd(dst, src)
	case codecGzip:
		n, err = u.unpackGzip(dst, src)
	case codecBrotli:
		u.in.Reset(src)
		if u.brotli == nil {
			u.brotli = brotli.NewReader(&u.in)
		} else if err := u.brotli.Reset(&u.in); err != nil {
			return err
		}
		n, err = fill(u.brotli, dst)
	case codecLZ4Raw:
		n, err = lz4.UncompressBlock(src, dst)
	case codecLZ4:
		if n, err = unpackHadoop(dst, src); err != nil { // other writers leave the frame out
			n, err = lz4.UncompressBlock(src, dst)
		}
	}
	if err == nil && n != len(dst) {
		err = errUnpacked
	}
	return err
}

func (u *unpacker) unpackZstd(dst, src []byte) (int, error) {
	if u.zstd == nil {
		var err error
		u.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderLowmem(true))
		if err != nil {
			return 0, err
		}
	}
	out, err := u.zstd.DecodeAll(src, dst[:0:len(dst)])
	return len(out), err
}

func (u *unpacker) unpackGzip(dst, src []byte) (n int, err error) {
	u.in.Reset(src)
	if u.gzip == nil {
		u.gzip, err = gzip.NewReader(&u.in)
	} else {
		err = u.gzip.Reset(&u.in)
	}
	if err != nil {
		return 0, err
	}
	return fill(u.gzip, dst)
}

// fill reads all of r, which must have len(dst) bytes.
func fill(r io.Reader, dst []byte) (int, error) {
	n, err := io.ReadFull(r, dst)
	if err != nil {
		return n, errUnpacked
	}
	var more [1]byte
	switch k, err := r.Read(more[:]); {
	case k > 0:
		return 0, errUnpacked
	case err != nil && err != io.EOF:
		return 0, err
	}
	return n, nil
}

// unpackHadoop reads blocks with their sizes in front: unpacked, packed.
func unpackHadoop(dst, src []byte) (n int, err error) {
	for len(src) > 0 {
		if len(src) < 8 {
			return 0, errUnpacked
		}
		unpacked, packed := binary.BigEndian.Uint32(src), binary.BigEndian.Uint32(src[4:])
		src = src[8:]
		if uint64(packed) > uint64(len(src)) || uint64(unpacked) > uint64(len(dst)-n) {
			return 0, errUnpacked
		}
		k, err := lz4.UncompressBlock(src[:packed], dst[n:n+int(unpacked)])
		if err != nil || k != int(unpacked) {
			return 0, errUnpacked
		}
		src = src[packed:]
		n += k
	}
	return n, nil
}

func (u *unpacker) close() {
	if u.zstd != nil {
		u.zstd.Close()
		u.zstd = nil
	}
}
