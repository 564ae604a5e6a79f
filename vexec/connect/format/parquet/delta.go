package parquet

import (
	"encoding/binary"
	"errors"
)

var errDelta = errors.New("the file is damaged: the head of a DELTA page is wrong")

// deltas reads DELTA_BINARY_PACKED numbers. It holds nothing but its place.
type deltas struct {
	data []byte // with padding behind end
	pos  int    // behind what has been read of block and miniblock
	end  int

	perMini int // numbers in a miniblock
	minis   int // miniblocks in a block
	left    int // numbers that are still to come
	first   bool
	last    int64
	least   int64 // of the block's differences

	widths int // where the block's next width stands
	mini   int // miniblocks left in the block
	inMini int // numbers left in the miniblock
	bit    int // where its next number begins
	width  uint
}

func newDeltas(data []byte, pos, end int) (deltas, error) {
	d := deltas{data: data, pos: pos, end: end, first: true}
	block, minis, total := d.uvarint(), d.uvarint(), d.uvarint()
	first, ok := d.varint()
	if !ok || block == 0 || minis == 0 || block > 1<<24 || minis > block || block%minis != 0 || block/minis%8 != 0 || total > 1<<40 {
		return d, errDelta
	}
	d.perMini, d.minis, d.left, d.last = int(block/minis), int(minis), int(total), first
	return d, nil
}

func (d *deltas) uvarint() uint64 {
	v, n := binary.Uvarint(d.data[d.pos:d.end])
	if n <= 0 {
		d.pos = d.end
		return 0
	}
	d.pos += n
	return v
}

func (d *deltas) varint() (int64, bool) {
	v, n := binary.Varint(d.data[d.pos:d.end])
	if n <= 0 {
		return 0, false
	}
	d.pos += n
	return v, true
}

// miniblock goes to the next miniblock.
func (d *deltas) miniblock() error {
	if d.mini == 0 {
		least, ok := d.varint()
		if !ok || d.end-d.pos < d.minis {
			return errShort
		}
		d.least, d.widths, d.mini = least, d.pos, d.minis
		d.pos += d.minis
	}
	d.width = uint(d.data[d.widths])
	d.widths++
	d.mini--
	size := d.perMini / 8 * int(d.width)
	if d.width > 64 {
		return errDelta
	}
	if d.end-d.pos < size { // the last one may be cut off behind its last number
		size = d.end - d.pos
		if 8*size < min(d.left, d.perMini)*int(d.width) {
			return errShort
		}
	}
	d.bit, d.inMini = 8*d.pos, d.perMini
	d.pos += size
	return nil
}

// next64 reads len(dst) numbers.
func (d *deltas) next64(dst []int64) error {
	if len(dst) > d.left {
		return errShort
	}
	if len(dst) > 0 && d.first {
		d.first = false
		dst[0] = d.last
		dst = dst[1:]
		d.left--
	}
	for len(dst) > 0 {
		if d.inMini == 0 {
			if err := d.miniblock(); err != nil {
				return err
			}
		}
		n := min(d.inMini, len(dst))
		last, least := d.last, d.least
		if d.width == 0 {
			for i := range dst[:n] {
				last += least
				dst[i] = last
			}
		} else {
			unpack64(dst[:n], d.data, d.bit, d.width)
			for i, x := range dst[:n] {
				last += x + least
				dst[i] = last
			}
		}
		d.last = last
		d.bit += n * int(d.width)
		d.inMini -= n
		d.left -= n
		dst = dst[n:]
	}
	return nil
}

// next32 reads len(dst) numbers of 32 bits.
func (d *deltas) next32(dst []int32) error {
	var buf [256]int64
	for len(dst) > 0 {
		n := min(len(dst), len(buf))
		if err := d.next64(buf[:n]); err != nil {
			return err
		}
		for i, v := range buf[:n] {
			dst[i] = int32(v)
		}
		dst = dst[n:]
	}
	return nil
}

// skip passes over n numbers.
func (d *deltas) skip(n int) error {
	var buf [256]int64
	for n > 0 {
		k := min(n, len(buf))
		if err := d.next64(buf[:k]); err != nil {
			return err
		}
		n -= k
	}
	return nil
}

// behind is where the numbers end, without reading them.
func (d deltas) behind() (int, error) {
	if d.left == 0 {
		return d.pos, nil
	}
	d.left-- // the first is in the head
	for d.left > 0 {
		if err := d.miniblock(); err != nil {
			return 0, err
		}
		d.left -= min(d.left, d.perMini)
	}
	return d.pos, nil
}
