package file

import (
	"context"
	"io"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// partitionView is a scan of one file of a table with partitions: what its file is
// asked for, and what its folders say.
type partitionView struct {
	scan   *vexec.Scan
	files  *vexec.Scan
	from   []int       // by column of the scan: its place in that of files; -1: the folders say it
	values []vexec.Vec // by column of the scan: what the folders say
	timed  bool        // the folders say the event time, too
	none   bool        // no row fulfils the terms: the file is read for its times alone
}

// view fits a scan to the file at path.
func (p *partitions) view(path string, scan *vexec.Scan) (*partitionView, error) {
	values, err := p.values(path)
	if err != nil {
		return nil, err
	}
	v := &partitionView{scan: scan, from: make([]int, len(scan.Cols)), values: make([]vexec.Vec, len(scan.Cols))}
	for i, c := range scan.Cols {
		v.from[i] = -1
		if at, ok := p.at[c]; ok {
			v.values[i] = values[at]
			v.timed = v.timed || i == scan.TimeCol
		}
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
func (v *partitionView) ask(p *partitions) {
	files := *v.scan
	files.Table, files.Cols, files.Paths, files.Terms, files.TimeCol = p.files, nil, nil, nil, -1
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

// partitionReader is a file with the columns that its folders say.
type partitionReader struct {
	vexec.SplitReader
	view *partitionView
}

func (r partitionReader) NewDecoder() (vexec.Decoder, error) {
	d, err := r.SplitReader.NewDecoder()
	if err != nil {
		return nil, err
	}
	return &partitionDecoder{Decoder: d, view: r.view}, nil
}

// partitionDecoder puts what the folders say beside what the file holds.
type partitionDecoder struct {
	vexec.Decoder
	view  *partitionView
	batch vexec.Batch
	times vexec.Vec // where the folders say them
}

// Begin implements vexec.Decoder.
func (d *partitionDecoder) Begin(ctx context.Context, u vexec.Unit) (ir.Micros, error) {
	most, err := d.Decoder.Begin(ctx, u)
	if at := d.view.scan.TimeCol; err == nil && d.view.timed && !d.view.values[at].Null(0) {
		most = microsOf(&d.view.values[at], 0)
	}
	return most, err
}

// Next implements vexec.Decoder.
func (d *partitionDecoder) Next(b *vexec.Batch, bad *vexec.BadRows) error {
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
	for i, from := range v.from {
		switch {
		case from >= 0:
			b.Cols[i] = in.Cols[from]
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
func (d *partitionDecoder) fillTimes(value *vexec.Vec, rows int) {
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
func (d *partitionDecoder) Skipped() int64 {
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
