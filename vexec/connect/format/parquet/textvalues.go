package parquet

import (
	"encoding/binary"
	"errors"

	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// texts makes views of len(out) values, whose long ones stand in the buffer that it
// returns, at position buf of the column's buffers.
func (v *values) texts(out []vexec.View, buf int32) ([]byte, error) {
	switch {
	case v.leaf.phys == physFixed:
		mem, err := v.fixedBytes(len(out))
		w := v.leaf.length
		for i := range out {
			if err == nil {
				out[i] = kernels.MakeView(mem[i*w:(i+1)*w], buf, int32(i*w))
			}
		}
		return mem, err
	case v.enc == encPlain:
		return v.data, v.plainTexts(out, buf)
	case v.enc == encDeltaLength:
		return v.data, v.lengthTexts(out, buf)
	case v.enc == encDeltaText:
		return v.deltaTexts(out, buf)
	}
	return nil, v.wrong()
}

// fixedBytes returns n values one behind the other.
func (v *values) fixedBytes(n int) ([]byte, error) {
	if v.enc == encPlain {
		return v.take(n * v.leaf.length)
	}
	if v.enc == encSplit && n > v.count-v.pos {
		return nil, errShort
	}
	if v.enc == encDeltaText && n*v.leaf.length > v.most {
		return nil, errGrown
	}
	mem := make([]byte, n*v.leaf.length)
	return mem, v.fixed(mem, n)
}

func (v *values) plainTexts(out []vexec.View, buf int32) error {
	data, pos := v.data, v.pos
	for i := range out {
		if len(data)-pos < 4 {
			return errShort
		}
		size := binary.LittleEndian.Uint32(data[pos:])
		pos += 4
		if uint64(size) > uint64(len(data)-pos) {
			return errShort
		}
		if size <= kernels.InlineLen && pos+12 <= len(data) {
			out[i] = shortView(data[pos:pos+12:pos+12], size)
		} else {
			out[i] = kernels.MakeView(data[pos:pos+int(size)], buf, int32(pos))
		}
		pos += int(size)
	}
	v.pos = pos
	return nil
}

func (v *values) lengthTexts(out []vexec.View, buf int32) error {
	for len(out) > 0 {
		k := min(len(out), len(v.tmp))
		if err := v.nums.next32(v.tmp[:k]); err != nil {
			return err
		}
		for i, n := range v.tmp[:k] {
			at := v.pos
			s, err := v.take(int(n))
			if err != nil {
				return err
			}
			out[i] = kernels.MakeView(s, buf, int32(at))
		}
		out = out[k:]
	}
	return nil
}

var errGrown = errors.New("texts that share their beginnings would take too much memory: the file is damaged, or made to harm; write it with smaller pages")

// deltaText goes to the next text of DELTA_BYTE_ARRAY, which is v.last.
func (v *values) deltaText() error {
	var head, tail [1]int32
	if err := v.heads.next32(head[:]); err != nil {
		return err
	}
	if err := v.nums.next32(tail[:]); err != nil {
		return err
	}
	if head[0] < 0 || int(head[0]) > len(v.last) {
		return errShort
	}
	s, err := v.take(int(tail[0]))
	if err != nil {
		return err
	}
	v.last = append(v.last[:head[0]], s...)
	return nil
}

func (v *values) deltaTexts(out []vexec.View, buf int32) ([]byte, error) {
	var mem []byte
	for i := range out {
		if err := v.deltaText(); err != nil {
			return nil, err
		}
		if v.most -= len(v.last); v.most < 0 {
			return nil, errGrown
		}
		out[i] = kernels.MakeView(v.last, buf, int32(len(mem)))
		if len(v.last) > kernels.InlineLen {
			mem = append(mem, v.last...)
		}
	}
	return mem, nil
}

func (v *values) fixedTexts(dst []byte, n, w int) error {
	for i := range n {
		if err := v.deltaText(); err != nil {
			return err
		}
		if len(v.last) != w {
			return errShort
		}
		copy(dst[i*w:], v.last)
	}
	return nil
}
