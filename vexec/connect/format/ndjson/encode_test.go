package ndjson

import (
	"fmt"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

func TestEncode(t *testing.T) {
	s := vtest.Schema("id", ir.TBigInt, `na"me`, ir.TVarchar, "ts", ir.TTimestamp, "f", ir.TDouble)
	rows := []vtest.Row{{1, "x", "2024-01-02 03:04:05", 0.5}, {nil, nil, nil, nil}, {3, "a\nb", "2024-01-02 03:04:05.25", 1e300}}
	want := `{"id":1,"na\"me":"x","ts":"2024-01-02 03:04:05","f":0.5}
{"id":null,"na\"me":null,"ts":null,"f":null}
{"id":3,"na\"me":"a\nb","ts":"2024-01-02 03:04:05.250000","f":1e+300}
`
	for _, shape := range vtest.Shapes {
		if got := string(NewEncoder(s).Append(nil, vtest.BatchAs(s, shape, rows...))); got != want {
			t.Errorf("%s:\n%s", shape, got)
		}
	}
	if got := string(NewEncoder(&ir.Schema{}).Append(nil, &vexec.Batch{Rows: 2})); got != "{}\n{}\n" {
		t.Errorf("no columns: %s", got)
	}
}

// BenchmarkEncode prints bids of seven fields.
func BenchmarkEncode(b *testing.B) {
	s := vtest.Schema("auction", ir.TBigInt, "bidder", ir.TBigInt, "price", ir.TBigInt, "channel", ir.TVarchar,
		"url", ir.TVarchar, "date_time", ir.TTimestamp, "rate", ir.TDouble)
	var rows []vtest.Row
	for i := range 4096 {
		rows = append(rows, vtest.Row{1000 + i, 2000 + i*7, i * 13, fmt.Sprint("channel-", i%100),
			"https://www.nexmark.com/item.htm?query=1&channel_id=12345", int64(1700000000_000000 + i*1000), float64(i) / 100})
	}
	batch := vtest.Batch(s, rows...)
	e := NewEncoder(s)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = e.Append(buf[:0], batch)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/4096, "ns/row")
	b.SetBytes(int64(len(buf)))
}
