package vtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Event is one thing that happens to an operator.
type Event struct {
	what eventKind
	port int
	row  Row
	kind vexec.RowKind
	late ir.Micros
	wm   ir.Micros
}

type eventKind uint8

const (
	pushRow eventKind = iota
	advance
	barrier
	portEnd
)

// In is a row that arrives at port 0.
func In(vals ...any) Event { return Event{row: vals, late: ir.MinMicros} }

// Port returns the event at another port.
func (e Event) Port(p int) Event { e.port = p; return e }

// As returns the row with another change kind.
func (e Event) As(k vexec.RowKind) Event { e.kind = k; return e }

// Vals is the row's values.
func (e Event) Vals() Row { return e.row }

// Behind returns the row with a late mark: it was behind the watermark wm, a
// timestamp text.
func (e Event) Behind(wm string) Event { e.late = ir.Micros(TS(wm)); return e }

// WM is a watermark that reaches the timestamp text.
func WM(ts string) Event { return Event{what: advance, wm: ir.Micros(TS(ts))} }

// End is the watermark at the end of a bounded input.
func End() Event { return Event{what: advance, wm: ir.MaxMicros} }

// Barrier is a checkpoint barrier: the operator flushes and seals, and in one
// variant of the test a new operator is restored from what was sealed.
func Barrier() Event { return Event{what: barrier} }

// PortEnd says that no row comes to a port any more.
func PortEnd(port int) Event { return Event{what: portEnd, port: port} }

// Test is a test of one operator, repeated in every variant.
type Test struct {
	New          func() (vexec.Operator, error)
	In           []*ir.Schema // by port
	Out          *ir.Schema
	Events       []Event
	Want         []string // rows as Emitted.Format prints them
	WantRejected []string // "late: values" or "error: reason: values" (values of the rejected batch)
	AnyOrder     bool     // Want is a multiset
	NoFinish     bool     // the input does not end
	Fold         bool     // Want is what is left of the changes, sorted; each must fit those before it
}

// Run runs the test at batch sizes 1, 7 and 1024, in all Shapes, and for Stateful
// operators also with a restart at each barrier, and at each third one.
func (tt *Test) Run(t *testing.T) {
	t.Helper()
	barriers := 0
	for _, e := range tt.Events {
		if e.what == barrier {
			barriers++
		}
	}
	for _, size := range []int{1, 7, 1024} {
		for _, shape := range Shapes {
			for _, restart := range []int{0, 1, 3} {
				if restart > barriers {
					continue
				}
				t.Run(fmt.Sprintf("size=%d/%s/restart=%d", size, shape, restart), func(t *testing.T) {
					r := &runner{test: tt, size: size, shape: shape, restart: restart}
					if err := r.run(); err != nil {
						t.Fatal(err)
					}
					r.compare(t)
				})
			}
		}
	}
}

type runner struct {
	test    *Test
	size    int
	shape   Shape
	restart int // at each so manyth barrier; 0: never
	op      vexec.Operator
	state   *MemState
	out     Collector
	wm      ir.Micros // handed on so far
	epoch   uint64
	ended   []int   // ports
	pending []Event // rows of one port not pushed yet
}

func (r *runner) run() error {
	r.out = Collector{Schema: r.test.Out, MaxRows: max(r.size, 1)}
	r.wm = ir.MinMicros
	if err := r.open(); err != nil {
		return err
	}
	defer func() { _ = r.op.Close() }()
	for _, e := range r.test.Events {
		if err := r.event(e); err != nil {
			return err
		}
	}
	if err := r.push(); err != nil {
		return err
	}
	if !r.test.NoFinish {
		if err := r.op.Finish(&r.out); err != nil {
			return fmt.Errorf("Finish: %w", err)
		}
	}
	if err := r.op.Close(); err != nil {
		return fmt.Errorf("Close: %w", err)
	}
	return r.op.Close() // twice must be safe
}

func (r *runner) open() error {
	op, err := r.test.New()
	if err != nil {
		return err
	}
	oc := &vexec.OpContext{Tasks: 1, Name: "test", MaxRows: r.size, Clock: &Clock{},
		Memory: vexec.NewBudget(0).Account("test")}
	if s, ok := op.(vexec.Stateful); ok {
		if r.state == nil {
			r.state = NewState(s.Tables())
		} else if r.state, err = r.state.Restore(s.Tables()); err != nil {
			return err
		}
		oc.State = r.state
	}
	r.op = op
	if err := op.Open(oc); err != nil {
		return fmt.Errorf("Open: %w", err)
	}
	return nil
}

func (r *runner) event(e Event) error {
	if e.what == pushRow {
		if len(r.pending) > 0 && r.pending[0].port != e.port || len(r.pending) >= r.size {
			if err := r.push(); err != nil {
				return err
			}
		}
		r.pending = append(r.pending, e)
		return nil
	}
	if err := r.push(); err != nil {
		return err
	}
	if e.what == portEnd {
		r.ended = append(r.ended, e.port)
		return r.endPort(e.port)
	}
	if e.what == advance {
		wm, err := r.op.Advance(e.wm, &r.out)
		if err != nil {
			return fmt.Errorf("Advance(%s): %w", e.wm, err)
		}
		if wm > e.wm || wm < r.wm {
			return fmt.Errorf("Advance(%s) handed on %s after %s", e.wm, wm, r.wm)
		}
		r.wm = wm
		return nil
	}
	return r.barrier()
}

func (r *runner) barrier() error {
	if f, ok := r.op.(vexec.Flusher); ok {
		if err := f.Flush(&r.out); err != nil {
			return fmt.Errorf("Flush: %w", err)
		}
	}
	r.epoch++
	s, ok := r.op.(vexec.Stateful)
	if ok {
		if err := s.Seal(r.epoch); err != nil {
			return fmt.Errorf("Seal(%d): %w", r.epoch, err)
		}
	}
	if r.restart == 0 || r.epoch%uint64(r.restart) != 0 {
		return nil
	}
	if err := r.op.Close(); err != nil {
		return fmt.Errorf("Close: %w", err)
	}
	if err := r.open(); err != nil {
		return err
	}
	for _, port := range r.ended {
		if err := r.endPort(port); err != nil {
			return err
		}
	}
	return nil
}

func (r *runner) endPort(port int) error {
	p, ok := r.op.(vexec.PortAware)
	if !ok {
		return nil
	}
	if err := p.FinishPort(port, &r.out); err != nil {
		return fmt.Errorf("FinishPort(%d): %w", port, err)
	}
	return nil
}

// push sends the pending rows as one batch in the variant's shape.
func (r *runner) push() error {
	if len(r.pending) == 0 {
		return nil
	}
	port := r.pending[0].port
	rows := make([]Row, len(r.pending))
	for i, e := range r.pending {
		rows[i] = e.row
	}
	b := BatchAs(r.test.In[port], r.shape, rows...)
	for i, e := range r.pending {
		row := b.Row(i)
		if e.kind != vexec.Insert && b.Kind == nil {
			b.Kind = make([]vexec.RowKind, b.Rows)
		}
		if b.Kind != nil {
			b.Kind[row] = e.kind
		}
		if e.late != ir.MinMicros {
			b.Late = append(b.Late, vexec.LateMark{Row: int32(row), WM: e.late})
		}
	}
	r.pending = r.pending[:0]
	b.Offer()
	if err := r.op.Push(port, b, &r.out); err != nil {
		return fmt.Errorf("Push: %w", err)
	}
	if !b.Kept() {
		vexec.Poison(b)
	}
	return nil
}

func (r *runner) compare(t *testing.T) {
	t.Helper()
	got := make([]string, len(r.out.Rows))
	for i, e := range r.out.Rows {
		got[i] = e.Format(r.test.Out)
	}
	want := slices.Clone(r.test.Want)
	if r.test.Fold {
		var err error
		if got, err = Fold(r.out.Rows, r.test.Out); err != nil {
			t.Error(err)
		}
		slices.Sort(want)
	}
	if r.test.AnyOrder {
		slices.Sort(got)
		slices.Sort(want)
	}
	diff(t, "rows", got, want)
	fates := make([]string, len(r.out.Rejected))
	for i, f := range r.out.Rejected {
		fates[i] = f.Why.String() + ": "
		if f.Reason != "" {
			fates[i] += f.Reason + ": "
		}
		fates[i] += FormatRow(f.Vals, f.Schema)
	}
	diff(t, "rejected", fates, r.test.WantRejected)
}

func diff(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got:\n  %s\n want:\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}
