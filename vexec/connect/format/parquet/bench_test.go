package parquet

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

var bidSchema = vtest.Schema("auction", ir.TBigInt, "bidder", ir.TBigInt, "price", ir.TBigInt, "channel", ir.TVarchar,
	"url", ir.TVarchar, "date_time", ir.TTimestamp)

func bids(n int) *vexec.Batch {
	rows := make([]vtest.Row, n)
	for i := range rows {
		h := int64(uint64(i) * 0x9E3779B97F4A7C15 >> 20)
		ch := h % 100
		rows[i] = vtest.Row{1000 + h%5000, 1000 + h%7919, 100 + h%100000, fmt.Sprint("channel-", ch),
			fmt.Sprintf("https://www.nexmark.com/item.htm?query=1&channel_id=%d", ch), 1700000000_000000 + int64(i)*100}
	}
	return vtest.Batch(bidSchema, rows...)
}

func bidFile(b *testing.B) (path string, rows int) {
	b.Helper()
	path = filepath.Join(b.TempDir(), "bids.parquet")
	batch := bids(10_000)
	var all []*vexec.Batch
	for range 24 {
		all = append(all, batch)
	}
	writeFile(b, path, "snappy", bidSchema, nil, all...)
	return path, 240_000
}

func benchRead(b *testing.B, cols ...string) {
	path, rows := bidFile(b)
	s := &ir.Schema{}
	for _, c := range cols {
		s.Cols = append(s.Cols, bidSchema.Cols[bidSchema.Index(c)])
	}
	ctx := context.Background()
	var batch vexec.Batch
	b.ReportAllocs()
	for b.Loop() {
		sr, err := Open(path, scanOf(s, -1, 0), vexec.Split{}, nil)
		if err != nil {
			b.Fatal(err)
		}
		d, _ := sr.NewDecoder()
		for {
			u, err := sr.Claim(ctx)
			if err == io.EOF {
				break
			}
			if _, err := d.Begin(ctx, u); err != nil {
				b.Fatal(err)
			}
			for d.Next(&batch, &vexec.BadRows{}) == nil {
			}
		}
		d.Close()
		sr.Close()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
}

func BenchmarkReadFourInts(b *testing.B) { benchRead(b, "auction", "bidder", "price", "date_time") }
func BenchmarkReadChannelAndThreeInts(b *testing.B) {
	benchRead(b, "auction", "price", "date_time", "channel")
}
func BenchmarkReadAll(b *testing.B) {
	benchRead(b, "auction", "bidder", "price", "channel", "url", "date_time")
}

// BenchmarkWrite writes four columns of whole numbers, and the same with text.
func BenchmarkWrite(b *testing.B) {
	all := bids(10_000)
	for _, cols := range [][]string{{"auction", "bidder", "price", "date_time"}, {"auction", "bidder", "price", "date_time", "channel"}} {
		batch := &vexec.Batch{Schema: &ir.Schema{}, Rows: all.Rows}
		for _, c := range cols {
			i := bidSchema.Index(c)
			batch.Schema.Cols = append(batch.Schema.Cols, bidSchema.Cols[i])
			batch.Cols = append(batch.Cols, all.Cols[i])
		}
		for _, codec := range []string{"zstd", "snappy", "none"} {
			b.Run(fmt.Sprintf("%d columns/%s", len(cols), codec), func(b *testing.B) { benchWrite(b, batch, codec) })
		}
	}
}

func benchWrite(b *testing.B, batch *vexec.Batch, codec string) {
	rows := 0
	w, err := NewWriter(io.Discard, batch.Schema, Options{Codec: codec}, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Write(batch); err != nil {
			b.Fatal(err)
		}
		rows += batch.Rows
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
}
