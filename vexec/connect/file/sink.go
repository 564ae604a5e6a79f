package file

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"syscall"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/arrowipc"
	"github.com/helios-stream/helios/vexec/connect/format/parquet"
)

// Sink returns the table's file or folder as a sink.
func (connector) Sink(t *ir.Table) (vexec.Sink, error) { return newSink(t) }

// newSink returns a sink that takes part in checkpoints: rows are written aside,
// synced by Prepare and shown by Commit.
func newSink(t *ir.Table) (vexec.Sink, error) {
	set, err := sinkSettingsOf(t)
	if err != nil {
		return nil, err
	}
	return &sink{set: set}, nil
}

// medium is where committed rows stand: a folder of parts, one file that appears
// at the end, or one file that grows.
type medium interface {
	// fresh begins a run that nothing was committed of.
	fresh() error
	// restore leaves the medium as the epoch of the token left it.
	restore(epoch uint64, tok *token) error
	// write adds rows to the epoch that has begun.
	write(b *vexec.Batch) error
	// written reports whether there are rows that no prepare has seen.
	written() bool
	// prepare ends the epoch and returns what commit must know.
	prepare(epoch uint64, final bool) (*token, error)
	commit(tok *token) error
	// close removes what no prepare has seen, and all that only a run that goes on
	// would need, where there will be none.
	close()
}

// token is what a checkpoint stores of a sink. Names are within the folder that
// the run writes to.
type token struct {
	Version int
	Final   bool       `json:",omitempty"`
	Segs    []seg      `json:",omitempty"` // what is written aside and may not be shown yet
	Base    int64      `json:",omitempty"` // one file: bytes, or row groups, that were there before the run
	At      int64      `json:",omitempty"` // a growing file: bytes before Segs
	Old     []string   `json:",omitempty"` // a folder: parts of other runs that go
	Parts   []openPart `json:",omitempty"` // a folder: those that have not rolled
	Drop    []string   `json:",omitempty"` // a folder: segments that are in Segs now
	Seq     uint64     `json:",omitempty"` // a folder: the last number of a segment
}

// seg is a segment that has been synced.
type seg struct {
	Name  string
	Bytes int64
	From  string `json:",omitempty"` // a folder: what it is called aside; Name is what it will be
}

const tokenVersion = 2

func parseToken(raw []byte) (*token, error) {
	tok := &token{}
	if err := json.Unmarshal(raw, tok); err != nil {
		return nil, fmt.Errorf("the checkpoint's note about the file is damaged: %w", err)
	}
	if tok.Version != tokenVersion {
		return nil, fmt.Errorf("the checkpoint's note about the file has version %d, this program knows %d", tok.Version, tokenVersion)
	}
	return tok, nil
}

// sink writes one table.
type sink struct {
	set    sinkSettings
	sc     *vexec.SinkContext
	schema *ir.Schema // of the files: without the columns of PARTITIONED BY
	medium medium
	ended  *token                      // of the checkpoint, where it says that no rows come any more
	crash  func()                      // tests: called between the steps that change the disk
	wrap   func(outputFile) outputFile // tests: a disk that is full
}

// step stands where a crash would leave the disk between two states.
func (s *sink) step() {
	if s.crash != nil {
		s.crash()
	}
}

// Open makes the medium as the checkpoint left it, or begins a new run.
func (s *sink) Open(_ context.Context, sc *vexec.SinkContext) error {
	if err := s.open(sc); err != nil {
		_ = s.Close()
		return s.explain(err)
	}
	return nil
}

func (s *sink) open(sc *vexec.SinkContext) error {
	if len(sc.Schema.Cols) != len(s.set.cols.Cols) {
		return fmt.Errorf("the rows have %d columns, the mapping declares %d", len(sc.Schema.Cols), len(s.set.cols.Cols))
	}
	s.sc, s.schema = sc, &ir.Schema{}
	for i, c := range sc.Schema.Cols {
		if c.Name = s.set.cols.Cols[i].Name; !slices.Contains(s.set.partition, c.Name) {
			s.schema.Cols = append(s.schema.Cols, c)
		}
	}
	if s.set.format == formatParquet {
		if err := parquet.Check(s.schema); err != nil {
			return err
		}
	}
	if s.set.format == formatArrow {
		if err := arrowipc.Check(s.schema); err != nil {
			return err
		}
	}
	s.medium = s.newMedium()
	if sc.Token == nil {
		if err := s.checkMode(); sc.Epoch == 0 && err != nil {
			return err
		}
		return s.medium.fresh()
	}
	tok, err := parseToken(sc.Token)
	if err != nil {
		return err
	}
	if tok.Final {
		s.ended = tok
	}
	return s.medium.restore(sc.Epoch, tok)
}

// newMedium decides how rows are shown. A bounded run's file appears whole, at the
// end: whoever waits for it never reads a half. A run that may never end would so
// show nothing at all; its file grows at each checkpoint, by committed rows only.
// Parquet and Arrow files cannot grow, which checkMode says.
func (s *sink) newMedium() medium {
	switch {
	case s.set.folder:
		return newFolder(s)
	case s.sc.Unbounded && !s.set.format.binary():
		return newGrowing(s)
	}
	return newWhole(s)
}

// checkMode compares what is there with 'write.mode'.
func (s *sink) checkMode() error {
	if s.set.folder {
		return nil // the folder looks itself
	}
	if s.sc.Unbounded && s.set.format.binary() {
		return errors.New(map[format]string{formatParquet: "a Parquet", formatArrow: "an Arrow"}[s.set.format] + " file is whole only when the rows end, which these may never do; write to a folder: 'path'='" +
			baseName(s.set.path) + "/', 'format'='" + string(s.set.format) + "'")
	}
	if _, err := os.Stat(s.set.path); err == nil && s.set.mode == modeFail {
		return errors.New("the file is already there; 'write.mode'='replace' or 'append' would take it")
	}
	return nil
}

// Write adds the rows of b to the epoch that has begun.
func (s *sink) Write(_ context.Context, b *vexec.Batch) error {
	return s.explain(s.write(b))
}

func (s *sink) write(b *vexec.Batch) error {
	if b.Live() == 0 {
		return nil
	}
	if b.Kind != nil {
		for i, n := 0, b.Live(); i < n; i++ {
			if k := b.KindOf(b.Row(i)); k != vexec.Insert {
				return fmt.Errorf("a file takes rows that are added; this query also changes rows (%s)", k)
			}
		}
	}
	return s.medium.write(b)
}

// Prepare syncs the epoch's rows without showing them.
func (s *sink) Prepare(_ context.Context, epoch uint64, final bool) ([]byte, error) {
	if s.ended != nil && !s.medium.written() {
		return json.Marshal(s.ended) // other parts of the run go on after a restart; the rows stay shown
	}
	tok, err := s.medium.prepare(epoch, final)
	if err != nil {
		return nil, s.explain(err)
	}
	tok.Version, tok.Final = tokenVersion, final
	return json.Marshal(tok)
}

// Commit shows what the token names. It may be called again.
func (s *sink) Commit(_ context.Context, _ uint64, raw []byte) error {
	if raw == nil {
		return nil
	}
	tok, err := parseToken(raw)
	if err == nil {
		err = s.medium.commit(tok)
	}
	return s.explain(err)
}

// Show shows what has been written, where the file or folder can be read before the
// rows have ended: the parts of a folder that have rolled, the rows of a file that grows.
func (s *sink) Show(_ context.Context, epoch uint64) error {
	if m, can := s.medium.(earlyMedium); can && s.ended == nil {
		return s.explain(m.showEarly(epoch))
	}
	return nil
}

// earlyMedium is a medium that rows can be read in before the run has ended.
type earlyMedium interface {
	// showEarly shows rows of an epoch of which no prepare has been yet, and of which all
	// epochs before are committed.
	showEarly(epoch uint64) error
}

var _ vexec.Shower = (*sink)(nil)

// Close removes the rows that no Prepare has seen.
func (s *sink) Close() error {
	if s.medium != nil {
		s.medium.close()
	}
	return nil
}

// ExactlyOnce is true: a rename shows rows, or it does not.
func (s *sink) ExactlyOnce() bool { return true }

// explain makes one sentence of err: what could not be done, where and why. The
// names of files that are written aside mean nothing to the reader.
func (s *sink) explain(err error) error {
	if err == nil {
		return nil
	}
	var mem *vexec.MemoryError
	if errors.As(err, &mem) {
		return err
	}
	var path *os.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	name := s.set.table + ": "
	if s.set.table == s.set.path { // an output file of the command line
		name = ""
	}
	return fmt.Errorf("%scannot write %s: %w%s", name, s.set.path, err, advice(err))
}

// advice is what to do about an error of the system, where its words do not say so.
func advice(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "; choose a place where this user may write"
	case errors.Is(err, syscall.ENOTDIR):
		return "; a part of the path is a file"
	case errors.Is(err, syscall.ENOSPC):
		return "; make room on the disk and start again"
	}
	return ""
}
