package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/helios-stream/helios/vexec"
)

// aside is the hidden folder in which a run writes the segments of one file:
//
//	.<name>.heliosc/<run>/<epoch>.seg   prepared
//	.<name>.heliosc/<run>/open          being written
//	.<name>.heliosc/<run>/joined        the whole file, before it is renamed
//	.<name>.heliosc/<run>.done          the run has ended; to be removed
type aside struct {
	*sink
	hidden  string   // .<name>.heliosc
	dir     string   // of the run
	seg     *segment // of the epoch that rows are written for; nil: it has none yet
	first   func() bool
	pending []seg // synced; growing: and maybe not committed
	base    int64 // bytes, or row groups, that were in the file before the run
}

func newAside(s *sink) aside {
	hidden := filepath.Join(filepath.Dir(s.set.path), "."+filepath.Base(s.set.path)+".heliosc")
	a := aside{sink: s, hidden: hidden, dir: filepath.Join(hidden, s.sc.Run)}
	a.first = func() bool { return true }
	return a
}

func (a *aside) write(b *vexec.Batch) error {
	if err := a.begin(); err != nil {
		return err
	}
	return a.seg.write(b)
}

func (a *aside) written() bool { return a.seg != nil }

func (a *aside) at(name string) string { return filepath.Join(a.dir, name) }

// make makes the run's folder and those above it.
func (a *aside) make() error {
	if err := os.MkdirAll(a.dir, 0o755); err != nil {
		return err
	}
	for _, d := range []string{filepath.Dir(a.set.path), a.hidden} {
		if err := syncFolder(d); err != nil {
			return err
		}
	}
	return nil
}

func (a *aside) exists() bool {
	_, err := os.Stat(a.dir)
	return err == nil
}

// keep removes all of the run's files but those of the token.
func (a *aside) keep(segs []seg) error {
	entries, err := os.ReadDir(a.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if len(without([]seg{{Name: e.Name()}}, names(segs))) == 0 {
			continue
		}
		if err := os.RemoveAll(a.at(e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// names returns the segments without their sizes.
func names(segs []seg) []seg {
	out := make([]seg, len(segs))
	for i, s := range segs {
		out[i].Name = s.Name
	}
	return out
}

// begin makes the epoch's segment where there is none yet.
func (a *aside) begin() error {
	if a.seg != nil {
		return nil
	}
	if !a.exists() {
		if err := a.make(); err != nil {
			return err
		}
	}
	var err error
	a.seg, err = a.newSegment(a.at("open"), a.first())
	return err
}

// take ends the epoch's segment, if it has one.
func (a *aside) take(epoch uint64) error {
	s := a.seg
	if s == nil {
		return nil
	}
	a.seg = nil
	if err := s.finish(); err != nil {
		s.abort()
		return err
	}
	name := fmt.Sprintf("%d.seg", epoch)
	a.step()
	if err := os.Rename(s.path, a.at(name)); err != nil {
		return err
	}
	a.pending = append(a.pending, seg{Name: name, Bytes: s.bytes})
	return syncFolder(a.dir)
}

// empty makes a segment without rows: the header, or a Parquet file without row groups.
func (a *aside) empty(epoch uint64) error {
	if err := a.begin(); err != nil {
		return err
	}
	return a.take(epoch)
}

// check says whether a segment is there as it was synced.
func (a *aside) check(s seg) (there bool, err error) { return checkSegment(a.at(s.Name), s.Bytes) }

func checkSegment(path string, bytes int64) (there bool, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case info.Size() != bytes:
		return true, fmt.Errorf("%s has %d bytes where the checkpoint says %d: it was changed by someone else", path, info.Size(), bytes)
	}
	return true, nil
}

// finish removes the run's folder. The rename makes that one step: while the
// folder stands under its name, all of its segments do.
func (a *aside) finish() error {
	done := a.dir + ".done"
	if err := os.RemoveAll(done); err != nil {
		return err
	}
	a.step()
	if err := os.Rename(a.dir, done); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if a.hiddenThere() {
		if err := syncFolder(a.hidden); err != nil {
			return err
		}
	}
	a.step()
	if err := os.RemoveAll(done); err != nil {
		return err
	}
	a.step()
	_ = os.Remove(a.hidden) // only if no other run is in it
	return nil
}

func (a *aside) hiddenThere() bool {
	_, err := os.Stat(a.hidden)
	return err == nil
}

// discard removes what a run without any checkpoint left.
func (a *aside) discard() error {
	for _, d := range []string{a.dir, a.dir + ".done"} {
		if err := os.RemoveAll(d); err != nil {
			return err
		}
	}
	return a.make() // now, so that a folder that cannot be written to is an error before the run
}

// close removes the rows that no Prepare has seen, and the folders of a run that has
// nothing in them, or nothing that anybody will take up.
func (a *aside) close() {
	if a.seg != nil {
		a.seg.abort()
		a.seg = nil
	}
	if a.sc.NoRestart {
		_ = os.RemoveAll(a.dir)
	}
	_ = os.Remove(a.dir)
	_ = os.Remove(a.hidden)
}
