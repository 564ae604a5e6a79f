package opt

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// CheckTogether returns the plan with the readers of a table that have the same
// watermark checking the same fields (ir.Scan.Check): what any of them uses. Like
// Prune it is part of what a bound query means, so that a record is taken or refused
// for all statements of a file at once, whether they share its scan or not.
func CheckTogether(l *ir.Logical) *ir.Logical {
	l = readByTime(l)
	readers, used := map[ir.ScanKey]int{}, map[ir.ScanKey][]ir.Place{}
	for _, s := range l.Sinks {
		ir.EachScan(s, func(x *ir.Scan, w *ir.Watermark) {
			k := ir.ScanKeyOf(x, w)
			readers[k]++
			used[k] = append(used[k], x.Decoded()...)
		})
	}
	for k, places := range used {
		used[k] = ir.Cover(places)
	}
	check := func(n ir.Node) ir.Node {
		s, w := ir.ScanOf(n)
		if s == nil {
			return n
		}
		k := ir.ScanKeyOf(s, w)
		if readers[k] < 2 || s.Check != nil {
			return n
		}
		c := *s
		c.Check = used[k]
		if w != nil {
			return w.WithInputs([]ir.Node{&c})
		}
		return &c
	}
	out := &ir.Logical{Sinks: make([]*ir.Sink, len(l.Sinks))}
	for i, s := range l.Sinks {
		out.Sinks[i] = checkBelow(s, check).(*ir.Sink)
	}
	return out
}

// checkBelow applies f to the topmost scans: a watermark goes before its scan.
func checkBelow(n ir.Node, f func(ir.Node) ir.Node) ir.Node {
	if s, _ := ir.ScanOf(n); s != nil {
		return f(n)
	}
	in := slices.Clone(n.Inputs())
	changed := false
	for i, k := range in {
		in[i] = checkBelow(k, f)
		changed = changed || in[i] != k
	}
	if !changed {
		return n
	}
	return n.WithInputs(in)
}
