package run

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// showEvery is how long a row waits with AtLeastOnce until its sink is asked to show it.
const showEvery = 200 * time.Millisecond

// deliver puts what Config.Delivery asks for around a sink that is not exact itself.
func (j *job) deliver(s *sinkEnd) {
	if j.cfg.Delivery == ir.AtMostOnce && j.dir != nil && !s.sink.ExactlyOnce() {
		s.sink = &heldSink{Sink: s.sink, mem: j.budget.Account(s.mem.Owner() + ", rows that wait for a checkpoint,"), full: j.coord.soon}
	}
}

// repeats reports whether rows that the sink has written may be written again.
func (s *sinkEnd) repeats(j *job) bool {
	return j.dir != nil && j.cfg.Delivery != ir.AtMostOnce && !s.sink.ExactlyOnce()
}

// showsEarly reports whether sinks may show rows between epochs.
func (j *job) showsEarly() bool {
	return j.cfg.Delivery == ir.AtLeastOnce && slices.ContainsFunc(j.sinks, func(s *sinkEnd) bool {
		_, can := s.sink.(vexec.Shower)
		return can
	})
}

func (c *coordinator) nextShow() ir.Micros { return c.shown + ir.Micros(showEvery.Microseconds()) }

// needsFirst: with a checkpoint folder nothing is shown early before there is a
// checkpoint that a restart can take it back to.
func (c *coordinator) needsFirst() bool {
	return c.job.dir != nil && c.epoch == 0 && c.job.showsEarly()
}

// showEarly has sinks show rows of the epoch that has begun, while no epoch is taken:
// each has committed what it prepared.
func (c *coordinator) showEarly(ctx context.Context) (status, error) {
	now := c.job.cfg.Clock.Now()
	if !c.job.showsEarly() || now < c.nextShow() {
		return waiting, nil
	}
	c.shown = now
	for _, s := range c.job.sinks {
		if err := s.show(ctx, c.epoch+1); err != nil {
			return waiting, err
		}
	}
	return waiting, nil
}

// show has a sink show what it has of an epoch.
func (s *sinkEnd) show(ctx context.Context, epoch uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	shower, can := s.sink.(vexec.Shower)
	if !can || !s.fresh {
		return nil
	}
	s.fresh = false
	if err := shower.Show(ctx, epoch); err != nil {
		return &taskError{stage: s.id, part: s.name, table: s.table, err: err}
	}
	return nil
}

// soon asks for an epoch before its time.
func (c *coordinator) soon() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.force = true
	c.nudge()
}

// sentFile is where a run with AtMostOnce notes the last epoch whose rows have all been
// written, so that a restart need not say that some may be missing.
const sentFile = "sent"

func (j *job) noteSent(epoch uint64) error {
	if j.dir == nil || j.cfg.Delivery != ir.AtMostOnce {
		return nil
	}
	err := os.WriteFile(filepath.Join(j.cfg.Dir, sentFile), strconv.AppendUint(nil, epoch, 10), 0o644)
	if err != nil {
		return fmt.Errorf("checkpoint folder %s cannot be written: %w", j.cfg.Dir, err)
	}
	return nil
}

// sent reports whether all rows of an epoch are known to have been written.
func (j *job) sent(epoch uint64) (bool, error) {
	text, err := os.ReadFile(filepath.Join(j.cfg.Dir, sentFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("checkpoint folder %s cannot be read: %w", j.cfg.Dir, err)
	}
	return string(text) == strconv.FormatUint(epoch, 10), nil
}

// inFlight takes the token of a restored checkpoint from a sink that must not write its
// rows again, and says which rows nobody will see.
func (j *job) inFlight(s *sinkEnd, token []byte) ([]byte, error) {
	rows, isHeld := strings.CutPrefix(string(token), heldToken)
	if j.cfg.Delivery != ir.AtMostOnce && !isHeld || s.sink.ExactlyOnce() {
		return token, nil
	}
	all, err := j.sent(j.restored.Epoch)
	if !all && err == nil {
		if !isHeld {
			rows = "some"
		}
		j.cfg.Warn(fmt.Sprintf("%s: %s rows of the last checkpoint may not have been written when the run was stopped; with at-most-once they are not written again", s.name, rows))
	}
	return nil, err
}
