package file

import (
	"context"
	"io"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// besideView is a scan of one file of a table with columns beside: what the file is
// asked for, and what is known of it.
type besideView struct {
	scan   *vexec.Scan
	files  *vexec.Scan
	from   []int       // by column of the scan: its place in that of files; -1: it is not in them
	values []vexec.Vec // by column of the scan: what is known of the file
	line   []bool      // by column of the scan: it is the row's line
	lines  bool        // some are
	timed  bool        // the event time is known of the file, too
	none   bool        // no row fulfils the terms: the file is read for its times alone
}

// view fits a scan to the file at path.
func (p *beside) view(path string, scan *vexec.Scan) (*besideView, error) {
	values, err := p.values(path)
	if err != nil {
		return nil, err
	}
	v := &besideView{scan: scan, from: make([]int, len(scan.Cols)), values: make([]vexec.Vec, len(scan.Cols)), line: make([]bool, len(scan.Cols))}
	for i, c := range scan.Cols {
		v.from[i] = -1
		if at, ok := p.at[c]; ok {
			v.values[i] = values[at]
			v.timed = v.timed || i == scan.TimeCol
		}
		v.line[i] = slices.Contains(p.line, c)
		v.lines = v.lines || v.line[i]
	}
	for _, t := range scan.Terms {
		if at, ok := p.at[scan.Cols[t.Col]]; ok && !fulfils(&t, values[at].Value(0)) {
			v.none = true
		}
	}
	v.ask(p)
	return v, nil
}

// ask makes the scan of the file: of the columns that the folders do not say, or where
// no row is wanted of the event time alone.
func (v *besideView) ask(p *beside) {
	files := *v.scan
	files.Table, files.Cols, files.Paths, files.Terms, files.Filters, files.TimeCol = p.files, nil, nil, nil, nil, -1
	var keep []int
	for i, c := range v.scan.Cols {
		inner, ok := p.inner[c]
		if !ok || v.none && i != v.scan.TimeCol {
			continue
		}
		v.from[i] = len(keep)
		if i == v.scan.TimeCol {
			files.TimeCol = len(keep)
		}
		keep = append(keep, i)
		files.Cols = append(files.Cols, inner)
		if v.scan.Paths != nil {
			files.Paths = append(files.Paths, v.scan.Paths[i])
		}
	}
	files.Schema = v.scan.Schema.Select(keep)
	v.files = &files
	switch {
	case v.timed: // all rows have the one time, and each has to be there to have it
	case v.none && files.TimeCol >= 0:
		// No time is in an empty list: Parquet is done with what its statistics say.
		files.Terms = []ir.ScanTerm{{Col: files.TimeCol, Op: ir.TermIn, T: files.Schema.Cols[files.TimeCol].Type}}
	case !v.none:
		for _, t := range v.scan.Terms {
			if at := v.from[t.Col]; at >= 0 {
				t.Col = at
				files.Terms = append(files.Terms, t)
			}
		}
	}
}

// open begins the file at path with read, which gets a scan of what the file holds.
func (p *beside) open(path string, scan *vexec.Scan, read func(*vexec.Scan) (vexec.SplitReader, error)) (vexec.SplitReader, error) {
	if p == nil {
		return read(scan)
	}
	v, err := p.view(path, scan)
	if err != nil {
		return nil, err
	}
	if v.none && scan.TimeCol < 0 {
		return leftOut{}, nil
	}
	r, err := read(v.files)
	if err != nil {
		return nil, err
	}
	return besideReader{r, v, path}, nil
}

// besideReader is a file with the columns that it does not hold.
type besideReader struct {
	vexec.SplitReader
	view *besideView
	path string
}

func (r besideReader) NewDecoder() (vexec.Decoder, error) {
	d, err := r.SplitReader.NewDecoder()
	if err != nil {
		return nil, err
	}
	out := &besideDecoder{Decoder: d, view: r.view}
	if r.view.lines {
		lined, ok := d.(linedDecoder)
		if !ok {
			d.Close()
			return nil, noLines(r.view.scan.Table.Name, r.path)
		}
		lined.noteLines()
		out.lined = lined
	}
	return out, nil
}

// besideDecoder puts what is known of a file and its rows beside what they hold.
type besideDecoder struct {
	vexec.Decoder
	view  *besideView
	batch vexec.Batch
	times vexec.Vec    // where they are known of the file
	lined linedDecoder // nil: nobody asks for lines
	lines vexec.Vec
}

// Begin implements vexec.Decoder.
func (d *besideDecoder) Begin(ctx context.Context, u vexec.Unit) (ir.Micros, error) {
	most, err := d.Decoder.Begin(ctx, u)
	if at := d.view.scan.TimeCol; err == nil && d.view.timed && !d.view.values[at].Null(0) {
		most = microsOf(&d.view.values[at], 0)
	}
	return most, err
}

// Next implements vexec.Decoder.
func (d *besideDecoder) Next(b *vexec.Batch, bad *vexec.BadRows) error {
	v, in := d.view, &d.batch
	in.Reset(v.files.Schema)
	if err := d.Decoder.Next(in, bad); err != nil {
		return err
	}
	b.Reset(v.scan.Schema)
	b.Rows, b.Sel = in.Rows, in.Sel
	if v.none {
		b.Sel = []int32{}
	}
	if d.lined != nil {
		d.lines.Reset(ir.TBigInt, in.Rows)
		if err := d.lined.linesOf(d.lines.Int64s()); err != nil {
			return err
		}
	}
	for i, from := range v.from {
		switch {
		case from >= 0:
			b.Cols[i] = in.Cols[from]
		case v.line[i]:
			b.Cols[i] = d.lines
		case i == v.scan.TimeCol:
			d.fillTimes(&v.values[i], in.Rows)
			b.Cols[i] = d.times
		case v.values[i].Type != nil:
			b.Cols[i] = v.values[i]
		default: // nobody looks at it
			b.Cols[i] = vexec.NewVec(v.scan.Schema.Cols[i].Type, 1)
			b.Cols[i].Enc = vexec.Const
		}
	}
	return nil
}

// fillTimes makes times rows long, each the one value.
func (d *besideDecoder) fillTimes(value *vexec.Vec, rows int) {
	d.times.Reset(value.Type, rows)
	if value.Null(0) {
		for i := range rows {
			d.times.SetNull(i, rows)
		}
	}
	t := d.times.Int64s()
	for i := range rows {
		t[i] = value.Int64s()[0]
	}
}

// Skipped implements vexec.Skipper.
func (d *besideDecoder) Skipped() int64 {
	if s, ok := d.Decoder.(vexec.Skipper); ok {
		return s.Skipped()
	}
	return 0
}

// leftOut reads a file of which no row is wanted.
type leftOut struct{}

func (leftOut) Claim(context.Context) (vexec.Unit, error) { return vexec.Unit{}, io.EOF }
func (leftOut) Position() vexec.Position                  { return nil }
func (leftOut) NewDecoder() (vexec.Decoder, error)        { return nil, io.ErrUnexpectedEOF }
func (leftOut) Close() error                              { return nil }
