package file

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/parquet"
)

// source is the files of a table, each a split.
type source struct {
	table  *ir.Table
	set    settings
	limits limits
}

// Splits lists the files by name.
func (s *source) Splits(context.Context) ([]vexec.Split, error) {
	l, err := list(s.table, s.set)
	if err != nil {
		return nil, err
	}
	out := make([]vexec.Split, len(l.files))
	for i, f := range l.files {
		out[i] = vexec.Split{ID: f.id, Bytes: f.size}
	}
	return out, nil
}

// Bounded is true: what is in the files when the query begins is read.
func (s *source) Bounded() bool { return true }

// Open begins a file.
func (s *source) Open(_ context.Context, scan *vexec.Scan, split vexec.Split, from vexec.Position) (vexec.SplitReader, error) {
	path := filepath.Join(rootOf(s.set.path), filepath.FromSlash(split.ID))
	in, err := describe(s.table, s.set, path)
	if err != nil {
		return nil, err
	}
	in.id = split.ID
	if in.format == formatParquet {
		return parquet.Open(path, scan, split, from)
	}
	at, err := offsetOf(from, split.ID)
	if err != nil {
		return nil, err
	}
	f, err := openFile(s.table, in)
	if err != nil {
		return nil, err
	}
	if at > f.size && in.codec == "" {
		f.Close()
		return nil, fmt.Errorf("%s has %d bytes, but reading is to go on at byte %d: the file has been replaced or cut since", path, f.size, at)
	}
	if in.format == formatNDJSON && in.codec == "" {
		return newRanges(f, scan, s.limits, at), nil
	}
	r, err := newStream(f, in, scan, s.set.csv, s.limits, at)
	if err != nil {
		f.Close()
		return nil, err
	}
	return r, nil
}

// offsetOf reads a position: the byte where the next unit begins.
func offsetOf(from vexec.Position, id string) (int64, error) {
	if from == nil {
		return 0, nil
	}
	at, err := strconv.ParseInt(string(from), 10, 64)
	if err != nil || at < 0 {
		return 0, fmt.Errorf("the position %q of %s is no byte offset: it was not made by this connector", from, id)
	}
	return at, nil
}

func positionOf(at int64) vexec.Position { return strconv.AppendInt(nil, at, 10) }
