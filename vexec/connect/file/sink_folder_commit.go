package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// commit renames. A part that is under neither name was committed before and has
// been taken away since by whoever reads the folder: its rows were delivered.
func (f *folder) commit(tok *token) error {
	for _, name := range tok.Old {
		f.step()
		if err := f.removeOld(name); err != nil {
			return err
		}
	}
	for _, s := range tok.Segs {
		f.step()
		if err := f.show(s); err != nil {
			return err
		}
	}
	if len(tok.Segs)+len(tok.Old) > 0 {
		f.step()
		if err := f.syncFolders(tok.Segs); err != nil {
			return err
		}
	}
	for _, name := range tok.Drop {
		f.step()
		if err := os.Remove(f.aside(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	f.pending, f.old = without(f.pending, tok.Segs), nil
	f.drop = slices.DeleteFunc(f.drop, func(name string) bool { return slices.Contains(tok.Drop, name) })
	if tok.Final {
		f.step()
		f.removeAside()
	}
	return nil
}

// show renames one part.
func (f *folder) show(s seg) error {
	to := f.at(s.Name)
	if dir := filepath.Dir(to); dir != f.set.path {
		if _, err := os.Stat(f.aside(s.From)); errors.Is(err, fs.ErrNotExist) && !slices.Contains(f.pending, s) {
			return nil // no empty folder for what was taken away
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	err := os.Rename(f.aside(s.From), to)
	if errors.Is(err, fs.ErrNotExist) && !slices.Contains(f.pending, s) {
		return nil
	}
	return err
}

// removeOld removes a part of another run, and the folders that it leaves empty.
func (f *folder) removeOld(name string) error {
	if err := os.Remove(f.at(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for dir := filepath.Dir(f.at(name)); dir != f.set.path && os.Remove(dir) == nil; dir = filepath.Dir(dir) {
	}
	return nil
}

// syncFolders syncs the folders of the parts and those above them, each once.
func (f *folder) syncFolders(segs []seg) error {
	done := map[string]bool{}
	sync := func(dir string) error {
		if done[dir] {
			return nil
		}
		done[dir] = true
		err := syncFolder(dir)
		if errors.Is(err, fs.ErrNotExist) && dir != f.set.path {
			return nil // parts that were taken away, with their folder
		}
		return err
	}
	for _, s := range segs {
		for dir := filepath.Dir(f.at(s.Name)); dir != f.set.path; dir = filepath.Dir(dir) {
			if err := sync(dir); err != nil {
				return err
			}
		}
	}
	return sync(f.set.path)
}

func (f *folder) removeAside() {
	_ = os.RemoveAll(f.dir)
	_ = os.Remove(filepath.Dir(f.dir)) // only if no other run is in it
}

// without returns the segments of all that are not in done.
func without(all, done []seg) []seg {
	return slices.DeleteFunc(slices.Clone(all), func(s seg) bool { return slices.Contains(done, s) })
}

// syncFolder makes renames and new files in a folder durable.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
