package ndjson

import (
	"bytes"
	"strconv"

	"github.com/helios-stream/helios/vexec"
)

// line decodes the line at d.pos in the strict way and moves behind it.
func (d *Decoder) line() {
	from := d.pos
	d.grow()
	d.nulled = 0
	to, bad := d.record(from)
	if to < 0 {
		to = from + bytes.IndexByte(d.buf[from:d.end], '\n')
		d.set.Restore(d.rows)
		d.reject(from, to, "", d.sentence(from))
		d.pos = to + 1
		return
	}
	d.pos = to + 1
	switch {
	case bad != nil:
		d.set.Restore(d.rows)
		d.reject(from, to, bad.path, bad.reason())
	case len(d.trace.steps) > 0: // not a blank line
		if d.noting {
			d.places = append(d.places, d.base+int64(from))
		}
		d.rows++
		d.noteNulls(from)
		if d.trace.plain && !d.strict {
			d.learn(to + 1)
		}
	}
}

// noteNulls counts the values of the line at from that were made NULL.
func (d *Decoder) noteNulls(from int) {
	if d.nulled == 0 {
		return
	}
	if d.nulls.Nulls == 0 {
		d.nulls.FirstNull = vexec.BadRow{Offset: d.base + int64(from), Column: d.firstNull.path, Reason: d.firstNull.reason()}
	}
	d.nulls.Nulls += d.nulled
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

// record writes the line's object into the row d.rows and returns where the line
// ends, -1 where it is malformed. A blank line leaves no steps.
func (d *Decoder) record(from int) (to int, bad *fault) {
	d.trace.begin(from)
	p := d.space(from)
	switch d.buf[p] {
	case '\n':
		return p, nil
	case '{':
	case '[':
		return d.fail(p, noArray), nil
	default:
		return d.fail(p, noObject), nil
	}
	d.trace.on = true
	p, bad = d.object(d.root, p, d.rows, 1)
	d.trace.on = false
	if p < 0 {
		return -1, nil
	}
	d.trace.end()
	if p = d.space(p); d.buf[p] != '\n' {
		return d.fail(p, moreText), nil
	}
	return p, bad
}
