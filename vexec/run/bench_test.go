package run

import (
	"context"
	"io"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// benchSource hands out units of one ready batch: what is left is the engine's own
// work for a unit.
type benchSource struct {
	rows  *vexec.Batch
	units int
}

func (s *benchSource) Bounded() bool { return true }
func (s *benchSource) Splits(context.Context) ([]vexec.Split, error) {
	return []vexec.Split{{ID: "b"}}, nil
}
func (s *benchSource) Open(context.Context, *vexec.Scan, vexec.Split, vexec.Position) (vexec.SplitReader, error) {
	return &benchReader{s: s, left: s.units}, nil
}

type benchReader struct {
	s    *benchSource
	left int
}

func (r *benchReader) Claim(context.Context) (vexec.Unit, error) {
	if r.left == 0 {
		return vexec.Unit{}, io.EOF
	}
	r.left--
	return vexec.Unit{}, nil
}
func (r *benchReader) Position() vexec.Position           { return nil }
func (r *benchReader) NewDecoder() (vexec.Decoder, error) { return &benchDecoder{s: r.s}, nil }
func (r *benchReader) Close() error                       { return nil }

type benchDecoder struct {
	s    *benchSource
	done bool
}

func (d *benchDecoder) Begin(context.Context, vexec.Unit) (ir.Micros, error) {
	d.done = false
	return ir.Micros(d.s.rows.Rows * 10), nil
}
func (d *benchDecoder) Next(b *vexec.Batch, _ *vexec.BadRows) error {
	if d.done {
		return io.EOF
	}
	d.done = true
	b.Rows = d.s.rows.Rows
	copy(b.Cols, d.s.rows.Cols)
	return nil
}
func (d *benchDecoder) Close() error { return nil }

// passOp keeps every fourth row of a batch, at no cost to speak of.
type passOp struct{ ir.FilterOp }

func (o *passOp) Name() string          { return "Filter" }
func (o *passOp) OutSchema() *ir.Schema { return rowSchema }

type pass struct {
	keep
	sel []int32
}

func (p *pass) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	if p.sel == nil {
		for i := 0; i < b.Rows; i += 4 {
			p.sel = append(p.sel, int32(i))
		}
	}
	kept := *b
	kept.Sel = p.sel
	return out.Emit(&kept)
}

// nullSink drops rows.
type nullSink struct{ mediumSink }

func (s *nullSink) Write(context.Context, *vexec.Batch) error { return nil }

// BenchmarkPipeline is scan, filter, gather and sink over units of 4096 rows.
func BenchmarkPipeline(b *testing.B) {
	for _, mode := range []ir.Exchange{ir.Gather, ir.GatherOrdered} {
		for _, tasks := range []int{1, 2} {
			b.Run(string(mode)+" "+string(rune('0'+tasks)), func(b *testing.B) { benchPipeline(b, mode, tasks) })
		}
	}
}

func benchPipeline(b *testing.B, mode ir.Exchange, tasks int) {
	rows := make([]row, 4096)
	for i := range rows {
		ts := int64(i * 10)
		rows[i] = row{ts: &ts, key: "short key", n: int64(i)}
	}
	src := &benchSource{rows: &vexec.Batch{}, units: b.N}
	fillRows(src.rows, rows)
	cfg := Config{
		Source: func(*ir.Table) (vexec.Source, error) { return src, nil },
		Sink: func(*ir.PhysSink) (vexec.Sink, error) {
			return &nullSink{mediumSink{m: newMedium()}}, nil
		},
		operator: func(op ir.PhysOp, in *ir.Schema) (vexec.Operator, error) {
			if _, ok := op.(*passOp); ok {
				return &pass{}, nil
			}
			return testOperator(op, in)
		},
	}
	b.ReportAllocs()
	b.ResetTimer()
	s, err := Run(context.Background(), passPlan(testTable(), tasks, 0, 1_000_000, false, mode, &passOp{}), cfg)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N), "ns/unit")
	if got := s.Stages[0].Ops[0].RowsOut; got != int64(b.N)*1024 {
		b.Fatalf("%d rows", got)
	}
}
