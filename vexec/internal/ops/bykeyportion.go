package ops

import (
	"errors"
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
)

// A portion grows while it takes less than quickPortion, and shrinks where it takes more than
// slowPortion, in microseconds: rows go on a few times a second however slow the table is, and a
// fast one is asked for all keys of a batch together.
const (
	quickPortion ir.Micros = 100_000
	slowPortion  ir.Micros = 400_000
)

// HandsOn is an Emitter that puts rows aside to make larger batches of them.
type HandsOn interface {
	// HandOn has those go on that were emitted so far.
	HandOn() error
}

// portions joins the rows of a batch, a piece at a time: those up to the first one whose key is
// not known, and then those up to the first one whose key is in no portion asked for so far.
// Groups are numbered as their keys come, so that pieces follow each other in the batch.
func (k *ByKey) portions(b *vexec.Batch, out vexec.Emitter) error {
	k.down.Store(0)
	k.size = max(k.size, k.ask.Portion())
	sel, at := b.Sel, 0
	for asked := 0; ; {
		until := len(k.firsts) // the first group that is not known
		if asked < len(k.missed) {
			until = int(k.missed[asked])
		}
		from := at
		at = k.piece(b, sel, at, until)
		if err := k.joinPiece(b, sel, from, at, out); err != nil {
			return err
		}
		b.Sel = sel
		if asked == len(k.missed) {
			return nil
		}
		if h, ok := out.(HandsOn); ok && at > from {
			if err := h.HandOn(); err != nil {
				return err
			}
		}
		k.part = k.missed[asked:min(asked+k.size, len(k.missed))]
		err := k.askPart()
		if errors.Is(err, ErrNotAsked) {
			k.ask.Left(b.Live() - at)
			b.Sel = sel
			return nil
		}
		if err != nil {
			return err
		}
		asked += len(k.part)
	}
}

// piece is the place of the first live row from at on whose group is until or a later one.
func (k *ByKey) piece(b *vexec.Batch, sel []int32, at, until int) int {
	if until == len(k.firsts) {
		return b.Live()
	}
	for ; at < b.Live(); at++ {
		if g := k.ids[b.Row(at)]; g != agg.NoGroup && int(g) >= until {
			break
		}
	}
	return at
}

// joinPiece joins the live rows from .. to-1 of a batch.
func (k *ByKey) joinPiece(b *vexec.Batch, sel []int32, from, to int, out vexec.Emitter) error {
	if from == to {
		return nil
	}
	if from > 0 || to < b.Live() {
		if sel != nil {
			k.rows = append(k.rows[:0], sel[from:to]...)
		} else {
			k.rows = grow(k.rows, to-from)
			for i := range k.rows {
				k.rows[i] = int32(from + i)
			}
		}
		b.Sel = k.rows
	}
	if err := k.refuse(b, out); err != nil || b.Live() == 0 {
		return err
	}
	k.table.number(b)
	k.Lookup.table, k.single = &k.table.live, nil
	return k.join(b, out)
}

// askPart asks for the keys of a portion.
func (k *ByKey) askPart() error {
	k.asked.Reset(k.schema)
	k.asked.Part = -1
	vexec.AppendRows(&k.asked, &k.batch, k.part)
	begin := k.clock.Now()
	answers, err := k.ask.Ask(&k.asked, &k.down)
	if err != nil {
		return err
	}
	now := k.clock.Now()
	switch took := now - begin; {
	case took < quickPortion:
		k.size = min(2*k.size, 1<<20)
	case took > slowPortion:
		k.size = max(k.size/2, k.ask.Portion())
	}
	k.ask.Looked(0, len(k.part))
	for i := range answers {
		a := &answers[i]
		for j := a.First; a.Err != nil && j < a.First+a.Keys; j++ {
			g := k.part[j]
			k.failed[g] = fmt.Errorf("%s cannot be looked up by %s: %w", k.by.Table.Name, k.keyText(int(g)), a.Err)
			if k.ask.Fails() {
				return fmt.Errorf("%w ('%s'='%s')", k.failed[g], ir.OptionOnError, ir.ErrorFail)
			}
		}
	}
	return k.table.add(answers, k.cache.Until(now))
}
