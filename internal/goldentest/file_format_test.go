package goldentest

import (
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
)

func TestGoldenFormat(t *testing.T) {
	const head = "why: because\noracle: hand\n"
	refused := func(text, want string) {
		t.Helper()
		if _, err := parseGolden("x.txt", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error that holds %q", text, err, want)
		}
	}
	refused("oracle: hand\n-- sql\nSELECT 1;\n-- rows\nv INTEGER\n", "why")
	refused("why: x\noracle: me\n", "oracle")
	refused(head+"colour: blue\n", "not a line of the head")
	refused(head+"only: sometimes\n", "only")
	refused(head+"-- rows\nv INTEGER\n", "before the first sql")
	refused(head+"-- sql\nSELECT 1;\n", "expects nothing")
	refused(head+"-- sql\nSELECT 1;\n-- rows\n", "columns")
	refused(head+"-- sql\nSELECT 1;\n-- error\n\n", "line")
	refused(head+"-- sql\nSELECT 1;\n-- rows\nv INTEGER\n-- late many\n", "many")
	refused(head+"-- sql\nSELECT 1;\n-- rows\nv INTEGER\n-- rejected 0\nsomething\n", "cannot hold")
	refused(head+"-- input\n{}\n", "file name")

	text := head + "\n-- input t.ndjson\n{\"a\":1}\n\n-- sql\n-- a comment\nSELECT a FROM t;\n\n-- rows ordered\na INTEGER\n1\n\n-- late 0\n\n-- rejected 1\nreason\n"
	g, err := parseGolden("x.txt", text)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(g.steps[0].sql, "-- a comment") {
		t.Error("a comment of the SQL was taken for a section")
	}
	if g.String() != text {
		t.Errorf("written again it is\n%s", g)
	}
}

// A difference must be seen: rows that are missing, doubled, changed, or in another order.
func TestDiffer(t *testing.T) {
	schema := []ir.Column{{Name: "k", Type: ir.TVarchar}, {Name: "d", Type: ir.TDouble}}
	res := func(rows ...string) *result {
		r := &result{cols: schema}
		for _, row := range rows {
			r.rows = append(r.rows, splitRow(row))
		}
		return r
	}
	f := func(same, ordered bool, want, got *result) {
		t.Helper()
		if msg := differ(want, got, ordered); (msg == "") != same {
			t.Errorf("differ says %q", msg)
		}
	}
	f(true, false, res("a | 1.0", "b | 2.0"), res("b | 2.0", "a | 1.0000000000001"))
	f(false, true, res("a | 1.0", "b | 2.0"), res("b | 2.0", "a | 1.0"))
	f(false, false, res("a | 1.0", "a | 1.0"), res("a | 1.0"))
	f(false, false, res("a | 1.0"), res("a | 1.0", "a | 1.0"))
	f(false, false, res("a | 1.0"), res("a | 1.0001"))
	f(false, false, res("a | NULL"), res("a | 0.0"))
	f(false, false, res("NULL | 1.0"), res("'NULL' | 1.0"))
	f(true, false, res("a | NaN", "a | NULL", "a | -0.0"), res("a | 0.0", "a | NaN", "a | NULL"))
}
