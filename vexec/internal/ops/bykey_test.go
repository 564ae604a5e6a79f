package ops

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/keycache"
	"github.com/helios-stream/helios/vexec/vtest"
)

// rowsAsker answers for keys of the rows that it has, some keys at a time.
type rowsAsker struct {
	t     *testing.T
	with  []int
	rows  []vtest.Row
	most  int
	fails bool
	bad   map[int]bool // first values of keys that it cannot answer for
	asked map[string]int
	hits  int
}

func (a *rowsAsker) Fails() bool           { return a.fails }
func (a *rowsAsker) Looked(hits, _ int)    { a.hits += hits }
func (a *rowsAsker) key(vals []any) string { return fmt.Sprintf("%q", vals) }

func (a *rowsAsker) Portion() int { return max(a.most/2, 1) }
func (a *rowsAsker) Left(int)     {}
func (a *rowsAsker) Ask(keys *vexec.Batch, _ *Down) (out []KeyAnswers, err error) {
	for first := 0; first < keys.Rows; first += a.most {
		n := min(a.most, keys.Rows-first)
		answer := KeyAnswers{First: first, Keys: n}
		var rows []vtest.Row
		for i := first; i < first+n; i++ {
			var vals []any
			for _, v := range keys.Values(i) {
				if v == nil {
					a.t.Error("a key with NULL is asked for")
				}
				vals = append(vals, v)
			}
			a.asked[a.key(vals)]++
			if id, ok := vals[0].(int64); ok && a.bad[int(id)] {
				answer.Err = errors.New("out of order")
			}
			for _, r := range a.rows {
				same := true
				for k, c := range a.with {
					v, isInt := r[c].(int)
					same = same && (isInt && int64(v) == vals[k] || r[c] != nil && r[c] == vals[k])
				}
				if same {
					rows = append(rows, r)
				}
			}
		}
		if answer.Err == nil {
			rows = append(rows, vtest.Row{999, "nobody has asked for this", 1})
			answer.Rows = vtest.Batch(buildSchema, rows...)
		}
		out = append(out, answer)
	}
	return out, nil
}

// byKeyOp is the join of a case with a table that is asked by key.
func (c *lookupCase) byKeyOp(cache ir.Cache) *ir.ByKeyOp {
	o, _ := c.op()
	t := &ir.Table{Name: "dim"}
	for _, col := range buildSchema.Cols {
		t.Cols = append(t.Cols, ir.TableColumn{Column: col})
	}
	return &ir.ByKeyOp{Type: o.Type, Table: t, Read: []int{0, 1, 2}, In: o.In, Build: o.Build, Keys: o.Keys, With: o.With, Cond: o.Cond, Cache: cache, Cols: o.Cols, Out: o.Out}
}

// All types of joins, with conditions, that fail, of keys with no, one or many rows, give what two
// loops give, whatever is kept and however many keys are asked for at a time.
func TestByKeyRandom(t *testing.T) {
	seed := uint64(100)
	caches := []ir.Cache{{}, {Rows: 1, Bytes: 1 << 20, Missing: true}, {Rows: 4, Bytes: 1 << 20}, {Rows: 1000, Bytes: 1 << 20, Missing: true}, {Rows: 1000, Bytes: 900, Missing: true}}
	for _, typ := range []ir.JoinType{ir.InnerJoin, ir.LeftJoin, ir.SemiJoin, ir.AntiJoin} {
		for keys := 1; keys < 3; keys++ {
			for cond := range 3 {
				for _, size := range []int{0, 5, 40} {
					seed++
					r := rand.New(rand.NewPCG(seed, 1))
					c := &lookupCase{typ: typ, keys: keys, cond: cond,
						probe: lookupRows(r, 40, 8, false), build: lookupRows(r, size, 8, seed%2 == 0)}
					cache := caches[seed%uint64(len(caches))]
					t.Run(fmt.Sprintf("%s/keys=%d/cond=%d/rows=%d/cache=%d", typ, keys, cond, size, cache.Rows), func(t *testing.T) { c.runByKey(t, cache, 1+int(seed%5)) })
				}
			}
		}
	}
}

func (c *lookupCase) runByKey(t *testing.T, most ir.Cache, keys int) {
	o := c.byKeyOp(most)
	c.runAs(t, o.Out, func() (vexec.Operator, error) {
		ask := &rowsAsker{t: t, with: o.With, rows: c.build, most: keys, asked: map[string]int{}}
		return NewByKey(o, probeSchema, ask, keycache.New(most, vexec.NewBudget(0).Account("cache")))
	})
}

// pushRows gives an operator rows in one batch.
func pushRows(t *testing.T, op vexec.Operator, rows ...vtest.Row) (*vtest.Collector, error) {
	t.Helper()
	out := &vtest.Collector{}
	return out, op.Push(0, vtest.Batch(probeSchema, rows...), out)
}

type handClock struct{ now ir.Micros }

func (c *handClock) Now() ir.Micros { return c.now }

// Each key is asked for once, and again when its time is over; that it has no rows is an
// answer, too.
func TestByKeyAsksOnce(t *testing.T) {
	c := &lookupCase{typ: ir.LeftJoin, keys: 1}
	o := c.byKeyOp(ir.Cache{Rows: 100, Bytes: 1 << 20, TTL: 1000, Missing: true})
	ask := &rowsAsker{t: t, with: o.With, most: 10, asked: map[string]int{}, rows: []vtest.Row{{1, "one", 10}, {1, "uno", 11}, {2, "a text of more than twelve bytes", 20}}}
	budget := vexec.NewBudget(0)
	cache := keycache.New(o.Cache, budget.Account("cache"))
	op, err := NewByKey(o, probeSchema, ask, cache)
	if err != nil {
		t.Fatal(err)
	}
	clock := &handClock{}
	mem := budget.Account("op")
	if err := op.Open(&vexec.OpContext{MaxRows: 64, Clock: clock, Memory: mem}); err != nil {
		t.Fatal(err)
	}
	rows := []vtest.Row{{1, "x", 1}, {2, "x", 2}, {1, "y", 3}, {3, "x", 4}, {nil, "x", 5}}
	for i, at := range []ir.Micros{0, 500, 999, 1000, 1500} {
		clock.now = at
		out, err := pushRows(t, op, rows...)
		if err != nil || len(out.Rows) != 7 {
			t.Fatalf("at %d: %d rows, %v", at, len(out.Rows), err)
		}
		for key, n := range ask.asked {
			if want := 1 + i/3; n != want {
				t.Errorf("at %d: %s was asked for %d times, want %d", at, key, n, want)
			}
		}
	}
	if len(ask.asked) != 3 || ask.hits != 9 {
		t.Errorf("asked for %v, %d hits", ask.asked, ask.hits)
	}
	if err := op.Close(); err != nil {
		t.Error(err)
	}
	mem.Close()
	cache.Close()
	if budget.Used() != 0 {
		t.Errorf("%d bytes are still reserved", budget.Used())
	}
}

// Rows whose key cannot be answered are rejected, with the key and the reason, and the others go
// on; where the table says so the run ends.
func TestByKeyWithoutAnAnswer(t *testing.T) {
	for _, typ := range []ir.JoinType{ir.InnerJoin, ir.LeftJoin, ir.AntiJoin} {
		c := &lookupCase{typ: typ, keys: 2}
		o := c.byKeyOp(ir.Cache{Rows: 100, Bytes: 1 << 20, Missing: true})
		ask := &rowsAsker{t: t, with: o.With, most: 1, asked: map[string]int{}, bad: map[int]bool{2: true}, rows: []vtest.Row{{1, "a", 10}}}
		op, err := NewByKey(o, probeSchema, ask, keycache.New(o.Cache, vexec.NewBudget(0).Account("cache")))
		if err != nil {
			t.Fatal(err)
		}
		if err := op.Open(&vexec.OpContext{MaxRows: 64, Clock: &handClock{}, Memory: vexec.NewBudget(0).Account("op")}); err != nil {
			t.Fatal(err)
		}
		long := strings.Repeat("ü", 300)
		for range 2 { // what failed is not kept
			out, err := pushRows(t, op, vtest.Row{1, "a", 1}, vtest.Row{2, "it's", 2}, vtest.Row{3, "a", 3}, vtest.Row{2, long, 4}, vtest.Row{2, nil, 5})
			want := map[ir.JoinType]int{ir.InnerJoin: 1, ir.LeftJoin: 3, ir.AntiJoin: 2}[typ]
			if err != nil || len(out.Rows) != want || len(out.Rejected) != 2 {
				t.Fatalf("%s: %v: %v, rejected %v", typ, err, out.Rows, out.Rejected)
			}
			text := fmt.Sprint(out.Rejected)
			if !strings.Contains(text, "dim cannot be looked up by k = 2, t = 'it''s': out of order") || strings.Contains(text, long) && !strings.Contains(text, "ü...: out of order") {
				t.Error(text)
			}
		}
		if ask.asked[ask.key([]any{int64(2), "it's"})] != 2 || ask.asked[ask.key([]any{int64(1), "a"})] != 1 {
			t.Errorf("asked for %v", ask.asked)
		}
		ask.fails = true
		if _, err := pushRows(t, op, vtest.Row{2, "x", 2}); err == nil || !strings.Contains(err.Error(), "dim cannot be looked up by k = 2, t = 'x': out of order ('on.error'='fail')") {
			t.Error(err)
		}
	}
}

// A key may have more rows than a block: they all come, and are asked for anew.
func TestByKeyWithManyRows(t *testing.T) {
	c := &lookupCase{typ: ir.InnerJoin, keys: 1}
	o := c.byKeyOp(ir.Cache{Rows: 1000, Bytes: 64 << 20, Missing: true})
	ask := &rowsAsker{t: t, with: o.With, most: 10, asked: map[string]int{}}
	for i := range 10_000 {
		ask.rows = append(ask.rows, vtest.Row{1, fmt.Sprintf("a text of more than twelve bytes %d", i), i})
	}
	ask.rows = append(ask.rows, vtest.Row{2, "two", 2})
	op, err := NewByKey(o, probeSchema, ask, keycache.New(o.Cache, vexec.NewBudget(0).Account("cache")))
	if err != nil {
		t.Fatal(err)
	}
	if err := op.Open(&vexec.OpContext{MaxRows: 4096, Clock: &handClock{}, Memory: vexec.NewBudget(0).Account("op")}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		out, err := pushRows(t, op, vtest.Row{1, "x", 1}, vtest.Row{2, "x", 2}, vtest.Row{1, "y", 3})
		if err != nil || len(out.Rows) != 20_001 {
			t.Fatalf("%d rows, %v", len(out.Rows), err)
		}
		if got := out.Rows[9_999].Vals[2]; got != int64(9_999) {
			t.Errorf("row 9,999 is that of %v", got)
		}
	}
	if ask.asked[ask.key([]any{int64(1)})] != 2 || ask.asked[ask.key([]any{int64(2)})] != 1 {
		t.Errorf("asked for %v", ask.asked)
	}
}

// Of any number of keys that come once, what is held levels off.
func TestByKeyMemory(t *testing.T) {
	c := &lookupCase{typ: ir.LeftJoin, keys: 1}
	o := c.byKeyOp(ir.Cache{Rows: 100_000, Bytes: 256 << 10, Missing: true})
	budget := vexec.NewBudget(0)
	cache := keycache.New(o.Cache, budget.Account("cache"))
	op, err := NewByKey(o, probeSchema, fillAsker{}, cache)
	if err != nil {
		t.Fatal(err)
	}
	if err := op.Open(&vexec.OpContext{MaxRows: 512, Clock: &handClock{}, Memory: budget.Account("op")}); err != nil {
		t.Fatal(err)
	}
	for i := range 400 {
		var rows []vtest.Row
		for k := range 500 {
			rows = append(rows, vtest.Row{(i*500 + k) * 7919, "x", 1})
		}
		if out, err := pushRows(t, op, rows...); err != nil || len(out.Rows) != 500 {
			t.Fatal(err)
		}
	}
	held, bytes, evicted := cache.Held()
	if bytes > 256<<10 || held+evicted != 200_000 || budget.Peak() > 1<<20 {
		t.Errorf("%d rows of %d bytes are held, %d were given up, and there were %d bytes at most", held, bytes, evicted, budget.Peak())
	}
}
