package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/helios-stream/helios/vexec"
)

// stagingName is the hidden folder in which runs write aside.
const stagingName = ".heliosc"

// folder shows rows as parts, which roll independently of checkpoints. What has not
// been shown stands aside, without the ending of what it will be, so that no pattern
// takes it in:
//
//	.heliosc/<run>/<n>.seg     rows of one epoch for one part
//	.heliosc/<run>/<n>.whole   a part that has rolled, put together from its segments
//	.heliosc/<run>/lock        locked while the run goes on
//
// A segment is written for each part and checkpoint. When the part rolls they are
// joined; they go when a checkpoint knows the whole.
type folder struct {
	*sink
	dir     string
	hive    *hive // nil: not partitioned
	epoch   uint64
	seq     uint64
	open    map[string]*openPart // by folder
	used    uint64
	rolled  []rolledPart // since the last prepare
	fresher bool         // rows were written since the last prepare
	pending []seg        // prepared, maybe not committed
	drop    []string     // segments that pending ones were made from
	old     []string     // parts of other runs, to be removed by the first commit
	split   splitter
	lock    *os.File
}

func newFolder(s *sink) *folder {
	f := &folder{sink: s, dir: filepath.Join(s.set.path, stagingName, s.sc.Run), open: map[string]*openPart{}}
	if len(s.set.partition) > 0 {
		f.hive = newHive(s.set.cols, s.set.partition)
	}
	return f
}

func (f *folder) at(name string) string    { return filepath.Join(f.set.path, filepath.FromSlash(name)) }
func (f *folder) aside(name string) string { return filepath.Join(f.dir, name) }

// next is the name of another file aside.
func (f *folder) next(ending string) string {
	f.seq++
	return fmt.Sprintf("%08d%s", f.seq, ending)
}

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

func (f *folder) written() bool { return f.fresher }

// prepare syncs what was written and rolls the parts whose time has come.
func (f *folder) prepare(epoch uint64, final bool) (*token, error) {
	for _, p := range f.byAge() {
		if err := f.seal(p); err != nil {
			return nil, err
		}
		if final || f.atEnd() || f.due(p) {
			if err := f.rollPart(p); err != nil {
				return nil, err
			}
		}
	}
	f.fresher, f.epoch = false, epoch
	for i, r := range f.rolled {
		name := partName(r.since, f.sc.Run, epoch, i, "."+string(f.set.format)+endingOf(f.set.codec))
		f.pending = append(f.pending, seg{Name: filepath.ToSlash(filepath.Join(r.dir, name)), Bytes: r.bytes, From: r.name})
		f.drop = append(f.drop, r.drop...)
	}
	f.rolled = nil
	if err := syncFolder(f.dir); err != nil {
		return nil, err
	}
	tok := &token{Segs: slices.Clone(f.pending), Drop: slices.Clone(f.drop), Old: f.old, Seq: f.seq}
	for _, p := range f.byAge() {
		tok.Parts = append(tok.Parts, *p)
	}
	return tok, nil
}

// atEnd: nobody will go on with the run, which has no other epoch than its last.
func (f *folder) atEnd() bool { return f.sc.NoRestart && !f.sc.Unbounded }

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

func (f *folder) close() {
	for _, p := range f.open {
		if p.seg != nil {
			p.seg.abort()
			p.seg = nil
		}
	}
	if f.sc.NoRestart {
		f.removeAside()
	}
	f.unlock()
	_ = os.Remove(f.dir) // only if nothing is in it
	_ = os.Remove(filepath.Dir(f.dir))
}

func (f *folder) unlock() {
	if f.lock != nil {
		_ = os.Remove(f.lock.Name())
		_ = f.lock.Close()
		f.lock = nil
	}
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

var _ medium = (*folder)(nil)

// write adds rows, each to the part of its folder.
func (f *folder) write(b *vexec.Batch) error {
	f.fresher = true
	if f.hive == nil {
		return f.add("", b)
	}
	return f.split.each(f.hive, b, f.schema, f.add)
}
