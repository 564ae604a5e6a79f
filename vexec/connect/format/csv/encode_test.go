package csv

import (
	stdcsv "encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/vtest"
)

func TestEncode(t *testing.T) {
	s := vtest.Schema("id", ir.TBigInt, "a,b", ir.TVarchar, "x", ir.TVarbinary, "f", ir.TDouble, "l", &ir.Type{Kind: ir.Array, Elem: ir.TBigInt})
	rows := []vtest.Row{
		{1, "plain", []byte{1, 2}, 0.5, vtest.Row{1, 2}},
		{nil, nil, nil, nil, nil},
		{-2, "", []byte{}, 3, vtest.Row{}},
		{3, "with \"quotes\" and, commas", []byte("abc"), 1e300, vtest.Row{nil}},
		{4, "two\nlines", nil, nil, nil},
		{5, " edge", nil, nil, nil},
	}
	want := `id,"a,b",x,f,l
1,plain,AQI=,0.5,"[1,2]"
,,,,
-2,"","",3.0,[]
3,"with ""quotes"" and, commas",YWJj,1e+300,[null]
4,"two
lines",,,
5," edge",,,
`
	for _, shape := range vtest.Shapes {
		e := NewEncoder(s, EncodeOptions{})
		if got := string(e.Append(e.AppendHeader(nil), vtest.BatchAs(s, shape, rows...))); got != want {
			t.Errorf("%s:\n%s", shape, got)
		}
	}
}

func TestEncodeOptions(t *testing.T) {
	s := vtest.Schema("a", ir.TVarchar, "b", ir.TDouble, "c", ir.TBigInt)
	f := func(opt EncodeOptions, want string) {
		t.Helper()
		if got := string(NewEncoder(s, opt).Append(nil, vtest.Batch(s, vtest.Row{"x;'y", 1.5, -1}, vtest.Row{"NULL", nil, nil}))); got != want {
			t.Errorf("%+v: %s, want %s", opt, got, want)
		}
	}
	f(EncodeOptions{}, "x;'y,1.5,-1\nNULL,,\n")
	f(EncodeOptions{Delim: ';', Quote: '\''}, "'x;''y';1.5;-1\nNULL;;\n")
	f(EncodeOptions{Delim: '.'}, "x;'y.\"1.5\".-1\nNULL..\n")
	f(EncodeOptions{Null: "NULL"}, "x;'y,1.5,-1\n\"NULL\",NULL,NULL\n")
	f(EncodeOptions{Escape: '\''}, "\"x;''y\",1.5,-1\nNULL,,\n")
	f(EncodeOptions{Null: "-1"}, "x;'y,1.5,\"-1\"\nNULL,-1,-1\n")
}

// FuzzEncode reads fields back with the standard library.
func FuzzEncode(f *testing.F) {
	f.Add("a,b", "")
	f.Add("\"", "12345678\n")
	f.Fuzz(func(t *testing.T, x, y string) {
		s := vtest.Schema("x", ir.TVarchar, "y", ir.TVarchar)
		line := string(NewEncoder(s, EncodeOptions{}).Append(nil, vtest.Batch(s, vtest.Row{x, y})))
		got, err := stdcsv.NewReader(strings.NewReader(line)).Read()
		norm := func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") } // as that reader does
		if err != nil || got[0] != norm(x) || got[1] != norm(y) {
			t.Fatalf("%q %q -> %q -> %q, %v", x, y, line, got, err)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	s := vtest.Schema("auction", ir.TBigInt, "bidder", ir.TBigInt, "price", ir.TBigInt, "channel", ir.TVarchar,
		"url", ir.TVarchar, "date_time", ir.TTimestamp, "rate", ir.TDouble)
	var rows []vtest.Row
	for i := range 4096 {
		rows = append(rows, vtest.Row{1000 + i, 2000 + i*7, i * 13, fmt.Sprint("channel-", i%100),
			"https://www.nexmark.com/item.htm?query=1&channel_id=12345", int64(1700000000_000000 + i*1000), float64(i) / 100})
	}
	batch := vtest.Batch(s, rows...)
	e := NewEncoder(s, EncodeOptions{})
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = e.Append(buf[:0], batch)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/4096, "ns/row")
	b.SetBytes(int64(len(buf)))
}
