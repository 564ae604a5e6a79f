package kernels

import (
	"math/rand/v2"
	"testing"
)

// The hot kernels over 2048 rows that stand in the cache, in ns/row.
func BenchmarkKernels(b *testing.B) {
	const n = 2048
	r := rand.New(rand.NewPCG(1, 1))
	a, c, dst, sel := make([]int64, n), make([]int64, n), make([]int64, n), make([]int32, n+1)
	f, g := make([]float64, n), make([]float64, n)
	d, e := make([]Dec, n), make([]Dec, n)
	bits := make([]byte, BitBytes(n))
	_, text := textColumn(r, n, 0)
	for i := range a {
		a[i], c[i] = r.Int64N(100), r.Int64N(100)
		f[i], d[i] = r.Float64(), DecOf(a[i])
	}
	factor := []Dec{DecOf(908)}
	mul := DecOp{A: 0, B: 3, R: 3, P: 23}
	apple := Text{Views: []View{InlineView([]byte("Apple"))}}
	like, _ := CompileLike([]byte("%ab%"), 0)
	for _, k := range []struct {
		name string
		run  func()
	}{
		{"SelGtConst", func() { SelGtConst(a, 50, nil, sel) }},
		{"SelGtVec", func() { SelGtVec(a, c, nil, sel) }},
		{"SelFloatGtConst", func() { SelFloatGtConst(f, 0.5, nil, sel) }},
		{"BitsGtConst", func() { BitsGtConst(bits, a, 50) }},
		{"SelBits", func() { SelBits(bits, n, nil, sel) }},
		{"AddVV", func() { AddVV(dst, a, c, nil) }},
		{"MulVC", func() { MulVC(dst, a, 7, nil) }},
		{"AddFloatVV", func() { AddFloatVV(g, f, f, nil) }},
		{"MulDecs", func() { mul.MulDecs(e, d, factor, nil) }},
		{"SelText=", func() { SelText(IsEqual, text, apple, n, nil, sel) }},
		{"SelText<", func() { SelText(IsLess, text, apple, n, nil, sel) }},
		{"Like", func() {
			for i := range text.Views {
				like.Match(Bytes(&text.Views[i], text.Bufs))
			}
		}},
		{"WindowStart", func() { WindowStart(dst, a, 0, 60, nil) }},
		{"MinMax", func() { MinMax(a, nil) }},
		{"SumInt", func() { SumInt(a, nil) }},
	} {
		b.Run(k.name, func(b *testing.B) {
			for b.Loop() {
				k.run()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
		})
	}
}
