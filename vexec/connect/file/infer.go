package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/format/arrowipc"
	"github.com/helios-stream/helios/vexec/connect/format/csv"
	"github.com/helios-stream/helios/vexec/connect/format/ndjson"
	"github.com/helios-stream/helios/vexec/connect/format/parquet"
)

// usualInfer is how many rows are looked at for what an error suggests.
const usualInfer = 1000

// inference is a format's way to learn columns.
type inference interface {
	Feed(b []byte, end bool, most int) (used int)
	Rows() int
	Columns() ([]ir.Column, error)
}

// Infer learns the columns of a table that declares none: of Parquet and Arrow
// from the first file, of NDJSON and CSV from the first 'infer.rows' rows of its files, in their
// order. Without that option they are learned for the error alone. Behind them come
// the columns that the names of folders say; t.Partition is set to them.
func (c connector) Infer(ctx context.Context, t *ir.Table) ([]ir.Column, error) {
	set, err := settingsOf(t)
	if err != nil {
		return nil, err
	}
	if set.stdin {
		return nil, errors.New("standard input tells its columns only once it is read; name them: CREATE MAPPING t (id BIGINT, ...)")
	}
	in, err := list(t, set)
	if err != nil {
		return nil, err
	}
	parts, err := inferPartitions(t, in)
	if err != nil {
		return nil, err
	}
	t.Partition = nil
	for _, p := range parts {
		t.Partition = append(t.Partition, p.Name)
	}
	cols, err := c.inferFiles(ctx, t, set, in)
	cols = behind(cols, parts)
	if could := (*ir.InferError)(nil); errors.As(err, &could) {
		could.Cols = behind(could.Cols, parts)
	}
	return cols, err
}

// behind is cols without those that folders say, and these behind them.
func behind(cols, parts []ir.Column) []ir.Column {
	cols = slices.DeleteFunc(cols, func(c ir.Column) bool {
		return slices.ContainsFunc(parts, func(p ir.Column) bool { return p.Name == c.Name })
	})
	return append(cols, parts...)
}

// inferFiles learns what the files themselves hold.
func (c connector) inferFiles(ctx context.Context, t *ir.Table, set settings, in listing) ([]ir.Column, error) {
	if f := in.files[0]; f.format == formatParquet {
		cols, err := parquet.Infer(f.path)
		return cols, orMixedUp(t, f, err)
	} else if f.format == formatArrow {
		cols, err := arrowipc.Infer(f.path)
		return cols, orMixedUp(t, f, err)
	}
	rows, asked, err := inferRows(t)
	if err != nil {
		return nil, err
	}
	cols, err := c.inferText(ctx, t, set, in, rows)
	if err == nil && !asked {
		return nil, &ir.InferError{Reason: "NDJSON and CSV files do not carry column types, and 'infer.rows' is not set", Option: "infer.rows", Value: strconv.Itoa(usualInfer), Cols: cols}
	}
	return cols, err
}

// inferRows is how many rows to look at, and whether the table asks for it.
func inferRows(t *ir.Table) (rows int, asked bool, err error) {
	text, asked := t.Options["infer.rows"]
	if !asked {
		return usualInfer, false, nil
	}
	rows, err = strconv.Atoi(text)
	if err != nil || rows < 1 {
		return 0, true, &ir.OptionError{Option: "infer.rows", Reason: "must be a number of rows, at least 1"}
	}
	return rows, true, nil
}

func (c connector) inferText(ctx context.Context, t *ir.Table, set settings, in listing, rows int) ([]ir.Column, error) {
	format := in.files[0].format
	var g inference = &ndjson.Inference{}
	for i, f := range in.files {
		if f.format != format {
			break
		}
		if format == formatCSV && (i == 0 || g.Rows() == 0) {
			g = csv.NewInference(set.csv.dialect(), set.csv.header)
		} else if format == formatCSV && set.csv.header {
			break // a header of its own, perhaps in another order
		}
		if err := c.feed(ctx, t, f, g, rows, set.codec == codecAuto); err != nil {
			return nil, err
		}
		if g.Rows() >= rows {
			break
		}
	}
	cols, err := g.Columns()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", in.files[0].path, err)
	}
	return cols, nil
}

// unpackFile returns what the file holds, as reading it would.
func unpackFile(f *os.File, c codec, auto bool) (io.ReadCloser, error) {
	if c == "" && auto {
		head := make([]byte, magicBytes)
		n, err := f.ReadAt(head, 0)
		if err != nil && err != io.EOF {
			return nil, err
		}
		c = sniff(head[:n])
	}
	return unpack(f, c)
}

// feed reads a file until g has seen enough. auto: its first bytes may say how it is
// compressed.
func (c connector) feed(ctx context.Context, t *ir.Table, in input, g inference, rows int, auto bool) error {
	f, err := os.Open(in.path)
	if err != nil {
		return noAccess(t, in.path, err)
	}
	defer f.Close()
	r, err := unpackFile(f, in.codec, auto)
	if err != nil {
		return fmt.Errorf("%s cannot be decompressed: %w", in.path, err)
	}
	defer r.Close()
	var buf []byte
	first := in.codec == ""
	for end := false; !end && g.Rows() < rows; {
		if err := ctx.Err(); err != nil {
			return err
		}
		want := max(2*len(buf), 64<<10)
		for len(buf) < want && !end {
			if cap(buf) == len(buf) {
				buf = append(make([]byte, 0, want), buf...)
			}
			n, err := r.Read(buf[len(buf):min(want, cap(buf))])
			buf = buf[:len(buf)+n]
			if end = err == io.EOF; err != nil && !end {
				return fmt.Errorf("cannot read %s: %w", in.path, err)
			}
		}
		if first {
			if err := mixedUp(t, in, buf); err != nil {
				return err
			}
			first = false
		}
		buf = buf[g.Feed(buf, end, rows):]
		if int64(len(buf)) > c.limits.record {
			return fmt.Errorf("%s: a record is longer than %d bytes", in.path, c.limits.record)
		}
	}
	return nil
}
