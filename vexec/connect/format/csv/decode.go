package csv

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/ndjson"
	"github.com/helios-stream/helios/vexec/connect/format/parse"
)

// Padding is how many bytes behind the data a decoder may read.
const Padding = 64

// Decoder turns CSV records into columns. It is used by one goroutine.
type Decoder struct {
	dialect  Dialect
	schema   *ir.Schema
	timeCol  int
	nullBad  bool
	rowNulls vexec.BadRows // of the row at hand: fields that were made NULL
	width    int           // fields in a record
	place    []int         // by column: its field
	named    bool          // the fields are those of a header

	set    *parse.Set
	json   []*ndjson.Text // by column: of nested ones
	rows   int
	buf    []byte
	n      int
	base   int64
	fields []field
	side   parse.Side
	work   []byte
	bad    vexec.BadRows
	full   bool // the batch has not been taken yet
	noting bool // the places of rows are noted
	places []int64
}

// Check refuses a column that the format cannot hold.
func Check(c *ir.Column) error {
	if !parse.Holds(c.Type) {
		return fmt.Errorf("column %s: %s cannot be read from CSV; declare it as VARCHAR to get its text", c.Name, c.Type)
	}
	return nil
}

// NewDecoder returns a decoder of the columns that the scan asks for. names is the
// file's header; nil: the fields are the table's physical columns, by position.
func NewDecoder(scan *vexec.Scan, dialect Dialect, names []string) (*Decoder, error) {
	d := &Decoder{dialect: dialect, schema: scan.Schema, timeCol: scan.TimeCol, nullBad: scan.NullBad}
	for i := range scan.Schema.Cols {
		if err := Check(&scan.Schema.Cols[i]); err != nil {
			return nil, err
		}
	}
	if names == nil {
		d.width = len(scan.Table.Physical().Cols)
		d.place = scan.Cols
	} else if err := d.byName(names); err != nil {
		return nil, err
	}
	d.named = names != nil
	d.set = parse.NewSet(scan.Schema)
	d.json = make([]*ndjson.Text, len(d.set.Cols))
	for i := range d.set.Cols {
		if c := &d.set.Cols[i]; c.Kids != nil {
			d.json[i] = ndjson.NewText(c, d.nullBad, &d.side)
		}
	}
	return d, nil
}

func (d *Decoder) byName(names []string) error {
	d.width = len(names)
	at := make(map[string]int, len(names))
	twice := map[string]bool{}
	for i, n := range names {
		_, has := at[n]
		twice[n] = has
		at[n] = i
	}
	missing := 0
	for _, c := range d.schema.Cols {
		i, ok := at[c.Name]
		switch {
		case twice[c.Name]:
			return fmt.Errorf("the header names the column %q twice", c.Name)
		case !ok:
			missing++
		}
		d.place = append(d.place, i)
	}
	if missing > 0 {
		return d.notInHeader(names, at, missing == len(d.schema.Cols))
	}
	return nil
}

// notInHeader names the first column that the header lacks, and what may be behind it.
func (d *Decoder) notInHeader(names []string, at map[string]int, all bool) error {
	for _, c := range d.schema.Cols {
		if _, ok := at[c.Name]; ok {
			continue
		}
		hint := ""
		for _, n := range names {
			if strings.EqualFold(strings.TrimSpace(n), c.Name) {
				hint = fmt.Sprintf("; it has %q, and names are compared with case and blanks", n)
			}
		}
		if hint == "" && all {
			hint = "; if the file has no line of names, set 'csv.header'='false'"
		}
		if len(names) == 1 && strings.ContainsAny(names[0], ";\t|,") && hint != "" {
			hint += fmt.Sprintf("; if fields are not divided by %q, set 'csv.field-delimiter'", d.dialect.Delim)
		}
		return fmt.Errorf("the header has no column %q; it has %s%s", c.Name, list(names), hint)
	}
	return nil
}

// list is the names for a message, cut where they are many or long.
func list(names []string) string {
	const most = 400
	text := strings.Join(names, ", ")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	return text
}

// Decode decodes whole records: buf[:n], the last one with or without its line
// end. buf must be n+Padding bytes long; the batch that Next gives points into it.
// base is where buf begins in the split. The result is the greatest event time,
// MinMicros where there is none.
func (d *Decoder) Decode(buf []byte, n int, base int64) ir.Micros {
	d.buf, d.n, d.base = buf, n, base
	d.rows, d.side.Buf, d.bad.Rows, d.full = 0, d.side.Buf[:0], d.bad.Rows[:0], true
	d.bad.Nulls, d.places = 0, d.places[:0]
	d.set.Reset()
	p := 0
	if base == 0 && bytes.HasPrefix(buf[:n], []byte("\xEF\xBB\xBF")) {
		p = 3
	}
	for p < n {
		p = d.next(p)
	}
	if d.timeCol < 0 {
		return ir.MinMicros
	}
	return d.set.Cols[d.timeCol].Greatest(d.rows)
}

// next decodes the record at p and returns where the next one begins.
func (d *Decoder) next(p int) int {
	var s shape
	if to := d.dialect.comment(d.buf[:d.n], p); to > p {
		return to
	}
	from := p
	d.fields, p, s = d.dialect.record(d.buf[:d.n], p, d.fields[:0])
	switch {
	case s != shapeOK:
		d.reject(from, p, "", shapeReasons[s])
	case d.blank() && d.width > 1:
	case len(d.fields) != d.width:
		d.reject(from, p, "", d.ragged())
	default:
		d.row(from, p)
	}
	return p
}

// ragged is why the record at hand has not as many fields as it should.
func (d *Decoder) ragged() string {
	of := "the mapping declares"
	if d.named {
		of = "the header has"
	}
	n := "fields"
	if len(d.fields) == 1 {
		n = "field"
	}
	why := fmt.Sprintf("the record has %d %s, but %s %d", len(d.fields), n, of, d.width)
	if len(d.fields) > d.width && d.dialect.Quote != 0 {
		why += fmt.Sprintf("; a field with %q in it must stand in %c", d.dialect.Delim, d.dialect.Quote)
	}
	return why
}

func (d *Decoder) blank() bool {
	f := &d.fields[0]
	return len(d.fields) == 1 && f.from == f.to && !f.quoted
}

func (d *Decoder) reject(from, to int, column, reason string) {
	raw := bytes.TrimSuffix(bytes.TrimSuffix(d.buf[from:to], []byte("\n")), []byte("\r"))
	d.bad.Add(vexec.BadRow{Offset: d.base + int64(from), Column: column, Reason: reason, Raw: raw})
}

func (d *Decoder) row(from, to int) {
	if d.rows == d.set.Cap {
		d.set.Grow(2 * d.rows)
	}
	d.rowNulls.Nulls = 0
	for i := range d.set.Cols {
		column, reason := d.put(i)
		if reason != "" {
			d.set.Restore(d.rows)
			d.reject(from, to, column, reason)
			return
		}
	}
	d.rows++
	if d.noting {
		d.places = append(d.places, d.base+int64(from))
	}
	if d.rowNulls.Nulls > 0 {
		d.rowNulls.FirstNull.Offset = d.base + int64(from)
		d.bad.TakeNulls(&d.rowNulls)
	}
}

// put writes a field into column i of the row at hand; reason says why it cannot be,
// and column of what.
func (d *Decoder) put(i int) (column, reason string) {
	c, f := &d.set.Cols[i], d.fields[d.place[i]]
	s := d.buf[f.from:f.to]
	var why parse.Fault
	if d.json[i] == nil || !f.quoted && d.isNull(c, s) {
		if why = d.store(c, f); why == parse.OK {
			return "", ""
		}
	} else {
		d.work = d.dialect.text(d.work[:0], d.buf, f)
		if column, reason = d.json[i].Put(d.rows, d.work); reason == "" {
			if n, path, why := d.json[i].Nulled(); n > 0 {
				d.rowNulls.TakeNulls(&vexec.BadRows{Nulls: n, FirstNull: vexec.BadRow{Column: path, Reason: why}})
			}
			return "", ""
		}
	}
	if reason == "" {
		column, reason = c.Name, why.Reason(c.Type, s)
	}
	if why != parse.NoValue && d.nullBad && c.SetNull(d.rows) == parse.OK {
		d.rowNulls.AddNull(vexec.BadRow{Column: column, Reason: reason})
		return "", ""
	}
	return column, reason
}

func (d *Decoder) store(c *parse.Column, f field) parse.Fault {
	s := d.buf[f.from:f.to]
	if !f.quoted && d.isNull(c, s) {
		return c.SetNull(d.rows)
	}
	if c.Views != nil {
		return d.storeView(c, f, s)
	}
	if f.doubled {
		d.work = d.dialect.text(d.work[:0], d.buf, f)
		s = d.work
	}
	return c.Put(d.rows, bytes.Trim(s, " "))
}

func (d *Decoder) isNull(c *parse.Column, s []byte) bool {
	if d.dialect.Null != nil && string(s) == *d.dialect.Null {
		return true
	}
	return len(s) == 0 && c.Type.Kind != ir.Varchar
}

func (d *Decoder) storeView(c *parse.Column, f field, s []byte) parse.Fault {
	if f.doubled || c.Type.Kind == ir.Varbinary {
		d.work = d.dialect.text(d.work[:0], d.buf, f)
		s = d.work
	}
	from := len(d.side.Buf)
	switch {
	case c.Type.Kind == ir.Varbinary:
		side, err := base64.StdEncoding.AppendDecode(d.side.Buf, s)
		if err != nil {
			return parse.BadBase64
		}
		d.side.Buf = side
	case !utf8.Valid(s):
		return parse.BadUTF8
	case c.Type.Kind == ir.JSON && !json.Valid(s):
		return parse.Unparsed
	case !f.doubled:
		c.Views[d.rows] = parse.View(d.buf, f.from, f.to, parse.UnitBuf)
		return parse.OK
	default:
		d.side.Buf = append(d.side.Buf, s...)
	}
	c.Views[d.rows] = d.side.Take(from)
	return parse.OK
}

// NotePlaces has the decoder note where each row begins, for Places.
func (d *Decoder) NotePlaces() { d.noting = true }

// Places is where in the split each row of the last batch begins, up to the next Decode.
func (d *Decoder) Places() []int64 { return d.places }

// Next gives what Decode made: once, then io.EOF. Offset of bad rows is in the
// split; the caller adds the split's name and the line. b borrows memory of the
// decoder and of buf until the next call.
func (d *Decoder) Next(b *vexec.Batch, bad *vexec.BadRows) error {
	if !d.full {
		return io.EOF
	}
	d.full = false
	d.set.Fill(b, d.schema, d.rows, [][]byte{d.buf[:d.n], d.side.Buf})
	bad.Rows = append(bad.Rows, d.bad.Rows...)
	bad.TakeNulls(&d.bad)
	return nil
}
