package file

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

func (f *folder) fresh() error {
	if err := f.alone(); err != nil {
		return err
	}
	if err := os.MkdirAll(f.set.path, 0o755); err != nil {
		return err
	}
	if err := syncFolder(filepath.Dir(f.set.path)); err != nil {
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
		case f.set.mode == modeReplace:
			f.old = append(f.old, p.name)
		case f.set.mode != modeAppend:
			return fmt.Errorf("the folder already holds %s of another run; add 'write.mode'='append' to keep such files or 'replace' to remove them", p.name)
		}
	}
	if err := os.RemoveAll(f.dir); err != nil {
		return err
	}
	return f.makeAside()
}

// makeAside makes the run's folder, now, so that one that cannot be written to is an
// error before the run.
func (f *folder) makeAside() error {
	if err := os.MkdirAll(f.dir, 0o755); err != nil {
		return err
	}
	if err := syncFolder(f.set.path); err != nil {
		return err
	}
	var err error
	if f.lock, _, err = lock(f.aside(lockName)); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(f.dir))
}

// lockName is the file by which other runs see that this one goes on.
const lockName = "lock"

// alone fails if another run writes to the folder at this moment, unless rows are to
// be added to what others write.
func (f *folder) alone() error {
	if f.set.mode == modeAppend {
		return nil
	}
	runs, _ := os.ReadDir(filepath.Dir(f.dir)) // none: nobody writes
	for _, run := range runs {
		path := filepath.Join(filepath.Dir(f.dir), run.Name(), lockName)
		if _, err := os.Stat(path); err != nil || run.Name() == f.sc.Run {
			continue
		}
		l, taken, err := lock(path)
		if err != nil {
			return err
		}
		_ = l.Close()
		if taken {
			return errors.New("another run is writing to the folder; wait for its end, or add 'write.mode'='append' to have the files of both")
		}
	}
	return nil
}

// restore goes on with the parts that had not rolled.
func (f *folder) restore(epoch uint64, tok *token) error {
	f.epoch, f.seq = epoch, tok.Seq
	if err := f.checkParts(tok); err != nil {
		return err
	}
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
		if p.run == f.sc.Run && p.epoch > epoch {
			if err := os.Remove(f.at(p.name)); err != nil {
				return err
			}
		}
	}
	if tok.Final {
		return syncFolder(f.set.path)
	}
	for i := range tok.Parts {
		p := tok.Parts[i]
		f.open[p.Dir] = &p
	}
	if err := f.makeAside(); err != nil {
		return err
	}
	return f.keep(tok)
}

// checkParts fails if rows that the checkpoint holds aside are not there any more.
func (f *folder) checkParts(tok *token) error {
	for _, p := range tok.Parts {
		for _, s := range p.Segs {
			there, err := checkSegment(f.aside(s.Name), s.Bytes)
			if err == nil && !there {
				err = fmt.Errorf("%s, which the checkpoint needs, is missing", f.aside(s.Name))
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// keep removes all of the run's files aside but those of the token's parts.
func (f *folder) keep(tok *token) error {
	wanted := map[string]bool{}
	for _, p := range tok.Parts {
		for _, s := range p.Segs {
			wanted[s.Name] = true
		}
	}
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if wanted[e.Name()] || e.Name() == lockName {
			continue
		}
		if err := os.RemoveAll(f.aside(e.Name())); err != nil {
			return err
		}
	}
	return nil
}
