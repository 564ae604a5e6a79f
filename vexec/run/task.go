package run

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/build"
	"github.com/helios-stream/helios/vexec/internal/exchange"
	"github.com/helios-stream/helios/vexec/internal/jointable"
	"github.com/helios-stream/helios/vexec/internal/ops"
	"github.com/helios-stream/helios/vexec/internal/state"
)

// status is what a step did.
type status int

const (
	progress status = iota // something; there may be more
	waiting                // nothing: it waits for others
	finished               // the task has ended
)

// task is a chain of operators over one part of a stage's data. Its steps are
// called by one goroutine.
type task struct {
	job       *job
	stage     *build.Stage
	id        int // in the stage
	links     []link
	makers    []int // links whose operators make watermarks
	outs      []*exchange.Sender
	letters   *exchange.Sender // nil: to the file of dead letters
	lost      map[string]int64 // rows and fields that could not be processed, by Loss.key
	letterRow vexec.Batch
	sink      *sinkEnd
	collect   *jointable.Collector // of the last stage of a load's plan; else nil
	in        *exchange.Inbox      // nil: src
	src       *reading             // nil: in
	parent    *task                // not nil: this is a branch, which the parent's goroutine drives (branch.go)
	branch    []*task              // what this one drives
	busy      *task                // the branch that runs now, for panics
	timed     []*link              // operators that act by processing time, those of branches too (timed.go)
	policy    onError              // of row errors in its operators
	required  *required            // columns of the sink that must not be NULL; nil: none

	at     int    // the link that runs now, for panics
	watch  *watch // nil unless times are wanted (watch.go)
	waited int64  // nanoseconds; of a branch: for its readers alone
	shown  published
	wall   int64  // from the first step to the last, in nanoseconds
	port   int    // of the first operator: the side of a join that the batch at hand is for
	open   [2]int // inputs of each such port that have not ended
	epoch  uint64
	near   [2]*vexec.NearKeys // near.go
	told   [2]ir.Micros
	tells  bool // near has some
	quit   bool // nobody wants its rows any more
	parked bool // its input has ended; it waits for the coordinator to prepare its sink
	over   bool
	rests  bool             // it has passed the last barrier of the run: nothing that it did now would count
	last   chan lastPrepare // to a parked task
	asked  *lastPrepare
}

// lastPrepare asks a parked task to prepare its sink for the last time.
type lastPrepare struct{ epoch uint64 }

// ack is what a task says to the coordinator at a barrier.
type ack struct {
	snaps    map[string]state.Snapshot
	token    []byte
	counters map[string]int64
}

func newTask(j *job, st *build.Stage, id int) *task {
	parts := st.Tasks[id]
	t := &task{job: j, stage: st, id: id, in: parts.In, outs: parts.Out, letters: parts.Letters, policy: policyOf(st.Origin), required: requiredOf(st.Plan.Sink), last: make(chan lastPrepare, 1)}
	t.addLink(sourceName(st.Plan), "", nil)
	if len(st.Inputs) == 0 {
		t.links[0].key = st.Key
	}
	for i, op := range st.Plan.Ops {
		t.addLink(op.Name(), st.OpKeys[i], parts.Ops[i])
	}
	t.shareNear()
	for _, in := range st.Plan.In {
		t.open[in.Port]++
	}
	t.addLink("output", "", nil)
	if st.Plan.Sink != nil {
		end := &t.links[len(t.links)-1]
		end.name, end.key = sinkName(st.Plan.Sink), st.SinkKey
	}
	if id == 0 && j.restored != nil {
		for i := range t.links {
			if l := &t.links[i]; l.key != "" {
				l.count.load(l.key, j.restored.Stats)
			}
		}
		for i, key := range st.Partial {
			t.links[i+1].count.loadLosses(key, j.restored.Stats)
		}
	}
	return t
}

func (t *task) addLink(name, key string, op vexec.Operator) {
	l := link{t: t, at: len(t.links), name: name, key: key, op: op, wm: ir.MinMicros}
	if op != nil {
		l.counter, _ = op.(ops.RowCounter)
		l.mem = t.job.budget.Account(fmt.Sprintf("%s of stage %d", name, t.stage.Plan.ID))
	}
	t.links = append(t.links, l)
}

// scanTable is the table that a stage reads; nil: none.
func scanTable(p *ir.Stage) *ir.Table {
	if p.Scan == nil {
		return nil
	}
	return p.Scan.Table
}

func sourceName(p *ir.Stage) string {
	switch {
	case p.Scan != nil:
		return "Scan(" + p.Scan.Table.Name + ")"
	case p.Values != nil:
		return "Values"
	}
	return "input"
}

func sinkName(s *ir.PhysSink) string {
	if s.Table == nil {
		return "Sink"
	}
	return "Sink(" + s.Table.Name + ")"
}

// step does one piece of work. It never waits for another task but, in production,
// for room in a queue.
func (t *task) step(ctx context.Context) (s status, err error) {
	defer func() {
		if p := recover(); p != nil {
			s, err = finished, t.running().fail(&PanicError{Value: p, Stack: string(debug.Stack())})
		}
	}()
	switch {
	case t.over:
		return finished, nil
	case t.parent != nil || t.parked:
		return t.stepParked(ctx)
	case t.rests:
		return waiting, nil
	}
	if err := t.tick(); err != nil {
		return waiting, err
	}
	t.settleQuit() // behind tick, with which a branch may have had enough
	if t.src != nil {
		return t.src.step(ctx)
	}
	return t.stepInbox(ctx)
}

// stepInbox takes one message.
func (t *task) stepInbox(ctx context.Context) (status, error) {
	t.tellNear()
	m, ok, err := t.in.Next()
	if err != nil {
		return waiting, err
	}
	if !ok {
		if t.followTimes() {
			return progress, t.wanted(t.handOnTimes())
		}
		return waiting, t.handOnRows()
	}
	switch m.Kind {
	case exchange.Data:
		err = t.data(&m)
	case exchange.Watermark:
		err = t.wanted(t.advance(1, m.WM))
	case exchange.SplitEnd:
		if err = t.tell(news{part: t.part(&m)}); err == nil {
			err = t.wanted(t.handOnTimes())
		}
	case exchange.SplitIdle:
		if err = t.tell(news{part: t.part(&m), idle: true}); err == nil {
			err = t.wanted(t.handOnTimes())
		}
	case exchange.TicketDone:
		err = t.wanted(t.handOnTimes())
	case exchange.Barrier:
		err = t.barrier(ctx, m.Epoch)
	case exchange.InputEnd:
		err = t.wanted(t.endInput(m.Input))
	case exchange.End:
		err = t.end()
	}
	return progress, err
}

func (t *task) data(m *exchange.Message) error {
	defer t.in.Release(m.Batch)
	if t.quit {
		return nil
	}
	if m.Batch.Part >= 0 {
		m.Batch.Part = partOf(m.Batch.Part, m.Input, len(t.stage.Inputs))
	}
	t.port = t.stage.Plan.In[m.Input].Port
	err := t.wanted(t.links[0].Emit(m.Batch))
	if err == nil && !t.stage.Ordered(m.Input) {
		err = t.wanted(t.handOnTimes())
	}
	return err
}

// endInput tells the first operator when all inputs of one of its ports have ended.
func (t *task) endInput(input int) error {
	port := t.stage.Plan.In[input].Port
	t.open[port]--
	if t.open[port] > 0 || t.quit || len(t.operators()) == 0 {
		return nil
	}
	l := &t.links[1]
	op, ok := l.op.(vexec.PortAware)
	if !ok {
		return nil
	}
	was := t.enter(l.at)
	err := op.FinishPort(port, l)
	t.resume(was)
	return l.fail(err)
}

// part is the number in this stage of the split that a message is about.
func (t *task) part(m *exchange.Message) int32 { return partOf(m.Part, m.Input, len(t.stage.Inputs)) }

// leave hands a batch to the sink and to the readers' queues.
func (t *task) leave(b *vexec.Batch) error {
	end := &t.links[len(t.links)-1]
	was := t.enter(end.at)
	defer t.resume(was)
	if t.collect != nil {
		return end.fail(t.collect.Add(b))
	}
	if t.sink != nil {
		if err := t.toSink(b, end); err != nil {
			return end.fail(err)
		}
	}
	left := 0
	for _, s := range t.outs {
		switch err := s.Send(b); {
		case err == nil:
			left++
		case !errors.Is(err, vexec.ErrDone):
			return end.fail(err)
		}
	}
	more, err := t.lend(b)
	if err != nil {
		return err
	}
	if left == 0 && !more && t.sink == nil {
		return vexec.ErrDone
	}
	return nil
}

// barrier ends an epoch in this task.
func (t *task) barrier(ctx context.Context, epoch uint64) error {
	if err := t.flush(); err != nil {
		return err
	}
	snaps, err := t.seal(epoch)
	if err != nil {
		return err
	}
	for _, s := range t.outs {
		if err := s.Barrier(epoch); err != nil {
			return err
		}
	}
	if t.letters != nil {
		if err := t.letters.Barrier(epoch); err != nil {
			return err
		}
	}
	if err := t.eachBranch(func(b *task) error { return b.barrier(ctx, epoch) }); err != nil {
		return err
	}
	t.epoch, t.rests = epoch, t.job.coord.isLast()
	a := &ack{snaps: snaps, counters: t.counters()}
	if t.sink != nil {
		if a.token, err = t.prepare(ctx, epoch, t.job.coord.shows()); err != nil {
			return err
		}
	}
	t.job.coord.ack(t, epoch, a)
	return nil
}

func (t *task) prepare(ctx context.Context, epoch uint64, last bool) ([]byte, error) {
	end := &t.links[len(t.links)-1]
	was := t.enter(end.at)
	defer t.resume(was)
	token, err := t.sink.prepare(ctx, epoch, last)
	return token, end.fail(err)
}

// end is the end of the task's input.
func (t *task) end() error {
	if err := t.finish(); err != nil {
		return err
	}
	if t.letters != nil {
		if err := t.letters.End(); err != nil {
			return err
		}
	}
	if err := t.eachBranch((*task).end); err != nil {
		return err
	}
	if t.sink == nil {
		snaps, err := t.empty(t.epoch)
		if err != nil {
			return err
		}
		t.over = true
		t.job.coord.ended(t, snaps)
		return nil
	}
	last := &t.links[len(t.links)-1]
	if err := t.sink.finish(); err != nil {
		return last.fail(err)
	}
	t.parked = true
	if t.parent != nil {
		t.watch = nil // from here on another goroutine steps the branch
	}
	t.job.coord.park(t)
	return nil
}

// stepParked prepares the sink for the last time once the coordinator asks.
func (t *task) stepParked(ctx context.Context) (status, error) {
	if t.asked == nil {
		select {
		case p := <-t.last:
			t.asked = &p
		default:
			return waiting, nil
		}
	}
	epoch := t.asked.epoch
	token, err := t.prepare(ctx, epoch, true)
	if err != nil {
		return finished, err
	}
	snaps, err := t.empty(epoch)
	if err != nil {
		return finished, err
	}
	t.over, t.epoch = true, epoch
	t.job.coord.ackLast(t, epoch, &ack{snaps: snaps, token: token, counters: t.counters()})
	return progress, nil
}

// wait returns when step may do something again. Production only.
func (t *task) wait(ctx context.Context) error {
	switch {
	case t.parent != nil || t.parked:
		select {
		case p := <-t.last:
			t.asked = &p
			return nil
		case <-ctx.Done():
			return errAborted
		}
	case t.rests:
		<-ctx.Done()
		return errAborted
	case t.src != nil:
		return t.src.wait(ctx)
	}
	return t.waitInput()
}

// close frees what the task holds.
func (t *task) close() error {
	var err error
	if t.src != nil {
		err = t.src.close()
	}
	if t.in != nil {
		t.in.Close()
	}
	return errors.Join(err, t.closeOps())
}
