package parquet

import (
	"encoding/binary"
	"fmt"

	"github.com/helios-stream/helios/vexec"
)

// The encodings, by their numbers in the format.
const (
	encPlain       = 0
	encPlainDict   = 2
	encRLE         = 3
	encBitPacked   = 4
	encDelta       = 5
	encDeltaLength = 6
	encDeltaText   = 7
	encRLEDict     = 8
	encSplit       = 9
)

// values reads the values of one page, in order.
type values struct {
	leaf  *leaf
	enc   int32
	data  []byte // without padding
	pos   int    // the next byte; of BOOLEAN PLAIN the next bit; of BYTE_STREAM_SPLIT the next value
	count int    // BYTE_STREAM_SPLIT: values in the page
	runs  hybrid // dictionary codes; BOOLEAN by runs
	nums  deltas // numbers; the lengths of texts
	heads deltas // DELTA_BYTE_ARRAY: how much of the text before each begins with
	last  []byte // DELTA_BYTE_ARRAY: the text before
	most  int    // DELTA_BYTE_ARRAY: bytes that its texts may still have
	tmp   [256]int32
}

// begin sets v on the values of a page. n is how many entries the page has, NULLs included.
func (v *values) begin(l *leaf, g *page, enc int32, lim *limits) error {
	*v = values{leaf: l, enc: enc, data: g.data, last: v.last[:0]}
	from, end := len(g.mem)-padding-len(g.data), len(g.mem)-padding
	var err error
	switch enc {
	case encPlain:
	case encPlainDict, encRLEDict:
		if len(g.data) == 0 { // a page of NULLs
			v.runs = newHybrid(g.mem, end, end, 1)
			return nil
		}
		if g.data[0] > 32 {
			return fmt.Errorf("the file is damaged: dictionary codes of %d bits", g.data[0])
		}
		v.enc = encRLEDict
		v.runs = newHybrid(g.mem, from+1, end, uint(g.data[0]))
	case encRLE:
		if l.phys != physBoolean {
			return v.wrong()
		}
		if len(g.data) == 0 {
			v.runs = newHybrid(g.mem, end, end, 1)
			return nil
		}
		if len(g.data) < 4 || uint64(binary.LittleEndian.Uint32(g.data)) > uint64(len(g.data)-4) {
			return errShort
		}
		v.runs = newHybrid(g.mem, from+4, from+4+int(binary.LittleEndian.Uint32(g.data)), 1)
	case encDelta:
		if l.phys != physInt32 && l.phys != physInt64 {
			return v.wrong()
		}
		if len(g.data) > 0 {
			v.nums, err = newDeltas(g.mem, from, end)
		}
	case encDeltaLength, encDeltaText:
		if l.phys != physBytes && (l.phys != physFixed || enc == encDeltaLength) {
			return v.wrong()
		}
		if len(g.data) > 0 {
			err = v.beginTexts(g, from, end, lim)
		}
	case encSplit:
		w := l.width()
		if w == 0 {
			return v.wrong()
		}
		v.count = len(g.data) / w
		if v.count*w != len(g.data) {
			return errShort
		}
	default:
		return v.wrong()
	}
	return err
}

func (v *values) wrong() error {
	return fmt.Errorf("values of type %s with the encoding number %d cannot be read: the file is damaged, or newer than this program", v.leaf.stored, v.enc)
}

// width is the bytes of a value that all values have; 0: they differ, or are bits.
func (l *leaf) width() int {
	switch l.phys {
	case physInt32, physFloat:
		return 4
	case physInt64, physDouble:
		return 8
	case physInt96:
		return 12
	case physFixed:
		return l.length
	}
	return 0
}

// beginTexts finds lengths and bytes.
func (v *values) beginTexts(g *page, from, end int, lim *limits) (err error) {
	if v.enc == encDeltaText {
		if v.heads, err = newDeltas(g.mem, from, end); err != nil {
			return err
		}
		if from, err = v.heads.behind(); err != nil {
			return err
		}
		v.most = lim.page + lim.grow*len(g.data)
	}
	if v.nums, err = newDeltas(g.mem, from, end); err != nil {
		return err
	}
	behind, err := v.nums.behind()
	v.pos = behind - (len(g.mem) - padding - len(g.data))
	return err
}

// coded reports whether the values are codes of the dictionary.
func (v *values) coded() bool { return v.enc == encRLEDict || v.enc == encPlainDict }

// take returns the next n bytes.
func (v *values) take(n int) ([]byte, error) {
	if n < 0 || n > len(v.data)-v.pos {
		return nil, errShort
	}
	v.pos += n
	return v.data[v.pos-n : v.pos : v.pos], nil
}

// fixed reads n values of the leaf's width into dst, as the file has them but for
// their order.
func (v *values) fixed(dst []byte, n int) error {
	w := v.leaf.width()
	switch v.enc {
	case encPlain:
		b, err := v.take(n * w)
		copy(dst, b)
		return err
	case encSplit:
		if n > v.count-v.pos {
			return errShort
		}
		for k := range w {
			from := v.data[k*v.count+v.pos:][:n]
			for i, b := range from {
				dst[i*w+k] = b
			}
		}
		v.pos += n
		return nil
	case encDeltaText:
		return v.fixedTexts(dst, n, w)
	}
	return v.wrong()
}

// int32s reads n values into dst from at on.
func (v *values) int32s(dst *vexec.Vec, at, n int) error {
	if v.enc == encDelta {
		return v.nums.next32(dst.Int32s()[at : at+n])
	}
	return v.fixed(dst.Data[4*at:4*(at+n)], n)
}

// int64s reads n values into dst from at on.
func (v *values) int64s(dst *vexec.Vec, at, n int) error {
	if v.enc == encDelta {
		return v.nums.next64(dst.Int64s()[at : at+n])
	}
	return v.fixed(dst.Data[8*at:8*(at+n)], n)
}

// bools reads n bits into dst from bit at on.
func (v *values) bools(dst []byte, at, n int) error {
	switch v.enc {
	case encPlain:
		if n > 8*len(v.data)-v.pos {
			return errShort
		}
		for i := range n {
			setBit(dst, at+i, vexec.Bit(v.data, v.pos+i))
		}
		v.pos += n
		return nil
	case encRLE:
		for n > 0 {
			k := min(n, len(v.tmp))
			if err := v.runs.next(v.tmp[:k]); err != nil {
				return err
			}
			for i, b := range v.tmp[:k] {
				setBit(dst, at+i, b != 0)
			}
			at += k
			n -= k
		}
		return nil
	}
	return v.wrong()
}

func setBit(b []byte, i int, on bool) {
	if on {
		vexec.SetBit(b, i)
	} else {
		vexec.ClearBit(b, i)
	}
}

// skip passes over n values.
func (v *values) skip(n int) error {
	switch {
	case v.coded(), v.enc == encRLE:
		return v.runs.skip(n)
	case v.enc == encDelta:
		return v.nums.skip(n)
	case v.enc == encSplit:
		if n > v.count-v.pos {
			return errShort
		}
		v.pos += n
		return nil
	case v.enc == encDeltaText:
		for range n {
			if err := v.deltaText(); err != nil {
				return err
			}
		}
		return nil
	case v.leaf.phys == physBoolean:
		if n > 8*len(v.data)-v.pos {
			return errShort
		}
		v.pos += n
		return nil
	case v.leaf.phys == physBytes:
		return v.skipTexts(n)
	}
	_, err := v.take(n * v.leaf.width())
	return err
}

func (v *values) skipTexts(n int) error {
	var one [1]int32
	for range n {
		if v.enc == encDeltaLength {
			if err := v.nums.next32(one[:]); err != nil {
				return err
			}
		} else {
			b, err := v.take(4)
			if err != nil {
				return err
			}
			one[0] = int32(binary.LittleEndian.Uint32(b))
		}
		if _, err := v.take(int(one[0])); err != nil {
			return err
		}
	}
	return nil
}
