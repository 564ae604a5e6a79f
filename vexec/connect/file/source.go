package file

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strconv"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/arrowipc"
	"github.com/helios-stream/helios/vexec/connect/format/parquet"
)

// source is the files of a table, each a split.
type source struct {
	table  *ir.Table
	set    settings
	limits limits
	root   string
	beside *beside // nil: files hold all columns
}

// Splits lists the files by name.
func (s *source) Splits(context.Context) ([]vexec.Split, error) {
	l, err := list(s.table, s.set)
	if err != nil {
		return nil, err
	}
	if s.beside != nil {
		if err := s.beside.check(l.files); err != nil {
			return nil, err
		}
	}
	s.root = l.root
	s.limits.block = blockFor(len(l.files), s.limits.unit)
	out := make([]vexec.Split, len(l.files))
	for i, f := range l.files {
		out[i] = vexec.Split{ID: f.id, Bytes: f.size}
	}
	return out, nil
}

// manyFiles is how many files that are read from their fronts have blocks of full
// size: many of them may have to be open at once.
const manyFiles = 32

// blockFor is the size of the blocks of one of n files.
func blockFor(n int, unit int64) int64 {
	return max(min(unit, 64<<10), min(unit, unit*manyFiles/int64(max(n, 1))))
}

// Bounded is true: what is in the files when the query begins is read.
func (s *source) Bounded() bool { return true }

// Open begins a file.
func (s *source) Open(_ context.Context, scan *vexec.Scan, split vexec.Split, from vexec.Position) (vexec.SplitReader, error) {
	return s.open(scan, split, from, s.limits)
}

func (s *source) open(scan *vexec.Scan, split vexec.Split, from vexec.Position, l limits) (vexec.SplitReader, error) {
	path := s.pathOf(split)
	return s.beside.open(path, scan, func(files *vexec.Scan) (vexec.SplitReader, error) {
		return s.openFile(path, files, split, from, l)
	})
}

func (s *source) pathOf(split vexec.Split) string {
	if s.root == "" {
		s.root = rootOf(s.set.path)
	}
	return filepath.Join(s.root, filepath.FromSlash(split.ID))
}

// LeavesOut reports whether the file is not read at all, since its folders say that
// none of its rows is wanted.
func (s *source) LeavesOut(scan *vexec.Scan, split vexec.Split) bool {
	if s.beside == nil || len(scan.Terms) == 0 || scan.TimeCol >= 0 {
		return false
	}
	v, err := s.beside.view(s.pathOf(split), scan)
	return err == nil && v.none
}

// openFile begins what a file itself holds.
func (s *source) openFile(path string, scan *vexec.Scan, split vexec.Split, from vexec.Position, l limits) (vexec.SplitReader, error) {
	in, err := describe(s.table, s.set, path)
	if err != nil {
		return nil, err
	}
	in.id = split.ID
	if in.format == formatParquet {
		r, err := parquet.Open(path, scan, split, from)
		return r, orMixedUp(s.table, in, err)
	}
	if in.format == formatArrow {
		r, err := arrowipc.Open(path, scan, split, from)
		return r, orMixedUp(s.table, in, err)
	}
	at, err := offsetOf(from, split.ID)
	if err != nil {
		return nil, err
	}
	f, err := openFile(s.table, in)
	if err != nil {
		return nil, err
	}
	r, err := s.text(f, in, scan, l, at)
	if err != nil {
		f.Close()
	}
	return r, err
}

// text begins a file of text at a byte.
func (s *source) text(f *openedFile, in input, scan *vexec.Scan, l limits, at int64) (vexec.SplitReader, error) {
	if in.codec == "" {
		var head [magicBytes]byte
		n, err := f.ReadAt(head[:], 0)
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("cannot read %s: %w", f.path, err)
		}
		if err := mixedUp(s.table, in, head[:n]); err != nil {
			return nil, err
		}
		if s.set.codec == codecAuto {
			in.codec = sniff(head[:n])
		}
	}
	if at > f.size && in.codec == "" {
		return nil, fmt.Errorf("%s has %d bytes, but reading is to go on at byte %d: the file has been replaced or cut since", f.path, f.size, at)
	}
	if in.format == formatNDJSON && in.codec == "" {
		return newRanges(f, scan, l, at), nil
	}
	if l.block > 0 {
		l.unit = min(l.unit, l.block)
	}
	return newStream(f, in, scan, s.set.csv, l, at)
}

// peekBytes is how much of a text is read to find where in time it begins.
const peekBytes = 16 << 10

// FirstTime finds the least event time of the first records that have one.
func (s *source) FirstTime(ctx context.Context, scan *vexec.Scan, split vexec.Split) (ir.Micros, bool, error) {
	l := s.limits
	l.unit = min(l.unit, peekBytes)
	r, err := s.open(scan, split, nil, l)
	if err != nil {
		return 0, false, err
	}
	defer r.Close()
	u, err := r.Claim(ctx)
	if err == io.EOF {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	d, err := r.NewDecoder()
	if err != nil {
		return 0, false, err
	}
	defer d.Close()
	if _, err := d.Begin(ctx, u); err != nil {
		return 0, false, err
	}
	return leastTime(d, scan)
}

// leastTime is the least time of the decoder's first batch that has one.
func leastTime(d vexec.Decoder, scan *vexec.Scan) (least ir.Micros, ok bool, err error) {
	var b vexec.Batch
	for {
		b.Reset(scan.Schema)
		if err := d.Next(&b, &vexec.BadRows{}); err == io.EOF {
			return 0, false, nil
		} else if err != nil {
			return 0, false, err
		}
		v := &b.Cols[scan.TimeCol]
		least = ir.MaxMicros
		for i := range b.Live() {
			if r := b.Row(i); !v.Null(r) {
				f, j := v.At(r)
				least = min(least, microsOf(f, j))
			}
		}
		if least != ir.MaxMicros {
			return least, true, nil
		}
	}
}

// microsOf is the time at row j of a flat vector; nanoseconds are floored.
func microsOf(v *vexec.Vec, j int) ir.Micros {
	t := v.Int64s()[j]
	if !v.Type.Nanos() {
		return ir.Micros(t)
	}
	if t%1000 < 0 {
		return ir.Micros(t/1000 - 1)
	}
	return ir.Micros(t / 1000)
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

// stdinSource is standard input: one split that cannot be read again.
type stdinSource struct {
	table  *ir.Table
	set    settings
	limits limits
	from   io.Reader
	beside *beside // nil: the rows hold all columns
}

// stdinSplit is what standard input is called in messages and dead letters.
const stdinSplit = "standard input"

func (s *stdinSource) Splits(context.Context) ([]vexec.Split, error) {
	return []vexec.Split{{ID: stdinSplit}}, nil
}

// Bounded is what the table says: nobody else knows.
func (s *stdinSource) Bounded() bool { return ends(s.table) }

// Open goes on with what comes now, also after a restart.
func (s *stdinSource) Open(_ context.Context, scan *vexec.Scan, split vexec.Split, _ vexec.Position) (vexec.SplitReader, error) {
	return s.beside.open(stdinSplit, scan, func(rows *vexec.Scan) (vexec.SplitReader, error) { return s.open(rows, split), nil })
}

func (s *stdinSource) open(scan *vexec.Scan, split vexec.Split) vexec.SplitReader {
	if s.set.format == formatArrow {
		open := func() (io.ReadCloser, error) { return unpackPipe(stdinSplit, s.from, s.set.codec) }
		return arrowipc.OpenPipe(stdinSplit, open, scan, split)
	}
	in := input{format: s.set.format, codec: s.set.codec}
	return openPipe(stdinSplit, s.from, in, scan, s.set.csv, s.limits)
}
