package run

import (
	"context"
	"fmt"
	"hash/fnv"
	"strings"
	"sync"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// DeadLetterSchema is the columns of a dead letter.
var DeadLetterSchema = ir.LetterSchema

const lettersKey = "dead letters"

// fileLoss and its like are the keys of losses.
var (
	fileLoss    = (&Loss{Kind: LossFile}).key()
	droppedLoss = (&Loss{Kind: LossDropped}).key()
	nulledLoss  = (&Loss{Kind: LossNulled}).key()
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
	any   bool // there was a letter since the start of the query
	// Letters of loads, by their hash: what is read again is not written again.
	known map[uint64]bool
	again bool // those of the first reading stand in the file: the run goes on from a checkpoint
}

// letter is one row of DeadLetterSchema.
type letter [10]ir.Value

func newLetters(j *job) *letters {
	l := &letters{job: j, epoch: 1}
	if j.restored != nil {
		l.epoch = j.restored.Epoch + 1
		l.any = j.restored.Stats[fileLoss] > 0 || j.restored.Sinks[lettersKey] != nil
		l.again = true
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
		return lettersError(err)
	}
	s := &sinkEnd{key: lettersKey, name: lettersKey, sink: sink, mem: l.job.budget.Account(lettersKey)}
	sc, err := l.job.sinkContext(s, &ir.PhysSink{In: DeadLetterSchema})
	if err == nil {
		err = sink.Open(ctx, sc)
	}
	if err != nil {
		_ = sink.Close() // the first error says more
		return lettersError(err)
	}
	l.sink = s
	return nil
}

// lettersError says that it is about dead letters, unless the sink does.
func lettersError(err error) error {
	if strings.HasPrefix(err.Error(), lettersKey+": ") {
		return err
	}
	return fmt.Errorf("dead letters: %w", err)
}

// add writes a letter of an epoch.
func (l *letters) add(epoch uint64, row *letter) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.any = true
	if err := l.open(l.job.ctx); err != nil || l.sink == nil {
		return err
	}
	if epoch > l.epoch {
		l.early = append(l.early, *row)
		return nil
	}
	return l.write(l.job.ctx, row)
}

// maxKnown is how many letters of loads are known again.
const maxKnown = 1 << 20

// addOfLoad writes a letter of a load's stage. Where the load is read anew, and an equal
// letter was written before, it does not, and fresh is false.
func (l *letters) addOfLoad(row *letter, stage int, anew bool) (fresh bool, err error) {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %#v", stage, row[:]) // never fails
	l.mu.Lock()
	defer l.mu.Unlock()
	if anew && l.known[h.Sum64()] {
		return false, nil
	}
	if len(l.known) < maxKnown {
		if l.known == nil {
			l.known = map[uint64]bool{}
		}
		l.known[h.Sum64()] = true
	}
	if l.again {
		return true, nil
	}
	l.any = true
	if err := l.open(l.job.ctx); err != nil || l.sink == nil {
		return true, err
	}
	return true, l.write(l.job.ctx, row)
}

// loaded says that all loads have been read: what comes from them now is new.
func (l *letters) loaded() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.again = false
}

func (l *letters) write(ctx context.Context, row *letter) error {
	b := &l.batch
	row.fill(b)
	if err := l.sink.write(ctx, b); err != nil {
		return lettersError(err)
	}
	return nil
}

// fill makes b one row.
func (l *letter) fill(b *vexec.Batch) {
	b.Reset(ir.LetterSchema)
	b.Rows = 1
	for c := range b.Cols {
		fill(&b.Cols[c], ir.LetterSchema.Cols[c].Type, l[c])
	}
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
func (l *letters) prepare(ctx context.Context, epoch uint64, last bool) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	early := l.early
	l.early = nil
	l.epoch = epoch + 1
	if l.sink == nil || !l.any { // none ever: no empty file
		return nil, nil
	}
	token, err := l.sink.prepare(ctx, epoch, last)
	if err != nil {
		return nil, lettersError(err)
	}
	for i := range early {
		if err := l.write(ctx, &early[i]); err != nil {
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

func (l *letters) close() error {
	if s := l.end(); s != nil {
		return s.close()
	}
	return nil
}
