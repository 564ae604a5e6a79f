package exchange

import (
	"sync"
	"sync/atomic"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Kind says what a Message is.
type Kind uint8

// The kinds of messages.
const (
	Data       Kind = iota + 1 // rows
	Watermark                  // the minimum over all ports has grown
	Barrier                    // the barrier has come from every port that has not ended
	SplitEnd                   // a split of the source has no more rows behind this place
	SplitIdle                  // a split has had no rows for long
	TicketDone                 // an ordered input goes on to the next unit of its scan
	InputEnd                   // every port of an input has ended, and others have not
	End                        // every port has ended; nothing comes after it
)

// Message is what Inbox.Next returns.
type Message struct {
	Kind  Kind
	Input int          // Data, SplitEnd, SplitIdle, TicketDone, InputEnd: which input of the stage
	Batch *vexec.Batch // Data: the receiver's until Inbox.Release; its memory may be kept
	WM    ir.Micros    // Watermark
	Epoch uint64       // Barrier
	Part  int32        // SplitEnd, SplitIdle: the split's number in its scan
}

// Limits bound what one port holds. A port that is empty takes any batch.
type Limits struct {
	Rows  int
	Bytes int64
	Grow  bool // no bound, senders never wait: for the simulator
}

// Input describes the ports of one input of a stage.
type Input struct {
	Ports   int  // sending tasks
	Ordered bool // rows are taken by the tickets of the senders' scan
}

// Inbox is the incoming side of one task. One goroutine receives; each port is
// used by one sender.
type Inbox struct {
	limits  Limits
	stopped atomic.Bool // the receiver wants no more rows; set under mu

	mu       sync.Mutex
	readable sync.Cond // the receiver waits here
	writable sync.Cond // senders wait here
	memory   *vexec.Account
	ports    []port
	inputs   []input
	seq      uint64 // arrivals so far
	wm       ir.Micros
	wmStale  bool // a port's watermark or end has changed since wm was taken
	epoch    uint64
	aside    int // ports that have brought the barrier
	ended    int
	endGiven bool
	woken    bool // by Wake, since Wait last returned
	err      error
	free     []*vexec.Batch
	full     int // senders that wait
}

type input struct {
	ordered bool
	ticket  uint64 // the unit whose rows are taken now
	first   int    // its first port
	open    int    // ports that have not ended
}

// port is the queue of one sender.
type port struct {
	input int
	queue []entry
	head  int
	rows  int
	bytes int64
	wm    ir.Micros
	aside bool
	ended bool
}

// entry is a message in a queue.
type entry struct {
	kind   Kind
	seq    uint64
	ticket uint64 // of the scan's unit that it belongs to; noTicket: none
	batch  *vexec.Batch
	bytes  int64
	wm     ir.Micros
	epoch  uint64
	part   int32
}

// noTicket marks messages that do not wait for a turn.
const noTicket = ^uint64(0)

// maxFree is the most empty batches that an inbox keeps for its senders.
const maxFree = 32

// NewInbox returns an inbox with the ports of all inputs, in their order. memory
// may be nil.
func NewInbox(inputs []Input, limits Limits, memory *vexec.Account) *Inbox {
	in := &Inbox{limits: limits, memory: memory, wm: ir.MinMicros}
	in.readable.L, in.writable.L = &in.mu, &in.mu
	for i, x := range inputs {
		in.inputs = append(in.inputs, input{ordered: x.Ordered, first: len(in.ports), open: x.Ports})
		for range x.Ports {
			in.ports = append(in.ports, port{input: i, wm: ir.MinMicros})
		}
	}
	return in
}

// Next returns the next message; ok is false where there is none now. err is what
// Abort was called with.
func (in *Inbox) Next() (m Message, ok bool, err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for {
		if in.err != nil {
			return Message{}, false, in.err
		}
		if m, ok := in.settled(); ok {
			return m, true, nil
		}
		p := in.pick()
		if p < 0 {
			return Message{}, false, nil
		}
		if m, ok := in.take(p); ok {
			return m, true, nil
		}
	}
}

// settled returns what follows from the ports together: a watermark, a barrier or
// the end.
func (in *Inbox) settled() (Message, bool) {
	if in.wmStale {
		in.wmStale = false
		if wm := in.lowest(); wm > in.wm {
			in.wm = wm
			return Message{Kind: Watermark, WM: wm}, true
		}
	}
	if in.aside > 0 && in.aside+in.ended == len(in.ports) {
		for p := range in.ports {
			in.ports[p].aside = false
		}
		in.aside = 0
		return Message{Kind: Barrier, Epoch: in.epoch}, true
	}
	if in.ended == len(in.ports) && !in.endGiven {
		in.endGiven = true
		return Message{Kind: End}, true
	}
	return Message{}, false
}

func (in *Inbox) lowest() ir.Micros {
	wm := ir.MaxMicros
	for p := range in.ports {
		if x := &in.ports[p]; !x.ended {
			wm = min(wm, x.wm)
		}
	}
	return wm
}

// InputTimes returns the watermark of each input as far as it has been taken: ir.MaxMicros
// where it has ended.
func (in *Inbox) InputTimes() []ir.Micros {
	in.mu.Lock()
	defer in.mu.Unlock()
	out := make([]ir.Micros, len(in.inputs))
	for i := range out {
		out[i] = ir.MaxMicros
	}
	for p := range in.ports {
		if x := &in.ports[p]; !x.ended {
			out[x.input] = min(out[x.input], x.wm)
		}
	}
	return out
}

// pick returns the port whose first message came first among those that may be
// taken now, or -1.
func (in *Inbox) pick() int {
	best, seq := -1, ^uint64(0)
	for i := range in.ports {
		p := &in.ports[i]
		if p.aside || p.head == len(p.queue) {
			continue
		}
		e := &p.queue[p.head]
		if e.seq < seq && (e.ticket == noTicket || e.ticket == in.inputs[p.input].ticket) {
			best, seq = i, e.seq
		}
	}
	return best
}

// take removes the first message of port i; ok is false for one that only changes
// the inbox.
func (in *Inbox) take(i int) (m Message, ok bool) {
	p := &in.ports[i]
	e := p.pop()
	switch e.kind {
	case Data:
		p.rows -= e.batch.Rows
		p.bytes -= e.bytes
		_ = in.memory.Grow(-e.bytes) // giving back never fails
		if in.full > 0 {
			in.writable.Broadcast()
		}
		if in.stopped.Load() {
			in.recycle(e.batch)
			return Message{}, false
		}
		e.batch.Offer()
		return Message{Kind: Data, Input: p.input, Batch: e.batch}, true
	case Watermark:
		p.wm, in.wmStale = e.wm, true
	case Barrier:
		p.aside, in.epoch = true, e.epoch
		in.aside++
	case End:
		p.ended, in.wmStale = true, true
		in.ended++
		if in.inputs[p.input].open--; in.inputs[p.input].open == 0 && in.ended < len(in.ports) {
			return Message{Kind: InputEnd, Input: p.input}, true
		}
	case SplitEnd, SplitIdle:
		return Message{Kind: e.kind, Input: p.input, Part: e.part}, true
	case TicketDone:
		in.inputs[p.input].ticket++
		return Message{Kind: TicketDone, Input: p.input}, true
	}
	return Message{}, false
}

func (p *port) pop() entry {
	e := p.queue[p.head]
	p.queue[p.head] = entry{}
	p.head++
	if p.head == len(p.queue) {
		p.queue, p.head = p.queue[:0], 0
	} else if p.head >= 64 && 2*p.head >= len(p.queue) {
		n := copy(p.queue, p.queue[p.head:])
		clear(p.queue[n:])
		p.queue, p.head = p.queue[:n], 0
	}
	return e
}

// Wait returns when Next has something to give, after Wake, or with the error of Abort.
// It alone takes back what Wake has said: a receiver looks at what it is woken for before
// it asks for the next message, so a wake-up that comes in between has to last until it waits.
func (in *Inbox) Wait() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	for in.err == nil && !in.ready() {
		in.readable.Wait()
	}
	in.woken = false
	return in.err
}

func (in *Inbox) ready() bool {
	return in.woken || in.pick() >= 0 || in.wmStale ||
		in.aside > 0 && in.aside+in.ended == len(in.ports) ||
		in.ended == len(in.ports) && !in.endGiven
}

// Release gives a batch of a Data message back, to be filled again unless somebody keeps its
// memory.
func (in *Inbox) Release(b *vexec.Batch) {
	if b.Kept() {
		return
	}
	vexec.Poison(b)
	in.mu.Lock()
	in.recycle(b)
	in.mu.Unlock()
}

func (in *Inbox) recycle(b *vexec.Batch) {
	if len(in.free) < maxFree {
		in.free = append(in.free, b)
	}
}

// batch returns an empty batch to fill and put.
func (in *Inbox) batch(s *ir.Schema) *vexec.Batch {
	in.mu.Lock()
	var b *vexec.Batch
	if n := len(in.free); n > 0 {
		b, in.free = in.free[n-1], in.free[:n-1]
	}
	in.mu.Unlock()
	if b == nil {
		b = &vexec.Batch{}
	}
	b.Reset(s)
	return b
}

// Stop says that the receiver wants no more rows: what is queued is dropped as it
// comes up, and senders get vexec.ErrDone. Control messages go on.
func (in *Inbox) Stop() {
	in.mu.Lock()
	in.stopped.Store(true)
	in.mu.Unlock()
	in.writable.Broadcast()
}

// Wake has a receiver that waits, or will wait next, look again whether anybody wants its
// rows, and at what else does not come as a message.
func (in *Inbox) Wake() {
	in.mu.Lock()
	in.woken = true
	in.mu.Unlock()
	in.readable.Broadcast()
}

// Abort ends all waiting, now and later: Next, Wait and the senders' calls return err.
func (in *Inbox) Abort(err error) {
	in.mu.Lock()
	if in.err == nil {
		in.err = err
	}
	in.mu.Unlock()
	in.readable.Broadcast()
	in.writable.Broadcast()
}

// Close gives back the memory of what is still queued. Nobody sends or receives any
// more.
func (in *Inbox) Close() {
	in.mu.Lock()
	defer in.mu.Unlock()
	for i := range in.ports {
		in.ports[i] = port{input: in.ports[i].input, wm: in.ports[i].wm, ended: true}
	}
	in.free = nil
	in.memory.Close()
}

// Queued is the rows that wait in the inbox, for progress and tests.
func (in *Inbox) Queued() int {
	in.mu.Lock()
	defer in.mu.Unlock()
	n := 0
	for i := range in.ports {
		n += in.ports[i].rows
	}
	return n
}

// Fill is the rows that wait in the inbox, and its ports that have not ended.
func (in *Inbox) Fill() (rows, ports int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for i := range in.ports {
		rows += in.ports[i].rows
		if !in.ports[i].ended {
			ports++
		}
	}
	return rows, ports
}

// put appends a message to a port. A Data message waits for room.
func (in *Inbox) put(port int, e entry) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.err != nil {
		return in.err
	}
	p := &in.ports[port]
	if !in.inputs[p.input].ordered {
		e.ticket = noTicket
	}
	if e.kind == Data {
		if err := in.reserve(p, e.batch.Rows, e.bytes); err != nil {
			return err
		}
		p.rows += e.batch.Rows
		p.bytes += e.bytes
	}
	in.seq++
	e.seq = in.seq
	p.queue = append(p.queue, e)
	in.readable.Signal()
	return nil
}

// reserve waits until p has room for a batch and the query's memory for its bytes.
func (in *Inbox) reserve(p *port, rows int, bytes int64) error {
	for {
		switch {
		case in.err != nil:
			return in.err
		case in.stopped.Load():
			return vexec.ErrDone
		}
		full := p.rows > 0 && (p.rows+rows > in.limits.Rows || p.bytes+bytes > in.limits.Bytes)
		if !full || in.limits.Grow {
			err := in.memory.Grow(bytes)
			if err == nil || p.rows == 0 || in.limits.Grow {
				return err
			}
		}
		in.full++
		in.writable.Wait()
		in.full--
	}
}
