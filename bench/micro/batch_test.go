// Package micro holds the measurements behind docs/rfc: what a batch, a string
// column and a state table cost in each of the forms that were considered.
package micro

import (
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

const rows = 8192

func perRow(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
}

// text is a message buffer with one string a row, and where each stands.
func text(length int) (buf []byte, offs []int) {
	for i := range rows {
		offs = append(offs, len(buf))
		s := fmt.Sprintf("%0*d", length, i%997)
		buf = append(buf, s...)
		buf = append(buf, `","next":12345,`...)
	}
	return buf, offs
}

// BenchmarkStringForm decodes a string column out of a message buffer, filters half
// of it and compares the rest with a constant: once for each form a column could have.
func BenchmarkStringForm(b *testing.B) {
	for _, length := range []int{8, 40} {
		buf, offs := text(length)
		sel := make([]int32, 0, rows)
		for i := 0; i < rows; i += 2 {
			sel = append(sel, int32(i))
		}
		want := fmt.Sprintf("%0*d", length, 8)
		b.Run(fmt.Sprintf("views/%dB", length), func(b *testing.B) { stringViews(b, buf, offs, length, sel, want) })
		b.Run(fmt.Sprintf("offsets/%dB", length), func(b *testing.B) { stringOffsets(b, buf, offs, length, sel, want) })
		b.Run(fmt.Sprintf("gostrings/%dB", length), func(b *testing.B) { goStrings(b, buf, offs, length, sel, want) })
	}
}

var hits int

func stringViews(b *testing.B, buf []byte, offs []int, length int, sel []int32, want string) {
	views := make([]kernels.View, rows)
	bufs := [][]byte{buf}
	w := kernels.MakeView([]byte(want), 0, 0)
	wbufs := [][]byte{[]byte(want)}
	for b.Loop() {
		for i, o := range offs {
			views[i] = kernels.MakeView(buf[o:o+length], 0, int32(o))
		}
		for _, i := range sel { // the filter moves nothing
			if kernels.EqualViews(&views[i], &w, bufs, wbufs) {
				hits++
			}
		}
	}
	perRow(b, rows)
}

func stringOffsets(b *testing.B, buf []byte, offs []int, length int, sel []int32, want string) {
	data := make([]byte, 0, rows*length)
	ends := make([]int32, rows+1)
	kept := make([]byte, 0, rows*length)
	keptEnds := make([]int32, 0, rows+1)
	for b.Loop() {
		data = data[:0]
		for i, o := range offs {
			data = append(data, buf[o:o+length]...)
			ends[i+1] = int32(len(data))
		}
		kept, keptEnds = kept[:0], append(keptEnds[:0], 0)
		for _, i := range sel {
			kept = append(kept, data[ends[i]:ends[i+1]]...)
			keptEnds = append(keptEnds, int32(len(kept)))
		}
		for i := range sel {
			if string(kept[keptEnds[i]:keptEnds[i+1]]) == want {
				hits++
			}
		}
	}
	perRow(b, rows)
}

func goStrings(b *testing.B, buf []byte, offs []int, length int, sel []int32, want string) {
	for b.Loop() {
		col := make([]string, rows) // pointers: the collector scans them
		for i, o := range offs {
			col[i] = string(buf[o : o+length])
		}
		for _, i := range sel {
			if col[i] == want {
				hits++
			}
		}
	}
	perRow(b, rows)
}

// BenchmarkFilterForm narrows a batch of four int64 columns and sums two of them:
// through a selection vector, and by copying the rows that stay.
func BenchmarkFilterForm(b *testing.B) {
	cols := [4][]int64{}
	for c := range cols {
		cols[c] = make([]int64, rows)
		for i := range cols[c] {
			cols[c][i] = int64(i * 7919 % 1000)
		}
	}
	for _, percent := range []int64{1, 50, 99} {
		b.Run(fmt.Sprintf("selection/%d%%", percent), func(b *testing.B) {
			sel := make([]int32, 0, rows)
			for b.Loop() {
				sel = selectLess(cols[0], percent*10, sel[:0])
				sum += sumSel(cols[1], sel) + sumSel(cols[2], sel)
			}
			perRow(b, rows)
		})
		b.Run(fmt.Sprintf("copy/%d%%", percent), func(b *testing.B) {
			sel := make([]int32, 0, rows)
			out := [4][]int64{}
			for b.Loop() {
				sel = selectLess(cols[0], percent*10, sel[:0])
				for c := range cols {
					out[c] = out[c][:0]
					for _, i := range sel {
						out[c] = append(out[c], cols[c][i])
					}
				}
				sum += sumAll(out[1]) + sumAll(out[2])
			}
			perRow(b, rows)
		})
	}
}

var sum int64

func selectLess(v []int64, x int64, sel []int32) []int32 {
	sel = sel[:len(v)]
	n := 0
	for i, y := range v {
		sel[n] = int32(i)
		if y < x {
			n++
		}
	}
	return sel[:n]
}

func sumSel(v []int64, sel []int32) (s int64) {
	for _, i := range sel {
		s += v[i]
	}
	return s
}

func sumAll(v []int64) (s int64) {
	for _, x := range v {
		s += x
	}
	return s
}

// BenchmarkBatchForm hands a batch of eight columns on to a next operator: as plain
// slices lent down the chain, and as an Arrow record made and released.
func BenchmarkBatchForm(b *testing.B) {
	s := &ir.Schema{}
	vecs := []vexec.Vec{}
	fields := []arrow.Field{}
	for c := range 8 {
		s.Cols = append(s.Cols, ir.Column{Name: fmt.Sprint("c", c), Type: ir.TBigInt})
		vecs = append(vecs, vexec.NewVec(ir.TBigInt, rows))
		fields = append(fields, arrow.Field{Name: fmt.Sprint("c", c), Type: arrow.PrimitiveTypes.Int64})
	}
	b.Run("slices", func(b *testing.B) {
		b.ReportAllocs()
		batch := &vexec.Batch{}
		for b.Loop() {
			batch.Reset(s)
			copy(batch.Cols, vecs)
			batch.Rows = rows
			sum += int64(batch.Live())
		}
	})
	b.Run("record", func(b *testing.B) {
		b.ReportAllocs()
		as := arrow.NewSchema(fields, nil)
		for b.Loop() {
			cols := make([]arrow.Array, 8)
			for c := range cols {
				d := array.NewData(arrow.PrimitiveTypes.Int64, rows, []*memory.Buffer{nil, memory.NewBufferBytes(vecs[c].Data)}, nil, 0, 0)
				cols[c] = array.MakeFromData(d)
				d.Release()
			}
			rec := array.NewRecord(as, cols, rows)
			for _, c := range cols {
				c.Release()
			}
			sum += rec.NumRows()
			rec.Release()
		}
	})
}

// BenchmarkBatchRows runs filter, projection and sum over batches of different sizes:
// small ones pay the calls, large ones leave the second-level cache.
func BenchmarkBatchRows(b *testing.B) {
	const total = 1 << 20
	in := make([]int64, total)
	for i := range in {
		in[i] = int64(i * 7919 % 1000)
	}
	for _, size := range []int{64, 256, 1024, 4096, 16384, 65536, 262144} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			sel, t1, t2 := make([]int32, 0, size), make([]int64, size), make([]int64, size)
			for b.Loop() {
				for at := 0; at < total; at += size {
					v := in[at : at+size]
					sel = selectLess(v, 500, sel[:0])
					for _, i := range sel {
						t1[i] = v[i] * 908
					}
					for _, i := range sel {
						t2[i] = t1[i] + v[i]
					}
					sum += sumSel(t2, sel)
				}
			}
			perRow(b, total)
		})
	}
}

// BenchmarkQueueForm puts what a filter left of a batch into a queue: as a compact
// copy, which frees the source, or by keeping the whole batch alive.
func BenchmarkQueueForm(b *testing.B) {
	s := ir.NewSchema(ir.Column{Name: "a", Type: ir.TBigInt}, ir.Column{Name: "b", Type: ir.TBigInt}, ir.Column{Name: "s", Type: ir.TVarchar})
	src := &vexec.Batch{Schema: s, Rows: rows, Cols: []vexec.Vec{vexec.NewVec(ir.TBigInt, rows), vexec.NewVec(ir.TBigInt, rows), vexec.NewVec(ir.TVarchar, rows)}}
	for i := range rows {
		src.Cols[2].Views()[i] = kernels.InlineView([]byte("channel-12"))
	}
	for _, percent := range []int{1, 50, 100} {
		src.Sel = src.Sel[:0]
		for i := range rows {
			if i*7919%100 < percent {
				src.Sel = append(src.Sel, int32(i))
			}
		}
		b.Run(fmt.Sprintf("compact/%d%%", percent), func(b *testing.B) {
			dst := &vexec.Batch{}
			for b.Loop() {
				vexec.Compact(dst, src)
			}
			perRow(b, rows)
			b.ReportMetric(float64(dst.MemSize())/float64(rows), "B/row-held")
		})
	}
}
