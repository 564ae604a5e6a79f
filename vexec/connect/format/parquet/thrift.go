package parquet

import (
	"encoding/binary"
	"errors"
)

// The types of Thrift's compact protocol.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftI16    = 4
	thriftI32    = 5
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
)

// maxThriftDepth bounds how deep values that are skipped may nest.
const maxThriftDepth = 32

var errThrift = errors.New("the file is damaged: its metadata cannot be read")

// thriftReader reads Thrift's compact protocol from b. It allocates nothing on the
// word of b. The first error stays; behind it everything reads as zero.
type thriftReader struct {
	b   []byte
	pos int
	err error
}

// thriftField is a field of a struct: where next is, and what it found. It must be
// zero at a struct's start.
type thriftField struct {
	id  int
	typ byte
}

func (r *thriftReader) fail() { r.err = errThrift }

// next goes to the next field; false: the struct has ended, or there is an error.
func (r *thriftReader) next(f *thriftField) bool {
	head := r.byte()
	if r.err != nil || head == 0 {
		return false
	}
	f.typ = head & 15
	if delta := int(head >> 4); delta > 0 {
		f.id += delta
	} else {
		f.id = int(r.varint())
	}
	return r.err == nil
}

func (r *thriftReader) byte() byte {
	if r.err != nil || r.pos >= len(r.b) {
		r.fail()
		return 0
	}
	r.pos++
	return r.b[r.pos-1]
}

func (r *thriftReader) uvarint() uint64 {
	if r.err != nil {
		return 0
	}
	v, n := binary.Uvarint(r.b[r.pos:])
	if n <= 0 {
		r.fail()
		return 0
	}
	r.pos += n
	return v
}

func (r *thriftReader) varint() int64 {
	u := r.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// int64 reads a whole number of any width.
func (r *thriftReader) int64(f *thriftField) int64 {
	switch f.typ {
	case thriftI16, thriftI32, thriftI64:
		return r.varint()
	case thriftByte:
		return int64(int8(r.byte()))
	}
	r.fail()
	return 0
}

func (r *thriftReader) int32(f *thriftField) int32 {
	v := r.int64(f)
	if v != int64(int32(v)) {
		r.fail()
	}
	return int32(v)
}

func (r *thriftReader) bool(f *thriftField) bool {
	if f.typ != thriftTrue && f.typ != thriftFalse {
		r.fail()
	}
	return f.typ == thriftTrue
}

// bytes reads a binary or a string; it shares r's memory.
func (r *thriftReader) bytes(f *thriftField) []byte {
	if f.typ != thriftBinary {
		r.fail()
	}
	return r.binary()
}

func (r *thriftReader) binary() []byte {
	n := r.uvarint()
	if r.err != nil || n > uint64(len(r.b)-r.pos) {
		r.fail()
		return nil
	}
	r.pos += int(n)
	return r.b[r.pos-int(n) : r.pos : r.pos]
}

// list reads the head of a list of elements of type typ, each of which takes least
// bytes in any file that is right.
func (r *thriftReader) list(f *thriftField, typ byte, least int) int {
	if f.typ != thriftList {
		r.fail()
	}
	n, got := r.listHead()
	if n == 0 || r.err != nil {
		return 0
	}
	if got != typ && !(typ == thriftTrue && got == thriftFalse) || n > (len(r.b)-r.pos)/least {
		r.fail()
		return 0
	}
	return n
}

func (r *thriftReader) listHead() (n int, typ byte) {
	head := r.byte()
	size := uint64(head >> 4)
	if size == 15 {
		size = r.uvarint()
	}
	if r.err != nil || size > uint64(len(r.b)-r.pos) { // an element has one byte at least
		if size > 0 {
			r.fail()
		}
		return 0, 0
	}
	return int(size), head & 15
}

// skip passes over the field's value.
func (r *thriftReader) skip(f *thriftField) { r.skipType(f.typ, 0, true) }

func (r *thriftReader) skipType(typ byte, depth int, field bool) {
	if depth > maxThriftDepth {
		r.fail()
	}
	if r.err != nil {
		return
	}
	switch typ {
	case thriftTrue, thriftFalse:
		if !field {
			r.byte()
		}
	case thriftByte:
		r.byte()
	case thriftI16, thriftI32, thriftI64:
		r.uvarint()
	case thriftDouble:
		if len(r.b)-r.pos < 8 {
			r.fail()
			return
		}
		r.pos += 8
	case thriftBinary:
		r.binary()
	case thriftList, thriftSet:
		n, elem := r.listHead()
		for i := 0; i < n && r.err == nil; i++ {
			r.skipType(elem, depth+1, false)
		}
	case thriftMap:
		r.skipMap(depth)
	case thriftStruct:
		var f thriftField
		for r.next(&f) {
			r.skipType(f.typ, depth+1, true)
		}
	default:
		r.fail()
	}
}

func (r *thriftReader) skipMap(depth int) {
	n := r.uvarint()
	if n == 0 || r.err != nil {
		return
	}
	types := r.byte()
	for i := uint64(0); i < n && r.err == nil; i++ {
		r.skipType(types>>4, depth+1, false)
		r.skipType(types&15, depth+1, false)
	}
}

// union reads a union whose members are empty structs or structs that member reads,
// and returns the id of the one that is set; 0: none.
func (r *thriftReader) union(f *thriftField, member func(id int) bool) int {
	if f.typ != thriftStruct {
		r.fail()
		return 0
	}
	var in thriftField
	set := 0
	for r.next(&in) {
		set = in.id
		if in.typ != thriftStruct || member == nil || !member(in.id) {
			r.skip(&in)
		}
	}
	return set
}
