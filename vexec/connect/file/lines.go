package file

import (
	"bytes"
	"io"
	"sort"
	"sync"
)

// lineIndex finds the line number of a byte of a file. Lines are counted only
// when somebody asks, from the nearest place that was asked for before. It is safe
// for use by many goroutines.
type lineIndex struct {
	mu    sync.Mutex
	file  io.ReaderAt
	marks []lineMark // by offset
	buf   []byte
}

type lineMark struct {
	off  int64
	line int64 // from 1
}

// at returns the line number, from 1, of the byte at off.
func (x *lineIndex) at(off int64) (int64, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	i := sort.Search(len(x.marks), func(i int) bool { return x.marks[i].off > off })
	m := lineMark{0, 1}
	if i > 0 {
		m = x.marks[i-1]
	}
	if m.off == off {
		return m.line, nil
	}
	if x.buf == nil {
		x.buf = make([]byte, 256<<10)
	}
	for m.off < off {
		n, err := x.file.ReadAt(x.buf[:min(int64(len(x.buf)), off-m.off)], m.off)
		m.line += int64(bytes.Count(x.buf[:n], newline))
		m.off += int64(n)
		if m.off < off && err != nil {
			return 0, err
		}
	}
	x.marks = append(x.marks, lineMark{})
	copy(x.marks[i+1:], x.marks[i:])
	x.marks[i] = m
	return m.line, nil
}

var newline = []byte{'\n'}
