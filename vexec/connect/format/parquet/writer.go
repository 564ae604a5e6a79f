package parquet

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

const (
	// groupRows and groupBytes end a row group: what DuckDB writes, and what a
	// writer may hold in memory.
	groupRows  = 122_880
	groupBytes = 16 << 20
	// maxDict is the largest dictionary; a column with more text goes on without one.
	maxDict = 1 << 20
	// stepRows are handed to the library at once: pages end between steps.
	stepRows = 512
)

// codecOf is the codec that 'parquet.compression' names.
func codecOf(name string) (compress.Codec, error) {
	switch name {
	case "", "zstd":
		return &pq.Zstd, nil
	case "snappy":
		return &pq.Snappy, nil
	case "none":
		return &pq.Uncompressed, nil
	}
	return nil, fmt.Errorf("'parquet.compression' is zstd, snappy or none, not %q", name)
}

func options(s *ir.Schema, codec string) ([]pq.WriterOption, error) {
	if err := Check(s); err != nil {
		return nil, err
	}
	c, err := codecOf(codec)
	if err != nil {
		return nil, err
	}
	return []pq.WriterOption{
		fileSchema(s), pq.Compression(c), pq.DictionaryMaxBytes(maxDict),
		pq.CreatedBy("heliosc", "1", ""), pq.DataPageStatistics(true),
	}, nil
}

// Writer writes batches as one Parquet file. It is used by one goroutine.
type Writer struct {
	schema *ir.Schema
	pq     *pq.Writer
	group  *pq.ConcurrentRowGroupWriter
	rows   int // in the row group
	vals   []pq.Value
	fixed  []byte // DECIMALs of more than 18 digits
	mem    *vexec.Account
	held   int64
}

// NewWriter returns a writer of a Parquet file to w, compressed with codec (zstd,
// snappy, none; "" is zstd). What it buffers is reserved from mem.
func NewWriter(w io.Writer, s *ir.Schema, codec string, mem *vexec.Account) (*Writer, error) {
	opt, err := options(s, codec)
	if err != nil {
		return nil, err
	}
	pw := pq.NewWriter(w, opt...)
	return &Writer{schema: s, pq: pw, group: pw.BeginRowGroup(), vals: make([]pq.Value, stepRows), mem: mem}, nil
}

// Write adds the live rows of b.
func (w *Writer) Write(b *vexec.Batch) error {
	for from, n := 0, b.Live(); from < n; {
		k := min(stepRows, n-from, groupRows-w.rows)
		for c, col := range w.group.ColumnWriters() {
			w.fill(&b.Cols[c], c, b, from, k)
			if _, err := col.WriteRowValues(w.vals[:k]); err != nil {
				return err
			}
		}
		from += k
		w.rows += k
		if err := w.account(); err != nil {
			return err
		}
		if w.rows == groupRows || w.held >= groupBytes {
			if err := w.endGroup(); err != nil {
				return err
			}
		}
	}
	return nil
}

// account reserves what the row group holds.
func (w *Writer) account() error {
	size := w.group.Size()
	if err := w.mem.Grow(size - w.held); err != nil {
		return err
	}
	w.held = size
	return nil
}

func (w *Writer) endGroup() error {
	if w.rows == 0 {
		return nil
	}
	_, err := w.group.Commit()
	w.rows = 0
	_ = w.mem.Grow(-w.held)
	w.held = 0
	return err
}

// Close writes the rest and the footer. It does not close the underlying writer.
func (w *Writer) Close() error {
	err := w.endGroup()
	if cerr := w.pq.Close(); err == nil {
		err = cerr
	}
	return err
}

// Abort gives back what the writer holds, leaving a file that is not whole.
func (w *Writer) Abort() {
	_ = w.mem.Grow(-w.held)
	w.held = 0
}

// fill makes vals the live rows [from, from+n) of column c.
func (w *Writer) fill(v *vexec.Vec, c int, b *vexec.Batch, from, n int) {
	if w.schema.Cols[c].Type.Kind == ir.Decimal {
		w.fixed = vexec.GrowBytes(w.fixed, 16*stepRows)
	}
	for i := range n {
		r := b.Row(from + i)
		if v.Null(r) {
			w.vals[i] = pq.NullValue().Level(0, 0, c)
			continue
		}
		f, j := v.At(r)
		w.vals[i] = w.value(f, j, i).Level(0, 1, c)
	}
}

// value is row j of the Flat vector f; i is its place in vals.
func (w *Writer) value(f *vexec.Vec, j, i int) pq.Value {
	switch f.Type.Kind {
	case ir.Boolean:
		return pq.BooleanValue(vexec.Bit(f.Data, j))
	case ir.TinyInt:
		return pq.Int32Value(int32(f.Int8s()[j]))
	case ir.SmallInt:
		return pq.Int32Value(int32(f.Int16s()[j]))
	case ir.Integer, ir.Date:
		return pq.Int32Value(f.Int32s()[j])
	case ir.Real:
		return pq.FloatValue(f.Float32s()[j])
	case ir.Double:
		return pq.DoubleValue(f.Float64s()[j])
	case ir.Decimal:
		d := f.Decs()[j]
		if f.Type.P <= 18 {
			return pq.Int64Value(int64(d.Lo))
		}
		raw := w.fixed[16*i : 16*i+16]
		binary.BigEndian.PutUint64(raw, uint64(d.Hi))
		binary.BigEndian.PutUint64(raw[8:], d.Lo)
		return pq.FixedLenByteArrayValue(raw)
	case ir.Varchar, ir.Varbinary, ir.JSON:
		return pq.ByteArrayValue(f.Bytes(j))
	}
	return pq.Int64Value(f.Int64s()[j])
}

// RowGroups returns how many row groups the file at path has, and checks that it
// has the columns of the schema.
func RowGroups(path string, s *ir.Schema) (int, error) {
	f, err := openFile(path)
	if err != nil {
		return 0, err
	}
	defer f.release()
	if !pq.EqualNodes(f.pq.Schema(), fileSchema(s)) {
		return 0, fmt.Errorf("%s: the Parquet file has other columns than the rows to be added", path)
	}
	return len(f.pq.RowGroups()), nil
}

// Part is a Parquet file, or the first Groups row groups of it; < 0: all.
type Part struct {
	Path   string
	Groups int
}

// Merge writes the row groups of the parts, in order, as one Parquet file to w.
// The parts must have been written with the same schema.
func Merge(w io.Writer, s *ir.Schema, codec string, parts []Part) error {
	opt, err := options(s, codec)
	if err != nil {
		return err
	}
	out := pq.NewWriter(w, opt...)
	for _, p := range parts {
		if err := mergePart(out, p); err != nil {
			return err
		}
	}
	return out.Close()
}

// mergePart copies row groups, byte by byte where the library can.
func mergePart(out *pq.Writer, p Part) (err error) {
	f := &file{path: p.Path}
	defer f.guard(&err)
	in, err := os.Open(p.Path)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	if err := checkEnds(in, info); err != nil {
		return err
	}
	src, err := pq.OpenFile(in, info.Size()) // with the page index, which is copied too
	if err != nil {
		return err
	}
	groups := src.RowGroups()
	if p.Groups > len(groups) {
		return fmt.Errorf("the file has %d row groups, %d were expected: it was changed by someone else", len(groups), p.Groups)
	}
	if p.Groups >= 0 {
		groups = groups[:p.Groups]
	}
	for _, g := range groups {
		if _, err := out.WriteRowGroup(g); err != nil {
			return err
		}
	}
	return nil
}
