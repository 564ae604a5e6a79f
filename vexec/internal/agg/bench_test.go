package agg

import (
	"fmt"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// BenchmarkSet is one call over batches of 1024 rows of 10,000 distinct values. Report:
// processor time a row.
func BenchmarkSet(b *testing.B) {
	const rows = 1024
	r := rng(b)
	for _, groups := range []int{4, 100_000} {
		for _, name := range []string{"COUNT", "SUM", "MIN", "COUNT DISTINCT", "SUM DISTINCT", "COUNT DISTINCT text", "MIN retracts", "VAR_POP", "APPROX_COUNT_DISTINCT",
			"APPROX_PERCENTILE", "FIRST_VALUE", "LAST_VALUE", "MIN_BY", "ARRAY_AGG", "COLLECT", "BOOL_OR"} {
			b.Run(fmt.Sprintf("%s/%d", name, groups), func(b *testing.B) {
				c, arg := benchCall(b, name)
				s, err := NewSet([]ir.AggCall{c}, nil)
				if err != nil {
					b.Fatal(err)
				}
				var in [16]*Input
				var ids [16][]uint32
				for k := range in {
					vals := make([]ir.Value, rows)
					ids[k] = make([]uint32, rows)
					for i := range vals {
						vals[i] = benchValue(arg, r.Int64N(10_000))
						ids[k][i] = uint32(r.IntN(groups))
					}
					v := vecOf(arg, vals...)
					args := []*vexec.Vec{&v, &v}
					in[k] = &Input{Args: [][]*vexec.Vec{args[:len(c.ValueArgs())]}}
				}
				if err := s.Grow(groups); err != nil {
					b.Fatal(err)
				}
				b.ResetTimer()
				from := cpuTime()
				for i := range b.N {
					if i%512 == 0 { // lists do not grow without end
						s.Reset()
					}
					if err := s.Grow(groups); err != nil {
						b.Fatal(err)
					}
					s.Update(in[i%16], ids[i%16], nil, rows)
				}
				b.ReportMetric(float64(cpuTime()-from)/float64(b.N)/rows, "cpu-ns/row")
				b.ReportMetric(float64(s.Bytes())/1024, "KB")
			})
		}
	}
}

func benchValue(t *ir.Type, x int64) ir.Value {
	switch t.Kind {
	case ir.Varchar:
		return fmt.Sprint(x)
	case ir.Double:
		return float64(x)
	case ir.Boolean:
		return x%2 == 0
	}
	return x
}

// benchCall is a call by its name, which says what is special about it.
func benchCall(b *testing.B, name string) (ir.AggCall, *ir.Type) {
	var fn, how, on string
	fmt.Sscan(name, &fn, &how, &on)
	arg := ir.TBigInt
	switch {
	case on == "text":
		arg = ir.TVarchar
	case fn == "APPROX_PERCENTILE":
		arg = ir.TDouble
	case fn == "BOOL_OR":
		arg = ir.TBoolean
	}
	x := &ir.ColRef{Name: "x", T: arg}
	c := ir.AggCall{Fn: fn, Args: []ir.Expr{x}, Distinct: how == "DISTINCT", Retracts: how == "retracts"}
	types := []*ir.Type{arg}
	switch fn {
	case "MIN_BY":
		c.Args, types = append(c.Args, x), append(types, arg)
	case "APPROX_PERCENTILE":
		c.Args, types = append(c.Args, &ir.Const{V: 0.5, T: ir.TDouble}), append(types, ir.TDouble)
	}
	_, ret, err := ir.LookupFunction(fn).Resolve(types)
	if err != nil {
		b.Fatal(err)
	}
	c.T = ret
	return c, arg
}
