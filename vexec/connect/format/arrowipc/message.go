package arrowipc

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The kinds of messages, by their numbers in the format.
const (
	kindSchema     = 1
	kindDictionary = 2
	kindBatch      = 3
)

// maxMeta is the most metadata that a message or a footer may have.
const maxMeta = 256 << 20

// metaV4 is the first version of metadata that is read.
const metaV4 = 3

var errCutOff = errors.New("the Arrow file is cut off: it ends in the middle of a message; write it again")

// place is where a message stands.
type place struct {
	at   int64 // its first byte
	meta int64 // bytes before its body
	body int64
}

// message is a message without its body.
type message struct {
	place
	in      io.ReaderAt // where the place is
	kind    int
	version int
	header  obj
}

// prefix reads the length of the metadata at a place: behind it begins the message
// itself. 0: the stream ends here.
func (f *file) prefix(at int64) (head, meta int64, err error) {
	var b [8]byte
	n, err := f.ReadAt(b[:], at)
	if err != nil && err != io.EOF {
		return 0, 0, err
	}
	switch {
	case n == 0:
		return 0, 0, nil
	case n < 4:
		return 0, 0, errCutOff
	}
	head = 4
	size := binary.LittleEndian.Uint32(b[:4])
	if size == 0xFFFFFFFF {
		if n < 8 {
			return 0, 0, errCutOff
		}
		head, size = 8, binary.LittleEndian.Uint32(b[4:])
	}
	if size > maxMeta {
		return 0, 0, fmt.Errorf("the Arrow file is damaged: at byte %d stands no message", at)
	}
	return head, int64(size), nil
}

// message reads the message at a place; kind 0: the stream ends here.
func (f *file) message(at int64) (*message, error) {
	head, size, err := f.prefix(at)
	if err != nil || size == 0 {
		return &message{}, err
	}
	if size > f.Size-at-head {
		return nil, errCutOff
	}
	raw := make([]byte, size)
	if _, err := f.ReadAt(raw, at+head); err != nil {
		return nil, err
	}
	m, err := parseMessage(raw)
	if err != nil {
		return nil, fmt.Errorf("the Arrow file is damaged: the message at byte %d: %w", at, err)
	}
	m.in, m.at, m.meta = f, at, head+size
	if m.body > f.Size-at-m.meta {
		return nil, errCutOff
	}
	return m, nil
}

// parseMessage takes the metadata of a message.
func parseMessage(raw []byte) (*message, error) {
	if len(raw) < 8 {
		return nil, errMeta
	}
	top := (&flat{b: raw}).root()
	m := &message{version: top.i16(0, 0), kind: top.u8(1, 0), header: top.table(2)}
	m.body = top.i64(3)
	if top.f.bad || m.header.at == 0 || m.body < 0 {
		return nil, errMeta
	}
	if m.version < metaV4 {
		return nil, errors.New("it was written by a version of Arrow before 0.8, which is not read; write it anew")
	}
	return m, nil
}

// batchMeta is what the metadata of a record batch says.
type batchMeta struct {
	rows     int64
	nodes    []node
	buffers  []span
	codec    int // -1: none
	variadic []int64
	version  int
}

// node is the length of one column or part of a column.
type node struct{ rows, nulls int64 }

// span is a buffer's place in the body.
type span struct{ at, n int64 }

// The codecs of buffers.
const (
	codecNone = -1
	codecLZ4  = 0
	codecZstd = 1
)

func readBatchMeta(o obj, version int) (*batchMeta, error) {
	m := &batchMeta{rows: o.i64(0), codec: codecNone, version: version}
	at, n := o.vector(1, 16)
	for i := range n {
		m.nodes = append(m.nodes, node{o.f.i64(at + 16*i), o.f.i64(at + 16*i + 8)})
	}
	at, n = o.vector(2, 16)
	for i := range n {
		m.buffers = append(m.buffers, span{o.f.i64(at + 16*i), o.f.i64(at + 16*i + 8)})
	}
	if c := o.table(3); c.at != 0 {
		m.codec = c.u8(0, 0)
		if m.codec != codecLZ4 && m.codec != codecZstd || c.u8(1, 0) != 0 {
			return nil, fmt.Errorf("its buffers are compressed in a way (number %d) that is not known", m.codec)
		}
	}
	at, n = o.vector(4, 8)
	for i := range n {
		m.variadic = append(m.variadic, o.f.i64(at+8*i))
	}
	if o.f.bad || o.at == 0 {
		return nil, errMeta
	}
	return m, nil
}
