//go:build unix

package file

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// BenchmarkSource reads a file of bids from the page cache: reading, finding
// records and decoding five of seven fields, in one goroutine.
func BenchmarkSource(b *testing.B) {
	dir := b.TempDir()
	var text strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&text, `{"auction":%d,"bidder":%d,"price":%d,"channel":"channel-%d","url":"https://www.nexmark.com/abcdefghij/item.htm?query=1&channel_id=%d","dateTime":"2026-01-01 00:00:%02d.%03d","extra":"%s"}`+"\n",
			1000+i, i*7919%100_000, i*104729%100_000_000, i%10_000, i, i/10_000, i/10%1000, strings.Repeat("x", 40+i%60))
	}
	write(b, filepath.Join(dir, "bids.ndjson"), text.String())
	table := tableOf(dir, "bids.ndjson",
		ir.Column{Name: "auction", Type: ir.TBigInt}, ir.Column{Name: "bidder", Type: ir.TBigInt}, ir.Column{Name: "price", Type: ir.TBigInt},
		ir.Column{Name: "channel", Type: ir.TVarchar}, ir.Column{Name: "dateTime", Type: &ir.Type{Kind: ir.Timestamp, P: 3}})
	scan := &vexec.Scan{Table: table, Schema: table.Physical(), Cols: []int{0, 1, 2, 3, 4}, TimeCol: 4}
	for _, unit := range []int64{256 << 10, 512 << 10, 1 << 20, 4 << 20} {
		b.Run(fmt.Sprintf("unit%dK", unit>>10), func(b *testing.B) {
			b.SetBytes(int64(text.Len()))
			src, err := connector{limits: limits{unit: unit, record: 64 << 20}}.Source(table)
			if err != nil {
				b.Fatal(err)
			}
			from := cpuTime(b)
			for b.Loop() {
				if rows := countRows(b, src, scan); rows != 200_000 {
					b.Fatal(rows)
				}
			}
			used := cpuTime(b) - from
			b.ReportMetric(float64(text.Len())*float64(b.N)/used.Seconds()/1e6, "cpu-MB/s")
		})
	}
}

func countRows(b *testing.B, src vexec.Source, scan *vexec.Scan) (rows int) {
	ctx := context.Background()
	r, err := src.Open(ctx, scan, vexec.Split{ID: "bids.ndjson"}, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	d, err := r.NewDecoder()
	if err != nil {
		b.Fatal(err)
	}
	var batch vexec.Batch
	var bad vexec.BadRows
	for {
		u, err := r.Claim(ctx)
		if err == io.EOF {
			return rows
		}
		if err != nil {
			b.Fatal(err)
		}
		if _, err := d.Begin(ctx, u); err != nil {
			b.Fatal(err)
		}
		if err := d.Next(&batch, &bad); err != nil || len(bad.Rows) > 0 {
			b.Fatal(err, bad.Rows)
		}
		rows += batch.Rows
	}
}

// cpuTime is the processor time of the process: on a busy machine a fairer clock
// than the wall's.
func cpuTime(b testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
