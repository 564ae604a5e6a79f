package vexec

import (
	"slices"
	"sync/atomic"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
)

// KeyFilter tells which rows of a scan may have a key that a relation, read before, holds:
// others are not wanted (ir.ScanFilter). It keeps no keys but a bloom filter of their hashes,
// so that it lets through some of the others, one in a hundred about. NULL is in no key. Once
// the keys have been added it is safe for use by many goroutines.
type KeyFilter struct {
	// Cols are the columns of the scan that the key is in.
	Cols []int
	// Terms are what the key's columns fulfil in all rows wanted: bounds, or the values
	// where there are few. They are hints, as Scan.Terms are, for who can leave out many
	// rows at once by them and counts these with Dropped.
	Terms []ir.ScanTerm
	set   *keySet
	near  *NearKeys // not nil: it asks these, by the time in the column time
	time  int
}

// keySet is a bloom filter of one word a key: four bits of one of its words, which takes one
// load from memory where others take several.
type keySet struct {
	words   []uint64
	dropped atomic.Int64
}

// MaxFilterKeys is the most keys that a filter is made for: one of more would take more
// memory than it saves time.
const MaxFilterKeys = 32 << 20

// NewKeyFilter returns a filter for so many different keys, at most MaxFilterKeys, in the
// columns cols of a scan. It has two bytes for each.
func NewKeyFilter(keys int, cols []int) *KeyFilter {
	return &KeyFilter{Cols: cols, set: &keySet{words: make([]uint64, keys/4+1)}}
}

// Bytes is the memory that the filter holds.
func (f *KeyFilter) Bytes() int64 { return 8 * int64(len(f.set.words)) }

// Add adds the keys of all rows of b, which are in its columns keys, of the scan's types.
// hashes is scratch, to be handed in again.
func (f *KeyFilter) Add(b *Batch, keys []int, hashes []uint64) []uint64 {
	hashes = slices.Grow(hashes[:0], b.Rows)[:b.Rows]
	HashRows(b, keys, hashes)
	words := f.set.words
	for i := range b.Rows {
		h := hashes[i]
		words[wordOf(h, len(words))] |= bitsOf(h)
	}
	return hashes
}

// Dropped counts rows that were left out by the filter; Drops is how many there were.
func (f *KeyFilter) Dropped(n int64) {
	if n > 0 {
		f.set.dropped.Add(n)
	}
}

// Drops is the sum of what Dropped was told.
func (f *KeyFilter) Drops() int64 { return f.set.dropped.Load() }

func wordOf(h uint64, words int) int { return int((h >> 32) * uint64(words) >> 32) }

func bitsOf(h uint64) uint64 {
	return 1<<(h&63) | 1<<(h>>6&63) | 1<<(h>>12&63) | 1<<(h>>18&63)
}

// sampled is of how many rows of each unit a filter has to leave out one in five, that the
// others are looked at, too. What is left out of a unit depends on the unit alone, so that
// runs do the same whatever their tasks do.
const sampled = 1024

// KeySieve leaves rows out of one unit after the other by filters. It is used by one
// goroutine.
type KeySieve struct {
	filters []*KeyFilter
	state   []sieving // of each filter
	hashes  []uint64
	batch   Batch
	judged  int     // of the rows of the last test, those that could be left out
	times   []int64 // of rows that a filter with times looks at
	asked   []int32
}

// sieving is what a filter has done in the unit.
type sieving struct {
	seen, gone int
	idle       bool // it left out too few
}

// NewKeySieve returns what applies filters; nil: there are none.
func NewKeySieve(filters []*KeyFilter) *KeySieve {
	if len(filters) == 0 {
		return nil
	}
	return &KeySieve{filters: filters, state: make([]sieving, len(filters))}
}

// Filters are those that it applies.
func (s *KeySieve) Filters() []*KeyFilter {
	if s == nil {
		return nil
	}
	return s.filters
}

// Begin begins a unit.
func (s *KeySieve) Begin() {
	if s != nil {
		clear(s.state)
	}
}

// Rows writes to out those of the rows sel, nil: all n, that filter i may want. cols are the
// columns of the scan, of which it looks at the key's. out may be sel.
func (s *KeySieve) Rows(i int, cols []Vec, n int, sel, out []int32) []int32 {
	if sel == nil {
		sel = kernels.SelAll(n, out)
	}
	st, kept := &s.state[i], 0
	if left := sampled - st.seen; left > 0 {
		first := sel[:min(left, len(sel))]
		kept = len(s.test(i, cols, n, first, out))
		st.seen += s.judged
		st.gone += len(first) - kept
		sel = sel[len(first):]
		st.idle = st.seen == sampled && 5*st.gone < sampled
	}
	switch {
	case len(sel) == 0:
	case st.idle:
		kept += copy(out[kept:kept+len(sel)], sel)
	default:
		kept += len(s.test(i, cols, n, sel, out[kept:]))
	}
	return out[:kept]
}

func growTo[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }

// test is Rows for rows that are looked at.
func (s *KeySieve) test(i int, cols []Vec, n int, sel, out []int32) []int32 {
	f := s.filters[i]
	if f.near != nil {
		return s.testNear(f, cols, n, sel, out)
	}
	s.judged = len(sel)
	s.hashes = growTo(s.hashes, n)
	s.batch = Batch{Cols: cols, Rows: n, Sel: sel}
	if len(sel) == n {
		s.batch.Sel = nil // it is all of them
	}
	HashRows(&s.batch, f.Cols, s.hashes)
	words, k, before := f.set.words, 0, len(sel)
	for _, r := range sel {
		h := s.hashes[r]
		want := bitsOf(h)
		out[k] = r
		if words[wordOf(h, len(words))]&want == want {
			k++
		}
	}
	f.Dropped(int64(before - k))
	return out[:k]
}
