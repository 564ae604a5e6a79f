package memory

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

var ctx = context.Background()

var schema = vtest.Schema("id", ir.TBigInt, "s", ir.TVarchar, "ts", ir.TTimestamp)

func table(n int) (rows [][]ir.Value) {
	for i := range n {
		rows = append(rows, []ir.Value{i, fmt.Sprint("a text longer than a view ", i), int64((i * 7) % n)})
	}
	return rows
}

// read returns the ids of a split from a position, the greatest times of its units
// and the position after each.
func read(t *testing.T, src vexec.Source, split int, from vexec.Position) (ids []int64, times []ir.Micros, at []string) {
	t.Helper()
	scan := &vexec.Scan{Cols: []int{2, 0}, Schema: schema.Select([]int{2, 0}), TimeCol: 0}
	splits, err := src.Splits(ctx)
	if err != nil {
		t.Fatal(err)
	}
	sr, err := src.Open(ctx, scan, splits[split], from)
	if err != nil {
		t.Fatal(err)
	}
	defer sr.Close()
	d, _ := sr.NewDecoder()
	defer d.Close()
	for {
		u, err := sr.Claim(ctx)
		if err != nil {
			return ids, times, at
		}
		most, err := d.Begin(ctx, u)
		if err != nil {
			t.Fatal(err)
		}
		times, at = append(times, most), append(at, string(sr.Position()))
		var b vexec.Batch
		for d.Next(&b, nil) != io.EOF {
			if err := vtest.Check(&b); err != nil {
				t.Fatal(err)
			}
			for i := 0; i < b.Live(); i++ {
				ids = append(ids, b.Values(i)[1].(int64))
			}
		}
	}
}

func TestSourceCutsRows(t *testing.T) {
	for _, cut := range []Cut{{}, {UnitRows: 3}, {UnitRows: 4, BatchRows: 3}, {Splits: 3, UnitRows: 2}, {Splits: 12}} {
		src, err := FromRows(schema, table(10), cut)
		if err != nil {
			t.Fatal(err)
		}
		var ids []int64
		for s := range max(cut.Splits, 1) {
			part, _, _ := read(t, src, s, nil)
			ids = append(ids, part...)
		}
		if !reflect.DeepEqual(ids, []int64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}) {
			t.Errorf("%+v: %v", cut, ids)
		}
	}
	src, _ := FromRows(schema, table(10), Cut{UnitRows: 4, BatchRows: 2})
	_, times, at := read(t, src, 0, nil)
	if !reflect.DeepEqual(times, []ir.Micros{7, 9, 6}) || !reflect.DeepEqual(at, []string{"1", "2", "3"}) {
		t.Errorf("times %v, positions %v", times, at)
	}
	ids, _, _ := read(t, src, 0, vexec.Position("2"))
	if !reflect.DeepEqual(ids, []int64{8, 9}) {
		t.Errorf("from unit 2: %v", ids)
	}
}

func TestLiveSource(t *testing.T) {
	src := NewLive()
	sr, _ := src.Open(ctx, &vexec.Scan{Schema: schema, Cols: []int{0, 1, 2}, TimeCol: -1}, vexec.Split{ID: "0"}, nil)
	if _, err := sr.Claim(ctx); !errors.Is(err, vexec.ErrNothingYet) || src.Bounded() {
		t.Errorf("empty: %v", err)
	}
	b, _ := NewBatch(schema, table(2))
	src.Add(b)
	if _, err := sr.Claim(ctx); err != nil {
		t.Error(err)
	}
	src.End()
	if _, err := sr.Claim(ctx); err != io.EOF {
		t.Errorf("ended: %v", err)
	}
}

func TestSourceErrors(t *testing.T) {
	if _, err := NewSource().Splits(ctx); err == nil {
		t.Error("no splits")
	}
	b, _ := NewBatch(schema, table(2))
	src := NewSource([]*vexec.Batch{b})
	for _, bad := range []struct{ split, pos string }{{"1", "0"}, {"x", "0"}, {"0", "x"}, {"0", "-1"}} {
		if _, err := src.Open(ctx, nil, vexec.Split{ID: bad.split}, vexec.Position(bad.pos)); err == nil {
			t.Errorf("%v", bad)
		}
	}
	sr, _ := src.Open(ctx, &vexec.Scan{Schema: vtest.Schema("id", ir.TVarchar), Cols: []int{0}, TimeCol: -1}, vexec.Split{ID: "0"}, nil)
	d, _ := sr.NewDecoder()
	u, _ := sr.Claim(ctx)
	if _, err := d.Begin(ctx, u); err == nil || !strings.Contains(err.Error(), "column id: the table in memory holds BIGINT, the mapping declares VARCHAR") {
		t.Error(err)
	}
}

func TestNewBatch(t *testing.T) {
	row := &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "a", Type: ir.TBigInt}, {Name: "b", Type: ir.TVarchar}}}
	types := []*ir.Type{ir.TBoolean, ir.TTinyInt, ir.TSmallInt, ir.TInteger, ir.TBigInt, ir.TReal, ir.TDouble, ir.TDecimal(9, 2), ir.TVarchar,
		ir.TVarbinary, ir.TDate, row, {Kind: ir.Array, Elem: ir.TVarchar}, {Kind: ir.Map, Key: ir.TVarchar, Elem: ir.TBigInt}}
	vals := []ir.Value{true, int64(-1), int64(300), int64(1 << 20), int64(1 << 40), 0.5, 0.1, ir.DecFromInt64(150), "a text longer than a view",
		[]byte{1, 2}, int64(19000), []ir.Value{int64(1), nil}, []ir.Value{"x", nil}, []ir.MapEntry{{Key: "k", Val: int64(1)}}}
	s := &ir.Schema{}
	nulls := make([]ir.Value, len(types))
	for i, typ := range types {
		s.Cols = append(s.Cols, ir.Column{Name: fmt.Sprint("c", i), Type: typ})
	}
	b, err := NewBatch(s, [][]ir.Value{vals, nulls, vals})
	if err != nil {
		t.Fatal(err)
	}
	if err := vtest.Check(b); err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]ir.Value{vals, nulls, vals} {
		if got := b.Values(i); !reflect.DeepEqual(got, want) {
			t.Errorf("row %d: %v, want %v", i, got, want)
		}
	}
	bad := func(typ *ir.Type, v ir.Value) {
		t.Helper()
		if _, err := NewBatch(vtest.Schema("c", typ), [][]ir.Value{{v}}); err == nil || !strings.Contains(err.Error(), "column c") {
			t.Errorf("%v as %s: %v", v, typ, err)
		}
	}
	bad(ir.TTinyInt, 300)
	bad(ir.TBigInt, "x")
	bad(ir.TVarchar, 1)
	bad(ir.TBoolean, 1)
	bad(ir.TDouble, "x")
	bad(ir.TDecimal(3, 0), 1)
	bad(row, []ir.Value{1})
	bad(&ir.Type{Kind: ir.Array, Elem: ir.TBigInt}, []ir.Value{"x"})
	bad(&ir.Type{Kind: ir.Map, Key: ir.TBigInt, Elem: ir.TBigInt}, []ir.Value{})
	if _, err := NewBatch(schema, [][]ir.Value{{1}}); err == nil {
		t.Error("a row that is too short")
	}
}

func TestSinkIsTransactional(t *testing.T) {
	store := &Store{}
	s := vtest.Schema("id", ir.TBigInt)
	open := func(epoch uint64) vexec.Sink {
		sink := store.Sink()
		if err := sink.Open(ctx, &vexec.SinkContext{Schema: s, Run: "r", Epoch: epoch}); err != nil {
			t.Fatal(err)
		}
		return sink
	}
	write := func(sink vexec.Sink, id int) {
		_ = sink.Write(ctx, vtest.BatchAs(s, vtest.Shape{Dead: true}, vtest.Row{id}))
	}
	want := func(step string, ids ...int64) {
		t.Helper()
		got := []int64{}
		for _, v := range store.Values() {
			got = append(got, v[0].(int64))
		}
		if fmt.Sprint(got) != fmt.Sprint(ids) {
			t.Errorf("%s: %v, want %v", step, got, ids)
		}
	}
	a := open(0)
	write(a, 1)
	want("written")
	tok, _ := a.Prepare(ctx, 1, false)
	want("prepared")
	_ = a.Commit(ctx, 1, tok)
	_ = a.Commit(ctx, 1, tok)
	want("committed twice", 1)
	write(a, 2)
	_, _ = a.Prepare(ctx, 2, false)
	write(a, 3)
	_, _ = a.Prepare(ctx, 3, false) // and here the process ends
	b := open(2)
	want("restored", 1, 2)
	write(b, 4)
	tok, err := b.Prepare(ctx, 3, true)
	if err != nil {
		t.Fatal(err)
	}
	_ = b.Commit(ctx, 3, tok)
	want("ended", 1, 2, 4)
	if _, err := b.Prepare(ctx, 3, true); err != nil {
		t.Errorf("an epoch without rows: %v", err)
	}
	write(b, 5)
	if _, err := b.Prepare(ctx, 3, true); err == nil {
		t.Error("one epoch twice")
	}
	c := open(0)
	want("a fresh start removes the run's rows")
	_ = c.Close()
}

func TestConnector(t *testing.T) {
	c := New()
	tab := &ir.Table{Name: "t"}
	if _, err := c.Source(tab); err == nil {
		t.Error("no table")
	}
	c.Put("t", NewLive())
	if _, err := c.Source(tab); err != nil {
		t.Error(err)
	}
	if _, err := c.Infer(ctx, tab); err == nil {
		t.Error("columns out of nothing")
	}
	sink, err := c.Sink(tab)
	if err != nil || !sink.ExactlyOnce() || c.Check(tab, true) != nil {
		t.Error(err)
	}
	_ = sink.Open(ctx, &vexec.SinkContext{})
	_ = sink.Write(ctx, vtest.Batch(schema, vtest.Row{1, "x", nil}))
	_, _ = sink.Prepare(ctx, 1, true)
	_ = sink.Commit(ctx, 1, nil)
	if rows := c.Store("t").Rows(); len(rows) != 1 || rows[0].Kind != vexec.Insert {
		t.Errorf("%v", rows)
	}
}
