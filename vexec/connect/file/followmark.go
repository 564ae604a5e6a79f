package file

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/helios-stream/helios/vexec"
)

// The most bytes at the front of a log, and before the place where reading goes on,
// that it is recognised by.
const (
	headBytes = 1024
	tailBytes = 256
)

// mark is a place in a log that is followed, and what the log is recognised by,
// whatever it is called meanwhile: the file, the bytes at its front, and those before
// the place.
type mark struct {
	Name  string  `json:"name"` // below the table's root, where it was found
	File  fileKey `json:"file"`
	At    int64   `json:"at"`
	Skip  bool    `json:"skip,omitempty"` // At is in a record that was too long
	HeadN int64   `json:"headN"`
	Head  uint64  `json:"head,string"`
	TailN int64   `json:"tailN"`
	Tail  uint64  `json:"tail,string"`
	Quiet int64   `json:"quiet,omitempty"` // of a log that was moved: since when it has not grown, in milliseconds since 1970
}

// fileKey is a file as the system knows it, by whatever name. A number is used again
// once its file is gone.
type fileKey struct {
	Dev uint64 `json:"dev"`
	Ino uint64 `json:"ino"`
}

func parseMark(from vexec.Position, id string) (m mark, err error) {
	if err := json.Unmarshal(from, &m); err != nil || !m.sound() {
		return m, fmt.Errorf("the position %q of %s is no place in a log that is followed: was 'follow' set when the checkpoint was made?", from, id)
	}
	return m, nil
}

// sound reports whether the mark is one that was made here.
func (m *mark) sound() bool {
	return m.TailN >= 0 && m.TailN <= min(tailBytes, m.At) && m.HeadN >= 0 && m.HeadN <= min(headBytes, m.At)
}

func (m *mark) position() vexec.Position {
	raw, _ := json.Marshal(m) // numbers and text: it cannot fail
	return raw
}

// note takes b, which has been read at m.At, into the mark. last is what was read
// before it, as note returned it.
func (m *mark) note(b, head, last []byte) (newHead, newLast []byte) {
	if n := headBytes - len(head); n > 0 && int64(len(head)) == m.At {
		head = append(head, b[:min(n, len(b))]...)
	}
	m.At += int64(len(b))
	last = append(last, b[max(0, len(b)-tailBytes):]...)
	last = last[max(0, len(last)-tailBytes):]
	return head, last
}

// seal fills in what note has kept.
func (m *mark) seal(head, last []byte) {
	m.HeadN, m.Head = int64(len(head)), hashOf(head)
	m.TailN, m.Tail = int64(len(last)), hashOf(last)
}

func (m *mark) headKey() headKey { return headKey{m.HeadN, m.Head} }

// in reports whether f holds what was read up to the mark. A place at the very front
// is in every file and so in none.
func (m *mark) in(f *os.File) bool {
	if m.At == 0 || m.HeadN == 0 {
		return false
	}
	info, err := f.Stat()
	if err != nil || info.Size() < m.At {
		return false
	}
	return m.standsIn(f)
}

func (m *mark) standsIn(f *os.File) bool {
	var buf [headBytes]byte
	head := buf[:m.HeadN]
	_, err := f.ReadAt(head, 0)
	return err == nil && hashOf(head) == m.Head && m.tailIn(f)
}

// tailIn reports whether the bytes before the place are those that were read.
func (m *mark) tailIn(f *os.File) bool {
	var buf [tailBytes]byte
	tail := buf[:m.TailN]
	_, err := f.ReadAt(tail, m.At-m.TailN)
	return err == nil && hashOf(tail) == m.Tail
}

// prefixOf reports whether the first n bytes of a are those of b, by a look at both
// their ends.
func prefixOf(a, b *os.File, n int64) bool {
	x, y := make([]byte, min(n, 4<<10)), make([]byte, min(n, 4<<10))
	for _, at := range []int64{0, n - int64(len(x))} {
		if _, err := a.ReadAt(x, at); err != nil && err != io.EOF {
			return false
		}
		if _, err := b.ReadAt(y, at); err != nil || string(x) != string(y) {
			return false
		}
	}
	return true
}
