package ops

import (
	"math/rand/v2"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// BenchmarkOver is the time of a row over 1,000 partitions, in batches of 8,192 rows that are
// out of order by up to one batch; with the watermark behind each.
func BenchmarkOver(b *testing.B) {
	v := col(overIn, "v")
	for _, c := range []struct {
		name string
		call ir.OverCall
	}{
		{"ROW_NUMBER", overCallOf("ROW_NUMBER", nil)},
		{"SUM unbounded", overCallOf("SUM", ir.DefaultFrame(true), v)},
		{"SUM 10 rows", overCallOf("SUM", back(true, 10), v)},
		{"SUM 1 s", overCallOf("SUM", back(false, 1_000_000), v)},
		{"MAX 1 s", overCallOf("MAX", back(false, 1_000_000), v)},
		{"LAG", overCallOf("LAG", nil, v)},
	} {
		b.Run(c.name, func(b *testing.B) { benchOver(b, overOp(c.call)) })
	}
}

func benchOver(b *testing.B, o *ir.OverOp) {
	const size = 8192
	rng := rand.New(rand.NewPCG(1, 2))
	batch := vexec.Batch{Schema: overIn, Cols: []vexec.Vec{vexec.NewVec(ir.TTimestamp, size), vexec.NewVec(ir.TBigInt, size), vexec.NewVec(ir.TBigInt, size)}, Rows: size, Part: -1}
	op, err := NewOver(o)
	if err != nil {
		b.Fatal(err)
	}
	oc := &vexec.OpContext{Tasks: 1, MaxRows: size, Clock: &vtest.Clock{}, NoRestart: true, Memory: vexec.NewBudget(0).Account("over"), State: vtest.NewState(op.(*Over).Tables())}
	if err := op.Open(oc); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	rows := int64(0)
	for b.Loop() {
		for r := range int64(size) {
			batch.Cols[0].Int64s()[r], batch.Cols[1].Int64s()[r], batch.Cols[2].Int64s()[r] = (rows+r+rng.Int64N(size))*100, rng.Int64N(1000), r
		}
		rows += size
		if err := op.Push(0, &batch, nowhere{}); err != nil {
			b.Fatal(err)
		}
		if _, err := op.Advance(ir.Micros(rows*100), nowhere{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
}
