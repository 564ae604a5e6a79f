package ops

import (
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// nothing is an Emitter that takes rows and counts them.
type nothing struct{ rows, most int }

func (n *nothing) Emit(b *vexec.Batch) error {
	n.rows += b.Live()
	n.most = max(n.most, b.Live())
	return nil
}
func (n *nothing) Reject(*vexec.Batch, []vexec.RowFate) error { return nil }

// openJoin is an operator with its memory, and with state that is sealed.
func openJoin(t testing.TB, o *ir.JoinOp, clock vexec.Clock) (*Join, *vexec.Account) {
	t.Helper()
	op, err := NewJoin(o)
	if err != nil {
		t.Fatal(err)
	}
	mem := vexec.NewBudget(0).Account("test")
	state := vtest.NewState(op.(vexec.Stateful).Tables())
	if err := op.Open(&vexec.OpContext{Tasks: 1, MaxRows: 1024, Clock: clock, State: state, Memory: mem}); err != nil {
		t.Fatal(err)
	}
	return op.(*Join), mem
}

var joinNumbers = vtest.Schema("k", ir.TBigInt, "n", ir.TBigInt, "ts", ir.TTimestamp)

// numbersJoin joins rows of joinNumbers by k.
func numbersJoin(kind ir.JoinKind, typ ir.JoinType) *ir.JoinOp {
	o := &ir.JoinOp{Kind: kind, Type: typ, Left: joinNumbers, Right: joinNumbers, LeftKeys: []int{0}, RightKeys: []int{0}, Cols: []int{0, 1, 2, 4, 5}}
	if typ.LeftOnly() {
		o.Cols = []int{0, 1, 2}
	}
	if kind == ir.IntervalJoin {
		o.Time, o.Times = &ir.TimeBound{Left: 2, Right: 2, Lo: -10_000_000, Hi: 10_000_000}, []int{2}
	}
	o.Out = ir.PairSchema(typ, joinNumbers, joinNumbers).Select(o.Cols)
	return o
}

// numbersBatch is n rows with keys key(i), a second for each hundred rows from row first on.
func numbersBatch(first, n int, key func(i int) int64) *vexec.Batch {
	b := &vexec.Batch{}
	b.Reset(joinNumbers)
	b.Rows = n
	for c := range b.Cols {
		b.Cols[c].Reset(joinNumbers.Cols[c].Type, n)
	}
	for i := range n {
		b.Cols[0].Int64s()[i], b.Cols[1].Int64s()[i], b.Cols[2].Int64s()[i] = key(first+i), int64(first+i), int64(first+i)*10_000
	}
	return b
}

// A million keys that never match: what is kept levels off, whether both sides have rows, one
// is idle, or has ended. Checkpoints and their segments do, too.
func TestJoinLevelsOff(t *testing.T) {
	const each = 1000
	for _, typ := range []ir.JoinType{ir.InnerJoin, ir.FullJoin, ir.AntiJoin} {
		rows := 200_000
		if typ == ir.FullJoin {
			rows = vtest.Seeds(1_000_000)
		}
		for _, c := range []struct {
			name string
			most int64
		}{{"both", 2 << 20}, {"idle", 2 << 20}, {"ended", 600 << 10}} {
			j, mem := openJoin(t, numbersJoin(ir.IntervalJoin, typ), &vtest.Clock{})
			out := &nothing{}
			if c.name == "ended" {
				if err := j.FinishPort(1, out); err != nil {
					t.Fatal(err)
				}
			}
			early, late := int64(0), int64(0)
			for at := 0; at < rows; at += each {
				side := 0
				if c.name == "both" {
					side = at / each % 2
				}
				if err := j.Push(side, numbersBatch(at, each, func(i int) int64 { return int64(i) * 7 }), out); err != nil {
					t.Fatal(err)
				}
				if _, err := j.Advance(ir.Micros(at)*10_000, out); err != nil {
					t.Fatal(err)
				}
				if at%(10*each) == 0 {
					if err := j.Seal(1); err != nil {
						t.Fatal(err)
					}
				}
				if at < rows/4 {
					early = max(early, mem.Used())
				} else {
					late = max(late, mem.Used())
				}
			}
			if late > c.most || late > early+early/4 {
				t.Errorf("%s, %s: %d bytes in the first quarter, up to %d later", typ, c.name, early, late)
			}
			for side := range j.sides {
				if k := &j.sides[side].keep; len(k.rows.parts) > 40 || len(k.notes.parts) > 40 || k.rows.rows+k.notes.rows > 60_000 {
					t.Errorf("%s, %s: the checkpoint has %d and %d segments of %d and %d rows", typ, c.name, len(k.rows.parts), len(k.notes.parts), k.rows.rows, k.notes.rows)
				}
			}
			if _, err := j.Advance(ir.MaxMicros, out); err != nil {
				t.Fatal(err)
			}
			if err := j.Finish(out); err != nil {
				t.Fatal(err)
			}
			want := rows
			switch {
			case typ == ir.InnerJoin:
				want = 0
			case typ == ir.AntiJoin && c.name == "both":
				want = rows / 2
			}
			if out.rows != want {
				t.Errorf("%s, %s: %d rows, want %d", typ, c.name, out.rows, want)
			}
			if err := j.Close(); err != nil || mem.Used() != 0 {
				t.Errorf("%s, %s: %d bytes are still held, %v", typ, c.name, mem.Used(), err)
			}
		}
	}
}

// A key of many rows on both sides streams out: no batch is larger than it may be.
func TestJoinOfOneKey(t *testing.T) {
	j, _ := openJoin(t, numbersJoin(ir.RegularJoin, ir.InnerJoin), &vtest.Clock{})
	out := &nothing{}
	one := func(int) int64 { return 1 }
	few := vtest.Seeds(2) * 1000
	for side, n := range []int{5000, few} {
		for at := 0; at < n; at += 1000 {
			if err := j.Push(side, numbersBatch(at, 1000, one), out); err != nil {
				t.Fatal(err)
			}
		}
	}
	if out.rows != 5000*few || out.most > 1024 {
		t.Errorf("%d rows, up to %d at once", out.rows, out.most)
	}
}

// The rows that come and go of a regular join leave nothing behind.
func TestJoinChurns(t *testing.T) {
	o := numbersJoin(ir.RegularJoin, ir.LeftJoin)
	o.LeftChanges, o.RightChanges = true, true
	j, mem := openJoin(t, o, &vtest.Clock{})
	out := &nothing{}
	late := int64(0)
	for at := range 300 {
		for side := range 2 {
			for _, kind := range []vexec.RowKind{vexec.Insert, vexec.Delete} {
				b := numbersBatch(at*1000, 1000, func(i int) int64 { return int64(i % 50_000) })
				b.Kind = make([]vexec.RowKind, b.Rows)
				for i := range b.Kind {
					b.Kind[i] = kind
				}
				if err := j.Push(side, b, out); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := j.Seal(1); err != nil {
			t.Fatal(err)
		}
		late = max(late, mem.Used())
	}
	if late > 2<<20 {
		t.Errorf("%d bytes are held", late)
	}
	for side := range j.sides {
		if k := &j.sides[side].keep; k.rows.rows+k.notes.rows > 4*slack {
			t.Errorf("the checkpoint has %d and %d rows", k.rows.rows, k.notes.rows)
		}
	}
}

// Rows of one key that are taken back, the oldest first, are found without looking through
// all others.
func TestJoinTakesBackFromOneKey(t *testing.T) {
	o := numbersJoin(ir.RegularJoin, ir.LeftJoin)
	o.LeftChanges = true
	j, mem := openJoin(t, o, &vtest.Clock{})
	out := &nothing{}
	one := func(int) int64 { return 1 }
	for _, kind := range []vexec.RowKind{vexec.Insert, vexec.Delete} {
		for at := 0; at < 200_000; at += 1000 {
			b := numbersBatch(at, 1000, one)
			b.Kind = make([]vexec.RowKind, b.Rows)
			for i := range b.Kind {
				b.Kind[i] = kind
			}
			if err := j.Push(0, b, out); err != nil {
				t.Fatal(err)
			}
		}
	}
	if out.rows != 400_000 || j.sides[0].rows > j.sides[0].dead+slack {
		t.Errorf("%d changes, %d rows of which %d are gone", out.rows, j.sides[0].rows, j.sides[0].dead)
	}
	if err := j.Close(); err != nil || mem.Used() != 0 {
		t.Errorf("%d bytes are still held, %v", mem.Used(), err)
	}
}

// A large batch that is offered is kept as it is; of one that is not, or of which a row has no
// key, the rows are copied.
func TestJoinKeepsBatches(t *testing.T) {
	for _, c := range []struct {
		name  string
		rows  int
		offer bool
		null  bool
		kept  bool
	}{{"offered", wholeRows, true, false, true}, {"not offered", wholeRows, false, false, false}, {"small", wholeRows - 1, true, false, false}, {"a key is NULL", wholeRows, true, true, false}} {
		j, mem := openJoin(t, numbersJoin(ir.RegularJoin, ir.InnerJoin), &vtest.Clock{})
		out := &nothing{}
		b := numbersBatch(0, c.rows, func(i int) int64 { return int64(i) })
		if c.null {
			b.Cols[0].SetNull(5, c.rows)
		}
		if c.offer {
			b.Offer()
		}
		first := &b.Cols[1].Int64s()[0]
		if err := j.Push(0, b, out); err != nil {
			t.Fatal(err)
		}
		chunk := j.sides[0].chunks[0]
		if same := &chunk.batch.Cols[1].Int64s()[0] == first; same != c.kept || b.Kept() != c.kept {
			t.Errorf("%s: the memory is kept: %t", c.name, same)
		}
		if least := int64(c.rows-1) * 24; mem.Used() < least {
			t.Errorf("%s: %d bytes are accounted for, at least %d are held", c.name, mem.Used(), least)
		}
		if err := j.Push(0, numbersBatch(c.rows, 10, func(i int) int64 { return int64(i) }), out); err != nil {
			t.Fatal(err)
		}
		if c.kept && chunk.batch.Rows != c.rows {
			t.Errorf("%s: rows were added to memory that is kept", c.name)
		}
		if err := j.Push(1, numbersBatch(0, c.rows+10, func(i int) int64 { return int64(i) }), out); err != nil {
			t.Fatal(err)
		}
		want := c.rows + 10
		if c.null {
			want--
		}
		if out.rows != want {
			t.Errorf("%s: %d pairs, want %d", c.name, out.rows, want)
		}
		if err := j.Close(); err != nil || mem.Used() != 0 {
			t.Errorf("%s: %v, %d bytes are left", c.name, err, mem.Used())
		}
	}
}
