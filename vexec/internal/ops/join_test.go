package ops

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// joinSides are the columns of the sides in most tests: a key, a number and a time, or for
// window joins the window's end.
var joinIn = vtest.Schema("k", ir.TBigInt, "n", ir.TBigInt, "s", ir.TVarchar, "ts", ir.TTimestamp)

var joinTypes = []ir.JoinType{ir.InnerJoin, ir.LeftJoin, ir.RightJoin, ir.FullJoin, ir.SemiJoin, ir.AntiJoin}

// joinOp joins rows of joinIn by k; of the result are n and ts of both sides.
func joinOp(kind ir.JoinKind, typ ir.JoinType) *ir.JoinOp {
	o := &ir.JoinOp{Kind: kind, Type: typ, Left: joinIn, Right: joinIn, LeftKeys: []int{0}, RightKeys: []int{0}, Cols: []int{1, 2, 3, 5, 7}, Times: []int{2, 4}}
	if typ.LeftOnly() {
		o.Cols, o.Times = []int{1, 2, 3}, []int{2}
	}
	switch kind {
	case ir.IntervalJoin:
		o.Time = &ir.TimeBound{Left: 3, Right: 3, Lo: -2_000_000, Hi: 3_000_000}
	case ir.WindowJoin:
		o.LeftKeys, o.RightKeys, o.LeftEnd, o.RightEnd = []int{0, 3}, []int{0, 3}, 3, 3
	case ir.RegularJoin:
		o.Times = nil
	}
	o.Out = ir.PairSchema(typ, joinIn, joinIn).Select(o.Cols)
	return o
}

// newJoin makes joins that keep batches of any size as they are, where they may.
func newJoin(o *ir.JoinOp) func() (vexec.Operator, error) {
	return func() (vexec.Operator, error) {
		op, err := NewJoin(o)
		if err == nil {
			op.(*Join).keepSmall()
		}
		return op, err
	}
}

// keepSmall has the join keep batches of any size.
func (j *Join) keepSmall() {
	for side := range j.sides {
		j.sides[side].whole = 1
	}
}

// joinRow is a row with its mark, in microseconds.
type joinRow struct {
	side int
	vals vtest.Row
	ts   int64
	mark ir.Micros
}

func joinText(us int64) string { return ir.Micros(us).String() }

// joinEvents are random rows of both sides with their marks, in any order of the sides, and
// watermarks and barriers between them. The last third is of one side, as the other has ended
// or is idle.
func joinEvents(rng *rand.Rand, n int, windows, ends bool) (events []vtest.Event, rows []joinRow) {
	const sec, lag = 1_000_000, 2_000_000
	greatest := [2]int64{ir64(ir.MinMicros), ir64(ir.MinMicros)}
	wm := [2]int64{ir64(ir.MinMicros), ir64(ir.MinMicros)}
	at := [2]int64{100 * sec, 100 * sec}
	given := int64(ir.MinMicros)
	for i := range n {
		side := rng.IntN(2)
		if i/15%2 == 0 { // one side is ahead for a while
			side = i / 30 % 2
		}
		if i > 2*n/3 { // and comes alone at the end
			side = n % 2
		}
		at[side] += int64(rng.IntN(2)) * sec
		ts := at[side] + int64(rng.IntN(9)-6)*sec
		before := greatest[side] - lag
		r := joinRow{side: side, ts: ts, mark: ir.MinMicros}
		if greatest[side] > 0 && ts < before {
			r.mark = ir.Micros(before)
		}
		greatest[side] = max(greatest[side], ts)
		if windows {
			ts += 5*sec - ts%(5*sec)
			r.ts = ts
		}
		r.vals = vtest.Row{rng.IntN(4), i, fmt.Sprintf("the text of row number %d", i), ts}
		if rng.IntN(12) == 0 {
			r.vals[0] = nil
		}
		e := vtest.In(r.vals...).Port(side)
		if r.mark != ir.MinMicros {
			e = e.Behind(joinText(int64(r.mark)))
		}
		events, rows = append(events, e), append(rows, r)
		if rng.IntN(4) == 0 {
			wm[side] = greatest[side] - lag
			now := min(wm[0], wm[1])
			if ends && i > 2*n/3 {
				now = wm[side]
			}
			if now > given {
				given = now
				events = append(events, vtest.WM(joinText(now)))
			}
		}
		if rng.IntN(9) == 0 {
			events = append(events, vtest.Barrier())
		}
	}
	return append(events, vtest.End()), rows
}

// endingPort is the events with the end of the port behind the last row of it.
func endingPort(events []vtest.Event, rows []joinRow, port int) []vtest.Event {
	last := -1
	for i, r := range rows {
		if r.side == port {
			last = i
		}
	}
	n := -1
	for i, e := range events {
		if len(e.Vals()) > 0 {
			n++
		}
		if n == last {
			return slices.Insert(slices.Clone(events), i+1, vtest.PortEnd(port))
		}
	}
	return events
}

// inTimeJoin checks that no row is behind the watermark that was handed on, but for those
// that are marked.
type inTimeJoin struct {
	*Join
	wm  ir.Micros
	out vexec.Emitter
}

func (j *inTimeJoin) Push(port int, b *vexec.Batch, out vexec.Emitter) error {
	j.out = out
	return j.Join.Push(port, b, j)
}

func (j *inTimeJoin) Advance(wm ir.Micros, out vexec.Emitter) (ir.Micros, error) {
	j.out = out
	next, err := j.Join.Advance(wm, j)
	j.wm = next
	return next, err
}

func (j *inTimeJoin) FinishPort(port int, out vexec.Emitter) error {
	j.out = out
	return j.Join.FinishPort(port, j)
}

func (j *inTimeJoin) Emit(b *vexec.Batch) error {
	for i := range b.Live() {
		r := b.Row(i)
		marked := slices.ContainsFunc(b.Late, func(m vexec.LateMark) bool { return int(m.Row) == r })
		for _, c := range j.op.Times {
			if v := b.Cols[c].Value(r); v != nil && v.(int64) < int64(j.wm) && !marked {
				return fmt.Errorf("row %v is behind %s and not marked", b.Values(i), j.wm)
			}
		}
	}
	return j.out.Emit(b)
}

func (j *inTimeJoin) Reject(b *vexec.Batch, fates []vexec.RowFate) error {
	return j.out.Reject(b, fates)
}

func ir64(m ir.Micros) int64 { return int64(m) }

// joinWant is the rows of a join by holding all rows of one side against all of the other.
func joinWant(o *ir.JoinOp, rows []joinRow, pairs func(l, r joinRow) bool) []string {
	var out []string
	emit := func(l, r *joinRow, mark ir.Micros) {
		vals := make([]ir.Value, 8)
		for i, x := range []*joinRow{l, r} {
			for c := range joinIn.Cols {
				if x != nil {
					vals[4*i+c] = vtest.Value(x.vals[c], joinIn.Cols[c].Type)
				}
			}
		}
		e := vtest.Emitted{Late: ir.MinMicros}
		for _, c := range o.Cols {
			e.Vals = append(e.Vals, vals[c])
		}
		if o.Time != nil && mark != ir.MinMicros {
			wm := mark.Sub(o.Time.Spread())
			for _, c := range o.Times {
				if e.Vals[c] != nil && e.Vals[c].(int64) < int64(wm) {
					e.Late = wm
				}
			}
		}
		out = append(out, e.Format(o.Out))
	}
	paired := make([]bool, len(rows))
	for i := range rows {
		for k := range rows {
			l, r := &rows[i], &rows[k]
			if l.side != 0 || r.side != 1 || l.vals[0] == nil || r.vals[0] == nil || l.vals[0] != r.vals[0] || !pairs(*l, *r) {
				continue
			}
			paired[i], paired[k] = true, true
			if !o.Type.LeftOnly() {
				emit(l, r, max(l.mark, r.mark))
			}
		}
	}
	for i := range rows {
		x := &rows[i]
		switch {
		case x.side == 0 && (paired[i] && o.Type == ir.SemiJoin || !paired[i] && o.Type.KeepsLeft()):
			emit(x, nil, x.mark)
		case x.side == 1 && !paired[i] && o.Type.KeepsRight():
			emit(nil, x, x.mark)
		}
	}
	return out
}

// Random rows of both sides, late ones among them, in any order of the sides, with restarts:
// an interval join gives what its definition says.
func TestIntervalJoin(t *testing.T) {
	for i, typ := range joinTypes {
		for _, cond := range []bool{false, true} {
			o := joinOp(ir.IntervalJoin, typ)
			if cond {
				o.Cond = oddSum()
			}
			rng := rand.New(rand.NewPCG(uint64(i), 5))
			ends := cond == (i%2 == 0)
			n := 90 + i/2%2
			events, rows := joinEvents(rng, n, false, ends)
			want := joinWant(o, rows, func(l, r joinRow) bool {
				d := l.ts - r.ts
				if cond && (l.vals[1].(int)+r.vals[1].(int))%2 != 1 {
					return false
				}
				return d >= o.Time.Lo && d <= o.Time.Hi && int64(l.mark) <= r.ts+o.Time.KeepRight() && int64(r.mark) <= l.ts+o.Time.KeepLeft()
			})
			var lost []string // rows that do not come out alone, and of which all that they could meet was freed
			for _, r := range rows {
				last, shows := r.ts-o.Time.Lo+o.Time.KeepRight(), typ.KeepsLeft()
				if r.side == 1 {
					last, shows = r.ts+o.Time.Hi+o.Time.KeepLeft(), typ.KeepsRight()
				}
				if !shows && int64(r.mark) > last {
					lost = append(lost, "late: "+vtest.FormatRow(valuesOf(r.vals), joinIn))
				}
			}
			if ends {
				events = endingPort(events, rows, 1-n%2)
			}
			checked := func() (vexec.Operator, error) {
				op, err := NewJoin(o)
				j := op.(*Join)
				if !cond {
					j.linkFew()
					j.keepSmall()
				}
				return &inTimeJoin{Join: j, wm: ir.MinMicros}, err
			}
			test := vtest.Test{New: checked, In: []*ir.Schema{joinIn, joinIn}, Out: o.Out, Events: events, Want: want, WantRejected: lost, AnyOrder: true}
			t.Run(fmt.Sprintf("%s/cond=%t", typ, cond), func(t *testing.T) { test.Run(t) })
		}
	}
}

// Rows behind the watermark count as used where a join could still use them, and as late where
// they meet nothing any more.
func TestLateRowsOfJoins(t *testing.T) {
	for _, c := range []struct {
		typ        ir.JoinType
		used, lost int64
	}{{ir.InnerJoin, 2, 2}, {ir.LeftJoin, 3, 1}, {ir.RightJoin, 3, 1}, {ir.FullJoin, 4, 0}, {ir.SemiJoin, 2, 2}, {ir.AntiJoin, 3, 1}} {
		o := joinOp(ir.IntervalJoin, c.typ) // -2 s <= left - right <= 3 s
		op, err := NewJoin(o)
		if err != nil {
			t.Fatal(err)
		}
		j := op.(*Join)
		if err := j.Open(&vexec.OpContext{MaxRows: 10, Memory: vexec.NewBudget(0).Account("join"), State: vtest.NewState(j.Tables()), NoRestart: true}); err != nil {
			t.Fatal(err)
		}
		out := &discard{}
		for side := range 2 {
			b := vtest.Batch(joinIn, vtest.Row{1, 1, "", int64(21_000_000)}, vtest.Row{1, 2, "", int64(15_000_000)}, vtest.Row{nil, 3, "", int64(14_999_999)}, vtest.Row{1, 4, "", nil})
			b.Late = []vexec.LateMark{{Row: 1, WM: 20_000_000}, {Row: 2, WM: 20_000_000}, {Row: 3, WM: 20_000_000}}
			if err := j.Push(side, b, out); err != nil {
				t.Fatal(err)
			}
		}
		if n := j.Counted(); n.Used != c.used || out.late != c.lost || n.Grouped != 8-c.lost {
			t.Errorf("%s: %d used of %d, %d late; want %d and %d", c.typ, n.Used, n.Grouped, out.late, c.used, c.lost)
		}
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A window join pairs the rows of each window, and rejects those that came when it had closed.
func TestWindowJoin(t *testing.T) {
	for i, typ := range joinTypes {
		o := joinOp(ir.WindowJoin, typ)
		o.Times = nil
		events, rows := joinEvents(rand.New(rand.NewPCG(uint64(i), 6)), 90, true, false)
		var open []joinRow
		var late []string
		for _, r := range rows {
			if int64(r.mark) >= r.ts {
				late = append(late, "late: "+vtest.FormatRow(valuesOf(r.vals), joinIn))
				continue
			}
			open = append(open, r)
		}
		if len(late) == 0 {
			t.Error("no row is late")
		}
		want := joinWant(o, open, func(l, r joinRow) bool { return l.ts == r.ts })
		made := func() (vexec.Operator, error) {
			op, err := NewJoin(o)
			if i%2 == 0 {
				op.(*Join).linkFew()
				op.(*Join).keepSmall()
			}
			return op, err
		}
		test := vtest.Test{New: made, In: []*ir.Schema{joinIn, joinIn}, Out: o.Out, Events: events, Want: want, WantRejected: late, AnyOrder: true}
		t.Run(typ.String(), func(t *testing.T) { test.Run(t) })
	}
}

func valuesOf(r vtest.Row) []ir.Value {
	out := make([]ir.Value, len(r))
	for c := range r {
		out[c] = vtest.Value(r[c], joinIn.Cols[c].Type)
	}
	return out
}

// oddSum is the condition that n of left and n of right together are odd.
func oddSum() ir.Expr {
	l, r := &ir.ColRef{Index: 1, Name: "n", T: ir.TBigInt}, &ir.ColRef{Index: 5, Name: "n", T: ir.TBigInt}
	sum := callOf("+", ir.TBigInt, l, r)
	two, one := &ir.Const{V: int64(2), T: ir.TBigInt}, &ir.Const{V: int64(1), T: ir.TBigInt}
	return callOf("=", ir.TBoolean, callOf("%", ir.TBigInt, sum, two), one)
}
