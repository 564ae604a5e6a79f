package file

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/parquet"
)

// The values of 'write.mode'.
const (
	modeReplace = "replace"
	modeAppend  = "append"
	modeFail    = "fail"
)

// sinkSettings are the options of a table that is written.
type sinkSettings struct {
	settings
	table   string
	cols    *ir.Schema // as the table declares them
	folder  bool
	mode    string // "": replace a file; fail on a folder with parts of another run
	parquet parquet.Options
}

func sinkSettingsOf(t *ir.Table) (sinkSettings, error) {
	base, err := settingsOf(t)
	set := sinkSettings{settings: base, table: t.Name, cols: t.Physical(), mode: t.Options["write.mode"], parquet: parquetOptions(t)}
	if err != nil {
		return set, err
	}
	set.folder = strings.HasSuffix(t.Options["path"], "/")
	set.path = filepath.Clean(set.path)
	if info, err := os.Stat(set.path); err == nil {
		set.folder = set.folder || info.IsDir()
		if set.folder != info.IsDir() || !info.IsDir() && !info.Mode().IsRegular() {
			return set, fmt.Errorf("%s: cannot write to %s, which is neither a file nor a folder", t.Name, set.path)
		}
	}
	if set.format == "" && set.folder {
		set.format = formatNDJSON
	}
	return set, set.check(t)
}

// check refuses what cannot be written.
func (set *sinkSettings) check(t *ir.Table) error {
	_, codec := ending(set.path)
	switch {
	case set.format == "":
		return fmt.Errorf("%s: the ending of %s does not say what to write; add 'format'='ndjson', 'csv' or 'parquet'", t.Name, set.path)
	case codec != "":
		return fmt.Errorf("%s: %s would have to be compressed, which files that are written are not; leave out the last ending", t.Name, set.path)
	case strings.ContainsAny(set.path, "*?["):
		return fmt.Errorf("%s: %s is a pattern; to write, name one file, or a folder with a / at the end", t.Name, set.path)
	case len(t.Partition) > 0:
		return fmt.Errorf("%s: PARTITIONED BY is not there for files that are written", t.Name)
	case set.mode != "" && set.mode != modeReplace && set.mode != modeAppend && set.mode != modeFail:
		return fmt.Errorf("%s: 'write.mode'='%s' is none of replace, append, fail", t.Name, set.mode)
	case set.format == formatParquet:
		if err := parquet.Check(set.cols); err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
		if err := parquet.CheckBloom(set.cols, set.parquet.Bloom); err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
	}
	return nil
}

// parquetOptions are how a table's Parquet files are written.
func parquetOptions(t *ir.Table) parquet.Options {
	opt := parquet.Options{Codec: t.Options["parquet.compression"]}
	for _, name := range strings.Split(t.Options["parquet.bloom-filter-columns"], ",") {
		if name = strings.TrimSpace(name); name != "" {
			opt.Bloom = append(opt.Bloom, name)
		}
	}
	return opt
}

// checkSink refuses a table that cannot be written.
func checkSink(t *ir.Table) error {
	set, err := sinkSettingsOf(t)
	if err == nil && set.csv.quote == 0 {
		return fmt.Errorf("%s: 'csv.disable-quote-character' is for reading; what is written needs a quote around some fields", t.Name)
	}
	return err
}

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
	// begin returns the path that the next segment is written to, and whether it
	// begins with a header.
	begin() (path string, header bool, err error)
	// prepare takes a closed segment, or none, and returns what Commit must know.
	prepare(epoch uint64, s *segment, final bool) (*token, error)
	commit(tok *token) error
	// clean removes what only a run that goes on would need, where that is empty.
	clean()
}

// token is what a checkpoint stores of a sink. Names are within the folder that
// the run writes to.
type token struct {
	Version int
	Final   bool     `json:",omitempty"`
	Segs    []seg    `json:",omitempty"` // what is written aside and may not be shown yet
	Base    int64    `json:",omitempty"` // one file: bytes, or row groups, that were there before the run
	At      int64    `json:",omitempty"` // a growing file: bytes before Segs
	Old     []string `json:",omitempty"` // a folder: parts of other runs that go
}

// seg is a segment that has been synced.
type seg struct {
	Name  string
	Bytes int64
}

const tokenVersion = 1

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
	schema *ir.Schema
	medium medium
	seg    *segment // of the epoch that rows are written for; nil: it has none yet
	ended  *token   // of the checkpoint, where it says that no rows come any more
	crash  func()   // tests: called between the steps that change the disk
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
	s.sc, s.schema = sc, &ir.Schema{Cols: append([]ir.Column(nil), sc.Schema.Cols...)}
	for i := range s.schema.Cols {
		s.schema.Cols[i].Name = s.set.cols.Cols[i].Name
	}
	if s.set.format == formatParquet {
		if err := parquet.Check(s.schema); err != nil {
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
// A Parquet file cannot grow, which checkMode says.
func (s *sink) newMedium() medium {
	switch {
	case s.set.folder:
		return &folder{sink: s}
	case s.sc.Unbounded && s.set.format != formatParquet:
		return &growing{aside: newAside(s)}
	}
	return &whole{aside: newAside(s)}
}

// checkMode compares what is there with 'write.mode'.
func (s *sink) checkMode() error {
	if s.set.folder {
		return nil // the folder looks itself
	}
	if s.sc.Unbounded && s.set.format == formatParquet {
		return errors.New("a Parquet file is whole only when the rows end, which these may never do; write to a folder: 'path'='" +
			strings.TrimSuffix(filepath.Base(s.set.path), ".parquet") + "/'")
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
	if err := s.begin(); err != nil {
		return err
	}
	return s.seg.write(b)
}

func (s *sink) begin() error {
	if s.seg != nil {
		return nil
	}
	path, header, err := s.medium.begin()
	if err != nil {
		return err
	}
	s.seg, err = s.newSegment(path, header)
	return err
}

// Prepare syncs the epoch's rows without showing them.
func (s *sink) Prepare(_ context.Context, epoch uint64, final bool) ([]byte, error) {
	if s.ended != nil && s.seg == nil {
		return json.Marshal(s.ended) // other parts of the run go on after a restart; the rows stay shown
	}
	tok, err := s.prepare(epoch, final)
	if err != nil {
		return nil, s.explain(err)
	}
	tok.Version, tok.Final = tokenVersion, final
	return json.Marshal(tok)
}

func (s *sink) prepare(epoch uint64, final bool) (*token, error) {
	done := s.seg
	if done != nil {
		s.seg = nil
		if err := done.finish(); err != nil {
			done.abort()
			return nil, err
		}
	}
	return s.medium.prepare(epoch, done, final)
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

// Close removes the rows that no Prepare has seen.
func (s *sink) Close() error {
	if s.seg != nil {
		s.seg.abort()
		s.seg = nil
	}
	if s.medium != nil {
		s.medium.clean()
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
	return fmt.Errorf("%s: cannot write %s: %w", s.set.table, s.set.path, err)
}
