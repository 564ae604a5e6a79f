package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/helios-stream/helios/vexec"
)

// stream reads a file from its front: what is compressed, and CSV, whose records
// can only be told apart from the front, since a line end may stand in quotes. Its
// units are blocks of whole records, cut as they are claimed; positions are offsets
// in what the file holds once it is decompressed.
type stream struct {
	blocks
	file  *openedFile
	in    io.ReadCloser
	codec codec // "": none

	at   int64  // where the next unit begins
	rest []byte // what has been read behind at
	line int64  // of at, where the file is packed
	end  bool   // in has ended
}

func newStream(f *openedFile, in input, scan *vexec.Scan, c csvSettings, l limits, at int64) (*stream, error) {
	s := &stream{
		blocks: blocks{id: f.id, scan: scan, limits: l, lines: lineIndex{file: f}, format: newText(in.format, c)},
		file:   f, codec: in.codec, line: 1,
	}
	var err error
	if s.in, err = unpack(io.NewSectionReader(f, 0, f.size), in.codec); err != nil {
		return nil, s.broken(err)
	}
	if err = s.mark(); err != nil {
		return nil, err
	}
	if s.format.header {
		if err = s.header(); err != nil {
			return nil, err
		}
	}
	if at <= s.at { // behind the header, or at it
		return s, nil
	}
	return s, s.forward(at)
}

// mark skips the byte order mark at the front.
func (s *stream) mark() error {
	if err := s.read(3); err != nil {
		return err
	}
	if bytes.HasPrefix(s.rest, byteOrderMark) {
		s.move(3)
	}
	return nil
}

// header takes the first record of a CSV file; an empty file has none.
func (s *stream) header() error {
	for {
		n, whole := s.format.dialect.First(s.rest)
		switch {
		case whole || s.end && n > 0:
			head := s.rest[:n]
			s.move(n)
			return s.ofFile(s.format.takeHeader(head, s.scan))
		case s.end:
			return nil
		case int64(len(s.rest)) > s.limits.record:
			return s.ofFile(headerTooLong(s.limits.record))
		}
		if err := s.read(len(s.rest) + int(s.limits.unit)); err != nil {
			return err
		}
	}
}

// ofFile adds the file's name to an error.
func (s *stream) ofFile(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", s.file.path, err)
}

// move takes n bytes of rest.
func (s *stream) move(n int) {
	if s.codec != "" {
		s.line += int64(bytes.Count(s.rest[:n], newline))
	}
	s.at += int64(n)
	s.rest = s.rest[n:]
}

// forward goes on to the byte at. A plain file is read from there; what is
// compressed is read through.
func (s *stream) forward(at int64) error {
	if s.codec == "" {
		s.in = io.NopCloser(io.NewSectionReader(s.file, at, s.file.size-at))
		s.at, s.rest, s.end = at, nil, false
		return nil
	}
	for s.at < at {
		if len(s.rest) == 0 {
			if s.end {
				return fmt.Errorf("%s holds %d bytes, but reading is to go on at byte %d: the file has been replaced since", s.file.path, s.at, at)
			}
			if err := s.read(int(s.limits.unit)); err != nil {
				return err
			}
		}
		s.move(int(min(at-s.at, int64(len(s.rest)))))
	}
	return nil
}

// read makes rest at least n bytes long, unless the file ends.
func (s *stream) read(n int) error {
	if len(s.rest) >= n || s.end {
		return nil
	}
	buf, had := s.rest[:cap(s.rest)], len(s.rest)
	if len(buf) < n+padding {
		buf = s.buffer(n + padding)
		copy(buf, s.rest)
	}
	for s.rest = buf[:had]; len(s.rest) < n; {
		got, err := s.in.Read(buf[len(s.rest):n])
		s.rest = buf[:len(s.rest)+got]
		switch {
		case err == io.EOF: // and nothing else: a file that was cut off while packed ends otherwise
			return s.ended()
		case err != nil:
			return s.broken(err)
		}
	}
	return nil
}

func (s *stream) ended() error {
	s.end = true
	if s.codec == "" && s.at+int64(len(s.rest)) < s.file.size {
		return fmt.Errorf("%s became shorter while it was read: it had %d bytes", s.file.path, s.file.size)
	}
	return s.file.unchanged()
}

func (s *stream) broken(err error) error {
	if s.codec != "" && errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%s is cut off: what can be decompressed of it ends at byte %d; write or copy it again", s.file.path, s.at+int64(len(s.rest)))
	}
	if s.codec != "" && !s.hasMagic() {
		return fmt.Errorf("%s cannot be decompressed (%w); if it is not compressed so, rename it, or set 'compression' to what it is, or to none", s.file.path, err)
	}
	if s.codec != "" {
		return fmt.Errorf("%s cannot be decompressed behind byte %d: %w", s.file.path, s.at+int64(len(s.rest)), err)
	}
	return fmt.Errorf("cannot read %s: %w", s.file.path, err)
}

// hasMagic reports whether the file begins as what is compressed so does.
func (s *stream) hasMagic() bool {
	var head [magicBytes]byte
	n, _ := s.file.ReadAt(head[:], 0) // what cannot be read has none
	return sniff(head[:n]) == s.codec
}

// Claim reads the next block.
func (s *stream) Claim(context.Context) (vexec.Unit, error) {
	want := int(s.limits.unit)
	for {
		if err := s.read(want); err != nil {
			return vexec.Unit{}, err
		}
		if len(s.rest) == 0 {
			return vexec.Unit{}, io.EOF
		}
		n := s.format.cut(s.rest)
		switch {
		case n > 0:
			return s.unit(n), nil
		case int64(len(s.rest)) > s.limits.record:
			// A quote that is not closed spoils the line that it stands in, and no more.
			if line := bytes.IndexByte(s.rest, '\n') + 1; line > 0 {
				return s.unit(line), nil
			}
			return s.tooLong()
		case s.end:
			return s.unit(len(s.rest)), nil
		}
		want = int(min(2*int64(len(s.rest)), s.limits.record+1))
	}
}

// unit hands out the first n bytes of rest. What stands behind them goes to
// another buffer.
func (s *stream) unit(n int) vexec.Unit {
	b := &block{n: n, base: s.at, data: s.rest[:n+padding]}
	if s.codec != "" {
		b.line = s.line
	}
	s.move(n)
	rest := s.buffer(max(int(s.limits.unit), len(s.rest)) + padding)
	s.rest = rest[:copy(rest, s.rest)]
	return vexec.Unit{Piece: b, Bytes: int64(n), Last: s.end && len(s.rest) == 0}
}

// tooLong hands out the beginning of a record that is longer than a record may be,
// and goes on behind the line end that follows.
func (s *stream) tooLong() (vexec.Unit, error) {
	b := &block{base: s.at, long: true, data: bytes.Clone(s.rest[:min(len(s.rest), vexec.MaxBadRaw)])}
	if s.codec != "" {
		b.line = s.line
	}
	s.move(int(s.limits.record))
	for {
		n := bytes.IndexByte(s.rest, '\n') + 1
		found := n > 0
		if !found {
			n = len(s.rest)
		}
		s.move(n)
		if found || s.end {
			return vexec.Unit{Piece: b, Bytes: s.at - b.base}, nil
		}
		if err := s.read(int(s.limits.unit)); err != nil {
			return vexec.Unit{}, err
		}
	}
}

func (s *stream) Position() vexec.Position { return positionOf(s.at) }

func (s *stream) Close() error {
	s.in.Close()
	return s.file.Close()
}
