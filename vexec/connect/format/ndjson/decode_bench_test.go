//go:build unix

package ndjson

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// bidSchema is what the benchmarks ask for: five of the seven fields of a bid.
var bidSchema = ir.NewSchema(
	ir.Column{Name: "auction", Type: ir.TBigInt},
	ir.Column{Name: "bidder", Type: ir.TBigInt},
	ir.Column{Name: "price", Type: ir.TBigInt},
	ir.Column{Name: "channel", Type: ir.TVarchar},
	ir.Column{Name: "dateTime", Type: &ir.Type{Kind: ir.Timestamp, P: 3}},
)

// bid is one bid's fields as JSON texts, in the usual order.
func bid(r *rand.Rand, i int, quirk string) []string {
	letters := func(n int) string {
		b := make([]byte, n)
		for k := range b {
			b[k] = byte('a' + r.IntN(26))
		}
		return string(b)
	}
	channel := []string{"Google", "Facebook", "Baidu", "Apple", "channel-" + fmt.Sprint(r.IntN(10000))}[r.IntN(5)]
	ms := i / 10
	return []string{
		fmt.Sprintf(`"auction":%d`, 1000+r.IntN(1_000_000)),
		fmt.Sprintf(`"bidder":%d`, 1000+r.IntN(100_000)),
		fmt.Sprintf(`"price":%d`, 100+r.IntN(100_000_000)),
		fmt.Sprintf(`"channel":"%s%s"`, channel, quirk),
		fmt.Sprintf(`"url":"https://www.nexmark.com/%s/item.htm?query=1&channel_id=%d"`, letters(10+r.IntN(10)), r.IntN(1<<30)),
		fmt.Sprintf(`"dateTime":"2026-01-01 00:%02d:%02d.%03d"`, ms/60000%60, ms/1000%60, ms%1000),
		fmt.Sprintf(`"extra":"%s"`, letters(40+r.IntN(60))),
	}
}

func lines(n int, layout func(i int, fields []string) string) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for i := range n {
		b.WriteString(layout(i, bid(r, i, "")))
	}
	return []byte(b.String())
}

func inOrder(_ int, f []string) string { return "{" + strings.Join(f, ",") + "}\n" }

func BenchmarkDecode(b *testing.B) {
	shuffle := rand.New(rand.NewPCG(3, 4))
	inputs := []struct {
		name   string
		layout func(i int, f []string) string
	}{
		{"bids", inOrder},
		{"spaced", func(_ int, f []string) string {
			return strings.ReplaceAll("{"+strings.Join(f, ", ")+"}\n", `":`, `": `)
		}},
		{"alternating", func(i int, f []string) string {
			if i%2 == 0 {
				f[0], f[1], f[5], f[6] = f[6], f[5], f[1], f[0]
			}
			return inOrder(i, f)
		}},
		{"shuffled", func(i int, f []string) string {
			shuffle.Shuffle(len(f), func(a, b int) { f[a], f[b] = f[b], f[a] })
			return inOrder(i, f)
		}},
		{"escapes", func(i int, f []string) string {
			f[3] = strings.Replace(f[3], `":"`, `":"a\n\u00e9`, 1)
			f[6] = strings.Replace(f[6], `":"`, `":"\"x\" `, 1)
			return inOrder(i, f)
		}},
		{"utf8", func(i int, f []string) string {
			f[3] = strings.Replace(f[3], `":"`, `":"日本`, 1)
			f[6] = strings.Replace(f[6], `":"`, `":"Grüße aus Köln `, 1)
			return inOrder(i, f)
		}},
		{"nulls", func(i int, f []string) string {
			if i%3 == 0 {
				f[2] = `"price":null`
			}
			if i%5 == 0 {
				f = f[1:]
			}
			return inOrder(i, f)
		}},
	}
	for _, in := range inputs {
		for _, strict := range []bool{false, true} {
			name := in.name
			if strict {
				name += "/strict"
			}
			data := lines(4000, in.layout)
			b.Run(name, func(b *testing.B) { benchDecode(b, data, strict) })
		}
	}
}

func benchDecode(b *testing.B, data []byte, strict bool) {
	d, err := NewDecoder(&vexec.Scan{Schema: bidSchema, TimeCol: 4})
	if err != nil {
		b.Fatal(err)
	}
	d.strict = strict
	buf := append(data, make([]byte, Padding)...)
	b.SetBytes(int64(len(data)))
	var batch vexec.Batch
	var bad vexec.BadRows
	from := cpuTime(b)
	for b.Loop() {
		d.Decode(buf, len(data), 0)
		if err := d.Next(&batch, &bad); err != nil || len(bad.Rows) > 0 {
			b.Fatal(err, bad.Rows)
		}
	}
	if batch.Rows != 4000 {
		b.Fatalf("%d rows", batch.Rows)
	}
	used := cpuTime(b) - from
	b.ReportMetric(float64(used.Nanoseconds())/float64(b.N)/4000, "cpu-ns/row")
	b.ReportMetric(float64(len(data))*float64(b.N)/used.Seconds()/1e6, "cpu-MB/s")
}

// cpuTime is the processor time of the process: on a busy machine a fairer clock
// than the wall's.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
