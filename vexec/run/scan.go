package run

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/windows"
)

// errAborted is what waiting parts of a run return once it has failed elsewhere.
var errAborted = errors.New("the run was stopped")

// scan is the shared side of a stage that reads a table: it hands out units with
// tickets, and fixes event time in ticket order. Safe for use by its tasks and
// the coordinator.
type scan struct {
	name    string // for errors: "Scan(trades)"
	key     string // in checkpoints
	stage   int    // ir.Stage.ID
	source  vexec.Source
	spec    *vexec.Scan
	bounded bool
	timed   bool // it fixes event time: units take turns
	lag     int64
	clock   vexec.Clock
	idle    ir.Micros // 'idle.timeout' in microseconds; 0: never
	asked   ir.Micros // when an unbounded source was last asked for new splits
	enough  *enough   // nil: all units are wanted
	filters []scanFilter

	claims    sync.Mutex // held over a claim, which may read; taken before mu
	mu        sync.Mutex
	changed   sync.Cond // the turn, a barrier, a stop
	splits    []*split  // by number; nil: it has ended, and is forgotten
	ids       map[string]bool
	live      []*split // begun, and not ended
	round     []*split // of the live ones, those still to be asked in this claim
	leftOut   int      // splits that the source does not read, by the scan's terms
	waiting   []*split // not begun, in the order in which they are to be
	readers   int      // that are open
	tracker   *windows.Tracker
	next      uint64 // the next ticket
	passed    uint64 // tickets before the checkpoint that the run goes on from
	numbered  bool   // rows get their places in the order of arrival
	turn      uint64 // the ticket whose turn it is
	ends      []splitEnd
	tell      []news // what the next ticket has to say of splits
	barrier   uint64 // epoch of the last barrier
	cut       *cut   // of that barrier
	stopped   bool   // drained: nothing is claimed behind the barrier
	endedHere bool   // before its splits: nothing is claimed any more
	err       error
	total     int64 // bytes of all splits
	taken     int64 // bytes of all claimed units
	read      int64 // bytes of all finished units
	rows      int64 // decoded since the start

	low    ir.Micros // the watermark when it last moved (times.go)
	moved  ir.Micros // when that was, by the clock
	looked ir.Micros // when a unit last had its turn

	meets   *member            // follow.go
	near    []*vexec.KeyFilter // by what joins keep
	lived   ir.Micros          // when a split was last live, by the clock
	stirred bool               // what others follow has grown since a task last looked
	tasks   int                // that read
}

// scanFilter is a filter of the plan, and what it is when its load has been read; nil: it
// leaves out nothing.
type scanFilter struct {
	by   ir.ScanFilter
	keys *vexec.KeyFilter
}

// split is one split of the source.
type split struct {
	vexec.Split
	part    int32
	from    vexec.Position // where to open it
	reader  vexec.SplitReader
	ended   bool      // no more units
	flying  int       // units claimed and not finished
	holders int       // tasks with a decoder of its reader
	quiet   bool      // had nothing when last asked
	idle    bool      // had nothing for 'idle.timeout'
	heard   ir.Micros // when it last had something
	claims  uint64
	stale   int64         // rows since its event time last rose
	held    time.Duration // how long it held the watermark back
}

// news is what becomes of a split at a ticket.
type news struct {
	part int32
	idle bool // it is idle; else it has ended
}

// splitEnd says that all units of a split have tickets below this one.
type splitEnd struct {
	ticket uint64
	part   int32
}

// cut is a scan at a barrier: what is before ticket is in the epoch.
type cut struct {
	ticket uint64
	ready  bool  // times are filled
	read   int64 // bytes of the units before it
	splits []splitState
	next   int32  // the number of the next split
	memory []byte // of a source that grows
	wm     ir.Micros
}

// splitState is a split in a checkpoint.
type splitState struct {
	ID       string         `json:"id"`
	Part     int32          `json:"part,omitempty"` // its number
	Position vexec.Position `json:"position,omitempty"`
	Greatest *ir.Micros     `json:"greatest,omitempty"` // event time so far
	Ended    bool           `json:"ended,omitempty"`
}

// scanState is a scan in a checkpoint.
type scanState struct {
	Splits    []splitState `json:"splits"`
	Read      int64        `json:"read"`
	Tickets   uint64       `json:"tickets,omitempty"`   // given out so far
	Watermark *ir.Micros   `json:"watermark,omitempty"` // of the relation, which never falls
	Next      int32        `json:"next,omitempty"`      // the number of the next split
	Memory    []byte       `json:"memory,omitempty"`    // vexec.Growing.Memory
}

// claim is a unit that a task has taken.
type claim struct {
	ticket uint64
	split  *split // nil: there is no unit, only news
	unit   vexec.Unit
	news   []news // of splits before this ticket
	raised bool   // it has raised the event time of its split
}

// claimed says what scan.claim did.
type claimed int

const (
	gotUnit claimed = iota
	gotBarrier
	gotNothing // wait
	gotEnd
)

// claim takes the next unit for a task that has passed the barrier of epoch.
func (s *scan) claim(ctx context.Context, epoch uint64) (claim, claimed, error) {
	s.claims.Lock()
	defer s.claims.Unlock()
	if err := s.refresh(ctx); err != nil {
		return claim{}, gotNothing, err
	}
	for first := true; ; first = false {
		p, got, err := s.choose(epoch, first)
		if p == nil || err != nil {
			return s.onlyNews(got, err)
		}
		c, ok, err := s.claimFrom(ctx, p)
		if err != nil || ok {
			return c, gotUnit, err
		}
	}
}

// onlyNews is a claim without a unit where there are news and nothing to go with
// them. Operators that make event time wait for such news.
func (s *scan) onlyNews(got claimed, err error) (claim, claimed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil && got == gotNothing && !s.stopped {
		s.follow()
	}
	if err != nil || got != gotNothing || s.timed || s.stopped || len(s.tell) == 0 {
		return claim{}, got, err
	}
	c := claim{ticket: s.next, news: s.tell}
	s.enough.add(c.ticket, 0)
	s.tell = nil
	s.next++
	s.settle()
	return c, gotUnit, nil
}

// claimFrom asks one split. Only the claiming task opens readers and claims, so
// that other tasks' turns need not wait for it to read.
func (s *scan) claimFrom(ctx context.Context, p *split) (claim, bool, error) {
	if err := s.openReader(ctx, p); err != nil {
		return claim{}, false, err
	}
	u, err := p.reader.Claim(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case errors.Is(err, io.EOF):
		s.endSplit(p)
		return claim{}, false, s.release(p)
	case errors.Is(err, vexec.ErrNothingYet):
		p.quiet = true
		s.mayIdle(p)
		return claim{}, false, nil
	case err != nil:
		return claim{}, false, err
	}
	s.hear(p)
	c := claim{ticket: s.next, split: p, unit: u, news: s.tell}
	s.tell = nil
	s.next++
	s.taken += u.Bytes
	p.flying++
	p.claims++
	if u.Last {
		s.endSplit(p)
	}
	return c, true, nil
}

// endSplit says that all units of the split have been claimed.
func (s *scan) endSplit(p *split) {
	p.ended = true
	p.from = append(vexec.Position(nil), p.reader.Position()...)
	s.live = slices.DeleteFunc(s.live, func(q *split) bool { return q == p })
	if s.growing() {
		delete(s.ids, p.ID) // another may be called so
	}
	s.ends = append(s.ends, splitEnd{ticket: s.next, part: p.part})
	s.tell = append(s.tell, news{part: p.part})
	s.settle()
}

// decoder returns a decoder of the split for one task, to be given to drop.
func (s *scan) decoder(p *split) (vexec.Decoder, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := p.reader.NewDecoder()
	if err == nil {
		p.holders++
	}
	return d, err
}

// drop closes a decoder.
func (s *scan) drop(p *split, d vexec.Decoder) error {
	err := d.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	p.holders--
	return errors.Join(err, s.release(p))
}

// over reports whether the split has no more units.
func (s *scan) over(p *split) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return p.ended
}

// take is the turn of a claimed unit whose greatest event time is known. ok is
// false where it has not come yet. The cursor starts before the unit's first row.
func (s *scan) take(c *claim, greatest ir.Micros) (cur windows.Cursor, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return cur, false, s.err
	}
	if s.turn != c.ticket {
		return cur, false, nil
	}
	cur = s.tracker.Cursor(int(c.split.part))
	c.raised = s.noteTurn(c.split, greatest)
	s.turn++
	s.settle()
	s.changed.Broadcast()
	return cur, true, nil
}

// settle applies what was waiting for the turn: ends of splits, and the cut.
func (s *scan) settle() {
	defer s.sync()
	if !s.timed {
		s.turn = s.next
	}
	for len(s.ends) > 0 && s.ends[0].ticket <= s.turn {
		s.tracker.End(int(s.ends[0].part))
		s.ends = s.ends[1:]
	}
	if s.cut != nil && !s.cut.ready && s.cut.ticket <= s.turn {
		for i := range s.cut.splits {
			st := &s.cut.splits[i]
			if g := s.tracker.Greatest(int(st.Part)); g != ir.MinMicros {
				st.Greatest = &g
			}
		}
		s.cut.wm, s.cut.ready = s.lowest(), true
	}
}

// done ends a unit of which so many rows were decoded and so many went on, and
// returns the relation's watermark for the task's next ones.
func (s *scan) done(c *claim, rows, out int64) (ir.Micros, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.enough.add(c.ticket, out)
	if c.split == nil {
		return s.lowest(), nil
	}
	c.split.flying--
	if !c.raised {
		c.split.stale += rows
	}
	s.read += c.unit.Bytes
	s.rows += rows
	return s.lowest(), s.release(c.split)
}

// cutTime is the relation's watermark at the barrier; false: a unit before it has not
// had its turn.
func (s *scan) cutTime() (ir.Micros, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cut == nil || !s.cut.ready {
		return 0, false
	}
	return s.cut.wm, true
}

func (s *scan) lowest() ir.Micros {
	if !s.timed {
		return ir.MinMicros
	}
	return s.tracker.Watermark()
}

// wait returns when the turn, a barrier or the end of the run may have come.
// due says, under the lock, what is waited for.
func (s *scan) wait(due func() bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.err == nil && !due() {
		s.changed.Wait()
	}
	return s.err
}

// abort ends all waiting.
func (s *scan) abort(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
	s.changed.Broadcast()
}

// close closes the readers. No task runs any more.
func (s *scan) close() error {
	var errs []error
	for _, p := range s.splits {
		if p != nil && p.reader != nil {
			errs = append(errs, s.closeReader(p))
		}
	}
	return errors.Join(errs...)
}

// drained reports whether the scan hands out nothing more.
func (s *scan) drained() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopped
}
