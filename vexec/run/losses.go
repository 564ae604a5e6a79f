package run

import (
	"strings"
	"sync"
)

// LossKind says what became of records, rows or fields that could not be processed.
type LossKind string

// The kinds.
const (
	LossFile    LossKind = "dead letters" // rows in the dead-letter file
	LossMapping LossKind = "letters to"   // rows in a mapping ('on.error'='dlq:<mapping>')
	LossDropped LossKind = "dropped"      // rows ('on.error'='drop')
	LossNulled  LossKind = "nulled"       // fields ('on.error'='null')
)

// Loss counts what could not be processed and went one way, since the start of the query.
type Loss struct {
	Kind  LossKind
	To    string // LossMapping: the mapping
	Count int64  // rows; of LossNulled fields
	First string // where and why, of one of the first
}

// key is the loss in checkpoints.
func (l *Loss) key() string {
	if l.Kind == LossMapping {
		return lostKey + string(l.Kind) + " " + l.To
	}
	return lostKey + string(l.Kind)
}

const lostKey = "lost: "

// lossOf is the other direction of Loss.key.
func lossOf(key string) Loss {
	name := strings.TrimPrefix(key, lostKey)
	if to, ok := strings.CutPrefix(name, string(LossMapping)+" "); ok {
		return Loss{Kind: LossMapping, To: to}
	}
	return Loss{Kind: LossKind(name)}
}

// firsts keeps of each loss where and why the first one came, since the start of the
// query. Safe for use by all tasks.
type firsts struct {
	mu   sync.Mutex
	text map[string]string // by Loss.key
	rows map[string]int64  // all so far
}

func newFirsts(restored map[string]string) *firsts {
	f := &firsts{text: map[string]string{}, rows: map[string]int64{}}
	for k, v := range restored {
		f.text[k] = v
	}
	return f
}

func (f *firsts) note(key string, n int64, text func() string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rows[key] += n
	if _, known := f.text[key]; !known {
		f.text[key] = text()
	}
}

// losses lists all so far.
func (f *firsts) losses() (out []Loss) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, k := range sortedKeys(f.rows) {
		l := lossOf(k)
		l.Count, l.First = f.rows[k], f.text[k]
		out = append(out, l)
	}
	return out
}

// copy is what a checkpoint keeps.
func (f *firsts) copy() map[string]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.text) == 0 {
		return nil
	}
	out := map[string]string{}
	for k, v := range f.text {
		out[k] = v
	}
	return out
}

// lose counts n rows or fields of a task that went one way. Its keys are those of
// checkpoints, so that the counts of an epoch are just those of its rows.
func (t *task) lose(key string, n int64, first func() string) {
	if t.lost == nil {
		t.lost = map[string]int64{}
	}
	t.job.firsts.note(key, n, first)
	t.lost[key] += n
}

// restoreLost has t, one task of all, go on with the counts of the checkpoint.
func (t *task) restoreLost() {
	if t.job.restored == nil {
		return
	}
	for k, n := range t.job.restored.Stats {
		if strings.HasPrefix(k, lostKey) {
			t.lose(k, n, func() string { return "" })
		}
	}
}
