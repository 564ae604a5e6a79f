package parquet

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/helios-stream/helios/vexec"
)

// limits are what a file may ask for; tests make them small.
type limits struct {
	// page is the most bytes that a page may have unpacked, beyond grow times what it
	// has packed. What is more is taken for damage.
	page, grow int
	// entries is the most elements of a nested column in one batch.
	entries int
}

var usual = limits{page: 64 << 20, grow: 256, entries: 1 << 24}

// window is how much of a column is read from the file at once.
const window = 256 << 10

// pages reads the pages of one column in one row group.
type pages struct {
	file   *file
	leaf   *leaf
	codec  int32
	unpack *unpacker

	at   int64 // where the next page begins
	end  int64 // of the file's pages
	stop int64 // of the column, as the footer says; only a hint
	left int64 // values of data pages still to come, as the footer says; -1: not known
	buf  []byte
	from int64 // buf is the file from here on

	free [][]byte // memory of pages
}

// page is a data page or a dictionary, unpacked.
type page struct {
	head pageHeader
	mem  []byte // what data is in, for reuse
	data []byte // the values; padding follows in mem
	reps levels
	defs levels
	left int // entries that have not been read: values and NULLs, of nested columns elements
	vals values
}

// open begins with the chunk's first page.
func (p *pages) open(f *file, l *leaf, c *chunkMeta, u *unpacker) error {
	p.file, p.leaf, p.codec, p.unpack = f, l, c.codec, u
	p.at, p.end, p.left = c.data, f.footerAt, c.values
	if c.dict > 0 && c.dict < c.data {
		p.at = c.dict
	}
	p.buf = p.buf[:0]
	if p.at < 4 || p.at >= p.end || c.values < 0 {
		return errors.New("the file is damaged: the column's pages are not in the file")
	}
	p.stop = min(p.at+max(c.packed, 0), p.end)
	return nil
}

// need returns n bytes of the file from at on; fewer at the end of the file. They
// are valid until the next call.
func (p *pages) need(at int64, n int) ([]byte, error) {
	n = int(min(int64(n), p.end-at))
	if skip := at - p.from; len(p.buf) > 0 && skip >= 0 && skip+int64(n) <= int64(len(p.buf)) {
		return p.buf[skip : skip+int64(n)], nil
	}
	want := max(n, int(min(window, p.stop-at)))
	have := 0
	if skip := at - p.from; skip >= 0 && skip < int64(len(p.buf)) {
		have = copy(p.buf, p.buf[skip:])
	}
	if cap(p.buf) < want {
		buf := make([]byte, want)
		copy(buf, p.buf[:have])
		p.buf = buf
	}
	p.buf, p.from = p.buf[:want], at
	got, err := p.file.ReadAt(p.buf[have:], at+int64(have))
	if have+got < want {
		p.buf = p.buf[:0]
		if err == io.EOF {
			return nil, errors.New("the file became shorter while it was read")
		}
		return nil, err
	}
	return p.buf[:n], nil
}

// header reads the head of the page at p.at.
func (p *pages) header() (h pageHeader, size int, err error) {
	for n := 512; ; n *= 8 {
		b, err := p.need(p.at, n)
		if err != nil {
			return h, 0, err
		}
		r := thriftReader{b: b}
		h = r.pageHeader()
		if r.err == nil {
			return h, r.pos, p.check(&h, r.pos)
		}
		if len(b) < n || n > 8<<20 {
			return h, 0, fmt.Errorf("the file is damaged: there is no page at byte %d", p.at)
		}
	}
}

// check looks at the sizes of a page before any of them is believed.
func (p *pages) check(h *pageHeader, size int) error {
	lim := p.file.limits
	switch {
	case h.packed < 0 || h.unpacked < 0 || h.values < 0 || int64(h.packed) > p.end-p.at-int64(size):
		return fmt.Errorf("the file is damaged: the page at byte %d has an impossible size", p.at)
	case int(h.unpacked) > lim.page+lim.grow*int(h.packed):
		return fmt.Errorf("the page at byte %d would have %d bytes, made of %d: the file is damaged, or made to harm; write it with smaller pages", p.at, h.unpacked, h.packed)
	}
	return nil
}

// next returns the next data page, or the dictionary; io.EOF: there is none. The
// caller gives it back with release.
func (p *pages) next() (*page, error) {
	for {
		if p.left == 0 || p.at >= p.end {
			return nil, io.EOF
		}
		h, size, err := p.header()
		if err != nil {
			return nil, err
		}
		if h.kind != pageData && h.kind != pageDataV2 && h.kind != pageDict {
			p.at += int64(size) + int64(h.packed)
			continue // an index page: there is nothing in it
		}
		g, err := p.load(h, size)
		if err != nil {
			return nil, fmt.Errorf("the page at byte %d: %w", p.at, err)
		}
		p.pass(h, size)
		return g, nil
	}
}

// pass goes behind a page.
func (p *pages) pass(h pageHeader, size int) {
	p.at += int64(size) + int64(h.packed)
	if h.kind != pageDict && p.left > 0 {
		p.left = max(p.left-int64(h.values), 0)
	}
}

// load reads and unpacks the page at p.at.
func (p *pages) load(h pageHeader, size int) (*page, error) {
	g := &page{head: h, left: int(h.values)}
	front := 0 // levels that are not packed
	if h.kind == pageDataV2 {
		front = int(h.defs) + int(h.reps)
		if h.defs < 0 || h.reps < 0 || front > int(h.packed) || front > int(h.unpacked) {
			return nil, errors.New("the file is damaged: the levels are longer than the page")
		}
	}
	packed := p.codec != codecNone && !h.plain
	n := int(h.packed)
	if packed {
		n = int(h.unpacked)
	}
	g.mem = p.memory(n + padding)
	raw, err := p.body(g.mem, h, size, packed)
	if err != nil {
		return nil, err
	}
	if h.hasCRC && crc32.ChecksumIEEE(raw) != h.crc {
		return nil, errors.New("the file is damaged: the page's checksum is wrong")
	}
	if packed {
		copy(g.mem[:front], raw[:front])
		if err := p.unpack.unpack(p.codec, g.mem[front:n], raw[front:]); err != nil {
			return nil, fmt.Errorf("the file is damaged: the page cannot be decompressed (%w)", err)
		}
	}
	clear(g.mem[n:])
	g.data = g.mem[:n]
	if h.kind == pageDict {
		return g, nil
	}
	return g, p.levels(g)
}

// body reads the page as it stands in the file: into mem if it is not packed.
func (p *pages) body(mem []byte, h pageHeader, size int, packed bool) ([]byte, error) {
	at, n := p.at+int64(size), int(h.packed)
	skip := at - p.from
	if packed || skip+int64(n) <= int64(len(p.buf)) {
		raw, err := p.need(at, n)
		if err == nil && !packed {
			copy(mem, raw)
			raw = mem[:n]
		}
		return raw, err
	}
	have := copy(mem[:n], p.buf[skip:])
	if k, err := p.file.ReadAt(mem[have:n], at+int64(have)); have+k < n {
		return nil, errors.Join(err, io.ErrUnexpectedEOF)
	}
	return mem[:n], nil
}

// memory returns n bytes, of a page that has been read if one is large enough.
func (p *pages) memory(n int) []byte {
	for i, m := range p.free {
		if cap(m) >= n {
			p.free[i] = p.free[len(p.free)-1]
			p.free = p.free[:len(p.free)-1]
			return m[:n]
		}
	}
	p.free = p.free[:0]
	return vexec.AlignedBytes(n)
}

// release takes the memory of a page back.
func (p *pages) release(g *page) {
	if g != nil && g.mem != nil && len(p.free) < 4 {
		p.free = append(p.free, g.mem)
		g.mem = nil
	}
}

// levels finds the page's levels and leaves g.data the values.
func (p *pages) levels(g *page) (err error) {
	h := &g.head
	if h.kind == pageDataV2 {
		reps, defs := int(h.reps), int(h.reps)+int(h.defs)
		g.reps = levels{most: p.leaf.maxRep, runs: newHybrid(g.mem, 0, reps, width(p.leaf.maxRep))}
		g.defs = levels{most: p.leaf.maxDef, runs: newHybrid(g.mem, reps, defs, width(p.leaf.maxDef))}
		g.data = g.data[defs:]
		return nil
	}
	at := 0
	if g.reps, at, err = levelsV1(g, at, h.reps, p.leaf.maxRep); err != nil {
		return err
	}
	if g.defs, at, err = levelsV1(g, at, h.defs, p.leaf.maxDef); err != nil {
		return err
	}
	g.data = g.data[at:]
	return nil
}

// passOver passes over whole pages of a column that is not in a list while they
// have at most n values, and returns how many they had.
func (p *pages) passOver(n int) (int, error) {
	done := 0
	for p.left != 0 && p.at < p.end {
		h, size, err := p.header()
		if err != nil {
			return done, err
		}
		if h.kind != pageData && h.kind != pageDataV2 || int(h.values) > n-done {
			break
		}
		done += int(h.values)
		p.pass(h, size)
	}
	return done, nil
}
