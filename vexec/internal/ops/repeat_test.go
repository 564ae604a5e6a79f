package ops

import (
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// Each row comes as often as its number says; of a pair of changes only what has changed.
func TestRepeatChanges(t *testing.T) {
	out := groupIn.Select([]int{0})
	o := &ir.RepeatOp{Out: out}
	run := func() *opRun {
		return &opRun{op: NewRepeat(o), out: vtest.Collector{Schema: out, MaxRows: 1024}}
	}
	r := run()
	r.push(t, vtest.In("a", 2), vtest.In("b", nil), vtest.In("c", -1), vtest.In(nil, 1))
	r.want(t, "+I a", "+I NULL", "+I a")

	u, v, d, i := vexec.UpdateBefore, vexec.UpdateAfter, vexec.Delete, vexec.Insert
	for _, c := range []struct {
		rows  []vtest.Row
		kinds []vexec.RowKind
		want  []string
	}{
		{[]vtest.Row{{"a", 1000}, {"a", 1001}}, []vexec.RowKind{u, v}, []string{"+I a"}},
		{[]vtest.Row{{"a", 2}, {"b", 3}, {"c", 1}, {"e", 1}, {"a", 0}, {"b", 4}, {"d", 1}}, []vexec.RowKind{u, u, d, u, v, v, i}, []string{"-D a", "-D c", "-D e", "+I b", "+I d", "-D a"}},
		{[]vtest.Row{{nil, 3}, {nil, 2}}, []vexec.RowKind{u, v}, []string{"-D NULL"}},
		{[]vtest.Row{{"a", -1}, {"a", 1}}, []vexec.RowKind{u, v}, []string{"+I a"}},
		{[]vtest.Row{{"a", 1}, {"b", 1}}, []vexec.RowKind{u, v}, []string{"-D a", "+I b"}},
	} {
		r := run()
		r.pushKinds(t, c.rows, c.kinds)
		r.want(t, c.want...)
	}
}
