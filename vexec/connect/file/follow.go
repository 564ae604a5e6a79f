package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
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
	root   string

	tails  []*tail
	byID   map[string]*tail
	beside []input                // logs that were rotated while nobody looked
	looked time.Time              // when the folder was last read
	begun  bool                   // it was read once
	seen   map[string]fs.FileInfo // files of logs that have ended, as they were then, by name
	copies map[fileKey]maybeOld   // files that may be copies of logs that are read

	grace time.Duration // how long a log that was moved may still grow
	copy  time.Duration // how long a copy may stand beside its log before that is truncated
}

// maybeOld is a file that holds what a log holds.
type maybeOld struct {
	size  int64
	since time.Time // when it last grew
}

func newFollower(t *ir.Table, set settings, l limits) *follower {
	return &follower{
		table: t, set: set, limits: l, byID: map[string]*tail{}, copies: map[fileKey]maybeOld{}, seen: map[string]fs.FileInfo{},
		grace: max(2*time.Second, 4*set.follow), copy: max(10*time.Second, 4*set.follow),
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

// Resume finds the logs of a checkpoint again, wherever they stand now.
func (f *follower) Resume(_ context.Context, saved []vexec.SavedSplit) error {
	f.root = rootOf(f.set.path)
	for i, s := range saved {
		m, err := parseMark(s.Position, s.ID)
		if err != nil {
			return err
		}
		t := &tail{id: s.ID, name: m.Name, mark: m, ended: s.Ended}
		f.add(t)
		if s.Ended && i < len(saved)-maxMissed {
			continue
		}
		path, err := f.locate(t)
		if err != nil {
			return err
		}
		if err := f.missed(t, path); err != nil {
			return err
		}
		if s.Ended && t.file != nil {
			_ = t.file.Close()
			t.file = nil
		}
	}
	return nil
}

// maxMissed is how many of the last logs that have ended are looked for, to find those
// that came behind them.
const maxMissed = 8

// missed finds the logs that came behind t and were rotated away again while nobody
// looked: they stand beside it, under its name with something behind it, and are newer.
func (f *follower) missed(t *tail, path string) error {
	info, err := os.Stat(path)
	if path == "" || err != nil {
		return nil
	}
	places, err := f.places(t)
	if err != nil {
		return err
	}
	for _, other := range places[1:] {
		o, err := os.Stat(other)
		if err != nil || other == path || !strings.HasPrefix(other, places[0]) || o.ModTime().Before(info.ModTime()) {
			continue
		}
		if name, err := filepath.Rel(f.root, other); err == nil {
			if _, packed := ending(other); packed == "" {
				f.beside = append(f.beside, input{id: filepath.ToSlash(name), path: other, info: o})
			}
		}
	}
	return nil
}

func (f *follower) add(t *tail) {
	f.tails = append(f.tails, t)
	f.byID[t.id] = t
}

// locate opens the file in which a log stands that was read up to its mark, and
// returns its path; "": it does not, and need not.
func (f *follower) locate(t *tail) (string, error) {
	here := f.full(t.name)
	places, err := f.places(t)
	if err != nil {
		return "", err
	}
	for _, byKey := range []bool{true, false} {
		for _, path := range places {
			file, err := os.Open(path)
			if err != nil {
				continue // not the one, or place says why later
			}
			info, err := file.Stat()
			isKey := err == nil && keyOf(info) == t.mark.File
			if isKey == byKey && (t.mark.in(file) || isKey && t.mark.At == 0) {
				t.file, t.mark.File, t.moved, t.quiet = file, keyOf(info), path != here, time.Now()
				return path, nil
			}
			file.Close()
		}
	}
	if t.mark.At == 0 || t.ended { // nothing was read of it, or all
		t.moved = true
		return "", nil
	}
	return "", fmt.Errorf("%s: %s was read up to byte %d when the checkpoint was taken, and neither it nor a file beside it begins with that now; put the log back, or start with another checkpoint folder",
		f.table.Name, here, t.mark.At)
}

// places are the paths at which a log may stand: its own, and all beside it.
func (f *follower) places(t *tail) ([]string, error) {
	here := f.full(t.name)
	out := []string{here}
	entries, err := os.ReadDir(filepath.Dir(here))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, noAccess(f.table, filepath.Dir(here), err)
	}
	for _, e := range entries {
		if path := filepath.Join(filepath.Dir(here), e.Name()); path != here && e.Type().IsRegular() {
			out = append(out, path)
		}
	}
	return out, nil
}

// Splits lists the logs that are being read.
func (f *follower) Splits(context.Context) ([]vexec.Split, error) {
	if now := time.Now(); now.Sub(f.looked) >= f.set.follow {
		f.looked = now
		if err := f.look(now); err != nil {
			return nil, err
		}
	}
	var out []vexec.Split
	for _, t := range f.tails {
		if !t.ended {
			out = append(out, vexec.Split{ID: t.id, From: t.mark.position()})
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
	return openTail(f, t, scan)
}

// look sees which logs were moved and truncated, and which are new.
func (f *follower) look(now time.Time) error {
	found, err := f.find()
	if err != nil {
		return err
	}
	f.root = found.root
	for _, t := range f.tails {
		switch {
		case t.ended || t.file == nil:
		case t.cut:
			if err := f.settle(t); err != nil {
				return err
			}
		case !t.moved:
			info, err := os.Stat(f.full(t.name))
			if t.moved = err != nil || keyOf(info) != t.mark.File; t.moved {
				t.quiet = now
			}
		}
	}
	files := append(f.beside, found.files...)
	f.beside = nil
	for _, in := range files {
		if err := f.consider(in, now); err != nil {
			return err
		}
	}
	f.begun = true
	return nil
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

// settle decides on a log whose file was truncated: if it was copied before, reading
// goes on in the copy, and ends there; else it ends with what was read.
func (f *follower) settle(t *tail) error {
	places, err := f.places(t)
	if err != nil {
		return err
	}
	for _, path := range places {
		file, err := os.Open(path)
		if err != nil {
			continue
		}
		info, err := file.Stat()
		if err == nil && keyOf(info) != t.mark.File && t.mark.in(file) {
			t.goOn(file, keyOf(info))
			return nil
		}
		file.Close()
	}
	t.letGo()
	return nil
}

// consider begins the file if it is a log that nobody has read.
func (f *follower) consider(in input, now time.Time) error {
	if seen, ok := f.seen[in.id]; ok && os.SameFile(seen, in.info) && seen.Size() == in.info.Size() && seen.ModTime().Equal(in.info.ModTime()) {
		return nil
	}
	delete(f.seen, in.id)
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
	t := &tail{name: in.id, mark: mark{Name: in.id, File: keyOf(info)}, file: file}
	if f.known(t, info.Size(), now) {
		if f.done(t) {
			f.seen[in.id] = info
		}
		return file.Close()
	}
	t.id = f.newID(in.id)
	f.add(t)
	return nil
}

// newID names a log: as its file, and with a number where there was one of that name.
func (f *follower) newID(name string) string {
	id := name
	for n := 2; f.byID[id] != nil; n++ {
		id = fmt.Sprintf("%s#%d", name, n)
	}
	return id
}
