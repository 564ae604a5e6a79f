// Package arrowipc reads and writes Arrow IPC: files with a footer and streams. A
// record batch is a unit, and only the buffers of the columns that are wanted are
// read. The metadata is read here, and nothing that it says is believed before it
// has been held against the file's size.
package arrowipc

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/format/columnfile"
)

const magic = "ARROW1"

// limits are sizes that tests make small.
type limits struct {
	buffer int64 // bytes of a buffer once it is unpacked
	elems  int64 // elements of lists in a batch of rows
}

var usual = limits{buffer: 2 << 30, elems: 64 << 20}

// kind is what messages call a file.
const kind = "Arrow"

// file is an open Arrow file or stream. Its users are the split's reader and the
// decoders.
type file struct {
	*columnfile.File
	limits  limits
	schema  *schema
	stream  bool
	start   int64   // a stream: where the first message behind the schema stands
	batches []place // a file: from the footer
	dicts   dictionaries

	count sync.Once
	first []int64 // a file: rows before each record batch, once they were counted
}

// openFile opens path and reads what it says of itself.
func openFile(path string) (*file, error) {
	f, err := columnfile.Open(path, kind)
	if err != nil {
		return nil, err
	}
	return newFile(f, usual)
}

// newFile reads the footer, or a stream's schema. It releases in after an error.
func newFile(in *columnfile.File, lim limits) (_ *file, err error) {
	f := &file{File: in, limits: lim, dicts: dictionaries{}}
	defer func() {
		if err != nil {
			_ = in.Release() // the first error says more
		}
	}()
	defer f.Guard(&err)
	if err := f.begin(); err != nil {
		return nil, err
	}
	return f, nil
}

// begin tells files from streams.
func (f *file) begin() error {
	head := make([]byte, min(8, f.Size))
	if _, err := f.ReadAt(head, 0); err != nil && err != io.EOF {
		return err
	}
	var err error
	if f.stream, err = opening(head); err != nil {
		return err
	}
	if !f.stream {
		return f.readFooter()
	}
	m, err := f.message(0)
	if err != nil {
		return err
	}
	if m.kind != kindSchema {
		return errNoSchema
	}
	f.start = m.meta + m.body
	return f.takeSchema(m.header)
}

// opening tells by its first 8 bytes whether it is a stream or a file.
func opening(head []byte) (stream bool, err error) {
	switch {
	case len(head) < 8:
		return false, fmt.Errorf("not an Arrow file: it has %d bytes", len(head))
	case string(head[:6]) == magic:
		return false, nil
	case string(head[:4]) == "FEA1":
		return false, errors.New("this is a Feather file of version 1, which is not read; write it anew as Feather 2 or Arrow")
	case binary.LittleEndian.Uint32(head) != 0xFFFFFFFF && binary.LittleEndian.Uint32(head)%8 != 0:
		return false, errNoMessage
	}
	return true, nil
}

var (
	errNoMessage = errors.New("not an Arrow file: it begins neither with ARROW1 nor with a message")
	errNoSchema  = errors.New("not an Arrow file: it begins neither with ARROW1 nor with a schema")
)

func (f *file) takeSchema(o obj) (err error) {
	if f.schema, err = readSchema(o); err == errMeta {
		err = errors.New("the Arrow file is damaged: its schema makes no sense")
	}
	return err
}

// readFooter takes the footer of a file.
func (f *file) readFooter() error {
	var tail [10]byte
	if f.Size < 8+int64(len(tail)) {
		return errNoEnd
	}
	if _, err := f.ReadAt(tail[:], f.Size-10); err != nil {
		return err
	}
	if string(tail[4:]) != magic {
		return errNoEnd
	}
	n := int64(int32(binary.LittleEndian.Uint32(tail[:4])))
	if n < 8 || n > f.Size-18 || n > maxMeta {
		return errors.New("the Arrow file is damaged: its footer is longer than the file")
	}
	raw, at := make([]byte, n), f.Size-10-n
	if _, err := f.ReadAt(raw, at); err != nil {
		return err
	}
	foot := (&flat{b: raw}).root()
	if v := foot.i16(0, 0); v < metaV4 {
		return errors.New("the Arrow file was written by a version of Arrow before 0.8, which is not read; write it anew")
	}
	if err := f.takeSchema(foot.table(1)); err != nil {
		return err
	}
	dicts, err := blocks(foot, 2, at)
	if err != nil {
		return err
	}
	if f.batches, err = blocks(foot, 3, at); err != nil {
		return err
	}
	for _, p := range dicts {
		m, err := f.message(p.at)
		if err == nil && m.kind != kindDictionary {
			err = errors.New("the Arrow file is damaged: its footer leads to no dictionary")
		}
		if err == nil {
			f.dicts, err = f.dicts.with(f, m)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var errNoEnd = errors.New("the Arrow file is cut off: it does not end with ARROW1, as one does that was written to its end; write or copy it again")

// blocks are the places of messages that a footer names; all stand before end.
func blocks(foot obj, n int, end int64) ([]place, error) {
	at, count := foot.vector(n, 24)
	out := make([]place, 0, count)
	for i := range count {
		p := place{at: foot.f.i64(at + 24*i), meta: int64(foot.f.i32(at + 24*i + 8)), body: foot.f.i64(at + 24*i + 16)}
		if p.at < 8 || p.meta < 8 || p.body < 0 || p.at > end || p.meta > end-p.at || p.body > end-p.at-p.meta {
			return nil, errors.New("the Arrow file is damaged: its footer leads out of the file")
		}
		out = append(out, p)
	}
	if foot.f.bad {
		return nil, errors.New("the Arrow file is damaged: its footer makes no sense")
	}
	return out, nil
}

// rowsBefore is how many rows stand before a record batch; as far as they can be counted.
func (f *file) rowsBefore(number int) int64 {
	f.count.Do(func() {
		rows := int64(0)
		for _, p := range f.batches {
			f.first = append(f.first, rows)
			if m, err := f.message(p.at); err == nil && m.kind == kindBatch {
				rows += max(m.header.i64(0), 0)
			}
		}
	})
	return f.first[number]
}

// Infer reads the columns of an Arrow file or stream. Columns whose type SQL has no
// match for are errors that name them.
func Infer(path string) (cols []ir.Column, err error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Release()
	defer f.Guard(&err)
	for _, c := range f.schema.cols {
		t, err := c.typ()
		if err != nil {
			return nil, err
		}
		cols = append(cols, ir.Column{Name: c.name, Type: t, NotNull: !c.nullable})
	}
	return cols, nil
}
