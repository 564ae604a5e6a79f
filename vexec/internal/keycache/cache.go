// Package keycache keeps answers by their keys, bounded by rows and bytes: what a join by key
// (ir.ByKeyOp) knows of the table that it asks. All tasks of the join share one.
//
// It has two generations. New answers go to the young one; when that has half of what there may
// be, it becomes the old one, and what was old goes as a whole. An answer of the old one that is
// found again goes to the young one. So what is asked for stays, what is not goes after
// two turns at most, and nothing is ever searched for what to remove.
//
// Rows stand in blocks that nobody writes any more: who has found an answer may read it for as
// long as he likes, whatever becomes of the cache.
package keycache

import (
	"sync"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Answer is what the table has for a key: rows of a block.
type Answer struct {
	Block *vexec.Batch // nil: there are none
	First int32
	Rows  int32
	Until ir.Micros // when it is forgotten; ir.MaxMicros: not by time
}

// Found is an answer that the cache has.
type Found struct {
	Answer
	Hit bool // it is there
	Old bool // it goes soon: who has asked for it puts it again
}

// Keys are keys as bytes, one behind the other: equal ones have equal bytes.
type Keys struct {
	Buf  []byte
	Ends []int // where each ends
}

// Reset makes k empty.
func (k *Keys) Reset() { k.Buf, k.Ends = k.Buf[:0], k.Ends[:0] }

// At is key i.
func (k *Keys) At(i int) []byte {
	if i == 0 {
		return k.Buf[:k.Ends[0]]
	}
	return k.Buf[k.Ends[i-1]:k.Ends[i]]
}

// keyBytes is about what a key takes beside its own bytes: its place in the map, and its answer.
const keyBytes = 112

// blockBytes is about what a block takes beside its columns' bytes, and columnBytes what each of
// its columns does.
const (
	blockBytes  = 160
	columnBytes = 208
)

// Size is the memory that a block counts as.
func Size(b *vexec.Batch) int64 {
	return blockBytes + columnBytes*int64(len(b.Cols)) + b.MemSize()
}

// Cache is safe for use by many goroutines.
type Cache struct {
	most    ir.Cache
	rows    int64 // of a generation
	bytes   int64
	mu      sync.Mutex
	mem     *vexec.Account // under mu
	young   generation
	old     generation
	evicted int64
}

type generation struct {
	answers map[string]Answer
	rows    int64
	bytes   int64
}

// New returns an empty cache whose memory is reserved from mem.
func New(most ir.Cache, mem *vexec.Account) *Cache {
	return &Cache{most: most, rows: max(most.Rows/2, 1), bytes: most.Bytes / 2, mem: mem}
}

// BlockRows is how many rows a block should have at most, so that a generation has several.
func (c *Cache) BlockRows() int { return int(min(max(c.rows/4, 1), vexec.ChunkRows)) }

// Until is when an answer of the moment now is forgotten.
func (c *Cache) Until(now ir.Micros) ir.Micros {
	if c.most.TTL == 0 {
		return ir.MaxMicros
	}
	return now + ir.Micros(c.most.TTL)
}

// Find looks up all keys, and writes what it finds to out, which is as long.
func (c *Cache) Find(keys *Keys, now ir.Micros, out []Found) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range keys.Ends {
		key := keys.At(i)
		a, hit := c.young.answers[string(key)]
		old := false
		if !hit {
			a, hit = c.old.answers[string(key)]
			old = hit
		}
		if hit && a.Until <= now {
			hit = false
		}
		out[i] = Found{a, hit, old}
	}
}

// Put keeps answers whose rows are all in one block, or that have none, under the keys that
// places name. The block is not written any more. What does not fit is not kept.
func (c *Cache) Put(keys *Keys, places []int, answers []Answer, block *vexec.Batch) {
	if c.most.Rows == 0 {
		return
	}
	rows, size := int64(0), int64(0)
	if block != nil {
		size = Size(block)
	}
	for i, p := range places {
		if answers[i].Rows == 0 && !c.most.Missing {
			continue
		}
		rows += max(int64(answers[i].Rows), 1)
		size += int64(len(keys.At(p))) + keyBytes
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if rows == 0 || rows > c.rows || size > c.bytes || !c.room(rows, size) {
		return
	}
	if c.young.answers == nil {
		c.young.answers = map[string]Answer{}
	}
	for i, p := range places {
		if answers[i].Rows > 0 || c.most.Missing {
			c.young.answers[string(keys.At(p))] = answers[i]
		}
	}
	c.young.rows += rows
	c.young.bytes += size
}

// room makes room, and reserves it; false: there is no memory left.
func (c *Cache) room(rows, size int64) bool {
	if c.young.rows+rows > c.rows || c.young.bytes+size > c.bytes {
		c.drop(&c.old)
		c.old, c.young = c.young, generation{}
	}
	if c.young.rows+c.old.rows+rows > c.most.Rows {
		c.drop(&c.old)
	}
	if c.mem.Grow(size) == nil {
		return true
	}
	c.drop(&c.old)
	if c.mem.Grow(size) == nil {
		return true
	}
	c.drop(&c.young)
	return c.mem.Grow(size) == nil
}

func (c *Cache) drop(g *generation) {
	c.evicted += g.rows
	_ = c.mem.Grow(-g.bytes) // giving back does not fail
	*g = generation{}
}

// Held is how many rows are kept, their bytes, and how many rows were removed to make room.
func (c *Cache) Held() (rows, bytes, evicted int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.young.rows + c.old.rows, c.young.bytes + c.old.bytes, c.evicted
}

// Close gives the memory back. Answers that were found stay what they are.
func (c *Cache) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.young, c.old = generation{}, generation{}
	c.mem.Close()
}
