// Package parquet reads and writes Parquet files a column page at a time. A row
// group is a unit; text that the file holds as a dictionary stays one.
package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/format/columnfile"
)

// kind is what messages call a file.
const kind = "Parquet"

// file is an open Parquet file. Its users are the split's reader and the decoders.
type file struct {
	*columnfile.File
	footerAt int64 // where the footer begins, and nothing else any more
	meta     *fileMeta
	root     *node
	leaves   []*leaf
	limits   limits
}

// openFile opens path and reads the footer.
func openFile(path string) (*file, error) {
	f, err := columnfile.Open(path, kind)
	if err != nil {
		return nil, err
	}
	return newFile(f, usual)
}

// newFile reads the footer. It releases in after an error.
func newFile(in *columnfile.File, lim limits) (_ *file, err error) {
	f := &file{File: in, limits: lim}
	defer func() {
		if err != nil {
			_ = in.Release() // the first error says more
		}
	}()
	defer f.Guard(&err)
	if err := checkEnds(in, in.Size); err != nil {
		return nil, err
	}
	if err := f.readFooter(in.Size); err != nil {
		return nil, err
	}
	return f, nil
}

// maxFooter is the largest footer that is read: a million columns chunks have less.
const maxFooter = 256 << 20

// readFooter reads what the file holds and checks that it can be.
func (f *file) readFooter(size int64) error {
	var tail [8]byte
	if _, err := f.ReadAt(tail[:], size-8); err != nil {
		return err
	}
	n := int64(binary.LittleEndian.Uint32(tail[:4]))
	if n > maxFooter {
		return fmt.Errorf("the Parquet file's footer has %d bytes, more than can be read", n)
	}
	f.footerAt = size - 8 - n
	raw := make([]byte, n)
	if _, err := f.ReadAt(raw, f.footerAt); err != nil {
		return err
	}
	var err error
	if f.meta, err = readFileMeta(raw); err != nil {
		return err
	}
	if f.root, f.leaves, err = buildTree(f.meta.schema); err != nil {
		return err
	}
	for g := range f.meta.groups {
		if err := f.checkGroup(g); err != nil {
			return err
		}
	}
	return nil
}

func (f *file) checkGroup(g int) error {
	cols := f.meta.groups[g].cols
	if len(cols) != len(f.leaves) {
		return fmt.Errorf("row group %d has %d columns, the schema %d: the file is damaged", g, len(cols), len(f.leaves))
	}
	for i := range cols {
		switch c := &cols[i]; {
		case c.encrypted:
			return errors.New("columns of the Parquet file are encrypted, which cannot be read")
		case c.phys != f.leaves[i].phys:
			return fmt.Errorf("row group %d has another type in column %s than the schema: the file is damaged", g, f.leaves[i].name)
		}
	}
	return nil
}

// checkEnds looks at both ends of the file before anything in it is believed.
func checkEnds(r io.ReaderAt, size int64) error {
	var head, tail [8]byte
	if size < 12 {
		return fmt.Errorf("not a Parquet file: it has %d bytes", size)
	}
	if _, err := r.ReadAt(head[:4], 0); err != nil {
		return err
	}
	if _, err := r.ReadAt(tail[:], size-8); err != nil {
		return err
	}
	magic := string(tail[4:])
	switch {
	case string(head[:4]) == "PARE" || magic == "PARE":
		return errors.New("the Parquet file is encrypted, which cannot be read")
	case string(head[:4]) != "PAR1":
		return errors.New("not a Parquet file: it does not begin with PAR1")
	case magic != "PAR1":
		return errors.New("the Parquet file is cut off: it does not end with PAR1; write or copy it again")
	case int64(binary.LittleEndian.Uint32(tail[:4])) > size-12:
		return errors.New("the Parquet file is damaged: its footer is longer than the file")
	}
	return nil
}

// Infer reads the columns of a Parquet file. Columns whose type SQL has no match
// for are errors that name them.
func Infer(path string) (cols []ir.Column, err error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Release()
	return f.infer()
}

func (f *file) infer() (cols []ir.Column, err error) {
	defer f.Guard(&err)
	for _, n := range f.root.kids {
		t, err := n.typ()
		if err != nil {
			return nil, err
		}
		cols = append(cols, ir.Column{Name: n.name, Type: t, NotNull: !n.nullable})
	}
	return cols, nil
}
