//go:build unix

package ndjson

import (
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// BenchmarkNested measures a ROW and a list a line, whole, and a field of the ROW by its path.
func BenchmarkNested(b *testing.B) {
	var text strings.Builder
	for i, line := range strings.SplitAfter(strings.TrimSuffix(string(lines(4000, inOrder)), "\n"), "\n") {
		line = strings.TrimSuffix(line, "\n")
		if i%50 == 0 {
			text.WriteString(`{"event_type":0,"bid":null,"tags":[]}` + "\n")
			continue
		}
		text.WriteString(`{"event_type":2,"bid":` + line + `,"tags":["a","b",null]}` + "\n")
	}
	bid := &ir.Type{Kind: ir.Row}
	for _, c := range bidSchema.Cols {
		bid.Fields = append(bid.Fields, ir.Field{Name: c.Name, Type: c.Type})
	}
	tags := arrayOf(ir.TVarchar)
	for _, in := range []struct {
		name string
		asked
	}{
		{"row", asked{schema: vtest.Schema("event_type", ir.TBigInt, "bid", bid)}},
		{"row and list", asked{schema: vtest.Schema("bid", bid, "tags", tags)}},
		{"paths", asked{schema: vtest.Schema("price", ir.TBigInt, "dateTime", bidSchema.Cols[4].Type), paths: [][]string{{"bid", "price"}, {"bid", "dateTime"}}}},
	} {
		for _, strict := range []bool{false, true} {
			name := in.name
			if strict {
				name += "/strict"
			}
			b.Run(name, func(b *testing.B) {
				d := in.decoder(b, options{strict: strict})
				buf := append([]byte(text.String()), make([]byte, Padding)...)
				b.SetBytes(int64(text.Len()))
				var batch vexec.Batch
				var bad vexec.BadRows
				from := cpuTime(b)
				for b.Loop() {
					d.Decode(buf, text.Len(), 0)
					if err := d.Next(&batch, &bad); err != nil || len(bad.Rows) > 0 || batch.Rows != 4000 {
						b.Fatal(err, bad.Rows)
					}
				}
				b.ReportMetric(float64(text.Len())*float64(b.N)/(cpuTime(b)-from).Seconds()/1e6, "cpu-MB/s")
			})
		}
	}
}
