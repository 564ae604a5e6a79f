package expr

import (
	"fmt"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

const benchRows = 2048

var benchSchema = vtest.Schema("price", ir.TBigInt, "channel", ir.TVarchar, "ts", ir.TTimestamp, "f", ir.TDouble)

func benchBatch(shape vtest.Shape) *vexec.Batch {
	rows := make([]vtest.Row, benchRows)
	for i := range rows {
		rows[i] = vtest.Row{i * 7919 % 100, []string{"Apple", "Google", "Facebook", "Baidu"}[i%4], int64(i) * 100, float64(i) / 3}
	}
	return vtest.BatchAs(benchSchema, shape, rows...)
}

func bcol(i int) ir.Expr {
	return &ir.ColRef{Index: i, Name: benchSchema.Cols[i].Name, T: benchSchema.Cols[i].Type}
}

func BenchmarkExpr(b *testing.B) {
	call := func(name string, args ...any) ir.Expr { return fn(&testing.T{}, name, args...) }
	for _, c := range []struct {
		name  string
		e     ir.Expr
		shape vtest.Shape
	}{
		{"price+1", call("+", bcol(0), int64(1)), vtest.Shape{}},
		{"price*0.908", call("*", bcol(0), dec("0.908")), vtest.Shape{}},
		{"f/3", call("/", bcol(3), 3.0), vtest.Shape{}},
		{"price/7", call("/", bcol(0), int64(7)), vtest.Shape{}},
		{"upper", call("UPPER", bcol(1)), vtest.Shape{}},
		{"upper-dict", call("UPPER", bcol(1)), vtest.Shape{Dict: true}},
		{"substring", call("SUBSTRING", bcol(1), 2, 3), vtest.Shape{}},
		{"like", call("LIKE", bcol(1), "%oo%"), vtest.Shape{}},
		{"date_trunc", call("DATE_TRUNC", "HOUR", bcol(2)), vtest.Shape{}},
		{"case", &ir.Case{T: ir.TBigInt, Whens: []ir.When{{Cond: call(">", bcol(0), int64(50)), Then: bcol(0)}}, Else: operand(int64(0))}, vtest.Shape{}},
		{"cast-text", &ir.Cast{X: bcol(0), T: ir.TVarchar}, vtest.Shape{}},
	} {
		b.Run(c.name, func(b *testing.B) {
			p, err := Compile([]ir.Expr{c.e}, benchSchema)
			if err != nil {
				b.Fatal(err)
			}
			in, out := benchBatch(c.shape), make([]vexec.Vec, 1)
			var errs Errors
			b.ReportAllocs()
			for b.Loop() {
				if err := p.Eval(in, out, &errs); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
		})
	}
}

func BenchmarkFilter(b *testing.B) {
	call := func(name string, args ...any) ir.Expr { return fn(&testing.T{}, name, args...) }
	for _, c := range []struct {
		e     ir.Expr
		shape vtest.Shape
	}{
		{call(">", bcol(0), int64(10)), vtest.Shape{}},
		{call(">", bcol(0), int64(98)), vtest.Shape{}},
		{call("=", bcol(1), "Apple"), vtest.Shape{}},
		{call("=", bcol(1), "Apple"), vtest.Shape{Dict: true}},
		{call("AND", call(">", bcol(0), int64(50)), call("<", bcol(3), 100.0)), vtest.Shape{}},
	} {
		b.Run(fmt.Sprintf("%s/%s", c.e, c.shape), func(b *testing.B) {
			f, err := CompileFilter(c.e, nil, benchSchema)
			if err != nil {
				b.Fatal(err)
			}
			in := benchBatch(c.shape)
			var errs Errors
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.Select(in, nil, &errs); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
		})
	}
}
