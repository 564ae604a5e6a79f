// Package lz4frame reads LZ4 frames: compressed text, and buffers of Arrow IPC.
package lz4frame

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/pierrec/lz4/v4"
)

// Reader reads LZ4 frames, one after the other, and holds what the library's own
// reader does not: a frame that was cut off is an error, wherever that was.
type Reader struct {
	in      *bufio.Reader
	inFrame bool
	linked  bool // blocks refer to those before them
	sums    bool // each block has a checksum
	total   bool // the frame has one
	max     int  // bytes of the largest block
	sum     xxh32
	packed  []byte
	block   []byte // behind up to lz4Window bytes of what came before
	rest    []byte // of block, not given yet
}

const (
	lz4Magic  = 0x184D2204
	lz4Skip   = 0x184D2A50 // and 15 more
	lz4Window = 64 << 10
)

// NewReader returns a reader of the frames in r.
func NewReader(r io.Reader) *Reader { return &Reader{in: bufio.NewReaderSize(r, 64<<10)} }

// Reset makes z read the frames in r, keeping its memory.
func (z *Reader) Reset(r io.Reader) {
	z.in.Reset(r)
	z.inFrame, z.rest, z.block = false, nil, z.block[:0]
}

// Read unpacks the next bytes. io.EOF: the input has ended behind a frame;
// io.ErrUnexpectedEOF: inside of one.
func (z *Reader) Read(b []byte) (int, error) {
	for len(z.rest) == 0 {
		if !z.inFrame {
			if _, err := z.in.Peek(1); err != nil {
				return 0, err // io.EOF between frames is the end
			}
			if err := z.frame(); err != nil {
				return 0, inside(err)
			}
			continue
		}
		if err := z.next(); err != nil {
			return 0, inside(err)
		}
	}
	n := copy(b, z.rest)
	z.rest = z.rest[n:]
	return n, nil
}

// inside is an error within a frame, where the input must not end.
func inside(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (z *Reader) uint32() (uint32, error) {
	var b [4]byte
	_, err := io.ReadFull(z.in, b[:])
	return binary.LittleEndian.Uint32(b[:]), err
}

// frame reads the beginning of a frame, or passes over one that is to be skipped.
func (z *Reader) frame() error {
	magic, err := z.uint32()
	switch {
	case err != nil:
		return err
	case magic&^15 == lz4Skip:
		n, err := z.uint32()
		if err == nil {
			_, err = io.CopyN(io.Discard, z.in, int64(n))
		}
		return err
	case magic != lz4Magic:
		return fmt.Errorf("no LZ4 frame begins there")
	}
	var d [14]byte // FLG, BD, the content's size, a dictionary
	if _, err := io.ReadFull(z.in, d[:2]); err != nil {
		return err
	}
	n := 2
	flags, size := d[0], d[1]>>4&7
	if flags&8 != 0 {
		n += 8
	}
	if flags>>6 != 1 || size < 4 || flags&1 != 0 {
		return fmt.Errorf("the LZ4 frame is of a kind that cannot be read")
	}
	if _, err := io.ReadFull(z.in, d[2:n]); err != nil {
		return err
	}
	check, err := z.in.ReadByte()
	if err != nil {
		return err
	}
	var h xxh32
	h.reset()
	h.write(d[:n])
	if byte(h.sum()>>8) != check {
		return fmt.Errorf("the LZ4 frame is damaged: its header's checksum is wrong")
	}
	z.inFrame, z.linked, z.sums, z.total = true, flags>>5&1 == 0, flags>>4&1 == 1, flags>>2&1 == 1
	z.max = 1 << (8 + 2*size)
	z.block = z.block[:0]
	z.sum.reset()
	return nil
}

// next reads a block, or the end of the frame.
func (z *Reader) next() error {
	size, err := z.uint32()
	if err != nil {
		return err
	}
	if size == 0 {
		z.inFrame = false
		if !z.total {
			return nil
		}
		want, err := z.uint32()
		if err == nil && want != z.sum.sum() {
			err = fmt.Errorf("the LZ4 frame is damaged: its checksum is wrong")
		}
		return err
	}
	n := int(size &^ (1 << 31))
	if n > z.max {
		return fmt.Errorf("the LZ4 frame is damaged: a block has %d bytes", n)
	}
	if cap(z.packed) < n {
		z.packed = make([]byte, n)
	}
	z.packed = z.packed[:n]
	if _, err := io.ReadFull(z.in, z.packed); err != nil {
		return err
	}
	if z.sums {
		var h xxh32
		h.reset()
		h.write(z.packed)
		want, err := z.uint32()
		if err != nil {
			return err
		}
		if want != h.sum() {
			return fmt.Errorf("the LZ4 frame is damaged: a block's checksum is wrong")
		}
	}
	return z.unpack(size>>31 == 1)
}

func (z *Reader) unpack(plain bool) error {
	keep := 0
	if z.linked {
		keep = min(len(z.block), lz4Window)
	}
	room := min(z.max, 255*len(z.packed)+64) // no byte becomes more than 255
	if need := lz4Window + room; cap(z.block) < need {
		z.block = append(make([]byte, 0, need), z.block...)
	}
	copy(z.block[:keep], z.block[len(z.block)-keep:])
	dict, to := z.block[:keep], z.block[keep:keep+room]
	n := 0
	if plain {
		n = copy(to, z.packed)
	} else {
		var err error
		if n, err = lz4.UncompressBlockWithDict(z.packed, to, dict); err != nil {
			return fmt.Errorf("the LZ4 frame is damaged: a block cannot be unpacked")
		}
	}
	z.block = z.block[:keep+n]
	z.rest = z.block[keep:]
	z.sum.write(z.rest)
	return nil
}
