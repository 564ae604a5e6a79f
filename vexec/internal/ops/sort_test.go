package ops

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

var sortIn = vtest.Schema("k", ir.TBigInt, "s", ir.TVarchar)

func sortOp(keep int64) *ir.SortOp {
	return &ir.SortOp{Phase: ir.Complete, Order: []ir.SortKey{{Col: 0, NullsFirst: true}, {Col: 1, Desc: true}}, Keep: keep, Out: sortIn}
}

func TestSortAtEnd(t *testing.T) {
	events := []vtest.Event{
		vtest.In(3, "x"), vtest.In(1, "a"), vtest.In(nil, "n"), vtest.Barrier(),
		vtest.In(1, "b"), vtest.In(1, nil), vtest.In(3, "x"), vtest.Barrier(), vtest.Barrier(),
		vtest.In(-7, "longer than twelve bytes"), vtest.End(),
	}
	all := []string{"NULL | n", "-7 | longer than twelve bytes", "1 | b", "1 | a", "1 | NULL", "3 | x", "3 | x"}
	for keep := int64(-1); keep < 9; keep++ {
		want := all
		if keep >= 0 {
			want = all[:min(keep, 7)]
		}
		tt := vtest.Test{
			New: func() (vexec.Operator, error) { return NewSort(sortOp(keep), sortIn), nil },
			In:  []*ir.Schema{sortIn}, Out: sortIn, Events: events, Want: want,
		}
		tt.Run(t)
	}
}

func TestSortByTime(t *testing.T) {
	in := vtest.Schema("ts", ir.TTimestamp, "v", ir.TBigInt)
	o := &ir.SortOp{Phase: ir.Complete, Order: []ir.SortKey{{Col: 0, NullsFirst: true}, {Col: 1, NullsFirst: true}}, Keep: -1, ByTime: true, Lead: 1, Out: in}
	at := func(s string) string { return "2024-01-01 00:00:" + s }
	tt := vtest.Test{
		New: func() (vexec.Operator, error) { return NewSort(o, in), nil },
		In:  []*ir.Schema{in}, Out: in,
		Events: []vtest.Event{
			vtest.In(at("05"), 1), vtest.In(at("03"), 2), vtest.In(at("09"), 3), vtest.In(nil, 4), vtest.Barrier(),
			vtest.WM(at("05")),
			vtest.In(at("04"), 5).Behind(at("05")),
			vtest.In(at("05"), 0), vtest.Barrier(), vtest.Barrier(),
			vtest.In(at("07"), 7), vtest.In(at("06"), 6),
			vtest.WM(at("06.5")), vtest.Barrier(),
			vtest.WM(at("09")), vtest.In(at("12"), 9), vtest.In(at("11"), 8),
			vtest.End(),
		},
		Want: []string{
			at("03") + " | 2", at("05") + " | 0", at("05") + " | 1", at("06") + " | 6", at("07") + " | 7", at("09") + " | 3", at("11") + " | 8", at("12") + " | 9",
		},
		WantRejected: []string{"error: the event time ts is NULL: NULL | 4", "late: " + at("04") + " | 5"},
	}
	tt.Run(t)
}

// The sorter's words and its radix sort give the order of CompareRows, for all types.
func TestSorterAgreesWithCompareRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	types := []*ir.Type{ir.TBoolean, ir.TTinyInt, ir.TBigInt, ir.TDouble, ir.TVarchar, ir.TDate, {Kind: ir.Decimal, P: 20, S: 2}}
	for _, typ := range types {
		for _, n := range []int{1, 50, radixRows + 500} {
			for kind := range 8 {
				b := randomColumn(rng, typ, n, kind&1 != 0)
				keys := []ir.SortKey{{Col: 0, Desc: kind&2 != 0, NullsFirst: kind&4 != 0}, {Col: 1}}
				rows := make([]int32, n)
				for i := range rows {
					rows[i] = int32(i)
				}
				want := slices.Clone(rows)
				rng.Shuffle(n, func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
				slices.SortStableFunc(want, func(x, y int32) int { return vexec.CompareRows(keys, b, int(x), b, int(y)) })
				s := sorter{keys: keys}
				s.sort(b, rows)
				if !slices.Equal(rows, want) {
					t.Fatalf("%s, %d rows, %+v: not in order", typ, n, keys)
				}
			}
		}
	}
}

// randomColumn is a batch of a column with few values, and a BIGINT column.
func randomColumn(rng *rand.Rand, typ *ir.Type, n int, nulls bool) *vexec.Batch {
	s := ir.NewSchema(ir.Column{Name: "x", Type: typ}, ir.Column{Name: "y", Type: ir.TBigInt})
	b := &vexec.Batch{}
	b.Reset(s)
	b.Rows = n
	b.Cols[0], b.Cols[1] = vexec.NewVec(typ, n), vexec.NewVec(ir.TBigInt, n)
	floats := []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), 1, -1, 1e-300}
	texts := []string{"", "a", "ab", "abcdefgh", "abcdefghi", "abcdefghijklmnop", "abcdefghijklmnoq", "\xff"}
	for i := range n {
		k := rng.IntN(8)
		switch typ.Kind {
		case ir.Boolean:
			if k&1 == 0 {
				vexec.SetBit(b.Cols[0].Data, i)
			}
		case ir.TinyInt:
			b.Cols[0].Int8s()[i] = int8(k*32 - 128)
		case ir.Date:
			b.Cols[0].Int32s()[i] = int32(k-4) << 28
		case ir.BigInt:
			b.Cols[0].Int64s()[i] = int64(k-4) << 61
		case ir.Double:
			b.Cols[0].Float64s()[i] = floats[k]
		case ir.Varchar:
			b.Cols[0].SetBytes(i, []byte(texts[k]))
		case ir.Decimal:
			b.Cols[0].Decs()[i] = ir.Dec{Lo: uint64(k & 3), Hi: int64(k>>2) - 1}
		}
		b.Cols[1].Int64s()[i] = rng.Int64N(3)
		if nulls && rng.IntN(4) == 0 {
			b.Cols[0].SetNull(i, n)
		}
	}
	return b
}
