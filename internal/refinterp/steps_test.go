package refinterp

import (
	"errors"
	"testing"

	"github.com/helios-stream/helios/ir"
)

// TestTooLarge holds that the interpreter gives up, and soon, on what takes it too long.
func TestTooLarge(t *testing.T) {
	rows := func(n int) (out [][]ir.Value) {
		for i := range n {
			out = append(out, rowAt(int64(i), "k", int64(i)))
		}
		return out
	}
	scan := scanTrades()
	s := scan.Schema()
	ranked := &ir.Rank{Input: scan, Fn: "RANK", Order: []ir.SortKey{{Col: 2}}, From: 1, To: 3, S: s, P: ir.NoProps}
	pairs := func(cond ir.Expr) ir.Node {
		return &ir.Join{Left: scan, Right: scan, Kind: ir.RegularJoin, Type: ir.InnerJoin, Cond: cond, Cols: []int{0, 3}, LeftEnd: -1, RightEnd: -1, S: s.Select([]int{0, 0}), P: ir.NoProps}
	}
	for name, c := range map[string]struct {
		node      ir.Node
		few, many int
	}{
		"rank":              {ranked, 300, 2300},
		"rows of a join":    {pairs(nil), 120, 160},
		"pairs that are no": {pairs(lit(false, ir.TBoolean)), 300, 2300},
	} {
		for n, want := range map[int]error{c.few: nil, c.many: ErrTooLarge} {
			tables := ByName(map[string]Table{"trades": {Splits: [][][]ir.Value{rows(n)}}})
			_, err := Run(&ir.Logical{Sinks: []*ir.Sink{{Input: c.node}}}, tables)
			if !errors.Is(err, want) {
				t.Errorf("%s: %d rows give the error %v, want %v", name, n, err, want)
			}
		}
	}
}
