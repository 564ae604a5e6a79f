package micro

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"
)

// stateCell is count, sum, avg, min and max of one group: what minute totals keep.
type stateCell struct {
	count, n, low, high, least, most int64
}

// stateRow is the bytes of a group in a checkpoint before compression: its key and
// its cell.
const stateRow = 8 + 48

func (c *stateCell) add(x int64) {
	if c.count == 0 {
		c.least, c.most = x, x
	}
	c.count++
	c.n++
	var carry uint64
	low, carry := bits.Add64(uint64(c.low), uint64(x), 0)
	c.low, c.high = int64(low), c.high+int64(carry)
	c.least, c.most = min(c.least, x), max(c.most, x)
}

func (c *stateCell) merge(o *stateCell) {
	if c.count == 0 {
		*c = *o
		return
	}
	c.count += o.count
	c.n += o.n
	low, carry := bits.Add64(uint64(c.low), uint64(o.low), 0)
	c.low, c.high = int64(low), c.high+o.high+int64(carry)
	c.least, c.most = min(c.least, o.least), max(c.most, o.most)
}

// stateKeys is a table of keys with dense ids.
type stateKeys struct {
	slots []struct {
		key int64
		id  uint32
	}
	keys []int64
}

func (t *stateKeys) id(key int64) uint32 {
	if 2*len(t.keys) >= len(t.slots) {
		t.grow()
	}
	hi, lo := bits.Mul64(uint64(key)^0xA0761D6478BD642F, 0x9E3779B97F4A7C15)
	mask := uint64(len(t.slots) - 1)
	for p := (hi ^ lo ^ (hi^lo)>>32) & mask; ; p = (p + 1) & mask {
		s := &t.slots[p]
		if s.id == 0 {
			t.keys = append(t.keys, key)
			s.key, s.id = key, uint32(len(t.keys))
			return s.id - 1
		}
		if s.key == key {
			return s.id - 1
		}
	}
}

func (t *stateKeys) grow() {
	old := t.keys
	t.resize(max(64, 2*len(t.slots)))
	for _, k := range old {
		t.id(k)
	}
}

func (t *stateKeys) resize(n int) {
	*t = stateKeys{slots: make([]struct {
		key int64
		id  uint32
	}, n), keys: make([]int64, 0, n/2+1)}
}

// stateForm is one way to keep the groups of a window so that barriers can store them.
type stateForm interface {
	update(keys, vals []int64)
	// barrier hands over what a checkpoint writes, and returns how many bytes.
	barrier() int
	// closeWindow reads all groups and forgets them.
	closeWindow() int
}

// sealed is form (a): a barrier makes the mutable tail a segment and starts a new
// one; the window's close adds the segments up.
type sealed struct {
	segments []*sealedTail
	tail     *sealedTail
}

type sealedTail struct {
	keys  stateKeys
	cells []stateCell
}

func (t *sealedTail) cell(key int64) *stateCell {
	id := t.keys.id(key)
	if int(id) == len(t.cells) {
		t.cells = append(t.cells, stateCell{})
	}
	return &t.cells[id]
}

func (s *sealed) update(keys, vals []int64) {
	if s.tail == nil {
		s.tail = &sealedTail{}
		if n := len(s.segments); n > 0 { // it will have about as many groups
			s.tail.keys.resize(len(s.segments[n-1].keys.slots))
			s.tail.cells = make([]stateCell, 0, len(s.segments[n-1].cells))
		}
	}
	for i, k := range keys {
		s.tail.cell(k).add(vals[i])
	}
}

func (s *sealed) barrier() int {
	if s.tail == nil {
		return 0
	}
	n := len(s.tail.cells) * stateRow
	s.segments, s.tail = append(s.segments, s.tail), nil
	return n
}

func (s *sealed) closeWindow() int {
	t := s.tail
	if t == nil {
		t = &sealedTail{}
	}
	for _, p := range s.segments {
		for id, key := range p.keys.keys {
			t.cell(key).merge(&p.cells[id])
		}
	}
	s.segments, s.tail = nil, nil
	return len(t.cells)
}

// paged is form (b): cells stand in pages of 64, each with the epoch it was last
// copied in. A barrier raises the epoch; the first write to a page after it copies
// the page, so that the snapshot keeps the old one.
type paged struct {
	keys   stateKeys
	pages  []*statePage
	epoch  uint32
	dirty  int // pages written in this epoch
	stored int // keys in checkpoints
}

type statePage struct {
	epoch uint32
	cells [64]stateCell
}

func (s *paged) update(keys, vals []int64) {
	for i, k := range keys {
		id := s.keys.id(k)
		if int(id/64) == len(s.pages) {
			s.pages = append(s.pages, &statePage{epoch: s.epoch})
			s.dirty++
		}
		p := s.pages[id/64]
		if p.epoch != s.epoch {
			c := *p
			c.epoch = s.epoch
			p = &c
			s.pages[id/64] = p
			s.dirty++
		}
		p.cells[id%64].add(vals[i])
	}
}

func (s *paged) barrier() int {
	// The snapshot is the list of pages; a page is written where it is dirty, with
	// the keys that came since.
	_ = append([]*statePage(nil), s.pages...)
	n := s.dirty*64*48 + (len(s.keys.keys)-s.stored)*8
	s.epoch++
	s.dirty, s.stored = 0, len(s.keys.keys)
	return n
}

func (s *paged) closeWindow() int {
	n := len(s.keys.keys)
	*s = paged{epoch: s.epoch}
	return n
}

// copied is form (c): a barrier copies everything.
type copied struct{ sealedTail }

func (s *copied) update(keys, vals []int64) {
	for i, k := range keys {
		s.cell(k).add(vals[i])
	}
}

func (s *copied) barrier() int {
	keys := append([]int64(nil), s.keys.keys...)
	cells := append([]stateCell(nil), s.cells...)
	return len(keys)*8 + len(cells)*48
}

func (s *copied) closeWindow() int {
	n := len(s.cells)
	*s = copied{}
	return n
}

// BenchmarkStateForm fills windows with three barriers each: the pause of a
// barrier (median), the processor time of a row with all else (barriers, closing
// the window, collecting garbage), and the bytes of a checkpoint. In hot ones nine
// of ten rows are in a hundredth of the groups.
func BenchmarkStateForm(b *testing.B) {
	const between, barriers = 1_500_000, 3
	forms := []struct {
		name string
		make func() stateForm
	}{
		{"seal", func() stateForm { return &sealed{} }},
		{"pages", func() stateForm { return &paged{} }},
		{"copy", func() stateForm { return &copied{} }},
	}
	for _, groups := range []int{1000, 100_000, 1_000_000} {
		for _, hot := range []bool{false, true} {
			keys, vals := stateRows(between*barriers, groups, hot)
			for _, f := range forms {
				b.Run(fmt.Sprintf("groups=%d/hot=%v/%s", groups, hot, f.name), func(b *testing.B) {
					var pauses []time.Duration
					written, cpu := 0, cpuTime()
					s := f.make()
					for b.Loop() {
						for k := range barriers {
							s.update(keys[k*between:(k+1)*between], vals[k*between:])
							start := time.Now()
							written += s.barrier()
							pauses = append(pauses, time.Since(start))
						}
						s.closeWindow()
					}
					slices.Sort(pauses)
					b.ReportMetric(float64(pauses[len(pauses)/2].Nanoseconds())/1e3, "us/pause")
					b.ReportMetric(float64(written)/float64(len(pauses))/(1<<20), "MiB/checkpoint")
					b.ReportMetric(float64(cpuTime()-cpu)/float64(b.N)/barriers/between, "cpu-ns/row")
				})
			}
		}
	}
}

// cpuTime is the processor time of the process, in nanoseconds.
func cpuTime() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

func stateRows(n, groups int, hot bool) (keys, vals []int64) {
	r := rand.New(rand.NewPCG(1, 2))
	keys, vals = make([]int64, n), make([]int64, n)
	for i := range keys {
		g := r.IntN(groups)
		if hot && r.IntN(10) > 0 {
			g = r.IntN(groups/100) * 100 // spread over the pages
		}
		keys[i], vals[i] = int64(g)*7919, r.Int64N(1_000_000)
	}
	return keys, vals
}
