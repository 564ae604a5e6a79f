package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// shelf is the files that stand beside logs: each folder is listed once, and each file
// in it looked into once.
type shelf struct {
	f       *follower
	folders map[string]*shelved
}

// shelved is the files of a folder.
type shelved struct {
	files  []besideFile
	byPath map[string]fs.FileInfo
	byKey  map[fileKey]string
	heads  map[int64]map[uint64][]besideFile // by the lengths of heads that were asked for
}

type besideFile struct {
	path string
	info fs.FileInfo
}

// finder opens the file in which a log stands and returns its path. No file: it does
// not find one.
type finder func(t *tail) (*os.File, fs.FileInfo, string, error)

func newShelf(f *follower) *shelf { return &shelf{f: f, folders: map[string]*shelved{}} }

// of lists the folder in which the log was found.
func (s *shelf) of(t *tail) (*shelved, error) {
	dir := filepath.Dir(s.f.full(t.name))
	if d := s.folders[dir]; d != nil {
		return d, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, noAccess(s.f.table, dir, err)
	}
	d := &shelved{byPath: map[string]fs.FileInfo{}, byKey: map[fileKey]string{}, heads: map[int64]map[uint64][]besideFile{}}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		path := filepath.Join(dir, e.Name())
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			continue // gone since, or no log
		}
		d.byPath[path] = info
		if e.Type().IsRegular() {
			d.files = append(d.files, besideFile{path, info})
			d.byKey[keyOf(info)] = path
		}
	}
	s.folders[dir] = d
	return d, nil
}

// byFile opens the file that had the log's number, under its name or another one, if
// it holds the log.
func (s *shelf) byFile(t *tail) (*os.File, fs.FileInfo, string, error) {
	d, err := s.of(t)
	if err != nil {
		return nil, nil, "", err
	}
	path := s.f.full(t.name)
	if info := d.byPath[path]; info == nil || keyOf(info) != t.mark.File {
		if path = d.byKey[t.mark.File]; path == "" {
			return nil, nil, "", nil
		}
	}
	file, info := open(path)
	if file == nil || keyOf(info) != t.mark.File || t.mark.At > 0 && !t.mark.in(file) {
		closeFile(file)
		return nil, nil, "", nil
	}
	return file, info, path, nil
}

// byContent opens a file that holds the log and that no other log is read from, best
// the one of its name.
func (s *shelf) byContent(t *tail) (*os.File, fs.FileInfo, string, error) {
	if t.mark.At == 0 || t.mark.HeadN == 0 {
		return nil, nil, "", nil
	}
	d, err := s.of(t)
	if err != nil {
		return nil, nil, "", err
	}
	here := s.f.full(t.name)
	places := d.withHead(t.mark.headKey())
	if info := d.byPath[here]; info != nil {
		places = append([]besideFile{{here, info}}, places...)
	}
	for _, p := range places {
		key := keyOf(p.info)
		if key != (fileKey{}) && (key == t.was || s.f.byFile[key] != nil) {
			continue
		}
		if file, info := open(p.path); file != nil {
			if t.mark.in(file) {
				return file, info, p.path, nil
			}
			file.Close()
		}
	}
	return nil, nil, "", nil
}

// withHead returns the files that begin so.
func (d *shelved) withHead(k headKey) []besideFile {
	byHash := d.heads[k.n]
	if byHash == nil {
		byHash = map[uint64][]besideFile{}
		head := make([]byte, k.n)
		for _, b := range d.files {
			if b.info.Size() < k.n {
				continue
			}
			file, _ := open(b.path)
			if file == nil {
				continue
			}
			if _, err := file.ReadAt(head, 0); err == nil {
				byHash[hashOf(head)] = append(byHash[hashOf(head)], b)
			}
			file.Close()
		}
		d.heads[k.n] = byHash
	}
	return byHash[k.hash]
}

// open opens a file that may be gone, or not be ours; place says later what is missing.
func open(path string) (*os.File, fs.FileInfo) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, nil
	}
	return file, info
}

func closeFile(f *os.File) {
	if f != nil {
		f.Close()
	}
}
