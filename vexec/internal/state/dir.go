package state

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/helios-stream/helios/vexec"
)

// FormatVersion is the version of the checkpoint folder's format.
const FormatVersion = 1

// Checkpoint is a consistent cut through a run: everything that a restart needs.
type Checkpoint struct {
	Epoch  uint64                     `json:"epoch"`
	Run    string                     `json:"run"`  // names the run and its restarts in file names
	Plan   string                     `json:"plan"` // fingerprint of the query
	Done   bool                       `json:"done"` // the input had ended: nothing is left to do
	Scans  map[string]json.RawMessage `json:"scans,omitempty"`
	Sinks  map[string][]byte          `json:"sinks,omitempty"` // tokens of Sink.Prepare
	Ops    map[string][]Snapshot      `json:"ops,omitempty"`   // by operator label, one a task
	Stats  map[string]int64           `json:"stats,omitempty"`
	Firsts map[string]string          `json:"firsts,omitempty"` // of what Stats count: where and why the first one came

	dir *Dir
}

// Dir is a checkpoint folder, held by one process.
//
//	checkpoint-000000000012.json   the manifest of epoch 12
//	<run>-000000000011.pack        segments that were new in epoch 11
//	LOCK                           held while a run uses the folder
type Dir struct {
	path string
	lock *os.File
}

// OpenDir makes the folder if needed and takes its lock.
func OpenDir(path string) (*Dir, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("checkpoint folder %s cannot be made: %w", path, reason(err))
	}
	lock, err := lockFile(filepath.Join(path, "LOCK"))
	if err != nil {
		return nil, fmt.Errorf("checkpoint folder %s is in use by another run, or cannot be locked: %w", path, reason(err))
	}
	return &Dir{path: path, lock: lock}, nil
}

// Path is the folder.
func (d *Dir) Path() string { return d.path }

// Close gives the lock back. The content stays.
func (d *Dir) Close() error {
	if d.lock == nil {
		return nil
	}
	err := d.lock.Close()
	d.lock = nil
	return err
}

const manifestPrefix = "checkpoint-"

func manifestName(epoch uint64) string { return fmt.Sprintf("%s%012d.json", manifestPrefix, epoch) }

// envelope is the manifest file: the checkpoint and a checksum of its bytes.
type envelope struct {
	Format int             `json:"format"`
	Hash   int             `json:"hash"` // vexec.HashVersion: decides the key groups
	SHA256 string          `json:"sha256"`
	Body   json.RawMessage `json:"body"`
}

// Latest reads the newest checkpoint; nil where there is none. A damaged one is an
// error that names it: falling back to an older one would show rows twice.
func (d *Dir) Latest() (*Checkpoint, error) {
	names, err := d.list(func(n string) bool { return strings.HasPrefix(n, manifestPrefix) && strings.HasSuffix(n, ".json") })
	if err != nil || len(names) == 0 {
		return nil, err
	}
	name := filepath.Join(d.path, names[len(names)-1])
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("checkpoint %s cannot be read: %w", name, reason(err))
	}
	var env envelope
	if err := json.Unmarshal(raw, &env); err != nil {
		return nil, damaged(name, "it is not whole JSON")
	}
	if env.Format != FormatVersion || env.Hash != vexec.HashVersion {
		return nil, fmt.Errorf("checkpoint %s has format %d.%d; this heliosc reads format %d.%d. Finish the run with the heliosc that made it, or start with another folder",
			name, env.Format, env.Hash, FormatVersion, vexec.HashVersion)
	}
	if sum := sha256.Sum256(env.Body); hex.EncodeToString(sum[:]) != env.SHA256 {
		return nil, damaged(name, "its checksum does not fit")
	}
	c := &Checkpoint{dir: d}
	if err := json.Unmarshal(env.Body, c); err != nil {
		return nil, damaged(name, err.Error())
	}
	return c, nil
}

func damaged(name, why string) error {
	return fmt.Errorf("checkpoint %s is damaged: %s. Restore the file, or delete the checkpoint folder and the query's output and run from the start", name, why)
}

// list returns the names in the folder that keep wants, sorted.
func (d *Dir) list(keep func(string) bool) ([]string, error) {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return nil, fmt.Errorf("checkpoint folder %s cannot be read: %w", d.path, reason(err))
	}
	var out []string
	for _, e := range entries {
		if keep(e.Name()) {
			out = append(out, e.Name())
		}
	}
	sort.Strings(out)
	return out, nil
}

// Write makes c durable: new segments go into one pack file, then the manifest is
// written beside, synced and renamed. When it returns nil, c is the newest
// checkpoint and files that it does not name are gone. Until then the one before
// stands. One call at a time; it may run beside the tasks.
func (d *Dir) Write(ctx context.Context, c *Checkpoint) error {
	if err := d.writePack(ctx, c); err != nil {
		return err
	}
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	raw, err := json.Marshal(envelope{Format: FormatVersion, Hash: vexec.HashVersion, SHA256: hex.EncodeToString(sum[:]), Body: body})
	if err != nil {
		return err
	}
	name := filepath.Join(d.path, manifestName(c.Epoch))
	if err := writeSynced(name+".tmp", raw); err != nil {
		return fmt.Errorf("checkpoint %s cannot be written: %w", name, reason(err))
	}
	if err := os.Rename(name+".tmp", name); err != nil {
		return fmt.Errorf("checkpoint %s cannot be written: %w", name, reason(err))
	}
	if err := syncDir(d.path); err != nil {
		return fmt.Errorf("checkpoint folder %s cannot be synced: %w", d.path, reason(err))
	}
	return d.collect(c)
}

// collect removes the files that c does not need.
func (d *Dir) collect(c *Checkpoint) error {
	used := map[string]bool{"LOCK": true, manifestName(c.Epoch): true}
	for _, ref := range c.segments() {
		used[ref.File] = true
	}
	names, err := d.list(func(n string) bool {
		ours := strings.HasPrefix(n, manifestPrefix) || strings.HasSuffix(n, packSuffix)
		return ours && !used[n]
	})
	if err != nil {
		return err
	}
	for _, n := range names {
		if err := os.Remove(filepath.Join(d.path, n)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("old checkpoint file %s cannot be removed: %w", filepath.Join(d.path, n), reason(err))
		}
	}
	return nil
}

// Bytes is how much state the checkpoint names, as it lies in the folder.
func (c *Checkpoint) Bytes() int64 {
	n := int64(0)
	for _, ref := range c.segments() {
		n += ref.Len
	}
	return n
}

// segments lists all segments of c, operators by label.
func (c *Checkpoint) segments() []*SegmentRef {
	var out []*SegmentRef
	for _, label := range sortedKeys(c.Ops) {
		for _, snap := range c.Ops[label] {
			for _, t := range snap.Tables {
				out = append(out, t.Segments...)
			}
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func writeSynced(name string, data []byte) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

func syncDir(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// reason takes the path out of a file error: the message around it has it.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
