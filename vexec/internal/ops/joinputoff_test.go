package ops

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// linkFew has the join link only the rows that are asked for, where it may.
func (j *Join) linkFew() {
	for side := range j.sides {
		j.sides[side].putOff.share = 1
	}
}

// pairsOf collects n of left and of right in each row.
type pairsOf struct{ got map[[2]int64]int }

func (p *pairsOf) Emit(b *vexec.Batch) error {
	for i := range b.Live() {
		r := b.Row(i)
		p.got[[2]int64{int64At(&b.Cols[0], r), int64At(&b.Cols[1], r)}]++
	}
	return nil
}

func (p *pairsOf) Reject(*vexec.Batch, []vexec.RowFate) error { return nil }

// Many rows of one side and few of the other, in turns whose sizes change: the pairs are those
// that the definition says, while most rows are never linked to their keys and old ones go.
func TestJoinPutsOff(t *testing.T) {
	in := vtest.Schema("k", ir.TBigInt, "n", ir.TBigInt, "s", ir.TVarchar, "ts", ir.TTimestamp)
	for _, kind := range []ir.JoinKind{ir.IntervalJoin, ir.WindowJoin} {
		for seed := range vtest.Seeds(3) {
			o := joinOp(kind, ir.InnerJoin)
			o.Cols, o.Times = []int{1, 5}, nil
			if kind == ir.IntervalJoin {
				o.Time = &ir.TimeBound{Left: 3, Right: 3, Lo: -2_000, Hi: 3_000}
			}
			o.Out = ir.PairSchema(o.Type, in, in).Select(o.Cols)
			t.Run(fmt.Sprintf("%s/%d", kind, seed), func(t *testing.T) { putOffTurns(t, o, in, uint64(seed)) })
		}
	}
}

func putOffTurns(t *testing.T, o *ir.JoinOp, in *ir.Schema, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 8))
	j, mem := openJoin(t, o, &vtest.Clock{})
	out := &pairsOf{got: map[[2]int64]int{}}
	type row struct{ k, n, ts int64 }
	kept := [2]map[int64][]row{{}, {}}
	want := map[[2]int64]int{}
	now, n, pushed := int64(1_000_000), int64(0), 0
	var put, linked bool // rows were left open; all were linked
	for turn := range 400 {
		side, rows := 0, 1+rng.IntN(900)
		switch {
		case turn%100 > 80: // as many of both
			side = turn % 2
		case turn%7 == 3: // few of the other
			side, rows = 1, 1+rng.IntN(4)
		}
		var batch []vtest.Row
		for range rows {
			r := row{int64(rng.IntN(3000)), n, now + int64(rng.IntN(300))}
			if o.Kind == ir.WindowJoin {
				r.ts += 1000 - r.ts%1000
			}
			n++
			if rng.IntN(50) == 0 {
				batch = append(batch, vtest.Row{nil, r.n, "none", r.ts})
				continue
			}
			batch = append(batch, vtest.Row{r.k, r.n, fmt.Sprintf("a text of some length, %d", r.n), r.ts})
			for _, x := range kept[1-side][r.k] {
				l, y := r, x
				if side == 1 {
					l, y = x, r
				}
				d := l.ts - y.ts
				if o.Kind == ir.WindowJoin && d == 0 || o.Kind == ir.IntervalJoin && d >= o.Time.Lo && d <= o.Time.Hi {
					want[[2]int64{l.n, y.n}]++
				}
			}
			kept[side][r.k] = append(kept[side][r.k], r)
		}
		pushed += rows
		if err := j.Push(side, vtest.Batch(in, batch...), out); err != nil {
			t.Fatal(err)
		}
		open := j.sides[0].putOff.open
		put, linked = put || open > 2000, linked || open == 0 && j.sides[0].rows > 1000
		now += int64(rng.IntN(200))
		if turn%5 == 0 {
			if _, err := j.Advance(ir.Micros(now-100), out); err != nil {
				t.Fatal(err)
			}
		}
		if turn%31 == 0 {
			if err := j.Seal(1); err != nil {
				t.Fatal(err)
			}
		}
		checkLinks(t, j)
	}
	if len(want) == 0 || len(out.got) != len(want) {
		t.Fatalf("%d pairs, want %d", len(out.got), len(want))
	}
	for p, times := range want {
		if out.got[p] != times {
			t.Fatalf("pair %v came %d times, want %d", p, out.got[p], times)
		}
	}
	if !put || !linked {
		t.Errorf("rows were left open: %t, all were linked: %t; both are to be tried", put, linked)
	}
	if j.sides[0].rows > pushed/2 {
		t.Errorf("%d of %d rows are still kept", j.sides[0].rows, pushed)
	}
	if err := j.Close(); err != nil || mem.Used() != 0 {
		t.Errorf("%v, %d bytes are still reserved", err, mem.Used())
	}
}

// checkLinks checks that the rows of each key follow one another from new to old, and how many are open.
func checkLinks(t *testing.T, j *Join) {
	t.Helper()
	for side := range j.sides {
		s := &j.sides[side].joinRows
		open := 0
		for at, c := range s.chunks {
			n := len(c.openRows(nil))
			if n != c.unlinked || len(c.next) != c.batch.Rows || s.putOff.on && len(c.tags) != c.batch.Rows {
				t.Fatalf("side %d: %d rows are open, %d were counted; %d links and %d tags for %d rows", side, n, c.unlinked, len(c.next), len(c.tags), c.batch.Rows)
			}
			open += n
			for i, next := range c.next {
				if next != vexec.NoRow && next >= s.ref(uint32(at), uint32(i)) {
					t.Fatalf("side %d: row %d is before one that came later", side, i)
				}
			}
		}
		if open != s.putOff.open {
			t.Fatalf("side %d: %d rows are open, %d were counted", side, open, s.putOff.open)
		}
	}
}
