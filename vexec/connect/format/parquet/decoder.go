package parquet

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// batchRows is how many rows a batch has where the scan does not ask for fewer:
// its columns stay in the second-level cache.
const batchRows = 8192

// decoder streams one row group at a time.
type decoder struct {
	r     *reader
	cols  []columnReader
	terms []*term
	sieve *vexec.KeySieve // nil: the scan has no filters
	keys  [][]*term       // what the keys of each filter fulfil
	order []int           // the columns, those of terms first, then those of filters
	ready [][]int         // by position in order: the filters whose last column it is
	group int
	row   int64      // next row of the row group
	rows  int64      // in the row group
	batch int        // rows of a batch
	keep  []rowRange // the rows that can be wanted; the others need not be decoded
	gone  int64      // rows that are in no batch
	sel   []int32
	need  []int32 // rows that are decoded: of sel, and bad ones
	some  []stretch
	fail  error         // what Next met; the unit gives nothing any more
	done  bool          // closed
	nulls vexec.BadRows // counts of values that were made NULL, for Next

	unpack unpacker
}

func newDecoder(r *reader, cols []columnReader) *decoder {
	d := &decoder{r: r, cols: cols, terms: newTerms(r.scan.Terms, r.scan, cols), sieve: vexec.NewKeySieve(r.scan.Filters)}
	for _, t := range d.terms {
		d.then(t.Col)
	}
	last := make([]int, len(r.scan.Filters))
	for i, f := range r.scan.Filters {
		d.keys = append(d.keys, newTerms(f.Terms, r.scan, cols))
		for _, c := range f.Cols {
			last[i] = max(last[i], d.then(c))
		}
	}
	for i := range cols {
		d.then(i)
	}
	d.ready = make([][]int, len(cols))
	for i, at := range last {
		d.ready[at] = append(d.ready[at], i)
	}
	return d
}

// then puts a column behind those in order, unless it is among them, and returns its place.
func (d *decoder) then(col int) int {
	if at := slices.Index(d.order, col); at >= 0 {
		return at
	}
	d.order = append(d.order, col)
	return len(d.order) - 1
}

// FiltersKeys implements vexec.KeyDecoder.
func (d *decoder) FiltersKeys() bool { return true }

// Begin opens the row group's columns and finds its greatest event time: from the
// statistics, or else by decoding that column once more. Where no row can be wanted,
// nothing else is read.
func (d *decoder) Begin(ctx context.Context, u vexec.Unit) (most ir.Micros, err error) {
	defer d.r.file.Guard(&err)
	d.closeColumns()
	d.sieve.Begin()
	d.fail = nil
	d.group = u.Piece.(int)
	m := &d.r.file.meta.groups[d.group]
	d.row, d.rows, d.gone = 0, m.rows, 0
	keep, whole := d.wanted(d.group)
	d.keep = nil
	if !whole {
		d.keep = keep
	}
	none := !whole && len(keep) == 0
	if most, err = d.greatest(ctx, none); err != nil {
		return 0, err
	}
	if none {
		d.gone, d.row = d.rows, d.rows
		return most, nil
	}
	d.batch = batchRows
	if d.r.scan.MaxRows > 0 {
		d.batch = min(d.batch, d.r.scan.MaxRows)
	}
	for _, c := range d.cols {
		d.batch = min(d.batch, c.batchRowsFor(m.cols, m.rows))
	}
	return most, d.openColumns()
}

// greatest is the greatest event time of the row group. none says that no row of it
// will be looked at.
func (d *decoder) greatest(ctx context.Context, none bool) (ir.Micros, error) {
	t := d.r.scan.TimeCol
	if t < 0 {
		return ir.MinMicros, nil
	}
	if most, ok := d.r.greatest(d.group, d.cols[t], none); ok {
		return most, nil
	}
	return d.scanTime(ctx, d.cols[t])
}

// Skipped implements vexec.Skipper: how many rows of the unit were in no batch.
func (d *decoder) Skipped() int64 { return d.gone }

func (d *decoder) openColumns() error {
	for i := range d.cols {
		if err := d.openColumn(d.cols[i]); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) openColumn(c columnReader) error {
	if err := c.open(d.r.file, d.r.file.meta.groups[d.group].cols, &d.unpack); err != nil {
		return d.inColumn(c, err)
	}
	return nil
}

func (d *decoder) closeColumns() {
	for i := range d.cols {
		d.cols[i].close()
	}
}

// scanTime decodes the event-time column alone.
func (d *decoder) scanTime(ctx context.Context, c columnReader) (ir.Micros, error) {
	if err := d.openColumn(c); err != nil {
		return 0, err
	}
	defer c.close()
	most := ir.MinMicros
	for row := int64(0); row < d.rows; row += batchRows {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		n := int(min(batchRows, d.rows-row))
		if err := c.fill(n, nil, true); err != nil {
			return 0, d.inColumn(c, err)
		}
		most = max(most, greatest(c.vec(), n))
	}
	return most, nil
}

// inColumn says where in the file an error is.
func (d *decoder) inColumn(c columnReader, err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = errEnds
	}
	return fmt.Errorf("row group %d, column %s: %w", d.group, c.name(), err)
}

// Next fills b with the next rows of all columns.
func (d *decoder) Next(b *vexec.Batch, bad *vexec.BadRows) (err error) {
	defer func() {
		if err != nil && err != io.EOF {
			d.fail = err
		}
	}()
	if d.fail != nil {
		return d.fail
	}
	defer d.r.file.Guard(&err)
	for {
		n := d.extent()
		if n == 0 {
			return io.EOF
		}
		found, err := d.fill(b, n, bad)
		d.row += int64(n)
		d.handNulls(bad)
		if found || err != nil {
			return err
		}
		d.gone += int64(n)
	}
}

// handNulls hands on the counts of values that were made NULL.
func (d *decoder) handNulls(bad *vexec.BadRows) {
	if d.nulls.Nulls == 0 {
		return
	}
	d.nulls.FirstNull.Split = d.r.split.ID
	d.nulls.FirstNull.Offset += d.r.file.meta.rowsFrom[d.group]
	bad.TakeNulls(&d.nulls)
	d.nulls.Nulls = 0
}

// extent is how many rows the next batch has; 0: there is none. Without event time
// it goes on to rows that can be wanted.
func (d *decoder) extent() int {
	end := d.rows
	if d.r.scan.TimeCol < 0 && d.keep != nil {
		for len(d.keep) > 0 && d.keep[0].to <= d.row {
			d.keep = d.keep[1:]
		}
		from := d.rows
		if len(d.keep) > 0 {
			from, end = max(d.keep[0].from, d.row), d.keep[0].to
		}
		d.gone += from - d.row
		d.row = from
	}
	return int(min(int64(d.batch), end-d.row))
}

// fill makes b the next n rows; false: none of them is wanted, and b need not go out.
func (d *decoder) fill(b *vexec.Batch, n int, bad *vexec.BadRows) (bool, error) {
	b.Reset(d.r.scan.Schema)
	b.Rows = n
	timed := d.r.scan.TimeCol
	sel, need := d.kept(n)
	anyBad := false
	for at, i := range d.order {
		c := d.cols[i]
		var some []stretch
		switch {
		case need == nil || i == timed:
		case len(need) == 0:
			b.Cols[i] = nothing(d.r.scan.Schema.Cols[i].Type)
			continue
		default:
			if some = stretches(need, n, d.some); some != nil {
				d.some = some
			}
		}
		if err := d.column(c, n, some); err != nil {
			return false, err
		}
		b.Cols[i] = *c.vec()
		sel = d.apply(i, n, sel)
		for _, f := range d.ready[at] {
			if sel = d.sieve.Rows(f, b.Cols, n, sel, d.selection(n)); len(sel) == n {
				sel = nil
			}
		}
		if bads := c.badOnes(); len(bads) > 0 {
			anyBad = true
			need = d.withBad(sel, bads, n)
		} else if anyBad {
			need = d.withBad(sel, d.bads(at), n)
		} else {
			need = sel
		}
	}
	if sel != nil && len(sel) == 0 && timed < 0 && !anyBad {
		return false, nil
	}
	b.Sel = sel
	if anyBad {
		d.takeOut(b, bad)
	}
	return true, nil
}

// column decodes n rows of one column.
func (d *decoder) column(c columnReader, n int, some []stretch) error {
	err := c.seek(d.row)
	if err == nil {
		err = c.fill(n, some, d.r.scan.NullBad)
	}
	if err != nil {
		return d.inColumn(c, err)
	}
	c.takeNulls(d.row, &d.nulls)
	return nil
}

// kept are the rows of the batch that can be wanted, and that have to be decoded;
// nil: all of them.
func (d *decoder) kept(n int) (sel, need []int32) {
	if d.keep == nil || d.r.scan.TimeCol < 0 {
		return nil, nil
	}
	sel = d.selection(n)[:0]
	for _, k := range d.keep {
		for r := max(k.from-d.row, 0); r < min(k.to-d.row, int64(n)); r++ {
			sel = append(sel, int32(r))
		}
	}
	return sel, sel
}

// selection is memory for n rows.
func (d *decoder) selection(n int) []int32 {
	if cap(d.sel) < n+1 {
		d.sel = make([]int32, n, max(n+1, batchRows)) // not nil even without rows, which would be all rows
	}
	return d.sel[:n]
}

// apply leaves those rows of sel that fulfil the terms on column i.
func (d *decoder) apply(i, n int, sel []int32) []int32 {
	for _, t := range d.terms {
		if t.Col == i {
			sel = t.rows(d.cols[i].(*column), n, sel, d.selection(n))
		}
	}
	return sel
}

// bads are the bad values of the first columns in order, up to the one at position at.
func (d *decoder) bads(at int) (out []badValue) {
	for _, i := range d.order[:at+1] {
		out = append(out, d.cols[i].badOnes()...)
	}
	return out
}

// withBad adds rows with bad values to sel: they are printed.
func (d *decoder) withBad(sel []int32, bads []badValue, n int) []int32 {
	if sel == nil {
		return nil
	}
	rows := append(d.need[:0], sel...)
	for _, b := range bads {
		rows = append(rows, b.row)
	}
	slices.Sort(rows)
	d.need = slices.Compact(rows)
	return d.need
}

// Close lets go of the file.
func (d *decoder) Close() error {
	if d.done {
		return nil
	}
	d.done = true
	d.closeColumns()
	d.unpack.close()
	return d.r.file.Release()
}
