package run

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/ops"
	"github.com/helios-stream/helios/windows"
)

// maxDecoders is how many splits' decoders one task keeps open.
const maxDecoders = 16

// pollEvery is how often a source that had nothing is asked again.
const pollEvery = 5 * time.Millisecond

// reading is the source side of a task: it claims units of a scan, takes their
// turn, decodes them and pushes them down the chain.
type reading struct {
	t     *task
	scan  *scan
	event *ops.EventTime // nil: no event time

	phase    phase
	claim    claim
	dec      vexec.Decoder
	greatest ir.Micros
	cursor   windows.Cursor
	decoders []heldDecoder // oldest first
	batch    vexec.Batch
	bad      vexec.BadRows
	sieve    *vexec.KeySieve // nil: no filters of loads, or the decoder applies them
	near     *vexec.KeySieve // by what joins keep; nil: no filters
	sifts    bool            // the decoder does
	sieved   []int32
	rows     int64 // of this unit: decoded
	out      int64 // of this unit: not late, and with an event time
	sel      []int32
	placed   uint64   // of this unit: rows that have their place
	ord      []uint64 // of the batch at hand
}

type heldDecoder struct {
	split *split
	dec   vexec.Decoder
}

// phase is where a reading task is in its unit.
type phase int

const (
	claiming phase = iota
	turning
	decoding
)

func newReading(t *task, s *scan) *reading {
	r := &reading{t: t, scan: s, near: vexec.NewKeySieve(s.near)}
	s.tasks++
	if s.timed {
		p := t.stage.Plan.Scan
		r.event = ops.NewEventTime(p.Out, p.TimeCol, ops.LateOf(p.Drop, p.Mark))
	}
	return r
}

func (r *reading) step(ctx context.Context) (status, error) {
	switch r.phase {
	case claiming:
		return r.stepClaim(ctx)
	case turning:
		return r.stepTurn()
	}
	return r.stepBatch()
}

func (r *reading) stepClaim(ctx context.Context) (status, error) {
	t := r.t
	if t.quit {
		return progress, r.finish()
	}
	c, got, err := r.scan.claim(ctx, t.epoch)
	if err != nil {
		return waiting, t.links[0].fail(err)
	}
	switch got {
	case gotBarrier:
		return r.stepBarrier(ctx)
	case gotEnd:
		return progress, r.finish()
	case gotNothing:
		return r.stepIdle()
	}
	r.claim, r.rows, r.out, r.placed = c, 0, 0, 0
	if c.split == nil {
		return progress, r.passNews()
	}
	if err := r.begin(ctx); err != nil {
		return waiting, t.links[0].fail(err)
	}
	r.phase = turning
	return progress, nil
}

// stepIdle hands on what time has come to while there is nothing to claim.
func (r *reading) stepIdle() (status, error) {
	t := r.t
	wm, stirred := r.scan.followed()
	stirred = stirred || !t.quit && wm > t.links[1].wm
	if err := t.wanted(t.advance(1, wm)); err != nil {
		return waiting, err
	}
	if t.followTimes() {
		stirred = true
		if err := t.wanted(t.handOnTimes()); err != nil {
			return waiting, err
		}
	}
	if stirred {
		return progress, nil
	}
	return waiting, t.handOnRows()
}

// stepBarrier passes a barrier. Behind the last one nothing is shown any more, so what
// all tasks have read counts first: windows that it closes come out before it.
func (r *reading) stepBarrier(ctx context.Context) (status, error) {
	wm, ok := r.scan.cutTime()
	if !ok && r.scan.drained() {
		return waiting, nil
	}
	if ok {
		if err := r.t.wanted(r.t.advance(1, wm)); err != nil {
			return waiting, err
		}
	}
	return progress, r.t.barrier(ctx, r.t.epoch+1)
}

// begin opens the unit in a decoder of its split.
func (r *reading) begin(ctx context.Context) error {
	i := slices.IndexFunc(r.decoders, func(h heldDecoder) bool { return h.split == r.claim.split })
	if i < 0 {
		if err := r.makeRoom(); err != nil {
			return err
		}
		d, err := r.scan.decoder(r.claim.split)
		if err != nil {
			return err
		}
		i = len(r.decoders)
		r.decoders = append(r.decoders, heldDecoder{split: r.claim.split, dec: d})
	}
	r.dec = r.decoders[i].dec
	r.beginSieve()
	var err error
	r.greatest, err = r.dec.Begin(ctx, r.claim.unit)
	return err
}

// beginSieve finds out who leaves out rows of the unit by filters.
func (r *reading) beginSieve() {
	r.near.Begin()
	filters := r.scan.spec.Filters
	if len(filters) == 0 {
		return
	}
	k, can := r.dec.(vexec.KeyDecoder)
	if r.sifts = can && k.FiltersKeys(); r.sifts {
		return
	}
	if r.sieve == nil {
		r.sieve = vexec.NewKeySieve(filters)
	}
	r.sieve.Begin()
}

// makeRoom closes decoders of splits that are over, and the oldest if there are many.
func (r *reading) makeRoom() error {
	var err error
	r.decoders = slices.DeleteFunc(r.decoders, func(h heldDecoder) bool {
		if !r.scan.over(h.split) {
			return false
		}
		err = errors.Join(err, r.scan.drop(h.split, h.dec))
		return true
	})
	if err == nil && len(r.decoders) >= maxDecoders {
		err = r.scan.drop(r.decoders[0].split, r.decoders[0].dec)
		r.decoders = slices.Delete(r.decoders, 0, 1)
	}
	return err
}

func (r *reading) stepTurn() (status, error) {
	t := r.t
	if r.scan.timed {
		cur, ok, err := r.scan.take(&r.claim, r.greatest)
		if err != nil || !ok {
			return waiting, err
		}
		r.cursor = cur
	}
	t.beginTicket(r.claim.ticket)
	if err := r.tellNews(); err != nil {
		return waiting, err
	}
	r.phase = decoding
	return progress, nil
}

func (r *reading) tellNews() error {
	for _, n := range r.claim.news {
		if err := r.t.tell(n); err != nil {
			return err
		}
	}
	return nil
}

// passNews is a ticket without a unit.
func (r *reading) passNews() error {
	r.t.beginTicket(r.claim.ticket)
	if err := r.tellNews(); err != nil {
		return err
	}
	if err := r.t.endTicket(); err != nil {
		return err
	}
	return r.t.wanted(r.t.handOnTimes())
}

// stepBatch decodes and pushes one batch of the unit.
func (r *reading) stepBatch() (status, error) {
	if r.t.quit || r.scan.enough.unit(r.out) {
		return progress, r.endUnit()
	}
	src := &r.t.links[0]
	b := &r.batch
	b.Reset(r.scan.spec.Schema)
	r.bad.Rows, r.bad.Nulls = r.bad.Rows[:0], 0
	r.t.enter(src.at)
	err := r.dec.Next(b, &r.bad)
	if len(r.bad.Rows) > 0 {
		if err := r.t.badRows(src, r.bad.Rows); err != nil {
			return progress, err
		}
	}
	r.t.nulls(&r.bad)
	if errors.Is(err, io.EOF) {
		if s, ok := r.dec.(vexec.Skipper); ok {
			r.took(0, int(s.Skipped()))
		}
		return progress, r.endUnit()
	}
	if err != nil {
		return progress, src.fail(err)
	}
	b.Part = r.claim.split.part
	r.number(b)
	r.took(b.Live(), r.pruned(b))
	if r.event != nil {
		if fates := r.fix(b); len(fates) > 0 {
			if err := src.Reject(b, fates); err != nil {
				return progress, err
			}
		}
	}
	r.sift(b)
	r.out += int64(b.Live())
	src.count.batches++
	return progress, r.t.wanted(r.push(b))
}

// unitBits is how many rows of a unit have places of their own in the order of arrival:
// the others share the last one.
const unitBits = 28

// number gives a fresh batch its places in the order of arrival, which is that of tickets.
func (r *reading) number(b *vexec.Batch) {
	if !r.scan.numbered {
		return
	}
	first := (r.scan.passed + r.claim.ticket) << unitBits
	r.ord = slices.Grow(r.ord[:0], b.Rows)[:b.Rows]
	for i := range r.ord {
		r.ord[i] = first + min(r.placed, 1<<unitBits-1)
		r.placed++
	}
	b.Ord = r.ord
}

// took counts rows of the unit: those that go on, and those left out by terms.
func (r *reading) took(live, pruned int) {
	r.rows += int64(live + pruned)
	src := &r.t.links[0]
	src.count.in += int64(live + pruned)
	src.count.pruned += int64(pruned)
}

// sift leaves out rows by filters where the decoder does not. Their event time has been
// fixed.
func (r *reading) sift(b *vexec.Batch) {
	if !r.sifts {
		r.siftBy(r.sieve, b)
	}
	if len(b.Late) == 0 { // the join counts late rows that it has no use for
		r.siftBy(r.near, b)
	}
}

func (r *reading) siftBy(sieve *vexec.KeySieve, b *vexec.Batch) {
	if sieve == nil || b.Live() == 0 {
		return
	}
	had := b.Live()
	if cap(r.sieved) < b.Rows+1 {
		r.sieved = make([]int32, b.Rows+1) // never nil, which would be all rows
	}
	for i := range sieve.Filters() {
		if b.Sel = sieve.Rows(i, b.Cols, b.Rows, b.Sel, r.sieved[:b.Rows]); len(b.Sel) == b.Rows {
			b.Sel = nil
		}
	}
	r.t.links[0].count.pruned += int64(had - b.Live())
}

// prunes reports whether the decoder may leave rows out of Batch.Sel: else what is not
// live is no row.
func (r *reading) prunes() bool { return len(r.scan.spec.Terms) > 0 || r.sifts }

// pruned is how many rows of a fresh batch its decoder left out of Batch.Sel.
func (r *reading) pruned(b *vexec.Batch) int {
	if !r.prunes() {
		return 0
	}
	return b.Rows - b.Live()
}

// fix fixes the event time of a fresh batch.
func (r *reading) fix(b *vexec.Batch) []vexec.RowFate {
	if !r.prunes() {
		return r.event.Apply(b, &r.cursor)
	}
	return r.event.ApplyPruned(b, &r.cursor)
}

// push sends b down the chain, cut where it has too many rows.
func (r *reading) push(b *vexec.Batch) error {
	src, limit := &r.t.links[0], r.t.job.cfg.BatchRows
	if b.Live() <= limit {
		return src.Emit(b)
	}
	sel := b.Sel
	if sel == nil {
		for i := len(r.sel); i < b.Rows; i++ {
			r.sel = append(r.sel, int32(i))
		}
		sel = r.sel[:b.Rows]
	}
	late := b.Late
	for len(sel) > 0 {
		n := min(limit, len(sel))
		part := *b
		part.Sel, sel = sel[:n:n], sel[n:]
		part.Late, late = cutMarks(late, part.Sel[n-1])
		if err := src.Emit(&part); err != nil {
			return err
		}
	}
	return nil
}

// cutMarks splits marks behind row last.
func cutMarks(late []vexec.LateMark, last int32) (head, rest []vexec.LateMark) {
	i := 0
	for i < len(late) && late[i].Row <= last {
		i++
	}
	if i == 0 {
		return nil, late
	}
	return late[:i:i], late[i:]
}

func (r *reading) endUnit() error {
	t := r.t
	if err := t.endTicket(); err != nil {
		return err
	}
	t.links[0].count.units++
	t.links[0].count.bytes += r.claim.unit.Bytes
	wm, err := r.scan.done(&r.claim, r.rows, r.out)
	if err != nil {
		return t.links[0].fail(err)
	}
	r.phase = claiming
	if err := t.wanted(t.advance(1, wm)); err != nil {
		return err
	}
	return t.wanted(t.handOnTimes())
}

// finish is the end of the scan for this task. A task that nobody wants rows of
// any more leaves the rest of the scan to the others.
func (r *reading) finish() error {
	r.scan.leave()
	if err := r.drop(); err != nil {
		return r.t.links[0].fail(err)
	}
	return r.t.end()
}

func (r *reading) drop() error {
	var err error
	for _, h := range r.decoders {
		err = errors.Join(err, r.scan.drop(h.split, h.dec))
	}
	r.decoders = nil
	return err
}

func (r *reading) close() error { return r.drop() }

// wait waits for the turn, a barrier, or rows that have not come yet.
func (r *reading) wait(ctx context.Context) error {
	s := r.scan
	if r.phase == turning {
		return s.wait(func() bool { return s.turn == r.claim.ticket })
	}
	if s.drained() {
		return s.wait(func() bool { return r.t.epoch < s.barrier && s.cut.ready })
	}
	timer := time.NewTimer(pollEvery)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return errAborted
	}
}
