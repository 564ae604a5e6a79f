package ops

import (
	"fmt"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/keycache"
)

// fillAsker answers at once, with a row for each key.
type fillAsker struct{}

func (fillAsker) Fails() bool     { return false }
func (fillAsker) Looked(_, _ int) {}
func (fillAsker) Portion() int    { return 8 }
func (fillAsker) Left(int)        {}
func (fillAsker) Ask(keys *vexec.Batch, _ *Down) ([]KeyAnswers, error) {
	rows := &vexec.Batch{Part: -1}
	rows.Reset(buildSchema)
	rows.Rows = keys.Rows
	for c := range rows.Cols {
		rows.Cols[c].Reset(buildSchema.Cols[c].Type, keys.Rows)
	}
	for i := range keys.Rows {
		fillLookupRow(rows, i, int(keys.Cols[0].Int64s()[i]/7919))
	}
	return []KeyAnswers{{Keys: keys.Rows, Rows: rows}}, nil
}

// BenchmarkByKey joins a million rows, inner, with a table that is asked by a number: all answers
// are in the cache, or none is and the table answers at once.
func BenchmarkByKey(b *testing.B) {
	for _, cached := range []bool{true, false} {
		for _, held := range []int{100, 10_000, 100_000} {
			batches := lookupBatches(probeSchema, 1<<20, held, 100)
			b.Run(fmt.Sprintf("cached=%t/keys=%d", cached, held), func(b *testing.B) {
				cache := ir.Cache{Rows: 1 << 20, Bytes: 1 << 30, Missing: true}
				if !cached {
					cache = ir.Cache{}
				}
				o := (&lookupCase{typ: ir.InnerJoin, keys: 1}).byKeyOp(cache)
				out := ir.PairSchema(ir.InnerJoin, probeSchema, buildSchema)
				o.Cols = []int{0, 1, 5}
				o.Out = out.Select(o.Cols)
				op, err := NewByKey(o, probeSchema, fillAsker{}, keycache.New(cache, vexec.NewBudget(0).Account("cache")))
				if err != nil {
					b.Fatal(err)
				}
				if err := op.Open(&vexec.OpContext{MaxRows: 4096, Clock: &handClock{}, Memory: vexec.NewBudget(0).Account("op")}); err != nil {
					b.Fatal(err)
				}
				push := func() {
					for _, x := range batches {
						one := *x
						if err := op.Push(0, &one, nowhere{}); err != nil {
							b.Fatal(err)
						}
					}
				}
				push()
				rows, cpu := 0, cpuTime()
				for b.Loop() {
					push()
					rows += len(batches) * 4096
				}
				b.ReportMetric(float64(cpuTime()-cpu)/float64(rows), "cpu-ns/row")
			})
		}
	}
}
