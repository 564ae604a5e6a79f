package parquet

import (
	"errors"
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// columnReader decodes one column of the batch: of one row group after the other,
// forwards.
type columnReader interface {
	name() string
	// open begins a row group, whose column chunks are cols.
	open(f *file, cols []chunkMeta, u *unpacker) error
	close()
	// seek goes to a row, which is not before the one that is next.
	seek(row int64) error
	// fill makes vec the next n rows; of some, where it is not nil, rows of which the
	// others may hold anything. A value that the type cannot hold is NULL with nullBad,
	// else one of badOnes.
	fill(n int, some []stretch, nullBad bool) error
	takeNulls(row int64, to *vexec.BadRows)
	vec() *vexec.Vec
	badOnes() []badValue
	batchRowsFor(cols []chunkMeta, rows int64) int
}

// newColumn finds the way from a node of the file to the declared type.
func newColumn(n *node, want *ir.Type) (columnReader, error) {
	if n.leaf == nil || n.leaf.maxRep > 0 {
		return newNested(n, want)
	}
	p, err := newPlan(n.leaf, want)
	if err != nil {
		return nil, err
	}
	return &column{plan: p}, nil
}

// stretch is the rows [from, to) of a batch.
type stretch struct{ from, to int }

// column decodes one column of values of one row group. Pages of different columns
// end at different rows, so each column keeps its own place.
type column struct {
	nulls  vexec.BadRows // values that were made NULL since takeNulls; Offset is the row of the batch
	plan   *plan
	src    pages
	page   *page   // nil: none
	held   []*page // used-up pages that out still points into
	row    int64   // of the row group, the next one
	sparse bool    // some rows of out are passed over
	flat   bool    // out must not be a Dict

	dict  dictionary
	out   vexec.Vec
	text  textOut
	mask  []byte // memory of out.Valid
	bad   []badValue
	defs  []byte // memory of levels
	code  []int32
	tmp   vexec.Vec
	tmp4  vexec.Vec
	tmp12 []byte
}

// badValue is a value that the declared type cannot hold.
type badValue struct {
	row    int32 // of the batch; within dense decoding: of the values decoded
	value  string
	reason string
}

// takeNulls moves the counts of values that were made NULL, of the batch that begins at
// row.
func (c *column) takeNulls(row int64, to *vexec.BadRows) {
	if c.nulls.Nulls > 0 {
		c.nulls.FirstNull.Offset += row
		to.TakeNulls(&c.nulls)
		c.nulls.Nulls = 0
	}
}

func (c *column) name() string        { return c.plan.leaf.name }
func (c *column) vec() *vexec.Vec     { return &c.out }
func (c *column) badOnes() []badValue { return c.bad }

// batchRowsFor is how many rows a batch should have.
func (c *column) batchRowsFor([]chunkMeta, int64) int { return batchRows }

func (c *column) open(f *file, cols []chunkMeta, u *unpacker) error {
	c.close()
	c.row = 0
	return c.src.open(f, c.plan.leaf, &cols[c.plan.leaf.index], u)
}

func (c *column) close() {
	c.endPage(true)
	c.releaseHeld()
	if c.dict.page != nil {
		c.src.release(c.dict.page)
		c.dict.page = nil
	}
}

func (c *column) releaseHeld() {
	for _, g := range c.held {
		c.src.release(g)
	}
	c.held = c.held[:0]
}

// endPage lets go of the page, which stays readable until the next batch where
// out points into it.
func (c *column) endPage(now bool) {
	if c.page == nil {
		return
	}
	if c.plan.text && !now {
		c.held = append(c.held, c.page)
	} else {
		c.src.release(c.page)
	}
	c.page = nil
}

// nextPage goes to the next page that has rows; io.EOF: there is none.
func (c *column) nextPage() error {
	lim := &c.src.file.limits
	for {
		c.endPage(false)
		g, err := c.src.next()
		if err != nil {
			return err
		}
		if g.head.kind == pageDict {
			if c.dict.page != nil {
				return errors.New("the file is damaged: the column has two dictionaries")
			}
			if err := c.dict.load(c.plan, g, lim); err != nil {
				return err
			}
			continue
		}
		if err := g.vals.begin(c.plan.leaf, g, g.head.encoding, lim); err != nil {
			return err
		}
		if g.vals.coded() && c.dict.page == nil {
			return errors.New("the file is damaged: a page has dictionary codes, but there is no dictionary before it")
		}
		c.page = g
		if g.left > 0 {
			return nil
		}
	}
}

// begin makes out ready for n rows.
func (c *column) begin(n int) {
	c.releaseHeld()
	c.bad = c.bad[:0]
	c.text.form = undecided
	if !c.plan.text {
		c.out.Reset(c.plan.want, n)
	}
	c.out.Valid = nil
}

// fill makes out the next n rows; of some, where it is not nil, the others hold
// anything.
func (c *column) fill(n int, some []stretch, nullBad bool) error {
	c.begin(n)
	c.sparse = some != nil
	if some == nil {
		some = []stretch{{0, n}}
	}
	at := 0
	for _, s := range some {
		if err := c.skip(s.from - at); err != nil {
			return err
		}
		if err := c.rows(s.from, s.to, n); err != nil {
			return err
		}
		at = s.to
	}
	if err := c.skip(n - at); err != nil {
		return err
	}
	if c.plan.text {
		c.text.finish(c, n)
	}
	if nullBad {
		c.nullBad(n)
	}
	return nil
}

// rows decodes the next rows into [at, to) of the n rows of out.
func (c *column) rows(at, to, n int) error {
	for at < to {
		if c.page == nil || c.page.left == 0 {
			if err := c.nextPage(); err != nil {
				return err
			}
		}
		k := min(to-at, c.page.left)
		if err := c.part(at, k, n); err != nil {
			return err
		}
		at += k
		c.page.left -= k
		c.row += int64(k)
	}
	return nil
}

// part decodes k rows of the page into out from row at on, of n.
func (c *column) part(at, k, n int) error {
	defs, values, err := c.page.defs.flags(k, &c.defs)
	if err != nil {
		return err
	}
	badFrom := len(c.bad)
	if err := c.decode(at, values, n); err != nil {
		return err
	}
	if defs != nil {
		c.spread(at, defs, values, n, badFrom)
	}
	return nil
}

// decode decodes values of the page into out from row at on, of n.
func (c *column) decode(at, values, n int) error {
	switch {
	case c.plan.text:
		return c.text.part(c, at, values, n)
	case c.page.vals.coded():
		return c.gather(at, values)
	}
	return c.plan.decode(c, &c.out, at, values)
}

// seek goes to a row, which is not before c.row.
func (c *column) seek(row int64) error {
	for c.row < row {
		if err := c.skip(int(min(row-c.row, 1<<30))); err != nil {
			return err
		}
	}
	return nil
}

// skip passes over n rows: over whole pages without unpacking them.
func (c *column) skip(n int) error {
	for n > 0 {
		if c.page == nil || c.page.left == 0 {
			k, err := c.src.passOver(n)
			if err != nil {
				return err
			}
			c.row += int64(k)
			if n -= k; n == 0 {
				return nil
			}
			if err := c.nextPage(); err != nil {
				return err
			}
		}
		k := min(n, c.page.left)
		for done := 0; done < k; {
			part := min(k-done, batchRows)
			_, values, err := c.page.defs.flags(part, &c.defs)
			if err != nil {
				return err
			}
			if err := c.page.vals.skip(values); err != nil {
				return err
			}
			done += part
		}
		c.page.left -= k
		c.row += int64(k)
		n -= k
	}
	return nil
}

// codes reads the next n codes, valid until the next call, for the rows from at on.
func (c *column) codes(at, n int) ([]int32, error) {
	if cap(c.code) < n {
		c.code = make([]int32, max(n, batchRows))
	}
	out := c.code[:n]
	return out, c.codesInto(at, out)
}

// codesInto reads codes and looks at each: one beyond the dictionary would harm
// whoever reads the batch.
func (c *column) codesInto(at int, out []int32) error {
	if err := c.page.vals.runs.next(out); err != nil {
		return err
	}
	most := uint32(0)
	for _, code := range out {
		most = max(most, uint32(code))
	}
	if len(out) > 0 && most >= uint32(c.dict.n) {
		return fmt.Errorf("the file is damaged: code %d in a dictionary of %d values", most, c.dict.n)
	}
	c.dict.addBad(c, at, out)
	return nil
}

// gather looks the next n codes up in the dictionary.
func (c *column) gather(at, n int) error {
	codes, err := c.codes(at, n)
	if err != nil {
		return err
	}
	d := &c.dict.vec
	switch c.plan.want.Kind.Width() {
	case 1:
		gather(c.out.Int8s()[at:], d.Int8s(), codes)
	case 2:
		gather(c.out.Int16s()[at:], d.Int16s(), codes)
	case 4:
		gather(c.out.Int32s()[at:], d.Int32s(), codes)
	case 8:
		gather(c.out.Int64s()[at:], d.Int64s(), codes)
	case 16:
		gather(c.out.Decs()[at:], d.Decs(), codes)
	default: // BOOLEAN
		for i, code := range codes {
			if vexec.Bit(d.Data, int(code)) {
				vexec.SetBit(c.out.Data, at+i)
			}
		}
	}
	return nil
}

func gather[T any](out, dict []T, codes []int32) {
	out = out[:len(codes)]
	for i, code := range codes {
		out[i] = dict[code]
	}
}

// nullBad makes what could not be converted NULL.
func (c *column) nullBad(n int) {
	if len(c.bad) > 0 && c.out.Valid == nil {
		c.mask = vexec.GrowBytes(c.mask, (n+7)/8)
		for i := range c.mask {
			c.mask[i] = 0xFF
		}
		c.out.Valid = c.mask
	}
	for _, b := range c.bad {
		c.nulls.AddNull(vexec.BadRow{Column: c.name(), Reason: b.reason, Offset: int64(b.row)})
		vexec.ClearBit(c.out.Valid, int(b.row))
	}
	c.bad = c.bad[:0]
}

// greatest is the greatest event time in the n rows of v. A value that could not
// be converted is none: its row is taken out, or has a NULL.
func greatest(v *vexec.Vec, n int) ir.Micros {
	most := ir.MinMicros
	nanos := v.Type.Nanos()
	for i, t := range v.Int64s()[:n] {
		if v.Valid != nil && !vexec.Bit(v.Valid, i) {
			continue
		}
		if nanos {
			t = kernels.FloorDiv(t, 1000)
		}
		most = max(most, ir.Micros(t))
	}
	return most
}

func (c *column) addBad(row int, value, format string, args ...any) {
	c.bad = append(c.bad, badValue{row: int32(row), value: value, reason: fmt.Sprintf(format, args...)})
}
