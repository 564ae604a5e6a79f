package run

import (
	"context"
	"fmt"
	"sync"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// DeadLetterSchema is the columns of a dead letter. For a record that could not be
// decoded: where it stands and its text (raw, or raw_base64 where it is not UTF-8).
// For a row that an operator refused: the operator and the row as JSON.
var DeadLetterSchema = ir.NewSchema(
	ir.Column{Name: "source", Type: ir.TVarchar},
	ir.Column{Name: "split", Type: ir.TVarchar},
	ir.Column{Name: "line", Type: ir.TBigInt},
	ir.Column{Name: "offset", Type: ir.TBigInt},
	ir.Column{Name: "column", Type: ir.TVarchar},
	ir.Column{Name: "operator", Type: ir.TVarchar},
	ir.Column{Name: "reason", Type: ir.TVarchar, NotNull: true},
	ir.Column{Name: "raw", Type: ir.TVarchar},
	ir.Column{Name: "raw_base64", Type: ir.TVarchar},
	ir.Column{Name: "row", Type: ir.TJSON},
)

const (
	lettersKey   = "dead letters"
	lettersCount = lettersKey + ".rows"
)

// letters writes dead letters. A letter belongs to the epoch of the task that
// wrote it: one of the next epoch, from a task that is past the barrier already,
// waits in memory until the epoch at hand has been prepared.
type letters struct {
	job *job

	mu    sync.Mutex
	sink  *sinkEnd // nil: none yet, or not wanted
	epoch uint64   // the one that is written now
	early []letter // of the epoch after it
	batch vexec.Batch
	rows  int64
	first string
}

// letter is one row of DeadLetterSchema.
type letter [10]ir.Value

func newLetters(j *job) *letters {
	l := &letters{job: j, epoch: 1}
	if j.restored != nil {
		l.epoch = j.restored.Epoch + 1
		l.rows = j.restored.Stats[lettersCount]
	}
	return l
}

// restore opens the sink after a restart, so that it takes back what was written
// behind the checkpoint.
func (l *letters) restore(ctx context.Context) error {
	if l.job.restored == nil {
		return nil
	}
	return l.open(ctx)
}

// open makes the sink unless it is there or none is wanted.
func (l *letters) open(ctx context.Context) error {
	if l.sink != nil || l.job.cfg.DeadLetters == nil {
		return nil
	}
	sink, err := l.job.cfg.DeadLetters()
	if err != nil {
		return fmt.Errorf("dead letters: %w", err)
	}
	s := &sinkEnd{key: lettersKey, name: lettersKey, sink: sink, mem: l.job.budget.Account(lettersKey)}
	sc := l.job.sinkContext(s, DeadLetterSchema)
	if err := sink.Open(ctx, sc); err != nil {
		_ = sink.Close() // the first error says more
		return fmt.Errorf("dead letters: %w", err)
	}
	l.sink = s
	return nil
}

// add writes a letter of an epoch. where is "file:line" or the operator.
func (l *letters) add(epoch uint64, row letter, where, reason string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows++
	if l.first == "" {
		l.first = where + ": " + reason
	}
	if err := l.open(l.job.ctx); err != nil || l.sink == nil {
		return err
	}
	if epoch > l.epoch {
		l.early = append(l.early, row)
		return nil
	}
	return l.write(l.job.ctx, row)
}

func (l *letters) write(ctx context.Context, row letter) error {
	b := &l.batch
	b.Reset(DeadLetterSchema)
	b.Rows = 1
	for c := range b.Cols {
		fill(&b.Cols[c], DeadLetterSchema.Cols[c].Type, row[c])
	}
	if err := l.sink.write(ctx, b); err != nil {
		return fmt.Errorf("dead letters: %w", err)
	}
	return nil
}

// fill makes v one row of text or BIGINT.
func fill(v *vexec.Vec, t *ir.Type, x ir.Value) {
	v.Reset(t, 1)
	switch x := x.(type) {
	case nil:
		clear(v.Data)
		v.SetNull(0, 1)
	case int64:
		v.Int64s()[0] = x
	case string:
		v.SetBytes(0, []byte(x))
	}
}

// prepare ends an epoch, which all tasks have passed, and begins the next one with
// the letters that came early.
func (l *letters) prepare(ctx context.Context, epoch uint64, last bool, stats map[string]int64) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	early := l.early
	l.early = nil
	l.epoch = epoch + 1
	if n := l.rows - int64(len(early)); n > 0 {
		stats[lettersCount] = n
	}
	if l.sink == nil || l.rows == 0 { // none ever: no empty file
		return nil, nil
	}
	token, err := l.sink.prepare(ctx, epoch, last)
	if err != nil {
		return nil, fmt.Errorf("dead letters: %w", err)
	}
	for _, row := range early {
		if err := l.write(ctx, row); err != nil {
			return nil, err
		}
	}
	return token, nil
}

// end is the sink, nil where there is none.
func (l *letters) end() *sinkEnd {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sink
}

func (l *letters) summary() (rows int64, first string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rows, l.first
}

func (l *letters) close() error {
	if s := l.end(); s != nil {
		return s.close()
	}
	return nil
}
