package file

import (
	"bytes"
	"io"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// live reads a text that somebody is still writing: standard input, a log. It never
// waits: what is not there yet is ErrNothingYet, and a record is taken when it is
// whole, or when the text has ended.
type live struct {
	blocks
	in    inlet
	at    int64          // where the next unit begins
	rest  []byte         // what has been read behind at
	line  int64          // of at; 0: ask lines
	eaten func(b []byte) // called with what at moves over; nil: nobody wants it
	skip  bool           // at is in a record that was too long
	end   bool           // nothing comes behind rest

	lingers bool      // whole records wait for more
	since   ir.Micros // since when
}

// inlet is where a live text comes from.
type inlet interface {
	// more fills b with what is there now behind what it gave before; 0: nothing yet.
	// end: there will never be more.
	more(b []byte) (n int, end bool, err error)
}

// claim takes the next unit.
func (l *live) claim() (vexec.Unit, error) {
	want := int(l.limits.unit)
	for {
		if err := l.fill(want); err != nil {
			return vexec.Unit{}, err
		}
		if l.skip {
			some := len(l.rest) > 0
			if !l.skipped() && !some {
				return l.nothing()
			}
			continue
		}
		if ready, err := l.front(); err != nil || !ready {
			return vexec.Unit{}, orNothing(err)
		}
		n := l.whole()
		switch {
		case n > 0 && l.linger():
			return vexec.Unit{}, vexec.ErrNothingYet
		case n > 0:
			return l.unit(n), nil
		case int64(len(l.rest)) > l.limits.record:
			return l.tooLong(), nil
		case len(l.rest) < want:
			return l.nothing()
		}
		want = int(min(2*int64(len(l.rest)), l.limits.record+1))
	}
}

// whole is how many bytes of rest are whole records. Behind the end all are, but for
// a quote that is not closed: it spoils the line that it stands in, and no more.
func (l *live) whole() int {
	n := l.format.cut(l.rest)
	if n > 0 || !l.end {
		return n
	}
	if line := bytes.IndexByte(l.rest, '\n') + 1; line > 0 {
		return line
	}
	return len(l.rest)
}

func orNothing(err error) error {
	if err == nil {
		return vexec.ErrNothingYet
	}
	return err
}

func (l *live) nothing() (vexec.Unit, error) {
	if l.end {
		return vexec.Unit{}, io.EOF
	}
	return vexec.Unit{}, vexec.ErrNothingYet
}

// fill makes rest up to n bytes long, of what is there.
func (l *live) fill(n int) error {
	for len(l.rest) < n && !l.end {
		buf := l.rest[:cap(l.rest)]
		if len(buf) < n+padding {
			buf = l.buffer(n + padding)
			copy(buf, l.rest)
		}
		got, end, err := l.in.more(buf[len(l.rest):n])
		l.rest, l.end = buf[:len(l.rest)+got], end
		if err != nil || got == 0 {
			return err
		}
	}
	return nil
}

// front takes the byte order mark and the header; ready is false where the header has
// not come yet.
func (l *live) front() (ready bool, err error) {
	if l.at == 0 && bytes.HasPrefix(l.rest, byteOrderMark) {
		l.move(len(byteOrderMark))
	}
	if !l.format.header || l.format.names != nil {
		return true, nil
	}
	n, whole := l.format.dialect.First(l.rest)
	switch {
	case whole || l.end && n > 0:
		head := l.rest[:n]
		l.move(n)
		return true, l.format.takeHeader(head, l.scan)
	case int64(len(l.rest)) > l.limits.record:
		return false, headerTooLong(l.limits.record)
	case l.end:
		return true, nil
	}
	return false, l.fill(2*len(l.rest) + int(l.limits.unit))
}

// linger reports whether the whole records in rest are to wait for more.
func (l *live) linger() bool {
	if l.end || int64(len(l.rest)) >= l.limits.unit || l.scan.Linger == 0 {
		return false
	}
	now := l.scan.Clock.Now()
	if !l.lingers {
		l.lingers, l.since = true, now
	}
	return now-l.since < ir.Micros(l.scan.Linger.Microseconds())
}

// move takes n bytes of rest.
func (l *live) move(n int) {
	if l.line > 0 {
		l.line += int64(bytes.Count(l.rest[:n], newline))
	}
	if l.eaten != nil {
		l.eaten(l.rest[:n])
	}
	l.at += int64(n)
	l.rest = l.rest[n:]
}

// unit hands out the first n bytes of rest. What stands behind them goes to another
// buffer.
func (l *live) unit(n int) vexec.Unit {
	l.lingers = false
	b := &block{n: n, base: l.at, line: l.line, data: l.rest[:n+padding]}
	l.move(n)
	rest := l.buffer(max(int(l.limits.unit), len(l.rest)) + padding)
	l.rest = rest[:copy(rest, l.rest)]
	return vexec.Unit{Piece: b, Bytes: int64(n)}
}

// tooLong hands out the beginning of a record that is longer than a record may be;
// its rest is skipped as it comes.
func (l *live) tooLong() vexec.Unit {
	b := &block{base: l.at, line: l.line, long: true, data: bytes.Clone(l.rest[:min(len(l.rest), vexec.MaxBadRaw)])}
	l.move(len(l.rest))
	l.skip = true
	return vexec.Unit{Piece: b, Bytes: l.at - b.base}
}

// skipped goes behind the line end that ends a record that was too long; false: it
// has not come yet.
func (l *live) skipped() bool {
	n := bytes.IndexByte(l.rest, '\n') + 1
	if l.skip = n == 0; l.skip {
		n = len(l.rest)
	}
	l.move(n)
	return !l.skip
}
