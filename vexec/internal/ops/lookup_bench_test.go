package ops

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/jointable"
)

// lookupBatches are batches of n rows in all, whose keys are made of numbers below keys; of a
// hundred hits are below held.
func lookupBatches(s *ir.Schema, n, held, hits int) []*vexec.Batch {
	r := rand.New(rand.NewPCG(1, 2))
	var out []*vexec.Batch
	const rows = 4096
	for range n / rows {
		b := &vexec.Batch{}
		b.Reset(s)
		b.Rows = rows
		for c := range b.Cols {
			b.Cols[c].Reset(s.Cols[c].Type, rows)
		}
		for i := range rows {
			k := r.IntN(held)
			if r.IntN(100) >= hits {
				k += held
			}
			fillLookupRow(b, i, k)
		}
		out = append(out, b)
	}
	return out
}

// fillLookupRow makes row i that of the number k.
func fillLookupRow(b *vexec.Batch, i, k int) {
	b.Cols[0].Int64s()[i] = int64(k) * 7919
	b.Cols[1].SetBytes(i, fmt.Appendf(nil, "customer-%d", k))
	b.Cols[2].Int64s()[i] = int64(k)
}

func lookupTable(b *testing.B, load *ir.Load, held int) *jointable.Live {
	budget := vexec.NewBudget(0)
	c := jointable.NewCollector(load, budget.Account("load"))
	one := &vexec.Batch{}
	for from := 0; from < held; from += 4096 {
		n := min(4096, held-from)
		one.Reset(load.Out)
		one.Rows = n
		for k := range one.Cols {
			one.Cols[k].Reset(load.Out.Cols[k].Type, n)
		}
		for i := range n {
			fillLookupRow(one, i, from+i)
		}
		if err := c.Add(one); err != nil {
			b.Fatal(err)
		}
	}
	t, err := jointable.Build(load, []*jointable.Collector{c}, budget.Account("load"))
	if err != nil {
		b.Fatal(err)
	}
	live := &jointable.Live{}
	live.Swap(t)
	return live
}

// BenchmarkLookup joins a million rows, inner, with tables of one row for each key, and gives a
// number of theirs beside two columns.
func BenchmarkLookup(b *testing.B) {
	for _, keys := range []struct {
		name string
		cols []int
	}{{"BIGINT", []int{0}}, {"VARCHAR", []int{1}}, {"both", []int{0, 1}}} {
		for _, held := range []int{1000, 100_000, 1_000_000} {
			load := &ir.Load{ID: 1, Name: "dim", Out: buildSchema, Keys: keys.cols}
			live := lookupTable(b, load, held)
			for _, hits := range []int{0, 10, 100} {
				batches := lookupBatches(probeSchema, 1<<20, held, hits)
				b.Run(fmt.Sprintf("%s/rows=%d/hits=%d", keys.name, held, hits), func(b *testing.B) {
					out := ir.PairSchema(ir.InnerJoin, probeSchema, buildSchema)
					o := &ir.LookupOp{Load: 1, LoadName: "dim", Type: ir.InnerJoin, In: probeSchema, Build: buildSchema, Keys: keys.cols, With: keys.cols, Cols: []int{0, 1, 5}}
					o.Out = out.Select(o.Cols)
					op, err := NewLookup(o, probeSchema, live)
					if err != nil {
						b.Fatal(err)
					}
					if err := op.Open(&vexec.OpContext{MaxRows: 4096}); err != nil {
						b.Fatal(err)
					}
					rows, cpu := 0, cpuTime()
					for b.Loop() {
						for _, x := range batches {
							one := *x
							if err := op.Push(0, &one, nowhere{}); err != nil {
								b.Fatal(err)
							}
						}
						rows += len(batches) * 4096
					}
					b.ReportMetric(float64(cpuTime()-cpu)/float64(rows), "cpu-ns/row")
				})
			}
		}
	}
}
