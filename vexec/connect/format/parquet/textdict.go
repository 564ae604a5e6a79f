package parquet

import (
	"bytes"
	"encoding/binary"

	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

const (
	// maxDict is the largest dictionary, in bytes; a column with more text goes on
	// without one. So does one whose values, after probeVals of them, mostly are new.
	maxDict   = 1 << 20
	probeVals = 8192
)

// textChunk is the text of a row group: codes into a dictionary first, and then,
// where that does not pay, lengths and bytes.
type textChunk struct {
	vals  int
	codes []int32 // of the first values
	plain []byte  // of the others, as a PLAIN page has them
	ended bool    // no more codes
	dict  textDict

	known []int32 // codes of the entries of the batch's dictionary; -1: not looked up yet
	at    []int32
}

func (t *textChunk) reset() {
	t.vals, t.codes, t.plain, t.ended = 0, t.codes[:0], t.plain[:0], false
	t.dict.reset()
}

func (t *textChunk) size() int {
	return 4*len(t.codes) + len(t.plain) + len(t.dict.data) + 20*len(t.dict.keys) + 4*len(t.dict.slots)
}

// begin takes note of a batch's column: entries of a dictionary smaller than the
// batch are looked up once.
func (t *textChunk) begin(v *vexec.Vec, rows int) {
	t.known = t.known[:0]
	if v.Enc == vexec.Dict && len(v.Dict.Views()) <= rows {
		for range v.Dict.Views() {
			t.known = append(t.known, -1)
		}
	}
}

// add appends the texts of f, which is v or its dictionary.
func (t *textChunk) add(v, f *vexec.Vec, at []int32, from, n int) {
	views := f.Views()
	if at == nil {
		t.at = t.at[:0]
		for i := range n {
			t.at = append(t.at, int32(from+i))
		}
		at = t.at
	}
	t.vals += n
	switch {
	case t.ended:
		for _, j := range at {
			t.plain = appendPlain(t.plain, kernels.Bytes(&views[j], f.Bufs))
		}
	case v.Enc == vexec.Dict && len(t.known) == len(views):
		for _, j := range at {
			if t.known[j] < 0 {
				t.known[j] = t.dict.code(&views[j], f.Bufs)
			}
			t.codes = append(t.codes, t.known[j])
		}
	default:
		for _, j := range at {
			t.codes = append(t.codes, t.dict.code(&views[j], f.Bufs))
		}
	}
}

// endDict ends the codes if the dictionary has grown too large, and says so.
func (t *textChunk) endDict() bool {
	n := len(t.dict.keys)
	if t.ended || len(t.dict.data) <= maxDict && (t.vals < probeVals || n <= t.vals/2) {
		return false
	}
	t.ended = true
	return true
}

// coded reports whether value i, and its page, has codes. A page without values has none.
func (t *textChunk) coded(i int) bool { return i < len(t.codes) }

func appendPlain(dst, s []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(s)))
	return append(dst, s...)
}

// textDict gives texts codes in the order in which they first come.
type textDict struct {
	slots  []uint32 // code + 1 by hash; 0: free; a power of two, at least half are free
	keys   []vexec.View
	hashes []uint32
	data   []byte // the entries as the dictionary page has them
}

func (d *textDict) reset() {
	clear(d.slots)
	d.keys, d.hashes, d.data = d.keys[:0], d.hashes[:0], d.data[:0]
}

// code returns the code of a text.
func (d *textDict) code(v *vexec.View, bufs [][]byte) int32 {
	if 2*len(d.keys) >= len(d.slots) {
		d.grow()
	}
	hash := uint32(kernels.HashInt(kernels.StringWord(v, bufs)) >> 32)
	mask := uint32(len(d.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		slot := d.slots[i]
		if slot == 0 {
			d.slots[i] = uint32(len(d.keys)) + 1
			return d.add(v, bufs, hash)
		}
		if d.is(int32(slot-1), v, bufs) {
			return int32(slot - 1)
		}
	}
}

// is reports whether the entry is the text.
func (d *textDict) is(code int32, v *vexec.View, bufs [][]byte) bool {
	k := &d.keys[code]
	if k.Lo != v.Lo { // length and first bytes
		return false
	}
	if v.IsInline() {
		return k.Hi == v.Hi
	}
	return bytes.Equal(d.entry(code), kernels.Bytes(v, bufs))
}

// entry is the text of a code.
func (d *textDict) entry(code int32) []byte {
	k := &d.keys[code]
	if k.IsInline() {
		return kernels.Bytes(k, nil)
	}
	return d.data[k.Hi : k.Hi+uint64(k.Len())]
}

// add makes a new entry. The key of a long text has its place in data instead of
// buffer and offset.
func (d *textDict) add(v *vexec.View, bufs [][]byte, hash uint32) int32 {
	key := *v
	if !v.IsInline() {
		key.Hi = uint64(len(d.data)) + 4
	}
	d.data = appendPlain(d.data, kernels.Bytes(v, bufs))
	d.keys = append(d.keys, key)
	d.hashes = append(d.hashes, hash)
	return int32(len(d.keys) - 1)
}

func (d *textDict) grow() {
	d.slots = make([]uint32, max(256, 2*len(d.slots)))
	mask := uint32(len(d.slots) - 1)
	for code, hash := range d.hashes {
		i := hash & mask
		for d.slots[i] != 0 {
			i = (i + 1) & mask
		}
		d.slots[i] = uint32(code) + 1
	}
}
