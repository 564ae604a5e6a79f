package parquet

import (
	"encoding/binary"
	"errors"
)

// padding is how many bytes may be read behind the end of a page.
const padding = 16

var errShort = errors.New("the file is damaged: a page has fewer values than it says")

// hybrid reads numbers in runs: one number many times, or packed by bits. It holds
// nothing but its place, however long a run says that it is.
type hybrid struct {
	data  []byte // with padding behind end
	pos   int
	end   int
	width uint
	run   int   // numbers left of the run
	bit   int   // of a packed run: where in data its next number begins, in bits; -1: a repeated one
	value int32 // of a repeated one
}

func newHybrid(data []byte, pos, end int, width uint) hybrid {
	return hybrid{data: data, pos: pos, end: end, width: width, bit: -1}
}

// head reads the head of the next run.
func (h *hybrid) head() error {
	if h.width == 0 { // all numbers are zero, and some writers leave out that there are any
		h.run, h.bit, h.value = 1<<30, -1, 0
		return nil
	}
	for h.run == 0 {
		head, n := binary.Uvarint(h.data[h.pos:h.end])
		if n <= 0 {
			return errShort
		}
		h.pos += n
		size := int((h.width + 7) / 8)
		if head&1 == 0 {
			if h.end-h.pos < size {
				return errShort
			}
			h.value = int32(binary.LittleEndian.Uint32(h.data[h.pos:]) & (1<<(8*uint(size)) - 1))
			h.pos += size
			h.bit, h.run = -1, int(min(head>>1, 1<<40))
			continue
		}
		left := h.end - h.pos
		groups := min(head>>1, uint64(left)) // the last one may be cut off
		h.bit = 8 * h.pos
		h.run = min(8*int(groups), 8*left/int(h.width))
		h.pos += min(int(groups)*int(h.width), left)
	}
	return nil
}

// next reads len(dst) numbers.
func (h *hybrid) next(dst []int32) error {
	for len(dst) > 0 {
		if h.run == 0 {
			if err := h.head(); err != nil {
				return err
			}
		}
		n := min(h.run, len(dst))
		if h.bit < 0 {
			fillInt32(dst[:n], h.value)
		} else {
			unpack32(dst[:n], h.data, h.bit, h.width)
			h.bit += n * int(h.width)
		}
		h.run -= n
		dst = dst[n:]
	}
	return nil
}

// levels reads len(dst) levels, none of which may be above most.
func (h *hybrid) levels(dst []byte, most uint8) error {
	for len(dst) > 0 {
		if h.run == 0 {
			if err := h.head(); err != nil {
				return err
			}
		}
		n := min(h.run, len(dst))
		if h.bit < 0 {
			if h.value < 0 || h.value > int32(most) {
				return errLevel
			}
			for i := range dst[:n] {
				dst[i] = byte(h.value)
			}
		} else {
			high := unpackLevels(dst[:n], h.data, h.bit, h.width)
			if high > most {
				return errLevel
			}
			h.bit += n * int(h.width)
		}
		h.run -= n
		dst = dst[n:]
	}
	return nil
}

var errLevel = errors.New("the file is damaged: a level is greater than the schema allows")

// same returns how many of the next n numbers are the same one, if that is known
// without unpacking; 0: it is not.
func (h *hybrid) same(n int) (int, int32, error) {
	if h.run == 0 {
		if err := h.head(); err != nil {
			return 0, 0, err
		}
	}
	if h.bit >= 0 {
		return 0, 0, nil
	}
	return min(n, h.run), h.value, nil
}

// skip passes over n numbers.
func (h *hybrid) skip(n int) error {
	for n > 0 {
		if h.run == 0 {
			if err := h.head(); err != nil {
				return err
			}
		}
		k := min(n, h.run)
		if h.bit >= 0 {
			h.bit += k * int(h.width)
		}
		h.run -= k
		n -= k
	}
	return nil
}

func fillInt32(dst []int32, v int32) {
	for i := range dst {
		dst[i] = v
	}
}

// unpack32 reads numbers of width bits, the lowest first, from bit on. It may read
// seven bytes behind the last one.
func unpack32(dst []int32, src []byte, bit int, width uint) {
	mask := uint64(1)<<width - 1
	w := int(width)
	i := 0
	switch { // of the 64 bits of a load, up to seven belong to the number before
	case w <= 7:
		for ; i+8 <= len(dst); i += 8 {
			x := binary.LittleEndian.Uint64(src[bit>>3:]) >> (bit & 7)
			d := dst[i : i+8 : i+8]
			d[0], d[1], d[2], d[3] = int32(x&mask), int32(x>>width&mask), int32(x>>(2*width)&mask), int32(x>>(3*width)&mask)
			x >>= 4 * width
			d[4], d[5], d[6], d[7] = int32(x&mask), int32(x>>width&mask), int32(x>>(2*width)&mask), int32(x>>(3*width)&mask)
			bit += 8 * w
		}
	case w <= 14:
		for ; i+4 <= len(dst); i += 4 {
			x := binary.LittleEndian.Uint64(src[bit>>3:]) >> (bit & 7)
			d := dst[i : i+4 : i+4]
			d[0], d[1], d[2], d[3] = int32(x&mask), int32(x>>width&mask), int32(x>>(2*width)&mask), int32(x>>(3*width)&mask)
			bit += 4 * w
		}
	case w <= 28:
		for ; i+2 <= len(dst); i += 2 {
			x := binary.LittleEndian.Uint64(src[bit>>3:]) >> (bit & 7)
			d := dst[i : i+2 : i+2]
			d[0], d[1] = int32(x&mask), int32(x>>width&mask)
			bit += 2 * w
		}
	}
	for ; i < len(dst); i++ {
		dst[i] = int32(binary.LittleEndian.Uint64(src[bit>>3:]) >> (bit & 7) & mask)
		bit += w
	}
}

// unpackLevels is unpack32 for levels; it returns a bound that none exceeds but in
// bytes that are wrong.
func unpackLevels(dst, src []byte, bit int, width uint) (high byte) {
	mask := uint64(1)<<width - 1
	w := int(width)
	for i := range dst {
		v := byte(binary.LittleEndian.Uint64(src[bit>>3:]) >> (bit & 7) & mask)
		dst[i] = v
		high = max(high, v)
		bit += w
	}
	return high
}

// unpack64 is unpack32 for numbers of up to 64 bits. It may read 15 bytes behind the
// last one.
func unpack64(dst []int64, src []byte, bit int, width uint) {
	if width <= 57 {
		mask := uint64(1)<<width - 1
		for i := range dst {
			dst[i] = int64(binary.LittleEndian.Uint64(src[bit>>3:]) >> (bit & 7) & mask)
			bit += int(width)
		}
		return
	}
	mask := ^uint64(0) >> (64 - width)
	for i := range dst {
		at, off := bit>>3, uint(bit&7)
		x := binary.LittleEndian.Uint64(src[at:])>>off | uint64(src[at+8])<<(64-off)
		dst[i] = int64(x & mask)
		bit += int(width)
	}
}

// packedLevels reads levels of the oldest encoding: by bits, the highest first.
func packedLevels(dst, src []byte, bit int, width uint, most uint8) error {
	for i := range dst {
		v := byte(0)
		for range width {
			v = v<<1 | src[bit>>3]>>(7-bit&7)&1
			bit++
		}
		if v > most {
			return errLevel
		}
		dst[i] = v
	}
	return nil
}
