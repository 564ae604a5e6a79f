package vexec_test

import (
	"math/rand/v2"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// chunksOf are rows in chunks of which each has some, all with the same types.
func chunksOf(s *ir.Schema, rows []vtest.Row, each int) []*vexec.Batch {
	var out []*vexec.Batch
	for len(rows) > 0 {
		n := min(each, len(rows))
		b := &vexec.Batch{}
		b.Reset(s)
		for i := range n { // one by one, so that texts are in several buffers
			vexec.AppendRows(b, vtest.BatchAs(s, vtest.Shape{}, rows[i]), nil)
		}
		out, rows = append(out, b), rows[n:]
	}
	return out
}

// Rows of all types come out as they are, in any order and again and again, and NULLs
// where there is no row.
func TestGather(t *testing.T) {
	s := vtest.EveryType()
	var rows []vtest.Row
	for range 3 {
		rows = append(rows, vtest.EveryRow()...)
	}
	const each = 4
	chunks := chunksOf(s, rows, each)
	rng := rand.New(rand.NewPCG(1, 2))
	var g vexec.Gatherer
	got := vexec.Batch{Schema: s, Cols: make([]vexec.Vec, len(s.Cols)), Part: -1}
	for round := range 200 {
		var at []int
		var refs []uint32
		for range rng.IntN(30) {
			i := rng.IntN(len(rows)+1) - 1
			if round%3 == 0 && i < 0 {
				i = 0
			}
			at = append(at, i)
			if i < 0 {
				refs = append(refs, vexec.NoRow)
			} else {
				refs = append(refs, uint32(i/each)<<vexec.ChunkBits|uint32(i%each))
			}
		}
		got.Rows = len(refs)
		for c := range s.Cols {
			g.Gather(&got.Cols[c], s.Cols[c].Type, chunks, c, refs)
		}
		if err := vtest.Check(&got); err != nil {
			t.Fatal(err)
		}
		for i, row := range at {
			want := make([]ir.Value, len(s.Cols))
			if row >= 0 {
				want = chunks[row/each].Values(row % each)
			}
			if a, b := vtest.FormatRow(got.Values(i), s), vtest.FormatRow(want, s); a != b {
				t.Fatalf("round %d, row %d:\n%s, want\n%s", round, i, a, b)
			}
		}
	}
}

func BenchmarkGather(b *testing.B) {
	s := vtest.Schema("n", ir.TBigInt, "s", ir.TVarchar)
	const total = 1 << 20
	var chunks []*vexec.Batch
	one := vtest.BatchAs(s, vtest.Shape{}, vtest.Row{7, "a text of more than twelve bytes"})
	for range total / vexec.ChunkRows {
		c := &vexec.Batch{}
		c.Reset(s)
		for range vexec.ChunkRows {
			vexec.AppendRows(c, one, nil)
		}
		chunks = append(chunks, c)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	refs := make([]uint32, 1024)
	for i := range refs {
		refs[i] = uint32(rng.IntN(total))
	}
	for c, name := range []string{"BIGINT", "VARCHAR"} {
		b.Run(name, func(b *testing.B) {
			var g vexec.Gatherer
			var dst vexec.Vec
			for b.Loop() {
				g.Gather(&dst, s.Cols[c].Type, chunks, c, refs)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1024, "ns/row")
		})
	}
}
