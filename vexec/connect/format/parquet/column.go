package parquet

import (
	"bytes"
	"fmt"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// column decodes one column of one row group. Pages of different columns end at
// different rows, so each column keeps its own place.
type column struct {
	plan  *plan
	pages pq.Pages

	page  pq.Page // nil: none, or used up
	vals  encoding.Values
	defs  []byte    // definition levels of the page, nil where it has no NULLs
	rows  int       // of the page
	pos   int       // next row of the page
	vpos  int       // next value of the page: rows that are NULL have none
	codes []int32   // of a page of dictionary codes; nil: plain values
	held  []pq.Page // used-up pages that out still points into

	dict dictionary
	out  vexec.Vec
	text textOut
	mask []byte // memory of out.Valid
	bad  []badValue
	tmp  scratch
}

// badValue is a value that the declared type cannot hold.
type badValue struct {
	row    int32 // of the batch; within dense decoding: of the values decoded
	value  string
	reason string
}

func (c *column) open(pages pq.Pages) {
	c.close()
	c.pages = pages
}

func (c *column) close() {
	c.endPage(true)
	c.releaseHeld()
	if c.pages != nil {
		_ = c.pages.Close() // it only read
		c.pages = nil
	}
	c.dict.of = nil
}

func (c *column) releaseHeld() {
	for _, p := range c.held {
		pq.Release(p)
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
		pq.Release(c.page)
	}
	c.page, c.vals, c.defs, c.codes = nil, encoding.Values{}, nil, nil
}

// nextPage goes to the next page that has rows; io.EOF: there is none.
func (c *column) nextPage() error {
	for {
		c.endPage(false)
		page, err := c.pages.ReadPage()
		if err != nil {
			return err
		}
		c.page, c.vals, c.rows = page, page.Data(), int(page.NumRows())
		c.pos, c.vpos = 0, 0
		if page.NumNulls() > 0 {
			c.defs = page.DefinitionLevels()
		}
		if d := page.Dictionary(); d != nil {
			if err := c.dict.load(c.plan, d); err != nil {
				return err
			}
			c.codes = c.vals.Int32()
		}
		if c.rows > 0 {
			return nil
		}
	}
}

// fill makes out the next n rows.
func (c *column) fill(n int) error {
	c.releaseHeld()
	c.bad = c.bad[:0]
	c.text.form = undecided
	if !c.plan.text {
		c.out.Reset(c.plan.want, n)
	}
	c.out.Valid = nil
	for at := 0; at < n; {
		if c.page == nil || c.pos == c.rows {
			if err := c.nextPage(); err != nil {
				return err
			}
		}
		k := min(n-at, c.rows-c.pos)
		if err := c.part(at, k, n); err != nil {
			return err
		}
		at += k
		c.pos += k
	}
	if c.plan.text {
		c.text.finish(c, n)
	}
	return nil
}

// part decodes k rows of the page into out from row at on, of n.
func (c *column) part(at, k, n int) error {
	var defs []byte
	values := k
	if c.defs != nil {
		defs = c.defs[c.pos : c.pos+k]
		values = bytes.Count(defs, one)
	}
	badFrom := len(c.bad)
	var err error
	switch {
	case c.plan.text:
		err = c.text.part(c, at, values, n)
	case c.codes != nil:
		err = c.gather(at, c.codes[c.vpos:c.vpos+values])
	default:
		err = c.plan.decode(c, &c.out, at, c.vpos, values)
	}
	if err != nil {
		return err
	}
	c.vpos += values
	if values < k {
		c.spread(at, defs, values, n, badFrom)
	}
	return nil
}

var one = []byte{1}

// gather looks codes up in the dictionary.
func (c *column) gather(at int, codes []int32) error {
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
	c.dict.addBad(c, at, codes)
	return nil
}

func gather[T any](out, dict []T, codes []int32) {
	out = out[:len(codes)]
	for i, code := range codes {
		out[i] = dict[code]
	}
}

// spread moves the values that part has put at the front of its rows to where
// they belong, and marks the others as NULL.
func (c *column) spread(at int, defs []byte, values, n, badFrom int) {
	if c.out.Valid == nil {
		c.mask = vexec.GrowBytes(c.mask, (n+7)/8)
		for i := range c.mask {
			c.mask[i] = 0xFF
		}
		c.out.Valid = c.mask
	}
	for i, d := range defs {
		if d == 0 {
			vexec.ClearBit(c.out.Valid, at+i)
		}
	}
	switch c.spreadWidth() {
	case 1:
		spread(c.out.Int8s()[at:], defs, values)
	case 2:
		spread(c.out.Int16s()[at:], defs, values)
	case 4:
		spread(c.out.Int32s()[at:], defs, values)
	case 8:
		spread(c.out.Int64s()[at:], defs, values)
	case 16:
		spread(c.out.Decs()[at:], defs, values)
	default:
		spreadBits(c.out.Data, at, defs, values)
	}
	moveBad(c.bad[badFrom:], at, defs)
}

func (c *column) spreadWidth() int {
	if c.plan.text && c.text.form == codes {
		return 4
	}
	return c.plan.want.Kind.Width()
}

func spread[T any](d []T, defs []byte, values int) {
	var zero T
	d = d[:len(defs)]
	j := values - 1
	for i := len(defs) - 1; i > j; i-- {
		if defs[i] == 0 {
			d[i] = zero
		} else {
			d[i] = d[j]
			j--
		}
	}
}

func spreadBits(d []byte, at int, defs []byte, values int) {
	j := values - 1
	for i := len(defs) - 1; i > j; i-- {
		if defs[i] != 0 && vexec.Bit(d, at+j) {
			vexec.SetBit(d, at+i)
		} else {
			vexec.ClearBit(d, at+i)
		}
		if defs[i] != 0 {
			j--
		}
	}
}

// moveBad does for the rows of bad, which are increasing, what spread does for values.
func moveBad(bad []badValue, at int, defs []byte) {
	value := 0
	for i, d := range defs {
		if len(bad) == 0 {
			return
		}
		if d == 0 {
			continue
		}
		if int(bad[0].row) == at+value {
			bad[0].row = int32(at + i)
			bad = bad[1:]
		}
		value++
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
		vexec.ClearBit(c.out.Valid, int(b.row))
	}
	c.bad = c.bad[:0]
}

// greatest is the greatest event time in the n rows of out. A value that could not
// be converted is none: its row is taken out, or has a NULL.
func (c *column) greatest(n int) ir.Micros {
	c.nullBad(n)
	most := ir.MinMicros
	nanos := c.plan.want.Nanos()
	for i, t := range c.out.Int64s()[:n] {
		if c.out.Valid != nil && !vexec.Bit(c.out.Valid, i) {
			continue
		}
		if nanos {
			t = floorDiv(t, 1000)
		}
		most = max(most, ir.Micros(t))
	}
	return most
}

func (c *column) addBad(row int, value, format string, args ...any) {
	c.bad = append(c.bad, badValue{row: int32(row), value: value, reason: fmt.Sprintf(format, args...)})
}
