package run

import (
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// countSource is one split of rows with the keys 0, 1, 2 ..., a millisecond apart, in units.
// It does not end.
type countSource struct{ units, unit, at int }

func (s *countSource) Splits(context.Context) ([]vexec.Split, error) {
	return []vexec.Split{{ID: "only"}}, nil
}
func (s *countSource) Bounded() bool { return false }

func (s *countSource) Open(_ context.Context, scan *vexec.Scan, _ vexec.Split, _ vexec.Position) (vexec.SplitReader, error) {
	return &countReader{s, scan}, nil
}

type countReader struct {
	*countSource
	scan *vexec.Scan
}

func (r *countReader) Claim(context.Context) (vexec.Unit, error) {
	if r.at == r.units {
		return vexec.Unit{}, vexec.ErrNothingYet
	}
	r.at++
	return vexec.Unit{Piece: (r.at - 1) * r.unit}, nil
}
func (r *countReader) Position() vexec.Position           { return vexec.Position(fmt.Sprint(r.at)) }
func (r *countReader) NewDecoder() (vexec.Decoder, error) { return &countDecoder{r: r}, nil }
func (r *countReader) Close() error                       { return nil }

type countDecoder struct {
	r     *countReader
	first int
	done  bool
}

func (d *countDecoder) Begin(_ context.Context, u vexec.Unit) (ir.Micros, error) {
	d.first, d.done = u.Piece.(int), false
	return ir.Micros(d.first+d.r.unit-1) * 1000, nil
}

func (d *countDecoder) Next(b *vexec.Batch, _ *vexec.BadRows) error {
	if d.done {
		return io.EOF
	}
	d.done = true
	b.Reset(countSchema)
	b.Rows = d.r.unit
	for c := range b.Cols {
		b.Cols[c].Reset(countSchema.Cols[c].Type, b.Rows)
		for i := range b.Rows {
			b.Cols[c].Int64s()[i] = int64(d.first+i) * []int64{1000, 1}[c]
		}
	}
	return nil
}

func (d *countDecoder) Close() error { return nil }

var countSchema = ir.NewSchema(ir.Column{Name: "ts", Type: ir.TTimestamp}, ir.Column{Name: "n", Type: ir.TBigInt})

type noSink struct{}

func (noSink) Open(context.Context, *vexec.SinkContext) error        { return nil }
func (noSink) Write(context.Context, *vexec.Batch) error             { return nil }
func (noSink) Prepare(context.Context, uint64, bool) ([]byte, error) { return nil, nil }
func (noSink) Commit(context.Context, uint64, []byte) error          { return nil }
func (noSink) Close() error                                          { return nil }
func (noSink) ExactlyOnce() bool                                     { return true }

// A million keys that never match, over an exchange to two tasks, while the other side has no
// row: what is kept levels off once that is idle, and rows come out without a pair.
func TestAJoinWithAnIdleSideLevelsOff(t *testing.T) {
	const units, unit, second = 500, 2000, 1_000_000
	sources := map[string]vexec.Source{"a": &countSource{units: units, unit: unit}, "b": &countSource{}}
	table := func(name string) *ir.Table {
		return &ir.Table{Name: name, Options: map[string]string{"idle.timeout": "1s"}, Cols: []ir.TableColumn{{Column: countSchema.Cols[0]}, {Column: countSchema.Cols[1]}}}
	}
	scan := func(id int, name string) *ir.Stage {
		return &ir.Stage{ID: id, Tasks: 2, Out: countSchema, Scan: &ir.PhysScan{Table: table(name), Cols: []int{0, 1}, Out: countSchema}}
	}
	op := &ir.JoinOp{Kind: ir.IntervalJoin, Type: ir.LeftJoin, Left: countSchema, Right: countSchema, LeftKeys: []int{1}, RightKeys: []int{1},
		Time: &ir.TimeBound{Lo: -10 * second, Hi: 10 * second}, Cols: []int{0, 1, 3}, Times: []int{0}, Label: "join"}
	op.Out = ir.PairSchema(op.Type, countSchema, countSchema).Select(op.Cols)
	join := &ir.Stage{ID: 2, Tasks: 2, Ops: []ir.PhysOp{op}, Out: op.Out, In: []ir.Input{{From: 0, Mode: ir.Hash, Keys: []int{1}}, {From: 1, Mode: ir.Hash, Keys: []int{1}, Port: 1}}}
	p := &ir.Plan{Stages: []*ir.Stage{scan(0, "a"), scan(1, "b"), join, sinkStage(3, 2, ir.Gather, op.Out)}}
	w := newWorld(nil)
	clock := &simClock{}
	w.cfg.Clock = clock
	w.cfg.Source = func(t *ir.Table) (vexec.Source, error) { return sources[t.Name], nil }
	w.cfg.Sink = func(*ir.PhysSink) (vexec.Sink, error) { return noSink{}, nil }
	j, err := newJob(context.Background(), p, w.cfg, true)
	if err != nil {
		t.Fatal(err)
	}
	var links []*link
	for _, x := range j.tasks {
		if x.stage.Plan == join {
			links = append(links, &x.links[1])
		}
	}
	held := func() (bytes, out int64) {
		for _, l := range links {
			bytes, out = bytes+l.mem.Used(), out+l.count.out
		}
		return bytes, out
	}
	a := sources["a"].(*countSource)
	most := int64(0)
	runUntil(t, j, clock, second/20, func() bool { // b is idle after about 40 units
		if bytes, _ := held(); a.at > 100 {
			most = max(most, bytes)
		}
		_, out := held()
		return a.at == units && out == units*unit-10_001 // the last ten seconds may still get a pair
	})
	if most > 8<<20 {
		t.Errorf("%d bytes are held of %d rows, of which 10,000 may get a pair", most, units*unit)
	}
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
}
