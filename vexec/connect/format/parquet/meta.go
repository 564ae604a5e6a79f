package parquet

// fileMeta is what a footer says, as far as it is used. Texts and bounds share the
// footer's memory.
type fileMeta struct {
	rows     int64
	schema   []schemaElement
	groups   []groupMeta
	ordered  []bool // by leaf: min_value and max_value are in the type's order
	rowsFrom []int64
}

// schemaElement is a node of the schema, in the order of a walk from the root.
type schemaElement struct {
	name      string
	phys      int32 // physical type; -1: a group
	length    int32 // of FIXED_LEN_BYTE_ARRAY
	repeats   int32
	children  int32
	converted int32 // -1: none
	scale     int32
	precision int32
	logical   logicalType
}

// logicalType is a LogicalType. Its ids are those of the format.
type logicalType struct {
	id               int // 0: none
	scale, precision int32
	bits             int8
	signed, utc      bool
	unit             int // 1: milliseconds, 2: microseconds, 3: nanoseconds
}

// groupMeta is a row group.
type groupMeta struct {
	rows int64
	cols []chunkMeta
}

// chunkMeta is a column of a row group. Offsets are 0 where there is nothing.
type chunkMeta struct {
	elsewhere  bool // in another file
	encrypted  bool
	phys       int32
	codec      int32
	values     int64
	packed     int64 // bytes in the file
	unpacked   int64
	data, dict int64 // offsets of the first data page and of the dictionary
	stats      statistics
	bloom      int64
	bloomBytes int32
	columnAt   int64 // of the column index
	columnLen  int32
	offsetAt   int64 // of the offset index
	offsetLen  int32
}

// statistics are bounds of the values. nil: not there.
type statistics struct {
	oldMin, oldMax []byte // in signed order whatever the type
	min, max       []byte
	nulls          int64 // -1: not known
	minExact       bool  // false also where the file does not say
	maxExact       bool
	minCut, maxCut bool // the file says that the bound is none of the values
}

func readFileMeta(b []byte) (*fileMeta, error) {
	r := &thriftReader{b: b}
	m := &fileMeta{}
	var f thriftField
	for r.next(&f) {
		switch f.id {
		case 2:
			for n := r.list(&f, thriftStruct, 3); n > 0 && r.err == nil; n-- {
				m.schema = append(m.schema, r.schemaElement())
			}
		case 3:
			m.rows = r.int64(&f)
		case 4:
			for n := r.list(&f, thriftStruct, 4); n > 0 && r.err == nil; n-- {
				m.groups = append(m.groups, r.group())
			}
		case 7:
			for n := r.list(&f, thriftStruct, 1); n > 0 && r.err == nil; n-- {
				one := thriftField{typ: thriftStruct}
				m.ordered = append(m.ordered, r.union(&one, nil) == 1)
			}
		default:
			r.skip(&f)
		}
	}
	from := int64(0)
	for i := range m.groups {
		m.rowsFrom = append(m.rowsFrom, from)
		if n := m.groups[i].rows; n < 0 || from+n < from {
			r.fail()
		}
		from += m.groups[i].rows
	}
	return m, r.err
}

func (r *thriftReader) schemaElement() schemaElement {
	e := schemaElement{phys: -1, converted: -1}
	var f thriftField
	for r.next(&f) {
		switch f.id {
		case 1:
			e.phys = r.int32(&f)
		case 2:
			e.length = r.int32(&f)
		case 3:
			e.repeats = r.int32(&f)
		case 4:
			e.name = string(r.bytes(&f))
		case 5:
			e.children = r.int32(&f)
		case 6:
			e.converted = r.int32(&f)
		case 7:
			e.scale = r.int32(&f)
		case 8:
			e.precision = r.int32(&f)
		case 10:
			e.logical.id = r.union(&f, func(id int) bool { return r.logical(id, &e.logical) })
		default:
			r.skip(&f)
		}
	}
	if e.children > 0 {
		e.phys = -1
	}
	return e
}

// logical reads the members of a logical type that has any.
func (r *thriftReader) logical(id int, l *logicalType) bool {
	var f thriftField
	switch id {
	case logicalDecimal:
		for r.next(&f) {
			switch f.id {
			case 1:
				l.scale = r.int32(&f)
			case 2:
				l.precision = r.int32(&f)
			default:
				r.skip(&f)
			}
		}
	case logicalTime, logicalTimestamp:
		for r.next(&f) {
			switch f.id {
			case 1:
				l.utc = r.bool(&f)
			case 2:
				l.unit = r.union(&f, nil)
			default:
				r.skip(&f)
			}
		}
	case logicalInt:
		for r.next(&f) {
			switch f.id {
			case 1:
				l.bits = int8(r.int32(&f))
			case 2:
				l.signed = r.bool(&f)
			default:
				r.skip(&f)
			}
		}
	default:
		return false
	}
	return true
}

func (r *thriftReader) group() groupMeta {
	var g groupMeta
	var f thriftField
	for r.next(&f) {
		switch f.id {
		case 1:
			n := r.list(&f, thriftStruct, 12)
			g.cols = make([]chunkMeta, 0, n)
			for ; n > 0 && r.err == nil; n-- {
				g.cols = append(g.cols, r.chunk())
			}
		case 3:
			g.rows = r.int64(&f)
		default:
			r.skip(&f)
		}
	}
	return g
}

func (r *thriftReader) chunk() chunkMeta {
	c := chunkMeta{stats: statistics{nulls: -1}, phys: -1}
	var f thriftField
	for r.next(&f) {
		switch f.id {
		case 1:
			c.elsewhere = len(r.bytes(&f)) > 0
		case 3:
			r.chunkData(&c)
		case 4:
			c.offsetAt = r.int64(&f)
		case 5:
			c.offsetLen = r.int32(&f)
		case 6:
			c.columnAt = r.int64(&f)
		case 7:
			c.columnLen = r.int32(&f)
		case 8:
			c.encrypted = true
			r.skip(&f)
		default:
			r.skip(&f)
		}
	}
	return c
}

func (r *thriftReader) chunkData(c *chunkMeta) {
	var f thriftField
	for r.next(&f) {
		switch f.id {
		case 1:
			c.phys = r.int32(&f)
		case 4:
			c.codec = r.int32(&f)
		case 5:
			c.values = r.int64(&f)
		case 6:
			c.unpacked = r.int64(&f)
		case 7:
			c.packed = r.int64(&f)
		case 9:
			c.data = r.int64(&f)
		case 11:
			c.dict = r.int64(&f)
		case 12:
			c.stats = r.statistics()
		case 14:
			c.bloom = r.int64(&f)
		case 15:
			c.bloomBytes = r.int32(&f)
		default:
			r.skip(&f)
		}
	}
}

func (r *thriftReader) statistics() statistics {
	s := statistics{nulls: -1}
	var f thriftField
	for r.next(&f) {
		switch f.id {
		case 1:
			s.oldMax = r.bytes(&f)
		case 2:
			s.oldMin = r.bytes(&f)
		case 3:
			s.nulls = r.int64(&f)
		case 5:
			s.max = r.bytes(&f)
		case 6:
			s.min = r.bytes(&f)
		case 7:
			s.maxExact = r.bool(&f)
			s.maxCut = !s.maxExact
		case 8:
			s.minExact = r.bool(&f)
			s.minCut = !s.minExact
		default:
			r.skip(&f)
		}
	}
	return s
}

// pageHeader is the head of a page.
type pageHeader struct {
	kind     int32
	unpacked int32
	packed   int32
	crc      uint32
	hasCRC   bool
	values   int32 // with the NULLs
	encoding int32
	defs     int32 // encoding of the levels, or in version 2 their bytes
	reps     int32
	rows     int32 // version 2
	plain    bool  // version 2: not compressed
}

// The kinds of pages.
const (
	pageData   = 0
	pageIndexP = 1
	pageDict   = 2
	pageDataV2 = 3
)

func (r *thriftReader) pageHeader() (h pageHeader) {
	h.kind = -1
	var f thriftField
	for r.next(&f) {
		switch f.id {
		case 1:
			h.kind = r.int32(&f)
		case 2:
			h.unpacked = r.int32(&f)
		case 3:
			h.packed = r.int32(&f)
		case 4:
			h.crc, h.hasCRC = uint32(r.int32(&f)), true
		case 5, 7, 8:
			if f.typ != thriftStruct {
				r.fail()
				return h
			}
			r.pageFields(&h, f.id)
		default:
			r.skip(&f)
		}
	}
	return h
}

// pageFields reads the part of the header that each kind of page has for itself.
func (r *thriftReader) pageFields(h *pageHeader, kind int) {
	var f thriftField
	for r.next(&f) {
		switch {
		case f.id == 1:
			h.values = r.int32(&f)
		case f.id == 2 && kind != 8:
			h.encoding = r.int32(&f)
		case f.id == 3 && kind == 5:
			h.defs = r.int32(&f)
		case f.id == 4 && kind == 5:
			h.reps = r.int32(&f)
		case f.id == 3 && kind == 8:
			h.rows = r.int32(&f)
		case f.id == 4 && kind == 8:
			h.encoding = r.int32(&f)
		case f.id == 5 && kind == 8:
			h.defs = r.int32(&f)
		case f.id == 6 && kind == 8:
			h.reps = r.int32(&f)
		case f.id == 7 && kind == 8:
			h.plain = !r.bool(&f)
		default:
			r.skip(&f)
		}
	}
}
