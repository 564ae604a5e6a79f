package ops

import (
	"math/rand/v2"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// BenchmarkJoin gives nanoseconds for each row of both sides.
func BenchmarkJoin(b *testing.B) {
	const total = 1 << 20
	shuffled := rand.New(rand.NewPCG(1, 2)).Perm(total)
	random := func(i int) int64 { return int64(shuffled[i%total]) }
	miss := func(side int) func(i int) int64 {
		return func(i int) int64 { return int64(shuffled[i%total])*2 + int64(side) }
	}
	for _, c := range []struct {
		name string
		op   *ir.JoinOp
		keys func(side int) func(i int) int64
		turn int // batches of one side and then of the other
	}{
		{"interval, one match", numbersJoin(ir.IntervalJoin, ir.InnerJoin), func(int) func(i int) int64 { return random }, 1},
		{"interval left, no match", numbersJoin(ir.IntervalJoin, ir.LeftJoin), miss, 1},
		{"regular, one match", numbersJoin(ir.RegularJoin, ir.InnerJoin), func(int) func(i int) int64 { return random }, total / 1024},
		{"regular left, no match", numbersJoin(ir.RegularJoin, ir.LeftJoin), miss, total / 1024},
	} {
		var batches [2][]*vexec.Batch
		for side := range batches {
			for at := 0; at < total; at += 1024 {
				batches[side] = append(batches[side], numbersBatch(at, 1024, c.keys(side)))
			}
		}
		b.Run(c.name, func(b *testing.B) {
			rows := 0
			for b.Loop() {
				j, _ := openJoin(b, c.op, &vtest.Clock{})
				out := &nothing{}
				for at := 0; at < total/1024; at += c.turn {
					for side := range batches {
						for _, x := range batches[side][at : at+c.turn] {
							if err := j.Push(side, x, out); err != nil {
								b.Fatal(err)
							}
							rows += x.Rows
						}
					}
					if c.op.Kind == ir.IntervalJoin {
						if _, err := j.Advance(ir.Micros(at*1024)*10_000, out); err != nil {
							b.Fatal(err)
						}
					}
				}
				_ = j.Close()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
		})
	}
}
