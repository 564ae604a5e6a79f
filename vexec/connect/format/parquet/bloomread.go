package parquet

import (
	"bytes"
	"encoding/binary"

	"github.com/helios-stream/helios/ir"
)

// The bloom filter of a column in a row group: 256-bit blocks.
const (
	bloomBlock = 32
	maxBloom   = 128 << 20
)

// bloomExcludes reports whether the bloom filter knows that none of the values asked
// for is in the row group.
func (f *file) bloomExcludes(g int, p *plan, t *term) bool {
	m := &f.meta.groups[g].cols[p.leaf.index]
	if t.Op != ir.TermEqual && t.Op != ir.TermIn || m.bloom < 4 || m.bloom >= f.footerAt || len(t.Values) > 100 {
		return false
	}
	head := f.part(m.bloom, int32(min(64, f.footerAt-m.bloom)))
	r := &thriftReader{b: head}
	size, ok := r.bloomHeader()
	at := m.bloom + int64(r.pos)
	if !ok || size < bloomBlock || size > maxBloom || size%bloomBlock != 0 || at > f.footerAt-int64(size) {
		return false
	}
	for _, v := range t.Values {
		raw, ok := p.plain(v)
		if !ok {
			return false
		}
		h := xxhash64(raw)
		block := f.part(at+int64(bloomPlace(h, int(size/bloomBlock)))*bloomBlock, bloomBlock)
		if block == nil || bloomHas(block, uint32(h)) {
			return false
		}
	}
	return true
}

func (r *thriftReader) bloomHeader() (size int32, ok bool) {
	var f thriftField
	known := 0
	for r.next(&f) {
		switch f.id {
		case 1:
			size = r.int32(&f)
		case 2, 3, 4: // split blocks, xxHash, not compressed: each is the first of its kind
			if r.union(&f, nil) == 1 {
				known++
			}
		default:
			r.skip(&f)
		}
	}
	return size, r.err == nil && known == 3
}

// plain is a value as the file would have it, where the file's type says the same as
// the declared one.
func (p *plan) plain(v ir.Value) ([]byte, bool) {
	l := p.leaf
	if l.natural == nil || !l.natural.Equal(p.want) && !(l.natural.Kind.IsInteger() && p.want.Kind.IsInteger()) && !l.natural.Kind.IsText() {
		return nil, false
	}
	switch x := v.(type) {
	case int64:
		if l.unit > 0 {
			to := int64(micros)
			if p.want.Nanos() {
				to = nanos
			}
			if to%l.unit != 0 || x%(to/l.unit) != 0 {
				return nil, false
			}
			x /= to / l.unit
		}
		switch {
		case l.phys == physInt64:
			return binary.LittleEndian.AppendUint64(nil, uint64(x)), true
		case l.phys == physInt32 && (x == int64(int32(x)) || l.unsigned && x == int64(uint32(x))):
			return binary.LittleEndian.AppendUint32(nil, uint32(x)), true
		}
	case float64:
		switch {
		case x == 0 || x != x:
			return nil, false // two zeros are equal, and stand in the file as they are
		case l.phys == physDouble:
			return float64Bytes(x), true
		case l.phys == physFloat:
			return float32Bytes(x), true
		}
	case string:
		return []byte(x), l.phys == physBytes
	case []byte:
		return bytes.Clone(x), l.phys == physBytes || l.phys == physFixed && !l.uuid && !l.half
	case ir.Dec:
		switch {
		case x.Hi != int64(x.Lo)>>63:
		case l.phys == physInt64:
			return binary.LittleEndian.AppendUint64(nil, x.Lo), true
		case l.phys == physInt32:
			return binary.LittleEndian.AppendUint32(nil, uint32(x.Lo)), true
		}
	}
	return nil, false
}
