package arrowipc

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// inlet cuts what comes from a reader into messages: a stream, or a file from its front.
type inlet struct {
	in     *bufio.Reader
	limits limits
	begun  bool
	file   bool // it began as a file does: a footer is to come
	marked bool // its messages begin with a mark, as those of all writers since 2019
}

func newInlet(in io.Reader, lim limits) *inlet {
	return &inlet{in: bufio.NewReader(in), limits: lim}
}

// next reads a message with its body; io.EOF: there is none.
func (s *inlet) next() (*message, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	size, err := s.prefix()
	if err != nil {
		return nil, err
	}
	raw, err := s.read(int64(size))
	if err != nil {
		return nil, err
	}
	m, err := parseMessage(raw)
	if err != nil {
		return nil, fmt.Errorf("the Arrow stream is damaged: %w", err)
	}
	if m.body > s.limits.buffer {
		return nil, fmt.Errorf("a record batch has %d bytes, more than can be read; write smaller ones", m.body)
	}
	body, err := s.read(m.body)
	m.in, m.place = bytes.NewReader(body), place{body: m.body}
	return m, err
}

// begin tells files from streams, once.
func (s *inlet) begin() error {
	if s.begun {
		return nil
	}
	head, err := s.in.Peek(8)
	if err != nil && err != io.EOF {
		return err
	}
	stream, err := opening(head)
	if err != nil {
		return err
	}
	if s.begun, s.file = true, !stream; s.file {
		_, err = s.in.Discard(len(head))
	}
	return err
}

// prefix reads the length of the next message's metadata.
func (s *inlet) prefix() (uint32, error) {
	size, err := s.word()
	switch {
	case err != nil:
		return 0, err // io.EOF: some writers end a stream so
	case size == 0xFFFFFFFF:
		s.marked = true
		if size, err = s.word(); err != nil {
			return 0, cutOff(err)
		}
	case s.file && !s.marked:
		return 0, errOnlyEnd
	case s.file:
		return 0, io.EOF // the footer: not all writers put an end in front of it
	}
	switch {
	case size == 0:
		return 0, io.EOF
	case size > maxMeta:
		return 0, errors.New("the Arrow stream is damaged: where a message should begin stands none")
	}
	return size, nil
}

// errOnlyEnd is of files whose first message is none, as Polars writes them.
var errOnlyEnd = errors.New("this Arrow file has its schema at its end alone, and cannot be read from its front; write a stream (.arrows), or read it as a file")

// word reads a number; io.EOF: there is nothing.
func (s *inlet) word() (uint32, error) {
	var b [4]byte
	if n, err := io.ReadFull(s.in, b[:]); n > 0 {
		return binary.LittleEndian.Uint32(b[:]), cutOff(err)
	} else {
		return 0, err
	}
}

// rest reads what stands behind the last message, so that whoever writes it does not
// fail. Of a file that is its footer, whose end tells that none is missing.
func (s *inlet) rest() error {
	var end []byte
	buf := make([]byte, 32<<10)
	for {
		n, err := s.in.Read(buf)
		end = append(end, buf[:n]...)
		end = append(end[:0], end[max(0, len(end)-len(magic)):]...)
		switch {
		case err == io.EOF && s.file && string(end) != magic:
			return errNoEnd
		case err != nil:
			return err
		}
	}
}

// read reads n bytes, into memory that grows as they come: nobody knows yet whether
// there are so many.
func (s *inlet) read(n int64) ([]byte, error) {
	var b bytes.Buffer
	_, err := io.CopyN(&b, s.in, n)
	return b.Bytes(), cutOff(err)
}

func cutOff(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errCutOff
	}
	return err
}
