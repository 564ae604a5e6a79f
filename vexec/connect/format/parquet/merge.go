package parquet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/columnfile"
)

// few: a row group with fewer rows joins its neighbours in a merged file, where it is
// of a whole part.
func (w *Writer) few() int64 { return int64(w.most / 4) }

// RowGroups returns how many row groups the file at path has, and checks that it
// has the columns of the schema.
func RowGroups(path string, s *ir.Schema) (int, error) {
	f, err := openFile(path)
	if err != nil {
		return 0, err
	}
	defer f.Release()
	in, err := pq.OpenFile(f, f.Size, pq.SkipPageIndex(true), pq.SkipBloomFilters(true))
	if err != nil {
		return 0, f.Name(err)
	}
	if !pq.EqualNodes(in.Schema(), fileSchema(s)) {
		return 0, fmt.Errorf("%s: the Parquet file has other columns than the rows to be added", path)
	}
	return len(f.meta.groups), nil
}

// Part is a Parquet file, or the first Groups row groups of it; < 0: all of a file
// that a Writer has written.
type Part struct {
	Path   string
	Groups int
}

// Merge writes the row groups of the parts, in order, as one Parquet file to w.
// The parts must have been written with the same schema. Row groups are copied
// byte by byte; those that are small or have another codec are written anew.
func Merge(w io.Writer, s *ir.Schema, opt Options, parts []Part) error {
	out, err := NewWriter(w, s, opt, nil)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if err := mergePart(out, s, p); err != nil {
			out.Abort()
			return err
		}
	}
	return out.Close()
}

func mergePart(out *Writer, s *ir.Schema, p Part) (err error) {
	in, err := columnfile.Open(p.Path, kind)
	if err != nil {
		return err
	}
	defer in.Release()
	defer in.Guard(&err)
	if err := checkEnds(in, in.Size); err != nil {
		return err
	}
	src, err := pq.OpenFile(in, in.Size) // with the page index, which is copied too
	if err != nil {
		return err
	}
	n := len(src.RowGroups())
	if p.Groups > n {
		return fmt.Errorf("the file has %d row groups, %d were expected: it was changed by someone else", n, p.Groups)
	}
	if p.Groups >= 0 {
		n = p.Groups
	}
	for g := range n {
		if few := p.Groups < 0 && src.RowGroups()[g].NumRows() < out.few(); few || out.enc.otherCodec(&src.Metadata().RowGroups[g]) {
			if rows, err := readGroup(p.Path, s, g); err == nil {
				if err := writeAll(out, rows); err != nil {
					return err
				}
				continue
			}
		}
		if err := copyGroup(out, src, in, g); err != nil {
			return err
		}
	}
	return nil
}

// otherCodec reports whether a column has another codec than those that e writes.
// A file may have several, but not every reader knows that.
func (e *encoder) otherCodec(g *format.RowGroup) bool {
	for i := range g.Columns {
		if g.Columns[i].MetaData.Codec != e.codec.CompressionCodec() {
			return true
		}
	}
	return false
}

func writeAll(out *Writer, rows []*vexec.Batch) error {
	for _, b := range rows {
		if err := out.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// readGroup returns the rows of one row group. An error, also one of a single
// value that the declared type cannot hold, means that it must be taken as it is.
func readGroup(path string, s *ir.Schema, g int) (rows []*vexec.Batch, err error) {
	ctx := context.Background()
	r, err := Open(path, &vexec.Scan{Schema: s, TimeCol: -1}, vexec.Split{}, vexec.Position(strconv.Itoa(g)))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	d, err := r.NewDecoder()
	if err != nil {
		return nil, err
	}
	defer d.Close()
	u, err := r.Claim(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := d.Begin(ctx, u); err != nil {
		return nil, err
	}
	for {
		var b, own vexec.Batch
		var bad vexec.BadRows
		err := d.Next(&b, &bad)
		if err == io.EOF {
			return rows, nil
		}
		if err == nil && len(bad.Rows) > 0 {
			err = errors.New(bad.Rows[0].Reason)
		}
		if err != nil {
			return nil, err
		}
		vexec.Compact(&own, &b)
		rows = append(rows, &own)
	}
}

// copyGroup copies a row group byte by byte.
func copyGroup(out *Writer, src *pq.File, in io.ReaderAt, g int) error {
	if err := out.endGroup(); err != nil {
		return err
	}
	if err := out.wait(); err != nil {
		return err
	}
	e := out.enc
	group := src.Metadata().RowGroups[g]
	if len(group.Columns) != len(out.group.cols) {
		return fmt.Errorf("row group %d has %d columns, %d were expected: the file is damaged", g, len(group.Columns), len(out.group.cols))
	}
	group.FileOffset, group.Ordinal = e.at, int16(len(e.meta.RowGroups))
	group.Columns = append([]format.ColumnChunk(nil), group.Columns...)
	for i := range group.Columns {
		index := indexOf(src, g*len(group.Columns)+i)
		if err := e.copyChunk(&group.Columns[i], &index, in); err != nil {
			return err
		}
		e.index.add(index)
	}
	for i := range group.Columns {
		if err := e.copyBloom(&group.Columns[i].MetaData, &src.Metadata().RowGroups[g].Columns[i].MetaData, in); err != nil {
			return err
		}
	}
	e.meta.NumRows += group.NumRows
	e.meta.RowGroups = append(e.meta.RowGroups, group)
	return nil
}

// copyBloom copies a bloom filter whose length is known.
func (e *encoder) copyBloom(to, from *format.ColumnMetaData, in io.ReaderAt) error {
	if from.BloomFilterOffset <= 0 || from.BloomFilterLength <= 0 {
		return nil
	}
	at := e.at
	n, err := io.Copy(writerFunc(e.write), io.NewSectionReader(in, from.BloomFilterOffset, int64(from.BloomFilterLength)))
	if err == nil && n != int64(from.BloomFilterLength) {
		err = io.ErrUnexpectedEOF
	}
	to.BloomFilterOffset, to.BloomFilterLength = at, from.BloomFilterLength
	return err
}

// copyChunk copies the bytes of a column chunk and moves what c and index say of
// their places.
func (e *encoder) copyChunk(c *format.ColumnChunk, index *chunkIndex, in io.ReaderAt) error {
	m := &c.MetaData
	from := m.DataPageOffset
	if m.DictionaryPageOffset > 0 {
		from = min(from, m.DictionaryPageOffset)
	}
	by := e.at - from
	n, err := io.Copy(writerFunc(e.write), io.NewSectionReader(in, from, m.TotalCompressedSize))
	if err == nil && n != m.TotalCompressedSize {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	m.DataPageOffset += by
	if m.DictionaryPageOffset > 0 {
		m.DictionaryPageOffset += by
	}
	for i := range index.offsets.PageLocations {
		index.offsets.PageLocations[i].Offset += by
	}
	// Copied later: the bloom filter and, if this file gets one, the page index.
	m.IndexPageOffset, m.BloomFilterOffset, m.BloomFilterLength = 0, 0, 0
	c.FileOffset, c.OffsetIndexOffset, c.OffsetIndexLength, c.ColumnIndexOffset, c.ColumnIndexLength = 0, 0, 0, 0, 0
	return nil
}

// indexOf returns the page index of a column chunk; partial: it has none.
func indexOf(src *pq.File, chunk int) chunkIndex {
	offsets, columns := src.OffsetIndexes(), src.ColumnIndexes()
	if chunk >= len(offsets) || chunk >= len(columns) || len(columns[chunk].NullPages) == 0 || len(offsets[chunk].PageLocations) == 0 {
		return chunkIndex{partial: true}
	}
	return chunkIndex{offsets: offsets[chunk], columns: columns[chunk]}
}

// writerFunc makes an io.Writer of a function that writes all or fails.
type writerFunc func(b []byte) error

func (f writerFunc) Write(b []byte) (int, error) {
	if err := f(b); err != nil {
		return 0, err
	}
	return len(b), nil
}
