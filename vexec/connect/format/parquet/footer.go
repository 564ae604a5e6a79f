package parquet

import (
	"bytes"
	"encoding/binary"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/helios-stream/helios/ir"
)

// emptyFile returns the footer of a file without rows: the library knows best how
// types are written.
func emptyFile(s *ir.Schema) (*format.FileMetaData, error) {
	var buf bytes.Buffer
	if err := pq.NewWriter(&buf, fileSchema(s), pq.CreatedBy("heliosc", "1", "")).Close(); err != nil {
		return nil, err
	}
	raw := buf.Bytes()
	end := len(raw) - 8
	meta, _, err := new(format.FooterDecoder).Decode(raw[end-int(binary.LittleEndian.Uint32(raw[end:])) : end])
	return meta, err
}

// close writes the page index and the footer.
func (e *encoder) close() error {
	if err := e.index.write(e); err != nil {
		return err
	}
	raw, err := thrift.Marshal(&e.proto, e.meta)
	if err != nil {
		return err
	}
	raw = binary.LittleEndian.AppendUint32(raw, uint32(len(raw)))
	return e.write(append(raw, "PAR1"...))
}

// chunkIndex tells where the pages of a column chunk begin and what is in them.
type chunkIndex struct {
	offsets format.OffsetIndex
	columns format.ColumnIndex
	partial bool // a page has values but no bounds
}

// addBounds notes a page.
func (x *chunkIndex) addBounds(lo, hi []byte, nulls int64, values bool) {
	c := &x.columns
	c.NullPages = append(c.NullPages, !values)
	c.NullCounts = append(c.NullCounts, nulls)
	c.MinValues = append(c.MinValues, lo)
	c.MaxValues = append(c.MaxValues, hi)
	x.partial = x.partial || values && lo == nil
}

// pageIndex is the index of all column chunks. It is written only if it is whole:
// readers take it that all chunks have one if the first has.
type pageIndex struct {
	chunks  []chunkIndex
	partial bool
}

func (p *pageIndex) add(x chunkIndex) {
	p.chunks = append(p.chunks, x)
	p.partial = p.partial || x.partial
}

// write writes all column indexes and then all offset indexes.
func (p *pageIndex) write(e *encoder) error {
	if p.partial {
		return nil
	}
	i := 0
	each := func(write func(c *format.ColumnChunk, x *chunkIndex) error) error {
		i = 0
		for g := range e.meta.RowGroups {
			cols := e.meta.RowGroups[g].Columns
			for c := range cols {
				if err := write(&cols[c], &p.chunks[i]); err != nil {
					return err
				}
				i++
			}
		}
		return nil
	}
	err := each(func(c *format.ColumnChunk, x *chunkIndex) (err error) {
		c.ColumnIndexOffset, c.ColumnIndexLength, err = e.thing(&x.columns)
		return err
	})
	if err != nil {
		return err
	}
	return each(func(c *format.ColumnChunk, x *chunkIndex) (err error) {
		c.OffsetIndexOffset, c.OffsetIndexLength, err = e.thing(&x.offsets)
		return err
	})
}

// thing writes a part of the footer and returns where it stands.
func (e *encoder) thing(v any) (at int64, n int32, err error) {
	raw, err := thrift.Marshal(&e.proto, v)
	if err != nil {
		return 0, 0, err
	}
	at = e.at
	return at, int32(len(raw)), e.write(raw)
}
