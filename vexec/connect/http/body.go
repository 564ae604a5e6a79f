package http

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/ndjson"
)

// body is a request's rows: what was sent, and the columns that point into it.
type body struct {
	*request
	decoder  *ndjson.Decoder
	buf      []byte // data and room behind it
	data     []byte
	reserved int64
	batch    vexec.Batch
	faults   vexec.BadRows
	greatest ir.Micros
	came     ir.Micros
}

func (r *reader) newBody() (*body, error) {
	if b, ok := r.pool.Get().(*body); ok {
		return b, nil
	}
	d, err := ndjson.NewDecoder(r.scan)
	return &body{decoder: d}, err
}

// maxKept is the largest buffer that is kept for another request.
const maxKept = 4 << 20

// free gives a body back, whose columns nobody reads any more.
func (r *reader) free(b *body) {
	r.release(b.reserved)
	b.request, b.data, b.reserved = nil, nil, 0
	if cap(b.buf) > maxKept {
		b.buf = nil
	}
	r.pool.Put(b)
}

// refusal is an answer that is no 200.
type refusal struct {
	status int
	after  int // seconds; 0: do not try again
	text   string
	more   reply
}

func (e *refusal) Error() string { return e.text }

func refused(status int, format string, args ...any) *refusal {
	return &refusal{status: status, text: fmt.Sprintf(format, args...)}
}

// read reads a request's body, as it is once it is expanded.
func (r *reader) read(b *body, w nethttp.ResponseWriter, req *nethttp.Request) error {
	in, err := r.expand(nethttp.MaxBytesReader(w, req.Body, r.set.body), req.Header.Get("Content-Encoding"))
	if err != nil {
		return r.readError(err)
	}
	defer in.Close()
	b.data = b.buf[:0]
	for {
		if len(b.data)+ndjson.Padding >= cap(b.data) || b.reserved == 0 {
			if err := r.grow(b, req.ContentLength); err != nil {
				return err
			}
		}
		n, err := in.Read(b.data[len(b.data) : cap(b.data)-ndjson.Padding])
		b.data = b.data[:len(b.data)+n]
		switch {
		case int64(len(b.data)) > r.set.expanded:
			return refused(nethttp.StatusRequestEntityTooLarge, "the body has more than %d bytes once it is expanded; send less at once", r.set.expanded)
		case err == io.EOF:
			b.buf = b.data[:cap(b.data)]
			return nil
		case err != nil:
			return r.readError(err)
		}
	}
}

// leastBuffer is what a body's buffer begins with.
const leastBuffer = 32 << 10

// grow makes room for more of the body, whose length is known or -1.
func (r *reader) grow(b *body, length int64) error {
	size := 2 * int64(cap(b.data))
	if b.reserved == 0 {
		size = max(size/2, leastBuffer, min(length, r.set.body)+ndjson.Padding+1)
	}
	if !r.reserve(b.reserved, size-b.reserved) {
		return &refusal{status: nethttp.StatusTooManyRequests, after: 1, text: "too many rows wait to be worked on; send them again"}
	}
	b.reserved = size
	if int64(cap(b.data)) < size {
		b.data = append(make([]byte, 0, size), b.data...)
	}
	return nil
}

// expand takes the compression off.
func (r *reader) expand(in io.ReadCloser, encoding string) (io.ReadCloser, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
		return in, nil
	case "gzip", "x-gzip":
		return gzip.NewReader(in)
	case "zstd":
		d, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxMemory(uint64(r.set.expanded)+1), zstd.WithDecoderMaxWindow(8<<20))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}
	return nil, refused(nethttp.StatusUnsupportedMediaType, "Content-Encoding: %.40q is not known; it is gzip or zstd", encoding)
}

// readError says why a body cannot be read.
func (r *reader) readError(err error) error {
	var tooLarge *nethttp.MaxBytesError
	var known *refusal
	var late interface{ Timeout() bool }
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &tooLarge):
		return refused(nethttp.StatusRequestEntityTooLarge, "the body has more than %d bytes; send less at once", r.set.body)
	case errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, zstd.ErrWindowSizeExceeded):
		return refused(nethttp.StatusRequestEntityTooLarge, "the body has more than %d bytes once it is expanded; send less at once", r.set.expanded)
	case errors.As(err, &late) && late.Timeout():
		return refused(nethttp.StatusRequestTimeout, "the body did not come within %s", r.set.timeout)
	}
	return refused(nethttp.StatusBadRequest, "the body cannot be read: %v", err)
}

// decode makes columns of a body.
func (r *reader) decode(b *body) error {
	r.cores <- struct{}{}
	defer func() { <-r.cores }()
	n := len(b.data)
	b.greatest = b.decoder.Decode(b.buf[:n+ndjson.Padding], n, 0)
	b.batch.Reset(r.scan.Schema)
	b.faults.Rows, b.faults.Nulls = b.faults.Rows[:0], 0
	if err := b.decoder.Next(&b.batch, &b.faults); err != nil {
		return err
	}
	at, line := int64(0), int64(1)
	for i := range b.faults.Rows {
		f := &b.faults.Rows[i]
		line += int64(bytes.Count(b.data[at:min(f.Offset, int64(n))], []byte{'\n'}))
		at = min(f.Offset, int64(n))
		f.Line = line
	}
	b.rows, b.bad = b.batch.Live(), len(b.faults.Rows)
	return nil
}

// NewDecoder returns a decoder of claimed requests.
func (r *reader) NewDecoder() (vexec.Decoder, error) { return &decoder{r: r}, nil }

// decoder hands out the batches of requests, one after the other.
type decoder struct {
	r     *reader
	unit  []*body
	given *body // whose batch is lent
}

// Begin takes the requests of a unit.
func (d *decoder) Begin(_ context.Context, u vexec.Unit) (ir.Micros, error) {
	d.back()
	d.unit = u.Piece.([]*body)
	greatest := ir.MinMicros
	for _, b := range d.unit {
		greatest = max(greatest, b.greatest)
	}
	return greatest, nil
}

// Next lends the rows of the next request.
func (d *decoder) Next(out *vexec.Batch, bad *vexec.BadRows) error {
	d.back()
	if len(d.unit) == 0 {
		return io.EOF
	}
	b := d.unit[0]
	d.unit, d.given = d.unit[1:], b
	out.Reset(d.r.scan.Schema)
	copy(out.Cols, b.batch.Cols)
	out.Rows, out.Sel = b.batch.Rows, b.batch.Sel
	for _, f := range b.faults.Rows {
		f.Split = fmt.Sprintf("%s#%d", d.r.set.path, b.seq+1)
		bad.Rows = append(bad.Rows, f)
	}
	if b.faults.Nulls > 0 {
		b.faults.FirstNull.Split = fmt.Sprintf("%s#%d", d.r.set.path, b.seq+1)
		bad.TakeNulls(&b.faults)
	}
	return nil
}

func (d *decoder) back() {
	if d.given != nil {
		d.r.free(d.given)
		d.given = nil
	}
}

func (d *decoder) Close() error {
	d.back()
	return nil
}
