package file

import (
	"context"
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/helios-stream/helios/vexec"
)

// maxMissed is how many of the last logs that have ended are looked for, to find those
// that came behind them.
const maxMissed = 8

// resumed is a log of a checkpoint, and where it stands now.
type resumed struct {
	*tail
	over  bool      // it has ended, and is only looked for
	path  string    // "": it was not found
	mtime time.Time // of its file
}

// Resume finds the logs of a checkpoint again, wherever they stand now.
func (f *follower) Resume(_ context.Context, saved []vexec.SavedSplit, memory []byte) error {
	f.root = rootOf(f.set.path)
	if err := f.past.restore(memory); err != nil {
		return err
	}
	f.begun = len(saved) > 0 || len(f.past.marks) > 0
	var all []*resumed
	for _, s := range saved {
		m, err := parseMark(s.Position, s.ID)
		if err != nil {
			return err
		}
		all = append(all, &resumed{tail: &tail{id: s.ID, name: m.Name, mark: m}})
	}
	for _, m := range f.past.last(maxMissed) {
		all = append(all, &resumed{tail: &tail{name: m.Name, mark: *m}, over: true})
	}
	s := newShelf(f)
	if err := s.locate(all); err != nil {
		return err
	}
	return s.missed(all)
}

// locate opens the files in which logs stand: first those that still have their files,
// then those that stand in copies of them.
func (s *shelf) locate(all []*resumed) error {
	now := time.Now()
	for _, find := range []finder{s.byFile, s.byContent} {
		for _, r := range all {
			if r.path != "" {
				continue
			}
			if err := s.take(r, find, now); err != nil {
				return err
			}
		}
	}
	for _, r := range all {
		if r.over || r.path != "" {
			continue
		}
		if r.mark.At > 0 {
			return fmt.Errorf("%s: %s was read up to byte %d when the checkpoint was taken, and neither it nor a file beside it begins with that now; put the log back, or start with another checkpoint folder",
				s.f.table.Name, s.f.full(r.name), r.mark.At)
		}
		r.moved = true // nothing was read of it
		s.f.add(r.tail)
	}
	return nil
}

// take opens the file in which a log is found.
func (s *shelf) take(r *resumed, find finder, now time.Time) error {
	file, info, path, err := find(r.tail)
	if err != nil || file == nil {
		return err
	}
	r.path, r.mtime = path, info.ModTime()
	if r.over {
		return file.Close()
	}
	r.file = file
	r.mark.File = keyOf(info)
	if r.moved = path != s.f.full(r.name); r.moved {
		r.goesOn(now, info.Size())
	}
	s.f.add(r.tail)
	return nil
}

// missed finds the logs that came behind those of the checkpoint and were rotated away
// again while nobody looked: they stand beside one, under its name with something
// behind it, and are not older.
func (s *shelf) missed(all []*resumed) error {
	oldest := map[string]*resumed{} // by name
	for _, r := range all {
		if o := oldest[r.name]; r.path != "" && (o == nil || r.mtime.Before(o.mtime)) {
			oldest[r.name] = r
		}
	}
	taken := map[string]bool{}
	for name, r := range oldest {
		d, err := s.of(r.tail)
		if err != nil {
			return err
		}
		here := s.f.full(name)
		for _, b := range d.files {
			if b.path == here || !strings.HasPrefix(b.path, here) || b.info.ModTime().Before(r.mtime) || taken[b.path] {
				continue
			}
			taken[b.path] = true
			rel, err := filepath.Rel(s.f.root, b.path)
			if _, packed := ending(b.path); err == nil && packed == "" {
				s.f.beside = append(s.f.beside, input{id: filepath.ToSlash(rel), path: b.path, info: b.info})
			}
		}
	}
	sort.Slice(s.f.beside, func(i, j int) bool { return s.f.beside[i].info.ModTime().Before(s.f.beside[j].info.ModTime()) })
	return nil
}
