package arrowipc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/columnfile"
)

// reader hands out the record batches of one file. Its position is the number of the
// next record batch, as text.
type reader struct {
	file  *file
	scan  *vexec.Scan
	split vexec.Split
	cols  []int // of scan.Schema: which columns of the file
	next  int
	at    int64        // a stream: where the next message stands
	dicts dictionaries // that hold there
	rows  int64        // before it
}

// piece is what a unit names.
type piece struct {
	number int
	at     place // a file's; a stream's is known from msg
	msg    *message
	first  int64 // a stream: rows before it
	dicts  dictionaries
}

// Open begins to read the Arrow file or stream at path at a record batch, from nil at
// the first. Columns are found by name. A column that the file does not have, or has
// with a type that the declared one cannot take, is an error here; a value that is out
// of the declared type's range is a bad row later.
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
	r := &reader{file: f, scan: scan, split: split, at: f.start, dicts: f.dicts}
	if err = r.choose(); err == nil && from != nil {
		err = r.forward(from)
	}
	return r, err
}

// choose finds the columns that are wanted.
func (r *reader) choose() error {
	for _, c := range r.scan.Schema.Cols {
		i, err := r.file.schema.find(c.Name)
		if err != nil {
			return err
		}
		r.cols = append(r.cols, i)
	}
	_, err := r.columns()
	return err
}

// columns makes the columns of one decoder.
func (r *reader) columns() (out []*conv, err error) {
	for i, c := range r.scan.Schema.Cols {
		x, err := newConv(r.file.schema.cols[r.cols[i]], c.Type, 0)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// forward goes on to the record batch that a position names.
func (r *reader) forward(from vexec.Position) error {
	n, err := strconv.Atoi(string(from))
	for err == nil && r.file.stream && r.next < n {
		if _, err = r.claim(); err != nil && err != io.EOF {
			return err
		}
	}
	if err != nil || n < 0 || !r.file.stream && n > len(r.file.batches) {
		have := len(r.file.batches)
		if r.file.stream {
			have = r.next
		}
		return fmt.Errorf("cannot go on at record batch %q: the file has %d; it is not the file that the checkpoint was made with", from, have)
	}
	r.next = n
	return nil
}

// Claim takes the next record batch.
func (r *reader) Claim(context.Context) (u vexec.Unit, err error) {
	defer r.file.Guard(&err)
	p, err := r.claim()
	if err != nil {
		return vexec.Unit{}, err
	}
	return vexec.Unit{Piece: p, Bytes: p.at.meta + p.at.body}, nil
}

func (r *reader) claim() (*piece, error) {
	if r.file.stream {
		return r.claimStream()
	}
	if r.next >= len(r.file.batches) {
		return nil, io.EOF
	}
	p := &piece{number: r.next, at: r.file.batches[r.next], dicts: r.dicts}
	r.next++
	return p, nil
}

// claimStream passes over dictionaries to the next record batch.
func (r *reader) claimStream() (*piece, error) {
	for {
		m, err := r.file.message(r.at)
		if err != nil {
			return nil, err
		}
		if m.kind == 0 {
			return nil, io.EOF
		}
		r.at = m.at + m.meta + m.body
		if p, err := r.take(m); p != nil || err != nil {
			return p, err
		}
	}
}

// take takes the next message of a stream; nil: it is a dictionary.
func (r *reader) take(m *message) (p *piece, err error) {
	switch m.kind {
	case kindBatch:
		r.next++
		p = &piece{number: r.next - 1, at: m.place, msg: m, first: r.rows, dicts: r.dicts}
		r.rows += max(m.header.i64(0), 0)
	case kindDictionary:
		r.dicts, err = r.dicts.with(r.file, m)
	default:
		err = fmt.Errorf("the Arrow stream is damaged: behind %d record batches stands a message of kind %d, neither a record batch nor a dictionary", r.next, m.kind)
	}
	return p, err
}

func (r *reader) Position() vexec.Position { return vexec.Position(strconv.Itoa(r.next)) }

func (r *reader) NewDecoder() (vexec.Decoder, error) {
	cols, err := r.columns()
	if err != nil {
		return nil, r.file.Name(err)
	}
	r.file.Use()
	return &decoder{r: r, cols: cols, load: loader{file: r.file}}, nil
}

func (r *reader) Close() error { return r.file.Release() }

// batchRows is how many rows a batch has where the scan does not ask for fewer.
const batchRows = 8192

// decoder streams one record batch at a time.
type decoder struct {
	r      *reader
	cols   []*conv
	load   loader
	arrays []*array // by position in cols
	number int      // of the record batch
	row    int
	rows   int
	batch  int
	first  int64 // a stream: rows before it
	sel    []int32
	fail   error
	done   bool
}

// Begin reads the buffers of the columns that are wanted, and looks for the greatest
// event time.
func (d *decoder) Begin(ctx context.Context, u vexec.Unit) (most ir.Micros, err error) {
	defer d.r.file.Guard(&err)
	p := u.Piece.(*piece)
	d.number, d.first, d.row, d.rows, d.fail = p.number, p.first, 0, 0, nil
	if err := d.begin(p); err != nil {
		d.fail = d.inBatch(err)
		return 0, d.fail
	}
	// Batches of a multiple of 64 rows begin at bytes of bitmaps, and at words.
	d.batch = batchRows
	if most := d.r.scan.MaxRows; most > 0 {
		d.batch = min(d.batch, (most+63)/64*64)
	}
	if d.r.scan.TimeCol < 0 {
		return ir.MinMicros, nil
	}
	most, err = d.greatest(ctx, d.r.scan.TimeCol)
	return most, d.inBatch(err)
}

func (d *decoder) begin(p *piece) error {
	m := p.msg
	if m == nil {
		var err error
		if m, err = d.r.file.message(p.at.at); err != nil {
			return err
		}
	}
	if m.kind != kindBatch {
		return errBatch
	}
	if err := d.load.begin(m.header, m, p.dicts); err != nil {
		return err
	}
	want := make(map[int]bool, len(d.r.cols))
	for _, i := range d.r.cols {
		want[i] = true
	}
	all := make([]*array, len(d.r.file.schema.cols))
	for i, f := range d.r.file.schema.cols {
		a, err := d.load.take(f, want[i])
		if err != nil {
			return err
		}
		if int64(a.n) < d.load.meta.rows {
			return errBatch
		}
		all[i] = a
	}
	d.arrays = d.arrays[:0]
	for _, i := range d.r.cols {
		d.arrays = append(d.arrays, all[i])
	}
	d.rows = int(d.load.meta.rows)
	return nil
}

// inBatch says where in the file an error is.
func (d *decoder) inBatch(err error) error {
	if err == nil || errors.Is(err, errCutOff) || columnfile.Named(err) {
		return err
	}
	return fmt.Errorf("record batch %d: %w", d.number, err)
}

// greatest decodes the event-time column alone.
func (d *decoder) greatest(ctx context.Context, col int) (ir.Micros, error) {
	most := ir.MinMicros
	for row := 0; row < d.rows; row += d.batch {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		n := min(d.batch, d.rows-row)
		c := d.cols[col]
		x := d.slice()
		if err := c.run(x, d.arrays[col], row, n); err != nil {
			return 0, err
		}
		most = max(most, greatest(&c.out, n, x.bad))
	}
	return most, nil
}

// greatest is the greatest time of n rows of v, leaving out bad ones.
func greatest(v *vexec.Vec, n int, bad []badValue) ir.Micros {
	most := ir.MinMicros
	times := v.Int64s()[:n]
	for i, t := range times {
		if len(bad) > 0 && bad[0].row == i {
			bad = bad[1:]
			continue
		}
		if v.Valid != nil && !vexec.Bit(v.Valid, i) {
			continue
		}
		us := ir.Micros(t)
		if v.Type.Nanos() {
			us = ir.Micros(kernels.FloorDiv(t, 1000))
		}
		most = max(most, us)
	}
	return most
}

func (d *decoder) slice() *slice {
	return &slice{file: d.r.file, nullBad: d.r.scan.NullBad}
}

// Next fills b with the next rows of all columns.
func (d *decoder) Next(b *vexec.Batch, bad *vexec.BadRows) (err error) {
	if d.fail != nil {
		return d.fail
	}
	defer func() {
		if err != nil && err != io.EOF {
			d.fail = err
		}
	}()
	defer d.r.file.Guard(&err)
	n := min(d.batch, d.rows-d.row)
	if n <= 0 {
		return io.EOF
	}
	b.Reset(d.r.scan.Schema)
	b.Rows = n
	bads := make([][]badValue, len(d.cols))
	any := false
	for i, c := range d.cols {
		x := d.slice()
		if err := c.run(x, d.arrays[i], d.row, n); err != nil {
			return d.inBatch(err)
		}
		b.Cols[i] = c.out
		bads[i] = x.bad
		any = any || len(x.bad) > 0
	}
	if any {
		d.takeOut(b, bads, bad)
	}
	d.row += n
	return nil
}

// Close lets go of the file.
func (d *decoder) Close() error {
	if d.done {
		return nil
	}
	d.done = true
	d.load.close()
	return d.r.file.Release()
}

var _ vexec.SplitReader = (*reader)(nil)
