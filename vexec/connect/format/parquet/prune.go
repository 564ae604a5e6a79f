package parquet

import (
	"encoding/binary"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// rowRange is the rows [from, to) of a row group.
type rowRange struct{ from, to int64 }

// wanted returns which rows of a row group can fulfil all terms and filters, by what the
// file says of them. whole: all of them can.
func (d *decoder) wanted(g int) (keep []rowRange, whole bool) {
	keep, whole = d.fulfil(g, d.terms)
	had := length(keep)
	for i, f := range d.sieve.Filters() {
		if had == 0 {
			break
		}
		some, all := d.fulfil(g, d.keys[i])
		keep, whole = intersect(keep, some), whole && all
		f.Dropped(had - length(keep))
		had = length(keep)
	}
	return keep, whole
}

// length is how many rows there are in ranges.
func length(ranges []rowRange) (n int64) {
	for _, r := range ranges {
		n += r.to - r.from
	}
	return n
}

// fulfil is wanted for some terms.
func (d *decoder) fulfil(g int, terms []*term) (keep []rowRange, whole bool) {
	rows := d.r.file.meta.groups[g].rows
	for _, t := range terms {
		c := d.cols[t.Col].(*column)
		if k := d.r.file.groupBounds(g, c.plan); d.excludes(t, &k) {
			return nil, false
		}
	}
	for _, t := range terms {
		if d.r.file.bloomExcludes(g, d.cols[t.Col].(*column).plan, t) {
			return nil, false
		}
	}
	whole, keep = true, []rowRange{{0, rows}}
	for _, t := range terms {
		pages := d.r.file.pageBounds(g, d.cols[t.Col].(*column).plan)
		var ranges []rowRange
		for i := range pages {
			if k := &pages[i]; d.excludes(t, &k.known) {
				whole = false
			} else {
				ranges = append(ranges, k.rowRange)
			}
		}
		if pages != nil {
			keep = intersect(keep, ranges)
		}
	}
	return keep, whole
}

// excludes also heeds that with 'on.error'='null' values become NULL that are not so
// in the file.
func (d *decoder) excludes(t *term, k *known) bool {
	if t.Op == ir.TermIsNull && d.r.scan.NullBad {
		return false
	}
	return t.excludes(k)
}

// intersect returns what is in both of two lists of ranges that increase.
func intersect(a, b []rowRange) (out []rowRange) {
	for len(a) > 0 && len(b) > 0 {
		r := rowRange{max(a[0].from, b[0].from), min(a[0].to, b[0].to)}
		if r.from < r.to {
			if k := len(out); k > 0 && out[k-1].to == r.from {
				out[k-1].to = r.to
			} else {
				out = append(out, r)
			}
		}
		if a[0].to < b[0].to {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return out
}

// groupBounds are the statistics of a column in a row group.
func (f *file) groupBounds(g int, p *plan) known {
	m := &f.meta.groups[g].cols[p.leaf.index]
	k := known{nulls: m.stats.nulls, rows: m.values}
	if p.leaf.maxDef == 0 {
		k.nulls = 0
	}
	lo, hi := m.stats.min, m.stats.max
	if !f.inOrder(p.leaf) {
		lo, hi = nil, nil
	}
	if lo == nil && hi == nil && p.leaf.signed() {
		lo, hi = m.stats.oldMin, m.stats.oldMax
	}
	k.min, k.max = f.bound(p, lo), f.bound(p, hi)
	k.check()
	return k
}

// inOrder reports whether bounds are in the order of the column's type.
func (f *file) inOrder(l *leaf) bool {
	return l.index < len(f.meta.ordered) && f.meta.ordered[l.index] && l.phys != physInt96 && !l.half && l.natural != nil
}

// signed reports whether the order of the type is that of its signed numbers, by
// which the bounds of old files are. Those of texts were wrong.
func (l *leaf) signed() bool {
	return (l.phys == physInt32 || l.phys == physInt64) && !l.unsigned
}

// check forgets bounds that cannot be.
func (k *known) check() {
	if isNaN(k.min) {
		k.min = nil
	}
	if isNaN(k.max) {
		k.max = nil
	}
	if k.min != nil && k.max != nil && compareValue(k.min, k.max) > 0 {
		k.min, k.max = nil, nil
	}
}

// bound converts a bound as the values of the column are; nil: it cannot be.
// Conversions keep the order.
func (f *file) bound(p *plan, raw []byte) ir.Value {
	if raw == nil || p.leaf.width() > 0 && len(raw) != p.leaf.width() || p.leaf.phys == physBoolean && len(raw) != 1 {
		return nil
	}
	var mem []byte
	if p.leaf.phys == physBytes {
		mem = binary.LittleEndian.AppendUint32(mem, uint32(len(raw)))
	}
	mem = append(mem, raw...)
	n := len(mem)
	mem = append(mem, make([]byte, padding)...)
	g := &page{mem: mem, data: mem[:n:n]}
	c := &column{plan: p, page: g}
	if g.vals.begin(p.leaf, g, encPlain, &f.limits) != nil {
		return nil
	}
	v := vexec.NewVec(p.want, 1)
	if p.decode(c, &v, 0, 1) != nil || len(c.bad) > 0 {
		return nil
	}
	v.Bufs = c.text.bufs
	return v.Value(0)
}

// pageKnown is what the page index says of a page.
type pageKnown struct {
	known
	rowRange
}

// maxIndex is the most bytes of a column's page index that are read.
const maxIndex = 16 << 20

// pageBounds is the page index of a column in a row group; nil: there is none that
// can be used.
func (f *file) pageBounds(g int, p *plan) []pageKnown {
	m := &f.meta.groups[g].cols[p.leaf.index]
	if !f.inOrder(p.leaf) || m.columnAt <= 0 || m.offsetAt <= 0 || m.columnLen > maxIndex || m.offsetLen > maxIndex {
		return nil
	}
	first := f.firstRows(m, f.meta.groups[g].rows)
	raw := f.part(m.columnAt, m.columnLen)
	if len(first) < 2 || raw == nil {
		return nil // one page: the statistics have said it
	}
	x := (&thriftReader{b: raw}).pagesIndex()
	n := len(first)
	if x == nil || len(x.empty) != n || len(x.min) != n || len(x.max) != n {
		return nil
	}
	out := make([]pageKnown, n)
	for i := range out {
		k := &out[i]
		k.from, k.to = first[i], f.meta.groups[g].rows
		if i+1 < n {
			k.to = first[i+1]
		}
		k.rows, k.nulls = k.to-k.from, -1
		if len(x.nulls) == n {
			k.nulls = x.nulls[i]
		}
		if x.empty[i] {
			k.nulls = k.rows
			continue
		}
		k.min, k.max = f.bound(p, x.min[i]), f.bound(p, x.max[i])
		k.check()
	}
	return out
}

// part reads n bytes of the file; nil: they are not there.
func (f *file) part(at int64, n int32) []byte {
	if at < 4 || n <= 0 || at > f.footerAt-int64(n) {
		return nil
	}
	b := make([]byte, n)
	if _, err := f.ReadAt(b, at); err != nil {
		return nil
	}
	return b
}

// firstRows are the first rows of a column's pages, from its offset index; nil: it
// makes no sense.
func (f *file) firstRows(m *chunkMeta, rows int64) []int64 {
	r := &thriftReader{b: f.part(m.offsetAt, m.offsetLen)}
	var out []int64
	var top thriftField
	for r.next(&top) {
		if top.id != 1 {
			r.skip(&top)
			continue
		}
		for n := r.list(&top, thriftStruct, 4); n > 0 && r.err == nil; n-- {
			row := int64(-1)
			var in thriftField
			for r.next(&in) {
				if in.id == 3 {
					row = r.int64(&in)
				} else {
					r.skip(&in)
				}
			}
			if k := len(out); row >= rows || k == 0 && row != 0 || k > 0 && row <= out[k-1] {
				return nil
			}
			out = append(out, row)
		}
	}
	if r.err != nil {
		return nil
	}
	return out
}

// pagesIndex is what a column index says, a value for each page.
type pagesIndex struct {
	empty    []bool // there is no value
	min, max [][]byte
	nulls    []int64
}

func (r *thriftReader) pagesIndex() *pagesIndex {
	x := &pagesIndex{}
	var f thriftField
	for r.next(&f) {
		switch f.id {
		case 1:
			for n := r.list(&f, thriftTrue, 1); n > 0 && r.err == nil; n-- {
				x.empty = append(x.empty, r.byte() == thriftTrue)
			}
		case 2:
			x.min = r.binaries(&f)
		case 3:
			x.max = r.binaries(&f)
		case 5:
			for n := r.list(&f, thriftI64, 1); n > 0 && r.err == nil; n-- {
				x.nulls = append(x.nulls, r.varint())
			}
		default:
			r.skip(&f)
		}
	}
	if r.err != nil {
		return nil
	}
	return x
}

func (r *thriftReader) binaries(f *thriftField) (out [][]byte) {
	for n := r.list(f, thriftBinary, 1); n > 0 && r.err == nil; n-- {
		out = append(out, r.binary())
	}
	return out
}
