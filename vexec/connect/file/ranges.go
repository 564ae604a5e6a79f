package file

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/ndjson"
)

// ranges reads a file of lines in byte ranges. A record belongs to the range in
// which its first byte stands, so that ranges need no look at the data to be
// handed out: whoever decodes one finds where its records begin and end.
type ranges struct {
	file   *openedFile
	scan   *vexec.Scan
	limits limits
	at     int64
	lines  lineIndex
}

// span is the piece of a unit: the bytes [lo, hi).
type span struct{ lo, hi int64 }

func newRanges(f *openedFile, scan *vexec.Scan, l limits, at int64) *ranges {
	return &ranges{file: f, scan: scan, limits: l, at: at, lines: lineIndex{file: f}}
}

func (r *ranges) Claim(context.Context) (vexec.Unit, error) {
	if r.at >= r.file.size {
		return vexec.Unit{}, io.EOF
	}
	s := span{r.at, min(r.file.size, r.at+r.limits.unit)}
	r.at = s.hi
	return vexec.Unit{Piece: s, Bytes: s.hi - s.lo, Last: s.hi == r.file.size}, nil
}

func (r *ranges) Position() vexec.Position { return positionOf(r.at) }

func (r *ranges) Close() error { return r.file.Close() }

func (r *ranges) NewDecoder() (vexec.Decoder, error) {
	d, err := ndjson.NewDecoder(r.scan)
	if err != nil {
		return nil, err
	}
	return &rangeDecoder{r: r, decoder: d, report: report{id: r.file.id, lines: &r.lines}}, nil
}

// rangeDecoder reads ranges and decodes them.
type rangeDecoder struct {
	report
	r       *ranges
	decoder *ndjson.Decoder
	buf     []byte // what was read: the file from begin on
	begin   int64
	n       int // bytes in buf
}

// firstTail is how much is read behind a range at first: most records end there.
const firstTail = 4 << 10

// Begin reads and decodes the unit.
func (d *rangeDecoder) Begin(_ context.Context, u vexec.Unit) (ir.Micros, error) {
	s := u.Piece.(span)
	if err := d.read(s); err != nil {
		return 0, err
	}
	from := d.first(s)
	to, whole, err := d.last(s, from)
	if err != nil {
		return 0, err
	}
	if err := d.r.file.unchanged(); err != nil {
		return 0, err
	}
	d.report.begin(d.buf[from:max(from, d.n)], d.begin+int64(from))
	if !whole {
		d.report.tooLong(to-from, d.r.limits.record)
	}
	return d.decoder.Decode(d.buf[from:to+ndjson.Padding], to-from, d.begin+int64(from)), nil
}

// pageBytes is the alignment of reads: copies out of the page cache between places
// that are not aligned alike take twice the time.
const pageBytes = 4 << 10

// read fills the buffer with the range, the byte before it, and a little behind it.
func (d *rangeDecoder) read(s span) error {
	d.begin = max(0, s.lo-1) &^ (pageBytes - 1)
	if int64(len(d.buf)) > 8*max(d.r.limits.unit, firstTail) { // a long record was here
		d.buf = nil
	}
	d.n = 0
	return d.more(min(d.r.file.size, s.hi+firstTail))
}

// more reads on up to the byte to of the file.
func (d *rangeDecoder) more(to int64) error {
	n := int(to - d.begin)
	if need := n + ndjson.Padding; len(d.buf) < need {
		buf := make([]byte, need)
		copy(buf, d.buf[:d.n])
		d.buf = buf
	}
	err := d.r.file.fill(d.buf[d.n:n], d.begin+int64(d.n))
	d.n = n
	return err
}

// first is where the first record that begins in the range stands in buf; the
// range's end where none does.
func (d *rangeDecoder) first(s span) int {
	if s.lo == 0 {
		return 0
	}
	before, end := int(s.lo-1-d.begin), int(s.hi-d.begin)
	if i := bytes.IndexByte(d.buf[before:end-1], '\n'); i >= 0 {
		return before + i + 1
	}
	return end
}

// last is where the last record that begins in the range ends in buf, behind its
// '\n'. whole is false where that record is longer than a record may be: then it
// is where that record begins.
func (d *rangeDecoder) last(s span, from int) (to int, whole bool, err error) {
	end := int(s.hi - d.begin)
	if from == end {
		return from, true, nil
	}
	if d.buf[end-1] == '\n' {
		return end, true, nil
	}
	start := from + bytes.LastIndexByte(d.buf[from:end], '\n') + 1
	for at := end; ; {
		if i := bytes.IndexByte(d.buf[at:d.n], '\n'); i >= 0 {
			if int64(at+i-start) > d.r.limits.record {
				return start, false, nil
			}
			return at + i + 1, true, nil
		}
		size := d.begin + int64(d.n)
		switch {
		case int64(d.n-start) > d.r.limits.record:
			return start, false, nil
		case size == d.r.file.size:
			return d.n, true, nil
		}
		at = d.n
		if err := d.more(min(d.r.file.size, size+int64(d.n))); err != nil {
			return 0, false, err
		}
	}
}

// Next gives the unit's rows.
func (d *rangeDecoder) Next(b *vexec.Batch, bad *vexec.BadRows) error {
	had := len(bad.Rows)
	if err := d.decoder.Next(b, bad); err != nil {
		return err
	}
	return d.report.finish(bad, had)
}

func (d *rangeDecoder) Close() error {
	d.buf = nil
	return nil
}

// report completes what a format's decoder says of bad records: the split and the
// line, which is counted only then.
type report struct {
	id    string
	lines *lineIndex
	data  []byte
	base  int64
	line  int64 // of base; 0: ask lines
	long  []vexec.BadRow
}

func (r *report) begin(data []byte, base int64) {
	r.data, r.base, r.line, r.long = data, base, 0, nil
}

// tooLong reports the record that begins at data[at].
func (r *report) tooLong(at int, limit int64) {
	raw := r.data[at:]
	if end := bytes.IndexByte(raw, '\n'); end >= 0 {
		raw = raw[:end]
	}
	bad := vexec.BadRows{}
	bad.Add(vexec.BadRow{
		Offset: r.base + int64(at), Raw: raw,
		Reason: fmt.Sprintf("the record is longer than %d bytes", limit),
	})
	r.long = bad.Rows
}

func (r *report) finish(bad *vexec.BadRows, had int) error {
	bad.Rows = append(bad.Rows, r.long...)
	if err := r.place(bad.Rows[had:]); err != nil || bad.Nulls == 0 || bad.FirstNull.Split != "" {
		return err
	}
	first := []vexec.BadRow{bad.FirstNull}
	err := r.place(first)
	bad.FirstNull = first[0]
	return err
}

// place completes bad records, which are in their order.
func (r *report) place(rows []vexec.BadRow) error {
	if len(rows) == 0 {
		return nil
	}
	count, err := r.count()
	for i := range rows {
		b := &rows[i]
		b.Split, b.Line = r.id, count.to(b.Offset)
	}
	return err
}

// linesOf fills to with the lines at places, which are in their order.
func (r *report) linesOf(places, to []int64) error {
	count, err := r.count()
	for i, at := range places {
		to[i] = count.to(at)
	}
	return err
}

// lineCount counts the lines of a unit from its front on.
type lineCount struct {
	r        *report
	at, line int64
}

func (r *report) count() (lineCount, error) {
	c := lineCount{r, r.base, r.line}
	if c.line == 0 {
		var err error
		if c.line, err = r.lines.at(r.base); err != nil {
			return c, fmt.Errorf("cannot count the lines of %s: %w", r.id, err)
		}
	}
	return c, nil
}

// to is the line at a place that is not before the last one.
func (c *lineCount) to(at int64) int64 {
	c.line += int64(bytes.Count(c.r.data[c.at-c.r.base:at-c.r.base], newline))
	c.at = at
	return c.line
}
