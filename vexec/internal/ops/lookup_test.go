package ops

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/jointable"
	"github.com/helios-stream/helios/vexec/vtest"
)

var (
	probeSchema = vtest.Schema("k", ir.TBigInt, "s", ir.TVarchar, "n", ir.TBigInt)
	buildSchema = vtest.Schema("k", ir.TBigInt, "t", ir.TVarchar, "m", ir.TBigInt)
)

// liveOf is rows as a load holds them, collected by several tasks.
func liveOf(t testing.TB, load *ir.Load, tasks int, rows []vtest.Row) *jointable.Live {
	t.Helper()
	budget := vexec.NewBudget(0)
	parts := make([]*jointable.Collector, tasks)
	for i := range parts {
		parts[i] = jointable.NewCollector(load, budget.Account("load"))
	}
	for i, r := range rows {
		if err := parts[i%tasks].Add(vtest.Batch(load.Out, r)); err != nil {
			t.Fatal(err)
		}
	}
	table, err := jointable.Build(load, parts, budget.Account("load"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		table.Close()
		if n := budget.Used(); n != 0 {
			t.Errorf("%d bytes are still reserved", n)
		}
	})
	live := &jointable.Live{}
	live.Swap(table)
	return live
}

func colRef(i int, s *ir.Schema) *ir.ColRef {
	return &ir.ColRef{Index: i, Name: s.Cols[i].Name, T: s.Cols[i].Type}
}

func fnCall(fn string, t *ir.Type, args ...ir.Expr) ir.Expr {
	return &ir.Call{Fn: fn, Args: args, T: t}
}

// The conditions over a pair: the difference of m and n is positive; and one that fails where
// they are equal.
func lookupConds() (less, failing ir.Expr) {
	pairs := ir.PairSchema(ir.InnerJoin, probeSchema, buildSchema)
	n, m := colRef(2, pairs), colRef(5, pairs)
	ten := &ir.Const{V: int64(10), T: ir.TBigInt}
	less = fnCall(">", ir.TBoolean, m, n)
	failing = fnCall(">", ir.TBoolean, fnCall("/", ir.TBigInt, ten, fnCall("-", ir.TBigInt, m, n)), &ir.Const{V: int64(0), T: ir.TBigInt})
	return less, failing
}

// lookupCase is a join and what it must give.
type lookupCase struct {
	typ   ir.JoinType
	keys  int // 0: none, 1: k, 2: k and the text
	cond  int // 0: none, 1: m > n, 2: 10 / (m - n) > 0
	probe []vtest.Row
	build []vtest.Row
}

func (c *lookupCase) op() (*ir.LookupOp, *ir.Load) {
	load := &ir.Load{ID: 1, Name: "dim", Out: buildSchema, Keys: []int{0, 1}[:c.keys]}
	o := &ir.LookupOp{Load: 1, LoadName: "dim", Type: c.typ, In: probeSchema, Build: buildSchema, Keys: load.Keys, With: load.Keys}
	less, failing := lookupConds()
	o.Cond = []ir.Expr{nil, less, failing}[c.cond]
	from := probeSchema
	o.Cols = []int{2, 0, 1}
	if !c.typ.LeftOnly() {
		from = ir.PairSchema(c.typ, probeSchema, buildSchema)
		o.Cols = []int{4, 2, 5, 1, 3}
	}
	o.Out = from.Select(o.Cols)
	return o, load
}

// partners are the rows that a row is joined with, and those that the condition fails with.
func (c *lookupCase) partners(p vtest.Row) (out, failed []vtest.Row) {
	for _, b := range c.build {
		same := true
		for k := range c.keys {
			same = same && p[k] != nil && p[k] == b[k]
		}
		if !same {
			continue
		}
		n, m := p[2], b[2]
		switch {
		case c.cond == 0:
			out = append(out, b)
		case n == nil || m == nil:
		case c.cond == 2 && n == m:
			failed = append(failed, b)
		case c.cond == 1 && m.(int) > n.(int), c.cond == 2 && m.(int) > n.(int) && m.(int)-n.(int) <= 10:
			out = append(out, b)
		}
	}
	return out, failed
}

// want is the result, and the pairs that are rejected.
func (c *lookupCase) want(out *ir.Schema) (rows []string, rejected []vtest.Row) {
	format := func(vals ...any) {
		row := make([]ir.Value, len(vals))
		for i, v := range vals {
			row[i] = vtest.Value(v, out.Cols[i].Type)
		}
		rows = append(rows, vtest.FormatRow(row, out))
	}
	for _, p := range c.probe {
		found, failed := c.partners(p)
		for _, b := range failed {
			rejected = append(rejected, append(slices.Clone(p), b...))
		}
		switch {
		case c.typ == ir.SemiJoin || c.typ == ir.AntiJoin:
			if (len(found) > 0) == (c.typ == ir.SemiJoin) {
				format(p[2], p[0], p[1])
			}
		case len(found) == 0 && c.typ == ir.LeftJoin:
			format(nil, p[2], nil, p[1], nil)
		default:
			for _, b := range found {
				format(b[1], p[2], b[2], p[1], b[0])
			}
		}
	}
	return rows, rejected
}

// lookupRows makes rows with keys below n; unique: of each at most one.
func lookupRows(r *rand.Rand, count, keys int, unique bool) (out []vtest.Row) {
	for i := range count {
		k := any(r.IntN(keys))
		if unique {
			k = i
		}
		text := any(fmt.Sprintf("text of more than twelve bytes %d", r.IntN(2)))
		num := any(r.IntN(20))
		if r.IntN(8) == 0 {
			k = nil
		}
		if r.IntN(8) == 0 {
			text = nil
		}
		if r.IntN(8) == 0 {
			num = nil
		}
		out = append(out, vtest.Row{k, text, num})
	}
	return out
}

// All types of joins, with and without keys and conditions, that fail, of rows with one
// partner or many, are what two loops give.
func TestLookupRandom(t *testing.T) {
	seed := uint64(0)
	for _, typ := range []ir.JoinType{ir.InnerJoin, ir.LeftJoin, ir.SemiJoin, ir.AntiJoin} {
		for keys := range 3 {
			for cond := range 3 {
				for _, size := range []int{0, 1, 5, 40} {
					seed++
					r := rand.New(rand.NewPCG(seed, 1))
					c := &lookupCase{typ: typ, keys: keys, cond: cond,
						probe: lookupRows(r, 60, 8, false), build: lookupRows(r, size, 8, seed%2 == 0)}
					t.Run(fmt.Sprintf("%s/keys=%d/cond=%d/rows=%d", typ, keys, cond, size), c.run)
				}
			}
		}
	}
}

func (c *lookupCase) run(t *testing.T) {
	o, load := c.op()
	live := liveOf(t, load, 1, c.build)
	c.runAs(t, o.Out, func() (vexec.Operator, error) { return NewLookup(o, probeSchema, live) })
}

// Late marks, kinds and places in the order go to all rows that one becomes.
func TestLookupKeepsWhatStandsBeside(t *testing.T) {
	c := &lookupCase{typ: ir.LeftJoin, keys: 1}
	o, load := c.op()
	live := liveOf(t, load, 1, []vtest.Row{{1, "a", 10}, {2, "b", 20}, {1, "c", 30}})
	tt := vtest.Test{
		New: func() (vexec.Operator, error) { return NewLookup(o, probeSchema, live) },
		In:  []*ir.Schema{probeSchema}, Out: o.Out,
		Events: []vtest.Event{
			vtest.In(1, "x", 1).Behind("2024-01-01"),
			vtest.In(3, "y", 2).As(vexec.Delete),
			vtest.In(2, "z", 3).As(vexec.UpdateAfter).Behind("2024-01-02"),
			vtest.In(nil, "n", 4),
		},
		Want: []string{
			"a | 1 | 10 | x | 1 @2024-01-01 00:00:00", "c | 1 | 30 | x | 1 @2024-01-01 00:00:00",
			"-D NULL | 2 | NULL | y | NULL", "+U b | 3 | 20 | z | 2 @2024-01-02 00:00:00", "NULL | 4 | NULL | n | NULL",
		},
	}
	tt.Run(t)
	live = liveOf(t, load, 1, []vtest.Row{{1, "a", 10}, {2, "b", 20}})
	tt.Want = append(tt.Want[:1:1], tt.Want[2:]...)
	tt.Run(t)
}

// Tasks look into one table at once, and each has the table whole that is put in its place.
func TestLookupsBesideEachOther(t *testing.T) {
	c := &lookupCase{typ: ir.InnerJoin, keys: 2}
	o, load := c.op()
	table := func(from int) []vtest.Row {
		var rows []vtest.Row
		for i := range 500 {
			rows = append(rows, vtest.Row{i, fmt.Sprintf("a text that is long enough %d", i%7), from + i})
		}
		return rows
	}
	live := liveOf(t, load, 3, table(0))
	other := liveOf(t, load, 2, table(1000))
	var wg sync.WaitGroup
	for range 4 {
		op, err := NewLookup(o, probeSchema, live)
		if err != nil {
			t.Fatal(err)
		}
		if err := op.Open(&vexec.OpContext{MaxRows: 64}); err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			var rows []vtest.Row
			for i := range 60 {
				rows = append(rows, vtest.Row{i * 9, fmt.Sprintf("a text that is long enough %d", i*9%7), 0})
			}
			b := vtest.Batch(probeSchema, rows...)
			for range 50 {
				out := &vtest.Collector{}
				if err := op.Push(0, b, out); err != nil {
					t.Error(err)
					return
				}
				if len(out.Rows) != 56 { // 55 * 9 < 500
					t.Errorf("%d rows", len(out.Rows))
					return
				}
				first := out.Rows[0].Vals[2].(int64) >= 1000
				for _, r := range out.Rows {
					if r.Vals[2].(int64) >= 1000 != first {
						t.Error("a batch has rows of two tables")
						return
					}
				}
			}
		})
	}
	wg.Go(func() {
		for range 20 {
			a, b := live.Table(), other.Table()
			live.Swap(b)
			other.Swap(a)
		}
	})
	wg.Wait()
}

func TestLookupWithoutATable(t *testing.T) {
	o, _ := (&lookupCase{typ: ir.InnerJoin, keys: 1}).op()
	op, err := NewLookup(o, probeSchema, &jointable.Live{})
	if err != nil {
		t.Fatal(err)
	}
	err = op.Push(0, vtest.Batch(probeSchema, vtest.Row{1, "a", 1}), &vtest.Collector{})
	if err == nil || !strings.Contains(err.Error(), "dim has not been read") {
		t.Error(err)
	}
}

// runAs holds that an operator gives what two loops do.
func (c *lookupCase) runAs(t *testing.T, out *ir.Schema, operator func() (vexec.Operator, error)) {
	want, rejected := c.want(out)
	tt := vtest.Test{New: operator, In: []*ir.Schema{probeSchema}, Out: out, Want: want}
	for _, p := range c.probe {
		tt.Events = append(tt.Events, vtest.In(p...))
	}
	pairs := ir.PairSchema(ir.InnerJoin, probeSchema, buildSchema)
	for _, p := range rejected {
		row := make([]ir.Value, len(p))
		for i, v := range p {
			row[i] = vtest.Value(v, pairs.Cols[i].Type)
		}
		tt.WantRejected = append(tt.WantRejected, "error: division by zero in (10 / (m - n)): "+vtest.FormatRow(row, pairs))
	}
	tt.Run(t)
}
