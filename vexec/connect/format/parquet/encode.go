package parquet

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/plain"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/helios-stream/helios/ir"
)

// quickZstd is zstd at its quickest level. It keeps encoders for whoever needs one.
var quickZstd = &zstd.Codec{Level: zstd.SpeedFastest}

// codecOf is the codec that 'parquet.compression' names.
func codecOf(name string) (compress.Codec, error) {
	switch name {
	case "", "zstd":
		return quickZstd, nil
	case "snappy":
		return &pq.Snappy, nil
	case "none":
		return &pq.Uncompressed, nil
	}
	return nil, fmt.Errorf("'parquet.compression' is zstd, snappy or none, not %q", name)
}

// encoder writes row groups and the footer of one file.
type encoder struct {
	w     io.Writer
	at    int64 // bytes written
	codec compress.Codec
	meta  *format.FileMetaData
	index pageIndex
	proto thrift.CompactProtocol
	paths [][]string      // of the leaves
	bloom map[string]bool // columns with a bloom filter

	out    []byte // of the column chunk
	values []byte // of the page, encoded
	packed []byte // of the page, encoded and compressed
}

// Options are how a file is written.
type Options struct {
	Codec string   // zstd, snappy, none; "" is zstd
	Bloom []string // columns that get a bloom filter
	Rows  int      // about how many a row group has, if it does not grow too large before; 0: as DuckDB has
}

// groupRows is how many rows a row group has at most, but for those of a step.
func (o Options) groupRows() int {
	if o.Rows > 0 {
		return o.Rows
	}
	return groupRows
}

func newEncoder(w io.Writer, s *ir.Schema, opt Options) (*encoder, error) {
	if err := Check(s); err != nil {
		return nil, err
	}
	if err := CheckBloom(s, opt.Bloom); err != nil {
		return nil, err
	}
	c, err := codecOf(opt.Codec)
	if err != nil {
		return nil, err
	}
	meta, err := emptyFile(s)
	if err != nil {
		return nil, err
	}
	e := &encoder{w: w, codec: c, meta: meta, bloom: map[string]bool{}}
	for _, name := range opt.Bloom {
		e.bloom[name] = true
	}
	for _, c := range s.Cols {
		e.paths = appendPaths(e.paths, []string{c.Name}, c.Type)
	}
	return e, e.write([]byte("PAR1"))
}

func (e *encoder) write(b []byte) error {
	n, err := e.w.Write(b)
	e.at += int64(n)
	return err
}

// place is where the next byte will stand in the file.
func (e *encoder) place() int64 { return e.at + int64(len(e.out)) }

// aloneBytes is from how many bytes on a page is written by itself and not copied first.
const aloneBytes = 64 << 10

// put adds to what is written together.
func (e *encoder) put(b []byte) error {
	if len(b) < aloneBytes {
		e.out = append(e.out, b...)
		return nil
	}
	if err := e.flush(); err != nil {
		return err
	}
	return e.write(b)
}

// flush writes what has been put together.
func (e *encoder) flush() error {
	b := e.out
	e.out = e.out[:0]
	if len(b) == 0 {
		return nil
	}
	return e.write(b)
}

// add encodes the rows of g as a row group.
func (e *encoder) add(g *rowGroup) error {
	out := format.RowGroup{NumRows: int64(g.rows), FileOffset: e.at, Ordinal: int16(len(e.meta.RowGroups))}
	for i := range g.cols {
		c := &g.cols[i]
		c.endPage(g.rows, true)
		chunk, index, err := e.chunk(c, g.rows)
		if err != nil {
			return err
		}
		chunk.MetaData.PathInSchema = e.paths[i]
		out.Columns = append(out.Columns, chunk)
		out.TotalByteSize += chunk.MetaData.TotalUncompressedSize
		out.TotalCompressedSize += chunk.MetaData.TotalCompressedSize
		e.index.add(index)
	}
	if err := e.blooms(g, &out); err != nil {
		return err
	}
	e.meta.NumRows += out.NumRows
	e.meta.RowGroups = append(e.meta.RowGroups, out)
	return nil
}

// blooms writes the bloom filters of the columns that have them, behind the row group.
func (e *encoder) blooms(g *rowGroup, out *format.RowGroup) error {
	for i := range g.cols {
		if !e.bloom[e.paths[i][0]] || len(e.paths[i]) > 1 {
			continue
		}
		filter := g.cols[i].bloomFilter()
		header := format.BloomFilterHeader{NumBytes: int32(len(filter))}
		header.Algorithm.Value = &format.SplitBlockAlgorithm{}
		header.Hash.Value = &format.XxHash{}
		header.Compression.Value = &format.BloomFilterUncompressed{}
		at, n, err := e.thing(&header)
		if err != nil {
			return err
		}
		m := &out.Columns[i].MetaData
		m.BloomFilterOffset, m.BloomFilterLength = at, n+int32(len(filter))
		if err := e.write(filter); err != nil {
			return err
		}
	}
	return nil
}

// chunk writes one column of a row group.
func (e *encoder) chunk(c *chunk, rows int) (format.ColumnChunk, chunkIndex, error) {
	meta := format.ColumnMetaData{Type: physical(c.typ), Codec: e.codec.CompressionCodec(), NumValues: int64(c.entries(rows))}
	var index chunkIndex
	first := e.place()
	if len(c.text.codes) > 0 {
		meta.DictionaryPageOffset = first
		header := format.PageHeader{Type: format.DictionaryPage}
		header.DictionaryPageHeader.Set(format.DictionaryPageHeader{NumValues: int32(len(c.text.dict.keys)), Encoding: format.Plain})
		if err := e.page(&header, nil, c.text.dict.data, &meta); err != nil {
			return format.ColumnChunk{}, index, err
		}
		count(&meta, format.DictionaryPage, format.Plain)
	}
	meta.DataPageOffset = e.place()
	b := bounds{c: c}
	var begin pageEnd
	known := true // the bounds of all pages are
	for _, end := range c.pages {
		if err := e.dataPage(c, begin, end, &meta, &index); err != nil {
			return format.ColumnChunk{}, index, err
		}
		lo, hi := c.least(begin, end)
		index.addBounds(atMost(c.typ, lo), atLeast(c.typ, hi), int64(end.entry-begin.entry-(end.val-begin.val)), end.val > begin.val)
		b.add(lo, hi)
		known = known && (lo != nil || end.val == begin.val)
		begin = end
	}
	if !known {
		b.lo, b.hi = nil, nil
	}
	meta.Statistics = format.Statistics{NullCount: int64(c.entries(rows) - c.vals()), MinValue: atMost(c.typ, b.lo), MaxValue: atLeast(c.typ, b.hi)}
	meta.TotalCompressedSize = e.place() - first
	return format.ColumnChunk{MetaData: meta}, index, e.flush()
}

// dataPage appends the rows between two page ends to out.
func (e *encoder) dataPage(c *chunk, begin, end pageEnd, meta *format.ColumnMetaData, index *chunkIndex) error {
	values, encoding, err := e.encode(c, begin, end)
	if err != nil {
		return err
	}
	reps, defs := c.levels(begin, end)
	levels := append(reps, defs...)
	header := format.PageHeader{Type: format.DataPageV2}
	header.DataPageHeaderV2.Set(format.DataPageHeaderV2{
		NumValues: int32(end.entry - begin.entry), NumRows: int32(end.row - begin.row),
		NumNulls: int32(end.entry - begin.entry - (end.val - begin.val)), Encoding: encoding,
		RepetitionLevelsByteLength: int32(len(reps)), DefinitionLevelsByteLength: int32(len(defs)), IsCompressed: thrift.New(meta.Codec != format.Uncompressed),
	})
	at := e.place()
	if err := e.page(&header, levels, values, meta); err != nil {
		return err
	}
	count(meta, format.DataPageV2, encoding)
	index.offsets.PageLocations = append(index.offsets.PageLocations, format.PageLocation{
		Offset: at, CompressedPageSize: int32(e.place() - at), FirstRowIndex: int64(begin.row)})
	return nil
}

// page appends a page with its header to out; levels stay as they are, values are compressed.
func (e *encoder) page(header *format.PageHeader, levels, values []byte, meta *format.ColumnMetaData) (err error) {
	packed := values
	if meta.Codec != format.Uncompressed {
		if e.packed, err = e.codec.Encode(e.packed, values); err != nil {
			return err
		}
		packed = e.packed
	}
	if max(len(values), len(packed))+len(levels) > math.MaxInt32 {
		return fmt.Errorf("a page of %d bytes does not fit into a Parquet file", len(values))
	}
	header.UncompressedPageSize = int32(len(levels) + len(values))
	header.CompressedPageSize = int32(len(levels) + len(packed))
	header.CRC = int32(crc32.Update(crc32.ChecksumIEEE(levels), crc32.IEEETable, packed))
	raw, err := thrift.Marshal(&e.proto, header)
	if err != nil {
		return err
	}
	e.out = append(append(e.out, raw...), levels...)
	meta.TotalUncompressedSize += int64(len(raw) + len(levels) + len(values))
	return e.put(packed)
}

// count notes a page in the statistics of encodings.
func count(meta *format.ColumnMetaData, page format.PageType, encoding format.Encoding) {
	for i := range meta.EncodingStats {
		if s := &meta.EncodingStats[i]; s.PageType == page && s.Encoding == encoding {
			s.Count++
			return
		}
	}
	meta.EncodingStats = append(meta.EncodingStats, format.PageEncodingStats{PageType: page, Encoding: encoding, Count: 1})
	if len(meta.Encoding) == 0 {
		meta.Encoding = append(meta.Encoding, format.RLE) // of the levels
	}
	for _, known := range meta.Encoding {
		if known == encoding {
			return
		}
	}
	meta.Encoding = append(meta.Encoding, encoding)
}

// levels are the repetition and definition levels of a page. Of a column that is no
// part of a nested one they say which rows are NULL, as one run: of equal levels, or
// of the bits of valid, which are what the format wants.
func (c *chunk) levels(begin, end pageEnd) (reps, defs []byte) {
	if c.nested {
		reps = appendLevels(nil, c.reps[begin.entry:end.entry], c.maxRep)
		return reps, appendLevels(nil, c.defs[begin.entry:end.entry], c.maxDef)
	}
	rows := end.row - begin.row
	switch end.val - begin.val {
	case rows:
		return nil, append(binary.AppendUvarint(nil, uint64(rows)<<1), 1)
	case 0:
		return nil, append(binary.AppendUvarint(nil, uint64(rows)<<1), 0)
	}
	bits := c.valid[begin.row/8 : (end.row+7)/8]
	return nil, append(binary.AppendUvarint(nil, uint64(len(bits))<<1|1), bits...)
}

var (
	differences delta.BinaryPackedEncoding
	dictCodes   rle.DictionaryEncoding
	verbatim    plain.Encoding
)

// encode returns the values between two page ends, which last until it is called again. Whole
// numbers become differences where that makes them clearly smaller.
func (e *encoder) encode(c *chunk, begin, end pageEnd) (values []byte, _ format.Encoding, err error) {
	from, to := begin.val, end.val
	buf := e.values[:0]
	defer func() {
		if cap(buf) > cap(e.values) {
			e.values = buf
		}
	}()
	if from == to {
		return nil, format.Plain, nil
	}
	switch stored(c.typ) {
	case asInt32:
		if buf, err = differences.EncodeInt32(buf, c.w4[from:to]); err != nil || len(buf) < 4*(to-from)*7/8 {
			return buf, format.DeltaBinaryPacked, err
		}
		buf, err = verbatim.EncodeInt32(buf, c.w4[from:to])
	case asInt64:
		if buf, err = differences.EncodeInt64(buf, c.w8[from:to]); err != nil || len(buf) < 8*(to-from)*7/8 {
			return buf, format.DeltaBinaryPacked, err
		}
		buf, err = verbatim.EncodeInt64(buf, c.w8[from:to])
	case asFloat:
		buf, err = verbatim.EncodeInt32(buf, c.w4[from:to])
	case asDouble:
		buf, err = verbatim.EncodeInt64(buf, c.w8[from:to])
	case asFixed:
		return c.fixed[16*from : 16*to], format.Plain, nil
	case asBool:
		buf = packBools(buf, c.bools[from:to])
	case asText:
		if end.dict {
			buf, err = dictCodes.EncodeInt32(buf, c.text.codes[from:to])
			return buf, format.RLEDictionary, err
		}
		return c.text.plain[begin.plain:end.plain], format.Plain, nil
	}
	return buf, format.Plain, err
}

func packBools(dst, vals []byte) []byte {
	for i, v := range vals {
		if i%8 == 0 {
			dst = append(dst, 0)
		}
		dst[len(dst)-1] |= v << (i % 8)
	}
	return dst
}
