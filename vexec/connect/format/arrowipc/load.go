package arrowipc

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/klauspost/compress/zstd"

	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/lz4frame"
)

// array is a column of a record batch, or a part of one, as the file has it.
type array struct {
	f     *field
	n     int
	valid []byte // nil: no NULLs
	data  []byte // values, offsets, views; of a ListView the offsets
	more  []byte // of texts the bytes; of a ListView the sizes
	views [][]byte
	kids  []*array
	dict  *dictionary
}

func (a *array) null(i int) bool {
	return a.f.id == typeNull && a.f.dict == nil || a.valid != nil && !vexec.Bit(a.valid, i)
}

// loader reads the buffers of one record batch after the other.
type loader struct {
	file    *file
	arena   [][]byte // memory of the last batch's buffers
	used    int
	packed  []byte
	zstd    *zstd.Decoder
	lz4     *lz4frame.Reader
	meta    *batchMeta
	in      io.ReaderAt // has the body
	body    place
	dicts   dictionaries
	node    int
	buffer  int
	views   int
	claimed int64 // bytes of buffers that were read
}

var errBatch = errors.New("the record batch is damaged: its columns are not where it says")

// begin takes the metadata of a batch.
func (l *loader) begin(o obj, m *message, dicts dictionaries) (err error) {
	l.meta, err = readBatchMeta(o, m.version)
	l.in, l.body, l.dicts = m.in, m.place, dicts
	l.node, l.buffer, l.views, l.used, l.claimed = 0, 0, 0, 0, 0
	if err == nil && (l.meta.rows < 0 || l.meta.rows > math.MaxInt32) {
		err = fmt.Errorf("the record batch has %d rows; up to %d are read", l.meta.rows, math.MaxInt32)
	}
	return err
}

// take passes over a field's nodes and buffers, and reads them where it is wanted.
func (l *loader) take(f *field, want bool) (*array, error) {
	if l.node >= len(l.meta.nodes) {
		return nil, errBatch
	}
	n := l.meta.nodes[l.node]
	l.node++
	if n.rows < 0 || n.rows > math.MaxInt32 || n.nulls > n.rows {
		return nil, errBatch
	}
	a := &array{f: f, n: int(n.rows)}
	stored := f
	if f.dict != nil {
		stored = f.dict.codes
		if a.dict = l.dicts[f.dict.id]; a.dict == nil && want && n.nulls < n.rows {
			return nil, fmt.Errorf("column %s: its dictionary is missing", f.path)
		}
	}
	if err := l.buffers(a, stored, n.nulls, want); err != nil {
		return nil, fmt.Errorf("column %s: %w", f.path, err)
	}
	if f.dict != nil {
		return a, nil
	}
	for _, k := range f.kids {
		kid, err := l.take(k, want)
		if err != nil {
			return nil, err
		}
		if f.id == typeStruct && kid.n < a.n || f.id == typeFixedList && int64(kid.n) < int64(a.n)*int64(f.bits) {
			return nil, fmt.Errorf("column %s: %w", k.path, errBatch)
		}
		a.kids = append(a.kids, kid)
	}
	return a, nil
}

// buffers takes the buffers of an array that is stored as f says.
func (l *loader) buffers(a *array, f *field, nulls int64, want bool) (err error) {
	switch f.id {
	case typeNull, typeRunEndEncoded:
		return nil
	case typeUnion:
		l.buffer += 1 + f.bits
		if l.meta.version == metaV4 {
			l.buffer++
		}
		return nil
	}
	if a.valid, err = l.next(want && nulls != 0); err != nil {
		return err
	}
	if len(a.valid) < (a.n+7)/8 {
		if nulls > 0 && want {
			return errBatch
		}
		a.valid = nil
	}
	size := f.stored()
	if size < 0 {
		return nil // FixedSizeList, Struct
	}
	if a.data, err = l.next(want); err != nil {
		return err
	}
	if want && int64(len(a.data)) < (int64(a.n)*size+7)/8 {
		return errBatch
	}
	switch f.id {
	case typeList, typeMap, typeBinary, typeUtf8, typeLargeList, typeLargeBinary, typeLargeUtf8:
		if want && a.n > 0 && int64(len(a.data)) < int64(a.n+1)*size/8 {
			return errBatch
		}
	}
	switch f.id {
	case typeBinary, typeUtf8, typeLargeBinary, typeLargeUtf8:
		a.more, err = l.next(want)
	case typeListView, typeLargeListView:
		a.more, err = l.next(want)
		if want && int64(len(a.more)) < int64(a.n)*size/8 {
			return errBatch
		}
	case typeBinaryView, typeUtf8View:
		err = l.nextViews(a, want)
	}
	return err
}

// stored is how many bits a row has in the second buffer; -1: there is none.
func (f *field) stored() int64 {
	switch f.id {
	case typeBool:
		return 1
	case typeInterval:
		switch {
		case f.why != "":
			return 128
		case f.bits == intervalDayTime:
			return 64
		}
		return 32
	case typeFixedBinary:
		return 8 * int64(f.bits)
	case typeBinaryView, typeUtf8View:
		return 128
	case typeBinary, typeUtf8, typeList, typeMap, typeListView:
		return 32
	case typeLargeBinary, typeLargeUtf8, typeLargeList, typeLargeListView:
		return 64
	case typeStruct, typeFixedList:
		return -1
	}
	return int64(f.bits)
}

func (l *loader) nextViews(a *array, want bool) error {
	if l.views >= len(l.meta.variadic) {
		return errBatch
	}
	n := l.meta.variadic[l.views]
	l.views++
	if n < 0 || n > int64(len(l.meta.buffers)-l.buffer) {
		return errBatch
	}
	for range n {
		b, err := l.next(want)
		if err != nil {
			return err
		}
		a.views = append(a.views, b)
	}
	return nil
}

// next takes the next buffer.
func (l *loader) next(want bool) ([]byte, error) {
	if l.buffer >= len(l.meta.buffers) {
		return nil, errBatch
	}
	s := l.meta.buffers[l.buffer]
	l.buffer++
	if !want || s.n == 0 {
		return nil, nil
	}
	if s.at < 0 || s.n < 0 || s.at > l.body.body || s.n > l.body.body-s.at {
		return nil, errBatch
	}
	// Each byte of the body belongs to one buffer, so that a small file cannot ask for
	// much memory by naming the same bytes again and again.
	if l.claimed += s.n; l.claimed > l.body.body {
		return nil, errBatch
	}
	if l.meta.codec == codecNone {
		b := l.memory(s.n)
		return b, l.read(b, s.at)
	}
	if s.n < 8 {
		return nil, errBatch
	}
	l.packed = vexec.GrowBytes(l.packed, int(s.n))
	if err := l.read(l.packed, s.at); err != nil {
		return nil, err
	}
	return l.unpack(l.packed)
}

func (l *loader) read(b []byte, at int64) error {
	n, err := l.in.ReadAt(b, l.body.at+l.body.meta+at)
	if n == len(b) {
		return nil
	}
	if err == io.EOF {
		return errCutOff
	}
	return err
}

// memory is n bytes that are kept until the next batch.
func (l *loader) memory(n int64) []byte {
	if l.used == len(l.arena) {
		l.arena = append(l.arena, nil)
	}
	b := vexec.GrowBytes(l.arena[l.used], int(n))
	l.arena[l.used] = b
	l.used++
	return b
}

// The most that a byte of packed data can stand for.
const (
	growZstd = 1 << 15
	growLZ4  = 256
)

// unpack unpacks a buffer, whose length once it is unpacked stands at its front.
func (l *loader) unpack(b []byte) ([]byte, error) {
	n := int64(binary.LittleEndian.Uint64(b))
	b = b[8:]
	if n == -1 { // packing would have made it longer
		out := l.memory(int64(len(b)))
		copy(out, b)
		return out, nil
	}
	grow := int64(growZstd)
	if l.meta.codec == codecLZ4 {
		grow = growLZ4
	}
	switch {
	case n < 0 || n > grow*int64(len(b)):
		return nil, errPacked
	case n > l.file.limits.buffer:
		return nil, fmt.Errorf("a buffer has %d bytes, more than can be read; write smaller record batches", n)
	case n == 0:
		return nil, nil
	}
	out := l.memory(n)
	if l.meta.codec == codecLZ4 {
		return out, l.unpackLZ4(out, b)
	}
	return out, l.unpackZstd(out, b)
}

var errPacked = errors.New("a buffer cannot be decompressed: the file is damaged")

func (l *loader) unpackLZ4(out, b []byte) error {
	if l.lz4 == nil {
		l.lz4 = lz4frame.NewReader(nil)
	}
	l.lz4.Reset(bytes.NewReader(b))
	if _, err := io.ReadFull(l.lz4, out); err != nil {
		return errPacked
	}
	return nil
}

func (l *loader) unpackZstd(out, b []byte) error {
	if l.zstd == nil {
		var err error
		if l.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true)); err != nil {
			return err
		}
	}
	got, err := l.zstd.DecodeAll(b, out[:0:len(out)])
	if err != nil || len(got) != len(out) {
		return errPacked
	}
	return nil
}

func (l *loader) close() {
	if l.zstd != nil {
		l.zstd.Close()
		l.zstd = nil
	}
}
