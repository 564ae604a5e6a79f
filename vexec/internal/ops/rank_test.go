package ops

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// rankOp ranks rows of groupIn by x within k.
func rankOp(fn string, from, to int64, number bool) *ir.RankOp {
	o := &ir.RankOp{In: groupIn, Fn: fn, Partition: []int{0}, Order: []ir.SortKey{{Col: 1, NullsFirst: true}}, From: from, To: to,
		Number: number, Arrival: true, EndCol: -1, Out: groupIn.Select([]int{0, 1})}
	if number {
		o.Out.Cols = append(o.Out.Cols, ir.Column{Name: "n", Type: ir.TBigInt})
	}
	return o
}

func newRank(o *ir.RankOp) func() (vexec.Operator, error) {
	return func() (vexec.Operator, error) { return NewRank(o, o.In) }
}

func rankRun(t *testing.T, o *ir.RankOp) *opRun { return newOpRun(t, newRank(o), o.Out, 1024) }

// Of a partition with one row it is replaced; of several without their numbers rows enter
// and leave; with their numbers those behind a new one move.
func TestRankChanges(t *testing.T) {
	r := rankRun(t, rankOp("ROW_NUMBER", 1, 1, false))
	r.push(t, vtest.In("a", 5), vtest.In("a", 3), vtest.In("b", 1))
	r.push(t, vtest.In("a", 4))
	r.push(t, vtest.In("a", 3)) // as good as the one that is there: it came later
	r.push(t, vtest.In("a", 2), vtest.In("a", 1))
	r.want(t, "+I a | 3", "+I b | 1", "-U a | 3", "+U a | 1")

	r = rankRun(t, rankOp("ROW_NUMBER", 1, 2, false))
	r.push(t, vtest.In("a", 5))
	r.push(t, vtest.In("a", 3), vtest.In("a", 4))
	r.push(t, vtest.In("a", 9))
	r.want(t, "+I a | 5", "-D a | 5", "+I a | 3", "+I a | 4")

	r = rankRun(t, rankOp("ROW_NUMBER", 1, 2, true))
	r.push(t, vtest.In("a", 5))
	r.push(t, vtest.In("a", 3))
	r.want(t, "+I a | 5 | 1", "-U a | 5 | 1", "+I a | 5 | 2", "+U a | 3 | 1")

	r = rankRun(t, rankOp("RANK", 1, 2, true))
	r.push(t, vtest.In("a", 5), vtest.In("a", 5), vtest.In("a", 6))
	r.push(t, vtest.In("a", 3))
	r.push(t, vtest.In("a", 3))
	r.want(t, "+I a | 5 | 1", "+I a | 5 | 1", "-U a | 5 | 1", "-U a | 5 | 1", "+U a | 5 | 2", "+U a | 5 | 2", "+I a | 3 | 1",
		"-D a | 5 | 2", "-D a | 5 | 2", "+I a | 3 | 1")
}

// When one of the first rows is taken back the next one takes its place.
func TestRankRetracts(t *testing.T) {
	o := rankOp("ROW_NUMBER", 1, 1, false)
	o.Retracts = true
	r := rankRun(t, o)
	r.pushKinds(t, []vtest.Row{{"a", 5}, {"a", 3}, {"a", 3}}, nil)
	r.pushKinds(t, []vtest.Row{{"a", 3}}, []vexec.RowKind{vexec.Delete}) // the other 3 is as good
	r.pushKinds(t, []vtest.Row{{"a", 3}, {"a", 4}}, []vexec.RowKind{vexec.UpdateBefore, vexec.UpdateAfter})
	r.restart(t)
	r.pushKinds(t, []vtest.Row{{"a", 4}, {"a", 5}, {"a", 9}}, []vexec.RowKind{vexec.Delete, vexec.Delete, vexec.Delete})
	r.want(t, "+I a | 3", "-U a | 3", "+U a | 4", "-D a | 4")
}

// A partition that has not changed for the TTL begins anew, and what is taken back of it
// is not there any more.
func TestRankForgets(t *testing.T) {
	o := rankOp("ROW_NUMBER", 1, 1, false)
	o.TTL, o.Retracts = 64_000, true
	r := rankRun(t, o)
	at := func(us ir.Micros) {
		r.clock.At = us
		if timed := r.op.(vexec.Timed); timed.Due() <= us {
			if err := timed.Tick(us, &r.out); err != nil {
				t.Fatal(err)
			}
		}
	}
	r.push(t, vtest.In("a", 1), vtest.In("b", 1))
	at(40_000)
	r.push(t, vtest.In("a", 0))
	at(70_000) // b is forgotten, a is not
	r.pushKinds(t, []vtest.Row{{"b", 1}}, []vexec.RowKind{vexec.Delete})
	r.push(t, vtest.In("b", 7), vtest.In("a", 5))
	r.want(t, "+I a | 1", "+I b | 1", "-U a | 1", "+U a | 0", "+I b | 7")
	r.restart(t)
	at(200_000)
	r.push(t, vtest.In("b", 8))
	r.want(t, "+I b | 8")
}

// Random rows come and go, with restarts in between: what is left of the changes is the
// first rows of what is left of the rows.
func TestRankRandom(t *testing.T) {
	for seed := range vtest.Seeds(uint64(60)) {
		rng := rand.New(rand.NewPCG(seed, 7))
		from := int64(1 + rng.IntN(2))
		o := rankOp([]string{"ROW_NUMBER", "RANK", "DENSE_RANK"}[seed%3], from, from+int64(rng.IntN(4)), seed%2 == 0)
		o.Retracts, o.Arrival = seed%4 < 2, false
		r := rankRun(t, o)
		var there randomRows
		keys, back := 1+rng.IntN(30)*rng.IntN(30), 0
		if o.Retracts {
			back = 48
		}
		for range 60 {
			rows, kinds := there.change(rng, 200, keys, 60, back)
			r.pushKinds(t, rows, kinds)
			if rng.IntN(8) == 0 {
				r.restart(t)
			}
		}
		got, err := vtest.Fold(r.out.Rows, o.Out)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if want := ranksOf(o, there); !slices.Equal(got, want) {
			t.Fatalf("seed %d: %+v\n got %q\nwant %q", seed, o, got, want)
		}
	}
}

// ranksOf is the first rows as o numbers them.
func ranksOf(o *ir.RankOp, rows []vtest.Row) (out []string) {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b vtest.Row) int {
		return cmp.Or(cmp.Compare(a[0].(string), b[0].(string)), cmp.Compare(a[1].(int), b[1].(int)))
	})
	var row, rank, dense int64
	for i, x := range rows {
		switch {
		case i == 0 || x[0] != rows[i-1][0]:
			row, rank, dense = 1, 1, 1
		case x[1] != rows[i-1][1]:
			row++
			rank, dense = row, dense+1
		default:
			row++
		}
		n := map[string]int64{"ROW_NUMBER": row, "RANK": rank, "DENSE_RANK": dense}[o.Fn]
		if n < o.From || n > o.To {
			continue
		}
		text := fmt.Sprintf("%s | %d", x[0], x[1])
		if o.Number {
			text += fmt.Sprintf(" | %d", n)
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}

// Rows that are behind the first ones, and partitions of windows that have closed, are not
// kept: neither the memory nor a checkpoint has them.
func TestRankForgetsRows(t *testing.T) {
	in := vtest.Schema("k", ir.TBigInt, "x", ir.TBigInt, "window_end", ir.TTimestamp)
	o := &ir.RankOp{In: in, Fn: "ROW_NUMBER", Partition: []int{2, 0}, Order: []ir.SortKey{{Col: 1, Desc: true}}, From: 1, To: 2, Arrival: true, EndCol: 2, Out: in}
	r := newOpRun(t, newRank(o), o.Out, 1024)
	k := r.op.(*Rank)
	total := 0
	for window := range 20 {
		end := ir.Micros(window+1) * 1_000_000
		for batch := range 10 {
			var rows []vtest.Row
			for i := range 1000 {
				rows = append(rows, vtest.Row{i, batch, int64(end)})
			}
			if err := k.Push(0, vtest.Batch(in, rows...), &r.out); err != nil {
				t.Fatal(err)
			}
		}
		if n := k.store.live; n != 2000 {
			t.Fatalf("window %d keeps %d rows", window, n)
		}
		if _, err := k.Advance(end, &r.out); err != nil {
			t.Fatal(err)
		}
		total += 2000
		if k.store.live != 0 || len(k.lists.lists) > 2*slack+2000 || len(k.store.chunks) > 40 {
			t.Fatalf("window %d leaves %d rows, %d partitions, %d chunks", window, k.store.live, len(k.lists.lists), len(k.store.chunks))
		}
	}
	if len(r.out.Rows) != total {
		t.Errorf("%d rows came out, not %d", len(r.out.Rows), total)
	}
	mem := k.store.mem
	if err := k.Close(); err != nil || mem.Used() != 0 {
		t.Errorf("%d bytes are not given back (%v)", mem.Used(), err)
	}
}

// TestRankPrefixes holds that the prefixes order values as the values are ordered.
func TestRankPrefixes(t *testing.T) {
	dec := ir.TDecimal(38, 0)
	big := ir.Dec{Hi: 5, Lo: 1}
	for _, c := range []struct {
		t    *ir.Type
		vals []any // in order, NULL first
	}{
		{ir.TBigInt, []any{nil, int64(math.MinInt64), int64(-2), int64(0), int64(1), int64(math.MaxInt64)}},
		{ir.TInteger, []any{nil, math.MinInt32, -1, 0, 7, math.MaxInt32}},
		{ir.TTinyInt, []any{nil, -128, -1, 0, 127}},
		{ir.TBoolean, []any{nil, false, true}},
		{ir.TDouble, []any{nil, math.Inf(-1), -1.5, 0.0, 1e-300, 2.5, math.Inf(1), math.NaN()}},
		{ir.TReal, []any{nil, -1.5, 0.0, 2.5}},
		{ir.TVarchar, []any{nil, "", "a", "a\x00", "ab", "abcdefgh", "abcdefghi", "b", "é"}},
		{dec, []any{nil, ir.Dec{Hi: -5}, ir.DecFromInt64(-1), ir.DecFromInt64(0), ir.DecFromInt64(12), big}},
	} {
		for _, key := range []ir.SortKey{{}, {NullsFirst: true}, {Desc: true}, {Desc: true, NullsFirst: true}} {
			s := vtest.Schema("v", c.t)
			var rows []vtest.Row
			for _, v := range c.vals {
				rows = append(rows, vtest.Row{v})
			}
			o := newRankOrder(s, []ir.SortKey{key}, true)
			b := vtest.Batch(s, rows...)
			p := o.prefixes(b)
			for i := range rows {
				for j := range rows {
					want := o.compare(b.Cols, i, b.Cols, j)
					if got := cmp.Compare(p[i], p[j]); got != 0 && got != want {
						t.Errorf("%s %+v: %v and %v: prefixes say %d, the values %d", c.t, key, rows[i], rows[j], got, want)
					}
					if (want == 0) != (i == j) {
						t.Errorf("%s %+v: %v and %v compare as %d", c.t, key, rows[i], rows[j], want)
					}
				}
			}
		}
	}
}
