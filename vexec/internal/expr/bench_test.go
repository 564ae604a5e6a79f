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
		{"initcap", call("INITCAP", bcol(1)), vtest.Shape{}},
		{"lpad", call("LPAD", bcol(1), 10, "."), vtest.Shape{}},
		{"concat_ws", call("CONCAT_WS", "-", bcol(1), bcol(1)), vtest.Shape{}},
		{"split_part", call("SPLIT_PART", bcol(1), "o", 2), vtest.Shape{}},
		{"regexp_like", call("REGEXP_LIKE", bcol(1), "^[A-G].*e$"), vtest.Shape{}},
		{"regexp_extract", call("REGEXP_EXTRACT", bcol(1), "o+(.)", 1), vtest.Shape{}},
		{"regexp_replace", call("REGEXP_REPLACE", bcol(1), "o+", "0"), vtest.Shape{}},
		{"similar", call("SIMILAR TO", bcol(1), "(A|B)%"), vtest.Shape{}},
		{"md5", call("MD5", bcol(1)), vtest.Shape{}},
		{"sha256", call("SHA256", bcol(1)), vtest.Shape{}},
		{"hash", call("HASH", bcol(1)), vtest.Shape{}},
		{"sin", call("SIN", bcol(3)), vtest.Shape{}},
		{"date_format", call("DATE_FORMAT", bcol(2), "yyyy-MM-dd HH:mm"), vtest.Shape{}},
		{"timestampdiff", call("TIMESTAMPDIFF", "MONTH", bcol(2), ts("2024-01-01 00:00:00")), vtest.Shape{}},
		{"ltz-to-local", &ir.Cast{X: &ir.Cast{X: bcol(2), T: ir.TTimestampLTZ}, T: ir.TTimestamp, Zone: "Europe/Berlin"}, vtest.Shape{}},
		{"array", call("ARRAY", bcol(0), bcol(0)), vtest.Shape{}},
		{"array-item", call("ITEM", call("ARRAY", bcol(0), bcol(0)), 2), vtest.Shape{}},
		{"array-contains", call("ARRAY_CONTAINS", call("ARRAY", bcol(0), bcol(0)), int64(7)), vtest.Shape{}},
		{"json_value", call("JSON_VALUE", call("||", `{"a": {"b": "`, call("||", bcol(1), `"}, "c": [1, 2]}`)), "$.a.b"), vtest.Shape{}},
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
