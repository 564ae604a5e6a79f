package file

import (
	"slices"
	"time"
)

// known reports whether a file is a log that is read, or has been, or may turn out to
// be a copy of one. Where one that has been read has grown, t is its rest.
func (f *follower) known(t *tail, size int64, now time.Time) bool {
	for _, old := range f.tails {
		if old.mark.File == t.mark.File && !old.ended && old.file != nil {
			return true
		}
	}
	if old := f.read(t); old != nil {
		old.mark.File = t.mark.File
		if size == old.mark.At {
			return true
		}
		t.mark, t.name = old.mark, t.mark.Name
		t.mark.Name = t.name
		return false
	}
	return size == 0 || f.begun && f.mayBeCopy(t, size, now)
}

// done reports whether the file of t is a log that has ended.
func (f *follower) done(t *tail) bool {
	return slices.ContainsFunc(f.tails, func(old *tail) bool { return old.ended && old.mark.File == t.mark.File })
}

// read is the log that has ended and that the file of t holds: of several places in
// one, the last.
func (f *follower) read(t *tail) (best *tail) {
	for _, old := range f.tails {
		switch {
		case !old.ended:
		case old.mark.in(t.file):
			if best == nil || old.mark.At > best.mark.At {
				best = old
			}
		case old.mark.File == t.mark.File:
			old.mark.File = fileKey{} // the number is used again
		}
	}
	return best
}

// mayBeCopy reports whether a new file holds what was read of a log, or what the
// beginning of one holds: then that may have been truncated, or may be soon.
func (f *follower) mayBeCopy(t *tail, size int64, now time.Time) bool {
	for _, old := range f.tails {
		if old.ended || old.file == nil || !old.mark.in(t.file) && !prefixOf(old.file, t.file, size) {
			continue
		}
		c, seen := f.copies[t.mark.File]
		if !seen || c.size != size {
			c = maybeOld{size, now}
		}
		f.copies[t.mark.File] = c
		return now.Sub(c.since) < f.copy
	}
	delete(f.copies, t.mark.File)
	return false
}
