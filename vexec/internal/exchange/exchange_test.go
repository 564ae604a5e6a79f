package exchange

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

var schema = ir.NewSchema(ir.Column{Name: "n", Type: ir.TBigInt}, ir.Column{Name: "s", Type: ir.TVarchar})

func batch(ns ...int64) *vexec.Batch {
	b := &vexec.Batch{}
	b.Reset(schema)
	b.Rows = len(ns)
	b.Cols[0].Reset(ir.TBigInt, len(ns))
	b.Cols[1].Reset(ir.TVarchar, len(ns))
	for i, n := range ns {
		b.Cols[0].Int64s()[i] = n
		b.Cols[1].SetBytes(i, fmt.Appendf(nil, "the text of row %d", n))
	}
	return b
}

// log takes messages until none is left, as text.
func log(t *testing.T, in *Inbox) []string {
	t.Helper()
	var out []string
	for {
		m, ok, err := in.Next()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return out
		}
		switch m.Kind {
		case Data:
			text := fmt.Sprintf("in%d", m.Input)
			for i := range m.Batch.Live() {
				n := m.Batch.Cols[0].Int64s()[i]
				if got := string(m.Batch.Cols[1].Bytes(i)); got != fmt.Sprintf("the text of row %d", n) {
					t.Fatalf("row %d has the text %q", n, got)
				}
				text += fmt.Sprint(" ", n)
			}
			in.Release(m.Batch)
			out = append(out, text)
		case Watermark:
			out = append(out, fmt.Sprint("wm ", int64(m.WM)))
		case Barrier:
			out = append(out, fmt.Sprint("barrier ", m.Epoch))
		case SplitEnd:
			out = append(out, fmt.Sprint("split ", m.Part))
		case TicketDone:
			out = append(out, "done")
		case End:
			out = append(out, "end")
		}
	}
}

func check(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\ngot  %q\nwant %q", what, got, want)
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

var grow = Limits{Grow: true}

func senders(in *Inbox, n, maxRows int) []*Sender {
	var out []*Sender
	for p := range n {
		out = append(out, NewSender([]*Inbox{in}, p, nil, maxRows))
	}
	return out
}

func TestGatherKeepsArrivalAndTakesTheLeastWatermark(t *testing.T) {
	in := NewInbox([]Input{{Ports: 2}}, grow, nil)
	s := senders(in, 2, 1)
	must(t, s[0].Send(batch(1)), s[1].Send(batch(2)), s[0].Watermark(10), s[0].Send(batch(3)), s[1].Watermark(5))
	check(t, "two ports", log(t, in), "in0 1", "in0 2", "in0 3", "wm 5")
	must(t, s[1].Watermark(20), s[0].Watermark(10))
	check(t, "the other is least now", log(t, in), "wm 10")
	must(t, s[0].End())
	check(t, "an ended port holds nothing back", log(t, in), "wm 20")
	must(t, s[1].End())
	check(t, "all ended", log(t, in), fmt.Sprint("wm ", int64(ir.MaxMicros)), "end")
	check(t, "the end comes once", log(t, in))
}

func TestSmallPiecesBecomeBatches(t *testing.T) {
	in := NewInbox([]Input{{Ports: 1}}, grow, nil)
	s := senders(in, 1, 8)[0]
	must(t, s.Send(batch(1)), s.Send(batch(2, 3)))
	check(t, "nothing yet", log(t, in))
	must(t, s.Send(batch(4)))
	check(t, "half full", log(t, in), "in0 1 2 3 4")
	must(t, s.Send(batch(5)), s.Watermark(1))
	check(t, "a watermark flushes first", log(t, in), "in0 5", "wm 1")
	sel := batch(6, 7, 8, 9, 10, 11, 12)
	sel.Sel = []int32{0, 2, 6}
	must(t, s.Send(batch(5)), s.Send(sel), s.Barrier(3))
	check(t, "live rows only", log(t, in), "in0 5 6 8 12", "barrier 3")
}

func TestBarriersSetPortsAside(t *testing.T) {
	in := NewInbox([]Input{{Ports: 2}, {Ports: 1}}, grow, nil)
	s := senders(in, 3, 1)
	must(t, s[0].Barrier(1), s[0].Send(batch(10)), s[1].Send(batch(20)), s[2].Send(batch(30)))
	check(t, "0 waits", log(t, in), "in0 20", "in1 30")
	must(t, s[1].End())
	check(t, "an ended port counts, but 2 has not brought it", log(t, in))
	must(t, s[2].Barrier(1), s[2].Send(batch(31)))
	check(t, "aligned", log(t, in), "barrier 1", "in0 10", "in1 31")
	must(t, s[0].Barrier(2), s[2].End())
	check(t, "aligned by an end", log(t, in), "barrier 2")
}

func TestOrderedTakesTickets(t *testing.T) {
	in := NewInbox([]Input{{Ports: 2, Ordered: true}}, grow, nil)
	s := senders(in, 2, 1)
	s[1].Ticket(1)
	must(t, s[1].Send(batch(100)), s[1].TicketDone(), s[1].Watermark(7))
	check(t, "ticket 1 waits for 0", log(t, in))
	s[0].Ticket(0)
	must(t, s[0].Send(batch(1)), s[0].Send(batch(2)))
	check(t, "ticket 0", log(t, in), "in0 1", "in0 2")
	must(t, s[0].TicketDone())
	check(t, "then ticket 1", log(t, in), "done", "in0 100", "done")
	s[0].Ticket(2)
	must(t, s[0].SplitEnd(4), s[0].Send(batch(200)), s[0].TicketDone(), s[0].Watermark(9))
	check(t, "split end stands before its ticket's rows", log(t, in), "split 4", "in0 200", "done", "wm 7")
}

func TestOrderedAtRandom(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 2))
		n := 1 + r.IntN(4)
		in := NewInbox([]Input{{Ports: n, Ordered: true}}, Limits{Rows: 1 + r.IntN(6), Bytes: 1 << 20}, nil)
		var mu sync.Mutex
		next, wg := uint64(0), sync.WaitGroup{}
		for _, s := range senders(in, n, 1+r.IntN(5)) {
			wg.Go(func() {
				for {
					mu.Lock()
					ticket := next
					next++
					mu.Unlock()
					if ticket >= 60 {
						must(t, s.End())
						return
					}
					s.Ticket(ticket)
					for i := range int64(5) {
						must(t, s.Send(batch(int64(ticket)*5+i)))
					}
					must(t, s.TicketDone())
				}
			})
		}
		want := int64(0)
		for ended := false; !ended; {
			m, ok, err := in.Next()
			must(t, err)
			if !ok {
				must(t, in.Wait())
				continue
			}
			ended = m.Kind == End
			if m.Kind == Data {
				for _, got := range m.Batch.Cols[0].Int64s()[:m.Batch.Rows] {
					if got != want {
						t.Fatalf("seed %d: row %d, want %d", seed, got, want)
					}
					want++
				}
				in.Release(m.Batch)
			}
		}
		wg.Wait()
		if want != 300 {
			t.Fatalf("seed %d: %d rows", seed, want)
		}
	}
}

func TestHashSendsEachKeyToItsTask(t *testing.T) {
	var in []*Inbox
	for range 3 {
		in = append(in, NewInbox([]Input{{Ports: 1}}, grow, nil))
	}
	s := NewSender(in, 0, []int{0}, 4)
	r := rand.New(rand.NewPCG(1, 1))
	sent := map[int64]int{}
	for range 100 {
		var ns []int64
		for range r.IntN(9) {
			n := r.Int64N(50)
			ns = append(ns, n)
			sent[n]++
		}
		must(t, s.Send(batch(ns...)))
	}
	must(t, s.End())
	got, owner, used := map[int64]int{}, map[int64]int{}, map[int]bool{}
	for task := range in {
		for {
			m, ok, err := in[task].Next()
			must(t, err)
			if !ok {
				break
			}
			if m.Kind != Data {
				continue
			}
			hash := make([]uint64, m.Batch.Rows)
			vexec.HashRows(m.Batch, []int{0}, hash)
			for i, n := range m.Batch.Cols[0].Int64s()[:m.Batch.Rows] {
				got[n]++
				if o, seen := owner[n]; seen && o != task {
					t.Fatalf("%d went to %d and %d", n, o, task)
				}
				owner[n], used[task] = task, true
				if lo, hi := vexec.GroupRange(task, 3); vexec.KeyGroup(hash[i]) < lo || vexec.KeyGroup(hash[i]) >= hi {
					t.Fatalf("%d is not of task %d", n, task)
				}
			}
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(sent) || len(used) != 3 {
		t.Errorf("got %v\nsent %v\ntasks %v", got, sent, used)
	}
}

func TestBackpressureAndAbort(t *testing.T) {
	in := NewInbox([]Input{{Ports: 1}}, Limits{Rows: 4, Bytes: 1 << 20}, nil)
	s := senders(in, 1, 1)[0]
	sent, gone := make(chan int, 100), errors.New("gone")
	var wg sync.WaitGroup
	var last error
	wg.Go(func() {
		for i := range 100 {
			if last = s.Send(batch(int64(i))); last != nil {
				return
			}
			sent <- i
		}
	})
	for range 4 {
		<-sent
	}
	if got := in.Queued(); got != 4 {
		t.Errorf("%d rows wait, want 4", got)
	}
	m, ok, err := in.Next()
	if !ok || err != nil || m.Batch.Cols[0].Int64s()[0] != 0 {
		t.Fatal(m, ok, err)
	}
	<-sent // room for one more
	if err := s.to[0].in.put(0, entry{kind: Watermark, ticket: noTicket, wm: 3}); err != nil {
		t.Error("a control message was held up:", err)
	}
	in.Abort(gone)
	wg.Wait()
	if !errors.Is(last, gone) || !errors.Is(in.Wait(), gone) || !errors.Is(s.Watermark(5), gone) {
		t.Errorf("after Abort: sender %v, wait %v", last, in.Wait())
	}
}

func TestLargeBatchPassesAnEmptyQueue(t *testing.T) {
	in := NewInbox([]Input{{Ports: 1}}, Limits{Rows: 2, Bytes: 10}, nil)
	must(t, senders(in, 1, 1)[0].Send(batch(1, 2, 3, 4)))
	check(t, "larger than the bound", log(t, in), "in0 1 2 3 4")
}

func TestStop(t *testing.T) {
	a, b := NewInbox([]Input{{Ports: 1}}, grow, nil), NewInbox([]Input{{Ports: 1}}, grow, nil)
	s := NewSender([]*Inbox{a, b}, 0, []int{0}, 1)
	var ns []int64
	for n := range int64(100) {
		ns = append(ns, n)
	}
	must(t, s.Send(batch(ns...)))
	a.Stop()
	check(t, "what is queued is dropped", log(t, a))
	must(t, s.Send(batch(ns...)), s.Watermark(4))
	check(t, "control goes on", log(t, a), "wm 4")
	b.Stop()
	if err := s.Send(batch(ns...)); !errors.Is(err, vexec.ErrDone) {
		t.Errorf("nobody wants more, but Send gives %v", err)
	}
	must(t, s.Barrier(1), s.End())
	check(t, "to the end", log(t, a), "barrier 1", fmt.Sprint("wm ", int64(ir.MaxMicros)), "end")
}

func TestMemory(t *testing.T) {
	budget := vexec.NewBudget(300)
	in := NewInbox([]Input{{Ports: 1}}, Limits{Rows: 100, Bytes: 1 << 20}, budget.Account("the queue"))
	s := senders(in, 1, 1)[0]
	must(t, s.Send(batch(1)))
	if budget.Used() == 0 {
		t.Error("a queued batch is not counted")
	}
	log(t, in)
	if budget.Used() != 0 {
		t.Errorf("%d bytes are still held", budget.Used())
	}
	var over *vexec.MemoryError
	if err := s.Send(batch(1, 2, 3, 4, 5, 6, 7, 8, 9)); !errors.As(err, &over) || over.Owner != "the queue" {
		t.Errorf("a batch over the budget gives %v", err)
	}
}

func BenchmarkGather(b *testing.B) {
	in := NewInbox([]Input{{Ports: 1}}, Limits{Rows: 1 << 16, Bytes: 8 << 20}, nil)
	s := senders(in, 1, 4096)[0]
	var ns []int64
	for n := range int64(4096) {
		ns = append(ns, n)
	}
	rows := batch(ns...)
	b.SetBytes(rows.MemSize())
	for b.Loop() {
		if err := s.Send(rows); err != nil {
			b.Fatal(err)
		}
		m, ok, err := in.Next()
		if !ok || err != nil {
			b.Fatal(ok, err)
		}
		in.Release(m.Batch)
	}
}

// A batch whose memory somebody keeps is not filled again; others are.
func TestKeptBatches(t *testing.T) {
	for _, keep := range []bool{false, true} {
		in := NewInbox([]Input{{Ports: 1}}, Limits{Rows: 100, Bytes: 1 << 20}, nil)
		s := NewSender([]*Inbox{in}, 0, nil, 2)
		var first []int64
		for round := range int64(2) {
			if err := s.Send(batch(round, round)); err != nil {
				t.Fatal(err)
			}
			m, ok, err := in.Next()
			if err != nil || !ok || m.Kind != Data {
				t.Fatalf("%v, %t, %v", m, ok, err)
			}
			if round == 0 {
				first = m.Batch.Cols[0].Int64s()
				if keep && !m.Batch.Keep() {
					t.Fatal("a batch from a queue cannot be kept")
				}
			} else if same := &first[0] == &m.Batch.Cols[0].Int64s()[0]; same == keep {
				t.Errorf("kept %t: the memory is used again: %t", keep, same)
			}
			in.Release(m.Batch)
		}
	}
}
