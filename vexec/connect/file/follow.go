package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// follower is the files of a table as they grow, are rotated and come. Each log is a
// split: what is known of it is its content (mark), so that it is read on under
// another name, in a copy of it, and after a restart. Only the claiming task calls its
// methods, one at a time.
type follower struct {
	table  *ir.Table
	set    settings
	limits limits
	cols   *beside // nil: logs hold all columns
	root   string

	tails  []*tail // the logs that are being read
	byID   map[string]*tail
	byFile map[fileKey]*tail // those whose file is known by a number
	number int               // of the last log that got one behind its name
	past   *past             // the logs that have ended
	beside []input           // logs that were rotated while nobody looked

	looked  time.Time // when the folder was last read
	took    time.Duration
	looks   int64 // how often
	begun   bool  // the files that are new may be copies
	recheck bool  // those that may be copies are looked at again, as a log has ended
	fronts  *fronts
	seen    map[fileKey]seenFile // files of logs that have ended
	copies  map[fileKey]maybeOld // files that may be copies of logs that are read

	grace time.Duration // how long a log that was moved may still grow
	copy  time.Duration // how long a copy may stand beside its log before that is truncated
	pause time.Duration // how many times as long as a look took there is none, in folders of very many files
}

func newFollower(t *ir.Table, set settings, l limits) *follower {
	return &follower{
		table: t, set: set, limits: l, cols: newBeside(t), byID: map[string]*tail{}, byFile: map[fileKey]*tail{}, past: newPast(),
		copies: map[fileKey]maybeOld{}, seen: map[fileKey]seenFile{},
		grace: max(2*time.Second, 4*set.follow), copy: max(10*time.Second, 4*set.follow), pause: 10,
	}
}

// Bounded is false: the logs may grow.
func (f *follower) Bounded() bool { return false }

func (f *follower) full(name string) string { return filepath.Join(f.root, filepath.FromSlash(name)) }

func (f *follower) formatOf(name string) format {
	if f.set.format != "" {
		return f.set.format
	}
	is, _ := ending(name)
	return is
}

// begin adds a log to those that are read, under an ID that none of them has. moved: it
// was rotated away already.
func (f *follower) begin(t *tail, moved bool, now time.Time) {
	if t.moved = moved; moved {
		t.hush(now)
	}
	t.id = t.name
	for f.number = max(f.number, 1); f.byID[t.id] != nil; {
		f.number++
		t.id = fmt.Sprintf("%s#%d", t.name, f.number)
	}
	f.add(t)
}

func (f *follower) add(t *tail) {
	f.tails = append(f.tails, t)
	f.byID[t.id] = t
	f.stands(t, t.mark.File)
}

// stands notes the file in which a log stands now.
func (f *follower) stands(t *tail, in fileKey) {
	if f.byFile[t.mark.File] == t {
		delete(f.byFile, t.mark.File)
	}
	t.mark.File, t.raw = in, nil
	if in != (fileKey{}) {
		f.byFile[in] = t
	}
}

// retire takes a log that has ended from those that are read to those that are known.
func (f *follower) retire(t *tail) {
	m := t.mark
	m.Quiet = 0
	f.stands(t, fileKey{})
	f.tails = slices.DeleteFunc(f.tails, func(o *tail) bool { return o == t })
	delete(f.byID, t.id)
	f.past.add(m)
	f.recheck = true
}

// Memory is the logs that have ended, for Resume.
func (f *follower) Memory() []byte { return f.past.save() }

// Splits lists the logs that have not been opened.
func (f *follower) Splits(context.Context) ([]vexec.Split, error) {
	if now := time.Now(); now.Sub(f.looked) >= max(f.set.follow, f.pause*f.took) {
		f.looked = now
		if err := f.look(now); err != nil {
			return nil, err
		}
		f.took = time.Since(now)
	}
	var out []vexec.Split
	for _, t := range f.tails {
		if t.reader == nil {
			out = append(out, vexec.Split{ID: t.id, From: t.position()})
		}
	}
	return out, nil
}

// Open begins a log at its mark.
func (f *follower) Open(_ context.Context, scan *vexec.Scan, split vexec.Split, _ vexec.Position) (vexec.SplitReader, error) {
	t := f.byID[split.ID]
	if t == nil {
		return nil, fmt.Errorf("%s: no log %s is followed", f.table.Name, split.ID)
	}
	return f.cols.open(f.full(t.name), scan, func(logs *vexec.Scan) (vexec.SplitReader, error) { return openTail(f, t, logs) })
}

// look sees which logs were moved and truncated, and which are new. It lists each
// folder once and opens files that it does not know.
func (f *follower) look(now time.Time) error {
	found, err := f.find()
	if err != nil {
		return err
	}
	f.root = found.root
	f.looks++
	if err := f.settle(); err != nil {
		return err
	}
	f.seeMoved(found.files, now)
	f.fronts = nil
	for _, in := range found.files {
		if err := f.consider(in, now, false); err != nil {
			return err
		}
	}
	for _, in := range f.beside {
		if err := f.consider(in, now, true); err != nil {
			return err
		}
	}
	f.beside = nil
	f.begun, f.recheck, f.fronts = true, false, nil
	f.tidy()
	return nil
}

// seeMoved notes the logs whose names lead elsewhere now.
func (f *follower) seeMoved(files []input, now time.Time) {
	listed := make(map[string]fs.FileInfo, len(files))
	for _, in := range files {
		listed[in.id] = in.info
	}
	for _, t := range f.tails {
		if t.moved || t.cut || t.file == nil {
			continue
		}
		info := listed[t.name]
		if info == nil {
			info, _ = os.Stat(f.full(t.name)) // nil: there is none
		}
		if info == nil || keyOf(info) != t.mark.File {
			t.moved = true
			t.hush(now)
		}
	}
}

// tidy forgets files that are gone, and logs that have long been.
func (f *follower) tidy() {
	used := map[*mark]bool{}
	for key, s := range f.seen {
		if s.look != f.looks {
			delete(f.seen, key)
		} else {
			used[s.log] = true
		}
	}
	for key, c := range f.copies {
		if c.look != f.looks {
			delete(f.copies, key)
		}
	}
	f.past.forget(used)
}

// find lists the table's files. A log that is not there yet may come, in a folder
// that is.
func (f *follower) find() (listing, error) {
	l, err := find(f.table, f.set)
	if err == nil {
		return l, nil
	}
	if _, gone := os.Stat(f.set.path); errors.Is(gone, fs.ErrNotExist) && !isPattern(f.set.path) {
		if _, err := os.Stat(filepath.Dir(f.set.path)); err == nil {
			return listing{root: filepath.Dir(f.set.path)}, nil
		}
	}
	return l, err
}

// settle decides on logs whose files were truncated: if one was copied before, reading
// goes on in the copy, and ends there; else it ends with what was read.
func (f *follower) settle() error {
	var cut []*tail
	for _, t := range f.tails {
		if t.cut && t.file != nil {
			cut = append(cut, t)
		}
	}
	if len(cut) == 0 {
		return nil
	}
	f.recheck = true
	for _, t := range cut { // what stands there now is another log
		t.was = t.mark.File
		f.stands(t, fileKey{})
	}
	s := newShelf(f)
	for _, t := range cut {
		file, info, _, err := s.byContent(t)
		if err != nil {
			return err
		}
		if file == nil {
			t.letGo()
			continue
		}
		t.goOn(file)
		f.stands(t, keyOf(info))
	}
	return nil
}
