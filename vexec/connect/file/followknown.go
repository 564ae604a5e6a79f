package file

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"sort"
	"time"
)

// candidate is a file that may be a log which nobody has read.
type candidate struct {
	in   input
	file *os.File
	key  fileKey
	size int64
	head []byte // its first bytes
}

// seenFile is a file that holds a log which has ended, and no more than that.
type seenFile struct {
	size  int64
	mtime time.Time
	log   *mark
	look  int64 // the last one that saw it
}

// maybeOld is a file that holds what a log holds.
type maybeOld struct {
	size  int64
	mtime time.Time
	since time.Time // when it last grew
	look  int64     // the last one that saw it
}

// consider begins the file if it is a log that nobody has read. moved: it stands where
// logs go when they are rotated.
func (f *follower) consider(in input, now time.Time, moved bool) error {
	key := keyOf(in.info)
	if f.byFile[key] != nil || in.info.Size() == 0 || f.unchanged(key, in.info, now) {
		return nil
	}
	file, err := os.Open(in.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // gone since it was listed
	}
	if err != nil {
		return noAccess(f.table, in.path, err)
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return noAccess(f.table, in.path, err)
	}
	c := &candidate{in: in, file: file, key: keyOf(info), size: info.Size(), head: make([]byte, min(headBytes, info.Size()))}
	if _, err := file.ReadAt(c.head, 0); err != nil && err != io.EOF {
		file.Close()
		return noAccess(f.table, in.path, err)
	}
	t := f.unread(c, info, now)
	if t == nil {
		return file.Close()
	}
	f.begin(t, moved, now)
	return nil
}

// unchanged reports whether the file is as it was when it was known, or waited for.
func (f *follower) unchanged(key fileKey, info fs.FileInfo, now time.Time) bool {
	if key == (fileKey{}) {
		return false
	}
	if s, ok := f.seen[key]; ok && s.size == info.Size() && s.mtime.Equal(info.ModTime()) {
		s.look = f.looks
		f.seen[key] = s
		return true
	}
	delete(f.seen, key)
	c, ok := f.copies[key]
	if !ok || f.recheck || c.size != info.Size() || !c.mtime.Equal(info.ModTime()) || now.Sub(c.since) >= f.copy {
		return false
	}
	c.look = f.looks
	f.copies[key] = c
	return true
}

// unread is the log that the file holds; nil: it is read, or has been, or the file may
// turn out to be a copy of one. Of a log that has ended and grown it is the rest.
func (f *follower) unread(c *candidate, info fs.FileInfo, now time.Time) *tail {
	if f.byFile[c.key] != nil || c.size == 0 {
		return nil
	}
	t := &tail{name: c.in.id, file: c.file, mark: mark{Name: c.in.id, File: c.key}}
	old := f.past.held(c)
	switch {
	case old != nil:
		f.past.stands(old, c.key)
		if c.size == old.At {
			f.seen[c.key] = seenFile{size: c.size, mtime: info.ModTime(), log: old, look: f.looks}
			return nil
		}
		t.mark = *old
		t.mark.Name, t.mark.Quiet = c.in.id, 0
	case f.begun && f.mayBeCopy(c, info, now):
		return nil
	}
	delete(f.copies, c.key)
	return t
}

// mayBeCopy reports whether a new file holds what was read of a log, or what the
// beginning of one holds: then that may have been truncated, or may be soon.
func (f *follower) mayBeCopy(c *candidate, info fs.FileInfo, now time.Time) bool {
	if f.fronts == nil {
		f.fronts = frontsOf(f.tails)
	}
	if !f.fronts.alike(c) {
		return false
	}
	m, known := f.copies[c.key]
	if !known || m.size != c.size {
		m.since = now
	}
	m.size, m.mtime, m.look = c.size, info.ModTime(), f.looks
	f.copies[c.key] = m
	return now.Sub(m.since) < f.copy
}

// fronts is what the logs begin with that are being read, at one look.
type fronts struct {
	sorted []front          // by their bytes
	marks  headIndex[*tail] // by what was read of them
}

type front struct {
	head []byte
	t    *tail
}

func frontsOf(tails []*tail) *fronts {
	x := &fronts{marks: headIndex[*tail]{}}
	buf := make([]byte, len(tails)*headBytes)
	for _, t := range tails {
		if t.file == nil {
			continue
		}
		n, err := t.file.ReadAt(buf[:headBytes], 0)
		if err != nil && err != io.EOF {
			continue // its reader says why
		}
		x.sorted = append(x.sorted, front{buf[:n:n], t})
		buf = buf[headBytes:]
		if t.mark.HeadN > 0 {
			x.marks.add(t.mark.headKey(), t)
		}
	}
	slices.SortFunc(x.sorted, func(a, b front) int { return bytes.Compare(a.head, b.head) })
	return x
}

// alike reports whether the file holds what was read of one of the logs, or is the
// beginning of one.
func (x *fronts) alike(c *candidate) (is bool) {
	x.marks.prefixes(c.head, func(t *tail) bool {
		is = t.mark.At <= c.size && t.mark.tailIn(c.file)
		return !is
	})
	if is {
		return true
	}
	i := sort.Search(len(x.sorted), func(i int) bool { return bytes.Compare(x.sorted[i].head, c.head) >= 0 })
	for ; i < len(x.sorted) && bytes.HasPrefix(x.sorted[i].head, c.head); i++ {
		if prefixOf(x.sorted[i].t.file, c.file, c.size) {
			return true
		}
	}
	return false
}
