package file

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// hiveCases are values of all types that PARTITIONED BY takes.
func hiveCases() map[*ir.Type][]any {
	texts := []any{nil, "", " ", "a", "ü", "日本", ".", "..", "/", "a/b=c", "%", "%41", "50%", "+", "a b", "a\tb", "a\nb\r", "\x00", "\x7f", "'\"`", "#?*[1]\\{}", "-", "_", "~", "NULL", "null",
		hiveNull, "_HIVE_DEFAULT_PARTITION__", "1", "true", "2024-01-01", "C:", "a|b", "\u202e"}
	times := []any{nil, "1969-12-31 23:59:59", "1970-01-01 00:00:00", "2024-02-29 12:34:56", "0001-01-01 00:00:00", "9999-12-31 23:59:59"}
	out := map[*ir.Type][]any{
		ir.TBoolean:  {nil, true, false},
		ir.TTinyInt:  {nil, 0, -128, 127},
		ir.TSmallInt: {nil, 0, -32768, 32767},
		ir.TInteger:  {nil, 0, math.MinInt32, math.MaxInt32},
		ir.TBigInt:   {nil, 0, math.MinInt64, math.MaxInt64},
		ir.TVarchar:  texts,
		ir.TDate:     {nil, 0, -1, 19_782},
	}
	out[&ir.Type{Kind: ir.Decimal, P: 9, S: 2}] = []any{nil, "0.00", "-0.01", "9999999.99", "-9999999.99"}
	out[&ir.Type{Kind: ir.Decimal, P: 38, S: 10}] = []any{nil, "0.0000000001", "9999999999999999999999999999.9999999999", "-9999999999999999999999999999.9999999999"}
	for _, kind := range []ir.Kind{ir.Timestamp, ir.TimestampLTZ} {
		at := func(digits int, more ...any) { out[&ir.Type{Kind: kind, P: digits}] = append(more, times...) }
		at(0)
		at(3, "2024-01-01 00:00:00.001", "1969-12-31 23:59:59.999")
		at(6, "2024-01-01 00:00:00.000001", "1969-12-31 23:59:59.999999")
		out[&ir.Type{Kind: kind, P: 9}] = []any{nil, "2024-01-01 00:00:00.000000001", "1969-12-31 23:59:59.999999999", "2024-01-01 00:00:00"}
	}
	return out
}

// TestHiveRoundTrip: what our sink puts into the names of folders our source finds there
// again, of all types, next to a copy that stands in the files.
func TestHiveRoundTrip(t *testing.T) {
	n := 0
	for typ, values := range hiveCases() {
		for _, format := range []string{"parquet", "arrow", "ndjson"} {
			n += hiveRound(t, typ, values, format)
		}
	}
	if n < 250 {
		t.Errorf("only %d values", n)
	}
}

func hiveRound(t *testing.T, typ *ir.Type, values []any, format string) int {
	t.Helper()
	names := []string{"p", "_p", "p q=%/ü"}
	name := names[len(values)%len(names)]
	dir := filepath.Join(quickDir(t), "out")
	table := tableOf("", dir+"/", ir.Column{Name: name, Type: typ}, ir.Column{Name: "id", Type: ir.TBigInt}, ir.Column{Name: "copy", Type: typ})
	table.Options["format"], table.Options["max.open.partitions"] = format, "3"
	table.Partition = []string{name}
	var rows []vtest.Row
	for i, v := range values {
		rows = append(rows, vtest.Row{v, i, v}, vtest.Row{v, 1000 + i, v})
	}
	ctx := context.Background()
	s, err := start(table, &vexec.SinkContext{Schema: table.Physical()})
	if err == nil {
		err = s.Write(ctx, vtest.Batch(table.Physical(), rows...))
	}
	var tok []byte
	if err == nil {
		tok, err = s.Prepare(ctx, 1, true)
	}
	if err == nil {
		err = s.Commit(ctx, 1, tok)
	}
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		t.Fatalf("%s, %s: %v", typ, format, err)
	}
	got, err := readTable(t, table, shownTypes)
	if err != nil || len(got.bad) > 0 {
		t.Fatalf("%s, %s: %v %v", typ, format, err, got.bad)
	}
	want := wantRows(rows, table.Physical())
	for _, row := range got.rows {
		if !want[row] {
			t.Errorf("%s, %s: %q is no row that was written", typ, format, row)
		}
		delete(want, row)
	}
	for row := range want {
		t.Errorf("%s, %s: %q is missing", typ, format, row)
	}
	return len(values)
}

func wantRows(rows []vtest.Row, s *ir.Schema) map[string]bool {
	out := map[string]bool{}
	b := vtest.Batch(s, rows...)
	for r := range rows {
		out[typedText(b.Values(r))] = true
	}
	return out
}

// typedText tells NULL from a text that reads so.
func typedText(row []ir.Value) string {
	text := ""
	for _, v := range row {
		text += fmt.Sprintf("%T %v|", v, v)
	}
	return text
}

var shownTypes = reading{limits: usual.limits, show: typedText}
