package parquet

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/columnfile"
)

// reader hands out the row groups of one file. Its position is the number of the
// next row group, as text.
type reader struct {
	file  *file
	scan  *vexec.Scan
	split vexec.Split
	nodes []*node // by position in scan.Cols
	next  int
}

// Open begins to read the Parquet file at path at a row group, from nil at the
// first. Columns are found by name. A column that the file does not have, or has
// with a type that the declared one cannot take, is an error here; a value that
// is out of the declared type's range is a bad row later.
func Open(path string, scan *vexec.Scan, split vexec.Split, from vexec.Position) (vexec.SplitReader, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	return newReader(f, scan, split, from)
}

// newReader reads f, which it releases after an error.
func newReader(f *file, scan *vexec.Scan, split vexec.Split, from vexec.Position) (_ *reader, err error) {
	defer func() {
		if err != nil {
			_ = f.Release()
		}
	}()
	defer f.Guard(&err)
	r := &reader{file: f, scan: scan, split: split}
	for i, col := range scan.Schema.Cols {
		path := []string{col.Name}
		if scan.Paths != nil {
			path = scan.Paths[i]
		}
		n, err := f.root.find(path)
		if err != nil {
			return nil, err
		}
		r.nodes = append(r.nodes, n)
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	if from != nil {
		r.next, err = strconv.Atoi(string(from))
		if err != nil || r.next < 0 || r.next > len(f.meta.groups) {
			return nil, fmt.Errorf("cannot go on at row group %q: the file has %d row groups; it is not the file that the checkpoint was made with", from, len(f.meta.groups))
		}
	}
	return r, nil
}

// Claim takes the next row group that has rows.
func (r *reader) Claim(context.Context) (vexec.Unit, error) {
	groups := r.file.meta.groups
	for r.next < len(groups) {
		g := r.next
		r.next++
		if groups[g].rows > 0 {
			return vexec.Unit{Piece: g, Bytes: r.groupBytes(g)}, nil
		}
	}
	return vexec.Unit{}, io.EOF
}

// groupBytes is the row group's part of the file.
func (r *reader) groupBytes(g int) (n int64) {
	for i := range r.file.meta.groups[g].cols {
		n += r.file.meta.groups[g].cols[i].packed
	}
	return n
}

func (r *reader) Position() vexec.Position { return vexec.Position(strconv.Itoa(r.next)) }

func (r *reader) NewDecoder() (vexec.Decoder, error) {
	cols, err := r.columns()
	if err != nil {
		return nil, r.file.Name(err)
	}
	r.file.Use()
	return newDecoder(r, cols), nil
}

// columns makes the columns of one decoder.
func (r *reader) columns() (cols []columnReader, err error) {
	for i, n := range r.nodes {
		c, err := newColumn(n, r.scan.Schema.Cols[i].Type)
		if err != nil {
			return nil, err
		}
		cols = append(cols, c)
	}
	return cols, nil
}

// check refuses now what decoders could not read.
func (r *reader) check() error {
	cols, err := r.columns()
	if err != nil {
		return err
	}
	for _, c := range cols {
		leaves := leavesOf(c)
		for _, l := range leaves {
			if err := r.file.checkChunks(l); err != nil {
				return err
			}
		}
	}
	return nil
}

// leavesOf are the leaves that a column is decoded from.
func leavesOf(c columnReader) (out []*leaf) {
	switch c := c.(type) {
	case *column:
		out = append(out, c.plan.leaf)
	case *nestedColumn:
		for _, l := range c.leaves {
			out = append(out, l.plan.leaf)
		}
	}
	return out
}

func (r *reader) Close() error { return r.file.Release() }

var _ vexec.SplitReader = (*reader)(nil)

// greatest returns the greatest event time that the file's statistics tell for a
// row group; ok is false where they do not. alone says that no row will be looked at:
// the statistics must then be beyond doubt.
func (r *reader) greatest(g int, c columnReader, alone bool) (t ir.Micros, ok bool) {
	col, flat := c.(*column)
	if !flat {
		return 0, false
	}
	p := col.plan
	if p.leaf.phys != physInt64 || !p.leaf.natural.Kind.IsTimestamp() || !p.want.Kind.IsTimestamp() {
		return 0, false
	}
	stats := &r.file.meta.groups[g].cols[p.leaf.index].stats
	raw := stats.max
	if len(raw) == 0 {
		raw = stats.oldMax // by signed comparison, which is right for times
	}
	if len(raw) != 8 || stats.maxCut || alone && stats.nulls != 0 && p.leaf.maxDef > 0 {
		return 0, false
	}
	most := int64(leUint64(raw))
	if p.want.Nanos() {
		if _, fits := columnfile.MulInt64(most, nanos/p.leaf.unit); !fits {
			return 0, false // the row will be a bad one: look for the greatest that is not
		}
	}
	return scaleToMicros(most, p.leaf.unit)
}

// checkChunks refuses a column whose pages cannot be read.
func (f *file) checkChunks(l *leaf) error {
	for g := range f.meta.groups {
		c := &f.meta.groups[g].cols[l.index]
		if c.elsewhere {
			return fmt.Errorf("column %s stands in another file, which cannot be read", l.name)
		}
		if err := checkCodec(l, c.codec); err != nil {
			return err
		}
		if l.maxRep == 0 && c.values != f.meta.groups[g].rows {
			return fmt.Errorf("row group %d, column %s: the file is damaged: %d values for %d rows", g, l.name, c.values, f.meta.groups[g].rows)
		}
	}
	return nil
}
