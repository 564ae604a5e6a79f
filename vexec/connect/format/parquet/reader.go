package parquet

import (
	"context"
	"fmt"
	"io"
	"strconv"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// reader hands out the row groups of one file. Its position is the number of the
// next row group, as text.
type reader struct {
	file  *file
	scan  *vexec.Scan
	split vexec.Split
	plans []*plan // by position in scan.Cols
	first []int64 // number of the first row of each row group
	next  int
}

// Open begins to read the Parquet file at path at a row group, from nil at the
// first. Columns are found by name. A column that the file does not have, or has
// with a type that the declared one cannot take, is an error here; a value that
// is out of the declared type's range is a bad row later.
func Open(path string, scan *vexec.Scan, split vexec.Split, from vexec.Position) (sr vexec.SplitReader, err error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = f.release()
		}
	}()
	defer f.guard(&err)
	r := &reader{file: f, scan: scan, split: split}
	for _, col := range scan.Schema.Cols {
		l, err := findLeaf(f.pq.Root(), col.Name)
		if err != nil {
			return nil, err
		}
		p, err := newPlan(l, col.Type)
		if err != nil {
			return nil, err
		}
		if err := f.checkCodec(l); err != nil {
			return nil, err
		}
		r.plans = append(r.plans, p)
	}
	rows := int64(0)
	for _, g := range f.pq.RowGroups() {
		r.first = append(r.first, rows)
		rows += g.NumRows()
	}
	if from != nil {
		r.next, err = strconv.Atoi(string(from))
		if err != nil || r.next < 0 || r.next > len(r.first) {
			return nil, fmt.Errorf("cannot go on at row group %q: the file has %d row groups; it is not the file that the checkpoint was made with", from, len(r.first))
		}
	}
	return r, nil
}

// Claim takes the next row group that has rows.
func (r *reader) Claim(context.Context) (vexec.Unit, error) {
	groups := r.file.pq.RowGroups()
	for r.next < len(groups) {
		g := r.next
		r.next++
		if groups[g].NumRows() > 0 {
			return vexec.Unit{Piece: g, Bytes: r.groupBytes(g)}, nil
		}
	}
	return vexec.Unit{}, io.EOF
}

// groupBytes is the row group's part of the file.
func (r *reader) groupBytes(g int) (n int64) {
	for i := range r.file.pq.Metadata().RowGroups[g].Columns {
		n += r.file.pq.Metadata().RowGroups[g].Columns[i].MetaData.TotalCompressedSize
	}
	return n
}

func (r *reader) Position() vexec.Position { return vexec.Position(strconv.Itoa(r.next)) }

func (r *reader) NewDecoder() (vexec.Decoder, error) {
	d := &decoder{r: r, cols: make([]column, len(r.plans))}
	for i, p := range r.plans {
		d.cols[i].plan = p
	}
	r.file.users.Add(1)
	return d, nil
}

func (r *reader) Close() error { return r.file.release() }

// chunk returns the pages of a column in a row group.
func (r *reader) chunk(g int, p *plan) (pq.Pages, error) {
	chunks := r.file.pq.RowGroups()[g].ColumnChunks()
	if p.leaf.index >= len(chunks) {
		return nil, fmt.Errorf("row group %d has no column %s: the file is damaged", g, p.leaf.name)
	}
	return chunks[p.leaf.index].Pages(), nil
}

var _ vexec.SplitReader = (*reader)(nil)

// greatest returns the greatest event time that the file's statistics tell for a
// row group; ok is false where they do not.
func (r *reader) greatest(g int, p *plan) (t ir.Micros, ok bool) {
	if p.leaf.phys != pq.Int64 || !p.leaf.natural.Kind.IsTimestamp() || !p.want.Kind.IsTimestamp() {
		return 0, false
	}
	m := &r.file.pq.Metadata().RowGroups[g].Columns[p.leaf.index].MetaData
	raw := m.Statistics.MaxValue
	if len(raw) == 0 {
		raw = m.Statistics.Max // by signed comparison, which is right for times
	}
	if len(raw) != 8 {
		return 0, false
	}
	most := int64(leUint64(raw))
	if p.want.Nanos() {
		if _, fits := mulInt64(most, nanos/p.leaf.unit); !fits {
			return 0, false // the row will be a bad one: look for the greatest that is not
		}
	}
	return scaleToMicros(most, p.leaf.unit)
}

// checkCodec refuses LZ4: parquet-go v0.32.0 returns the wrong bytes for pages that
// compress to more than a third, and never returns for damaged ones.
func (f *file) checkCodec(l *leaf) error {
	for i := range f.pq.Metadata().RowGroups {
		cols := f.pq.Metadata().RowGroups[i].Columns
		if l.index < len(cols) && cols[l.index].MetaData.Codec == format.Lz4Raw {
			return fmt.Errorf("column %s is compressed with LZ4, which cannot be read; write the file with zstd or snappy", l.name)
		}
	}
	return nil
}
