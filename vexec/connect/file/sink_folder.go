package file

import (
	"fmt"
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
	rolled  []rolledPart // that have no name yet
	named   int          // parts of the epoch that has begun that have one
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
	f.pending = append(f.pending, f.name(epoch)...)
	f.named = 0
	if err := syncFolder(f.dir); err != nil {
		return nil, err
	}
	tok := &token{Segs: slices.Clone(f.pending), Drop: slices.Clone(f.drop), Old: f.old, Seq: f.seq}
	for _, p := range f.byAge() {
		tok.Parts = append(tok.Parts, *p)
	}
	return tok, nil
}

// name gives the parts that have rolled their names.
func (f *folder) name(epoch uint64) (out []seg) {
	for _, r := range f.rolled {
		name := partName(r.since, f.sc.Run, epoch, f.named, "."+string(f.set.format)+endingOf(f.set.codec))
		f.named++
		out = append(out, seg{Name: filepath.ToSlash(filepath.Join(r.dir, name)), Bytes: r.bytes, From: r.name})
		f.drop = append(f.drop, r.drop...)
	}
	f.rolled = nil
	return out
}

// showEarly shows the parts that have rolled. Segments that a checkpoint knows stay
// aside until another one does not need them; a part is never one of them itself
// (rollPart).
func (f *folder) showEarly(epoch uint64) error {
	for _, p := range f.byAge() {
		if f.set.roll.interval > 0 && f.due(p) {
			if err := f.rollPart(p); err != nil {
				return err
			}
		}
	}
	segs := f.name(epoch)
	if len(segs) == 0 {
		return nil
	}
	f.pending = append(f.pending, segs...)
	for _, s := range segs {
		f.step()
		if err := f.show(s); err != nil {
			return err
		}
	}
	f.pending = without(f.pending, segs)
	return f.syncFolders(segs)
}

// atEnd: nobody will go on with the run, which has no other epoch than its last.
func (f *folder) atEnd() bool { return f.sc.NoRestart && !f.sc.Unbounded }

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

var (
	_ medium      = (*folder)(nil)
	_ earlyMedium = (*folder)(nil)
)

// write adds rows, each to the part of its folder.
func (f *folder) write(b *vexec.Batch) error {
	f.fresher = true
	if f.hive == nil {
		return f.add("", b)
	}
	return f.split.each(f.hive, b, f.schema, f.add)
}
