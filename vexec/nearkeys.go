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
	first   int64    // number of times[0]
	times   []*keyTime
	sealed  int64   // number of the first stretch that takes more keys
	read    []int64 // by task: no row of the side below this time comes any more
	freed   []int64 // by task: rows up to this time are not kept
	stopped bool    // there was no memory: no row is left out
}

// keyTime is the keys of one stretch of time: a table of their hashes as long as more may come,
// and then a bloom filter with room for just as many.
type keyTime struct {
	hashes []uint64 // by wordOf, or in the next place that is free, which has 0; half of them at most
	words  []uint64 // not nil: hashes has gone
	keys   int
}

// nearTimes is how many stretches the interval of a row is long.
const nearTimes = 4

// leastHashes is the least size of a table of hashes.
const leastHashes = 32

// mostTimes is the most stretches of time that are told apart: rows that are spread so thin have
// no use for them.
const mostTimes = 1 << 20

// NewNearKeys returns the keys of a side, of which tasks of the join keep rows. Partners of a row
// of the other side at time t have times from t+lo to t+hi. mem is its own from now on.
func NewNearKeys(tasks int, lo, hi int64, mem *Account) *NearKeys {
	k := &NearKeys{lo: lo, hi: hi, width: max((hi-lo)/nearTimes, 1_000_000), mem: mem, sealed: math.MinInt64}
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
			if at, number = k.begin(n), n; at == nil {
				k.stop()
				return
			}
		}
		if !k.add(at, hashes[r]) {
			k.stop()
			return
		}
	}
}

// begin is the stretch of a number, which is begun if it is not there; nil: there is no memory,
// or rows are spread too thin.
func (k *NearKeys) begin(n int64) *keyTime {
	if t := k.at(n); t != nil {
		return t
	}
	if len(k.times) == 0 {
		k.first = n
	}
	low, high := min(n, k.first), max(n+1, k.first+int64(len(k.times)))
	more := high - low - int64(len(k.times))
	if high-low > mostTimes || k.mem.Grow(slotBytes*more+timeBytes) != nil {
		return nil
	}
	if n < k.first {
		k.times, k.first = append(make([]*keyTime, k.first-n), k.times...), n
	} else {
		k.times = append(k.times, make([]*keyTime, more)...)
	}
	t := &keyTime{}
	k.times[n-k.first] = t
	return t
}

// at is the stretch of a number; nil: it has no keys.
func (k *NearKeys) at(n int64) *keyTime {
	if n < k.first || n >= k.first+int64(len(k.times)) {
		return nil
	}
	return k.times[n-k.first]
}

// A stretch takes a slot among the others, and about timeBytes beside its keys.
const (
	slotBytes = 8
	timeBytes = 64
)

// add adds a key; false: there is no memory for it.
func (k *NearKeys) add(t *keyTime, h uint64) bool {
	switch {
	case t.words != nil:
		t.words[wordOf(max(h, 1), len(t.words))] |= bitsOf(max(h, 1))
		return true
	case t.keys > 0 && t.has(h):
		return true
	case 2*t.keys >= len(t.hashes) && !k.grow(t):
		return false
	}
	t.put(h)
	return true
}

// grow makes a table of hashes twice as large.
func (k *NearKeys) grow(t *keyTime) bool {
	old := t.hashes
	n := max(leastHashes, 2*len(old))
	if n > 2*MaxFilterKeys || k.mem.Grow(8*int64(n-len(old))) != nil {
		return false
	}
	t.hashes, t.keys = make([]uint64, n), 0
	for _, h := range old {
		if h != 0 {
			t.put(h)
		}
	}
	return true
}

// put puts a hash that is not there into the table.
func (t *keyTime) put(h uint64) {
	at, _ := t.place(h)
	t.hashes[at] = max(h, 1)
	t.keys++
}

// place is where a hash is in the table, or would be.
func (t *keyTime) place(h uint64) (at int, found bool) {
	h = max(h, 1) // 0 is a free place
	at = wordOf(h, len(t.hashes))
	for t.hashes[at] != h && t.hashes[at] != 0 {
		if at++; at == len(t.hashes) {
			at = 0
		}
	}
	return at, t.hashes[at] == h
}

func (t *keyTime) has(h uint64) bool {
	if t.words == nil {
		if t.keys == 0 {
			return false
		}
		_, found := t.place(h)
		return found
	}
	h = max(h, 1)
	want := bitsOf(h)
	return t.words[wordOf(h, len(t.words))]&want == want
}

// seal makes a filter of the table: two bytes for each key.
func (t *keyTime) seal() {
	t.words = make([]uint64, t.keys/4+1)
	for _, h := range t.hashes {
		if h != 0 {
			t.words[wordOf(h, len(t.words))] |= bitsOf(h)
		}
	}
	t.hashes = nil
}

// bytes is the memory that it takes.
func (t *keyTime) bytes() int64 { return timeBytes + 8*int64(len(t.words)+len(t.hashes)) }

// seal makes filters of stretches that take no more keys, as the side has been read up to passed.
func (k *NearKeys) seal(passed int64) {
	end := min(floorDiv(passed, k.width), k.first+int64(len(k.times)))
	for n := max(k.sealed, k.first); n < end; n++ {
		if t := k.at(n); t != nil && t.words == nil {
			was := t.bytes()
			t.seal()
			_ = k.mem.Grow(t.bytes() - was) // it is less, and giving back never fails
		}
	}
	k.sealed = max(k.sealed, end)
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
	k.seal(least)
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
	n := min(floorDiv(least, k.width)-k.first, int64(len(k.times)))
	if n <= 0 {
		return
	}
	gone := slotBytes * n
	for _, t := range k.times[:n] {
		if t != nil {
			gone += t.bytes()
		}
	}
	_ = k.mem.Grow(-gone)
	clear(k.times[:n])
	k.times = k.times[n:]
	k.first += n
}

// mayHave reports whether a row of the side may be a partner of one with the hash and the time,
// of which judges says that all have come. mu is held for reading.
func (k *NearKeys) mayHave(h uint64, t int64) bool {
	for n, last := floorDiv(t+k.lo, k.width), floorDiv(t+k.hi, k.width); n <= last; n++ {
		if at := k.at(n); at != nil && at.has(h) {
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
	flat := v.Enc == Flat
	for _, r := range sel {
		from, i := v, int(r)
		if !flat {
			from, i = v.At(i)
		}
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
