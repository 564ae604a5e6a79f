package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// folder shows each epoch's rows as a part file of its own:
//
//	part-<run>-<epoch>-0.<ending>     committed
//	.part-<run>-<epoch>-0.<ending>    prepared
//	.part-<run>-open.<ending>         being written
type folder struct {
	*sink
	pending []seg    // prepared, maybe not committed
	old     []string // parts of other runs, to be removed by the first commit
}

func (f *folder) at(name string) string { return filepath.Join(f.set.path, name) }

// part is a name's run and epoch.
type part struct {
	name   string
	run    string
	epoch  uint64 // of a part that is not open
	open   bool
	hidden bool
}

func parsePart(name string) (p part, ok bool) {
	p.name = name
	rest, hidden := strings.CutPrefix(name, ".")
	p.hidden = hidden
	rest, ok = strings.CutPrefix(rest, "part-")
	rest, _, _ = strings.Cut(rest, ".")
	fields := strings.Split(rest, "-")
	if !ok || len(fields) < 2 {
		return p, false
	}
	p.run = fields[0]
	if fields[1] == "open" {
		p.open = true
		return p, p.hidden
	}
	var err error
	p.epoch, err = strconv.ParseUint(fields[1], 10, 64)
	return p, err == nil
}

func (f *folder) parts() ([]part, error) {
	entries, err := os.ReadDir(f.set.path)
	if err != nil {
		return nil, err
	}
	var out []part
	for _, e := range entries {
		if p, ok := parsePart(e.Name()); ok && !e.IsDir() {
			out = append(out, p)
		}
	}
	return out, nil
}

func (f *folder) fresh() error {
	if err := os.MkdirAll(f.set.path, 0o755); err != nil {
		return err
	}
	if err := syncFolder(filepath.Dir(filepath.Clean(f.set.path))); err != nil {
		return err
	}
	parts, err := f.parts()
	if err != nil {
		return err
	}
	for _, p := range parts {
		switch {
		case p.run == f.sc.Run:
			if err := os.Remove(f.at(p.name)); err != nil {
				return err
			}
		case p.hidden: // another run's, which may go on
		case f.set.mode == modeReplace:
			f.old = append(f.old, p.name)
		case f.set.mode != modeAppend:
			return fmt.Errorf("the folder already holds %s of another run; add 'write.mode'='append' to keep such files or 'replace' to remove them", p.name)
		}
	}
	return syncFolder(f.set.path)
}

func (f *folder) restore(epoch uint64, tok *token) error {
	if err := os.MkdirAll(f.set.path, 0o755); err != nil {
		return err
	}
	if err := f.commit(tok); err != nil {
		return err
	}
	parts, err := f.parts()
	if err != nil {
		return err
	}
	for _, p := range parts {
		if p.run == f.sc.Run && (p.hidden || p.epoch > epoch) {
			if err := os.Remove(f.at(p.name)); err != nil {
				return err
			}
		}
	}
	return syncFolder(f.set.path)
}

func (f *folder) begin() (string, bool, error) {
	return f.at(fmt.Sprintf(".part-%s-open.%s", f.sc.Run, f.set.format)), true, nil
}

func (f *folder) prepare(epoch uint64, s *segment, _ bool) (*token, error) {
	if s != nil {
		name := fmt.Sprintf("part-%s-%d-0.%s", f.sc.Run, epoch, f.set.format)
		if err := os.Rename(s.path, f.at("."+name)); err != nil {
			return nil, err
		}
		if err := syncFolder(f.set.path); err != nil {
			return nil, err
		}
		f.pending = append(f.pending, seg{Name: name, Bytes: s.bytes})
	}
	return &token{Segs: append([]seg(nil), f.pending...), Old: f.old}, nil
}

// commit renames. A part that is under neither name was committed before and has
// been taken away since by whoever reads the folder: its rows were delivered.
func (f *folder) commit(tok *token) error {
	for _, name := range tok.Old {
		f.step()
		if err := os.Remove(f.at(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, s := range tok.Segs {
		f.step()
		if err := os.Rename(f.at("."+s.Name), f.at(s.Name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if len(tok.Segs)+len(tok.Old) == 0 {
		return nil
	}
	f.step()
	f.pending, f.old = without(f.pending, tok.Segs), nil
	return syncFolder(f.set.path)
}

func (f *folder) clean() {}

// without returns the segments of all that are not in done.
func without(all, done []seg) []seg {
	var out []seg
	for _, s := range all {
		found := false
		for _, d := range done {
			found = found || d == s
		}
		if !found {
			out = append(out, s)
		}
	}
	return out
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
