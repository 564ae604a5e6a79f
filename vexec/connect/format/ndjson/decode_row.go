package ndjson

import (
	"bytes"
	"encoding/base64"
	"strconv"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/parse"
)

// row is what the strict way knows of the line at hand.
type row struct {
	seen   []bool       // by column: the line has the field
	faults []fieldFault // by column, of the last field of that name
	steps  []step       // the line's layout so far, for learning
	plain  bool         // the layout can be learned
}

// fieldFault says why a field is no value of its column; why is OK where it is one.
type fieldFault struct {
	why parse.Fault
	raw token
}

// line decodes the line at d.pos in the strict way and moves behind it.
func (d *Decoder) line() {
	from := d.pos
	d.grow()
	to := d.object0(from)
	if to < 0 {
		to = from + bytes.IndexByte(d.buf[from:d.end], '\n')
		d.pos = to + 1
		d.set.Restore(d.rows)
		d.reject(from, to, "", d.sentence(from))
		return
	}
	d.pos = to + 1
	if len(d.row.steps) == 0 { // a blank line
		return
	}
	if d.finish(from, to) {
		d.rows++
		if d.row.plain && !d.strict {
			d.learn(from, to+1)
		}
	} else {
		d.set.Restore(d.rows)
	}
}

func (d *Decoder) grow() {
	if d.rows == d.set.Cap {
		d.set.Grow(2 * d.rows)
	}
}

// sentence is the syntax error in the line that begins at from.
func (d *Decoder) sentence(from int) string {
	return "not a JSON object: " + d.why + " (at byte " + strconv.Itoa(d.at-from+1) + " of the line)"
}

func (d *Decoder) reject(from, to int, column, reason string) {
	if to > from && d.buf[to-1] == '\r' {
		to--
	}
	raw := d.buf[from:to]
	bad := vexec.BadRows{Rows: d.bad}
	bad.Add(vexec.BadRow{Offset: d.base + int64(from), Column: column, Reason: reason, Raw: raw})
	d.bad = bad.Rows
}

// object0 takes the line's object apart and writes its fields into the row d.rows.
// It returns where the line ends, or -1. A blank line leaves row.steps empty.
func (d *Decoder) object0(from int) int {
	r := &d.row
	clear(r.seen)
	clear(r.faults)
	r.steps, r.plain = r.steps[:0], true
	p := d.space(from)
	switch d.buf[p] {
	case '\n':
		return p
	case '{':
		p = d.space(p + 1)
	default:
		return d.fail(p, "the line does not begin with {")
	}
	if d.buf[p] == '}' {
		r.steps = append(r.steps, step{col: -1, from: from})
		return d.tail(p + 1)
	}
	lit := from
	for {
		key, to := d.key(p)
		if to < 0 {
			return -1
		}
		t := d.value(to, 1)
		if t.kind == kindBad {
			return -1
		}
		d.field(key, t, lit)
		lit = t.to
		p = d.space(t.to)
		switch d.buf[p] {
		case ',':
			p = d.space(p + 1)
		case '}':
			r.steps = append(r.steps, step{col: -1, from: lit})
			return d.tail(p + 1)
		default:
			return d.fail(p, "a comma or } is missing behind a value")
		}
	}
}

// tail checks that nothing but white space stands behind the object.
func (d *Decoder) tail(p int) int {
	if p = d.space(p); d.buf[p] != '\n' {
		return d.fail(p, "there is more text behind the object")
	}
	return p
}

// field takes one field of the line. Of duplicate fields the last counts, also
// where an earlier one was no value of the column.
func (d *Decoder) field(key, val token, lit int) {
	name := d.buf[key.from+1 : key.to-1]
	if key.escaped {
		d.row.plain = false
		d.work = unescape(d.work[:0], name)
		name = d.work
	}
	col, wanted := d.byName[string(name)]
	if !wanted {
		col = -1
	}
	d.row.steps = append(d.row.steps, step{col: col, kind: val.kind, from: lit, to: val.from})
	if !wanted {
		return
	}
	if d.row.seen[col] {
		d.row.plain = false
	}
	d.row.seen[col] = true
	d.row.faults[col] = fieldFault{d.store(col, val), val}
}

// finish fills in what is missing and reports whether the row stands; otherwise it
// has been rejected.
func (d *Decoder) finish(from, to int) bool {
	for i := range d.set.Cols {
		c, f := &d.set.Cols[i], &d.row.faults[i]
		if !d.row.seen[i] || f.why != parse.OK && f.why != parse.NoValue && d.nullBad {
			if d.set.SetNull(c, d.rows) == parse.OK {
				continue
			}
			if !d.row.seen[i] {
				f.why = parse.NoValue
			}
		}
		if f.why != parse.OK {
			d.reject(from, to, c.Name, f.why.Reason(c.Type, d.content(f.raw)))
			return false
		}
	}
	return true
}

// content is a value as it stands, a string without its quotes.
func (d *Decoder) content(t token) []byte {
	if t.kind == kindString {
		return d.buf[t.from+1 : t.to-1]
	}
	return d.buf[t.from:t.to]
}

// store writes a value into column col of the row at hand.
func (d *Decoder) store(col int, t token) parse.Fault {
	c := &d.set.Cols[col]
	c.Restore(d.rows)
	switch {
	case t.kind == kindNull:
		return d.set.SetNull(c, d.rows)
	case c.Views != nil:
		return d.storeView(c, t)
	}
	switch t.kind {
	case kindTrue, kindFalse:
		if c.Bits == nil {
			return parse.Unparsed
		}
		c.PutBool(d.rows, t.kind == kindTrue)
		return parse.OK
	case kindNumber:
		return d.storeNumber(c, d.buf[t.from:t.to])
	case kindString:
		s := d.buf[t.from+1 : t.to-1]
		if t.escaped {
			d.work = unescape(d.work[:0], s)
			s = d.work
		}
		return c.Put(d.rows, s)
	}
	return parse.Unparsed
}

func (d *Decoder) storeNumber(c *parse.Column, s []byte) parse.Fault {
	switch c.Type.Kind {
	case ir.Timestamp, ir.TimestampLTZ:
		ms, f := parse.Int(s)
		if f == parse.OK {
			c.I64[d.rows], f = parse.FromMillis(ms, c.Type.P)
		}
		return f
	case ir.Date, ir.Time, ir.Boolean:
		return parse.Unparsed
	}
	return c.Put(d.rows, s)
}

// storeView writes a value into a column of string views: JSON takes the value as
// it stands, VARCHAR a string's text and anything else as it stands.
func (d *Decoder) storeView(c *parse.Column, t token) parse.Fault {
	if t.kind != kindString {
		if c.Type.Kind == ir.Varbinary {
			return parse.Unparsed
		}
		c.Views[d.rows] = parse.View(d.buf, t.from, t.to, parse.UnitBuf)
		return parse.OK
	}
	switch {
	case c.Type.Kind == ir.JSON:
		c.Views[d.rows] = parse.View(d.buf, t.from, t.to, parse.UnitBuf)
	case c.Type.Kind == ir.Varbinary:
		return d.storeBytes(c, t)
	case t.escaped:
		from := len(d.side.Buf)
		d.side.Buf = unescape(d.side.Buf, d.buf[t.from+1:t.to-1])
		c.Views[d.rows] = d.side.Take(from)
	default:
		c.Views[d.rows] = parse.View(d.buf, t.from+1, t.to-1, parse.UnitBuf)
	}
	return parse.OK
}

func (d *Decoder) storeBytes(c *parse.Column, t token) parse.Fault {
	d.work = unescape(d.work[:0], d.buf[t.from+1:t.to-1])
	from := len(d.side.Buf)
	side, err := base64.StdEncoding.AppendDecode(d.side.Buf, d.work)
	if err != nil {
		return parse.BadBase64
	}
	d.side.Buf = side
	c.Views[d.rows] = d.side.Take(from)
	return parse.OK
}
