package arrowipc

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Batches returns how many record batches the file at path has, and checks that it
// has the columns of the schema, so that rows can be added to it.
func Batches(path string, s *ir.Schema) (int, error) {
	f, err := openFile(path)
	if err != nil {
		return 0, err
	}
	defer f.Release()
	same := len(f.schema.cols) == len(s.Cols) && !f.stream
	for i := range f.schema.cols {
		same = same && f.schema.cols[i].name == s.Cols[i].Name && storedAs(f.schema.cols[i].natural, s.Cols[i].Type)
	}
	if !same {
		return 0, f.Name(errors.New("the Arrow file has other columns than the rows to be added"))
	}
	return len(f.batches), nil
}

// storedAs reports whether a column that is read as nat may hold values of the type t.
func storedAs(nat, t *ir.Type) bool {
	if nat == nil {
		return false
	}
	switch t.Kind {
	case ir.Row:
		same := nat.Kind == t.Kind && len(nat.Fields) == len(t.Fields)
		for i := 0; same && i < len(t.Fields); i++ {
			same = nat.Fields[i].Name == t.Fields[i].Name && storedAs(nat.Fields[i].Type, t.Fields[i].Type)
		}
		return same
	case ir.Array:
		return nat.Kind == t.Kind && storedAs(nat.Elem, t.Elem)
	case ir.Map:
		return nat.Kind == t.Kind && storedAs(nat.Key, t.Key) && storedAs(nat.Elem, t.Elem)
	case ir.JSON, ir.Null:
		return nat.Kind == ir.Varchar
	case ir.Decimal:
		return nat.Equal(t)
	case ir.Timestamp, ir.TimestampLTZ:
		return nat.Kind == t.Kind && nat.Nanos() == t.Nanos()
	}
	return nat.Kind == t.Kind
}

// Part is an Arrow file, or the first Batches record batches of it; < 0: all.
type Part struct {
	Path    string
	Batches int
}

// Merge writes the rows of the parts, in order, as one Arrow file to w. Small record
// batches are put together.
func Merge(w io.Writer, s *ir.Schema, opt Options, parts []Part) error {
	out, err := NewWriter(w, s, opt, nil)
	if err != nil {
		return err
	}
	defer out.Abort()
	for _, p := range parts {
		if err := mergePart(out, s, p); err != nil {
			return err
		}
	}
	return out.Close()
}

func mergePart(out *Writer, s *ir.Schema, p Part) error {
	ctx := context.Background()
	r, err := Open(p.Path, &vexec.Scan{Schema: s, TimeCol: -1}, vexec.Split{}, nil)
	if err != nil {
		return err
	}
	defer r.Close()
	d, err := r.NewDecoder()
	if err != nil {
		return err
	}
	defer d.Close()
	for n := 0; p.Batches < 0 || n < p.Batches; n++ {
		u, err := r.Claim(ctx)
		if err == io.EOF && p.Batches < 0 {
			return nil
		}
		if err == io.EOF {
			return fmt.Errorf("the file has %d record batches, %d were expected: it was changed by someone else", n, p.Batches)
		}
		if err == nil {
			_, err = d.Begin(ctx, u)
		}
		for err == nil {
			err = mergeRows(out, d)
		}
		if err != io.EOF {
			return err
		}
	}
	return nil
}

// mergeRows takes the decoder's next rows.
func mergeRows(out *Writer, d vexec.Decoder) error {
	var b vexec.Batch
	var bad vexec.BadRows
	if err := d.Next(&b, &bad); err != nil {
		return err
	}
	if len(bad.Rows) > 0 {
		return errors.New(bad.Rows[0].Reason)
	}
	return out.Write(&b)
}
