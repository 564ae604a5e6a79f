package arrowipc

import (
	"encoding/binary"
	"errors"
)

// errMeta is what is wrong with metadata that points out of itself.
var errMeta = errors.New("the metadata is damaged")

// maxParts is how many entries a vector of the metadata may have.
const maxParts = 1 << 22

// flat reads a flatbuffer. Every place is held against the buffer's end; one that
// does not fit sets bad, and what is read from then on is zero.
type flat struct {
	b   []byte
	bad bool
}

// obj is a table of a flatbuffer; at 0: there is none, and all of its fields are missing.
type obj struct {
	f  *flat
	at int
}

// root is the buffer's table.
func (f *flat) root() obj {
	return obj{f, f.follow(0)}
}

// bytes returns n bytes from at on, zeros where they are not there.
func (f *flat) bytes(at, n int) []byte {
	if at < 0 || n < 0 || at > len(f.b) || n > len(f.b)-at {
		f.bad = true
		return make([]byte, min(max(n, 0), 8))
	}
	return f.b[at : at+n]
}

func (f *flat) u16(at int) int { return int(binary.LittleEndian.Uint16(f.bytes(at, 2))) }
func (f *flat) i32(at int) int { return int(int32(binary.LittleEndian.Uint32(f.bytes(at, 4)))) }
func (f *flat) i64(at int) int64 {
	return int64(binary.LittleEndian.Uint64(f.bytes(at, 8)))
}

// follow is the place that the offset at leads to; 0: to none.
func (f *flat) follow(at int) int {
	to := at + int(binary.LittleEndian.Uint32(f.bytes(at, 4)))
	if to <= at || to >= len(f.b) {
		f.bad = true
		return 0
	}
	return to
}

// field is the place of the field with a number; 0: it is missing.
func (o obj) field(n int) int {
	if o.at == 0 {
		return 0
	}
	vt := o.at - o.f.i32(o.at)
	size := o.f.u16(vt)
	if 4+2*n+2 > size {
		return 0
	}
	off := o.f.u16(vt + 4 + 2*n)
	if off == 0 {
		return 0
	}
	return o.at + off
}

func (o obj) u8(n, missing int) int {
	if p := o.field(n); p > 0 {
		return int(o.f.bytes(p, 1)[0])
	}
	return missing
}

func (o obj) i16(n, missing int) int {
	if p := o.field(n); p > 0 {
		return int(int16(o.f.u16(p)))
	}
	return missing
}

func (o obj) i32(n, missing int) int {
	if p := o.field(n); p > 0 {
		return o.f.i32(p)
	}
	return missing
}

func (o obj) i64(n int) int64 {
	if p := o.field(n); p > 0 {
		return o.f.i64(p)
	}
	return 0
}

// table is a field that is a table.
func (o obj) table(n int) obj {
	if p := o.field(n); p > 0 {
		return obj{o.f, o.f.follow(p)}
	}
	return obj{o.f, 0}
}

// vector is the place and length of a field that holds entries of size bytes.
func (o obj) vector(n, size int) (at, count int) {
	p := o.field(n)
	if p == 0 {
		return 0, 0
	}
	if at = o.f.follow(p); at == 0 {
		return 0, 0
	}
	count = o.f.i32(at)
	if count < 0 || count > maxParts || count*size > len(o.f.b)-at-4 {
		o.f.bad = true
		return 0, 0
	}
	return at + 4, count
}

// text is a field that is a string.
func (o obj) text(n int) string {
	at, count := o.vector(n, 1)
	return string(o.f.bytes(at, count))
}

// tables are the entries of a field that is a vector of tables.
func (o obj) tables(n int) []obj {
	at, count := o.vector(n, 4)
	out := make([]obj, 0, count)
	for i := range count {
		out = append(out, obj{o.f, o.f.follow(at + 4*i)})
	}
	return out
}
