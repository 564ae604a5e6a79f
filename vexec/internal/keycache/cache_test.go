package keycache

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

var schema = &ir.Schema{Cols: []ir.Column{{Name: "id", Type: ir.TBigInt}, {Name: "text", Type: ir.TVarchar}}}

// blockOf is a block with rows of the numbers.
func blockOf(ids ...int64) *vexec.Batch {
	b := &vexec.Batch{Part: -1}
	b.Reset(schema)
	b.Rows = len(ids)
	for c := range b.Cols {
		b.Cols[c].Reset(schema.Cols[c].Type, len(ids))
	}
	for i, id := range ids {
		b.Cols[0].Int64s()[i] = id
		b.Cols[1].SetBytes(i, fmt.Appendf(nil, "a text of more than twelve bytes, %d", id))
	}
	return b
}

// keysOf are the numbers as keys.
func keysOf(ids ...int64) *Keys {
	k := &Keys{}
	for _, id := range ids {
		k.Buf = fmt.Appendf(k.Buf, "%d", id)
		k.Ends = append(k.Ends, len(k.Buf))
	}
	return k
}

// put puts a row for each number; none for negative ones.
func put(c *Cache, now ir.Micros, ids ...int64) {
	answers := make([]Answer, len(ids))
	places := make([]int, len(ids))
	var have []int64
	for i, id := range ids {
		places[i] = i
		answers[i] = Answer{Until: c.Until(now)}
		if id >= 0 {
			answers[i].First, answers[i].Rows = int32(len(have)), 1
			have = append(have, id)
		}
	}
	var block *vexec.Batch
	if len(have) > 0 {
		block = blockOf(have...)
	}
	for i := range answers {
		if answers[i].Rows > 0 {
			answers[i].Block = block
		}
	}
	c.Put(keysOf(ids...), places, answers, block)
}

// look is what the cache has for a number: "", "none", "young" or "old".
func look(t *testing.T, c *Cache, now ir.Micros, id int64) string {
	t.Helper()
	var out [1]Found
	c.Find(keysOf(id), now, out[:])
	f := out[0]
	switch {
	case !f.Hit:
		return ""
	case f.Rows == 0:
		return "none"
	case f.Block.Cols[0].Int64s()[f.First] != id:
		t.Errorf("for %d there is %d", id, f.Block.Cols[0].Int64s()[f.First])
	case f.Old:
		return "old"
	}
	return "young"
}

// What is asked for stays, what is not goes; rows, bytes and the budget are never above their
// bounds, and all memory is given back.
func TestCacheIsBounded(t *testing.T) {
	for _, most := range []ir.Cache{
		{Rows: 1, Bytes: 1 << 20, Missing: true}, {Rows: 2, Bytes: 1 << 20}, {Rows: 100, Bytes: 1 << 30, Missing: true},
		{Rows: 1 << 30, Bytes: 20_000, Missing: true}, {Rows: 1000, Bytes: 1, Missing: true}, {Rows: 64, Bytes: 1 << 20, TTL: 50, Missing: true},
	} {
		budget := vexec.NewBudget(0)
		c := New(most, budget.Account("cache"))
		r := rand.New(rand.NewPCG(1, uint64(most.Rows)))
		now := ir.Micros(0)
		for range 3000 {
			now += ir.Micros(r.IntN(3))
			n := 1 + r.IntN(c.BlockRows()+2)
			seen := map[int64]bool{}
			var ids []int64
			for range min(n, 40) {
				id := int64(r.IntN(500) - 100)
				if !seen[id] {
					seen[id] = true
					ids = append(ids, id)
				}
			}
			put(c, now, ids...)
			look(t, c, now, int64(r.IntN(500)-100))
			rows, bytes, _ := c.Held()
			if rows > most.Rows || bytes > most.Bytes || bytes != budget.Used() {
				t.Fatalf("%+v: %d rows, %d bytes, %d reserved", most, rows, bytes, budget.Used())
			}
		}
		rows, _, evicted := c.Held()
		if most.Bytes > 1 && (rows == 0 || evicted == 0) {
			t.Errorf("%+v: %d rows are kept, %d were given up", most, rows, evicted)
		}
		c.Close()
		if budget.Used() != 0 {
			t.Errorf("%d bytes are still reserved", budget.Used())
		}
	}
}

func TestCacheKeepsWhatIsAskedFor(t *testing.T) {
	c := New(ir.Cache{Rows: 20, Bytes: 1 << 20, Missing: true}, vexec.NewBudget(0).Account("cache"))
	put(c, 0, 1000)
	for i := range int64(200) {
		put(c, 0, i)
		switch look(t, c, 0, 1000) {
		case "old":
			put(c, 0, 1000) // as who has found it does
		case "":
			t.Fatalf("after %d others the key that is asked for each time is gone", i)
		}
	}
	if look(t, c, 0, 199) != "young" || look(t, c, 0, 100) != "" {
		t.Error("the last key is gone, or one that nobody asked for is not")
	}
}

func TestCacheForgetsByTime(t *testing.T) {
	c := New(ir.Cache{Rows: 20, Bytes: 1 << 20, TTL: 10}, vexec.NewBudget(0).Account("cache"))
	put(c, 100, 1, -2)
	if look(t, c, 109, 1) != "young" || look(t, c, 110, 1) != "" || look(t, c, 100, -2) != "" {
		t.Error("an answer counts for 10 µs, and that there is none is not kept")
	}
	put(c, 110, 1)
	if look(t, c, 119, 1) != "young" {
		t.Error("the new answer does not count")
	}
	c = New(ir.Cache{Rows: 20, Bytes: 1 << 20, Missing: true}, vexec.NewBudget(0).Account("cache"))
	put(c, 0, -2)
	if look(t, c, 1<<60, -2) != "none" {
		t.Error("that there is none is not kept")
	}
}

// Where the query has no memory left, the cache gives way and fails nobody.
func TestCacheGivesWay(t *testing.T) {
	budget := vexec.NewBudget(50_000)
	c := New(ir.Cache{Rows: 1 << 30, Bytes: 1 << 30, Missing: true}, budget.Account("cache"))
	for i := range int64(1000) {
		put(c, 0, i)
	}
	if rows, bytes, _ := c.Held(); rows == 0 || bytes > 50_000 || look(t, c, 0, 999) == "" {
		t.Errorf("%d rows, %d bytes", rows, bytes)
	}
	other := budget.Account("others")
	if err := other.Grow(50_000 - budget.Used()); err != nil {
		t.Fatal(err)
	}
	put(c, 0, 5000)
	if look(t, c, 0, 5000) == "" {
		t.Error("what it holds itself does not give way")
	}
	c.Close()
	if err := other.Grow(50_000 - budget.Used()); err != nil {
		t.Fatal(err)
	}
	put(c, 0, 6000)
	if rows, _, _ := c.Held(); rows != 0 {
		t.Errorf("%d rows without memory", rows)
	}
}

// Tasks use it at once; what one has found stays whole.
func TestCacheBesideOthers(t *testing.T) {
	c := New(ir.Cache{Rows: 50, Bytes: 1 << 20, Missing: true}, vexec.NewBudget(0).Account("cache"))
	var wg sync.WaitGroup
	for task := range 4 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(task), 7))
			for range 2000 {
				id := int64(r.IntN(100))
				var out [1]Found
				c.Find(keysOf(id), 0, out[:])
				if f := out[0]; f.Hit {
					if text := string(f.Block.Cols[1].Bytes(int(f.First))); !strings.HasSuffix(text, fmt.Sprintf(", %d", id)) {
						t.Errorf("for %d there is %q", id, text)
					}
					continue
				}
				put(c, 0, id)
			}
		})
	}
	wg.Wait()
}
