package ops

import (
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// BenchmarkFilterThenProject is an expression in WHERE and in SELECT: computed by both
// operators, and handed on from the first to the second (ShareExpressions).
func BenchmarkFilterThenProject(b *testing.B) {
	const n = 2048
	s := vtest.Schema("k", ir.TVarchar, "d", ir.TDecimal(12, 2), "v", ir.TBigInt)
	rows := make([]vtest.Row, n)
	for i := range rows {
		rows[i] = vtest.Row{[]string{"a text of more than twelve", "another one that is long", "short", "Apple pie and more"}[i%4],
			ir.DecFromInt64(int64(i * 37 % 10007)), i % 100}
	}
	x := colsOf(s)
	upper := callOf("UPPER", ir.TVarchar, x[0])
	product := callOf("*", ir.TDecimal(24, 4), x[1], litOf(ir.DecFromInt64(908), ir.TDecimal(12, 2)))
	sum := callOf("+", ir.TBigInt, x[2], litOf(int64(1), ir.TBigInt))
	for _, c := range []struct {
		name string
		e    ir.Expr
		than ir.Expr
	}{
		{"upper", upper, litOf("AP", ir.TVarchar)},
		{"decimal", product, litOf(ir.DecFromInt64(1), ir.TDecimal(24, 4))},
		{"integer", sum, litOf(int64(10), ir.TBigInt)},
	} {
		pred := callOf(">", ir.TBoolean, c.e, c.than)
		out := vtest.Schema("x", c.e.Type())
		b.Run(c.name+"/twice", func(b *testing.B) {
			benchTwo(b, rows, s, &ir.FilterOp{Pred: pred, Out: s}, &ir.ProjectOp{Exprs: []ir.Expr{c.e}, Out: out})
		})
		wide := vtest.Schema("k", ir.TVarchar, "d", ir.TDecimal(12, 2), "v", ir.TBigInt, "x", c.e.Type())
		b.Run(c.name+"/once", func(b *testing.B) {
			benchTwo(b, rows, s, &ir.FilterOp{Pred: pred, Extra: []ir.Expr{c.e}, Out: wide},
				&ir.ProjectOp{Exprs: []ir.Expr{&ir.ColRef{Index: 3, Name: "x", T: c.e.Type()}}, Out: out})
		})
	}
}

// next pushes what one operator emits through another.
type next struct {
	vexec.Emitter
	op vexec.Operator
}

func (e *next) Emit(b *vexec.Batch) error { return e.op.Push(0, b, e.Emitter) }

// nowhere takes what a chain emits.
type nowhere struct{ vexec.Emitter }

func (nowhere) Emit(*vexec.Batch) error { return nil }

func benchTwo(b *testing.B, rows []vtest.Row, s *ir.Schema, f *ir.FilterOp, p *ir.ProjectOp) {
	filter, err := NewFilter(f, s)
	if err != nil {
		b.Fatal(err)
	}
	project, err := NewProject(p, f.Out)
	if err != nil {
		b.Fatal(err)
	}
	in, to := vtest.Batch(s, rows...), &next{nowhere{}, project}
	b.ReportAllocs()
	for b.Loop() {
		in.Sel = nil
		if err := filter.Push(0, in, to); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(rows)), "ns/row")
}
