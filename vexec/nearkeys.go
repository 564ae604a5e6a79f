package vexec

import (
	"math"
	"sync"
	"sync/atomic"

	"github.com/helios-stream/helios/ir"
)

// NearKeys are the keys of the rows that one side of an interval join keeps, by their times:
// bloom filters as KeyFilter has them, one for each stretch of time, which goes when the join
// has freed its rows. The tasks of the join add what they keep and say how far in time they have
// read the side. A row of the other side has no partner if all of the side has come that could be
// one, and none of it has its key. None of the side's rows may come late.
//
// It is safe for use by many goroutines.
type NearKeys struct {
	lo, hi int64 // partners of a row at time t have times from t+lo to t+hi, in microseconds
	width  int64 // of a stretch
	passed atomic.Int64

	mu      sync.RWMutex
	mem     *Account // used with mu alone
	times   map[int64]*keyTime
	first   int64   // no stretch of times has a smaller number
	read    []int64 // by task: no row of the side below this time comes any more
	freed   []int64 // by task: rows up to this time are not kept
	keys    int64   // that have been added
	began   int64   // stretches that have been begun
	stopped bool    // there was no memory: no row is left out
}

// keyTime is the keys of one stretch of time: more and more of them, so each layer has
// twice the room of the one before.
type keyTime struct{ layers []keyLayer }

type keyLayer struct {
	words []uint64
	keys  int
}

// nearTimes is how many stretches the interval of a row is long.
const nearTimes = 4

// leastKeys is the least room for keys that a stretch of time is given.
const leastKeys = 32

// mostTimes is the most stretches of time that are told apart: rows that are spread so thin have
// no use for them.
const mostTimes = 1 << 18

// NewNearKeys returns the keys of a side, of which tasks of the join keep rows. Partners of a row
// of the other side at time t have times from t+lo to t+hi. mem is its own from now on.
func NewNearKeys(tasks int, lo, hi int64, mem *Account) *NearKeys {
	k := &NearKeys{lo: lo, hi: hi, width: max((hi-lo)/nearTimes, 1_000_000), mem: mem, times: map[int64]*keyTime{}, first: math.MaxInt64}
	k.passed.Store(math.MinInt64)
	for range tasks {
		k.read, k.freed = append(k.read, math.MinInt64), append(k.freed, math.MinInt64)
	}
	return k
}

// Close frees it. Nobody uses it any more.
func (k *NearKeys) Close() { k.mem.Close() }

// Add adds the keys of rows that are kept: their hashes and times, by physical row.
func (k *NearKeys) Add(rows []int32, hashes []uint64, times []int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.stopped {
		return
	}
	var at *keyTime
	number := int64(math.MinInt64)
	for _, r := range rows {
		if n := floorDiv(times[r], k.width); at == nil || n != number {
			if at, number = k.times[n], n; at == nil {
				if at = k.begin(n); at == nil {
					k.stop()
					return
				}
			}
		}
		if h := hashes[r]; !at.has(h) && !k.add(at, h) {
			k.stop()
			return
		}
	}
}

// begin begins a stretch of time; nil: there is no memory, or rows are spread too thin.
func (k *NearKeys) begin(n int64) *keyTime {
	if len(k.times) == mostTimes || k.mem.Grow(timeBytes) != nil {
		return nil
	}
	if k.first = min(k.first, n); len(k.times) == 0 {
		k.first = n
	}
	t := &keyTime{}
	k.times[n] = t
	k.began++
	return t
}

// timeBytes is about what a stretch takes beside its layers.
const timeBytes = 128

// add adds a key that is not there; false: there is no memory for it.
func (k *NearKeys) add(t *keyTime, h uint64) bool {
	n := len(t.layers)
	if n == 0 || t.layers[n-1].keys >= 4*len(t.layers[n-1].words) {
		room := max(leastKeys, int(k.keys/k.began))
		if n > 0 {
			room = 8 * len(t.layers[n-1].words)
		}
		if room > MaxFilterKeys || k.mem.Grow(2*int64(room)) != nil {
			return false
		}
		t.layers = append(t.layers, keyLayer{words: make([]uint64, room/4)})
		n++
	}
	l := &t.layers[n-1]
	l.words[wordOf(h, len(l.words))] |= bitsOf(h)
	l.keys++
	k.keys++
	return true
}

func (t *keyTime) has(h uint64) bool {
	want := bitsOf(h)
	for i := range t.layers {
		if words := t.layers[i].words; words[wordOf(h, len(words))]&want == want {
			return true
		}
	}
	return false
}

// bytes is the memory that it takes.
func (t *keyTime) bytes() int64 {
	n := int64(timeBytes)
	for i := range t.layers {
		n += 8 * int64(len(t.layers[i].words))
	}
	return n
}

// stop leaves out nothing from now on.
func (k *NearKeys) stop() {
	k.stopped, k.times = true, nil
	k.passed.Store(math.MinInt64)
	k.mem.Close()
}

// Passed says that no row of the side with a time below wm comes to a task of the join any
// more: it has added all that there are.
func (k *NearKeys) Passed(task int, wm ir.Micros) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if int64(wm) <= k.read[task] || k.stopped {
		return
	}
	k.read[task] = int64(wm)
	least := int64(math.MaxInt64)
	for _, t := range k.read {
		least = min(least, t)
	}
	k.passed.Store(least)
}

// Freed says that a task keeps no row of the side up to a time any more, which no row of the
// other side still has a use for.
func (k *NearKeys) Freed(task int, until int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if until <= k.freed[task] || k.stopped {
		return
	}
	k.freed[task] = until
	least := int64(math.MaxInt64)
	for _, t := range k.freed {
		least = min(least, t)
	}
	end := floorDiv(least, k.width)
	if end <= k.first {
		return
	}
	if end-k.first > int64(len(k.times)) {
		for n := range k.times {
			k.forget(n, end)
		}
	} else {
		for n := k.first; n < end; n++ {
			k.forget(n, end)
		}
	}
	k.first = end
}

// forget frees a stretch of time before end.
func (k *NearKeys) forget(n, end int64) {
	if t := k.times[n]; t != nil && n < end {
		_ = k.mem.Grow(-t.bytes()) // giving back never fails
		delete(k.times, n)
	}
}

// mayHave reports whether a row of the side may be a partner of one with the hash and the time,
// of which judges says that all have come. mu is held for reading.
func (k *NearKeys) mayHave(h uint64, t int64) bool {
	for n := floorDiv(t+k.lo, k.width); n <= floorDiv(t+k.hi, k.width); n++ {
		if at := k.times[n]; at != nil && at.has(h) {
			return true
		}
	}
	return false
}

// judges reports whether all rows of the side have come that may be partners of one at time t;
// passed is how far the side has been read.
func (k *NearKeys) judges(t, passed int64) bool {
	return t > -farTime && t < farTime && t+k.hi < passed
}

// farTime bounds times to which spans can be added.
const farTime = math.MaxInt64 / 2

// Filter is what leaves out rows of a scan of the other side, which have the key in the
// columns cols, of the side's types, and their time in the column time, in microseconds.
func (k *NearKeys) Filter(cols []int, time int) *KeyFilter {
	return &KeyFilter{Cols: cols, set: &keySet{}, near: k, time: time}
}

// testNear is test by the keys of an interval join.
func (s *KeySieve) testNear(f *KeyFilter, cols []Vec, n int, sel, out []int32) []int32 {
	s.judged = 0
	passed := f.near.passed.Load()
	if passed == math.MinInt64 {
		return out[:copy(out, sel)]
	}
	v := &cols[f.time]
	s.times, s.asked = growTo(s.times, n), s.asked[:0]
	for _, r := range sel {
		from, i := v.At(int(r))
		if s.times[r] = from.Int64s()[i]; !v.Null(int(r)) && f.near.judges(s.times[r], passed) {
			s.asked = append(s.asked, r)
		}
	}
	s.judged = len(s.asked)
	if s.judged == 0 {
		return out[:copy(out, sel)]
	}
	s.hashes = growTo(s.hashes, n)
	s.batch = Batch{Cols: cols, Rows: n, Sel: s.asked}
	HashRows(&s.batch, f.Cols, s.hashes)
	f.near.mu.RLock()
	defer f.near.mu.RUnlock()
	kept, asked := 0, 0
	for _, r := range sel {
		if out[kept] = r; asked < len(s.asked) && s.asked[asked] == r {
			asked++
			if !f.near.stopped && !f.near.mayHave(s.hashes[r], s.times[r]) {
				continue
			}
		}
		kept++
	}
	f.Dropped(int64(len(sel) - kept))
	return out[:kept]
}

func floorDiv(x, by int64) int64 {
	q := x / by
	if x%by < 0 {
		q--
	}
	return q
}
