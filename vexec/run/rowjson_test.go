package run

import (
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// TestRowJSONLeavesOutExtraColumns holds that dead letters show the columns of the
// query, and not what operators hand on to each other.
func TestRowJSONLeavesOutExtraColumns(t *testing.T) {
	number := func(n int64) vexec.Vec {
		var v vexec.Vec
		v.Reset(ir.TBigInt, 1)
		v.Int64s()[0] = n
		return v
	}
	s := ir.NewSchema(ir.Column{Name: "(a + 1)", Type: ir.TBigInt, Extra: true}, ir.Column{Name: "a", Type: ir.TBigInt},
		ir.Column{Name: "(a + 2)", Type: ir.TBigInt, Extra: true}, ir.Column{Name: "b", Type: ir.TBigInt})
	b := &vexec.Batch{Schema: s, Rows: 1, Cols: []vexec.Vec{number(2), number(1), number(3), number(4)}}
	if got := rowJSON(b, 0); got != `{"a":1,"b":4}` {
		t.Error(got)
	}
}
